package spec

import (
	"regexp"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// sli reads the SLI behind the key of this name.
func (o *object) sli() *slo.SLIDeclaration {
	key := o.keySpan("sli")
	o, ok := o.object("sli")
	if !ok {
		return nil
	}
	s := &slo.SLIDeclaration{Span: key, Source: o.text("source")}
	s.From = o.eventTypes()
	s.Where, s.Good, s.Bad, s.Count = o.nrql("where"), o.nrql("good"), o.nrql("bad"), o.nrql("count")
	s.Lag = parsed(o, "lag", slo.ParseDuration)
	if queries, ok := o.object("nrql"); ok {
		s.Queries = &slo.Queries{Total: queries.nrql("total"), Good: queries.nrql("good"), Bad: queries.nrql("bad")}
		o.exclusive = o.exclusive && queries.exclusive && s.Queries.Total.Len() > 0 && s.Queries.Good.Len()+s.Queries.Bad.Len() > 0
	}
	if slice, ok := o.object("slice"); ok {
		s.Slice = &slo.Slice{
			Every: parsed(slice, "every", parseEvery), Value: slice.nrql("value"), Good: slice.nrql("good"),
			Empty: wordOf[slo.Empty](slice, "empty").Value,
		}
		o.exclusive = o.exclusive && s.Slice.Every.Value > 0 && s.Slice.Value.Len() > 0 && s.Slice.Good.Len() > 0
	}
	events := s.Form() == slo.FormEvents
	s.Broken = !o.exclusive || s.Queries == nil && len(s.From) == 0 || events && s.Good.Len()+s.Bad.Len() == 0
	return s
}

// parseEvery reads the length of a slice.
func parseEvery(text string) (time.Duration, error) {
	every, err := slo.ParseDuration(text)
	if err != nil {
		return 0, err
	}
	if every < time.Minute || every > time.Hour || time.Hour%every != 0 {
		return 0, &slo.Problem{
			Message: diag.Say("slices of %s do not divide an hour", text),
			Hint:    diag.Say("write 1m, 2m, 3m, 4m, 5m, 6m, 10m, 12m, 15m, 20m, 30m or 1h"),
		}
	}
	return every, nil
}

// nrql reads a key that holds NRQL, whose bytes have places. A text that YAML
// ends at a #, within quotes of NRQL or without a blank behind the #, is reported
// and left out.
func (o *object) nrql(name string) diag.Text {
	node, _, found := o.field(name)
	if !found || !o.d.scalar(node, diag.Verbatim(name)).Written() {
		return diag.Text{}
	}
	text := o.d.chunk.locate(node, o.d.file.Name)
	open := strings.Count(node.Value, "'")%2 == 1 || strings.Count(node.Value, "`")%2 == 1
	if node.Style == 0 {
		comment, at, found := o.d.commentBehind(text.Whole().End, "")
		switch {
		case found && !open && strings.HasPrefix(comment, "# "):
			return text.EndedBy(at)
		case found:
			hint := diag.Say("put the whole of %s in double quotes, or on a line of its own below |", name)
			if strings.Contains(node.Value+comment, `\`) {
				hint = diag.Say("put the whole of %s on a line of its own below |", name)
			}
			if !open {
				hint = diag.Say("%s; or write a blank behind # if it is a comment", hint)
			}
			o.d.list.Errorf(diag.CodeComment, at, hint,
				"YAML takes this for a comment, in the middle of %s", name)
			return diag.Text{}
		}
	}
	return text
}

// eventTypes reads from: event types with commas between them, or a list.
func (o *object) eventTypes() []diag.Located[string] {
	node, _, found := o.field("from")
	if !found {
		return nil
	}
	if node.Kind != yaml.SequenceNode {
		return o.d.eventTypes(nil, node, diag.Verbatim("from"))
	}
	var types []diag.Located[string]
	items, _ := o.list("from")
	for _, item := range items {
		types = o.d.eventTypes(types, follow(item), diag.Say("an event type"))
	}
	return types
}

// condition matches an event type with the condition that belongs into where.
var condition = regexp.MustCompile(`(?is)^(\S+)\s+where\s+(.+)$`)

func (d *decoder) eventTypes(types []diag.Located[string], node *yaml.Node, what diag.Phrase) []diag.Located[string] {
	if !d.scalar(node, what).Written() {
		return types
	}
	text := d.chunk.locate(node, d.file.Name)
	offset := 0
	for part := range strings.SplitSeq(text.String(), ",") {
		name := strings.TrimSpace(part)
		start := offset + strings.Index(part, name)
		span := text.Span(start, start+len(name))
		offset += len(part) + 1
		switch {
		case name == "":
			d.list.Errorf(diag.CodeValue, text.Span(start, start+1), diag.Say("write event types with commas between them"), "an event type is missing here")
		case strings.ContainsAny(name, " \t\n`'\"()"):
			hint := diag.Say("write only event types here, such as from: Transaction; conditions belong into where")
			if parts := condition.FindStringSubmatch(name); parts != nil {
				hint = diag.Say("write from: %s, and where: %s", parts[1], parts[2])
			}
			d.list.Errorf(diag.CodeValue, span, hint, "%q is not an event type", name)
		default:
			types = append(types, diag.At(name, span))
		}
	}
	return types
}
