package slo

import (
	"maps"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

func (r *resolver) resolveExclusions(all Declarations) {
	if len(all.Exclusions) == 0 {
		return
	}
	names, ids := r.names(diag.Say("exclusion")), all.ids()
	for _, d := range all.Exclusions {
		r.checkOwner(d.Owner)
		r.checkOwner(d.ForOwner)
		r.checkPatterns(d.SLOs, ids)
		e := &Exclusion{
			Name: d.Name.Value, Title: d.Title.Value, Owner: d.ForOwner.Value, From: d.From.Value, To: d.To.Value,
			Effect: d.Effect.Value, Reason: d.Reason, ApprovedBy: d.ApprovedBy, Origin: d.Origin,
		}
		for _, pattern := range d.SLOs {
			e.SLOs = append(e.SLOs, pattern.Value)
		}
		if d.Repeat != nil {
			e.Repeat = r.repeat(d)
		}
		known := d.Repeat == nil || e.Repeat != nil
		if inOrder, isFirst := r.checkInterval(d), names.isFirst(d.Name); inOrder && isFirst && known {
			r.set.Exclusions = append(r.set.Exclusions, e)
		}
	}
}

// checkInterval reports an exclusion that ends before it begins. Where one of
// the two cannot be read, which is reported, nothing is said of both.
func (r *resolver) checkInterval(d ExclusionDeclaration) bool {
	if d.From.Value.IsZero() || d.To.Value.IsZero() || d.From.Value.Before(d.To.Value) {
		return true
	}
	r.list.Add(diag.Diagnostic{
		Code: diag.CodeInterval, Severity: diag.Error, Span: d.To.Span,
		Message: diag.Say("the exclusion ends before it begins"),
		Hint:    diag.Say("write a to that is later than from, and look at the offsets of both"),
		Related: []diag.Related{{Span: d.From.Span, Message: diag.Say("it begins at %s", d.From.Span)}},
	})
	return false
}

// ids lists the ids of all journeys, steps and SLOs, also of those that cannot
// be measured. A step that shares an SLO has none of its own.
func (d Declarations) ids() []string {
	var ids []string
	for _, s := range d.SLOs {
		ids = append(ids, s.Name.Value)
	}
	for _, j := range d.Journeys {
		ids = append(ids, j.Name.Value)
		for _, step := range j.Steps {
			if !step.SLO.Written() {
				ids = append(ids, j.Name.Value+"/"+step.Name.Value)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// checkPatterns reports patterns that match none of the ids: probably a
// misspelt one. What could not be read may have had the id of any step.
func (r *resolver) checkPatterns(patterns []diag.Located[string], ids []string) {
	for _, pattern := range patterns {
		thing, _, _ := CutID(pattern.Value)
		matches := func(id string) bool { return MatchID(thing, id) }
		if pattern.Value == "" || slices.ContainsFunc(slices.Collect(maps.Keys(r.unread)), matches) || matchesAny(pattern.Value, ids) {
			continue
		}
		r.list.Add(noMatch(pattern.Value, pattern.Span, ids))
	}
}

func matchesAny(pattern string, ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return MatchID(pattern, id) })
}

// noMatch warns of a pattern that matches none of the ids.
func noMatch(pattern string, place diag.Span, ids []string) diag.Diagnostic {
	hint := diag.Say("write the id of a journey, a step (journey/step) or an SLO; * stands for any characters")
	if near, ok := diag.Nearest(pattern, ids); ok {
		hint = diag.Say("did you mean %s?", near)
	}
	return diag.Diagnostic{
		Code: diag.CodeNoMatch, Severity: diag.Warning, Span: place, Hint: hint,
		Message: diag.Say("%q matches no journey, step or SLO", pattern),
	}
}

// repeat returns nil when the rule or the time zone was reported.
func (r *resolver) repeat(d ExclusionDeclaration) *Repeat {
	zone := d.Repeat.TimeZone
	if !zone.Written() {
		if zone = r.defaultsOf(d.Folder).TimeZone; !zone.Written() {
			r.list.Errorf(diag.CodeTimeZone, d.Repeat.Span, diag.Say("add timeZone: Asia/Tokyo, or another one, to repeat or to Defaults"),
				"nothing says whose clock the rule follows")
			return nil
		}
	}
	location := r.zoneOf(zone)
	rule, err := ParseRule(d.Repeat.Rule.Value)
	if location == nil || err != nil || !r.checkOccurrences(d, rule, location) {
		return nil
	}
	return &Repeat{Rule: rule, Duration: d.Repeat.Duration, Zone: location}
}

// earliestRepeat is the first year in which an exclusion that repeats may
// begin. Nothing was measured before; and whoever asks when it holds follows
// some rules from there on.
const earliestRepeat = 2000

// checkOccurrences reports a rule that never takes place, and a beginning that
// the rule does not give. Without a beginning, which is reported, there is
// nothing to compare with.
func (r *resolver) checkOccurrences(d ExclusionDeclaration, rule Rule, zone *time.Location) bool {
	from := d.From.Value
	if from.IsZero() {
		return true
	}
	if from.In(zone).Year() < earliestRepeat {
		r.list.Errorf(diag.CodeInterval, d.From.Span, diag.Say("write when it first holds, such as 2026-11-22T01:00:00+09:00"),
			"an exclusion that repeats cannot begin before the year %d", earliestRepeat)
		return false
	}
	first, found := rule.first(from, zone)
	switch {
	case found && first.Equal(from):
	case found:
		r.list.Add(diag.Diagnostic{
			Code: diag.CodeRule, Severity: diag.Warning, Span: d.From.Span,
			Message: diag.Say("the rule %s does not give this time (%s in %s), which is excluded all the same", rule, dayAndTime(from.In(zone)), zone),
			Hint:    diag.Say("write from: %s, the first time of the rule after it", first.In(zone).Format(time.RFC3339)),
			Related: []diag.Related{{Span: d.Repeat.Rule.Span, Message: diag.Say("the rule is at %s", d.Repeat.Rule.Span)}},
		})
	case rule.endsBefore(from, zone):
		r.list.Add(diag.Diagnostic{
			Code: diag.CodeRule, Severity: diag.Error, Span: d.Repeat.Rule.Span,
			Message: diag.Say("the rule ends before the exclusion begins"),
			Hint:    diag.Say("write an UNTIL that is later than from; for one time only, write to instead of repeat"),
			Related: []diag.Related{{Span: d.From.Span, Message: diag.Say("it begins at %s", d.From.Span)}},
		})
	default:
		r.list.Errorf(diag.CodeRule, d.Repeat.Rule.Span, diag.Say("name days that such a month has; BYMONTHDAY=-1 is the last one of each"),
			"the rule %s never takes place", rule)
	}
	return found
}

// dayAndTime names the day of the week and the time of an instant.
func dayAndTime(at time.Time) diag.Phrase {
	days := [...]diag.Phrase{
		diag.Say("Sunday"), diag.Say("Monday"), diag.Say("Tuesday"), diag.Say("Wednesday"), diag.Say("Thursday"), diag.Say("Friday"), diag.Say("Saturday"),
	}
	return diag.Say("%[1]s %[2]s", days[at.Weekday()], at.Format("15:04"))
}
