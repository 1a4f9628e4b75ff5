package query_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	q "github.com/slojourn/slojourn/exporters/grafana/query"
)

// TestMatchersOfMany selects series of a fleet in ways that can be looked up, and ways that
// have to be compared with each: what is selected is the same.
func TestMatchersOfMany(t *testing.T) {
	t.Parallel()
	s := fleet(30, 1)
	all, err := s.At(q.Metric("info"), noon, q.Binding{})
	if err != nil || len(all) != 30 {
		t.Fatalf("%d series, error %v", len(all), err)
	}
	with := q.Binding{Variables: map[string]string{"one": "team-3", "some": "team-1|team-5", "none": "team-9", "all": ".*", "dotted": `team\-2`}}
	for _, matchers := range [][]q.Matcher{
		{q.Is("id", "journey-7/step")},
		{q.Is("id", "journey-7")},
		{q.Is("owner", "")},
		{q.Is("team", "")},
		{q.IsNot("owner", "team-3")},
		{q.Like("id", "journey-7/step|journey-17/step")},
		{q.Like("id", "journey-7/step|journey-7/step")},
		{q.Like("id", "journey-7/step|")},
		{q.Like("team", "red|")},
		{q.Like("id", "journey-1./step")},
		{q.Like("id", "journey-2|journey-2/step")},
		{{Label: "id", Pattern: "journey-7/step|journey-17/step", Not: true}},
		{q.Chosen("owner", "one")},
		{q.Chosen("owner", "some")},
		{q.Chosen("owner", "none")},
		{q.Chosen("owner", "all")},
		{q.Chosen("owner", "dotted")},
		{q.Chosen("owner", "not there")},
		{q.Is("owner", "team-3"), q.Like("id", "journey-3/step|journey-4/step|journey-10/step")},
		{q.Like("id", "journey-3/step|journey-4/step"), q.Is("owner", "team-3"), q.Is("team", "")},
	} {
		var want []q.Sample
		for _, sample := range all {
			fits := true
			for _, m := range matchers {
				value := sample.Labels[m.Label]
				is := value == m.Value
				if pattern, chosen := with.Variables[m.Variable]; m.Pattern != "" || m.Variable != "" {
					if m.Variable == "" {
						pattern = m.Pattern
					} else if !chosen {
						pattern = ".*"
					}
					is = regexp.MustCompile("^(?:" + pattern + ")$").MatchString(value)
				}
				fits = fits && is != m.Not
			}
			if fits {
				want = append(want, sample)
			}
		}
		e := q.Metric("info", matchers...)
		got, err := s.At(e, noon, with)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", q.PromQL(e), diff)
		}
	}
}

// TestOrderOfAdding adds the same samples in the same order at each instant, in others, with
// series that come and go, and with labels in any order: all are kept, of the right series.
func TestOrderOfAdding(t *testing.T) {
	t.Parallel()
	const series, points = 30, 8
	random := rand.New(rand.NewPCG(1, 2))
	add := func(s *q.Samples, i, k int, swapped bool) {
		labels := []q.Label{{Name: "id", Value: fmt.Sprint("slo-", i%10)}, {Name: "journey", Value: ""}, {Name: "window", Value: []string{"1h", "6\xff", ""}[i/10]}}
		if swapped {
			labels[0], labels[2] = labels[2], labels[0]
		}
		s.AddLabels("left", labels, noon.Add(time.Duration(k)*time.Hour), float64(100*i+k))
	}
	there := func(i, k int) bool { return (i+k)%5 != 0 }
	want := q.NewSamples(time.Hour)
	for i := range series {
		for k := range points {
			if there(i, k) {
				want.Add("left", q.Labels{"id": fmt.Sprint("slo-", i%10), "window": []string{"1h", "6\ufffd", ""}[i/10]}, noon.Add(time.Duration(k)*time.Hour), float64(100*i+k))
			}
		}
	}
	read := func(s *q.Samples) []q.Series {
		t.Helper()
		found, err := s.Between(q.Metric("left"), noon, noon.Add(points*time.Hour), time.Hour, q.Binding{})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for _, expected := range []int{0, 3, points} {
		for name, order := range map[string]func() []int{
			"same": func() []int {
				list := make([]int, series)
				for i := range list {
					list[i] = i
				}
				return list
			},
			"random": func() []int { return random.Perm(series) },
		} {
			got := q.NewSamples(time.Hour)
			got.Expect(expected)
			for k := range points {
				for _, i := range order() {
					if there(i, k) {
						add(got, i, k, name == "random" && random.IntN(2) == 0)
						add(got, i, k, false) // twice, as of two replicas
					}
				}
			}
			if diff := cmp.Diff(read(want), read(got)); diff != "" {
				t.Errorf("in the %s order, expecting %d (-want +got)\n%s", name, expected, diff)
			}
		}
	}
}

// TestKeepNewest has all samples of what is read later, and the last one of the rest.
func TestKeepNewest(t *testing.T) {
	t.Parallel()
	s := q.NewSamples(time.Hour)
	s.Expect(3)
	s.KeepNewest("info")
	for k := range 3 {
		for _, name := range []string{"info", "left"} {
			s.Add(name, q.Labels{"id": "a"}, noon.Add(time.Duration(k)*time.Hour), float64(k))
		}
	}
	s.Add("info", q.Labels{"id": "a"}, noon, 9) // not later, so left out
	for metric, want := range map[string][]float64{"info": {2}, "left": {0, 1, 2}} {
		found, err := s.Between(q.Metric(metric), noon, noon.Add(2*time.Hour), time.Hour, q.Binding{})
		if err != nil {
			t.Fatal(err)
		}
		var got []float64
		for _, one := range found {
			for _, p := range one.Points {
				got = append(got, p.Value)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", metric, diff)
		}
	}
}

func TestLooksBack(t *testing.T) {
	t.Parallel()
	left, before := q.Metric("left"), q.Metric("left").Ago(time.Hour)
	for _, test := range []struct {
		expr q.Expr
		want bool
	}{
		{left, false},
		{q.Now{}, false},
		{q.Number(1), false},
		{before, true},
		{q.By(q.Sum, left), false},
		{q.By(q.Sum, before), true},
		{q.With(left, q.Minus, left), false},
		{q.With(left, q.Minus, before), true},
		{q.With(before, q.Minus, left), true},
		{q.Replace{Of: left, Label: "a"}, false},
		{q.Replace{Of: before, Label: "a"}, true},
		{q.Over{Function: q.Last, Of: left, Length: q.Length{Built: q.Step}}, true},
	} {
		if got := q.LooksBack(test.expr); got != test.want {
			t.Errorf("%s: %v, want %v", q.PromQL(test.expr), got, test.want)
		}
	}
}
