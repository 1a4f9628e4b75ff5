package load

import (
	"slices"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// accept marks the findings that are accepted where they stand, those of a step by the step
// before its journey, and reports what accepts none.
func (l *loader) accept(set *slo.Set) {
	type findings struct {
		file string
		code diag.Code
	}
	entries := map[findings][]slo.AcceptDeclaration{}
	l.declarations.Accepts(func(a slo.AcceptDeclaration) {
		of := findings{a.Code.Span.File, a.Code.Value}
		entries[of] = append(entries[of], a)
	})
	if len(entries) == 0 {
		return
	}
	used := map[diag.Span]bool{} // by the place of the code, which aliases share
	for i := range l.findings {
		f := &l.findings[i]
		if f.Severity == diag.Error {
			continue
		}
		of := entries[findings{f.Span.File, f.Code}]
		if k := slices.IndexFunc(of, func(a slo.AcceptDeclaration) bool { return a.Within.Holds(f.Span) }); k >= 0 {
			f.Acceptance = of[k].Reason
			used[of[k].Code.Span] = true
		}
	}
	l.stale(set, used)
}

// stale warns of entries that accept nothing, unless errors, or what is missing in the set,
// may be why.
func (l *loader) stale(set *slo.Set, used map[diag.Span]bool) {
	errors := slices.DeleteFunc(slices.Clone(l.findings), func(f diag.Diagnostic) bool { return f.Severity != diag.Error })
	unfollowed := l.unfollowed(set)
	var stale diag.List
	l.declarations.Accepts(func(a slo.AcceptDeclaration) {
		hidden := slices.ContainsFunc(errors, func(f diag.Diagnostic) bool { return a.Document.Holds(f.Span) })
		if used[a.Code.Span] || hidden || ofObjectives(a.Code.Value) && (len(errors) > 0 || unfollowed[a.Document]) {
			return
		}
		stale.Add(diag.Diagnostic{
			Code: diag.CodeStale, Severity: diag.Warning, Span: a.Code.Span,
			Message: diag.Say("nothing to accept: no finding of %s is left here", a.Code.Value),
			Hint:    diag.Say("remove the entry, or move it to where the finding stands"),
		})
	})
	l.findings.Add(stale...)
}

// ofObjectives reports whether findings of a code depend on other documents: on the window of
// Defaults, the tiers of a policy, the targets of a shared SLO. All others are about one document.
func ofObjectives(code diag.Code) bool {
	return slices.Contains([]diag.Code{
		diag.CodeCeiling, diag.CodeNoEffect, diag.CodeUnreachable, diag.CodeAlwaysFiring, diag.CodeShortWindow,
	}, code)
}

// unfollowed returns the documents of alert policies that no objective follows: their tiers
// are not held against any.
func (l *loader) unfollowed(set *slo.Set) map[diag.Span]bool {
	followed := map[string]bool{}
	objectives := func(list []slo.Objective) {
		for _, o := range list {
			if o.Alerts != nil {
				followed[o.Alerts.Name] = true
			}
		}
	}
	for _, j := range set.Journeys {
		objectives(j.Objectives)
	}
	for _, s := range set.SLOs {
		objectives(s.Objectives)
	}
	documents := map[diag.Span]bool{}
	for _, p := range l.declarations.Policies {
		for _, a := range p.Accepts {
			documents[a.Document] = !followed[p.Name.Value]
		}
	}
	return documents
}
