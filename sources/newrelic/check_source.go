package newrelic

import (
	"cmp"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// Bounds of what a source may say.
const (
	maxAccount  = math.MaxInt32 // NerdGraph takes account ids as GraphQL's Int
	maxQueryLag = 24 * time.Hour
	maxPort     = 65535
)

var eventType = regexp.MustCompile(`^[\pL\pN_:]{1,254}$`)

// checkSource reports what New Relic never has.
func checkSource(findings *diag.List, s slo.SourceDeclaration) {
	if s.AccountID.Value > maxAccount {
		findings.Errorf(diag.CodeValue, s.AccountID.Span, diag.Say("write the number of the account, at most %d", maxAccount),
			"accountId %d is larger than any of New Relic's", s.AccountID.Value)
	}
	if u, err := url.Parse(s.Endpoint.Value); err == nil && u.Port() != "" {
		if port, err := strconv.Atoi(u.Port()); err != nil || port < 1 || port > maxPort {
			findings.Errorf(diag.CodeValue, s.Endpoint.Span, diag.Say("use a port between 1 and %d", maxPort),
				"the endpoint's port %s does not exist", u.Port())
		}
	}
	checkLag(findings, s.QueryLag, "queryLag")
	for _, r := range s.Retention {
		if !eventType.MatchString(r.EventType.Value) {
			findings.Errorf(diag.CodeValue, r.EventType.Span, diag.Say("write an event type, such as Transaction, or default"),
				"%q cannot be an event type", r.EventType.Value)
		}
	}
}

// checkAccounts warns of one account at two places. Minutes are kept by account,
// so that equal SLIs of both would be taken for one.
func checkAccounts(findings *diag.List, declared []slo.SourceDeclaration) {
	first := map[int64]slo.SourceDeclaration{}
	for _, s := range declared {
		other, known := first[s.AccountID.Value]
		switch {
		case s.AccountID.Value == 0:
		case !known:
			first[s.AccountID.Value] = s
		case place(s) != place(other):
			findings.Add(diag.Diagnostic{
				Code: diag.CodeDuplicate, Severity: diag.Warning, Span: s.AccountID.Span,
				Message: diag.Say("account %d is at %s here and at %s in source %s, and an account lives in one place",
					s.AccountID.Value, place(s), place(other), other.Name.Value),
				Hint:    diag.Say("correct one of them; what both measure is taken for the same"),
				Related: []diag.Related{{Span: other.AccountID.Span, Message: diag.Say("the other one is at %s", other.AccountID.Span)}},
			})
		}
	}
}

// place is where the account of a source is asked for.
func place(s slo.SourceDeclaration) string {
	if s.Endpoint.Value != "" {
		return s.Endpoint.Value
	}
	return string(cmp.Or(s.Region.Value, slo.US))
}

// checkLag reports events that take longer than any do until they can be
// queried. key is where it is written.
func checkLag(findings *diag.List, lag diag.Located[time.Duration], key string) {
	if lag.Value > maxQueryLag {
		findings.Errorf(diag.CodeValue, lag.Span, diag.Say("write how long events take until they can be queried, such as 3m, and at most 1d"),
			"the %s is longer than a day", key)
	}
}
