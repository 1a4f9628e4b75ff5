package slo

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/slo/diag"
)

// Gap is something that a set does not say and that somebody will look for. It is no
// mistake: everything is measured all the same.
type Gap struct {
	Kind   GapKind
	About  Kind      // what ID stands for; "" for a team
	ID     string    // of a journey, a step or an SLO; the name of a team
	Owner  string    // the team that can fill it
	Origin diag.Span // where it would be written
}

// GapKind says what is missing. The zero GapKind is invalid.
type GapKind string

// The kinds of gaps.
const (
	NoDescription GapKind = "no-description"
	NoAlerts      GapKind = "no-alerts"
	NoRunbook     GapKind = "no-runbook"
	NoWhenSpent   GapKind = "no-when-spent"
	NoJourney     GapKind = "no-journey"
	NobodyTold    GapKind = "nobody-told"
	NoContact     GapKind = "no-contact"
	OwnsNothing   GapKind = "owns-nothing"
)

// GapKinds returns all kinds, in the order in which they are shown.
func GapKinds() []GapKind {
	return []GapKind{NoDescription, NoAlerts, NoRunbook, NoWhenSpent, NoJourney, NobodyTold, NoContact, OwnsNothing}
}

// Meaning says in a sentence what the gap leads to.
func (k GapKind) Meaning() diag.Phrase {
	switch k {
	case NoDescription:
		return diag.Say("nobody but its owner knows what the journey is and why it matters")
	case NoAlerts:
		return diag.Say("nothing says whether anybody is told when the budget burns")
	case NoRunbook:
		return diag.Say("whoever is paged finds nothing about what to do")
	case NoWhenSpent:
		return diag.Say("nobody agreed to what happens when the budget is spent")
	case NoJourney:
		return diag.Say("no journey says which users the SLO is for")
	case NobodyTold:
		return diag.Say("alerts about what the team owns go to nobody")
	case NoContact:
		return diag.Say("others do not know where the team is reached")
	case OwnsNothing:
		return diag.Say("the team owns nothing in the set")
	default:
		return diag.Phrase{}
	}
}

// Remedy says what to write.
func (k GapKind) Remedy() diag.Phrase {
	switch k {
	case NoDescription:
		return diag.Say("add description to its spec")
	case NoAlerts:
		return diag.Say("add alerts: paging, or none, to its spec or to Defaults; or stage: observe while it is tried out")
	case NoRunbook:
		return diag.Say("add runbook: https://… to its spec")
	case NoWhenSpent:
		return diag.Say("add whenSpent to its spec, such as: No releases until half the budget is back.")
	case NoJourney:
		return diag.Say("name it in a step of a journey, as slo: NAME")
	case NobodyTold:
		return diag.Say("add notify: [NAME] to the team's spec, with the name of a Notifier")
	case NoContact:
		return diag.Say(`add contact to the team's spec, such as "#payments"`)
	case OwnsNothing:
		return diag.Say("name it as owner where it is, or remove the document")
	default:
		return diag.Phrase{}
	}
}

// Gaps returns what the set does not say, by kind and place.
func (s *Set) Gaps() []Gap {
	g := &gaps{set: s, inJourney: map[*SLO]bool{}, alerting: map[string]bool{}, owning: map[string]bool{}}
	for _, j := range s.Journeys {
		g.journey(j)
	}
	for _, o := range s.SLOs {
		g.slo(o)
	}
	for _, d := range s.Documents {
		if d.Kind != "Team" {
			g.own(d.Owners...)
		}
	}
	for _, t := range s.Teams {
		g.team(t)
	}
	slices.SortStableFunc(g.list, func(a, b Gap) int {
		kinds := GapKinds()
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), a.Origin.Compare(b.Origin), cmp.Compare(a.ID, b.ID))
	})
	return g.list
}

type gaps struct {
	set       *Set
	inJourney map[*SLO]bool   // steps that are SLOs of their own
	alerting  map[string]bool // teams that alerts are about
	owning    map[string]bool // teams that own something
	list      []Gap
}

func (g *gaps) own(teams ...string) {
	for _, name := range teams {
		g.owning[name] = true
	}
}

func (g *gaps) add(kind GapKind, about Kind, id string, a About) {
	g.list = append(g.list, Gap{Kind: kind, About: about, ID: id, Owner: a.Owner, Origin: a.Origin})
}

func (g *gaps) journey(j *Journey) {
	undecided := g.undecided(j.About, j.Objectives)
	if undecided {
		g.add(NoAlerts, KindJourney, j.ID, j.About)
	}
	paging := pages(j.Objectives)
	for _, step := range j.Steps {
		if step.SLO.Kind == KindSLO {
			g.inJourney[step.SLO] = true
			continue
		}
		paging = paging || pages(step.SLO.Objectives)
		if g.undecided(step.SLO.About, step.SLO.Objectives) && !undecided { // else the journey lacks it
			g.add(NoAlerts, KindStep, step.SLO.ID, step.SLO.About)
		}
	}
	if j.About.Description == "" {
		g.add(NoDescription, KindJourney, j.ID, j.About)
	}
	if j.About.WhenSpent == "" {
		g.add(NoWhenSpent, KindJourney, j.ID, j.About)
	}
	if paging && j.About.Stage == Active && j.About.Runbook == "" {
		g.add(NoRunbook, KindJourney, j.ID, j.About)
	}
}

// slo looks at an SLO of its own, when all journeys have been looked at.
func (g *gaps) slo(o *SLO) {
	if o.Kind != KindSLO {
		return
	}
	if g.undecided(o.About, o.Objectives) {
		g.add(NoAlerts, KindSLO, o.ID, o.About)
	}
	if !g.inJourney[o] {
		g.add(NoJourney, KindSLO, o.ID, o.About)
	}
	if pages(o.Objectives) && o.About.Stage == Active && o.About.Runbook == "" {
		g.add(NoRunbook, KindSLO, o.ID, o.About)
	}
}

// undecided reports whether nothing says which alerts something raises, and notes whom
// alerts are about.
func (g *gaps) undecided(about About, objectives []Objective) bool {
	if about.Stage != Active {
		return false
	}
	if slices.ContainsFunc(objectives, func(o Objective) bool { return o.Alerts != nil }) {
		g.alerting[about.Owner] = true
	}
	return len(objectives) > 0 && objectives[0].Undecided
}

func (g *gaps) team(t *Team) {
	about := About{Owner: t.Name, Origin: t.Origin}
	if !g.owning[t.Name] {
		g.add(OwnsNothing, "", t.Name, about)
		return
	}
	if t.Contact == "" {
		g.add(NoContact, "", t.Name, about)
	}
	// A set without any notifier is probably a team's part of a larger one.
	if len(g.set.Notifiers) > 0 && g.alerting[t.Name] && len(t.Notify) == 0 {
		g.add(NobodyTold, "", t.Name, about)
	}
}

// pages reports whether somebody may be woken about one of the objectives.
func pages(objectives []Objective) bool {
	return slices.ContainsFunc(objectives, func(o Objective) bool { return o.Alerts != nil && o.Alerts.pages() })
}
