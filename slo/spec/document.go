package spec

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// chunk is one YAML document of a file.
type chunk struct {
	text  string
	line  int      // lines of the file before it
	lines []string // without their line ends
}

// split cuts a file into its documents at lines that begin with "---".
func split(text string) []chunk {
	text = strings.TrimPrefix(text, "\ufeff")
	var chunks []chunk
	begin, beginLine, line := 0, 0, 0
	cut := func(end int) {
		c := chunk{text: text[begin:end], line: beginLine}
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

// syntaxError reports what the YAML parser said, at the best place it knows.
func (d *decoder) syntaxError(err error) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if parts := regexp.MustCompile(`^line (\d+): (.*)$`).FindStringSubmatch(message); parts != nil {
		line, _ = strconv.Atoi(parts[1]) // digits
		message = parts[2]
	}
	line = max(1, min(line, len(d.chunk.lines)))
	hint := ""
	switch {
	case strings.Contains(message, "unexpected end of stream"):
		if l, column, found := d.unclosedQuote(line); found {
			at := diag.Position{Line: d.chunk.line + l, Column: column}
			d.list.Errorf(diag.CodeSyntax, diag.Span{File: d.file.Name, Start: at, End: diag.Position{Line: at.Line, Column: column + 1}},
				"close it on the same line", "YAML: this quote is never closed")
			return
		}
		hint = "close the quote or bracket that is open here"
	case strings.Contains(message, "mapping values are not allowed"):
		hint = `a value that holds ": " needs quotes; otherwise check the indentation`
	case strings.Contains(message, "cannot start any token"):
		hint = "indent with blanks, not tabs; quote a value that begins with @, %, ` or a bracket"
	case strings.Contains(message, "did not find expected"):
		hint = "check the indentation of this line and the one before"
	}
	content := d.chunk.lines[line-1]
	indent := len(content) - len(strings.TrimLeft(content, " \t"))
	span := diag.PlainText(content, d.file.Name, diag.Position{Line: d.chunk.line + line, Column: 1}).Span(indent, len(content))
	d.list.Errorf(diag.CodeSyntax, span, hint, "YAML: %s", message)
}

// unclosedQuote finds the quote that opens on or after the given line and is
// not closed on its line. Multi-line strings in quotes are rare in specs, and
// the first one that stays open is the likely culprit.
func (d *decoder) unclosedQuote(from int) (line, column int, found bool) {
	opening := regexp.MustCompile(`^(\s*(?:- +)*(?:[\w-]+\s*:\s+)?)(["'])`)
	for i := from - 1; i < len(d.chunk.lines); i++ {
		content := d.chunk.lines[i]
		if parts := opening.FindStringSubmatch(content); parts != nil {
			if rest := content[len(parts[0]):]; strings.Count(rest, parts[2])%2 == 0 {
				return i + 1, len([]rune(parts[1])) + 1, true
			}
		}
	}
	return 0, 0, false
}
