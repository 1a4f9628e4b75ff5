package load

import (
	"maps"
	"slices"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// document is a document with entries of accept, those of steps before those of journeys.
type document struct {
	span    diag.Span
	entries []slo.AcceptDeclaration
	failed  bool // it has errors
}

// accept marks the findings that are accepted where they stand, those of a step by the step
// before its journey, and reports what accepts none.
func (l *loader) accept(set *slo.Set) {
	documents := l.accepting()
	if len(documents) == 0 {
		return
	}
	used := map[diag.Span]bool{} // by the place of the code, which aliases share
	for i := range l.findings {
		f := &l.findings[i]
		in := holding(documents, f.Span)
		switch {
		case in == nil:
		case f.Severity == diag.Error:
			in.failed = true
		default:
			k := slices.IndexFunc(in.entries, func(a slo.AcceptDeclaration) bool { return a.Code.Value == f.Code && a.Within.Holds(f.Span) })
			if k >= 0 {
				f.Acceptance = in.entries[k].Reason
				used[in.entries[k].Code.Span] = true
			}
		}
	}
	l.stale(documents, used, set)
}

// accepting returns the documents with entries of accept, by place.
func (l *loader) accepting() []*document {
	bySpan := map[diag.Span]*document{}
	l.declarations.Accepts(func(a slo.AcceptDeclaration) {
		if bySpan[a.Document] == nil {
			bySpan[a.Document] = &document{span: a.Document}
		}
		bySpan[a.Document].entries = append(bySpan[a.Document].entries, a)
	})
	return slices.SortedFunc(maps.Values(bySpan), func(a, b *document) int { return a.span.Compare(b.span) })
}

// holding returns the document that a span begins in, nil for none of them.
func holding(documents []*document, span diag.Span) *document {
	behind, _ := slices.BinarySearchFunc(documents, span, func(d *document, span diag.Span) int {
		if d.span.Holds(span) || d.span.Compare(span) < 0 {
			return -1
		}
		return 1
	})
	if behind > 0 && documents[behind-1].span.Holds(span) {
		return documents[behind-1]
	}
	return nil
}

// stale warns of entries that accept nothing, unless errors, or what is missing in the set,
// may be why. Those of the operator's folder are left alone: what follows it may be elsewhere.
func (l *loader) stale(documents []*document, used map[diag.Span]bool, set *slo.Set) {
	errors, open := l.findings.Failed(), l.openQuestions(set)
	for _, d := range documents {
		if d.failed || l.operators[d.span.File] {
			continue
		}
		for _, a := range d.entries {
			if used[a.Code.Span] || ofObjectives(a.Code.Value) && errors || ofTiers(a.Code.Value) && open.about(a) {
				continue
			}
			l.findings.Add(diag.Diagnostic{
				Code: diag.CodeStale, Severity: diag.Warning, Span: a.Code.Span,
				Message: diag.Say("nothing to accept: no finding of %s is left here", a.Code.Value),
				Hint:    diag.Say("remove the entry, or move it to where the finding stands"),
			})
		}
	}
}

// ofObjectives reports whether findings of a code depend on other documents: on the window of
// Defaults, the tiers of a policy, the targets of a shared SLO. All others are about one document.
func ofObjectives(code diag.Code) bool {
	return code == diag.CodeCeiling || code == diag.CodeNoEffect || ofTiers(code)
}

// ofTiers reports whether findings of a code hold the tiers of a policy against an objective.
func ofTiers(code diag.Code) bool {
	return code == diag.CodeUnreachable || code == diag.CodeAlwaysFiring || code == diag.CodeShortWindow
}

// openQuestions are what a set leaves open of which objective follows which policy.
type openQuestions struct {
	undecided  []diag.Span        // objectives of which Defaults that are not in the set may say it
	unfollowed map[diag.Span]bool // documents of policies: whether no objective follows them
}

func (l *loader) openQuestions(set *slo.Set) openQuestions {
	open := openQuestions{unfollowed: map[diag.Span]bool{}}
	followed := map[string]bool{}
	objectives := func(list []slo.Objective) {
		for _, o := range list {
			if o.Alerts != nil {
				followed[o.Alerts.Name] = true
			}
			if o.Undecided {
				open.undecided = append(open.undecided, o.Span)
			}
		}
	}
	for _, j := range set.Journeys {
		objectives(j.Objectives)
	}
	for _, s := range set.SLOs {
		objectives(s.Objectives)
	}
	for _, p := range l.declarations.Policies {
		for _, a := range p.Accepts {
			open.unfollowed[a.Document] = !followed[p.Name.Value]
		}
	}
	return open
}

// about reports whether a finding of tiers may be missing for what is left open. Any
// objective that is undecided may follow any policy.
func (o openQuestions) about(a slo.AcceptDeclaration) bool {
	if unfollowed, ofPolicy := o.unfollowed[a.Document]; ofPolicy {
		return unfollowed || len(o.undecided) > 0
	}
	return slices.ContainsFunc(o.undecided, a.Within.Holds)
}
