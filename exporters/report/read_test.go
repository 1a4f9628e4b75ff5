package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

// TestReadTable prints the same table from a snapshot and from its JSON.
func TestReadTable(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]burnrate.Snapshot{"one window": snapshot(t, true), "windows": snapshot(t, false), "weighted": weighted(t)} {
		for _, color := range []bool{false, true} {
			want, got := bothTables(t, s, color)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, color %t: of the JSON (+) and not of the snapshot (-):\n%s", name, color, diff)
			}
		}
	}
}

// bothTables are the table of a snapshot and that of its JSON.
func bothTables(t interface {
	Helper()
	Fatal(args ...any)
}, s burnrate.Snapshot, color bool,
) (ofSnapshot, ofJSON string) {
	t.Helper()
	var direct, document, read bytes.Buffer
	if err := report.Table(&direct, s, color); err != nil {
		t.Fatal(err)
	}
	if err := report.JSON(&document, s); err != nil {
		t.Fatal(err)
	}
	d, err := report.Read(document.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Table(&read, color); err != nil {
		t.Fatal(err)
	}
	return direct.String(), read.String()
}

// TestReadTableOfAnything has snapshots of any numbers, also of such as lie close
// to where a table rounds.
func TestReadTableOfAnything(t *testing.T) {
	t.Parallel()
	tokyo := time.FixedZone("Asia/Tokyo", 9*3600)
	month, err := slo.ParseWindow("month")
	if err != nil {
		t.Fatal(err)
	}
	day, err := slo.ParseWindow("day")
	if err != nil {
		t.Fatal(err)
	}
	windows := []slo.Window{slo.Rolling(60), slo.Rolling(28 * 1440), month.In(tokyo), day.In(time.UTC)}
	states := []burnrate.State{burnrate.Measured, burnrate.Partial, burnrate.NoTraffic, burnrate.NoData}
	rapid.Check(t, func(t *rapid.T) {
		ratio := rapid.Custom(func(t *rapid.T) burnrate.Ratio {
			return rapid.SampledFrom([]burnrate.Ratio{
				{},
				burnrate.RatioOf(0), burnrate.RatioOf(1), burnrate.RatioOf(0.0003), burnrate.RatioOf(9.995),
				burnrate.RatioOf(rapid.Float64Range(-300, 1e6).Draw(t, "any")), burnrate.RatioOf(rapid.Float64Range(0, 1).Draw(t, "share")),
				burnrate.RatioOf(float64(rapid.Int64Range(0, 10_000).Draw(t, "hairs")) / 10_000 * (1 + 7e-13)),
			}).Draw(t, "ratio")
		})
		window := rapid.Custom(func(t *rapid.T) burnrate.Window {
			minutes := rapid.Int64Range(1, 100_000).Draw(t, "minutes")
			return burnrate.Window{
				Window: rapid.SampledFrom(windows).Draw(t, "window"), Span: slo.Span{Start: end - slo.Minute(minutes), End: end - slo.Minute(rapid.Int64Range(0, 9).Draw(t, "late"))},
				Counts:   slo.Counts{Total: rapid.Int64Range(0, 1e15).Draw(t, "total"), Bad: rapid.Int64Range(0, 1e12).Draw(t, "bad")},
				Measured: rapid.Int64Range(0, minutes).Draw(t, "measured"), State: rapid.SampledFrom(states).Draw(t, "state"), ErrorRatio: ratio.Draw(t, "error ratio"),
			}
		})
		target, err := slo.ParseTarget(rapid.SampledFrom([]string{"99%", "99.95%", "99.999%"}).Draw(t, "target"))
		if err != nil {
			t.Fatal(err)
		}
		tiers := burnrate.Tiers(slo.Objective{Target: target, Window: slo.Rolling(28 * 1440), Alerts: slo.BuiltInPolicies()[0]})
		objective := func(id string, steps []string) burnrate.Objective {
			o := burnrate.Objective{
				Name: rapid.SampledFrom([]string{"28d", "contract"}).Draw(t, "name"), Target: target, Window: window.Draw(t, id),
				Composed: len(steps) > 0 && rapid.Bool().Draw(t, "composed"), BurnRate: ratio.Draw(t, "burn rate"), Elapsed: rapid.Float64Range(0.01, 1).Draw(t, "elapsed"),
				Budget:      burnrate.Budget{Remaining: ratio.Draw(t, "remaining"), State: rapid.SampledFrom([]burnrate.BudgetState{burnrate.Healthy, burnrate.Spent, burnrate.Unknown}).Draw(t, "budget")},
				Approximate: rapid.SampledFrom([]int64{0, 0, 60, 1500}).Draw(t, "approximate"),
			}
			for _, minutes := range []int64{5, 30, 60, 360, 1440, 2880, 4320} {
				o.Burn = append(o.Burn, burnrate.Burn{Window: burnrate.Window{Window: slo.Rolling(minutes), Span: o.Window.Span, State: burnrate.Measured}, Rate: ratio.Draw(t, "burn")})
			}
			for i := range tiers {
				o.Tiers = append(o.Tiers, burnrate.Judgement{Tier: &tiers[i], Verdict: burnrate.Verdict(rapid.IntRange(1, 7).Draw(t, "verdict"))})
			}
			if rapid.Bool().Draw(t, "excludes") {
				o.Window.Excluded = burnrate.Excluded{Minutes: 90, Total: rapid.Int64Range(0, 5000).Draw(t, "dropped")}
				o.Exclusions, o.Unexcluded = []string{"drill", "move"}, ratio.Draw(t, "unexcluded")
			}
			for _, step := range steps {
				o.Shares = append(o.Shares, burnrate.Share{Step: strings.TrimPrefix(step, id+"/"), ID: step, Window: window.Draw(t, step), Ratio: ratio.Draw(t, "ratio")})
			}
			return o
		}
		s := burnrate.Snapshot{At: end.Time().Add(time.Duration(rapid.IntRange(0, 90_000).Draw(t, "seconds")) * time.Second)}
		for n := range rapid.IntRange(1, 3).Draw(t, "journeys") {
			id := fmt.Sprint("journey-", n)
			steps := []string{id + "/first", id + "/second", "shared"}
			status := burnrate.Status{ID: id, Kind: slo.KindJourney, Compose: rapid.SampledFrom([]slo.Compose{slo.Series, slo.Worst, slo.Measured}).Draw(t, "compose"), Owner: "shop", Steps: steps}
			status.Objectives = append(status.Objectives, objective(id, steps))
			s.Statuses = append(s.Statuses, status)
			for _, step := range steps[:2] {
				status := burnrate.Status{ID: step, Kind: slo.KindStep, Unit: rapid.SampledFrom([]int64{1, slo.Thousandths}).Draw(t, "unit"), Owner: "pay"}
				for range rapid.IntRange(0, 2).Draw(t, "objectives") {
					status.Objectives = append(status.Objectives, objective(step, nil))
				}
				s.Statuses = append(s.Statuses, status)
			}
		}
		s.Statuses = append(s.Statuses, burnrate.Status{ID: "shared", Kind: slo.KindSLO, Owner: "pay", Objectives: []burnrate.Objective{objective("shared", nil)}})
		if rapid.Bool().Draw(t, "fails") {
			s.Failures = []burnrate.Failure{{ID: "journey-0/first", Message: "no\x1b[31m"}}
			s.Notices = []burnrate.Notice{{ID: "shared", Message: "may be sampled"}, {ID: "journey-0", Message: "may be sampled"}}
		}
		if want, got := bothTables(t, s, false); want != got {
			t.Fatalf("of the JSON (+) and not of the snapshot (-):\n%s", cmp.Diff(want, got))
		}
	})
}

// TestReadRefuses reads nothing but documents of this schema.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ document, want string }{
		{``, "it is no JSON with the schema slojourn.eval/v1"},
		{`<html>`, "it is no JSON"},
		{`{"slos":[]}`, "it is no JSON with the schema"},
		{`{"schema":"slojourn.eval/v2","at":"2026-11-22T09:00:00Z"}`, `its schema is "slojourn.eval/v2", and this program knows slojourn.eval/v1: use one of the version that wrote it`},
		{`{"schema":"\u001b[31mred"}`, `its schema is "\x1b[31mred"`},
		{`{"schema":"slojourn.eval/v1"}`, "not what it says: at is no instant"},
		{`{"schema":"slojourn.eval/v1","at":"2026-11-22T09:00:00Z","slos":[{}]}`, "an id is missing"},
		{`{"schema":"slojourn.eval/v1","at":"2026-11-22T09:00:00Z","slos":[{"id":"a","objectives":[{"end":"soon"}]}]}`, `an end of "a" is no instant`},
		{`{"schema":"slojourn.eval/v1","at":"2026-11-22T09:00:00Z","slos":[{"id":"a","objectives":[{"coverage":"1"}]}]}`, `"1" is not a ratio`},
		{`{"schema":"slojourn.eval/v1","at":"2026-11-22T09:00:00Z","slos":[]} {}`, "it is no JSON"},
	} {
		if _, err := report.Read([]byte(test.document)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want an error with %q", test.document, err, test.want)
		}
	}
}

// TestReadNewer leaves out what a newer program has added.
func TestReadNewer(t *testing.T) {
	t.Parallel()
	s := snapshot(t, true)
	var document, want, got bytes.Buffer
	if err := report.JSON(&document, s); err != nil {
		t.Fatal(err)
	}
	if err := report.Table(&want, s, false); err != nil {
		t.Fatal(err)
	}
	newer := regexp.MustCompile(`(?m)^( +)"(kind|state)":`).ReplaceAllString(document.String(), `$1"newer": [{"a": 1}],`+"\n"+`$1"$2":`)
	d, err := report.Read([]byte(newer))
	if err != nil || newer == document.String() {
		t.Fatal(err)
	}
	if err := d.Table(&got, false); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), got.String()); diff != "" {
		t.Errorf("of the newer one (-want +got):\n%s", diff)
	}
}

// FuzzRead prints a table of whatever can be read, with nothing in it that changes
// how a terminal looks.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"schema":"slojourn.eval/v1","at":"2026-11-22T09:00:00Z","slos":[{"id":"a\u001b[31m","kind":"journey","owner":"\u202eb","steps":["c","d"],` +
		`"objectives":[{"name":"n\n","window":"28d","target":"99%","state":"partial","end":"2026-11-22T08:57:00Z","total":1,"excluded":{"minutes":5},` +
		`"burn":[{"window":"1h","burnRate":1e300}],"alerts":[{"severity":"page","verdict":"fires"}],"steps":[{"step":"c","coverage":1}],"attribution":[]}]}],` +
		`"errors":[{"id":"c","message":"x\u0000"}],"notices":[{"id":"a","message":"\u2028"}]}`))
	f.Add([]byte(`{"schema":"slojourn.eval/v1","at":"2026-11-22T09:00:00.5+09:00","slos":[{"id":"a","kind":"slo"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := report.Read(data)
		if err != nil {
			return
		}
		var table bytes.Buffer
		if err := d.Table(&table, false); err != nil {
			t.Fatal(err)
		}
		hostile := func(r rune) bool {
			return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
		}
		if slices.ContainsFunc([]rune(table.String()), hostile) {
			t.Errorf("%q", table.String())
		}
		if !json.Valid(data) {
			t.Errorf("read %q", data)
		}
	})
}
