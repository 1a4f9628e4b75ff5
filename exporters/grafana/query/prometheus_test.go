// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

package query_test

import (
	gocmp "cmp"
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/annotations"

	"github.com/slojourn/slojourn/exporters/grafana/query"
)

// world has the same samples for Prometheus' engine and for ours. What the engine makes of
// a printed expression is what ours has to make of the expression.
type world struct {
	t        testing.TB
	engine   *promql.Engine
	stored   []storage.Series
	samples  *query.Samples
	lookback time.Duration
}

// start is when samples begin.
var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func newWorld(t testing.TB, lookback time.Duration) *world {
	t.Helper()
	engine := promql.NewEngine(promql.EngineOpts{
		MaxSamples: 1_000_000, Timeout: time.Minute, LookbackDelta: lookback,
		EnableAtModifier: true, EnableNegativeOffset: true, Parser: parser.NewParser(parser.Options{}),
	})
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return &world{t: t, engine: engine, samples: query.NewSamples(lookback), lookback: lookback}
}

// add adds the values of a series, at distances from start.
func (w *world) add(metric string, of query.Labels, at []time.Duration, values ...float64) {
	series := promql.Series{Metric: labels.FromMap(of)}
	builder := labels.NewBuilder(series.Metric)
	builder.Set(model.MetricNameLabel, metric)
	series.Metric = builder.Labels()
	for i, v := range values {
		when := start.Add(at[i])
		w.samples.Add(metric, of, when, v)
		series.Floats = append(series.Floats, promql.FPoint{T: when.UnixMilli(), F: v})
	}
	w.stored = append(w.stored, promql.NewStorageSeries(series))
}

// every is a sample each step, from start on.
func every(step time.Duration) []time.Duration {
	at := make([]time.Duration, 100)
	for i := range at {
		at[i] = time.Duration(i) * step
	}
	return at
}

// Querier finds stored series.
func (w *world) Querier(int64, int64) (storage.Querier, error) {
	return &storage.MockQuerier{SelectMockFunction: func(_ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
		found := &found{}
		for _, one := range w.stored {
			if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches(one.Labels().Get(m.Name)) }) {
				found.series = append(found.series, one)
			}
		}
		return found
	}}, nil
}

// found goes through series.
type found struct {
	series []storage.Series
	next   int
}

func (f *found) Next() bool                      { f.next++; return f.next <= len(f.series) }
func (f *found) At() storage.Series              { return f.series[f.next-1] }
func (*found) Err() error                        { return nil }
func (*found) Warnings() annotations.Annotations { return nil }

// compare evaluates an expression at an instant and over time, and reports what differs.
// It returns how many values there were, and the mistake that both found in it.
func (w *world) compare(fail func(format string, args ...any), e query.Expr, at time.Time, step time.Duration, with query.Binding) (values int, mistake error) {
	w.t.Helper()
	text := query.Bound(e, with)
	to := at.Add(7 * step)

	want, wantErr := w.ask(text, at)
	got, err := w.samples.At(e, at, with)
	if (err == nil) != (wantErr == nil) {
		fail("%s at %v:\n error %v,\nwant %v", text, at, err, wantErr)
	}
	for _, list := range [][]query.Sample{want, got} {
		slices.SortStableFunc(list, func(a, b query.Sample) int { return compareLabels(a.Labels, b.Labels) })
	}
	if diff := cmp.Diff(want, got, near()); diff != "" && err == nil && wantErr == nil {
		fail("%s at %v (-want +got)\n%s", text, at, diff)
	}

	wantSeries, wantRangeErr := w.askRange(text, at, to, step)
	gotSeries, rangeErr := w.samples.Between(e, at, to, step, with)
	if (rangeErr == nil) != (wantRangeErr == nil) {
		fail("%s from %v to %v, each %v:\n error %v,\nwant %v", text, at, to, step, rangeErr, wantRangeErr)
	}
	if diff := cmp.Diff(wantSeries, gotSeries, near()); diff != "" && rangeErr == nil && wantRangeErr == nil {
		fail("%s from %v to %v, each %v (-want +got)\n%s", text, at, to, step, diff)
	}
	for _, one := range gotSeries {
		values += len(one.Points)
	}
	return len(got) + values, err
}

func near() cmp.Option {
	return cmp.Options{cmpopts.EquateApprox(1e-9, 0), cmpopts.EquateNaNs(), cmpopts.EquateEmpty()}
}

// ask has Prometheus evaluate an expression.
func (w *world) ask(text string, at time.Time) ([]query.Sample, error) {
	q, err := w.engine.NewInstantQuery(context.Background(), w, nil, text, at)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	result := q.Exec(context.Background())
	if result.Err != nil {
		return nil, result.Err
	}
	var list []query.Sample
	switch value := result.Value.(type) {
	case promql.Scalar:
		list = append(list, query.Sample{Labels: query.Labels{}, Value: value.V})
	case promql.Vector:
		for _, s := range value {
			list = append(list, query.Sample{Labels: exported(s.Metric), Value: s.F})
		}
	}
	return list, nil
}

func (w *world) askRange(text string, from, to time.Time, step time.Duration) ([]query.Series, error) {
	q, err := w.engine.NewRangeQuery(context.Background(), w, nil, text, from, to, step)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	matrix, err := q.Exec(context.Background()).Matrix()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(matrix, func(a, b promql.Series) int { // by labels, and then by metric
		return gocmp.Or(
			compareLabels(exported(a.Metric), exported(b.Metric)),
			gocmp.Compare(a.Metric.Get(model.MetricNameLabel), b.Metric.Get(model.MetricNameLabel)),
		)
	})
	var list []query.Series
	for _, s := range matrix {
		one := query.Series{Labels: exported(s.Metric)}
		for _, p := range s.Floats {
			one.Points = append(one.Points, query.Point{At: time.UnixMilli(p.T).UTC(), Value: p.F})
		}
		list = append(list, one)
	}
	return list, nil
}

// exported are labels without the name of the metric.
func exported(of labels.Labels) query.Labels {
	all := query.Labels(of.Map())
	delete(all, model.MetricNameLabel)
	return all
}

func compareLabels(a, b query.Labels) int {
	return labels.Compare(labels.FromMap(a), labels.FromMap(b))
}

// parses has Prometheus read a printed expression, print it, and read that again, unless
// that has U+FFFD, which it prints as it does not read it.
func parses(fail func(format string, args ...any), text string) parser.Expr {
	read, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		fail("%s: %v", text, err)
		return nil
	}
	if strings.ContainsRune(read.String(), '\ufffd') {
		return read
	}
	again, err := parser.NewParser(parser.Options{}).ParseExpr(read.String())
	if err != nil {
		fail("%s: %v", read, err)
		return nil
	}
	if again.String() != read.String() {
		fail("%s is read as\n%s, and that as\n%s", text, read, again)
	}
	return read
}

// shop is what the tables are about: two replicas that export a budget, counters of which
// one begins again, flags, and who owns what.
func shop(t testing.TB) *world {
	w := newWorld(t, 5*time.Minute)
	minutes := every(time.Minute)
	for i, id := range []string{"checkout", "payment", "search"} {
		for j, replica := range []string{"a", "b"} {
			left := make([]float64, 40)
			events := make([]float64, 40)
			for k := range left {
				left[k] = 1 - float64((k+1)*(i+1))/50 - float64(j)/1000 // no two alike at an instant
				events[k] = float64((k+7*i)%23*10 + j)
			}
			w.add("left", query.Labels{"id": id, "objective": "28d", "replica": replica}, minutes, left...)
			w.add("events_total", query.Labels{"id": id, "replica": replica}, minutes, events...)
		}
		w.add("info", query.Labels{"id": id, "owner": "team-" + id[:1], "title": "The " + id}, minutes, slices.Repeat([]float64{1}, 40)...)
		w.add("flag", query.Labels{"id": id}, minutes, slices.Repeat([]float64{0, float64(i % 2), 1, math.NaN()}, 10)...)
	}
	w.add("info", query.Labels{"id": "orphan"}, minutes, 1)
	// Intervals that end 1.15 distances of two samples away from the first and the last one.
	w.add("late", query.Labels{"id": "checkout"}, []time.Duration{69 * time.Second, 129 * time.Second, 189 * time.Second}, 1000, 1001, 1003)
	w.add("early", query.Labels{"id": "checkout"}, []time.Duration{411 * time.Second, 471 * time.Second, 531 * time.Second}, 1000, 1001, 1003)
	w.add("odd", query.Labels{"id": "a\nb"}, minutes, math.NaN(), math.NaN(), math.NaN(), 1, math.NaN(), math.NaN())
	w.add("odd", query.Labels{"id": "c"}, minutes, 1, 2, 2, 3, 4, 5)
	for i, id := range []string{"a", "b", "c"} {
		values := []float64{1e16, 1, -1e16} // of which floats lose the 1, without care
		w.add("huge", query.Labels{"id": id}, minutes, append(values[i:], values[:i]...)...)
	}
	w.add("short", query.Labels{"id": "checkout"}, minutes[10:], 3, 4, 6)
	w.add("gap", query.Labels{"id": "checkout"}, []time.Duration{0, time.Minute, 2 * time.Minute, 15 * time.Minute, 16 * time.Minute}, 1, 2, 4, 7, 11)
	return w
}
