package sources_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

func TestLookback(t *testing.T) {
	t.Parallel()
	const day = slo.Minute(20_000 * 24 * 60)
	for _, test := range []struct {
		previous, end slo.Minute
		lateness      time.Duration
		want          int64
	}{
		{day + 1, day + 2, 6 * time.Hour, 3},
		{day + 4, day + 5, 6 * time.Hour, 15},
		{day + 9, day + 10, 6 * time.Hour, 15},
		{day + 14, day + 15, 6 * time.Hour, 60},
		{day + 59, day + 60, 6 * time.Hour, 360},
		{day + 59, day + 60, 90 * time.Second, 60},
		{day + 59, day + 60, 90*time.Minute + time.Second, 91},
		{day - 1, day, 6 * time.Hour, 2880},
		{day - 1, day, 72 * time.Hour, 4320},
		{day + 5, day + 9, 6 * time.Hour, 3}, // nothing was due
		{day + 4, day + 10, 6 * time.Hour, 15},
		{day + 58, day + 62, 6 * time.Hour, 360}, // the tick of the hour was missed
		{day - 100, day + 3, 6 * time.Hour, 2880},
		{day + 7, day + 7, 6 * time.Hour, 3},
	} {
		if got := sources.Lookback(test.previous, test.end, test.lateness); got != test.want {
			t.Errorf("from %d to %d with lateness %s: %d minutes, want %d", test.previous-day, test.end-day, test.lateness, got, test.want)
		}
	}
}

func measured(total, bad int64) sources.Sum {
	c := slo.Counts{Total: total, Bad: bad}
	return sources.Sum{Counts: c, Rows: c, Minutes: 1}
}

func TestChanged(t *testing.T) {
	t.Parallel()
	known := []sources.Sum{measured(5, 0), measured(7, 0), {}, measured(0, 0), measured(9, 0)}
	read := []sources.Sum{measured(5, 0), measured(8, 0), measured(0, 0), measured(0, 0), {}, measured(1, 0), measured(0, 0)}
	want := []slo.Span{{Start: 101, End: 103}, {Start: 105, End: 107}}
	if diff := cmp.Diff(want, sources.Changed(100, known, read)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := sources.Changed(100, known, nil); got != nil {
		t.Errorf("nothing read gives %v", got)
	}
}

// TestDoubts reads one minute several times. Each reading says how many minutes
// after the first it is.
func TestDoubts(t *testing.T) {
	t.Parallel()
	type reading struct {
		at   int
		sum  sources.Sum
		want sources.Verdict
	}
	for name, test := range map[string]struct {
		known    sources.Sum
		sliced   bool
		gone     bool
		readings []reading
	}{
		"the same":                           {measured(9, 1), false, false, []reading{{0, measured(9, 1), sources.Same}}},
		"more":                               {measured(9, 1), false, false, []reading{{0, measured(12, 1), sources.Believe}}},
		"more, all of it bad":                {measured(9, 1), false, false, []reading{{0, measured(12, 4), sources.Believe}}},
		"never measured":                     {sources.Sum{}, false, false, []reading{{0, measured(0, 0), sources.Believe}}},
		"a gap":                              {measured(9, 1), false, false, []reading{{0, sources.Sum{}, sources.Same}, {20, sources.Sum{}, sources.Same}}},
		"less, twice":                        {measured(9, 1), false, false, []reading{{0, measured(8, 1), sources.Doubt}, {10, measured(8, 1), sources.Believe}}},
		"less, and again too soon":           {measured(9, 1), false, false, []reading{{0, measured(8, 1), sources.Doubt}, {9, measured(8, 1), sources.Doubt}, {10, measured(8, 1), sources.Believe}}},
		"less, and less again":               {measured(9, 1), false, false, []reading{{0, measured(8, 1), sources.Doubt}, {15, measured(7, 1), sources.Doubt}, {24, measured(7, 1), sources.Doubt}, {25, measured(7, 1), sources.Believe}}},
		"less, and then as before":           {measured(9, 1), false, false, []reading{{0, measured(8, 1), sources.Doubt}, {15, measured(9, 1), sources.Same}, {16, measured(8, 1), sources.Doubt}}},
		"less, and then more":                {measured(9, 1), false, false, []reading{{0, measured(8, 1), sources.Doubt}, {15, measured(10, 1), sources.Believe}}},
		"nothing at all":                     {measured(9, 1), false, false, []reading{{0, measured(0, 0), sources.Doubt}, {10, measured(0, 0), sources.Believe}}},
		"fewer bad of as many":               {measured(9, 3), false, false, []reading{{0, measured(9, 2), sources.Doubt}}},
		"fewer good, more bad":               {measured(9, 3), false, false, []reading{{0, measured(9, 4), sources.Doubt}}},
		"less, and maybe gone":               {measured(9, 1), false, true, []reading{{0, measured(8, 1), sources.Same}, {10, measured(8, 1), sources.Same}}},
		"a slice that turns good":            {measured(1, 1), true, false, []reading{{0, measured(1, 0), sources.Believe}}},
		"a slice that turns bad":             {measured(1, 0), true, false, []reading{{0, measured(1, 1), sources.Believe}}},
		"a slice without data":               {measured(1, 0), true, false, []reading{{0, measured(0, 0), sources.Doubt}}},
		"more, and maybe gone: there it is":  {measured(9, 1), false, true, []reading{{0, measured(10, 1), sources.Believe}}},
		"less, a gap, and less after a time": {measured(9, 1), false, false, []reading{{0, measured(8, 1), sources.Doubt}, {5, sources.Sum{}, sources.Same}, {11, measured(8, 1), sources.Believe}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var doubts sources.Doubts
			sli := slo.SLI{}
			if test.sliced {
				sli.Slice = &slo.Slice{}
			}
			start := time.Date(2026, 3, 4, 8, 0, 0, 0, time.UTC)
			for i, r := range test.readings {
				got := doubts.Judge(sli, "a", 100, test.known, r.sum, !test.gone, start.Add(time.Duration(r.at)*time.Minute))
				if got != r.want {
					t.Errorf("reading %d after %d minutes: verdict %d, want %d", i, r.at, got, r.want)
				}
			}
		})
	}
}

// TestDoubtsAgain lists what is to be read once more, and only when it is time.
func TestDoubtsAgain(t *testing.T) {
	t.Parallel()
	var doubts sources.Doubts
	start := time.Date(2026, 3, 4, 8, 0, 0, 0, time.UTC)
	for i, minute := range []slo.Minute{103, 101, 102} {
		doubts.Judge(slo.SLI{}, "a", minute, measured(9, 0), measured(8, 0), true, start.Add(time.Duration(i)*time.Minute))
	}
	doubts.Judge(slo.SLI{}, "b", 101, measured(9, 0), measured(8, 0), true, start)
	if got := doubts.Again(start.Add(9 * time.Minute)); len(got) > 0 {
		t.Errorf("too soon: %v", got)
	}
	want := map[slo.IndicatorID][]slo.Minute{"a": {101, 103}, "b": {101}}
	if diff := cmp.Diff(want, doubts.Again(start.Add(11*time.Minute))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	doubts.Forget(103)
	if diff := cmp.Diff(map[slo.IndicatorID][]slo.Minute{"a": {103}}, doubts.Again(start.Add(time.Hour))); diff != "" {
		t.Errorf("after forgetting (-want +got):\n%s", diff)
	}
}
