package spec

import (
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode"
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
	for _, c := range d.documents() {
		d.chunk = c
		if d.checkLength() && d.checkEncoding() {
			d.decodeChunk()
		}
	}
	d.result.Declarations = d.declared
	return d.result, d.list
}

type decoder struct {
	file     File
	chunk    chunk
	root     *yaml.Node // of the document that is read
	result   Result
	declared slo.Declarations
	secrets  map[int][]diag.Span // reported in this document, by line
	list     diag.List
}

// What is longer is refused: a list of 10 MB takes seconds and hundreds of MB
// to parse, and an SLO has some 300 bytes.
const (
	mostFileBytes     = 32 << 20
	mostDocumentBytes = 1 << 20
)

// documents cuts the file into its documents. One that is too long has none.
func (d *decoder) documents() []chunk {
	if len(d.file.Data) > mostFileBytes {
		d.result.Documents++
		at := diag.Position{Line: 1, Column: 1}
		d.list.Errorf(diag.CodeNotSupported, diag.Span{File: d.file.Name, Start: at, End: at}, diag.Say("split it into several files"),
			"the file has more than %d MB", mostFileBytes>>20)
		return nil
	}
	return split(strings.TrimPrefix(string(d.file.Data), byteOrderMark))
}

// checkLength refuses a document that is too long.
func (d *decoder) checkLength() bool {
	if len(d.chunk.text) <= mostDocumentBytes {
		return true
	}
	if d.isOurs(d.chunk.text) {
		d.result.Documents++
		at := diag.Position{Line: d.chunk.line + 1, Column: 1}
		d.list.Errorf(diag.CodeNotSupported, diag.Span{File: d.file.Name, Start: at, End: at}, diag.Say("split it into several documents, with --- between them"),
			"the document has more than %d MB", mostDocumentBytes>>20)
		d.unread()
	}
	return false
}

// checkEncoding refuses a document with bytes that are not readable text, at
// the first one.
func (d *decoder) checkEncoding() bool {
	text, ours := d.chunk.text, d.isOurs(d.chunk.text)
	line, column := d.chunk.line+1, 1
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		problem, hint := diag.Phrase{}, diag.Say("remove it")
		switch {
		case r == utf8.RuneError && size <= 1:
			problem = diag.Say("the byte 0x%02x is not valid UTF-8", text[i])
			hint = diag.Say("save the file as UTF-8 text")
		case r == 0:
			problem = diag.Say("the file holds a NUL byte")
		case r == '\t', r == '\n', r == '\r' && strings.HasPrefix(text[i+1:], "\n"):
		case r == '\r', r == 0x85, r == 0x2028, r == 0x2029, r == 0xfeff:
			// YAML reads these as line ends, or nothing, and other programs do not.
			if ours {
				problem, hint = oddBreak(r)
			}
		case unicode.IsControl(r), r == 0xfffe, r == 0xffff:
			problem = diag.Say("the file holds the control character U+%04X", r)
		}
		if !problem.Empty() {
			at := diag.Position{Line: line, Column: column}
			d.list.Errorf(diag.CodeEncoding, diag.Span{File: d.file.Name, Start: at, End: at}, hint, "%s", problem)
			d.result.Documents++
			d.unread()
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

func oddBreak(r rune) (problem, hint diag.Phrase) {
	switch r {
	case '\r':
		return diag.Say("a carriage return ends a line without a line feed"), diag.Say("save the file with the line ends of Unix or Windows")
	case 0xfeff:
		return diag.Say("a byte order mark (U+FEFF) stands inside the file"), diag.Say("remove it; joining files leaves such marks behind")
	default:
		return diag.Say("the file holds the line break U+%04X", r), diag.Say("remove it, or write it as an escape in double quotes")
	}
}

// isOurs reports whether something that cannot be decoded is to be reported:
// it stands in a file that is named itself, or it names our language.
func (d *decoder) isOurs(text string) bool {
	return d.file.Named || strings.Contains(text, "slojourn/v")
}

// decodeChunk reads everything in a chunk.
func (d *decoder) decodeChunk() {
	d.roots(func(root *yaml.Node) {
		for root != nil {
			next := d.cutSecond(root)
			d.decodeDocument(root)
			root = next
		}
	})
}

// roots parses everything in a chunk. It should be one document; the parser
// reports what follows it.
func (d *decoder) roots(read func(*yaml.Node)) {
	parser := yaml.NewDecoder(strings.NewReader(d.chunk.yaml()))
	for {
		var node yaml.Node
		err := parser.Decode(&node)
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			if d.isOurs(d.chunk.text) {
				d.result.Documents++
				d.syntaxError(err)
				d.unread()
			}
			return
		}
		read(node.Content[0])
	}
}

func (d *decoder) decodeDocument(root *yaml.Node) {
	if isNull(root) {
		return // nothing but comments
	}
	if !d.file.Named && !claimsVersion(root) {
		return
	}
	version, versionNode := claim(root, "apiVersion")
	d.result.Documents++
	d.root = root
	before := len(d.list)
	d.checkTags(root)
	read := false
	switch {
	case root.Kind != yaml.MappingNode:
		d.wrongType(root, diag.Say("the document"), yaml.MappingNode)
	case versionNode == nil:
		d.list.Errorf(diag.CodeAPIVersion, d.nodeSpan(root), diag.Say("write apiVersion: %s", APIVersion), "the document has no apiVersion")
	case version != APIVersion:
		d.list.Errorf(diag.CodeAPIVersion, d.nodeSpan(versionNode), diag.Say("write apiVersion: %s", APIVersion), "apiVersion %q is not known", version)
	default:
		read = d.decodeKind(root)
	}
	if !read {
		d.unread()
	}
	d.checkSecrets(root, d.list[before:])
}

// claimsVersion reports whether a document says that it is ours, also under a
// misspelt key. Others are skipped in folders.
func claimsVersion(root *yaml.Node) bool {
	if root.Kind != yaml.MappingNode {
		return false
	}
	for _, node := range root.Content {
		if value := follow(node); value.Kind == yaml.ScalarNode && strings.HasPrefix(strings.ToLower(value.Value), "slojourn/") {
			return true
		}
	}
	return false
}

// claim reads a key that says what a document is, also one that is misspelt.
func claim(root *yaml.Node, name string) (string, *yaml.Node) {
	value, node := peek(root, name)
	if node != nil || root.Kind != yaml.MappingNode {
		return value, node
	}
	for i := 0; i < len(root.Content); i += 2 {
		if near, ok := diag.Nearest(root.Content[i].Value, language[0].document.names()); ok && near == name {
			return peek(root, root.Content[i].Value)
		}
	}
	return "", nil
}

// decodeKind reads a document of the kind that it names. One of a misspelt
// kind is reported, and read as what it is meant to be. It reports whether it
// knew what to read.
func (d *decoder) decodeKind(root *yaml.Node) bool {
	name, node := claim(root, "kind")
	if node == nil || node.Tag == "!!null" {
		d.list.Errorf(diag.CodeMissing, d.nodeSpan(root), diag.Say("write kind: and one of %s", strings.Join(kindNames(), ", ")), "the document has no kind")
		return false
	}
	kind, known := kindNamed(name)
	if !known {
		hint := diag.Say("write one of %s", strings.Join(kindNames(), ", "))
		near, found := diag.Nearest(name, kindNames())
		if found {
			hint = diag.Say("did you mean %s?", near)
		}
		d.list.Errorf(diag.CodeKind, d.nodeSpan(node), hint, "unknown kind %q", name)
		if !found {
			return false
		}
		kind, _ = kindNamed(near)
	}
	o, ok := d.open(root, kind.document, d.nodeSpan(node))
	if ok {
		d.readers()[kind.name](o)
	}
	return ok
}

// These match what may be the kind and the name of a document that cannot be
// read.
var (
	writtenKind = regexp.MustCompile(`(?m)^kind\s*:\s*["']?(\w+)`)
	writtenName = regexp.MustCompile(`\bname["']?\s*:\s*["']?([a-z0-9][-a-z0-9]*)`)
)

// unread remembers what can be told of a document that cannot be read, or
// whose name cannot.
func (d *decoder) unread() {
	var document slo.Unread
	if match := writtenKind.FindStringSubmatch(d.chunk.text); match != nil {
		document.Kind = match[1]
	}
	for _, match := range writtenName.FindAllStringSubmatch(d.chunk.text, -1) {
		document.Names = append(document.Names, match[1])
	}
	d.declared.Unread = append(d.declared.Unread, document)
}

// readers are the functions that read the documents of each kind.
func (d *decoder) readers() map[string]func(*object) {
	return map[string]func(*object){
		"Source": d.source, "Team": d.team, "Journey": d.journey, "SLO": d.slo, "AlertPolicy": d.policy,
		"Notifier": d.notifier, "Exclusion": d.exclusion, "Defaults": d.defaults,
	}
}
