package spec

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo/diag"
)

// chunk is one YAML document of a file.
type chunk struct {
	text  string
	line  int      // lines of the file before it
	lines []string // without their line ends
	last  *place   // that was looked up last
}

// place is a character of a line.
type place struct{ line, char, byte int }

// column returns the byte at which a character of a line begins, both from 0;
// the end of the line when it has fewer. Looking up the characters of a long
// line one after the other takes time in proportion to its length.
func (c chunk) column(line, char int) int {
	if c.last.line != line || c.last.char > char {
		*c.last = place{line: line}
	}
	for text := c.lines[line]; c.last.char < char && c.last.byte < len(text); c.last.char++ {
		_, size := utf8.DecodeRuneInString(text[c.last.byte:])
		c.last.byte += size
	}
	return c.last.byte
}

const byteOrderMark = "\ufeff"

// split cuts a file into its documents at lines that begin with "---".
func split(text string) []chunk {
	text = strings.TrimPrefix(text, byteOrderMark)
	var chunks []chunk
	begin, beginLine, line := 0, 0, 0
	cut := func(end int) {
		c := chunk{text: text[begin:end], line: beginLine, last: &place{}}
		for l := range strings.Lines(c.text) {
			c.lines = append(c.lines, strings.TrimRight(l, "\r\n"))
		}
		chunks = append(chunks, c)
		begin, beginLine = end, line
	}
	offset := 0
	for l := range strings.Lines(text) {
		if offset > begin && isSeparator(l) {
			cut(offset)
		}
		offset += len(l)
		line++
	}
	cut(len(text))
	return chunks
}

func isSeparator(line string) bool {
	rest, found := strings.CutPrefix(line, "---")
	return found && (rest == "" || strings.ContainsAny(rest[:1], " \t\r\n"))
}

var (
	numbered     = regexp.MustCompile(`^line (\d+): (.*)$`)
	quoteOpening = regexp.MustCompile(`^(\s*(?:- +)*(?:[\w-]+\s*:\s+)?)(["'])`)
)

// syntaxError reports what the YAML parser said, at the best place it knows.
func (d *decoder) syntaxError(err error) {
	message, line := syntaxPlace(err)
	line = max(1, min(line, len(d.chunk.lines)))
	hint := ""
	switch {
	case strings.Contains(message, "unexpected end of stream"), strings.Contains(message, "unexpected document indicator"):
		if at, found := d.openQuote(line); found {
			d.list.Errorf(diag.CodeSyntax, at, "close it on the same line", "YAML: this quote is never closed")
			return
		}
		hint = "close the quote or bracket that is open here"
	case strings.Contains(message, "expected ',' or"):
		if at, found := d.openBracket(line); found {
			d.list.Errorf(diag.CodeSyntax, at, "close it, or look for a missing comma or quote behind it", "YAML: this bracket is never closed")
			return
		}
		hint = "close the bracket that is open here"
	case strings.Contains(message, "mapping values are not allowed"):
		hint = `a value that holds ": " needs quotes; otherwise check the indentation`
	case strings.Contains(message, "cannot start any token"):
		hint = "indent with blanks, not tabs; quote a value that begins with @, %, ` or a bracket"
	case strings.Contains(message, "did not find expected"):
		hint = "check the indentation of this line and of those around it"
	}
	content := d.chunk.lines[line-1]
	indent := len(content) - len(strings.TrimLeft(content, " \t"))
	span := d.line(line).Span(indent, len(content))
	d.list.Errorf(diag.CodeSyntax, span, hint, "YAML: %s", message)
}

// line returns a line (from 1) of the document with its place in the file.
func (d *decoder) line(number int) diag.Text {
	return diag.PlainText(d.chunk.lines[number-1], d.file.Name, diag.Position{Line: d.chunk.line + number, Column: 1})
}

// syntaxPlace takes an error of the YAML parser apart. Its scanner counts
// lines from 1, its parser from 0.
func syntaxPlace(err error) (message string, line int) {
	message = strings.TrimPrefix(err.Error(), "yaml: ")
	parts := numbered.FindStringSubmatch(message)
	if parts == nil {
		return message, 1
	}
	line, _ = strconv.Atoi(parts[1]) // digits
	if strings.HasPrefix(parts[2], "did not find expected") {
		line++
	}
	return parts[2], line
}

// openQuote finds the quote that opens on or after the given line and is not
// closed on its line. Quoted strings over several lines are rare in specs, and
// the first one that stays open is the likely culprit.
func (d *decoder) openQuote(from int) (diag.Span, bool) {
	for i := from; i <= len(d.chunk.lines); i++ {
		content := d.chunk.lines[i-1]
		if parts := quoteOpening.FindStringSubmatch(content); parts != nil {
			if rest := content[len(parts[0]):]; strings.Count(rest, parts[2])%2 == 0 {
				return d.line(i).Span(len(parts[1]), len(parts[0])), true
			}
		}
	}
	return diag.Span{}, false
}

// openBracket finds the last bracket on a line that is not closed there.
func (d *decoder) openBracket(number int) (diag.Span, bool) {
	var open []int
	quote := rune(0)
	for i, r := range d.chunk.lines[number-1] {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case r == '{' || r == '[':
			open = append(open, i)
		case (r == '}' || r == ']') && len(open) > 0:
			open = open[:len(open)-1]
		}
	}
	if len(open) == 0 {
		return diag.Span{}, false
	}
	at := open[len(open)-1]
	return d.line(number).Span(at, at+1), true
}
