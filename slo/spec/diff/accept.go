package diff

import (
	"slices"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// accepts compares which findings are accepted, and why. What begins the detail of each
// change, which ends with the code.
func (c *comparison) accepts(subject Subject, place diag.Span, what string, before, after []slo.Acceptance) {
	for _, a := range after {
		change := Change{Kind: AcceptanceAdded, Weight: Changes, Subject: subject, Detail: what + string(a.Code), After: written(a.Reason), Place: place}
		if i := slices.IndexFunc(before, func(b slo.Acceptance) bool { return b.Code == a.Code }); i >= 0 {
			if before[i].Reason == a.Reason {
				continue
			}
			change.Kind, change.Weight, change.Before = AcceptanceReason, Neutral, written(before[i].Reason)
		}
		c.add(change)
	}
	for _, b := range before {
		if !slices.ContainsFunc(after, func(a slo.Acceptance) bool { return a.Code == b.Code }) {
			c.add(Change{Kind: AcceptanceRemoved, Weight: Neutral, Subject: subject, Detail: what + string(b.Code), Before: written(b.Reason), Place: place})
		}
	}
}
