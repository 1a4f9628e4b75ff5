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
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// Check reports what New Relic would refuse, or never has: in the conditions
// of all SLIs and in the sources.
func Check(d slo.Declarations) diag.List {
	var findings diag.List
	for _, s := range d.Sources {
		checkSource(&findings, s)
	}
	check := func(declared *slo.SLIDeclaration) {
		if declared == nil {
			return
		}
		i, found := parseIndicator(declared.SLI)
		findings.Add(found...)
		for _, name := range declared.From {
			if name.Value == "Metric" {
				findings.Errorf(diag.CodeNotSupported, name.Span, "measure events for now", "FROM Metric is not supported by this version")
			}
		}
		if !found.Failed() {
			checkLength(&findings, declared, i)
		}
	}
	for _, s := range d.SLOs {
		check(s.SLI)
	}
	for _, j := range d.Journeys {
		for _, step := range j.Steps {
			check(step.SLI)
		}
	}
	return findings
}

// checkLength reports an SLI whose query New Relic would find too long.
func checkLength(findings *diag.List, declared *slo.SLIDeclaration, i indicator) {
	longest := i.query(slo.Span{Start: 100_000_000, End: 200_000_000}, 9_999_999)
	if n := len(longest.String()); n >= nrql.MaxQueryBytes {
		findings.Errorf(diag.CodeNRQL, declared.Span, "shorten the conditions, for example with IN or LIKE",
			"NRQL: the query would have %s", fmt.Sprintf("%d bytes; New Relic takes fewer than %d", n, nrql.MaxQueryBytes))
	}
}

// Bounds of what a source may say.
const (
	maxAccount  = math.MaxInt32 // NerdGraph takes account ids as GraphQL's Int
	maxQueryLag = 24 * time.Hour
	maxPort     = 65535
)

var eventType = regexp.MustCompile(`^[\pL\pN_:]{1,254}$`)

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
	if s.QueryLag.Value > maxQueryLag {
		findings.Errorf(diag.CodeValue, s.QueryLag.Span, "write how long events take until they can be queried, such as 3m, and at most 1d",
			"the queryLag is longer than a day")
	}
	for name, kept := range s.Retention {
		if !eventType.MatchString(name) {
			findings.Errorf(diag.CodeValue, kept.Span, "write an event type, such as Transaction, or default",
				"%q cannot be an event type", name)
		}
	}
}
