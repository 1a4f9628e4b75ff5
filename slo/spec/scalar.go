package spec

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo/diag"
)

// locate finds the place of every byte of a scalar by reading its source text
// once more. When the second reading does not give the same string, which
// would be a mistake in this file, every byte is placed at the start.
func (c chunk) locate(node *yaml.Node, file string) diag.Text {
	s := c.scan(node)
	if string(s.value) != node.Value {
		at := diag.Position{Line: node.Line + c.line, Column: node.Column}
		return diag.NewText(node.Value, file, at, diag.Segment{At: at})
	}
	end := s.end()
	end.Column -= s.closing // a text ends before its quote
	return diag.NewText(node.Value, file, end, s.segments...)
}

// scalarSpan returns the place of a scalar with its quotes. A block scalar is
// placed at its first line.
func (c chunk) scalarSpan(node *yaml.Node, file string) diag.Span {
	span := diag.Span{File: file, Start: diag.Position{Line: node.Line + c.line, Column: node.Column}}
	s := c.scan(node)
	span.End = s.end()
	rest := ""
	if node.Line <= len(c.lines) {
		rest = c.lines[node.Line-1][c.offset(node.Line-1, node.Column-1):]
	}
	lineEnd := diag.Position{Line: span.Start.Line, Column: span.Start.Column + utf8.RuneCountInString(strings.TrimRight(rest, " \t"))}
	behind := lineEnd.Column < span.End.Column // the quote closes on a later line
	if string(s.value) != node.Value || node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || span.End.Line != span.Start.Line || behind {
		span.End = lineEnd
	}
	return span
}

// scalarScanner reads the source of one scalar: value is what it stands for,
// segments is where each byte of it came from.
type scalarScanner struct {
	chunk    chunk
	line     int // from 0, in the chunk
	column   int // from 0, in bytes
	char     int // from 0, in characters; always that of column
	want     string
	value    []byte
	segments []diag.Segment
	next     diag.Position // where the last segment would go on
	closing  int           // columns of the closing quote
}

func (c chunk) scan(node *yaml.Node) *scalarScanner {
	s := &scalarScanner{chunk: c, line: node.Line - 1, want: node.Value}
	if s.line < 0 || s.line >= len(c.lines) {
		return s
	}
	s.moveTo(s.line, c.offset(s.line, node.Column-1), node.Column-1)
	s.skipProperties()
	switch {
	case node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		s.block(node.Style&yaml.FoldedStyle != 0)
	case node.Style&yaml.SingleQuotedStyle != 0:
		s.flow('\'')
	case node.Style&yaml.DoubleQuotedStyle != 0:
		s.flow('"')
	default:
		s.flow(0)
	}
	return s
}

func skipRunes(text string, n int) string {
	for ; n > 0 && text != ""; n-- {
		_, size := utf8.DecodeRuneInString(text)
		text = text[size:]
	}
	return text
}

// rest returns what is left of the current line.
func (s *scalarScanner) rest() string {
	if s.line >= len(s.chunk.lines) {
		return ""
	}
	return s.chunk.lines[s.line][s.column:]
}

// advance moves on by some bytes of the current line.
func (s *scalarScanner) advance(bytes int) {
	s.char += utf8.RuneCountInString(s.rest()[:bytes])
	s.column += bytes
}

// nextLine moves to the beginning of the next line.
func (s *scalarScanner) nextLine() { s.moveTo(s.line+1, 0, 0) }

func (s *scalarScanner) moveTo(line, column, char int) { s.line, s.column, s.char = line, column, char }

// skipBlanks moves to the first character of the line that is not blank.
func (s *scalarScanner) skipBlanks() {
	s.advance(len(s.rest()) - len(strings.TrimLeft(s.rest(), " 	")))
}

func (s *scalarScanner) position() diag.Position {
	return diag.Position{Line: s.chunk.line + s.line + 1, Column: s.char + 1}
}

func (s *scalarScanner) end() diag.Position {
	end := s.next
	if !end.Known() {
		end = s.position()
	}
	end.Column += s.closing
	return end
}

// add appends a character that takes width columns at the current place.
func (s *scalarScanner) add(r rune, width int) {
	at := s.position()
	last := len(s.segments) - 1
	if last < 0 || at != s.next || s.segments[last].Width != width {
		s.segments = append(s.segments, diag.Segment{Offset: len(s.value), At: at, Width: width})
	}
	s.value = utf8.AppendRune(s.value, r)
	s.next = diag.Position{Line: at.Line, Column: at.Column + width}
}

// skipProperties skips anchors, tags and blanks in front of a scalar.
func (s *scalarScanner) skipProperties() {
	for s.line < len(s.chunk.lines) {
		s.skipBlanks()
		trimmed := s.rest()
		switch {
		case trimmed == "":
			s.nextLine()
		case trimmed[0] == '&' || trimmed[0] == '!':
			end := strings.IndexAny(trimmed, " \t")
			if end < 0 {
				end = len(trimmed)
			}
			s.advance(end)
		default:
			return
		}
	}
}

// flow reads plain and quoted scalars, which may go over several lines: a
// line break becomes a blank, n breaks become n-1.
func (s *scalarScanner) flow(quote byte) {
	if quote != 0 {
		s.advance(1)
	}
	blankFrom := s.chunk.blankFrom(s.line)
	for len(s.value) < len(s.want) && s.line < len(s.chunk.lines) {
		rest := s.rest()
		if s.column >= blankFrom {
			if !s.fold() {
				return
			}
			blankFrom = s.chunk.blankFrom(s.line)
			continue
		}
		switch {
		case quote == '\'' && strings.HasPrefix(rest, "''"):
			s.add('\'', 2)
			s.advance(2)
		case quote == '"' && rest[0] == '\\':
			if !s.escape(rest) {
				return
			}
			blankFrom = s.chunk.blankFrom(s.line)
		default:
			r, size := utf8.DecodeRuneInString(rest)
			s.add(r, 1)
			s.advance(size)
		}
	}
	if quote != 0 {
		s.closing = 1
	}
}

// fold reads line breaks and the blanks around them.
func (s *scalarScanner) fold() bool {
	breaks := 0
	at := *s
	for s.line < len(s.chunk.lines) && strings.Trim(s.rest(), " \t") == "" {
		s.nextLine()
		breaks++
	}
	if s.line >= len(s.chunk.lines) {
		return false
	}
	s.skipBlanks()
	line, column, char := s.line, s.column, s.char
	s.moveTo(at.line, at.column, at.char)
	if breaks == 1 {
		s.add(' ', 1)
	}
	for range breaks - 1 {
		s.add('\n', 1)
	}
	s.moveTo(line, column, char)
	return true
}

// escape reads a backslash sequence of a double-quoted scalar.
func (s *scalarScanner) escape(rest string) bool {
	if len(rest) == 1 { // an escaped line break joins the lines
		s.nextLine()
		s.skipBlanks()
		return true
	}
	width := map[byte]int{'x': 4, 'u': 6, 'U': 10}[rest[1]]
	if width == 0 {
		_, size := utf8.DecodeRuneInString(rest[1:])
		width = 1 + size
	}
	if width > len(rest) {
		return false
	}
	r, known := map[byte]rune{
		'0': 0, 'a': '\a', 'b': '\b', 't': '\t', '\t': '\t', 'n': '\n', 'v': '\v', 'f': '\f', 'r': '\r', 'e': 0x1b,
		' ': ' ', '"': '"', '/': '/', '\\': '\\', 'N': 0x85, '_': 0xa0, 'L': 0x2028, 'P': 0x2029,
	}[rest[1]]
	if !known {
		n, err := strconv.ParseUint(rest[2:width], 16, 32)
		if err != nil {
			return false
		}
		r = rune(n)
	}
	s.add(r, width)
	s.advance(width)
	return true
}
