package prometheus

import (
	"cmp"
	"maps"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// judged is a policy and the window of an objective that it judges: what factors
// depend on.
type judged struct {
	policy *slo.AlertPolicy
	window slo.Window
}

// factor is that of a tier.
type factor struct {
	severity    slo.Severity
	long, short string
	value       float64
}

// factorsOf returns those of all tiers. Of tiers that differ in nothing else, the
// first is taken.
func factorsOf(j judged) []factor {
	var list []factor
	for _, t := range j.policy.Tiers {
		f := factor{severity: t.Severity, long: slo.FormatDuration(t.Long), short: slo.FormatDuration(t.Short)}
		f.value, _ = t.Factor(j.window).Float64()
		if !slices.ContainsFunc(list, func(e factor) bool { return e.severity == f.severity && e.long == f.long && e.short == f.short }) {
			list = append(list, f)
		}
	}
	return list
}

// urgency is a kind of alert and how urgent it is.
type urgency struct {
	kind     alert.Kind
	severity slo.Severity
}

// kindsOf returns what a policy can fire about one objective, each once.
func kindsOf(p *slo.AlertPolicy) []urgency {
	var list []urgency
	add := func(kind alert.Kind, severity slo.Severity) {
		if u := (urgency{kind, severity}); !slices.Contains(list, u) {
			list = append(list, u)
		}
	}
	for i := range p.Tiers {
		add(alert.Burn, p.Tiers[i].Severity)
	}
	if len(p.BudgetSpent) > 0 {
		add(alert.Budget, slo.Ticket)
	}
	if p.NoData != nil {
		add(alert.NoData, p.NoData.Severity)
	}
	if p.NoTraffic != nil {
		add(alert.NoTraffic, p.NoTraffic.Severity)
	}
	return list
}

// sources returns the names of what measures something that has alerts, in order. A
// composed journey is measured by what measures its steps.
func (c *content) sources() []string {
	statuses := c.view.Snapshot.Statuses
	names := map[string]bool{}
	for i := range c.subjects {
		s := c.subjects[i].status
		if !slices.ContainsFunc(s.Objectives, func(o burnrate.Objective) bool { return o.Alerts != nil }) {
			continue
		}
		names[s.Source] = true
		if s.Source != "" {
			continue
		}
		for _, id := range s.Steps {
			if k, found := slices.BinarySearchFunc(statuses, id, func(s burnrate.Status, id string) int { return cmp.Compare(s.ID, id) }); found {
				names[statuses[k].Source] = true
			}
		}
	}
	delete(names, "")
	return slices.Sorted(maps.Keys(names))
}
