package prometheus

import (
	"cmp"
	"maps"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

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
