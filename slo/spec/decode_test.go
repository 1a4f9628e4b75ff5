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
		source.Retention[1].Kept.Value, source.Owner.Span.String(),
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

// TestDecodeLosesNothing reads files in which something follows a document
// that is complete. It is a further document or a finding, never dropped.
func TestDecodeLosesNothing(t *testing.T) {
	t.Parallel()
	const (
		first  = "apiVersion: slojourn/v1\nkind: Team\nmetadata: {name: first}\n"
		second = "apiVersion: slojourn/v1\nkind: Team\nmetadata: {name: second}\n"
		flow   = "{apiVersion: slojourn/v1, kind: Team, metadata: {name: first}}"
		both   = "first second"
	)
	tests := []struct {
		name, data string
		teams      string
		findings   string // places and parts of messages
	}{
		{"separator", first + "---\n" + second, both, ""},
		{"document end", first + "...\n" + second, both, ""},
		{"document end with a comment", first + "... # the end\n" + second, both, ""},
		{"document end and separator", first + "...\n---\n" + second, both, ""},
		{"text behind the document end", first + "... more\n" + second, both, "4:1 document"},
		{"document end alone", first + "...\n", "first", ""},
		{"document end indented in a block scalar", first + "spec:\n  contact: |\n    a\n    ...\n    b\n", "first", "6:6 text"},
		{"dedent", "  apiVersion: slojourn/v1\n  kind: Team\n  metadata: {name: first}\nspec: {bogus: 1}\n", "first", "4:1 document"},
		{"text behind a flow mapping", flow + "\nspec: {bogus: 1}\n[ unclosed\n", "first", "2:1 document"},
		{"bracket behind a flow mapping", flow + "\n }\n", "first", "2:2 document"},
		{"second flow mapping", flow + "\n" + flow + "\n", "first", "2:1 document"},
		{"on the line of the separator", "--- " + flow + "\n--- " + strings.Replace(flow, "first", "second", 1), both, ""},
		{"separator within a quote", first + "spec: {contact: \"a\n---\nb\"}\n" + second, "", "4:17 quote 6:1 key"},
		{"directive", "%YAML 1.2\n---\n" + first, "first", ""},
		{"directives and comments", "# head\n%YAML 1.1 # old\n%TAG ! tag:example.com,2026:\n\n---\n" + first + "...\n%YAML 1.2\n---\n" + second, both, ""},
		{"directive of another version", "%YAML 3.0\n---\n" + first, "", "1:1 YAML"},
		{"directive without an end before it", first + "%TAG ! tag:example.com,2026:\n---\n" + second, both, "4:1 document"},
		{"comment before a separator", first + "# tail\n---\n" + second, both, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			result, findings := spec.Decode(spec.File{Name: "", Data: []byte(test.data)})
			var teams []string
			for _, team := range result.Declarations.Teams {
				teams = append(teams, team.Name.Value)
			}
			if got := strings.Join(teams, " "); got != test.teams {
				t.Errorf("got the teams %q, want %q", got, test.teams)
			}
			want := strings.Fields(test.findings)
			if len(findings) != len(want)/2 {
				t.Fatalf("got %+v, want %q", findings, test.findings)
			}
			for i, d := range findings {
				if d.Span.String() != want[2*i] || !strings.Contains(d.Message.String(), want[2*i+1]) {
					t.Errorf("got %s: %s, want %s with %q", d.Span, d.Message, want[2*i], want[2*i+1])
				}
			}
		})
	}
}

// TestDecodeRecognisesMisspeltVersions reports documents in folders that mean
// to be ours.
func TestDecodeRecognisesMisspeltVersions(t *testing.T) {
	t.Parallel()
	for version, code := range map[string]diag.Code{
		"apiVerson: slojourn/v1": diag.CodeUnknownKey, "version: slojourn/v1": diag.CodeAPIVersion,
		"apiVersion: Slojourn/v1": diag.CodeAPIVersion, "apiVersion: slojourn/v2": diag.CodeAPIVersion,
	} {
		result, findings := spec.Decode(spec.File{Name: "f", Data: []byte(version + "\nkind: Team\nmetadata: {name: a}\n")})
		if result.Documents != 1 || len(findings) != 1 || findings[0].Code != code {
			t.Errorf("%s: got %d documents and %+v", version, result.Documents, findings)
		}
	}
	for _, version := range []string{"apiVersion: v1", "comment: see slojourn/v1", "spec: {apiVersion: slojourn/v1}", "[slojourn/v1]"} {
		if result, findings := spec.Decode(spec.File{Name: "f", Data: []byte(version + "\n")}); result.Documents != 0 || len(findings) > 0 {
			t.Errorf("%s: got %d documents and %+v", version, result.Documents, findings)
		}
	}
}

// TestDecodeSkipsOthersLineEnds leaves files of other programs alone, whatever
// their lines end with.
func TestDecodeSkipsOthersLineEnds(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"a: 1\rb: 2\r", "a: \u2028", "a: 1\n\ufeffb: 2"} {
		if result, findings := spec.Decode(spec.File{Name: "f", Data: []byte(data)}); result.Documents != 0 || len(findings) > 0 {
			t.Errorf("%q: got %d documents and %+v", data, result.Documents, findings)
		}
		ours := data + "\n# slojourn/v1"
		if _, findings := spec.Decode(spec.File{Name: "f", Data: []byte(ours)}); len(findings) != 1 || findings[0].Code != diag.CodeEncoding {
			t.Errorf("%q: got %+v", ours, findings)
		}
	}
}

// TestDecodeEncoding ends in one clear finding for bytes that are no text.
func TestDecodeEncoding(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, data, place, message string }{
		{"NUL", "a: 1\nb: \x00", "f:2:4", "NUL byte"},
		{"invalid UTF-8", "名: \xff", "f:1:4", "0xff is not valid UTF-8"},
		{"escape", "a: \x1b[31m", "f:1:4", "U+001B"},
		{"control character of two bytes", "a: 名\u009b31m", "f:1:5", "U+009B"},
		{"noncharacter", "a: \uffff", "f:1:4", "U+FFFF"},
		{"behind a byte order mark", "\ufeffa: \x00", "f:1:4", "NUL byte"},
		{"carriage returns alone", "a: 1\r\nb: 2\rc: 3\r", "f:2:5", "carriage return"},
		{"next line", "a: 1\u0085b: 2", "f:1:5", "U+0085"},
		{"line separator", "a: 1\u2028b: 2", "f:1:5", "U+2028"},
		{"paragraph separator", "a: 1\u2029b: 2", "f:1:5", "U+2029"},
		{"second byte order mark", "a: 1\n\ufeff---\nb: 2", "f:2:1", "byte order mark"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, findings := spec.Decode(spec.File{Name: "f", Data: []byte(test.data), Named: true})
			if len(findings) != 1 || findings[0].Code != diag.CodeEncoding || findings[0].Span.String() != test.place ||
				!strings.Contains(findings[0].Message.String(), test.message) {
				t.Errorf("got %+v, want one %s at %s about %q", findings, diag.CodeEncoding, test.place, test.message)
			}
		})
	}
}

// TestDecodeEncodingHidesNothing reads the documents around one with bytes that
// are no text.
func TestDecodeEncodingHidesNothing(t *testing.T) {
	t.Parallel()
	const document = "apiVersion: slojourn/v1\nkind: Team\nmetadata: {name: first}\n---\n"
	result, findings := spec.Decode(spec.File{Name: "f", Data: []byte(document + "a: \x00\n---\nb: 1\xff\n---\n" + document), Named: true})
	var places []string
	for _, d := range findings {
		places = append(places, d.Span.String()+" "+string(d.Code))
	}
	if diff := cmp.Diff([]string{"f:5:4 SLO020", "f:7:5 SLO020"}, places); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(result.Declarations.Teams) != 2 || result.Documents != 4 {
		t.Errorf("got %d teams of %d documents, want 2 of 4", len(result.Declarations.Teams), result.Documents)
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
	f.Add([]byte("\"a text\n\""))                   // whose quote closes on a line of its own
	f.Add([]byte("a: [,,]\n    \"a key\n\": b: c")) // or that might have been meant as a key
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
