package nrql_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

func TestAdvice(t *testing.T) {
	t.Parallel()
	for _, c := range readCorpus(t, "advice.txt") {
		t.Run(fmt.Sprint("line ", c.line), func(t *testing.T) {
			t.Parallel()
			q, findings := nrql.ParseQuery(text(c.source))
			if findings.Failed() {
				t.Fatalf("%s does not parse: %v", c.source, findings)
			}
			advice := nrql.AdviseQuery(text(c.source), q)
			advice.Sort()
			var got []string
			for _, d := range advice {
				got = append(got, fmt.Sprintf("%d:%d-%d %s %s %s => %s", d.Span.Start.Line, d.Span.Start.Column, d.Span.End.Column, d.Code,
					d.Severity, strings.TrimPrefix(d.Message.String(), "NRQL: "), d.Hint))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.source, diff)
			}
		})
	}
}

// Advice on a condition counts what is known of its events.
func TestAdviseCondition(t *testing.T) {
	t.Parallel()
	source := "host != 'a' AND appname = 'shop'"
	x := condition(t, source)
	for _, tt := range []struct {
		name string
		in   nrql.Context
		want []diag.Code
	}{
		{"nothing known", nrql.Context{}, []diag.Code{diag.CodeNRQLNull}},
		{"event types", nrql.Context{From: []string{"Transaction"}}, []diag.Code{diag.CodeNRQLNull, diag.CodeNRQLCase}},
		{"events with a host", nrql.Context{Where: condition(t, "host IS NOT NULL")}, nil},
		{"events of a host", nrql.Context{Where: condition(t, "a = 1 AND host LIKE 'web-%'")}, nil},
		{"events that may have a host", nrql.Context{Where: condition(t, "a = 1 OR host LIKE 'web-%'")}, []diag.Code{diag.CodeNRQLNull}},
	} {
		var got []diag.Code
		for _, d := range nrql.AdviseCondition(text(source), x, tt.in) {
			got = append(got, d.Code)
			if d.Severity == diag.Error {
				t.Errorf("%s: advice is an error: %v", tt.name, d)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	if got := nrql.AdviseCondition(text(""), nil, nrql.Context{}); got != nil {
		t.Errorf("advice on nothing: %v", got)
	}
}

func TestEventTypesAreSorted(t *testing.T) {
	t.Parallel()
	previous := ""
	for _, want := range nrql.EventTypes() {
		if want.Name <= previous {
			t.Errorf("%s stands behind %s", want.Name, previous)
		}
		previous = want.Name
		if got, known := nrql.LookupEventType(want.Name); !known || got.Name != want.Name {
			t.Errorf("LookupEventType(%q) = %v, %t", want.Name, got, known)
		}
		for _, a := range want.Attributes {
			if got, known := want.Attribute(a.Name); !known || got != a {
				t.Errorf("%s has %s twice, as %s and as %s", want.Name, a.Name, got.Type, a.Type)
			}
		}
	}
	for _, name := range []string{"", "transaction", "AccessLog"} {
		if got, known := nrql.LookupEventType(name); known {
			t.Errorf("LookupEventType(%q) = %v", name, got)
		}
	}
}
