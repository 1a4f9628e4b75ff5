package draft

import (
	"slices"
	"testing"

	"github.com/slojourn/slojourn/slo"
)

func weekOf(hours ...slo.Counts) Week { return Week{Start: 600, Hours: hours, Unit: 1} }

// steady is a week of equal hours.
func steady(total, bad int64) Week {
	return weekOf(slices.Repeat([]slo.Counts{{Total: total, Bad: bad}}, 7*24)...)
}

// TestShare cuts and never rounds, so that 100% is nothing but that.
func TestShare(t *testing.T) {
	t.Parallel()
	for counts, want := range map[slo.Counts]string{
		{}:                            "–",
		{Total: 10}:                   "100%",
		{Total: 10, Bad: 10}:          "0%",
		{Total: 1000, Bad: 1}:         "99.9%",
		{Total: 3, Bad: 1}:            "66.66%",
		{Total: 1_000_000, Bad: 1}:    "99.99%",
		{Total: 100_000, Bad: 7}:      "99.99%",
		{Total: 100_000, Bad: 12}:     "99.98%",
		{Total: 1_000_000, Bad: 5000}: "99.5%",
	} {
		if got := Share(counts); got != want {
			t.Errorf("%+v: got %s, want %s", counts, got, want)
		}
	}
}

// TestWorst is the hour with the largest share of bad events, and the first of several;
// hours without events are none.
func TestWorst(t *testing.T) {
	t.Parallel()
	w := weekOf(slo.Counts{Total: 100, Bad: 5}, slo.Counts{}, slo.Counts{Total: 10, Bad: 1}, slo.Counts{Total: 20, Bad: 2})
	begin, counts, found := w.Worst()
	if !found || begin != 600+2*HourMinutes || counts != (slo.Counts{Total: 10, Bad: 1}) {
		t.Errorf("got %d %+v %t", begin, counts, found)
	}
	if _, _, found := weekOf(slo.Counts{Total: 100}, slo.Counts{}).Worst(); found {
		t.Error("an hour is the worst, and nothing was bad")
	}
	if w.End() != 600+4*HourMinutes || w.Total() != 130 {
		t.Errorf("ends at %d, with %d", w.End(), w.Total())
	}
}

// TestComposed multiplies what was good: 0.99 × 0.98 = 0.9702.
func TestComposed(t *testing.T) {
	t.Parallel()
	for want, weeks := range map[string][]Week{
		"97.02%": {weekOf(slo.Counts{Total: 100, Bad: 1}), weekOf(slo.Counts{Total: 100, Bad: 2}), weekOf(slo.Counts{})},
		"0%":     {weekOf(slo.Counts{Total: 100, Bad: 100}), weekOf(slo.Counts{Total: 100, Bad: 2})},
		"100%":   {weekOf(slo.Counts{Total: 100})},
		"–":      {weekOf(slo.Counts{})},
	} {
		if got := Composed(weeks); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestSuggest proposes the strictest of the usual targets that was met and that allows
// ten bad events in the window.
func TestSuggest(t *testing.T) {
	t.Parallel()
	const window = 28 * 24 * 60
	tests := map[string]struct {
		weeks []Week
		want  string // "" for none
	}{
		"met with a fifth left":    {[]Week{steady(100_000, 79)}, "99.9%"},
		"just met":                 {[]Week{steady(100_000, 90)}, "99.8%"},
		"nothing failed":           {[]Week{steady(100_000, 0)}, "99.99%"},
		"series":                   {[]Week{steady(100_000, 70), steady(100_000, 70)}, "99.8%"}, // 99.86%
		"one a minute":             {[]Week{steady(60, 0)}, "99.95%"},                           // 40,320 allow 20, 4 would be too few
		"thirty an hour":           {[]Week{steady(30, 0)}, "99.95%"},                           // 20,160 allow 10
		"one an hour":              {[]Week{steady(1, 0)}, "98%"},                               // 672 allow 13
		"the fewest decide":        {[]Week{steady(100_000, 0), steady(1, 0)}, "98%"},
		"nearly none":              {[]Week{weekOf(append(slices.Repeat([]slo.Counts{{}}, 167), slo.Counts{Total: 1})...)}, "50%"}, // 4 in the window
		"bad":                      {[]Week{steady(1000, 310)}, "60%"},
		"more bad than good":       {[]Week{steady(1000, 600)}, ""},
		"no events":                {[]Week{steady(0, 0)}, ""},
		"nothing known":            {nil, ""},
		"a step without any event": {[]Week{steady(100_000, 70), steady(0, 0)}, "99.9%"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, found := Suggest(test.weeks, window)
			if got != test.want || found != (test.want != "") {
				t.Errorf("got %q %t, want %q", got, found, test.want)
			}
		})
	}
}

// TestSuggestWeighs counts events and not thousandths.
func TestSuggestWeighs(t *testing.T) {
	t.Parallel()
	w := steady(1*slo.Thousandths, 0)
	w.Unit = slo.Thousandths
	if got, _ := Suggest([]Week{w}, 28*24*60); got != "98%" {
		t.Errorf("got %s", got)
	}
}
