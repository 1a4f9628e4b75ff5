package newrelic

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo"
)

// risingCuts draws minutes in ascending order, of one of the kinds that there
// are: any, windows laid back from one end, and such as lie close together.
func risingCuts(t *rapid.T, label string, first, last slo.Minute) []slo.Minute {
	var cuts []slo.Minute
	switch rapid.IntRange(0, 2).Draw(t, label+" kind") {
	case 0:
		for _, m := range rapid.SliceOfN(rapid.Int64Range(int64(first), int64(last)), 0, 15).Draw(t, label) {
			cuts = append(cuts, slo.Minute(m))
		}
	case 1:
		end := slo.Minute(rapid.Int64Range(int64(first), int64(last)).Draw(t, label+" end"))
		cuts = append(cuts, end)
		windows := []slo.Minute{5, 30, 60, 120, 360, 1440, 4320, 10080, 40320}
		for _, w := range rapid.SliceOf(rapid.SampledFrom(windows)).Draw(t, label+" windows") {
			cuts = append(cuts, max(first, end-w))
		}
	case 2:
		m := first
		step := rapid.Int64Range(1, 3)
		for range rapid.IntRange(0, 800).Draw(t, label+" length") {
			if m += slo.Minute(step.Draw(t, "step")); m > last {
				break
			}
			cuts = append(cuts, m)
		}
	}
	slices.Sort(cuts)
	return slices.Compact(cuts)
}

func TestPlanCoversTheCuts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cuts := risingCuts(t, "cuts", start, start+100_000)
		pieces := plan(slices.Clone(cuts))
		if len(cuts) < 2 {
			if len(pieces) > 0 {
				t.Fatalf("plan(%v) = %v, want nothing", cuts, pieces)
			}
			return
		}
		// From the end backwards, each piece begins where the next one ends.
		end := cuts[len(cuts)-1]
		for _, p := range pieces {
			if p.span.End != end || p.span.Len() == 0 {
				t.Fatalf("plan(%v): the piece %v does not end with %d", cuts, p, end)
			}
			end = p.span.Start
			if p.bucket < 1 || p.span.Len()%p.bucket != 0 || p.buckets() > 366 {
				t.Fatalf("plan(%v): the piece %v has %d buckets", cuts, p, p.buckets())
			}
			if !slices.Contains(cuts, p.span.Start) {
				t.Fatalf("plan(%v): the piece %v begins at no cut", cuts, p)
			}
			for _, cut := range cuts {
				if inside := p.span.Start <= cut && cut <= p.span.End; inside && int64(p.span.End-cut)%p.bucket != 0 {
					t.Fatalf("plan(%v): the cut %d lies within a bucket of %v", cuts, cut, p)
				}
			}
		}
		if end != cuts[0] {
			t.Fatalf("plan(%v) begins with %d", cuts, end)
		}
	})
}

func TestPlan(t *testing.T) {
	t.Parallel()
	const end = start + 50_000
	back := func(minutes ...slo.Minute) []slo.Minute {
		cuts := []slo.Minute{end}
		for _, m := range minutes {
			cuts = append(cuts, end-m)
		}
		slices.Sort(cuts)
		return cuts
	}
	between := func(from, to slo.Minute) slo.Span { return slo.Span{Start: end - from, End: end - to} }
	every := func(n, width slo.Minute) []slo.Minute {
		var minutes []slo.Minute
		for m := width; m <= n*width; m += width {
			minutes = append(minutes, m)
		}
		return back(minutes...)
	}
	for _, test := range []struct {
		name string
		cuts []slo.Minute
		want []piece
	}{
		{"none", nil, nil},
		{"one", back(), nil},
		{"one span", back(40_320), []piece{{between(40_320, 0), 40_320}}},
		{
			"the windows of the comment", back(5, 30, 60, 120, 360, 1440, 4320, 40_320),
			[]piece{{between(1440, 0), 5}, {between(40_320, 1440), 1440}},
		},
		{"366 buckets", every(366, 1), []piece{{between(366, 0), 1}}},
		{"367 buckets", every(367, 1), []piece{{between(366, 0), 1}, {between(367, 366), 1}}},
		{"a first event at an odd minute", back(5, 60, 361), []piece{{between(361, 0), 1}}},
		{"a first event too far away", back(5, 60, 367), []piece{{between(60, 0), 5}, {between(367, 60), 307}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, plan(test.cuts), cmp.AllowUnexported(piece{})); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	example := plan(back(5, 30, 60, 120, 360, 1440, 4320, 40_320))
	if example[0].buckets() != 288 || example[1].buckets() != 27 {
		t.Errorf("the example of the comment has %d and %d buckets, want 288 and 27", example[0].buckets(), example[1].buckets())
	}
}
