package spec

import (
	"fmt"
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
	d.result.Declarations = d.declared
	return d.result, d.list
}

type decoder struct {
	file     File
	chunk    chunk
	result   Result
	declared slo.Declarations
	secrets  map[int][]diag.Span // reported in this document, by line
	list     diag.List
}

// checkEncoding refuses bytes that are not readable text, at the first one.
func (d *decoder) checkEncoding() bool {
	line, column := 1, 1
	for i := 0; i < len(d.file.Data); {
		r, size := utf8.DecodeRune(d.file.Data[i:])
		problem, hint := "", "remove it"
		switch {
		case r == utf8.RuneError && size <= 1:
			problem = fmt.Sprintf("the byte 0x%02x is not valid UTF-8", d.file.Data[i])
			hint = "save the file as UTF-8 text"
		case r == 0:
			problem = "the file holds a NUL byte"
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0x7f:
			problem = fmt.Sprintf("the file holds the control character U+%04X", r)
		}
		if problem != "" {
			at := diag.Position{Line: line, Column: column}
			d.list.Errorf(diag.CodeEncoding, diag.Span{File: d.file.Name, Start: at, End: at}, hint, "%s", problem)
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

// ours reports whether a document that cannot be parsed is one of ours: when
// it names our language anywhere.
func (d *decoder) ours() bool {
	return d.file.Named || strings.Contains(d.chunk.text, "slojourn/v")
}

func (d *decoder) decodeDocument() {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(d.chunk.text), &node); err != nil {
		if d.ours() {
			d.result.Documents++
			d.syntaxError(err)
		}
		return
	}
	if node.Kind == 0 || node.Content[0].Tag == "!!null" {
		return // nothing but comments
	}
	root := node.Content[0]
	version, versionNode := peek(root, "apiVersion")
	if !strings.HasPrefix(version, "slojourn/") && !d.file.Named {
		return
	}
	d.result.Documents++
	before := len(d.list)
	switch {
	case root.Kind != yaml.MappingNode:
		d.wrongType(root, "the document", "a mapping")
	case versionNode == nil:
		d.list.Errorf(diag.CodeAPIVersion, d.nodeSpan(root), "write apiVersion: "+APIVersion, "the document has no apiVersion")
	case version != APIVersion:
		d.list.Errorf(diag.CodeAPIVersion, d.nodeSpan(versionNode), "write apiVersion: "+APIVersion, "apiVersion %q is not known", version)
	default:
		d.decodeKind(root)
	}
	d.checkSecrets(root, d.list[before:])
}

func (d *decoder) decodeKind(root *yaml.Node) {
	name, node := peek(root, "kind")
	if node == nil || node.Tag == "!!null" {
		d.list.Errorf(diag.CodeMissing, d.nodeSpan(root), "write one of "+strings.Join(kindNames(), ", "), "the document has no kind")
		return
	}
	kind, known := kindNamed(name)
	if !known {
		hint := "write one of " + strings.Join(kindNames(), ", ")
		if near, ok := diag.Nearest(name, kindNames()); ok {
			hint = "did you mean " + near + "?"
		}
		d.list.Errorf(diag.CodeKind, d.nodeSpan(node), hint, "unknown kind %q", name)
		return
	}
	if o, ok := d.open(root, kind.document, d.nodeSpan(node)); ok {
		d.readers()[name](o)
	}
}

// readers are the functions that read the documents of each kind.
func (d *decoder) readers() map[string]func(*object) {
	return map[string]func(*object){
		"Source": d.source, "Team": d.team, "Journey": d.journey, "SLO": d.slo, "AlertPolicy": d.policy,
		"Notifier": d.notifier, "Exclusion": d.exclusion, "Defaults": d.defaults,
	}
}
