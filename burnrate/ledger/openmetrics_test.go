// Compiling Prometheus for the race detector takes minutes, and it has nothing to find here.

//go:build !race

package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

func openMetrics(t testing.TB, l *Ledger, o ExportOptions, patterns ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := l.ExportOpenMetrics(context.Background(), &out, patterns, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const (
	headOfEvents = `# HELP slojourn_ledger_events Valid events of the minute, quarter-hour or hour that ends at the time of the sample.
# TYPE slojourn_ledger_events gauge
`
	headOfMinutes = `# HELP slojourn_ledger_measured_minutes How many measured minutes the sample stands for.
# TYPE slojourn_ledger_measured_minutes gauge
`
)

// TestOpenMetricsLines shows what becomes of minutes, gaps, weights and a
// coarse hour.
func TestOpenMetricsLines(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitSample(t, l)
	const want = headOfEvents + `slojourn_ledger_events{indicator="v1:a",outcome="good"} 98 1795348740
slojourn_ledger_events{indicator="v1:a",outcome="good"} 120 1795348800
slojourn_ledger_events{indicator="v1:a",outcome="bad"} 2 1795348740
slojourn_ledger_events{indicator="v1:a",outcome="bad"} 0 1795348800
slojourn_ledger_events{indicator="v1:b",outcome="good"} 0.008 1795338000
slojourn_ledger_events{indicator="v1:b",outcome="good"} 2 1795348800
slojourn_ledger_events{indicator="v1:b",outcome="bad"} 0.001 1795338000
slojourn_ledger_events{indicator="v1:b",outcome="bad"} 0.5 1795348800
` + headOfMinutes + `slojourn_ledger_measured_minutes{indicator="v1:a"} 1 1795348740
slojourn_ledger_measured_minutes{indicator="v1:a"} 1 1795348800
slojourn_ledger_measured_minutes{indicator="v1:b"} 45 1795338000
slojourn_ledger_measured_minutes{indicator="v1:b"} 1 1795348800
# EOF
`
	if diff := cmp.Diff(want, openMetrics(t, l, ExportOptions{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	m := slo.MinuteAt(noon())
	const part = headOfEvents + `slojourn_ledger_events{indicator="v1:a",outcome="good"} 120 1795348800
slojourn_ledger_events{indicator="v1:a",outcome="bad"} 0 1795348800
` + headOfMinutes + `slojourn_ledger_measured_minutes{indicator="v1:a"} 1 1795348800
# EOF
`
	got := openMetrics(t, l, ExportOptions{Indicators: []slo.IndicatorID{"v1:a"}, Span: &slo.Span{Start: m - 1, End: m}})
	if diff := cmp.Diff(part, got); diff != "" {
		t.Errorf("a part (-want +got):\n%s", diff)
	}
}

// keepLineages commits lineages.
func keepLineages(t testing.TB, l *Ledger, lineages ...lineage.Lineage) {
	t.Helper()
	tick := burnrate.Tick{At: noon()}
	for _, one := range lineages {
		entry, err := one.Entry()
		if err != nil {
			t.Fatal(err)
		}
		tick.Entries = append(tick.Entries, entry)
	}
	if err := l.Commit(context.Background(), tick); err != nil {
		t.Fatal(err)
	}
}

// TestOpenMetricsOfSLOs follows lineages: an SLO that goes on from another indicator,
// which counted events and not weights, one that was removed, and one that shares an
// indicator.
func TestOpenMetricsOfSLOs(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitSample(t, l)
	m := slo.MinuteAt(noon())
	a, b := lineage.Definition{Indicator: "v1:a", Unit: 1}, lineage.Definition{Indicator: "v1:b", Unit: slo.Thousandths}
	keepLineages(
		t, l,
		lineage.Lineage{ID: "pay/scan", Present: b, Past: []lineage.Segment{{Definition: a, Until: m - 1}}},
		lineage.Lineage{ID: "gone", Present: a, Removed: m - 1},
		lineage.Lineage{ID: "paid", Present: a, Past: []lineage.Segment{{Definition: b, Until: m - 3}}},
	)
	const (
		gone = `slojourn_ledger_events{id="gone",outcome="good"} 98 1795348740
slojourn_ledger_events{id="gone",outcome="bad"} 2 1795348740
`
		scan = `slojourn_ledger_events{id="pay/scan",journey="pay",step="scan",outcome="good"} 98 1795348740
slojourn_ledger_events{id="pay/scan",journey="pay",step="scan",outcome="good"} 2 1795348800
slojourn_ledger_events{id="pay/scan",journey="pay",step="scan",outcome="bad"} 2 1795348740
slojourn_ledger_events{id="pay/scan",journey="pay",step="scan",outcome="bad"} 0.5 1795348800
`
		scanned = `slojourn_ledger_measured_minutes{id="pay/scan",journey="pay",step="scan"} 1 1795348740
slojourn_ledger_measured_minutes{id="pay/scan",journey="pay",step="scan"} 1 1795348800
`
	)
	const want = headOfEvents + gone + `slojourn_ledger_events{id="paid",outcome="good"} 8 1795338000
slojourn_ledger_events{id="paid",outcome="good"} 98 1795348740
slojourn_ledger_events{id="paid",outcome="good"} 120 1795348800
slojourn_ledger_events{id="paid",outcome="bad"} 1 1795338000
slojourn_ledger_events{id="paid",outcome="bad"} 2 1795348740
slojourn_ledger_events{id="paid",outcome="bad"} 0 1795348800
` + scan + headOfMinutes + `slojourn_ledger_measured_minutes{id="gone"} 1 1795348740
slojourn_ledger_measured_minutes{id="paid"} 45 1795338000
slojourn_ledger_measured_minutes{id="paid"} 1 1795348740
slojourn_ledger_measured_minutes{id="paid"} 1 1795348800
` + scanned + "# EOF\n"
	if diff := cmp.Diff(want, openMetrics(t, l, ExportOptions{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(headOfEvents+scan+headOfMinutes+scanned+"# EOF\n", openMetrics(t, l, ExportOptions{}, "pay/*")); diff != "" {
		t.Errorf("a step (-want +got):\n%s", diff)
	}
	// However little fits into memory, it is the same.
	s, err := l.snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.end()
	var out bytes.Buffer
	if err := s.exportOpenMetrics(t.Context(), &out, nil, ExportOptions{}, 1); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("with little room (-want +got):\n%s", diff)
	}
}

type point struct {
	at    int64 // milliseconds
	value float64
}

// parseSeries lets Prometheus' own parser read an export.
func parseSeries(text string) (map[string][]point, error) {
	series := map[string][]point{}
	p := textparse.NewOpenMetricsParser([]byte(text), labels.NewSymbolTable())
	for {
		entry, err := p.Next()
		if errors.Is(err, io.EOF) {
			return series, nil
		}
		if err != nil {
			return nil, err
		}
		if entry != textparse.EntrySeries {
			continue
		}
		_, at, value := p.Series()
		var set labels.Labels
		p.Labels(&set)
		name := set.Get("id") + set.Get("indicator") + " " + set.Get("outcome")
		if set.Get("__name__") == "slojourn_ledger_measured_minutes" {
			name += "minutes"
		}
		series[name] = append(series[name], point{*at, value})
	}
}

// TestOpenMetricsSums draws ledgers and wants series whose time always goes on, and
// which add up to all that was counted.
func TestOpenMetricsSums(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		l := openIn(t, t.TempDir())
		defer closeLedger(t, l)
		drawLedger(r, l)
		text := openMetrics(t, l, ExportOptions{})
		series, err := parseSeries(text)
		if err != nil {
			r.Fatalf("%v in\n%s", err, text)
		}
		sums := map[string]float64{}
		for name, points := range series {
			for i, p := range points {
				if i > 0 && p.at <= points[i-1].at {
					r.Fatalf("%s: %v follows %v", name, p, points[i-1])
				}
				sums[name] += p.value
			}
		}
		if diff := cmp.Diff(allCounted(read(t, l.Reader)), sums, cmp.Comparer(near)); diff != "" {
			r.Fatalf("the sums (-want +got):\n%s\nof\n%s", diff, text)
		}
	})
}

// TestOpenMetricsAsTotals draws lineages, and wants their samples within any window
// to add up to what budgets are made of.
func TestOpenMetricsAsTotals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		l := openIn(t, t.TempDir())
		defer closeLedger(t, l)
		ids := []slo.IndicatorID{"v1:a", "v1:b", "v1:c"}
		now := slo.MinuteAt(noon())
		var file strings.Builder
		file.WriteString(`{"schema":"slojourn.ledger/v1","at":"2026-11-22T12:00:00Z"}` + "\n")
		dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 0))
		line := func(kind string, m slo.Minute, more string) {
			total := dice.IntN(40)
			if id := ids[dice.IntN(len(ids))]; total > 10 {
				fmt.Fprintf(&file, `{"type":%q,%q:%q,"indicator":%q,"total":%d,"bad":%d%s}`+"\n",
					kind, kind, m.Time().Format(time.RFC3339), id, total, dice.IntN(total), more)
			}
		}
		for m := range slo.Minute(60) {
			line("minute", now-120+2*m, fmt.Sprintf(`,"rows":%d,"badRows":0`, dice.IntN(9)))
		}
		for q := range slo.Minute(8) { // in front of the minutes
			line("quarter", now-300+15*q, fmt.Sprintf(`,"minutes":%d`, 1+dice.IntN(15)))
		}
		file.WriteString(`{"type":"end"}` + "\n")
		if _, err := l.Import(context.Background(), strings.NewReader(file.String()), ImportOptions{Now: noon()}); err != nil {
			r.Fatal(err)
		}
		minute := rapid.Custom(func(r *rapid.T) slo.Minute { return now - slo.Minute(rapid.IntRange(0, 320).Draw(r, "ago")) })
		definition := rapid.Custom(func(r *rapid.T) lineage.Definition {
			return lineage.Definition{Indicator: rapid.SampledFrom(ids).Draw(r, "indicator"), Unit: rapid.SampledFrom([]int64{1, slo.Thousandths}).Draw(r, "unit")}
		})
		one := lineage.Lineage{ID: "pay", Present: definition.Draw(r, "present")}
		seams := rapid.SliceOfNDistinct(minute, 0, 3, func(m slo.Minute) slo.Minute { return m }).Draw(r, "seams")
		slices.Sort(seams)
		for _, seam := range seams {
			one.Past = append(one.Past, lineage.Segment{Definition: definition.Draw(r, "past"), Until: seam})
		}
		keepLineages(t, l, one)
		cuts := []slo.Minute{minute.Draw(r, "from").Floor(15), now}
		totals, err := l.Totals(context.Background(), []lineage.Lineage{one}, [][]slo.Minute{cuts})
		if err != nil {
			r.Fatal(err)
		}
		series, err := parseSeries(openMetrics(t, l, ExportOptions{Span: &slo.Span{Start: cuts[0], End: cuts[1]}}, "pay"))
		if err != nil {
			r.Fatal(err)
		}
		sum, unit := totals[0].Sums[0], float64(one.Present.Unit)
		for name, want := range map[string]float64{
			"pay good": float64(sum.Counts.Total-sum.Counts.Bad) / unit, "pay bad": float64(sum.Counts.Bad) / unit, "pay minutes": float64(sum.Minutes),
		} {
			got := 0.0
			for _, p := range series[name] {
				got += p.value
			}
			if !near(got, want) {
				r.Fatalf("%s: the samples add up to %v, and the ledger to %v, of %+v", name, got, want, one)
			}
		}
	})
}

func near(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }

// allCounted adds up what is kept of each indicator.
func allCounted(c everything) map[string]float64 {
	type place struct {
		id   slo.IndicatorID
		hour slo.Minute
	}
	sums, fine, weighted := map[slo.IndicatorID]slo.Counts{}, map[place]bool{}, map[slo.IndicatorID]bool{}
	measured := map[slo.IndicatorID]int64{}
	add := func(id slo.IndicatorID, counts, rows slo.Counts, minutes int64) {
		if counts.Consistent() && rows.Consistent() {
			sums[id] = sums[id].Add(counts)
			weighted[id] = weighted[id] || counts != rows
			measured[id] += minutes
		}
	}
	for _, m := range c.Minutes {
		fine[place{m.Indicator, m.Minute.Floor(60)}] = true
		add(m.Indicator, m.Row.Counts, m.Row.Rows, 1)
	}
	for _, q := range c.Quarters {
		fine[place{q.Indicator, q.Start.Floor(60)}] = true
		add(q.Indicator, q.Sum.Counts, q.Sum.Rows, q.Sum.Minutes)
	}
	for _, h := range c.Coarse {
		if !fine[place{h.Indicator, h.Start}] {
			add(h.Indicator, h.Sum.Counts, h.Sum.Rows, h.Sum.Minutes)
		}
	}
	counted := map[string]float64{}
	for id, sum := range sums {
		unit := 1.0
		if weighted[id] {
			unit = 1000
		}
		counted[string(id)+" good"], counted[string(id)+" bad"] = float64(sum.Total-sum.Bad)/unit, float64(sum.Bad)/unit
		counted[string(id)+" minutes"] = float64(measured[id])
	}
	return counted
}

// TestOpenMetricsOfCoarseHours uses the sum of an hour where nothing finer is
// known, and only there.
func TestOpenMetricsOfCoarseHours(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	const file = `{"schema":"slojourn.ledger/v1","at":"2026-11-22T12:00:00Z"}
{"type":"minute","minute":"2026-11-22T09:59:00Z","indicator":"v1:a","total":10,"bad":1}
{"type":"quarter","quarter":"2026-11-21T07:45:00Z","indicator":"v1:a","total":20,"bad":2}
{"type":"hour","hour":"2026-11-21T07:00:00Z","indicator":"v1:a","total":1000,"bad":100}
{"type":"hour","hour":"2026-11-21T08:00:00Z","indicator":"v1:a","total":30,"bad":3}
{"type":"hour","hour":"2026-11-22T07:00:00Z","indicator":"v1:a","total":40,"bad":4}
{"type":"hour","hour":"2026-11-22T09:00:00Z","indicator":"v1:a","total":1000,"bad":100}
{"type":"end"}
`
	if _, err := l.Import(t.Context(), strings.NewReader(file), ImportOptions{Now: noon()}); err != nil {
		t.Fatal(err)
	}
	series, err := parseSeries(openMetrics(t, l, ExportOptions{}))
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) int64 {
		instant, err := time.Parse("2006-01-02T15:04Z", text)
		if err != nil {
			t.Fatal(err)
		}
		return instant.UnixMilli()
	}
	want := []point{
		{at("2026-11-21T08:00Z"), 2},
		{at("2026-11-21T09:00Z"), 3},
		{at("2026-11-22T08:00Z"), 4},
		{at("2026-11-22T10:00Z"), 1},
	}
	if diff := cmp.Diff(want, series["v1:a bad"], cmp.AllowUnexported(point{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
