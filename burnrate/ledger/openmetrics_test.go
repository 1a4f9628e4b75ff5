// Compiling Prometheus for the race detector takes minutes, and it has nothing to find here.

//go:build !race

package ledger

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo"
)

func openMetrics(t testing.TB, l *Ledger, o ExportOptions) string {
	t.Helper()
	var out bytes.Buffer
	if err := l.ExportOpenMetrics(context.Background(), &out, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestOpenMetricsLines shows what becomes of minutes, gaps, weights and a
// coarse hour.
func TestOpenMetricsLines(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitSample(t, l)
	const want = `# HELP slojourn_events Valid events behind an SLI, as the ledger keeps them.
# TYPE slojourn_events counter
slojourn_events_total{indicator="v1:a",outcome="good"} 0 1795348680
slojourn_events_total{indicator="v1:a",outcome="good"} 98 1795348740
slojourn_events_total{indicator="v1:a",outcome="good"} 218 1795348800
slojourn_events_total{indicator="v1:a",outcome="bad"} 0 1795348680
slojourn_events_total{indicator="v1:a",outcome="bad"} 2 1795348740
slojourn_events_total{indicator="v1:a",outcome="bad"} 2 1795348800
slojourn_events_total{indicator="v1:b",outcome="good"} 0 1795334400
slojourn_events_total{indicator="v1:b",outcome="good"} 0.008 1795338000
slojourn_events_total{indicator="v1:b",outcome="good"} 0.008 1795348740
slojourn_events_total{indicator="v1:b",outcome="good"} 2.008 1795348800
slojourn_events_total{indicator="v1:b",outcome="bad"} 0 1795334400
slojourn_events_total{indicator="v1:b",outcome="bad"} 0.001 1795338000
slojourn_events_total{indicator="v1:b",outcome="bad"} 0.001 1795348740
slojourn_events_total{indicator="v1:b",outcome="bad"} 0.501 1795348800
# EOF
`
	if diff := cmp.Diff(want, openMetrics(t, l, ExportOptions{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	m := slo.MinuteAt(noon())
	const part = `# HELP slojourn_events Valid events behind an SLI, as the ledger keeps them.
# TYPE slojourn_events counter
slojourn_events_total{indicator="v1:a",outcome="good"} 0 1795348740
slojourn_events_total{indicator="v1:a",outcome="good"} 120 1795348800
slojourn_events_total{indicator="v1:a",outcome="bad"} 0 1795348740
slojourn_events_total{indicator="v1:a",outcome="bad"} 0 1795348800
# EOF
`
	got := openMetrics(t, l, ExportOptions{Indicators: []slo.IndicatorID{"v1:a"}, Span: &slo.Span{Start: m - 1, End: m}})
	if diff := cmp.Diff(part, got); diff != "" {
		t.Errorf("a part (-want +got):\n%s", diff)
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
		name := set.Get("indicator") + " " + set.Get("outcome")
		series[name] = append(series[name], point{*at, value})
	}
}

// TestOpenMetricsCounters draws ledgers and wants counters that never go down,
// whose time always goes on, and which end with all that was counted.
func TestOpenMetricsCounters(t *testing.T) {
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
		end := map[string]float64{}
		for name, points := range series {
			if points[0].value != 0 {
				r.Fatalf("%s begins with %v", name, points[0].value)
			}
			for i, p := range points[1:] {
				if p.at <= points[i].at || p.value < points[i].value {
					r.Fatalf("%s: %v follows %v", name, p, points[i])
				}
			}
			end[name] = points[len(points)-1].value
		}
		if diff := cmp.Diff(allCounted(read(t, l.Reader)), end, cmp.Comparer(near)); diff != "" {
			r.Fatalf("counted in the end (-want +got):\n%s\nof\n%s", diff, text)
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
	add := func(id slo.IndicatorID, counts, rows slo.Counts) {
		if counts.Consistent() && rows.Consistent() {
			sums[id] = sums[id].Add(counts)
			weighted[id] = weighted[id] || counts != rows
		}
	}
	for _, m := range c.Minutes {
		fine[place{m.Indicator, m.Minute.Floor(60)}] = true
		add(m.Indicator, m.Row.Counts, m.Row.Rows)
	}
	for _, q := range c.Quarters {
		fine[place{q.Indicator, q.Start.Floor(60)}] = true
		add(q.Indicator, q.Sum.Counts, q.Sum.Rows)
	}
	for _, h := range c.Coarse {
		if !fine[place{h.Indicator, h.Start}] {
			add(h.Indicator, h.Sum.Counts, h.Sum.Rows)
		}
	}
	counted := map[string]float64{}
	for id, sum := range sums {
		unit := 1.0
		if weighted[id] {
			unit = 1000
		}
		counted[string(id)+" good"], counted[string(id)+" bad"] = float64(sum.Total-sum.Bad)/unit, float64(sum.Bad)/unit
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
		{at("2026-11-21T07:45Z"), 0},
		{at("2026-11-21T08:00Z"), 2},
		{at("2026-11-21T09:00Z"), 5},
		{at("2026-11-22T07:00Z"), 5},
		{at("2026-11-22T08:00Z"), 9},
		{at("2026-11-22T09:59Z"), 9},
		{at("2026-11-22T10:00Z"), 10},
	}
	if diff := cmp.Diff(want, series["v1:a bad"], cmp.AllowUnexported(point{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
