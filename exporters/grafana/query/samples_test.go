package query_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	q "github.com/slojourn/slojourn/exporters/grafana/query"
)

// noon is when the samples of these tests begin.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestSamples(t *testing.T) {
	t.Parallel()
	s := q.NewSamples(time.Hour, "left", "info")
	s.Add("left", q.Labels{"id": "b", "step": ""}, noon, 1)
	s.Add("left", q.Labels{"id": "a"}, noon, 2)
	s.Add("left", q.Labels{"id": "b"}, noon.Add(time.Hour), 3) // the series of the first one
	s.Add("left", q.Labels{"id": "b"}, noon.Add(time.Hour), 4) // not later, so left out
	s.Add("left", q.Labels{"id": "b"}, noon, 5)
	s.Add("other", nil, noon, 6) // not kept
	for _, test := range []struct {
		after time.Duration
		want  []q.Sample
	}{
		{-time.Millisecond, nil},
		{0, []q.Sample{{q.Labels{"id": "a"}, 2}, {q.Labels{"id": "b"}, 1}}},
		{time.Hour - time.Millisecond, []q.Sample{{q.Labels{"id": "a"}, 2}, {q.Labels{"id": "b"}, 1}}},
		{time.Hour, []q.Sample{{q.Labels{"id": "b"}, 3}}},
		{2*time.Hour - time.Millisecond, []q.Sample{{q.Labels{"id": "b"}, 3}}},
		{2 * time.Hour, nil},
	} {
		got, err := s.At(q.Metric("left"), noon.Add(test.after), q.Binding{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("after %v (-want +got)\n%s", test.after, diff)
		}
	}
	got, err := s.Between(q.Metric("left"), noon, noon.Add(2*time.Hour), time.Hour, q.Binding{})
	if err != nil {
		t.Fatal(err)
	}
	want := []q.Series{
		{Labels: q.Labels{"id": "a"}, Points: []q.Point{{noon, 2}}},
		{Labels: q.Labels{"id": "b"}, Points: []q.Point{{noon, 1}, {noon.Add(time.Hour), 3}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got, err := s.At(q.Metric("info"), noon, q.Binding{}); len(got) > 0 || err != nil {
		t.Errorf("a metric without samples: %v, error %v", got, err)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	s := q.NewSamples(time.Minute, "left")
	for name, test := range map[string]struct {
		expr q.Expr
		step time.Duration
		want string
	}{
		"not kept":       {q.By(q.Sum, q.Metric("other")), time.Minute, "query: other: samples of other are not kept: name it to NewSamples"},
		"nothing":        {nil, time.Minute, "query: a part of the expression is missing (nil)"},
		"nothing inside": {q.With(q.Metric("left"), q.Plus, nil), time.Minute, "query: a part of the expression is missing (nil)"},
		"name":           {q.Metric("left", q.Is("__name__", "x")), time.Minute, `query: left{__name__="x"}: the name of a metric is not a label here: take Select.Metric`},
		"no step":        {q.Metric("left"), 0, "query: a step of 0s: the least is 1ms"},
	} {
		_, err := s.Between(test.expr, noon, noon.Add(time.Hour), test.step, q.Binding{})
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: error %v, want %s", name, err, test.want)
		}
	}
}

// TestOrderOfOr has what is right of an Or among the rest, by labels, though what is left of
// it is ordered by value.
func TestOrderOfOr(t *testing.T) {
	t.Parallel()
	s := q.NewSamples(time.Hour)
	for i, id := range []string{"a", "b", "c"} {
		s.Add("left", q.Labels{"id": id}, noon, float64(i))
	}
	s.Add("other", q.Labels{"id": "aa"}, noon, 3)
	got, err := s.At(q.With(q.Best(q.Top, 3, q.Metric("left")), q.Or, q.Metric("other")), noon, q.Binding{})
	if err != nil {
		t.Fatal(err)
	}
	want := []q.Sample{{q.Labels{"id": "a"}, 0}, {q.Labels{"id": "aa"}, 3}, {q.Labels{"id": "b"}, 1}, {q.Labels{"id": "c"}, 2}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestConcurrent reads the same samples from several goroutines.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	s := fleet(10, 10)
	e := q.With(q.By(q.Max, q.Metric("left"), "id", "objective"), q.Times, q.Metric("info"), "id").Taking("owner")
	want, err := s.Between(e, noon, noon.Add(10*time.Hour), time.Hour, q.Binding{})
	if err != nil || len(want) != 10 {
		t.Fatalf("%d series, error %v", len(want), err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			got, err := s.Between(e, noon, noon.Add(10*time.Hour), time.Hour, q.Binding{})
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("error %v, (-want +got)\n%s", err, diff)
			}
		})
	}
	all.Wait()
}

// fleet has some series of left, an hour apart, and who owns them.
func fleet(series, points int) *q.Samples {
	s := q.NewSamples(time.Hour)
	for i := range series {
		id := fmt.Sprintf("journey-%d/step", i)
		left := q.Labels{"id": id, "journey": strings.TrimSuffix(id, "/step"), "step": "step", "objective": "28d"}
		info := q.Labels{"id": id, "owner": fmt.Sprintf("team-%d", i%7), "title": "The title of " + id}
		for k := range points {
			at := noon.Add(time.Duration(k) * time.Hour)
			s.Add("left", left, at, float64((i*31+k*17)%1000)/1000)
			s.Add("info", info, at, 1)
		}
	}
	return s
}

// BenchmarkBetween evaluates 200 instants of 1,000 series.
func BenchmarkBetween(b *testing.B) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := fleet(1000, 200)
	runtime.GC()
	runtime.ReadMemStats(&after)
	perPoint := float64(after.HeapAlloc-before.HeapAlloc) / (2 * 1000 * 200)
	left := q.Metric("left")
	for _, test := range []struct {
		name string
		expr q.Expr
	}{
		{"select", left},
		{"sum", q.By(q.Sum, left)},
		{"max by", q.By(q.Max, left, "id", "objective")},
		{"topk", q.Best(q.Top, 10, left)},
		{"average", q.Over{Function: q.Average, Of: left, Length: q.Length{Fixed: 24 * time.Hour}}},
		{"join", q.With(q.By(q.Max, left, "id", "objective"), q.Times, q.By(q.Max, q.Metric("info"), "id", "owner"), "id").Taking("owner")},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Between(test.expr, noon, noon.Add(199*time.Hour), time.Hour, q.Binding{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(perPoint, "B/point")
		})
	}
}
