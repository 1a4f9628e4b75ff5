package newrelic

import (
	"fmt"
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
		findings.Errorf(diag.CodeValue, s.AccountID.Span, fmt.Sprintf("write the number of the account, at most %d", maxAccount),
			"accountId %d is larger than any of New Relic's", s.AccountID.Value)
	}
	if u, err := url.Parse(s.Endpoint.Value); err == nil && u.Port() != "" {
		if port, err := strconv.Atoi(u.Port()); err != nil || port < 1 || port > maxPort {
			findings.Errorf(diag.CodeValue, s.Endpoint.Span, fmt.Sprintf("use a port between 1 and %d", maxPort),
				"the endpoint's port %s does not exist", u.Port())
		}
	}
	checkLag(findings, s.QueryLag, "queryLag")
	for _, r := range s.Retention {
		if !eventType.MatchString(r.EventType.Value) {
			findings.Errorf(diag.CodeValue, r.EventType.Span, "write an event type, such as Transaction, or default",
				"%q cannot be an event type", r.EventType.Value)
		}
	}
}

// checkLag reports events that take longer than any do until they can be
// queried. key is where it is written.
func checkLag(findings *diag.List, lag diag.Located[time.Duration], key string) {
	if lag.Value > maxQueryLag {
		findings.Errorf(diag.CodeValue, lag.Span, "write how long events take until they can be queried, such as 3m, and at most 1d",
			"the %s is longer than a day", key)
	}
}
