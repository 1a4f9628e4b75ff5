package diag

import (
	"slices"
	"unicode/utf8"
)

// Text is a string that knows the file position of each of its bytes.
//
// It is made of segments. Within a segment, consecutive characters of the
// string stand on consecutive columns of one line; a new segment begins where
// that stops being true: after a line break, at an escape sequence, where
// folding joined two lines.
type Text struct {
	value    string
	file     string
	end      Position // the position behind the last character
	segments []Segment
	comment  Span
}

// Segment says where a run of bytes of a [Text] stands in the file.
type Segment struct {
	Offset int      // of its first byte in the text
	At     Position // of that byte in the file
	Width  int      // columns each character takes in the file: 1, or the length of an escape sequence
}

// NewText returns a text whose segments cover value from offset 0 on, in
// ascending order. end is the position behind its last character.
func NewText(value, file string, end Position, segments ...Segment) Text {
	return Text{value: value, file: file, end: end, segments: segments}
}

// PlainText returns a text that stands in file from start on, character for
// character; line breaks in value are line breaks in the file. It suits
// whole files, lines of a file and command line arguments.
func PlainText(value, file string, start Position) Text {
	segments := []Segment{{Offset: 0, At: start, Width: 1}}
	at := start
	for i, r := range value {
		at.Column++
		if r == '\n' {
			at = Position{Line: at.Line + 1, Column: 1}
			segments = append(segments, Segment{Offset: i + 1, At: at, Width: 1})
		}
	}
	return Text{value: value, file: file, end: at, segments: segments}
}

// EndedBy returns the text with the comment that stands directly behind it in
// the file. What is missing at its end may have been meant to stand there.
func (t Text) EndedBy(comment Span) Text {
	t.comment = comment
	return t
}

// Comment returns the comment that ends the text in the file, if there is one.
func (t Text) Comment() (Span, bool) { return t.comment, t.comment.Start.Known() }

// String returns the text without its positions.
func (t Text) String() string { return t.value }

// Len returns the length in bytes.
func (t Text) Len() int { return len(t.value) }

// Whole returns the span of the whole text.
func (t Text) Whole() Span { return t.Span(0, len(t.value)) }

// Span returns where bytes [start, end) of the text stand in the file.
// Offsets outside the text are moved to its nearest end; a character of which
// only some bytes are meant is meant whole.
func (t Text) Span(start, end int) Span {
	start = min(max(start, 0), len(t.value))
	end = min(max(end, start), len(t.value))
	if from, _ := t.character(start); end > start {
		if begin, size := t.character(end); begin < end {
			end = begin + size
		}
		start = from
	} else {
		start, end = from, from
	}
	span := Span{File: t.file, Start: t.position(start)}
	if end == start {
		span.End = span.Start
		return span
	}
	// The end is taken from the last character inside, since the next one
	// may already stand on another line.
	_, size := utf8.DecodeLastRuneInString(t.value[start:end])
	last := end - size
	span.End = t.position(last)
	span.End.Column += t.segment(last).Width
	return span
}

// character returns the first byte and the length of the character that the
// byte at offset belongs to. A byte that belongs to none is one by itself.
func (t Text) character(offset int) (begin, size int) {
	for begin = offset; begin >= 0 && begin > offset-utf8.UTFMax && begin < len(t.value); begin-- {
		if utf8.RuneStart(t.value[begin]) {
			if _, size = utf8.DecodeRuneInString(t.value[begin:]); begin+size > offset {
				return begin, size
			}
			break
		}
	}
	return offset, 1
}

func (t Text) position(offset int) Position {
	if offset >= len(t.value) && t.end.Known() {
		return t.end
	}
	segment := t.segment(offset)
	at := segment.At
	if offset > segment.Offset {
		at.Column += utf8.RuneCountInString(t.value[segment.Offset:offset]) * segment.Width
	}
	return at
}

func (t Text) segment(offset int) Segment {
	i, found := slices.BinarySearchFunc(t.segments, offset, func(s Segment, offset int) int {
		return s.Offset - offset
	})
	if !found {
		i--
	}
	if i < 0 {
		return Segment{Width: 1}
	}
	return t.segments[i]
}

// Within returns the text with something around it that does not stand in the
// file: a before lies where the text begins, and an after where it ends.
func (t Text) Within(before, after string) Text {
	around := Text{value: before + t.value + after, file: t.file, end: t.end, comment: t.comment}
	around.segments = append(around.segments, Segment{At: t.position(0)})
	for _, s := range t.segments {
		s.Offset += len(before)
		around.segments = append(around.segments, s)
	}
	if after != "" {
		around.segments = append(around.segments, Segment{Offset: len(before) + len(t.value), At: t.position(len(t.value))})
	}
	return around
}
