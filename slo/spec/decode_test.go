package spec_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
)

const whole = `# A comment before anything.
apiVersion: slojourn/v1
kind: Source
metadata: {name: newrelic, title: New Relic, owner: sre}
spec:
  newRelic:
    accountId: 1234567
    region: EU
    apiKey: {file: newrelic-key}
    endpoint: http://127.0.0.1:8800/graphql
    queryLag: 2m
    retention: {default: 30d, Log: 8d}
---
apiVersion: slojourn/v1
kind: Defaults
spec: {source: newrelic, window: 28d}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: of another program}
---
apiVersion: slojourn/v1
kind: Team
metadata: {name: sre}
---
apiVersion: slojourn/v1
kind: Journey
metadata:
  name: pay
  owner: sre
  labels: {product: shop-app}
spec:
  description: Shoppers pay.
  stage: observe
  objectives:
    - 99.5%
    - {name: contract, target: 99%, window: 7d}
  whenSpent: No releases.
  runbook: https://example.com/runbook
  links: [{title: Board, url: "https://example.com/board"}]
  steps:
    - name: authorise
      title: The card is authorised
      sli:
        from: [Transaction, TransactionError]
        where: appName = 'pay'
        good: duration < 0.8
    - {name: receipt, slo: receipt}
`

func TestDecode(t *testing.T) {
	t.Parallel()
	result, findings := spec.Decode(spec.File{Name: "pay.yaml", Folder: "/specs", Data: []byte(whole)})
	if len(findings) > 0 {
		t.Fatalf("findings: %+v", findings)
	}
	if result.Documents != 4 {
		t.Errorf("got %d documents, want 4: the one of another program does not count", result.Documents)
	}
	d := result.Declarations
	source := d.Sources[0]
	got := []any{
		source.Name.Value, source.AccountID.Value, source.Region.Value, source.APIKey.Value, source.QueryLag.Value,
		source.Retention["Log"].Value, source.Owner.Span.String(),
		d.Defaults[0].Window.Value.String(), d.Defaults[0].Folder, d.Journeys[0].Name.Value,
		d.Journeys[0].Labels, d.Journeys[0].Stage.Value, len(d.Journeys[0].Objectives),
		d.Journeys[0].Objectives[1].Name.Value, d.Journeys[0].Steps[0].SLI.EventTypes(),
		d.Journeys[0].Steps[0].SLI.Where.Whole().String(), d.Journeys[0].Steps[1].SLO.Value, d.Journeys[0].Links,
	}
	want := []any{
		"newrelic", int64(1234567), slo.EU,
		slo.SecretRef{File: "newrelic-key"},
		2 * time.Minute,
		8 * 24 * time.Hour, "pay.yaml:4:53",
		"28d", "/specs", "pay",
		map[string]string{"product": "shop-app"},
		slo.Observe, 2,
		"contract",
		[]string{"Transaction", "TransactionError"},
		"pay.yaml:46:16", "receipt",
		[]slo.Link{{Title: "Board", URL: "https://example.com/board"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDecodeEncoding ends in one clear finding for bytes that are no text.
func TestDecodeEncoding(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, data, place, message string }{
		{"NUL", "a: 1\nb: \x00", "f:2:4", "NUL byte"},
		{"invalid UTF-8", "名: \xff", "f:1:4", "0xff is not valid UTF-8"},
		{"escape", "a: \x1b[31m", "f:1:4", "U+001B"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, findings := spec.Decode(spec.File{Name: "f", Data: []byte(test.data), Named: true})
			if len(findings) != 1 || findings[0].Code != diag.CodeEncoding || findings[0].Span.String() != test.place ||
				!strings.Contains(findings[0].Message, test.message) {
				t.Errorf("got %+v, want one %s at %s about %q", findings, diag.CodeEncoding, test.place, test.message)
			}
		})
	}
}

// TestDecodeLineEnds reads the same with a byte order mark and with the line
// ends of Windows.
func TestDecodeLineEnds(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"byte order mark": "\ufeff" + whole, "windows": strings.ReplaceAll(whole, "\n", "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, findings := spec.Decode(spec.File{Name: "pay.yaml", Data: []byte(data)})
			if len(findings) > 0 || result.Documents != 4 {
				t.Fatalf("%d documents, findings %+v", result.Documents, findings)
			}
			where := result.Declarations.Journeys[0].Steps[0].SLI.Where
			if got := where.Whole().String(); where.String() != "appName = 'pay'" || got != "pay.yaml:46:16" {
				t.Errorf("got %q at %s, want appName = 'pay' at pay.yaml:46:16", where, got)
			}
		})
	}
}

// FuzzDecode feeds anything to the decoder: it must not panic, and every
// finding must lie inside the file.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("apiVersion: slojourn/v1\nkind: SLO\nspec: &a {sli: *a}\n"))
	f.Add([]byte("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]"))
	bad, err := filepath.Glob("../../internal/load/testdata/bad/*.yaml")
	if err != nil || len(bad) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range bad {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		result, findings := spec.Decode(spec.File{Name: "f", Folder: "/", Data: data, Named: true})
		lines := strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
		for _, d := range findings {
			for _, at := range []diag.Position{d.Span.Start, d.Span.End} {
				if at.Line < 1 || at.Line > len(lines) || at.Column < 1 || at.Column > len([]rune(lines[at.Line-1]))+2 {
					t.Errorf("%s %q at %+v is outside the %d lines", d.Code, d.Message, d.Span, len(lines))
				}
			}
		}
		slo.Resolve(result.Declarations, func(*slo.Source, slo.SLI) slo.IndicatorID { return "" })
	})
}
