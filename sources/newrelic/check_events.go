package newrelic

import (
	"fmt"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// eventTypes advises on the names in from. countsBad says that bad events are
// counted, and not good ones.
func (c *checker) eventTypes(countsBad bool) {
	for _, name := range c.sli.From {
		if name.Value == "Metric" {
			c.findings.Errorf(diag.CodeNotSupported, name.Span, "measure an event type, such as Transaction", "FROM Metric is not supported by this version")
		}
		for _, advice := range c.adviceOn(name.Value) {
			advice.Span = name.Span
			c.advise(advice, isCapped(name.Value), countsBad)
		}
	}
}

// adviceOn returns what there is to say of an event type, wherever it stands.
func (c *checker) adviceOn(eventType string) diag.List {
	advice, known := c.types[eventType]
	if known || nrql.Print(&nrql.Name{Value: eventType}) != eventType { // of the account's own making
		return advice
	}
	text := diag.PlainText("SELECT count(*) FROM "+eventType, "", diag.Position{Line: 1, Column: 1})
	q, _ := nrql.ParseQuery(text)
	c.types[eventType] = nrql.AdviseQuery(text, q)
	return c.types[eventType]
}

// advise adds what is said of a query. That a type may be sampled is said once
// for all SLIs, at the first; a type that is cut off in an incident must not be
// what is bad. The hint says what an SLI can do about it: measure no metric, as
// yet.
func (c *checker) advise(advice diag.Diagnostic, capped, countsBad bool) {
	if advice.Code == diag.CodeNRQLSampled {
		advice.Hint = "compare the counts with the throughput that the agent reports"
		if capped {
			advice.Hint = "count on a type that is not cut off, such as Transaction with bad: error IS TRUE"
		}
		if capped && countsBad {
			advice.Severity = diag.Warning
		} else if i, said := c.sampled[advice.Message]; said {
			if other := advice.Span; other.Compare(c.findings[i].Span) < 0 {
				c.findings[i].Span = other
			}
			return
		} else {
			c.sampled[advice.Message] = len(c.findings)
		}
	}
	c.findings.Add(advice)
}

func isCapped(eventType string) bool {
	t, _ := nrql.LookupEventType(eventType)
	return t.Sampling == nrql.Capped
}

// network warns of mobile requests whose failed connections are not bad: a
// request that never reached the server has no status code.
func (c *checker) network(where, bad nrql.Expr) {
	const failures = "MobileRequestError"
	if bad == nil {
		return
	}
	for _, name := range c.sli.From {
		if name.Value == failures && !knowsNetwork(where) && !knowsNetwork(bad) {
			c.warn(diag.CodeNetwork, c.sli.Bad.Whole(), "add errorType = 'NetworkFailure' OR in front of it",
				"requests of %s that reached no server are not bad, as they have no status code", failures)
		}
	}
}

// knowsNetwork reports whether a condition has anything to say about requests
// without an answer.
func knowsNetwork(x nrql.Expr) bool {
	knows := false
	nrql.Walk(x, func(n nrql.Node) bool {
		switch n := n.(type) {
		case *nrql.Name:
			knows = knows || n.Value == "errorType" || n.Value == "networkError" || n.Value == "networkErrorCode"
		case *nrql.Is:
			knows = knows || n.What == nrql.IsNull && !n.Not
		case *nrql.Call:
			knows = knows || n.Name == "eventType"
		}
		return !knows
	})
	return knows
}

// contradictions warns of conditions that leave no event, and of those that
// hold for every event of where. It decides only what equal and different
// literals, and tests for null, decide.
func (c *checker) contradictions(where, good, bad nrql.Expr) {
	given := facts(c.sli.Where, where)
	if first, second, found := clash(given); found {
		c.contradict(second, first, "no event can be valid")
		return
	}
	condition, text, nothing, everything := good, c.sli.Good, "no event can be good", "every valid event is good"
	if bad != nil {
		condition, text, nothing, everything = bad, c.sli.Bad, "no event can be bad", "every valid event is bad"
	}
	if condition == nil {
		return
	}
	asked := facts(text, condition)
	if first, second, found := clash(append(given, asked...)); found {
		c.contradict(second, first, nothing)
		return
	}
	if where != nil && isSubset(nrql.NormalCondition(condition), nrql.NormalCondition(where)) {
		c.warn(diag.CodeContradiction, text.Whole(), "write what tells good events from bad ones",
			"%s, as where demands the same already", everything)
	}
}

func (c *checker) contradict(fact, other fact, consequence string) {
	c.findings.Add(diag.Diagnostic{
		Code: diag.CodeContradiction, Severity: diag.Warning, Span: fact.span,
		Message: fmt.Sprintf("NRQL: %s, as %s and %s exclude each other", consequence, other.text, fact.text),
		Hint:    "correct one of them",
		Related: []diag.Related{{Span: other.span, Message: "the other one is at " + other.span.String()}},
	})
}

func isSubset(part, whole []string) bool {
	known := map[string]bool{}
	for _, w := range whole {
		known[w] = true
	}
	for _, p := range part {
		if !known[p] {
			return false
		}
	}
	return true
}

// fact is something that a conjunct says of one attribute.
type fact struct {
	attribute string
	values    map[string]bool // it is one of these literals; nil for something else
	null      bool            // it is absent
	text      string
	span      diag.Span
}

// excludes reports whether no event can meet both.
func (f fact) excludes(g fact) bool {
	if f.attribute != g.attribute || f.null && g.null {
		return false
	}
	if f.null || g.null {
		return true
	}
	if f.values == nil || g.values == nil {
		return false
	}
	for v := range f.values {
		if g.values[v] {
			return false
		}
	}
	return true
}

// clash finds two facts that exclude each other.
func clash(all []fact) (first, second fact, found bool) {
	for i, f := range all {
		for _, g := range all[i+1:] {
			if f.excludes(g) {
				return f, g, true
			}
		}
	}
	return fact{}, fact{}, false
}

// facts lists what the conjuncts of a condition say of attributes.
func facts(text diag.Text, x nrql.Expr) []fact {
	var all []fact
	for _, part := range nrql.Conjuncts(x) {
		f := fact{text: nrql.Print(part), span: text.Span(part.Pos().Start, part.Pos().End)}
		switch part := part.(type) {
		case *nrql.Binary:
			f.compare(part)
		case *nrql.In:
			f.member(part)
		case *nrql.Is:
			f.test(part)
		case *nrql.Like:
			if !part.Not {
				f.attribute = nameOf(part.X)
			}
		}
		if f.attribute != "" {
			all = append(all, f)
		}
	}
	return all
}

func (f *fact) compare(x *nrql.Binary) {
	if x.Op == nrql.Ne || x.Op < nrql.Eq || x.Op > nrql.Ge {
		return // absent attributes may differ
	}
	name, other := nameOf(x.X), x.Y
	if name == "" {
		name, other = nameOf(x.Y), x.X
	}
	if literal := literalOf(other); literal != "" {
		f.attribute = name
		if x.Op == nrql.Eq {
			f.values = map[string]bool{literal: true}
		}
	}
}

func (f *fact) member(x *nrql.In) {
	if x.Not {
		return
	}
	values := map[string]bool{}
	for _, item := range x.List {
		literal := literalOf(item)
		if literal == "" {
			return
		}
		values[literal] = true
	}
	f.attribute, f.values = nameOf(x.X), values
}

func (f *fact) test(x *nrql.Is) {
	switch {
	case x.What == nrql.IsNull:
		f.attribute, f.null = nameOf(x.X), !x.Not
	case !x.Not:
		f.attribute, f.values = nameOf(x.X), map[string]bool{x.What.String(): true}
	}
}

func nameOf(x nrql.Expr) string {
	if name, ok := x.(*nrql.Name); ok {
		return name.Value
	}
	return ""
}

// literalOf writes a literal so that equal ones are equal; "" for all else.
func literalOf(x nrql.Expr) string {
	switch x := x.(type) {
	case *nrql.String:
		return "'" + x.Value
	case *nrql.Number:
		return fmt.Sprint(x.Value)
	case *nrql.Bool:
		return map[bool]string{true: nrql.IsTrue.String(), false: nrql.IsFalse.String()}[x.Value]
	}
	return ""
}
