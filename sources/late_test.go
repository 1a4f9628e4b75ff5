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
		seen int // minutes after the first reading of which events were seen; 0 for none
	}
	for name, test := range map[string]struct {
		known    sources.Sum
		sliced   bool
		gone     bool
		readings []reading
	}{
		"the same":                           {measured(9, 1), false, false, []reading{{0, measured(9, 1), sources.Same, 0}}},
		"more":                               {measured(9, 1), false, false, []reading{{0, measured(12, 1), sources.Believe, 0}}},
		"more, all of it bad":                {measured(9, 1), false, false, []reading{{0, measured(12, 4), sources.Believe, 0}}},
		"never measured":                     {sources.Sum{}, false, false, []reading{{0, measured(0, 0), sources.Believe, 0}}},
		"a gap":                              {measured(9, 1), false, false, []reading{{0, sources.Sum{}, sources.Same, 0}, {20, sources.Sum{}, sources.Same, 0}}},
		"less, twice":                        {measured(9, 1), false, false, []reading{{0, measured(8, 1), sources.Doubt, 0}, {10, measured(8, 1), sources.Believe, 0}}},
		"less, and again too soon":           {measured(9, 1), false, false, []reading{{0, measured(8, 1), sources.Doubt, 0}, {9, measured(8, 1), sources.Doubt, 0}, {10, measured(8, 1), sources.Believe, 0}}},
		"less, and less again":               {measured(9, 1), false, false, []reading{{0, measured(8, 1), sources.Doubt, 0}, {15, measured(7, 1), sources.Doubt, 0}, {24, measured(7, 1), sources.Doubt, 0}, {25, measured(7, 1), sources.Believe, 0}}},
		"less, and then as before":           {measured(9, 1), false, false, []reading{{0, measured(8, 1), sources.Doubt, 0}, {15, measured(9, 1), sources.Same, 0}, {16, measured(8, 1), sources.Doubt, 0}}},
		"less, and then more":                {measured(9, 1), false, false, []reading{{0, measured(8, 1), sources.Doubt, 0}, {15, measured(10, 1), sources.Believe, 0}}},
		"nothing at all":                     {measured(9, 1), false, false, []reading{{0, measured(0, 0), sources.Doubt, 0}, {10, measured(0, 0), sources.Doubt, 0}, {11, measured(0, 0), sources.Believe, 8}}},
		"nothing at all, and then as before": {measured(9, 1), false, false, []reading{{0, measured(0, 0), sources.Doubt, -5}, {10, measured(0, 0), sources.Doubt, -5}, {900, measured(0, 0), sources.Doubt, -1}, {910, measured(9, 1), sources.Same, 905}}},
		"believed, and not kept":             {measured(9, 1), false, false, []reading{{0, measured(8, 1), sources.Doubt, 0}, {10, measured(8, 1), sources.Believe, 0}, {11, measured(8, 1), sources.Believe, 0}}},
		"fewer bad of as many":               {measured(9, 3), false, false, []reading{{0, measured(9, 2), sources.Doubt, 0}}},
		"fewer good, more bad":               {measured(9, 3), false, false, []reading{{0, measured(9, 4), sources.Doubt, 0}}},
		"less, and maybe gone":               {measured(9, 1), false, true, []reading{{0, measured(8, 1), sources.Same, 0}, {10, measured(8, 1), sources.Same, 0}}},
		"a slice that turns good":            {measured(1, 1), true, false, []reading{{0, measured(1, 0), sources.Believe, 0}}},
		"a slice that turns bad":             {measured(1, 0), true, false, []reading{{0, measured(1, 1), sources.Believe, 0}}},
		"a slice without data":               {measured(1, 0), true, false, []reading{{0, measured(0, 0), sources.Doubt, 0}}},
		"more, and maybe gone: there it is":  {measured(9, 1), false, true, []reading{{0, measured(10, 1), sources.Believe, 0}}},
		"less, a gap, and less after a time": {measured(9, 1), false, false, []reading{{0, measured(8, 1), sources.Doubt, 0}, {5, sources.Sum{}, sources.Same, 0}, {11, measured(8, 1), sources.Believe, 0}}},
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
				reading := sources.Reading{SLI: sli, Indicator: "a", Minute: 100, Known: test.known, Read: r.sum, Kept: !test.gone}
				if r.seen != 0 {
					reading.Seen = slo.MinuteAt(start) + slo.Minute(r.seen)
				}
				got := doubts.Judge(reading, start.Add(time.Duration(r.at)*time.Minute))
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
		doubts.Judge(lowered("a", minute), start.Add(time.Duration(i)*time.Minute))
	}
	doubts.Judge(lowered("b", 101), start)
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

// lowered is a minute that was read with fewer events than before.
func lowered(id slo.IndicatorID, minute slo.Minute) sources.Reading {
	return sources.Reading{Indicator: id, Minute: minute, Known: measured(9, 0), Read: measured(8, 0), Kept: true}
}
