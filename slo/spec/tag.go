package spec

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo/diag"
)

// harmless are the tags that say what a value is anyway, as every value is
// taken as typed.
var harmless = map[string]yaml.Kind{"!!str": yaml.ScalarNode, "!!map": yaml.MappingNode, "!!seq": yaml.SequenceNode}

// checkTags reports the tags of a document, but for harmless ones: they would
// make something else of a value, which is then read as if there were none.
func (d *decoder) checkTags(node *yaml.Node) {
	if node.Style&yaml.TaggedStyle != 0 && harmless[node.ShortTag()] != node.Kind {
		span := d.tagSpan(node)
		d.list.Errorf(diag.CodeType, span, diag.Say("remove it: values are read as they are written"), "tags of YAML have no meaning here")
	}
	for _, child := range node.Content {
		d.checkTags(child)
	}
}

// tagSpan finds the tag of a node on the line of the node, where an anchor may
// stand before it.
func (d *decoder) tagSpan(node *yaml.Node) diag.Span {
	at := diag.Position{Line: d.chunk.line + node.Line, Column: node.Column}
	rest := d.behind(at)
	offset := len(d.chunk.lines[node.Line-1]) - len(rest)
	for strings.HasPrefix(rest, "&") {
		skipped := len(untilBlank(rest))
		skipped += len(rest[skipped:]) - len(strings.TrimLeft(rest[skipped:], " \t"))
		rest, offset = rest[skipped:], offset+skipped
	}
	if !strings.HasPrefix(rest, "!") {
		return diag.Span{File: d.file.Name, Start: at, End: at} // on a line below
	}
	return d.line(node.Line).Span(offset, offset+len(untilBlank(rest)))
}
