package report_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/hostile"
	"github.com/slojourn/slojourn/slo/diag/japanese"
	"github.com/slojourn/slojourn/slo/diag/render"
	"github.com/slojourn/slojourn/slo/spec"
)

// shopSpecs has one of everything that a catalogue shows, and every gap.
const shopSpecs = `
apiVersion: slojourn/v1
kind: Team
metadata: {name: payments, title: 決済チーム}
spec: {contact: "#決済", notify: [payments-slack, payments-duty], codeOwners: ["@shop/payments"]}
---
apiVersion: slojourn/v1
kind: Team
metadata: {name: mobile, title: Mobile app}
---
apiVersion: slojourn/v1
kind: Team
metadata: {name: idle}
---
apiVersion: slojourn/v1
kind: Source
metadata: {name: newrelic}
spec: {newRelic: {accountId: 1, apiKey: {env: NEW_RELIC_API_KEY}}}
---
apiVersion: slojourn/v1
kind: Notifier
metadata: {name: payments-slack}
spec: {slack: {webhook: {env: SLOJOURN_SLACK}}}
---
apiVersion: slojourn/v1
kind: Notifier
metadata: {name: payments-duty}
spec: {pagerDuty: {routingKey: {env: SLOJOURN_DUTY}}}
---
apiVersion: slojourn/v1
kind: Journey
metadata: {name: pay, title: レジでアプリのバーコードを見せて支払う, owner: payments, labels: {product: shop-app, tier: "1"}}
spec:
  description: |
    A shopper who cannot pay
    leaves the basket at the till.
  objectives:
    - {target: 99.5%, window: 28d}
    - {name: contract, target: 99%, window: month, timeZone: Asia/Tokyo, alerts: none}
  alerts: paging
  whenSpent: No releases until half the budget is back.
  runbook: https://wiki.example.com/pay
  links: [{title: Payment board, url: "https://board.example.com/pay"}, {url: "https://wiki.example.com/pay/more"}]
  steps:
    - {name: show-barcode, title: バーコードを表示する, owner: mobile, objective: {target: 99.9%, window: 28d}, sli: {from: MobileRequest, bad: statusCode >= 500}}
    - {name: authorise, description: The bank says yes., sli: {from: Transaction, bad: error IS TRUE}}
    - {name: receipt, slo: receipt-delivery}
---
apiVersion: slojourn/v1
kind: Journey
metadata: {name: search, owner: mobile, labels: {product: shop-app}}
spec:
  objective: {target: 95%, window: 7d}
  compose: worst
  steps:
    - {name: results, objective: {target: 96%, window: 7d}, sli: {from: PageView, bad: duration > 2}}
---
apiVersion: slojourn/v1
kind: SLO
metadata: {name: receipt-delivery, title: Receipts reach the shopper, owner: payments}
spec: {objective: {target: 99.9%, window: 28d}, alerts: paging, sli: {from: Log, bad: "level = 'ERROR'"}}
---
apiVersion: slojourn/v1
kind: SLO
metadata: {name: crash-free, owner: mobile}
spec: {stage: observe, objective: {target: 99%, window: 28d}, sli: {from: MobileSession, bad: crashed IS TRUE}}
`

func shopSet(t *testing.T) *slo.Set {
	t.Helper()
	decoded, findings := spec.Decode(spec.File{Name: "specs/shop.yaml", Folder: "/specs", Data: []byte(shopSpecs), Named: true})
	set, more := slo.Resolve(decoded.Declarations, func(*slo.Source, slo.SLI) slo.IndicatorID { return "" })
	findings.Add(more...)
	for _, f := range findings {
		if f.Severity == diag.Error {
			t.Fatalf("%s: %s", f.Span, f.Message)
		}
	}
	return set
}

// catalogued prints a catalogue in all formats.
func catalogued(t *testing.T, c report.Catalogue, color bool) (table, document, page string) {
	t.Helper()
	var outs [3]bytes.Buffer
	for i, err := range []error{c.Table(&outs[0], color), c.JSON(&outs[1]), c.Markdown(&outs[2], "https://grafana.example.com/")} {
		if err != nil {
			t.Fatalf("format %d: %v", i, err)
		}
	}
	return outs[0].String(), outs[1].String(), outs[2].String()
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	set := shopSet(t)
	table, document, page := catalogued(t, report.CatalogueOf(set, report.CatalogueFilter{}, nil), false)
	golden(t, "catalogue.txt", table)
	golden(t, "catalogue.json", document)
	golden(t, "catalogue.md", page)
	inJapanese, translated, japanesePage := catalogued(t, report.CatalogueOf(set, report.CatalogueFilter{}, japanese.Language()), false)
	golden(t, "catalogue.ja.txt", inJapanese)
	golden(t, "catalogue.ja.json", translated)
	golden(t, "catalogue.ja.md", japanesePage)
	for line := range strings.Lines(table + inJapanese) {
		if width := term.Width(strings.TrimSuffix(line, "\n")); width > 100 {
			t.Errorf("%d columns: %s", width, line)
		}
	}
	for _, kind := range slo.GapKinds() {
		if !strings.Contains(table, string(kind)+": ") {
			t.Errorf("the set has no gap %s", kind)
		}
	}
	colored, _, _ := catalogued(t, report.CatalogueOf(set, report.CatalogueFilter{}, nil), true)
	if plain := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(colored, ""); plain != table || plain == colored {
		t.Errorf("colours change more than colours:\n%s", cmp.Diff(table, plain))
	}
}

// TestCatalogueOfNothing has lists, and a sentence for people.
func TestCatalogueOfNothing(t *testing.T) {
	t.Parallel()
	table, document, page := catalogued(t, report.CatalogueOf(&slo.Set{}, report.CatalogueFilter{}, nil), false)
	if table != "Nothing to show.\n" {
		t.Errorf("got %q", table)
	}
	want := `{"schema":"slojourn.list/v1","journeys":[],"slos":[],"teams":[],"gaps":[]}`
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(document)); err != nil || compact.String() != want {
		t.Errorf("got %s, want %s (%v)", compact.String(), want, err)
	}
	if page != "# Journeys and their owners\n\n0 journeys with 0 steps, 0 SLOs in documents of their own, 0 teams.\n" {
		t.Errorf("got %q", page)
	}
}

// TestCatalogueFilter takes what is asked for, journeys with all their steps, and what is
// missing of that alone.
func TestCatalogueFilter(t *testing.T) {
	t.Parallel()
	set := shopSet(t)
	tests := []struct {
		name   string
		filter report.CatalogueFilter
		want   string
	}{
		{
			"everything",
			report.CatalogueFilter{},
			"journeys pay search; slos crash-free receipt-delivery; teams idle mobile payments; gaps no-description search, no-alerts search, no-runbook receipt-delivery, " +
				"no-when-spent search, no-journey crash-free, nobody-told mobile, no-contact mobile, owns-nothing idle",
		},
		{"an owner", report.CatalogueFilter{Owners: []string{"payments"}}, "journeys pay; slos receipt-delivery; teams payments; gaps no-runbook receipt-delivery"},
		{
			"an owner of a step",
			report.CatalogueFilter{Owners: []string{"mobile"}},
			"journeys pay search; slos crash-free; teams mobile; gaps no-description search, no-alerts search, no-when-spent search, no-journey crash-free, nobody-told mobile, no-contact mobile",
		},
		{"an owner of nothing", report.CatalogueFilter{Owners: []string{"idle"}}, "journeys; slos; teams idle; gaps owns-nothing idle"},
		{"two owners", report.CatalogueFilter{Owners: []string{"idle", "payments"}}, "journeys pay; slos receipt-delivery; teams idle payments; gaps no-runbook receipt-delivery, owns-nothing idle"},
		{"a stage", report.CatalogueFilter{Stages: []string{"observe"}}, "journeys; slos crash-free; teams mobile; gaps no-journey crash-free, nobody-told mobile, no-contact mobile"},
		{
			"a label",
			report.CatalogueFilter{Labels: map[string]string{"product": "shop-app"}},
			"journeys pay search; slos; teams mobile payments; gaps no-description search, no-alerts search, no-when-spent search, nobody-told mobile, no-contact mobile",
		},
		{"two labels", report.CatalogueFilter{Labels: map[string]string{"product": "shop-app", "tier": "1"}}, "journeys pay; slos; teams mobile payments; gaps nobody-told mobile, no-contact mobile"},
		{"a label that is not there", report.CatalogueFilter{Labels: map[string]string{"product": ""}}, "journeys; slos; teams; gaps"},
		{"an owner and a stage", report.CatalogueFilter{Owners: []string{"payments"}, Stages: []string{"observe"}}, "journeys; slos; teams; gaps"},
		{
			"gaps that are none",
			report.CatalogueFilter{Owners: []string{"payments"}, Ignore: []slo.GapKind{slo.NoRunbook}},
			"journeys pay; slos receipt-delivery; teams payments; gaps",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := report.CatalogueOf(set, test.filter, nil)
			got := "journeys"
			for _, j := range c.Journeys {
				got += " " + j.ID
			}
			got += "; slos"
			for _, o := range c.SLOs {
				got += " " + o.ID
			}
			got += "; teams"
			for _, team := range c.Teams {
				got += " " + team.Name
			}
			var gaps []string
			for _, g := range c.Gaps {
				gaps = append(gaps, string(g.Gap)+" "+g.ID)
			}
			got += strings.TrimRight("; gaps "+strings.Join(gaps, ", "), " ")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// hostileSet has a text wherever people write one, in files of a name.
func hostileSet(t *testing.T, text, file string) *slo.Set {
	t.Helper()
	set := shopSet(t)
	about := func(a *slo.About) {
		a.Title, a.Description, a.WhenSpent, a.Runbook, a.Links = text, text, text, text, []slo.Link{{Title: text, URL: text}, {Title: text, URL: "https://x.example/"}}
		a.Labels, a.Origin.File = map[string]string{text: text}, file
	}
	for _, j := range set.Journeys {
		about(&j.About)
		for i := range j.Steps {
			j.Steps[i].Title = text
		}
	}
	for _, o := range set.SLOs {
		about(&o.About)
	}
	for _, team := range set.Teams {
		team.Title, team.Contact, team.CodeOwners, team.Origin.File = text, text, []string{text}, file
	}
	return set
}

// TestHostileCatalogue puts texts wherever one may come from somebody else: they make no
// line, no column, no markup and no link, and change nothing of how a terminal looks.
func TestHostileCatalogue(t *testing.T) {
	t.Parallel()
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM))
	tags := func(page string) []string {
		var out bytes.Buffer
		if err := markdown.Convert([]byte(page), &out); err != nil {
			t.Fatal(err)
		}
		return regexp.MustCompile(`<[a-z/!][^>]*>`).FindAllString(out.String(), -1)
	}
	_, _, page := catalogued(t, report.CatalogueOf(hostileSet(t, "harmless", "harmless"), report.CatalogueFilter{}, nil), false)
	want := tags(page)
	if len(want) < 100 {
		t.Fatalf("%d tags", len(want))
	}
	for _, text := range slices.Concat(hostileTexts(), slices.Sorted(maps.Values(hostile.Texts())), []string{"決済 | 決済", "a\nMISSING\n\nTEAM\n"}) {
		if text = strings.TrimSpace(text[:min(len(text), 1200)]); text == "" { // longer ones take only longer
			continue
		}
		table, document, page := catalogued(t, report.CatalogueOf(hostileSet(t, text, text), report.CatalogueFilter{}, nil), false)
		if diff := cmp.Diff(want, tags(page)); diff != "" {
			t.Errorf("%q changes the page (-want +got):\n%s\n%s", text, diff, page)
		}
		cleaned, _, _ := catalogued(t, report.CatalogueOf(hostileSet(t, words.OneLine(text), render.Plain(text)), report.CatalogueFilter{}, nil), false)
		if diff := cmp.Diff(cleaned, table); diff != "" {
			t.Errorf("%q is not as what it is replaced by (-want +got):\n%s", text, diff)
		}
		heads := regexp.MustCompile(`(?m)^(JOURNEY|TEAM|MISSING)`)
		if got := len(heads.FindAllString(table, -1)); got != 3 {
			t.Errorf("%q: %d heads in\n%s", text, got, table)
		}
		for _, got := range []string{table, document, page} {
			if strings.ContainsFunc(got, func(r rune) bool {
				return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
			}) {
				t.Errorf("%q: a control character in\n%q", text, got)
			}
		}
		if strings.Contains(table+page, hostile.Key[:8]) {
			t.Errorf("%q: a key is shown", text)
		}
		if !json.Valid([]byte(document)) {
			t.Errorf("%q: no JSON: %s", text, document)
		}
	}
}
