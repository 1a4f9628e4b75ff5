package spec

import (
	"strings"

	"github.com/slojourn/slojourn/slo/diag"

	"gopkg.in/yaml.v3"
)

// mark is a place in a document; lines and columns count from 0, columns in
// bytes.
type mark struct{ line, column int }

func (l *layout) line(number int) string {
	if number < 0 || number >= len(l.chunk.lines) {
		return ""
	}
	return l.chunk.lines[number]
}

// from returns the rest of a line.
func (l *layout) from(p mark) string {
	line := l.line(p.line)
	return line[min(max(p.column, 0), len(line)):]
}

func (l *layout) isAt(p mark, text string) bool { return strings.HasPrefix(l.from(p), text) }

// start returns where a node begins, with its anchor and tag.
func (l *layout) start(node *yaml.Node) mark {
	start, known := l.starts[node]
	if !known {
		start = l.mark(node.Line-1, node.Column-1)
		l.starts[node] = start
	}
	return start
}

// mark turns a character of a line, from 0, into a mark.
func (l *layout) mark(line, char int) mark {
	if line < 0 || line >= len(l.chunk.lines) {
		return mark{line, 0}
	}
	return mark{line, l.chunk.offset(line, char)}
}

// between returns the lines [from, to), which hold nothing but comments, with
// one empty line at most in a row.
func (l *layout) between(from, to int) []string {
	var lines []string
	for i := from; i < to; i++ {
		text := strings.Trim(l.line(i), " \t")
		switch {
		case text == "" && len(lines) > 0 && lines[len(lines)-1] == "":
		case text == "" || text[0] == '#':
			lines = append(lines, text)
		default:
			l.fail(i, diag.Say("this line belongs to no key"), simpler)
		}
	}
	return lines
}

// prologue returns the lines in front of the --- on the given line: comments,
// and directives as they are.
func (l *layout) prologue(separator int) []string {
	var lines []string
	next := 0
	for number, line := range l.chunk.lines[:separator] {
		if strings.HasPrefix(line, "%") {
			lines = append(append(lines, l.between(next, number)...), strings.TrimRight(line, " \t"))
			next = number + 1
		}
	}
	return trimStart(append(lines, l.between(next, separator)...))
}

// foot returns the comments behind the last entry of a collection that are
// indented as far as it.
func (l *layout) foot(next, column int) (lines []string, after int) {
	end := next
	for i := next; i < len(l.chunk.lines); i++ {
		text := strings.TrimLeft(l.line(i), " \t")
		if text == "" {
			continue
		}
		if text[0] != '#' || len(l.line(i))-len(text) < column {
			break
		}
		end = i + 1
	}
	return l.between(next, end), end
}

// hyphen finds the hyphen of the next item of a list.
func (l *layout) hyphen(next int) (mark, bool) {
	for i := next; i < len(l.chunk.lines); i++ {
		text := strings.TrimLeft(l.line(i), " \t")
		if text != "" && text[0] != '#' {
			return mark{i, len(l.line(i)) - len(text)}, text == "-" || strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "-\t")
		}
	}
	return mark{}, false
}

// comment returns what stands behind a value, which can be a comment only.
func (l *layout) comment(end mark) string {
	rest := strings.TrimRight(l.from(end), " \t")
	if !isComment(rest) {
		l.fail(end.line, diag.Say("something stands behind the value"), simpler)
	}
	return rest
}

// isComment reports whether the rest of a line is empty or a comment.
func isComment(rest string) bool {
	trimmed := strings.TrimLeft(rest, " \t")
	return trimmed == "" || trimmed[0] == '#' && len(trimmed) < len(rest)
}

// isCollection reports whether a node is a mapping or list whose entries have
// lines of their own.
func isCollection(node *yaml.Node) bool {
	return (node.Kind == yaml.MappingNode || node.Kind == yaml.SequenceNode) && node.Style&yaml.FlowStyle == 0 && len(node.Content) > 0
}

func isBlockScalar(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
}

// isNothing reports whether a node has no text of its own.
func isNothing(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.Value == "" &&
		node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
}

func hasProperties(node *yaml.Node) bool {
	return node.Anchor != "" || node.Style&yaml.TaggedStyle != 0
}

// indent moves lines by one level.
func indent(lines []string) []string {
	moved := make([]string, len(lines))
	for i, line := range lines {
		if line != "" {
			moved[i] = "  " + line
		}
	}
	return moved
}

func trimStart(lines []string) []string {
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	return lines
}

func trimEnd(lines []string) []string {
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
