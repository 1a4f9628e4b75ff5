package rules

import (
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/slo/diag/render"
)

// escape makes a text do nothing in a template of Prometheus, which annotations and
// labels are. vmalert also replaces %{NAME} in all of a file, by a variable of its
// environment.
func escape(text string) string {
	return strings.NewReplacer("{{", `{{"{{"}}`, "%{", `{{"%"}}{`).Replace(text)
}

// oneLine is a text of the specs as people read it: without characters that do
// something, and without secrets.
func oneLine(text string) string {
	return strings.Join(strings.Fields(render.Plain(strings.ToValidUTF8(text, "\ufffd"))), " ")
}

// text is what an annotation says, as a template and as it comes out in tests.
type text struct{ template, shown strings.Builder }

// say adds words.
func (t *text) say(words string) {
	t.template.WriteString(escape(words))
	t.shown.WriteString(words)
}

// line adds a line with a name.
func (t *text) line(name, value string) {
	if value != "" {
		t.say("\n" + name + ": " + value)
	}
}

// ask adds the value of an expression at the time the alert is sent, with words
// around it, and nothing where there is none. how is a function of templates, and
// shown what it makes of the value in a test, "" where there is none.
func (t *text) ask(before, expr, how, shown, after string) {
	t.template.WriteString("{{ with query " + strconv.Quote(expr) + " }}" + escape(before) + "{{ . | first | value | " + how + " }}" + escape(after) + "{{ end }}")
	if shown != "" {
		t.shown.WriteString(before + shown + after)
	}
}

// named writes a title with the name behind it.
func named(title, name string) string {
	if title = oneLine(title); title != "" && title != name {
		return title + " (" + name + ")"
	}
	return name
}
