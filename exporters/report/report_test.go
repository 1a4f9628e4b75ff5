package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const end = slo.Minute(29_500_000)

// step is a line of the test's history: an SLO, when it was first measured
// and what was counted in its newest five minutes and before.
type step struct {
	id, title, owner string
	objectives       string // "99.9% 28d, 99% 1d"
	days             int64
	old, recent      slo.Counts
	failure          string
}

// snapshot evaluates a set that shows every case the reports have to print.
func snapshot(t *testing.T, oneWindow bool) burnrate.Snapshot {
	t.Helper()
	second := ", 99% 7d"
	if oneWindow {
		second = ""
	}
	steps := []step{
		{"checkout/basket", "", "shop", "99.9% 28d" + second, 28, slo.Counts{Total: 4_000_000, Bad: 2_500}, slo.Counts{Total: 300, Bad: 3}, ""},
		{"checkout/pay", "", "payments", "99.95% 28d", 28, slo.Counts{Total: 120_000, Bad: 12_000}, slo.Counts{Total: 50, Bad: 50}, ""},
		{"checkout/thanks", "", "shop", "", 28, slo.Counts{Total: 90_000, Bad: 9}, slo.Counts{}, ""},
		{"login/password", "", "identity", "99% 28d", 3, slo.Counts{Total: 5_000}, slo.Counts{Total: 10}, ""},
		{"login/second-factor-by-text-message", "", "identity", "99.999% 28d", 28, slo.Counts{}, slo.Counts{}, ""},
		{"login/token", "", "identity", "99% 28d", 0, slo.Counts{}, slo.Counts{}, "New Relic: NRQL Syntax Error"},
		{"mail", "Mail", "a-team-with-a-very-long-name", "99% 28d", 28, slo.Counts{Total: 1000, Bad: 9}, slo.Counts{}, ""},
	}
	set := &slo.Set{}
	measured := map[string]burnrate.Measurement{}
	journeys := map[string]*slo.Journey{}
	for _, s := range steps {
		journey, name, isStep := strings.Cut(s.id, "/")
		resolved := &slo.SLO{ID: s.id, Kind: slo.KindSLO, About: slo.About{Title: s.title, Owner: s.owner}, Objectives: objectives(t, s.objectives)}
		set.SLOs = append(set.SLOs, resolved)
		if isStep {
			resolved.Kind = slo.KindStep
			if journeys[journey] == nil {
				journeys[journey] = &slo.Journey{ID: journey, About: slo.About{Owner: "shop"}, Compose: slo.Series, Objectives: objectives(t, "99.5% 28d")}
				set.Journeys = append(set.Journeys, journeys[journey])
			}
			if s.id == "checkout/pay" { // and its journey
				resolved.Objectives[0].Alerts, journeys[journey].Objectives[0].Alerts = slo.BuiltInPolicies()[0], slo.BuiltInPolicies()[0]
			}
			journeys[journey].Steps = append(journeys[journey].Steps, slo.Step{Name: name, SLO: resolved})
		}
	}
	for _, s := range steps {
		measured[s.id] = measurement(t, set, s)
	}
	return burnrate.Evaluate(set, (end + 2).Time(), measured)
}

func objectives(t *testing.T, text string) []slo.Objective {
	t.Helper()
	var list []slo.Objective
	for part := range strings.SplitSeq(text, ", ") {
		if part == "" {
			continue
		}
		targetText, windowText, _ := strings.Cut(part, " ")
		target, err := slo.ParseTarget(targetText)
		if err != nil {
			t.Fatal(err)
		}
		window, err := slo.ParseWindow(windowText)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, slo.Objective{Name: windowText, Target: target, Window: window})
	}
	return list
}

func measurement(t *testing.T, set *slo.Set, s step) burnrate.Measurement {
	t.Helper()
	if s.failure != "" {
		return burnrate.Measurement{End: end, Err: errors.New(s.failure)}
	}
	extent := slo.Span{Start: end - slo.Minute(s.days*1440), End: end}
	extents := map[string]slo.Span{}
	for _, other := range set.Measured() {
		extents[other.ID] = slo.Span{Start: end, End: end}
	}
	extents[s.id] = extent
	cuts := burnrate.Cuts(set, extents)[s.id]
	rows := make([]burnrate.Row, len(cuts)-1)
	for i := range rows {
		rows[i].Measured = true
	}
	rows[0], rows[len(rows)-1] = burnrate.Counted(s.old), burnrate.Counted(s.recent)
	series, err := burnrate.NewSeries(extent, cuts, rows)
	if err != nil {
		t.Fatal(err)
	}
	return burnrate.Measurement{Series: series, End: end}
}

func TestTable(t *testing.T) {
	t.Parallel()
	tests := []struct {
		golden           string
		oneWindow, color bool
	}{
		{"table.txt", true, false}, {"table-windows.txt", false, false}, {"table-color.txt", true, true},
	}
	for _, test := range tests {
		t.Run(test.golden, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := report.Table(&out, snapshot(t, test.oneWindow), test.color); err != nil {
				t.Fatal(err)
			}
			golden(t, test.golden, out.String())
			plain := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(out.String(), "")
			for line := range strings.Lines(plain) {
				if width := utf8.RuneCountInString(strings.TrimRight(line, "\n")); width > 100 {
					t.Errorf("%d columns: %s", width, line)
				}
			}
		})
	}
}

// TestTableInPart shows what was measured although something above or beside
// it could not be computed.
func TestTableInPart(t *testing.T) {
	t.Parallel()
	s := snapshot(t, true)
	s.Statuses = slices.DeleteFunc(s.Statuses, func(status burnrate.Status) bool { return status.ID == "checkout" })
	s.Failures = append(s.Failures,
		burnrate.Failure{ID: "checkout", Message: "cannot be computed"},
		burnrate.Failure{ID: "checkout/pay", Message: "the objective contract cannot be computed"})
	var out bytes.Buffer
	if err := report.Table(&out, s, false); err != nil {
		t.Fatal(err)
	}
	golden(t, "table-part.txt", out.String())
}

// TestTableEmpty prints no table where there is nothing to put into it.
func TestTableEmpty(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := report.Table(&out, burnrate.Snapshot{At: end.Time()}, false); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 0 {
		t.Errorf("got %q", out.String())
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := report.JSON(&out, snapshot(t, false)); err != nil {
		t.Fatal(err)
	}
	golden(t, "eval.json", out.String())
	var document map[string]any
	if err := json.Unmarshal(out.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	if document["schema"] != "slojourn.eval/v1" {
		t.Errorf("schema %v", document["schema"])
	}
}

// TestJSONEmpty prints lists, never null, where there is nothing to list.
func TestJSONEmpty(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := report.JSON(&out, burnrate.Snapshot{At: end.Time()}); err != nil {
		t.Fatal(err)
	}
	want := "{\n  \"schema\": \"slojourn.eval/v1\",\n  \"at\": \"2026-02-02T02:40:00Z\",\n  \"slos\": [],\n  \"errors\": [],\n  \"notices\": []\n}\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestJSONKeepsTheInstant writes at as it was asked for, to the nanosecond.
func TestJSONKeepsTheInstant(t *testing.T) {
	t.Parallel()
	for _, want := range []string{"2015-05-20T22:00:00.5Z", "2015-05-20T22:00:00.000000001Z", "2015-05-20T22:00:59Z"} {
		at, err := time.Parse(time.RFC3339, want)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := report.JSON(&out, burnrate.Snapshot{At: at}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), `"at": "`+want+`"`) {
			t.Errorf("asked for %s, got %s", want, &out)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
