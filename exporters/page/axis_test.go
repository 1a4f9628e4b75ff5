package page

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
)

func builderOf(t *testing.T, from, to time.Time, zone string, locale slo.Locale) *builder {
	t.Helper()
	doc := report.Backtest{From: from, To: to, TimeZone: zone, Runs: []report.BacktestRun{{}}}
	b, err := newBuilder(&doc, locale)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTicks has lines at midnights, Mondays and firsts of the zone, also where clocks
// are changed.
func TestTicks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, zone string
		from, to   time.Time
		locale     slo.Locale
		want       string // where, in percent, and labels
	}{
		{"ten hours", "UTC", at(1, 0, 0), at(1, 10, 0), slo.English, "0.00% 1 Nov, 10.00% 01:00, 20.00% 02:00, 30.00% 03:00, 40.00% 04:00, 50.00% 05:00, 60.00% 06:00, 70.00% 07:00, 80.00% 08:00, 90.00% 09:00, 100.00% "},
		{"two days", "Asia/Tokyo", at(1, 15, 0), at(3, 15, 0), slo.Japanese, "0.00% 11/2, 12.50% 06:00, 25.00% 12:00, 37.50% 18:00, 50.00% 11/3, 62.50% 06:00, 75.00% 12:00, 87.50% 18:00, 100.00% "},
		{"clocks are put back", "Europe/Berlin", at(1, 0, 0).AddDate(0, 0, -8), at(1, 0, 0).AddDate(0, 0, -6), slo.English, "8.33% 06:00, 20.83% 12:00, 33.33% 18:00, 45.83% 25 Oct, 60.42% 06:00, 72.92% 12:00, 85.42% 18:00, 97.92% "},
		{"midnight is left out", "America/Sao_Paulo", time.Date(2018, 11, 3, 21, 0, 0, 0, time.UTC), time.Date(2018, 11, 4, 7, 0, 0, 0, time.UTC), slo.English, "0.00% 18:00, 10.00% 19:00, 20.00% 20:00, 30.00% 21:00, 40.00% 22:00, 50.00% 23:00, 60.00% 4 Nov, 70.00% 02:00, 80.00% 03:00, 90.00% 04:00, 100.00% "},
		{"weeks", "UTC", at(1, 0, 0), at(29, 0, 0), slo.English, "3.57% 2 Nov, 28.57% 9 Nov, 53.57% 16 Nov, 78.57% 23 Nov"},
		{"a year", "UTC", at(1, 0, 0).AddDate(-1, 0, 0), at(1, 0, 0), slo.Japanese, "16.71% 2026年1月, 41.37% 2026年4月, 66.30% 2026年7月, 91.51% "},
	} {
		var got []string
		for _, tick := range builderOf(t, test.from, test.to, test.zone, test.locale).ticks() {
			got = append(got, tick.X+" "+tick.Label)
		}
		if diff := cmp.Diff(test.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestTicksOfAnySpan never has many lines, nor labels that lie on one another.
func TestTicksOfAnySpan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		from := time.Unix(rapid.Int64Range(0, 2_000_000_000).Draw(r, "from"), 0)
		to := from.Add(time.Duration(rapid.Int64Range(0, 20*366*24*60).Draw(r, "minutes")) * time.Minute)
		zone := rapid.SampledFrom([]string{"UTC", "Asia/Tokyo", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu"}).Draw(r, "zone")
		b := builderOf(t, from, to, zone, rapid.SampledFrom(locales()).Draw(r, "locale"))
		ticks := b.ticks()
		if len(ticks) > mostTicks+1 {
			r.Fatalf("%d lines", len(ticks))
		}
		if !slices.IsSortedFunc(ticks, func(x, y tick) int { return int(1000 * (position(t, x.X) - position(t, y.X))) }) {
			r.Fatalf("they go back: %v", ticks)
		}
		right := 0.0
		for _, tick := range ticks {
			if left := position(t, tick.X) * narrowest / 100; tick.Label != "" {
				if left < right-0.1 {
					r.Fatalf("labels lie on one another: %v", ticks)
				}
				right = left + float64(term.Width(tick.Label))*letter
			}
		}
	})
}

func position(t *testing.T, percent string) float64 {
	t.Helper()
	d, err := time.ParseDuration(strings.TrimSuffix(percent, "%") + "s")
	if err != nil {
		t.Fatal(err)
	}
	return d.Seconds()
}

// TestBands has incidents in the order of the table, with labels where there is room.
func TestBands(t *testing.T) {
	t.Parallel()
	b := builderOf(t, at(1, 0, 0), at(29, 0, 0), "UTC", slo.English)
	incident := func(name string, from, to time.Time) backtest.IncidentFound {
		return backtest.IncidentFound{Name: name, From: from, To: to, Expect: slo.Page}
	}
	quiet := incident("quiet", at(4, 0, 0), at(5, 0, 0))
	quiet.Expect = ""
	outside := incident("before", at(1, 0, 0).AddDate(0, 0, -2), at(1, 0, 0).AddDate(0, 0, -1))
	outside.Outside = true
	b.last.Judgement = &backtest.Judgement{Incidents: []backtest.IncidentFound{
		incident("late", at(28, 0, 0), at(30, 0, 0)), outside, incident("one", at(4, 0, 0), at(5, 0, 0)), quiet, incident("two", at(4, 1, 0), at(4, 1, 0)),
		incident("three", at(4, 2, 0), at(5, 0, 0)), incident("four", at(4, 3, 0), at(5, 0, 0)),
	}}
	var tl timeline
	b.bands(&tl)
	lines := b.labelLines()
	var got []string
	for _, c := range tl.Bands {
		got = append(got, strings.Join([]string{c.X, c.Width, c.End, c.Class, c.Anchor, c.Label}, " "))
	}
	want := []string{
		"10.71% 3.57% 14.29% band start 3 one", "10.71% 3.57% 14.29% band quiet end 4 quiet", "10.86% 0.00% 10.86% band start 5 two", "11.01% 3.27% 14.29% band start 6 three",
		"11.16% 3.12% 14.29% band  ", "96.43% 3.57% 100.00% band end 1 late",
	}
	if diff := cmp.Diff(want, got); diff != "" || lines != mostLabelLines || !tl.bands || !tl.quietBands {
		t.Errorf("in %d lines (-want +got):\n%s", lines, diff)
	}
}

// TestLabelsOfBands never lie on one another, and lie in the picture.
func TestLabelsOfBands(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		xs := rapid.SliceOfN(rapid.Float64Range(0, narrowest), 1, 40).Draw(r, "xs")
		slices.Sort(xs)
		var texts []labelText
		for n, x := range xs {
			number := count(int64(n + 1))
			texts = append(texts, labelText{x, number, number + " " + rapid.StringMatching(`[a-z停止]{1,60}`).Draw(r, "name"), rapid.Bool().Draw(r, "first")})
		}
		bands := make([]band, len(xs))
		placeLabels(bands, texts, rapid.IntRange(1, mostLabelLines).Draw(r, "lines"))
		lines := map[int][][2]float64{}
		for n, c := range bands {
			if c.Label == "" {
				continue
			}
			if !strings.HasPrefix(c.Label, texts[n].number) {
				r.Fatalf("%q does not begin with %s", c.Label, texts[n].number)
			}
			left, width := xs[n], float64(term.Width(c.Label))*letter
			if c.Anchor == "end" {
				left -= width
			}
			if left < 0 || left+width > narrowest {
				r.Fatalf("%q lies at %g to %g", c.Label, left, left+width)
			}
			for _, other := range lines[c.LabelY] {
				if left < other[1] && other[0] < left+width {
					r.Fatalf("%q lies at %g to %g, where another one does", c.Label, left, left+width)
				}
			}
			lines[c.LabelY] = append(lines[c.LabelY], [2]float64{left, left + width})
		}
	})
}
