package spec

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// APIVersion is the version of the language that this package reads.
const APIVersion = "slojourn/v1"

// File is one file to decode.
type File struct {
	Name   string // as findings name it
	Folder string // absolute path of its folder, with slashes; decides which Defaults apply
	Data   []byte
	// Named says that the user named the file itself, and not a folder above
	// it. Documents of other programs are then errors and not skipped.
	Named bool
}

// Result is what a file declares.
type Result struct {
	Declarations slo.Declarations
	Documents    int // of slojourn's, also broken ones
}

// Decode reads all documents of a file. The result holds what could be
// understood, also when there are findings.
func Decode(file File) (Result, diag.List) {
	d := &decoder{file: file}
	if !d.checkEncoding() {
		d.result.Documents = 1
		return d.result, d.list
	}
	for _, c := range split(string(file.Data)) {
		d.chunk = c
		d.decodeDocument()
	}
	return d.result, d.list
}

type decoder struct {
	file   File
	chunk  chunk
	result Result
	list   diag.List
}

// checkEncoding refuses bytes that are not readable text, at the first one.
func (d *decoder) checkEncoding() bool {
	line, column := 1, 1
	for i := 0; i < len(d.file.Data); {
		r, size := utf8.DecodeRune(d.file.Data[i:])
		problem := ""
		switch {
		case r == utf8.RuneError && size <= 1:
			problem = fmt.Sprintf("the byte 0x%02x is not valid UTF-8", d.file.Data[i])
		case r == 0:
			problem = "the file holds a NUL byte"
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0x7f:
			problem = fmt.Sprintf("the file holds the control character U+%04X", r)
		}
		if problem != "" {
			at := diag.Position{Line: line, Column: column}
			d.list.Errorf(diag.CodeEncoding, diag.Span{File: d.file.Name, Start: at, End: at}, "save the file as UTF-8 text", "%s", problem)
			return false
		}
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
		i += size
	}
	return true
}

func (d *decoder) decodeDocument() {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(d.chunk.text), &node); err != nil {
		// What YAML cannot parse is ours when it names our language anywhere.
		if d.file.Named || strings.Contains(d.chunk.text, "slojourn/v") {
			d.result.Documents++
			d.syntaxError(err)
		}
		return
	}
	if node.Kind == 0 || node.Content[0].Tag == "!!null" {
		return // nothing but comments
	}
	root := node.Content[0]
	version, versionNode := d.peek(root, "apiVersion")
	if !strings.HasPrefix(version, "slojourn/") && !d.file.Named {
		return
	}
	d.result.Documents++
	o, ok := d.object(root, "the document", d.nodeSpan(root))
	if !ok {
		return
	}
	switch {
	case versionNode == nil:
		d.list.Errorf(diag.CodeAPIVersion, o.span, "write apiVersion: "+APIVersion, "the document has no apiVersion")
		return
	case version != APIVersion:
		d.list.Errorf(diag.CodeAPIVersion, d.nodeSpan(versionNode), "write apiVersion: "+APIVersion, "apiVersion %q is not known", version)
		return
	}
	o.field("apiVersion")
	d.decodeKind(o)
}

// kinds lists the kinds of the language in the order of its reference.
func kinds() []string {
	return []string{"Source", "Team", "Journey", "SLO", "AlertPolicy", "Notifier", "Exclusion", "Defaults"}
}

func (d *decoder) decodeKind(o *object) {
	kind := o.text("kind")
	if !kind.Written() {
		o.missing("kind", "write one of "+strings.Join(kinds(), ", "))
		return
	}
	o.span = kind.Span
	switch kind.Value {
	case "Source":
		d.source(o)
	case "Team":
		d.team(o)
	case "Journey":
		d.journey(o)
	case "SLO":
		d.slo(o)
	case "Defaults":
		d.defaults(o)
	default:
		if slices.Contains(kinds(), kind.Value) {
			d.notSupported(kind.Span, "kind: "+kind.Value)
			return
		}
		hint := "write one of " + strings.Join(kinds(), ", ")
		if near, ok := diag.Nearest(kind.Value, kinds()); ok {
			hint = "did you mean " + near + "?"
		}
		d.list.Errorf(diag.CodeKind, kind.Span, hint, "unknown kind %q", kind.Value)
		return
	}
	o.close()
}

// notSupported reports a part of the language that is described but not built.
func (d *decoder) notSupported(span diag.Span, what string) {
	d.list.Errorf(diag.CodeNotSupported, span, "remove it until a later version can do it", "%s is not supported by this version", what)
}
