package rules

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo/diag/render"
)

// escape makes a text do nothing in a template of Prometheus, which annotations and
// labels are. It takes every brace apart: two of them begin an action, also one of a
// text and one of what follows it. vmalert replaces %{NAME} in all of a file, by a
// variable of its environment.
func escape(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	return strings.NewReplacer("%{", `{{"%"}}{{"{"}}`, "{", `{{"{"}}`).Replace(text)
}

// mostText is how many bytes of a text are passed on. Nobody reads more in an alert.
const mostText = 3000

// lines are texts of the specs on one line each, of which those of a team are in many
// alerts: to look for secrets takes longer than everything else.
type lines struct{ known map[string]string }

// mostLines is how many are kept.
const mostLines = 1000

func (l *lines) of(text string) string {
	if text == "" {
		return ""
	}
	line, found := l.known[text]
	if !found {
		if l.known == nil || len(l.known) == mostLines {
			l.known = map[string]string{}
		}
		line = oneLine(text)
		l.known[text] = line
	}
	return line
}

// oneLine is a text of the specs as people read it: without characters that do
// something, and without secrets.
func oneLine(text string) string {
	// What looks like a secret may be cut here, but not within what is kept.
	text = render.Plain(strings.ToValidUTF8(cut(text, 2*mostText), "\ufffd"))
	return cut(strings.Join(strings.Fields(text), " "), mostText)
}

func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
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
func (l *lines) named(title, name string) string {
	if title = l.of(title); title != "" && title != name {
		return title + " (" + name + ")"
	}
	return name
}
