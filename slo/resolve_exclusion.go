package slo

import (
	"slices"

	"github.com/slojourn/slojourn/slo/diag"
)

func (r *resolver) resolveExclusions(declared []ExclusionDeclaration) {
	names := r.names("exclusion")
	for _, d := range declared {
		if d.Owner.Written() {
			r.checkOwner(d.Owner)
		}
		if d.ForOwner.Written() {
			r.checkOwner(d.ForOwner)
		}
		r.checkPatterns(d.SLOs)
		if !names.isFirst(d.Name) {
			continue
		}
		e := &Exclusion{
			Name: d.Name.Value, Title: d.Title.Value, Owner: d.ForOwner.Value, From: d.From.Value, To: d.To.Value,
			Effect: d.Effect.Value, Reason: d.Reason, ApprovedBy: d.ApprovedBy, Origin: d.Origin,
		}
		for _, pattern := range d.SLOs {
			e.SLOs = append(e.SLOs, pattern.Value)
		}
		if d.To.Written() && d.From.Written() && !d.From.Value.Before(d.To.Value) {
			r.list.Add(diag.Diagnostic{
				Code: diag.CodeInterval, Severity: diag.Error, Span: d.To.Span,
				Message: "the exclusion ends before it begins",
				Hint:    "write a to that is later than from, and look at the offsets of both",
				Related: []diag.Related{{Span: d.From.Span, Message: "it begins at " + d.From.Span.String()}},
			})
			continue
		}
		if d.Repeat != nil {
			e.Repeat = r.repeat(d)
		}
		r.set.Exclusions = append(r.set.Exclusions, e)
	}
}

// checkPatterns reports patterns that match nothing: probably a misspelt id.
func (r *resolver) checkPatterns(patterns []diag.Located[string]) {
	if len(patterns) == 0 {
		return
	}
	var ids []string
	for _, s := range r.set.SLOs {
		ids = append(ids, s.ID)
	}
	for _, j := range r.set.Journeys {
		ids = append(ids, j.ID)
	}
	slices.Sort(ids)
	for _, pattern := range patterns {
		if pattern.Value == "" || slices.ContainsFunc(ids, func(id string) bool { return MatchID(pattern.Value, id) }) {
			continue
		}
		hint := "write the id of a journey, a step (journey/step) or an SLO; * stands for any characters"
		if near, ok := diag.Nearest(pattern.Value, ids); ok {
			hint = "did you mean " + near + "?"
		}
		r.warn(diag.CodeNoMatch, pattern.Span, hint, "%q matches no journey, step or SLO", pattern.Value)
	}
}

func (r *resolver) repeat(d ExclusionDeclaration) *Repeat {
	zone := d.Repeat.TimeZone
	if !zone.Written() {
		if zone = r.defaultsOf(d.Folder).TimeZone; !zone.Written() {
			r.list.Errorf(diag.CodeTimeZone, d.Repeat.Span, "add timeZone: Asia/Tokyo, or another one, here or in Defaults",
				"nothing says whose clock the rule follows")
		}
	} else {
		r.checkZone(zone)
	}
	return &Repeat{Rule: d.Repeat.Rule, Duration: d.Repeat.Duration, TimeZone: zone.Value}
}
