package spec

import (
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// noAlert is how a file says that nobody should have been told of an incident.
const noAlert = "none"

// incidentEntry is an entry of a file of incidents.
var incidentEntry = &definition{what: diag.Say("the incident"), keys: []key{
	{name: "name", value: of(shapeLine), required: true, example: "failed-release", doc: "What people call it; no other one has it."},
	{name: "from", value: of(shapeInstant), required: true, example: "2026-11-20T12:46:00+09:00", doc: "When it began to hurt users."},
	{name: "to", value: of(shapeInstant), required: true, example: "2026-11-20T13:01:00+09:00", doc: "When it no longer did."},
	{
		name: "slos", value: list(of(shapeGlob)), example: "[order-online/*]", fallback: diag.Say("all"),
		doc: "What it hurt: patterns over ids, in which `*` stands for any characters. One that matches a journey covers its steps.",
	},
	{
		name: "expect", value: oneOf(string(slo.Page), string(slo.Ticket), noAlert), example: "page", fallback: diag.Verbatim("`page`"),
		doc: "What should have told of it; `none` of what nobody should have been told of.",
	},
	{name: "note", value: of(shapeText), example: "rolled back", doc: "What else there is to say."},
}}

// sampleIncident is an entry to begin with.
const sampleIncident = "- {name: failed-release, from: 2026-11-20T12:46:00+09:00, to: 2026-11-20T13:01:00+09:00}"

// DecodeIncidents reads a file of incidents, which is a list of them and not a
// document of the language:
//
//	# What should have paged in November.
//	- name: failed-release
//	  from: 2026-11-20T12:46:00+09:00
//	  to: 2026-11-20T13:01:00+09:00
//	  slos: [order-online/*]   # all, without it
//	  expect: page             # or ticket, or none
//	  note: rolled back
//
// It returns what could be understood in the order of the file, also when there are
// findings. Whether patterns match something is for [slo.CheckIncidents] to say.
func DecodeIncidents(file File) ([]slo.Incident, diag.List) {
	file.Named = true
	i := &incidents{decoder: &decoder{file: file}, firsts: map[string]diag.Span{}}
	for _, c := range i.documents() {
		i.chunk = c
		if i.checkLength() && i.checkEncoding() {
			i.roots(i.root)
		}
	}
	if len(i.list) == 0 && !i.begun {
		at := diag.Position{Line: 1, Column: 1}
		i.list.Errorf(diag.CodeMissing, diag.Span{File: file.Name, Start: at, End: at}, diag.Say("write %s", sampleIncident), "the file has no incidents")
	}
	i.list.Sort()
	return i.found, i.list
}

// incidents reads a file of them.
type incidents struct {
	*decoder
	found  []slo.Incident
	firsts map[string]diag.Span // names, to where each first stands
	begun  bool                 // a document was read
}

// root reads a document of the file, of which there should be one.
func (i *incidents) root(root *yaml.Node) {
	if isNull(root) {
		return // nothing but comments
	}
	if i.begun {
		i.list.Errorf(diag.CodeDuplicate, i.nodeSpan(root), diag.Say("write all incidents in one list, without a line of --- or ..."),
			"a second document begins here")
	}
	i.begun = true
	before := len(i.list)
	i.checkTags(root)
	switch {
	case root.Kind != yaml.SequenceNode:
		i.noList(root)
	case len(root.Content) == 0:
		i.list.Errorf(diag.CodeMissing, i.wholeSpan(root), diag.Say("write %s", sampleIncident), "the list of incidents is empty")
	}
	if root.Kind == yaml.SequenceNode {
		for _, node := range root.Content {
			i.entry(node)
		}
	}
	i.checkSecrets(root, i.list[before:])
}

// noList reports something else than a list.
func (i *incidents) noList(root *yaml.Node) {
	what := diag.Say("the file of incidents")
	if root.Kind != yaml.MappingNode || len(root.Content) == 0 {
		i.wrongType(root, what, yaml.SequenceNode)
		return
	}
	first, value := root.Content[0], follow(root.Content[1])
	hint := diag.Say("write each incident as an entry: %s", sampleIncident)
	_, version := peek(root, "apiVersion")
	switch _, known := incidentEntry.key(first.Value); {
	case version != nil:
		hint = diag.Say("name a file of incidents; this one is a spec")
	case known:
		hint = diag.Say(`write "- " before %s, and two blanks before each key below it`, first.Value)
	case len(root.Content) == 2 && value.Kind == yaml.SequenceNode:
		hint = diag.Say("remove the line of %s", first.Value)
	}
	i.list.Errorf(diag.CodeType, i.nodeSpan(first), hint, "%s must be a list, not a mapping", what)
}

// entry reads an incident.
func (i *incidents) entry(node *yaml.Node) {
	node = follow(node)
	span := i.nodeSpan(node)
	if _, name := peek(node, "name"); name != nil {
		span = i.nodeSpan(name) // says more than the place where the entry begins
	}
	o, ok := (&object{d: i.decoder, definition: incidentEntry, span: span}).open(node)
	if !ok {
		return
	}
	name := o.text("name")
	from, to := parsed(o, "from", parseMeasured), parsed(o, "to", parseMeasured)
	incident := slo.Incident{
		Name: strings.TrimSpace(name.Value), From: from.Value, To: to.Value, Expect: slo.Page, Note: strings.TrimSpace(o.text("note").Value), Origin: span,
	}
	for _, pattern := range o.texts("slos") {
		incident.SLOs, incident.Places = append(incident.SLOs, pattern.Value), append(incident.Places, pattern.Span)
	}
	switch expect := wordOf[slo.Severity](o, "expect").Value; expect {
	case "":
	case noAlert:
		incident.Expect = ""
	default:
		incident.Expect = expect
	}
	first, inOrder := i.isFirst(incident.Name, name.Span), i.inOrder(from, to)
	if first && inOrder && incident.Name != "" {
		i.found = append(i.found, incident)
	}
}

// parseMeasured reads an instant at which something may have been measured.
func parseMeasured(text string) (time.Time, error) {
	at, err := parseInstant(text)
	if err == nil && at.UTC().Year() < 2000 {
		return time.Time{}, &slo.Problem{Message: diag.Say("nothing was measured at %s", text), Hint: diag.Say("look at the year")}
	}
	return at, err
}

// isFirst reports a name that stands twice. Without one, which is reported, nothing is
// said of it.
func (i *incidents) isFirst(name string, span diag.Span) bool {
	first, twice := i.firsts[name]
	switch {
	case name == "":
	case twice:
		i.list.Add(diag.Diagnostic{
			Code: diag.CodeDuplicate, Severity: diag.Error, Span: span,
			Message: diag.Say("the incident %q stands twice", name), Hint: diag.Say("give one of them another name, such as the day"),
			Related: []diag.Related{{Span: first, Message: diag.Say("the first one is at %s", first)}},
		})
	default:
		i.firsts[name] = span
	}
	return !twice
}

// inOrder reports an incident that ends before it begins, or as it does. Where one of
// the two cannot be read, which is reported, it is not in order.
func (i *incidents) inOrder(from, to diag.Located[time.Time]) bool {
	if from.Value.IsZero() || to.Value.IsZero() {
		return false
	}
	if from.Value.Before(to.Value) {
		return true
	}
	i.list.Add(diag.Diagnostic{
		Code: diag.CodeInterval, Severity: diag.Error, Span: to.Span,
		Message: diag.Say("the incident ends before it begins"),
		Hint:    diag.Say("write a to that is later than from, and look at the offsets of both"),
		Related: []diag.Related{{Span: from.Span, Message: diag.Say("it begins at %s", from.Span)}},
	})
	return false
}
