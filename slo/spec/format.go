package spec

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo/diag"
)

// Formatted is a file in the canonical layout.
type Formatted struct {
	Data      []byte
	Documents int // of slojourn's, also broken ones
}

// Format returns a file in the canonical layout: two blanks of indentation
// for each level, lists indented below their key, keys in the order of the
// reference, one blank between things on a line, no blanks at the end of
// lines, never two empty lines in a row, line ends of Unix and no byte order
// mark.
//
// Lines are moved and indented, not printed anew: comments, quotes, blocks and
// braces stay as they were written, and so does every value. A document is
// parsed again in its new layout; should it say anything else than before, or
// hold something that cannot be laid out, it stays as it is, and a warning
// says so. Documents of other programs stay as they are, byte for byte. With
// an error among the findings, the whole file stays as it is.
//
// Formatting twice gives the same as formatting once.
func Format(file File) (Formatted, diag.List) {
	d := &decoder{file: file}
	marked := bytes.HasPrefix(file.Data, []byte(byteOrderMark))
	var b strings.Builder
	for i, c := range d.documents() {
		d.chunk = c
		text, formatted := d.format()
		if i == 0 && !formatted && marked {
			b.WriteString(byteOrderMark)
		}
		b.WriteString(text)
	}
	if d.list.Failed() {
		return Formatted{Data: file.Data, Documents: d.result.Documents}, d.list
	}
	return Formatted{Data: []byte(b.String()), Documents: d.result.Documents}, d.list
}

// format returns the document in its new layout, or as it was.
func (d *decoder) format() (text string, formatted bool) {
	if !d.checkLength() || !d.checkEncoding() {
		return d.chunk.text, false
	}
	root, ok := d.only()
	if !ok {
		return d.chunk.text, false
	}
	if version, _ := peek(root, "apiVersion"); !strings.HasPrefix(version, "slojourn/") {
		return d.chunk.text, false
	}
	d.result.Documents++
	if d.cutSecond(root) != nil { // the order of keys tells two documents apart
		return d.chunk.text, false
	}
	l := newLayout(d.chunk, root)
	text = l.document(root)
	if l.problem.Empty() && !sameDocument(d.chunk.yaml(), chunk{text: text}.yaml()) {
		l.fail(root.Line-1, diag.Say("its new layout would not say the same"), simpler)
	}
	if !l.problem.Empty() {
		at := diag.Position{Line: d.chunk.line + l.problemLine + 1, Column: 1}
		d.list.Add(diag.Diagnostic{
			Code: diag.CodeNotSupported, Severity: diag.Warning, Span: diag.Span{File: d.file.Name, Start: at, End: at},
			Message: diag.Say("the layout of this document stays as it is: %s", l.problem), Hint: l.remedy,
		})
		return d.chunk.text, false
	}
	return text, true
}

// only returns the one document of the chunk; false when there is none, or
// something that cannot be parsed.
func (d *decoder) only() (*yaml.Node, bool) {
	parser := yaml.NewDecoder(strings.NewReader(d.chunk.yaml()))
	var document, more yaml.Node
	err := parser.Decode(&document)
	if errors.Is(err, io.EOF) {
		return nil, false // nothing but comments
	}
	if err == nil {
		if err = parser.Decode(&more); errors.Is(err, io.EOF) {
			return document.Content[0], true
		}
	}
	if err != nil && d.isOurs(d.chunk.text) {
		d.result.Documents++
		d.syntaxError(err)
	}
	return nil, false
}

// sameDocument reports whether two texts are the same document: the same
// values, written in the same way, but for the order of keys; and the same
// characters, comments included, but for blanks and line breaks.
func sameDocument(before, after string) bool {
	var a, b yaml.Node
	if yaml.Unmarshal([]byte(before), &a) != nil || yaml.Unmarshal([]byte(after), &b) != nil {
		return false
	}
	return characters(before) == characters(after) && sameNode(&a, &b)
}

// characters counts the bytes of a text that are no white space.
func characters(text string) (counts [256]int) {
	for i := range len(text) {
		switch text[i] {
		case ' ', '\t', '\r', '\n':
		default:
			counts[text[i]]++
		}
	}
	return counts
}

func sameNode(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Tag != b.Tag || a.Value != b.Value || a.Anchor != b.Anchor || a.Style != b.Style || len(a.Content) != len(b.Content) {
		return false // the value of an alias is the name of its anchor
	}
	if a.Kind != yaml.MappingNode {
		for i := range a.Content {
			if !sameNode(a.Content[i], b.Content[i]) {
				return false
			}
		}
		return true
	}
	// Keys may stand twice, which is for the decoder to report; then they have
	// kept their order.
	values := map[string][]*yaml.Node{}
	for i := 0; i+1 < len(b.Content); i += 2 {
		values[b.Content[i].Value] = append(values[b.Content[i].Value], b.Content[i], b.Content[i+1])
	}
	for i := 0; i+1 < len(a.Content); i += 2 {
		found := values[a.Content[i].Value]
		if len(found) == 0 || !sameNode(a.Content[i], found[0]) || !sameNode(a.Content[i+1], found[1]) {
			return false
		}
		values[a.Content[i].Value] = found[2:]
	}
	return true
}
