package grafana

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo"
)

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
	p.line(w.Colours)
	if about.WhenSpent != "" {
		p.line(w.WhenSpent(escaped(about.WhenSpent)))
	} else if budget {
		p.line(w.NothingAgreed)
	}
	var links []string
	if about.Runbook != "" {
		links = append(links, link(w.Runbook, about.Runbook))
	}
	for _, l := range about.Links {
		links = append(links, link(l.Title, l.URL))
	}
	p.line(strings.Join(links, " · "))
	m.describeExclusions(p, covers)
}

// describeExclusions lists what is excluded, the latest first.
func (m *maker) describeExclusions(p *prose, covers []owned) {
	const most = 8
	w, list := m.aboutWords(), m.excluded(covers)
	if len(list) == 0 {
		p.line(w.NoExclusions)
		return
	}
	p.line(w.Exclusions)
	slices.SortStableFunc(list, func(a, b *slo.Exclusion) int { return b.From.Compare(a.From) })
	for _, e := range list[:min(len(list), most)] {
		p.item(w.Excluded("**"+escaped(cmp.Or(e.Title, e.Name))+"**", m.words().Effects[e.Effect], escaped(e.Reason), escaped(e.ApprovedBy)))
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
