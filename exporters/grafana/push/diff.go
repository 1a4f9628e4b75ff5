package push

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/internal/httpclient"
	"github.com/slojourn/slojourn/slo/diag/render"
)

const (
	mostChanges = 12 // lines about a dashboard
	maxValue    = 80 // characters of a value
)

// difference says in words what a dashboard gets: by panel, variable and annotation.
type difference struct {
	lines                   []string
	added, removed, changed int      // panels
	others                  []string // of what else is another: variables, title
}

// compare returns what has to change in a stored dashboard to make it the wanted one.
func compare(have, want map[string]any) difference {
	var d difference
	have, want = bare(have), bare(want)
	names := maps.Clone(have)
	maps.Copy(names, want)
	delete(names, "id")
	delete(names, "version")
	first := []string{"title", "description", "panels", "templating"} // as people would look
	others := slices.DeleteFunc(slices.Sorted(maps.Keys(names)), func(key string) bool { return slices.Contains(first, key) })
	for _, key := range append(first, others...) {
		before := len(d.lines)
		switch key {
		case "panels":
			d.panels(list(have[key]), list(want[key]))
			continue
		case "templating":
			d.named("variable", "name", within(have[key], "list"), within(want[key], "list"))
		case "annotations":
			d.named("annotation", "name", within(have[key], "list"), within(want[key], "list"))
		case "links":
			d.named("link", "title", list(have[key]), list(want[key]))
		default:
			d.values("", key, have[key], want[key])
		}
		if len(d.lines) > before {
			d.others = append(d.others, key)
		}
	}
	return d
}

// bare is a dashboard without the mark of who made it, which changes with everything else.
func bare(content map[string]any) map[string]any {
	uid, _ := content["uid"].(string)
	description, _ := content["description"].(string)
	if _, signed := grafana.Signed(description, uid); signed {
		content = maps.Clone(content)
		_, rest, _ := strings.Cut(description, "\n")
		content["description"] = strings.TrimLeft(rest, "\r\n")
	}
	return content
}

// summary is the short form of a difference, for the history in Grafana.
func (d *difference) summary() string {
	var parts []string
	for _, count := range []struct {
		n    int
		what string
	}{{d.added, "added"}, {d.removed, "removed"}, {d.changed, "changed"}} {
		switch {
		case count.n == 1:
			parts = append(parts, "1 panel "+count.what)
		case count.n > 1:
			parts = append(parts, fmt.Sprintf("%d panels %s", count.n, count.what))
		}
	}
	if len(d.others) > 0 {
		parts = append(parts, strings.Join(d.others, ", ")+" changed")
	}
	if len(parts) == 0 {
		return "nothing changed that is shown"
	}
	return strings.Join(parts, ", ")
}

// shown are the lines, as many as there is room for.
func (d *difference) shown() []string {
	if len(d.lines) <= mostChanges {
		return d.lines
	}
	return append(slices.Clone(d.lines[:mostChanges-1]), fmt.Sprintf("… and %d more", len(d.lines)-mostChanges+1))
}

func (d *difference) say(format string, args ...any) {
	d.lines = append(d.lines, render.Plain(fmt.Sprintf(format, args...)))
}

// panels finds each panel by its title, since ids and places change when one is put
// between others; of those with one title the first is the first. One that is not found
// is another panel of its type and id with a new title, if there is one that is left over.
func (d *difference) panels(have, want []any) {
	before, after := byName(have, "title"), byName(want, "title")
	for _, p := range after.order {
		now := after.items[p]
		old, found := before.items[p]
		lines := len(d.lines)
		if !found {
			n, renamed := before.leftOver(after, now)
			if !renamed {
				d.added++
				d.say("panel %s added", p)
				continue
			}
			old = before.items[n]
			delete(before.items, n)
			d.say("panel %s is now %s", n, p)
		}
		d.fields("panel "+p.String()+": ", old, now, "id", "gridPos", "title")
		if len(d.lines) == lines && encoded(old["gridPos"]) != encoded(now["gridPos"]) {
			d.say("panel %s moved", p)
		}
		if len(d.lines) > lines {
			d.changed++
		}
	}
	for _, p := range before.order {
		_, there := before.items[p]
		if _, still := after.items[p]; there && !still {
			d.removed++
			d.say("panel %s removed", p)
		}
	}
}

// leftOver finds the panel of a type and id whose title nothing has any more.
func (b named) leftOver(after named, panel map[string]any) (name, bool) {
	for _, n := range b.order {
		old, there := b.items[n]
		if _, taken := after.items[n]; there && !taken && encoded(old["id"]) == encoded(panel["id"]) && old["type"] == panel["type"] {
			return n, true
		}
	}
	return name{}, false
}

// named compares what has a name.
func (d *difference) named(kind, key string, have, want []any) {
	before, after := byName(have, key), byName(want, key)
	for _, n := range after.order {
		if old, found := before.items[n]; found {
			d.fields(kind+" "+n.String()+": ", old, after.items[n])
		} else {
			d.say("%s %s added", kind, n)
		}
	}
	for _, n := range before.order {
		if _, still := after.items[n]; !still {
			d.say("%s %s removed", kind, n)
		}
	}
}

// fields compares objects, but for some of their fields.
func (d *difference) fields(place string, have, want map[string]any, but ...string) {
	names := maps.Clone(have)
	maps.Copy(names, want)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if slices.Contains(but, name) {
			continue
		}
		if name == "targets" {
			d.targets(place, list(have[name]), list(want[name]))
			continue
		}
		d.values(place, name, have[name], want[name])
	}
}

// targets compares the queries of a panel.
func (d *difference) targets(place string, have, want []any) {
	before, after := byName(have, "refId"), byName(want, "refId")
	for _, q := range after.order {
		if old, found := before.items[q]; found {
			d.fields(place+"query "+q.text+": ", old, after.items[q])
		} else {
			d.say("%squery %s added: %s", place, q.text, value(after.items[q]["expr"]))
		}
	}
	for _, q := range before.order {
		if _, still := after.items[q]; !still {
			d.say("%squery %s removed", place, q.text)
		}
	}
}

// values compares anything, and names what differs by its path.
func (d *difference) values(place, path string, have, want any) {
	if encoded(have) == encoded(want) {
		return
	}
	switch w := want.(type) {
	case map[string]any:
		if h, both := have.(map[string]any); both {
			names := maps.Clone(h)
			maps.Copy(names, w)
			for _, name := range slices.Sorted(maps.Keys(names)) {
				d.values(place, path+"."+name, h[name], w[name])
			}
			return
		}
	case []any:
		if h, both := have.([]any); both && len(h) == len(w) {
			for i := range w {
				d.values(place, fmt.Sprintf("%s[%d]", path, i), h[i], w[i])
			}
			return
		}
	}
	d.say("%s%s: %s → %s", place, path, value(have), value(want))
}

// name is what something is called among others: the n-th of that name.
type name struct {
	text string
	n    int
}

func (n name) String() string {
	if n.n > 1 {
		return fmt.Sprintf("%q (%d)", n.text, n.n)
	}
	return fmt.Sprintf("%q", n.text)
}

type named struct {
	order []name
	items map[name]map[string]any
}

func byName(items []any, key string) named {
	found := named{items: map[name]map[string]any{}}
	count := map[string]int{}
	for _, item := range items {
		object, _ := item.(map[string]any)
		text, _ := object[key].(string)
		count[text]++
		n := name{text, count[text]}
		found.order = append(found.order, n)
		found.items[n] = object
	}
	return found
}

func list(v any) []any {
	items, _ := v.([]any)
	return items
}

func within(v any, key string) []any {
	object, _ := v.(map[string]any)
	return list(object[key])
}

// value is a value on one line.
func value(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case string:
		return fmt.Sprintf("%q", httpclient.Shorten(v, maxValue))
	}
	return httpclient.Shorten(encoded(v), maxValue)
}

// encoded is the same text for the same value, however its numbers are written.
func encoded(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// contentOf is a dashboard as Grafana has it.
func contentOf(d *grafana.Dashboard) map[string]any {
	var content map[string]any
	if err := json.Unmarshal(d.JSON(), &content); err != nil {
		panic(err) // it was just written
	}
	return content
}

// plainNumbers has numbers in one form, of what was read with their text kept.
func plainNumbers(content map[string]any) map[string]any {
	text, err := json.Marshal(content)
	if err != nil {
		return content
	}
	var plain map[string]any
	if json.Unmarshal(text, &plain) != nil {
		return content
	}
	return plain
}
