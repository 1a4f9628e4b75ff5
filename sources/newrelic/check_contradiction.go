package newrelic

import (
	"slices"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// question is a condition that tells good from bad.
type question struct {
	text       diag.Text
	condition  nrql.Expr
	nothing    diag.Phrase // what follows when nothing meets it
	everything diag.Phrase // what follows when everything does
}

// contradictions warns of conditions that leave no event, and of those that
// hold for every event of where. It says nothing unless it is sure.
func (c *checker) contradictions(where nrql.Expr, asked question) {
	if c.sli.Where.Len()+asked.text.Len() > 2*nrql.MaxQueryBytes {
		return // reported as too long
	}
	given := claimsOf(c.sli.Where, where)
	claims := slices.Concat(given, claimsOf(asked.text, asked.condition))
	samples := samplesOf(claims)
	if c.clash(claims, len(given), samples, asked.nothing) || asked.condition == nil {
		return
	}
	claims = claims[len(given):]
	if !implied(given, claims, samples) {
		return
	}
	reason := diag.Say("as where demands it already")
	if implied(nil, claims, samples) {
		reason = diag.Say("as the condition always holds")
	}
	c.warn(diag.CodeContradiction, asked.text.Whole(), diag.Say("write what tells the good ones from the bad ones"), "%s, %s", asked.everything, reason)
}

// claim is one of the conditions that AND joins.
type claim struct {
	x     nrql.Expr
	about []subject // at least one: the zero subject when nothing but literals is tested
	text  diag.Text
}

func claimsOf(text diag.Text, x nrql.Expr) []claim {
	var claims []claim
	for _, part := range nrql.Conjuncts(x) {
		about := subjectsOf(nil, part)
		if len(about) == 0 {
			about = []subject{{}}
		}
		claims = append(claims, claim{part, about, text})
	}
	return claims
}

// subjectsOf adds what the tests of a condition are about.
func subjectsOf(all []subject, x nrql.Expr) []subject {
	switch x := x.(type) {
	case *nrql.Binary:
		return subjectsOf(subjectsOf(all, x.X), x.Y)
	case *nrql.Unary:
		return subjectsOf(all, x.X)
	case *nrql.In:
		return subjectsOf(all, x.X)
	case *nrql.Like:
		return subjectsOf(all, x.X)
	case *nrql.Is:
		return subjectsOf(all, x.X)
	}
	if s, ok := subjectOf(x); ok && s != (subject{}) && !slices.Contains(all, s) {
		all = append(all, s)
	}
	return all
}

func (c claim) span() diag.Span { return c.text.Span(c.x.Pos().Start, c.x.Pos().End) }

// clash warns when no value of some subject meets all claims. The first of
// them, as many as are given, say which events are valid.
func (c *checker) clash(claims []claim, given int, samples []sample, nothing diag.Phrase) bool {
	for _, about := range subjects(claims) {
		left := samples
		for i, last := range claims {
			if !slices.Contains(last.about, about) {
				continue
			}
			if left = last.among(left, about); len(left) > 0 {
				continue
			}
			if i < given {
				nothing = diag.Say("no event can be valid")
			}
			c.exclusive(claims[:i], last, about, samples, nothing)
			return true
		}
	}
	return false
}

// exclusive warns of the claim that leaves no value of a subject, and names
// the one before it that it excludes.
func (c *checker) exclusive(before []claim, last claim, about subject, samples []sample, consequence diag.Phrase) {
	d := diag.Diagnostic{Code: diag.CodeContradiction, Severity: diag.Warning, Span: last.span()}
	left := last.among(samples, about)
	other := slices.IndexFunc(before, func(c claim) bool { return slices.Contains(c.about, about) && len(c.among(left, about)) == 0 })
	switch {
	case len(left) == 0:
		d.Message, d.Hint = diag.Say("NRQL: %s, as %s never holds", consequence, nrql.Print(last.x)), diag.Say("correct it")
	case other >= 0:
		place := before[other].span()
		d.Message = diag.Say("NRQL: %s, as %s and %s exclude each other", consequence, nrql.Print(before[other].x), nrql.Print(last.x))
		d.Hint = diag.Say("correct one of them")
		d.Related = []diag.Related{{Span: place, Message: diag.Say("the other one is at %s", place)}}
	default:
		d.Message = diag.Say("NRQL: %s, as %s excludes what the tests before it leave of %s", consequence, nrql.Print(last.x), about)
		d.Hint = diag.Say("correct one of them")
	}
	c.findings.Add(d)
}

// implied reports whether everything that meets the given claims meets all
// others: each is written among the given ones, or holds for all values of a
// subject that they leave.
func implied(given, claims []claim, samples []sample) bool {
	known := map[string]bool{}
	for _, g := range given {
		known[nrql.NormalCondition(g.x)[0]] = true
	}
	follows := func(c claim) bool {
		return known[nrql.NormalCondition(c.x)[0]] || slices.ContainsFunc(c.about, func(about subject) bool {
			return !slices.ContainsFunc(samples, func(s sample) bool {
				return s.meets(c.x, about) != holds && s.mayMeet(given, about)
			})
		})
	}
	return !slices.ContainsFunc(claims, func(c claim) bool { return !follows(c) })
}

// mayMeet reports whether the values of the sample, as those of a subject, may
// meet all claims.
func (s sample) mayMeet(claims []claim, about subject) bool {
	return !slices.ContainsFunc(claims, func(c claim) bool {
		return slices.Contains(c.about, about) && s.meets(c.x, about) < depends
	})
}

// among returns the samples that may meet the claim.
func (c claim) among(samples []sample, about subject) []sample {
	var left []sample
	for _, s := range samples {
		if s.meets(c.x, about) >= depends {
			left = append(left, s)
		}
	}
	return left
}

// subjects returns what the claims are about, each once, in source order.
func subjects(claims []claim) []subject {
	var all []subject
	for _, c := range claims {
		for _, s := range c.about {
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}

// String writes the subject as in NRQL.
func (s subject) String() string {
	if s.function != "" {
		return s.function
	}
	return nrql.Print(&nrql.Name{Value: s.attribute})
}
