package diff

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// acceptances says which findings are accepted from now on, which no longer, and which for
// another reason. Each change begins as one, and stands at its entry as far as that is known.
func acceptances(one Change, before, after []slo.Acceptance) []Change {
	var changes []Change
	for _, a := range after {
		change := one
		change.Kind, change.Weight, change.Detail, change.After, change.Place = AcceptanceAdded, Changes, string(a.Code), written(a.Reason), cmp.Or(a.Span, one.Place)
		if i := slices.IndexFunc(before, func(b slo.Acceptance) bool { return b.Code == a.Code }); i >= 0 {
			if before[i].Reason == a.Reason {
				continue
			}
			change.Kind, change.Weight, change.Before = AcceptanceReason, Neutral, written(before[i].Reason)
		}
		changes = append(changes, change)
	}
	for _, b := range before {
		if !slices.ContainsFunc(after, func(a slo.Acceptance) bool { return a.Code == b.Code }) {
			change := one
			change.Kind, change.Weight, change.Detail, change.Before, change.Place = AcceptanceRemoved, Neutral, string(b.Code), written(b.Reason), cmp.Or(b.Span, one.Place)
			changes = append(changes, change)
		}
	}
	return changes
}

// stepAccepts compares what a step of a journey accepts. before has nothing when it is new.
func (c *comparison) stepAccepts(j *slo.Journey, before []slo.Acceptance, a *slo.Step) {
	c.add(acceptances(Change{Subject: Subject{Step, j.ID + "/" + a.Name}, Place: stepPlace(j, a)}, before, a.Accepts)...)
}
