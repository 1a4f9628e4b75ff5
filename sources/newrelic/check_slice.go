package newrelic

import (
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// sliceValue reports a value of slices that is not one number.
func (c *checker) sliceValue(value nrql.Expr) {
	if !holdsAggregate(value) {
		c.findings.Errorf(diag.CodeNRQLFunction, c.sli.Slice.Value.Whole(), diag.Say("write an aggregate such as percentile(duration, 95)"),
			"NRQL: %s is no value of a slice, but one of each event", nrql.Print(value))
		return
	}
	for _, call := range calls(value) {
		if result, hint := manyValues(call); !result.Empty() {
			c.findings.Errorf(diag.CodeNRQLFunction, c.sli.Slice.Value.Whole(), hint,
				"NRQL: %s() gives %s, and the value of a slice is one number", call.Name, result)
		}
	}
}

// undecided reports a condition on value that cannot be decided by a number.
func (c *checker) undecided(good nrql.Expr) {
	if !decides(good) {
		c.findings.Errorf(diag.CodeNRQL, c.sli.Slice.Good.Whole(), diag.Say("write value alone on one side: value <= 0.8, value > 1 AND value < 2"),
			"NRQL: whether a slice is good cannot be decided by its value: compare value with a number")
	}
}

// calls lists the function calls of a value, but not those of which [ ] picks
// one part.
func calls(value nrql.Expr) []*nrql.Call {
	var all []*nrql.Call
	nrql.Walk(value, func(n nrql.Node) bool {
		switch n := n.(type) {
		case *nrql.Call:
			all = append(all, n)
		case *nrql.Index:
			return false
		}
		return true
	})
	return all
}

// manyValues says what a function gives that is not one number, and what to
// write in its place; "" for all other functions.
func manyValues(call *nrql.Call) (result, hint diag.Phrase) {
	of := "duration"
	if len(call.Args) > 0 {
		of = nrql.Print(call.Args[0])
	}
	switch call.Name {
	case "percentile", "bucketPercentile":
		if len(call.Args) > 2 {
			return diag.Say("several numbers"), diag.Say("write one of them: %s", nrql.Print(&nrql.Call{Name: call.Name, Args: call.Args[:2]}))
		}
	case "cdfPercentage", "histogram":
		return diag.Say("several numbers"), diag.Say("write one number, such as percentage(count(*), WHERE %s < 0.8)", of)
	case "apdex":
		return diag.Say("a score with its parts"), diag.Say("write %s['score']", nrql.Print(call))
	case "uniques":
		return diag.Say("a list"), diag.Say("write uniqueCount(%s) for their number", of)
	case "keyset":
		return diag.Say("a list"), diag.Say("write an aggregate such as percentile(duration, 95)")
	case "funnel":
		return diag.Say("a number for each step"), diag.Say("write one number, such as uniqueCount(%s), and conditions in where", of)
	}
	return diag.Phrase{}, diag.Phrase{}
}

// mayBeText reports whether a value is that of one event, and not a number by
// its nature; true for nil.
func mayBeText(value nrql.Expr) bool {
	call, ok := value.(*nrql.Call)
	return value == nil || ok && (call.Name == "latest" || call.Name == "earliest")
}

// quotedNumbers warns of text that the value of a slice is compared with.
func (c *checker) quotedNumbers(good nrql.Expr) {
	compared := func(literals ...nrql.Expr) {
		for _, x := range literals {
			s, ok := x.(*nrql.String)
			if !ok {
				continue
			}
			hint := diag.Say("compare it with a number")
			if _, is := s.Number(); is {
				hint = diag.Say("write %s", s.Value)
			}
			c.warn(diag.CodeNRQLCoercion, c.sli.Slice.Good.Span(s.Start, s.End), hint, "%s is text, and value is a number", s.Raw)
		}
	}
	nrql.Walk(good, func(n nrql.Node) bool {
		switch n := n.(type) {
		case *nrql.Binary:
			compared(n.X, n.Y)
		case *nrql.In:
			compared(n.List...)
		}
		return true
	})
}
