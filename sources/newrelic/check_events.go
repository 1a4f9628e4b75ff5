package newrelic

import (
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// eventTypes advises on the names in from. countsBad says that bad events are
// counted, and not good ones.
func (c *checker) eventTypes(countsBad bool) {
	for _, name := range c.sli.From {
		if name.Value == "Metric" && c.sli.Form() == slo.FormEvents {
			c.findings.Errorf(diag.CodeNotSupported, name.Span,
				diag.Say("write queries that name a metric: nrql: {total: SELECT count(http.server.duration) FROM Metric WHERE …, bad: …}"),
				"data points of Metric are no events that could be good or bad one by one")
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
		advice.Hint = diag.Say("compare the counts with the throughput that the agent reports")
		if capped {
			advice.Hint = diag.Say("count on a type that is not cut off, such as Transaction with bad: error IS TRUE")
		}
		if capped && countsBad {
			advice.Severity = diag.Warning
		} else {
			advice.Once = true
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
		if name.Value == failures && !knowsNetwork(bad) &&
			!knowsNetwork(where) && !tests(where, "errorType") { // which leaves them out on purpose
			why := diag.Phrase{}
			if tests(bad, "statusCode") {
				why = diag.Say(", as they have no status code")
			}
			c.warn(diag.CodeNetwork, c.sli.Bad.Whole(), diag.Say("add errorType = 'NetworkFailure' OR in front of it"),
				"requests of %s that reached no server are not bad%s", failures, why)
		}
	}
}

// tests reports whether a condition names an attribute.
func tests(x nrql.Expr, attribute string) bool {
	found := false
	nrql.Walk(x, func(n nrql.Node) bool {
		name, ok := n.(*nrql.Name)
		found = found || ok && name.Value == attribute
		return !found
	})
	return found
}

// networkFailure is the errorType of a request without an answer.
const networkFailure = "NetworkFailure"

// isOtherError reports whether a test asks for another errorType: one by its
// name, or those that begin with something else.
func isOtherError(n nrql.Node) bool {
	of := func(x, value nrql.Expr) (string, bool) {
		name, isName := x.(*nrql.Name)
		text, isText := value.(*nrql.String)
		if !isName || !isText || name.Value != "errorType" {
			return "", false
		}
		return text.Value, true
	}
	switch n := n.(type) {
	case *nrql.Binary:
		value, ok := of(n.X, n.Y)
		return ok && n.Op == nrql.Eq && value != networkFailure
	case *nrql.Like:
		pattern, ok := of(n.X, n.Pattern)
		start, _, _ := strings.Cut(strings.ToLower(pattern), "%")
		return ok && !n.Not && !n.Regexp && !strings.HasPrefix(strings.ToLower(networkFailure), start)
	case *nrql.In:
		return !n.Not && len(n.List) > 0 && !slices.ContainsFunc(n.List, func(member nrql.Expr) bool {
			value, ok := of(n.X, member)
			return !ok || value == networkFailure
		})
	}
	return false
}

// knowsNetwork reports whether a condition has anything to say about requests
// without an answer.
func knowsNetwork(x nrql.Expr) bool {
	knows := false
	nrql.Walk(x, func(n nrql.Node) bool {
		if isOtherError(n) {
			return false
		}
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
