package spec

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// neededSLI reads the SLI of an SLO or step, which must have one.
func (d *decoder) neededSLI(o *object) *slo.SLIDeclaration {
	node, key, found := o.field("sli")
	if !found {
		o.missing("sli", "write sli: {from: Transaction, where: …, bad: …}")
		return nil
	}
	return d.sli(node, key)
}

func (d *decoder) sli(node *yaml.Node, key diag.Span) *slo.SLIDeclaration {
	o, ok := d.object(node, "the sli", key)
	if !ok {
		return nil
	}
	s := &slo.SLIDeclaration{Span: key}
	o.later("nrql", "slice", "empty", "lag")
	if o.has("nrql") || o.has("slice") {
		for _, name := range []string{"from", "where", "good", "bad", "source", "count"} {
			o.field(name)
		}
		o.close()
		return nil
	}
	s.From = d.eventTypes(o)
	s.Where = o.positioned("where")
	both := o.conflict("good", "bad", "keep one of them; the other follows from it")
	s.Good, s.Bad = o.positioned("good"), o.positioned("bad")
	s.Source = o.text("source")
	if count := o.text("count"); count.Written() && !strings.EqualFold(strings.ReplaceAll(count.Value, " ", ""), "count(*)") {
		d.notSupported(count.Span, "count: "+count.Value)
	}
	o.close()
	if len(s.From) == 0 && !o.has("from") {
		o.missing("from", "write from: and the event types, such as from: Transaction")
	}
	if !o.has("good") && !o.has("bad") {
		d.list.Errorf(diag.CodeMissing, o.span, "write bad: and what makes an event bad, or good:", "the sli has neither good nor bad")
	}
	if both || len(s.From) == 0 || s.Good.Len()+s.Bad.Len() == 0 {
		return nil
	}
	return s
}

// eventTypes reads from: event types with commas between them, or a list.
func (d *decoder) eventTypes(o *object) []diag.Located[string] {
	node, _, found := o.field("from")
	if !found {
		return nil
	}
	var types []diag.Located[string]
	add := func(text diag.Text) {
		offset := 0
		for part := range strings.SplitSeq(text.String(), ",") {
			name := strings.TrimSpace(part)
			start := offset + strings.Index(part, name)
			span := text.Span(start, start+len(name))
			offset += len(part) + 1
			switch {
			case name == "":
				d.list.Errorf(diag.CodeValue, text.Span(start, start+1), "write event types with commas between them", "an event type is missing here")
			case strings.ContainsAny(name, " \t\n`'\"()"):
				d.list.Errorf(diag.CodeValue, span, "write only event types here, such as from: Transaction; conditions belong into where",
					"%q is not an event type", name)
			default:
				types = append(types, diag.At(name, span))
			}
		}
	}
	switch node.Kind {
	case yaml.SequenceNode:
		for _, item := range node.Content {
			if item = follow(item); d.scalar(item, "an event type").Written() {
				add(d.chunk.locate(item, d.file.Name))
			}
		}
	default:
		if d.scalar(node, "from").Written() {
			add(d.chunk.locate(node, d.file.Name))
		}
	}
	return types
}
