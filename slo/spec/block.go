package spec

import "strings"

// block reads literal and folded block scalars: the lines below | or >. Their
// indentation is that of the first line, or stands as a digit behind the
// indicator; the digit counts from the indentation of the parent, which is not
// known here, so that the smallest one that gives the parsed value is taken.
func (s *scalarScanner) block(folded bool) {
	header, _, _ := strings.Cut(s.rest(), "#")
	at := strings.IndexAny(header, "123456789")
	s.nextLine()
	if at < 0 {
		s.blockLines(folded, s.blockIndent())
		return
	}
	begin, parent := *s, len(s.chunk.lines[s.line-1])
	for indent := int(header[at] - '0'); indent <= parent+9; indent++ {
		*s = begin
		if s.blockLines(folded, indent); string(s.value) == s.want {
			return
		}
	}
}

// blockLines reads the lines of a block scalar that are indented by indent.
func (s *scalarScanner) blockLines(folded bool, indent int) {
	leadingBlank, first, pending := false, true, 0 // pending: line breaks not yet written
	end := *s
	for ; s.line < len(s.chunk.lines); s.nextLine() {
		content := s.chunk.lines[s.line]
		if strings.Trim(content, " ") == "" && len(content) <= indent {
			pending++
			continue
		}
		if len(content)-len(strings.TrimLeft(content, " ")) < indent {
			break
		}
		s.advance(indent)
		blank := len(content) > indent && (content[indent] == ' ' || content[indent] == '\t')
		s.breaks(&end, pending, folded && !first && !leadingBlank && !blank)
		for _, r := range s.rest() {
			s.add(r, 1)
			s.advance(len(string(r)))
		}
		end, first, leadingBlank, pending = *s, false, blank, 1
	}
	// How many line breaks stay at the end depends on the chomping indicator;
	// the parsed value says it.
	if kept := len(s.want) - len(s.value); kept > 0 && kept <= pending+1 {
		s.breaks(&end, kept, false)
	}
	s.moveTo(end.line, end.column, end.char)
}

// breaks writes line breaks as they stand behind the line that ended at end.
// When they fold, one becomes a blank, and of more the first disappears.
func (s *scalarScanner) breaks(end *scalarScanner, n int, fold bool) {
	line, column, char := s.line, s.column, s.char
	s.moveTo(end.line, end.column, end.char)
	switch {
	case fold && n == 1:
		s.add(' ', 1)
	case fold:
		n--
		fallthrough
	default:
		for range n {
			s.add('\n', 1)
		}
	}
	s.moveTo(line, column, char)
}

// blockIndent returns the indentation of the first line that is not blank.
func (s *scalarScanner) blockIndent() int {
	for _, line := range s.chunk.lines[min(s.line, len(s.chunk.lines)):] {
		if trimmed := strings.TrimLeft(line, " "); trimmed != "" {
			return len(line) - len(trimmed)
		}
	}
	return 0
}
