package diff

import (
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func (c *comparison) exclusions() {
	for _, p := range match(c.before.Exclusions, c.after.Exclusions, func(e *slo.Exclusion) string { return e.Name }, same) {
		switch b, a := p.before, p.after; {
		case b == nil:
			c.add(Change{Kind: ExclusionAdded, Weight: Loosens, Subject: Subject{Exclusion, a.Name}, After: exclusionText(a), Reaches: covered(a, c.after), Place: a.Origin})
		case a == nil:
			c.add(Change{Kind: ExclusionRemoved, Weight: Tightens, Subject: Subject{Exclusion, b.Name}, Before: exclusionText(b), Reaches: covered(b, c.before), Place: b.Origin})
		default:
			c.exclusion(b, a)
		}
	}
}

func (c *comparison) exclusion(b, a *slo.Exclusion) {
	subject := Subject{Exclusion, a.Name}
	covers := covered(a, c.after)
	reaching := func(changes []Change) {
		for _, change := range changes {
			change.Reaches = covers
			c.add(change)
		}
	}
	reaching(weighted(text(ExclusionScope, subject, a.Origin, scopeText(b), scopeText(a)), always(wider(covered(b, c.after), covers))))
	reaching(weighted(said(ExclusionTime, subject, a.Origin, timeText(b), timeText(a)), always(moreTime(b, a))))
	reaching(weighted(text(ExclusionEffect, subject, a.Origin, string(b.Effect), string(a.Effect)), always(Changes)))
	for _, agreed := range []struct{ key, before, after string }{{"reason", b.Reason, a.Reason}, {"approvedBy", b.ApprovedBy, a.ApprovedBy}} {
		for _, change := range text(ExclusionAgreement, subject, a.Origin, oneLine(agreed.before), oneLine(agreed.after)) {
			change.Detail = agreed.key
			c.add(change)
		}
	}
	c.add(text(TitleChanged, subject, a.Origin, b.Title, a.Title)...)
}

// covered returns the ids that an exclusion is about, in order.
func covered(e *slo.Exclusion, set *slo.Set) []string {
	var ids []string
	for _, j := range set.Journeys {
		if e.Applies(j.ID, j.About.Owner) {
			ids = append(ids, j.ID)
		}
	}
	for _, s := range set.SLOs {
		if e.Applies(s.ID, s.About.Owner) {
			ids = append(ids, s.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// wider weighs who is excluded before and after: more of them loosens.
func wider(before, after []string) Weight {
	gone, come := len(missing(before, after)) > 0, len(missing(after, before)) > 0
	switch {
	case gone && come:
		return Changes
	case come:
		return Loosens
	case gone:
		return Tightens
	}
	return Neutral
}

// moreTime weighs when something is excluded: a longer time loosens. Of times that come
// again and again, only those that do so alike can be compared.
func moreTime(b, a *slo.Exclusion) Weight {
	earlier, later := a.From.Before(b.From), a.From.After(b.From)
	switch {
	case b.Repeat == nil && a.Repeat == nil:
		earlier, later = earlier || a.To.After(b.To), later || a.To.Before(b.To)
	case b.Repeat != nil && a.Repeat != nil && b.Repeat.Rule.String() == a.Repeat.Rule.String() && zoneName(b.Repeat.Zone) == zoneName(a.Repeat.Zone) && b.From.Equal(a.From):
		earlier, later = a.Repeat.Duration > b.Repeat.Duration, a.Repeat.Duration < b.Repeat.Duration
	default:
		return Changes
	}
	switch {
	case earlier && !later:
		return Loosens
	case later && !earlier:
		return Tightens
	}
	return Changes
}

func zoneName(zone *time.Location) string {
	if zone == nil {
		return time.UTC.String()
	}
	return zone.String()
}

// exclusionText says when an exclusion holds for whom, and why.
func exclusionText(e *slo.Exclusion) diag.Phrase {
	return diag.Say("%s %s, %s: %s (approved by %s)", e.Effect, scopeText(e), timeText(e), oneLine(e.Reason), oneLine(e.ApprovedBy))
}

// scopeText says for whom an exclusion holds, by the keys of specs.
func scopeText(e *slo.Exclusion) string {
	if e.Owner != "" {
		return "owner " + e.Owner
	}
	return "slos " + strings.Join(slices.Compact(slices.Sorted(slices.Values(e.SLOs))), ", ")
}

// timeText says when an exclusion holds. Instants are those of UTC, so that the same one
// in another zone is the same.
func timeText(e *slo.Exclusion) diag.Phrase {
	from := instantText(e.From)
	if e.Repeat == nil {
		return diag.Say("%s to %s", from, instantText(e.To))
	}
	return diag.Say("%s from %s by %s (%s)", slo.FormatDuration(e.Repeat.Duration), from, e.Repeat.Rule, zoneName(e.Repeat.Zone))
}

func instantText(at time.Time) string { return at.UTC().Format(time.RFC3339) }
