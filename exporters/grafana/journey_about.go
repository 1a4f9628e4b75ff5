package grafana

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo"
)

// prose is a text in Markdown, of paragraphs and lists.
type prose struct {
	b     strings.Builder
	lines float64 // how many there are in a panel, about
	width int     // of a line, in letters of Latin
}

// newProse begins a text for a panel so many columns wide.
func newProse(width int) *prose {
	const letters = 7 // in a column, on a small screen
	return &prose{width: width * letters}
}

// say adds a paragraph; none when it is "".
func (p *prose) say(markdown string) { p.put(markdown, "\n\n", 0.6) }

// item adds an item to a list. A paragraph before it ends by itself.
func (p *prose) item(markdown string) { p.put("- "+markdown, "\n", 0.1) }

// endList ends a list.
func (p *prose) endList() { p.b.WriteString("\n") }

// block adds a block of code.
func (p *prose) block(code string) {
	p.b.WriteString(codeBlock(code) + "\n\n")
	p.lines += 1.6
	for line := range strings.Lines(code) {
		p.lines += p.rows(line)
	}
}

func (p *prose) put(markdown, end string, gap float64) {
	if markdown == "" {
		return
	}
	p.b.WriteString(markdown + end)
	p.lines += p.rows(markdown) + gap
}

// rows returns how many lines a text takes. Letters of East Asia are twice as wide.
func (p *prose) rows(text string) float64 {
	wide := 0
	for _, r := range text {
		wide++
		if r >= 0x2E80 {
			wide++
		}
	}
	return float64(1 + wide/p.width)
}

// panel makes the panel, and how high it has to be.
func (p *prose) panel(title string) (panel *Panel, height int) {
	const line, row, most = 21.0, 38.0, 16 // pixels, but the most rows before it scrolls
	height = min(most, 2+int(p.lines*line/row))
	return text(title, strings.TrimSpace(p.b.String())), height
}

// owner says who owns a thing, and where to reach them.
func (m *maker) owner(name string) string {
	w := m.aboutWords()
	title, contact := name, ""
	if t := m.set.Team(name); t != nil {
		title, contact = cmp.Or(t.Title, t.Name), t.Contact
	}
	if title == "" {
		return w.NoOwner
	}
	who := w.Owner("**" + escaped(title) + "**")
	if contact != "" {
		who += w.Contact(escaped(contact))
	}
	return who
}

// owned is an id and the team that owns it.
type owned struct{ id, owner string }

// describe says what all dashboards of journeys and SLOs say: whom it belongs to, what the
// colours ask for, where to read on, and what is excluded of any of the ids it covers. It may
// have a budget.
func (m *maker) describe(p *prose, about slo.About, budget bool, covers ...owned) {
	w := m.aboutWords()
	who := m.owner(about.Owner)
	if about.Stage == slo.Observe {
		who = w.Observed(who)
	}
	p.say(who)
	p.say(w.Colours)
	if about.WhenSpent != "" {
		p.say(w.WhenSpent(escaped(about.WhenSpent)))
	} else if budget {
		p.say(w.NothingAgreed)
	}
	var links []string
	if about.Runbook != "" {
		links = append(links, link(w.Runbook, about.Runbook))
	}
	for _, l := range about.Links {
		links = append(links, link(l.Title, l.URL))
	}
	p.say(strings.Join(links, " · "))
	m.describeExclusions(p, covers)
}

// describeExclusions lists what is excluded, the latest first.
func (m *maker) describeExclusions(p *prose, covers []owned) {
	const most = 8
	w, list := m.aboutWords(), m.excluded(covers)
	if len(list) == 0 {
		p.say(w.NoExclusions)
		return
	}
	p.say(w.Exclusions)
	slices.SortStableFunc(list, func(a, b *slo.Exclusion) int { return b.From.Compare(a.From) })
	for _, e := range list[:min(len(list), most)] {
		p.item(w.Excluded("**"+escaped(cmp.Or(e.Title, e.Name))+"**", e.Effect == slo.Drop, escaped(e.Reason), escaped(e.ApprovedBy)))
	}
	if more := len(list) - most; more > 0 {
		p.item(w.More(more))
	}
	p.endList()
}

// excluded returns the exclusions that are about one of some ids.
func (m *maker) excluded(covers []owned) []*slo.Exclusion {
	var list []*slo.Exclusion
	for _, e := range m.set.Exclusions {
		if slices.ContainsFunc(covers, func(o owned) bool { return e.Applies(o.id, o.owner) }) {
			list = append(list, e)
		}
	}
	return list
}
