package spec

import (
	"cmp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

var acceptKey = key{
	name: "accept", value: list(objectOf(acceptDefinition)),
	doc: "Warnings and infos about what stands here that may stay, each with the reason.",
}

var acceptDefinition = &definition{what: diag.Say("the entry of accept"), keys: []key{
	{name: "code", value: of(shapeCode), required: true, example: "SLO066", doc: "What is accepted; once in a list, and never an error."},
	{
		name: "reason", value: of(shapeText), required: true, example: "Good and bad events are sampled alike.",
		doc: "Why it may stay, for whoever reads it later.",
	},
}}

// accepts reads which findings are accepted that begin in the mapping. An entry that says
// too little, which is reported, accepts nothing.
func (o *object) accepts() []slo.AcceptDeclaration {
	var list []slo.AcceptDeclaration
	first := map[diag.Code]diag.Span{}
	for _, entry := range o.objects("accept") {
		code, reason := wordOf[diag.Code](entry, "code"), entry.text("reason")
		place, twice := first[code.Value]
		switch {
		case code.Value == "":
		case twice:
			o.d.list.Add(diag.Diagnostic{
				Code: diag.CodeDuplicate, Severity: diag.Error, Span: code.Span,
				Message: diag.Say("%s is accepted twice", code.Value),
				Hint:    diag.Say("keep one entry, with both reasons"),
				Related: []diag.Related{{Span: place, Message: diag.Say("the first one is at %s", place)}},
			})
		default:
			first[code.Value] = code.Span
			if reason.Value != "" {
				list = append(list, slo.AcceptDeclaration{
					Code: code, Reason: strings.Join(strings.Fields(reason.Value), " "), Within: o.d.extent(o.node), Document: o.d.document(),
				})
			}
		}
	}
	return list
}

// checkCode reports a code of findings that cannot be accepted.
func (d *decoder) checkCode(text diag.Located[string], what diag.Phrase) diag.Located[string] {
	code := diag.Code(strings.ToUpper(text.Value))
	switch {
	case code == diag.CodeStale:
		d.list.Errorf(diag.CodeValue, text.Span, diag.Say("remove this entry, and the one that accepts nothing"),
			"%s cannot be accepted, as it is about entries of accept", code)
	case slices.Contains(diag.Codes(), code) && !slices.Contains(diag.Acceptable(), code):
		d.list.Errorf(diag.CodeValue, text.Span, diag.Say("remove the entry; an error has to be corrected"),
			"%s cannot be accepted: what has this code is an error, or not about one journey, SLO or alert policy", code)
	default:
		var words []string
		for _, c := range diag.Acceptable() {
			words = append(words, string(c))
		}
		return d.checkWord(text, words, what)
	}
	return diag.Located[string]{}
}

// document returns the lines of the document.
func (d *decoder) document() diag.Span {
	return diag.Span{
		File:  d.file.Name,
		Start: diag.Position{Line: d.chunk.line + 1, Column: 1},
		End:   diag.Position{Line: d.chunk.line + len(d.chunk.lines) + 1, Column: 1},
	}
}

// extent returns where a collection stands, up to what follows it in the document.
func (d *decoder) extent(node *yaml.Node) diag.Span {
	last := node
	for len(last.Content) > 0 {
		last = last.Content[len(last.Content)-1]
	}
	span := d.document()
	span.Start = d.nodeSpan(node).Start
	if next := following(d.root, last); next != nil {
		span.End = diag.Position{Line: d.chunk.line + next.Line, Column: next.Column}
	}
	return span
}

// following returns the first node below another one that begins behind a third; nil when
// that is the last. Nodes are in the order of the file.
func following(root, node *yaml.Node) *yaml.Node {
	behind, _ := slices.BinarySearchFunc(root.Content, node, func(n, node *yaml.Node) int {
		if cmp.Or(cmp.Compare(n.Line, node.Line), cmp.Compare(n.Column, node.Column)) > 0 {
			return 1
		}
		return -1
	})
	if behind > 0 {
		if n := following(root.Content[behind-1], node); n != nil {
			return n
		}
	}
	if behind < len(root.Content) {
		return root.Content[behind]
	}
	return nil
}
