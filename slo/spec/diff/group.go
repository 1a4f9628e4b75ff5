package diff

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/slo/diag"
)

// inherited reports whether one line can make many changes of a kind: in Defaults, in a
// journey for its steps, or in a source.
func inherited(kind Kind) bool {
	return ofPolicy(kind) || slices.Contains([]Kind{
		OwnerLost, OwnerChanged, OwnerGained, StageObserve, StageActive, LabelChanged, SourceChanged, HistoryKept, HistoryRestarted, WindowChanged,
		AlertsOff, AlertsOn, AlertsChanged,
	}, kind)
}

// ofPolicy reports whether a kind is about what stands in an alert policy.
func ofPolicy(kind Kind) bool {
	return slices.Contains([]Kind{
		TierRemoved, TierAdded, TierFactorRaised, TierFactorLowered, TierSeverityLowered, TierSeverityRaised, TierChanged, GuardRaised, GuardLowered,
		HoldChanged, NoTrafficOff, NoTrafficOn, NoTrafficChanged, NoDataOff, NoDataOn, NoDataChanged, BudgetAlertRemoved, BudgetAlertAdded,
	}, kind)
}

// grouped makes one change of those that are the same for several ids, where the first of
// them stands. It is about their journey, if they have one in common. What Defaults
// change and what changes elsewhere are told apart, even where it is the same.
func grouped(changes []Change) []Change {
	type likeness struct {
		kind                         Kind
		weight                       Weight
		detail, before, after, notes string
		defaults                     diag.Span
	}
	alike := map[likeness][]int{}
	for i, c := range changes {
		if c.Subject.measured() && inherited(c.Kind) {
			key := likeness{c.Kind, c.Weight, c.Detail, c.Before.String(), c.After.String(), parted(c.Notes).String(), c.defaults}
			alike[key] = append(alike[key], i)
		}
	}
	drop := map[int]bool{}
	for _, members := range alike {
		if len(members) > 1 {
			changes[members[0]] = group(changes, members)
			for _, i := range members[1:] {
				drop[i] = true
			}
		}
	}
	var kept []Change
	for i, c := range changes {
		if !drop[i] {
			kept = append(kept, c)
		}
	}
	return kept
}

// group is one change for several.
func group(changes []Change, members []int) Change {
	one := changes[members[0]]
	one.Budgets = nil
	section := one.Subject.Section()
	for _, i := range members {
		c := &changes[i]
		if c.Subject.Section() != section {
			section = Subject{What: Several}
		}
		one.Budgets = append(one.Budgets, c.Budgets...)
		one.Reaches = append(one.Reaches, about(c.Subject.Name, c.Objective))
	}
	slices.SortFunc(one.Budgets, func(a, b Budget) int { return cmp.Or(cmp.Compare(a.Before, b.Before), cmp.Compare(a.After, b.After)) })
	one.Budgets = slices.Compact(one.Budgets)
	slices.Sort(one.Reaches)
	one.Subject, one.Objective = section, ""
	return one
}

// about names an id, or an objective of it.
func about(id, objective string) string {
	if objective == "" {
		return id
	}
	return id + " " + objective
}
