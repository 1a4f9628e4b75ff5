package spec

import (
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo/diag"
)

// chunk is one YAML document of a file.
type chunk struct {
	text  string
	line  int      // lines of the file before it
	lines []string // without their line ends
	long  map[int]longLine
}

// longLine finds places within a line without reading all of it, since
// programs write a whole spec on one.
type longLine struct {
	marks   []int // offsets of every markWidth-th character but the first
	content int   // length without the blanks at the end
}

const byteOrderMark = "\ufeff"

// markWidth is also the length in bytes from which a line is long.
const markWidth = 128

func newLongLine(line string) longLine {
	l := longLine{content: len(strings.TrimRight(line, " \t"))}
	character := 0
	for offset := range line {
		if character%markWidth == 0 && character > 0 {
			l.marks = append(l.marks, offset)
		}
		character++
	}
	return l
}

// offset returns where in a line (from 0) a character (from 0) begins.
func (c chunk) offset(line, character int) int {
	begin := 0
	if marks := c.long[line].marks; len(marks) > 0 && character >= markWidth {
		mark := min(character/markWidth, len(marks))
		begin, character = marks[mark-1], character-mark*markWidth
	}
	text := c.lines[line][begin:]
	return begin + len(text) - len(skipRunes(text, character))
}

// blankFrom returns the offset from which on a line (from 0) is blank; 0
// behind the last line.
func (c chunk) blankFrom(line int) int {
	if line >= len(c.lines) {
		return 0
	}
	if l, isLong := c.long[line]; isLong {
		return l.content
	}
	return len(strings.TrimRight(c.lines[line], " \t"))
}

// split cuts a file into its documents, the lines of which are not known when
// they are too long to be read: in front of lines that begin with
// "---" and behind lines that begin with "...". Comments and directives in
// front of a "---" belong to the document behind it.
func split(text string) []chunk {
	var chunks []chunk
	begin, beginLine, line := 0, 0, 0
	cut := func(end int) {
		c := chunk{text: text[begin:end], line: beginLine}
		begin, beginLine = end, line
		if len(c.text) > mostDocumentBytes {
			chunks = append(chunks, c) // it is refused unread
			return
		}
		for l := range strings.Lines(c.text) {
			l = strings.TrimRight(l, "\r\n")
			if len(l) >= markWidth {
				if c.long == nil {
					c.long = map[int]longLine{}
				}
				c.long[len(c.lines)] = newLongLine(l)
			}
			c.lines = append(c.lines, l)
		}
		chunks = append(chunks, c)
	}
	offset, prologue := 0, true // prologue: nothing but comments and directives since begin
	for l := range strings.Lines(text) {
		if !prologue && isMarker(l, "---") {
			cut(offset)
		}
		offset += len(l)
		line++
		prologue = prologue && isPrologue(l)
		if isMarker(l, "...") {
			cut(offset)
			prologue = true
		}
	}
	cut(len(text))
	return chunks
}

// isMarker reports whether a line begins with a marker of documents.
func isMarker(line, marker string) bool {
	rest, found := strings.CutPrefix(line, marker)
	return found && (rest == "" || strings.ContainsAny(rest[:1], " \t\r\n"))
}

// isPrologue reports whether a line is blank, a comment or a directive.
func isPrologue(line string) bool {
	trimmed := strings.TrimLeft(line, " \t\r\n")
	return trimmed == "" || trimmed[0] == '#' || line[0] == '%'
}

// directive matches the versions of YAML that specs may name. The parser
// knows 1.1 only; nothing in a spec differs between the two.
var directive = regexp.MustCompile(`(?m)^%(YAML[ \t]+1\.[12][ \t]*(?:#.*)?\r?)$`)

// yaml returns the text as the parser takes it.
func (c chunk) yaml() string {
	if !strings.Contains(c.text, "%YAML") {
		return c.text
	}
	return directive.ReplaceAllString(c.text, "#$1")
}

// line returns a line (from 1) of the document with its place in the file.
func (d *decoder) line(number int) diag.Text {
	return diag.PlainText(d.chunk.lines[number-1], d.file.Name, diag.Position{Line: d.chunk.line + number, Column: 1})
}

// cutSecond cuts off what stands from a second apiVersion on, before which the
// --- is missing, and returns it. It is nil when there is none.
func (d *decoder) cutSecond(root *yaml.Node) *yaml.Node {
	if root.Kind != yaml.MappingNode || root.Style&yaml.FlowStyle != 0 {
		return nil
	}
	seen := map[string]bool{}
	for i := 0; i < len(root.Content); i += 2 {
		key := root.Content[i]
		if key.Value != "apiVersion" || !seen["apiVersion"] || !seen["kind"] {
			seen[key.Value] = true
			continue
		}
		second := *root
		second.Content, second.Line, second.Column = root.Content[i:], key.Line, key.Column
		root.Content = root.Content[:i]
		if d.file.Named || claimsVersion(root) || claimsVersion(&second) {
			d.list.Errorf(diag.CodeDuplicate, d.nodeSpan(key), diag.Say("write a line of --- above it"), "a second document begins here")
		}
		return &second
	}
	return nil
}
