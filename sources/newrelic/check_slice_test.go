package newrelic_test

import (
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// TestSliceValues has values of slices that are one number, and such as are
// not.
func TestSliceValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value, good string
		want        diag.Code // "" for no finding
	}{
		{"max(duration)", "value <= 0.8", ""},
		{"percentile(duration, 95)", "value <= 0.8", ""},
		{"percentile(duration)", "value <= 0.8", ""},
		{"percentile(duration, 95, 99)", "value <= 0.8", diag.CodeNRQLFunction},
		{"percentile(duration, 95, 99)['95']", "value <= 0.8", ""},
		{"apdex(duration, t: 0.5)", "value > 0.9", diag.CodeNRQLFunction},
		{"apdex(duration, t: 0.5)['score']", "value > 0.9", ""},
		{"max(duration) / uniques(user)", "value > 0.9", diag.CodeNRQLFunction},
		{"max(duration)", "value IN (1, '2')", diag.CodeNRQLCoercion},
		{"max(duration)", "value = 'slow'", diag.CodeNRQLCoercion},
		{"latest(status)", "value = 'ok'", ""},
		{"max(duration)", "value < 1 AND value > 2", diag.CodeContradiction},
		{"max(duration)", "value IS NULL OR value IS NOT NULL", diag.CodeContradiction},
		{"max(duration) FACET shop", "value < 1", diag.CodeNRQLClause},
		{"max(duration) AS slowest", "value < 1", diag.CodeNRQLClause},
	} {
		at := diag.Position{Line: 1, Column: 1}
		sli := slo.SLI{From: []diag.Located[string]{diag.At("Checkout", diag.Span{})}, Slice: &slo.Slice{
			Every: diag.At(time.Minute, diag.Span{}), Value: diag.PlainText(tt.value, "", at), Good: diag.PlainText(tt.good, "", at),
		}}
		findings := newrelic.Check(slo.Declarations{SLOs: []slo.SLODeclaration{{SLI: &slo.SLIDeclaration{SLI: sli}}}})
		var got diag.Code
		if len(findings) > 0 {
			got = findings[0].Code
		}
		if got != tt.want || len(findings) > 1 {
			t.Errorf("value: %s, good: %s: got %v, want %q", tt.value, tt.good, findings, tt.want)
		}
	}
}
