package load_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// drawSpecs draws documents with all sorts of findings, each with or without entries of
// accept. Below without, those are comments, so that everything stands where it stood.
func drawSpecs(t *rapid.T) (with, without string) {
	line := func(text string) { with, without = with+text+"\n", without+text+"\n" }
	accept := func(indent string) {
		codes := rapid.SliceOfNDistinct(rapid.SampledFrom(diag.Acceptable()), 0, 4, rapid.ID).Draw(t, "accept")
		if len(codes) == 0 {
			return
		}
		var entries []string
		for i, code := range codes {
			entries = append(entries, fmt.Sprintf("{code: %s, reason: %d}", code, i))
		}
		with += indent + "accept: [" + strings.Join(entries, ", ") + "]\n"
		without += "#\n"
	}
	one := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	objective := func(indent string) {
		line(indent + "objective: {target: " + one("target", "99.9%", "99%", "90%", "100%") + one("window", ", window: 28d", ", window: 1d", "", ", window: month") +
			one("zone", "", ", timeZone: Asia/Tokyo") + "}")
		line(indent + "alerts: " + one("alerts", "paging", "calm", "none", "pagign"))
	}
	sli := func(indent string) {
		line(indent + "sli: {from: " + one("from", "Transaction", "MobileRequest, MobileRequestError", "Checkout", "TransactionError") +
			", where: \"" + one("where", "name LIKE 'a'", "a != 1", "name = 'a", "a = 1 AND a = 2", "APPNAME = 'a'") +
			"\", bad: " + one("bad", "error = TRUE", "error IS TRUE", "duration > '1'", "statusCode >= 500") + "}")
	}
	line("apiVersion: slojourn/v1\nkind: Team\nmetadata: {name: web}\n---")
	line("apiVersion: slojourn/v1\nkind: Source\nmetadata: {name: newrelic}\nspec: {newRelic: {accountId: 1, apiKey: {env: NEW_RELIC_API_KEY}}}\n---")
	line("apiVersion: slojourn/v1\nkind: AlertPolicy\nmetadata: {name: calm}\nspec:")
	accept("  ")
	line("  tiers: [{severity: page, budget: " + one("budget", "2%", "50%", "0.1%") + ", long: 1h, short: 5m}]")
	for i := range rapid.IntRange(0, 2).Draw(t, "SLOs") {
		line(fmt.Sprintf("---\napiVersion: slojourn/v1\nkind: SLO\nmetadata: {name: slo-%d, owner: %s}\nspec:", i, one("owner", "web", "web", "nobody")))
		objective("  ")
		accept("  ")
		sli("  ")
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "journeys") {
		line(fmt.Sprintf("---\napiVersion: slojourn/v1\nkind: Journey\nmetadata: {name: journey-%d, owner: web}\nspec:", i))
		accept("  ")
		objective("  ")
		line("  steps:")
		for k := range rapid.IntRange(1, 3).Draw(t, "steps") {
			line(fmt.Sprintf("    - name: step-%d", k))
			if rapid.Bool().Draw(t, "weighed") {
				line("      weight: 2")
			}
			sli("      ")
			objective("      ")
			accept("      ")
		}
	}
	return with, without
}

// TestAccepting draws specs and compares them with what they are without accept: errors are
// the same, and so are all other findings, of which some are accepted. What is said once of
// all places may be said at several then.
func TestAccepting(t *testing.T) {
	t.Parallel()
	found := func(text string) diag.List {
		return load.Files([]spec.File{{Name: "specs.yaml", Folder: "/", Data: []byte(text), Named: true}}, newrelic.Key, newrelic.Check).Findings
	}
	accepted, counting, stale := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		with, without := drawSpecs(t)
		var got []string
		said := map[string]bool{}
		for _, f := range found(with) {
			switch {
			case f.Code == diag.CodeStale:
				stale++
				continue
			case f.Severity == diag.Error && f.Accepted():
				t.Fatalf("an error is accepted: %v", f)
			case f.Accepted():
				accepted++
			default:
				counting++
			}
			if once := string(f.Code) + f.Message.String(); !f.Once || !said[once] {
				got = append(got, fmt.Sprint(f.Span, f.Severity, f.Code, f.Message, f.Hint, f.Related))
				said[once] = true
			}
		}
		var want []string
		for _, f := range found(without) {
			if f.Accepted() || f.Code == diag.CodeStale {
				t.Fatalf("accepted without an entry, or stale: %v", f)
			}
			want = append(want, fmt.Sprint(f.Span, f.Severity, f.Code, f.Message, f.Hint, f.Related))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("-without accept +with it:\n%s\n%s", diff, with)
		}
	})
	if accepted == 0 || counting == 0 || stale == 0 {
		t.Errorf("%d are accepted, %d count, %d entries are stale", accepted, counting, stale)
	}
}

// TestAcceptable compares the codes that can be accepted with those of warnings and infos
// in testdata/bad.
func TestAcceptable(t *testing.T) {
	t.Parallel()
	// These are about other kinds, about the set as a whole, or about accept itself.
	elsewhere := []diag.Code{diag.CodeDuplicate, diag.CodeReference, diag.CodeRule, diag.CodeNoMatch, diag.CodeStale}
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[diag.Code]bool{}
	for _, file := range files {
		result, err := load.Load([]string{file}, nil, newrelic.Key, newrelic.Check)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range result.Findings {
			if f.Severity != diag.Error {
				seen[f.Code] = true
			}
		}
	}
	for _, code := range diag.Codes() {
		if can := slices.Contains(diag.Acceptable(), code); can != (seen[code] && !slices.Contains(elsewhere, code)) {
			t.Errorf("%s can be accepted: %t; there are warnings or infos of it: %t", code, can, seen[code])
		}
	}
}

// TestAcceptAcrossFiles accepts what may be sampled where each file says so: elsewhere it
// is said once, at the first place.
func TestAcceptAcrossFiles(t *testing.T) {
	t.Parallel()
	accepting := func(name string) string {
		return strings.Replace(fixed(name), "error IS TRUE}", "error IS TRUE}, accept: [{code: SLO066, reason: "+name+"}]", 1)
	}
	dir := tree(t, map[string]string{
		"0.yaml": team("shop") + source("nr"), "a.yaml": fixed("a"), "b.yaml": accepting("b"), "c.yaml": fixed("c"), "d.yaml": accepting("d"),
	})
	result, err := load.Load([]string{dir}, nil, newrelic.Key, newrelic.Check)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range result.Findings {
		got = append(got, filepath.Base(f.Span.File)+" "+string(f.Code)+" "+f.Acceptance)
	}
	if diff := cmp.Diff([]string{"a.yaml SLO066 ", "b.yaml SLO066 b", "d.yaml SLO066 d"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestAcceptedSecret hides in a reason what stands as a secret in the file.
func TestAcceptedSecret(t *testing.T) {
	t.Parallel()
	text := team("shop") + "---\napiVersion: slojourn/v1\nkind: Source\nmetadata: {name: nr}\n" +
		"spec: {newRelic: {accountId: 1, apiKey: hunter2hunter2}}\n" +
		strings.Replace(fixed("a"), "error IS TRUE}", "error IS TRUE}, accept: [{code: SLO066, reason: it is hunter2hunter2}]", 1)
	result := load.Files([]spec.File{{Name: "specs.yaml", Folder: "/", Data: []byte(text), Named: true}}, newrelic.Key, newrelic.Check)
	i := slices.IndexFunc(result.Findings, diag.Diagnostic.Accepted)
	if i < 0 || result.Findings[i].Acceptance != "it is …" {
		t.Errorf("got %+v", result.Findings)
	}
}
