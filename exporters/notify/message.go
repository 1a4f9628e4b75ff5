package notify

import (
	"embed"
	"fmt"
	"strings"
	"text/template"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// Message is what people read about a notification, in their language. Its texts
// are of one line and do nothing where they are shown.
type Message struct {
	Title   string       `json:"title"`
	Summary string       `json:"summary"`
	Facts   []Fact       `json:"facts"`   // what it rests on, the most important first
	Actions []string     `json:"actions"` // what to do
	Links   []alert.Link `json:"links"`   // the runbook first
}

// Fact is a value with its name.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Limits of a message in characters and items.
const (
	mostTitle = 300
	mostFact  = 1000
	mostFacts = 40
)

//go:embed templates
var templates embed.FS

// writer writes messages in one language.
type writer struct {
	words words
	kinds map[alert.Kind]*template.Template
}

// kinds of notifications, each with a file of templates.
func kinds() []alert.Kind {
	return []alert.Kind{alert.Burn, alert.Budget, alert.NoTraffic, alert.NoData, alert.Source, alert.Missed, alert.Test}
}

// newWriter parses the templates of a language; English for one without.
func newWriter(locale slo.Locale) *writer {
	if locale != slo.Japanese {
		locale = slo.English
	}
	w := &writer{words{locale}, map[alert.Kind]*template.Template{}}
	folder := "templates/" + string(locale) + "/"
	for _, kind := range kinds() {
		// They are part of the program, and a test parses all of them.
		w.kinds[kind] = template.Must(template.ParseFS(templates, folder+"common.tmpl", folder+string(kind)+".tmpl"))
	}
	return w
}

// message writes what there is to say about a notification that is [harmless]. to
// is the name of the notifier.
func (w *writer) message(n alert.Notification, to string) (Message, error) {
	t := w.kinds[n.Kind]
	if t == nil {
		return Message{}, fmt.Errorf("there is no message for alerts of the kind %q", n.Kind)
	}
	d := w.data(n, to)
	var failure error
	text := func(name string) string {
		var b strings.Builder
		if err := t.ExecuteTemplate(&b, name, d); err != nil && failure == nil {
			failure = fmt.Errorf("write the message: %w", err)
		}
		return b.String()
	}
	m := Message{
		Title: cut(oneLine(text("title")), mostTitle), Summary: cut(oneLine(text("summary")), mostText),
		Facts: facts(text("facts")), Actions: []string{}, Links: []alert.Link{},
	}
	for line := range strings.Lines(text("actions")) {
		if line = oneLine(line); line != "" {
			m.Actions = append(m.Actions, cut(line, mostText))
		}
	}
	if n.Subject.Runbook != "" {
		m.Links = append(m.Links, alert.Link{Title: oneLine(text("links")), URL: n.Subject.Runbook})
	}
	for _, l := range n.Subject.Links {
		m.Links = append(m.Links, alert.Link{Title: cut(oneLine(l.Title), mostTitle), URL: l.URL})
	}
	return m, failure
}

// facts reads what a template writes: a line for each, with its name up to the
// first colon that a blank follows.
func facts(text string) []Fact {
	list := []Fact{}
	for line := range strings.Lines(text) {
		name, value, found := strings.Cut(oneLine(line), ": ")
		if found && len(list) < mostFacts {
			list = append(list, Fact{cut(name, mostTitle), cut(value, mostFact)})
		}
	}
	return list
}

// text writes a message as lines.
func (m Message) text() string {
	var b strings.Builder
	b.WriteString(m.Summary)
	b.WriteString("\n\n")
	for _, f := range m.Facts {
		b.WriteString(f.Name + ": " + f.Value + "\n")
	}
	for _, action := range m.Actions {
		b.WriteString("\n" + action + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
