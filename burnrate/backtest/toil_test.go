package backtest_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// TestToil counts what people would have been told of.
func TestToil(t *testing.T) {
	t.Parallel()
	night := backtest.Night{From: 22 * 60, To: 7 * 60}
	own := func(owner string, e backtest.Episode) backtest.Episode {
		e.Owner = owner
		return e
	}
	of := func(severity slo.Severity, kind alert.Kind, e backtest.Episode) backtest.Episode {
		e.Severity, e.Kind = severity, kind
		return e
	}
	const hour, day = 60, 1440 // the run begins on a Sunday
	run := &backtest.Run{
		From: minute(0), To: minute(14*day - 1), Minutes: 14 * day,
		Objectives: []backtest.Objective{{ID: "a", Owner: "shop"}, {ID: "b", Owner: "pay"}, {ID: "c", Owner: "calm"}},
		Episodes: []backtest.Episode{
			with(page("b", "28d", 0, hour), func(e *backtest.Episode) { e.Owner, e.Before = "pay", true }),
			own("pay", page("b", "28d", 2*hour, 3*hour)),                                                 // night, weekend, repeated
			own("shop", page("a", "28d", 7*hour, 7*hour+30)),                                             // weekend, short
			own("shop", page("a", "28d", 31*hour+30, 33*hour)),                                           // repeated a day later
			own("shop", page("a", "28d", 57*hour+1, 58*hour)),                                            // a minute more
			own("shop", page("a", "month", 57*hour+1, 58*hour)),                                          // another alert
			own("shop", of(slo.Ticket, alert.Burn, page("a", "28d", 70*hour, 71*hour))),                  // at night, a ticket
			own("shop", of(slo.Page, alert.NoTraffic, page("a", "28d", 5*day+22*hour, -1))),              // Friday night
			own("sre", of(slo.Page, alert.Source, page(alert.SourceID("nr"), "", 5*day+23*hour, 6*day))), // likewise
			with(page("a", "28d", 10*day, 11*day), func(e *backtest.Episode) { e.Observe = true }),       // observed
			with(page("a", "28d", 12*day, 12*day+1), func(e *backtest.Episode) { e.Sent = false }),       // silent
			own("shop", of(slo.Ticket, alert.Budget, page("a", "28d", 13*day+hour, 13*day+2*hour))),      // a ticket
		},
	}
	rate := func(n float64) burnrate.Ratio { return burnrate.RatioOf(n / 2) }
	want := []backtest.Toil{
		{Weeks: 2, Pages: 7, Tickets: 2, PagesPerWeek: rate(7), TicketsPerWeek: rate(2), Night: 3, Weekend: 2, Repeated: 2, Short: 1, Busiest: 2},
		{Owner: "calm", Weeks: 2, PagesPerWeek: rate(0), TicketsPerWeek: rate(0)},
		{Owner: "pay", Weeks: 2, Pages: 1, PagesPerWeek: rate(1), TicketsPerWeek: rate(0), Night: 1, Weekend: 1, Repeated: 1, Busiest: 1},
		{Owner: "shop", Weeks: 2, Pages: 5, Tickets: 2, PagesPerWeek: rate(5), TicketsPerWeek: rate(2), Night: 1, Weekend: 1, Repeated: 1, Short: 1, Busiest: 2},
		{Owner: "sre", Weeks: 2, Pages: 1, PagesPerWeek: rate(1), TicketsPerWeek: rate(0), Night: 1, Busiest: 1},
	}
	if diff := cmp.Diff(want, backtest.ToilOf(run, time.UTC, night), ratios); diff != "" {
		t.Errorf("want/got:\n%s", diff)
	}
}

// TestToilOfAnHour says nothing of a week.
func TestToilOfAnHour(t *testing.T) {
	t.Parallel()
	for minutes, known := range map[int64]bool{60: false, 1439: false, 1440: true} {
		run := &backtest.Run{From: minute(0), To: minute(int(minutes) - 1), Minutes: minutes, Episodes: []backtest.Episode{page("a", "28d", 10, 20)}}
		toil := backtest.ToilOf(run, time.UTC, backtest.Night{})
		if len(toil) != 2 || toil[0].Pages != 1 || toil[0].PagesPerWeek.Defined() != known || toil[0].TicketsPerWeek.Defined() != known {
			t.Errorf("of %d minutes: %+v", minutes, toil)
		}
	}
}

// TestToilByLocalClocks goes by what clocks show, also when they are changed: in Berlin
// they went from 03:00 to 02:00 on 25 October 2026.
func TestToilByLocalClocks(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	night := backtest.Night{From: 22 * 60, To: 7 * 60}
	for _, test := range []struct {
		at             string
		night, weekend int
	}{
		{"2026-10-24T04:59:00Z", 1, 1}, // 06:59 CEST
		{"2026-10-24T05:00:00Z", 0, 1}, // 07:00
		{"2026-10-25T05:59:00Z", 1, 1}, // 06:59 CET
		{"2026-10-25T06:00:00Z", 0, 1},
		{"2026-10-25T20:59:00Z", 0, 1}, // 21:59 CET
		{"2026-10-25T21:00:00Z", 1, 1},
		{"2026-10-25T23:00:00Z", 1, 0}, // Monday
		{"2026-10-23T21:59:00Z", 1, 0}, // Friday 23:59 CEST
		{"2026-10-23T22:00:00Z", 1, 1},
	} {
		at, err := time.Parse(time.RFC3339, test.at)
		if err != nil {
			t.Fatal(err)
		}
		run := day(with(page("a", "28d", 0, 1), func(e *backtest.Episode) { e.Start = at }))
		if got := backtest.ToilOf(run, berlin, night)[0]; got.Night != test.night || got.Weekend != test.weekend {
			t.Errorf("%s: night %d, weekend %d; want %d, %d", test.at, got.Night, got.Weekend, test.night, test.weekend)
		}
	}
	// The busiest day is one of the zone: in UTC these are of two days.
	run := day(page("a", "28d", 23*60, 23*60+30), page("b", "28d", 24*60, 25*60))
	if got := backtest.ToilOf(run, berlin, night)[0].Busiest; got != 2 {
		t.Errorf("the busiest day has %d pages", got)
	}
	if got := backtest.ToilOf(run, time.UTC, night)[0].Busiest; got != 1 {
		t.Errorf("the busiest day of UTC has %d pages", got)
	}
}

// TestParseNight reads times of the day, and says what to write otherwise.
func TestParseNight(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]backtest.Night{
		"22:00-07:00": {From: 1320, To: 420}, "00:30-5:15": {From: 30, To: 315}, "00:00-24:00": {From: 0, To: 1440}, "20:00-24:00": {From: 1200, To: 1440},
		"23:59-00:00": {From: 1439, To: 0},
	} {
		if got, err := backtest.ParseNight(text); err != nil || got != want {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		"":            `"" is not a night`,
		"22-7":        `"22-7" is not a night`,
		"22:00 07:00": `"22:00 07:00" is not a night`,
		"24:00-07:00": "the night 24:00-07:00 begins at no time of the day",
		"22:60-07:00": "the night 22:60-07:00 begins at no time of the day",
		"22:00-24:01": "the night 22:00-24:01 ends at no time of the day",
		"22:00-06:77": "the night 22:00-06:77 ends at no time of the day",
		"07:00-07:00": "the night 07:00-07:00 is empty, or all day long",
	} {
		_, err := backtest.ParseNight(text)
		problem := &slo.Problem{}
		if !errors.As(err, &problem) || problem.Message.String() != want || problem.Hint.Empty() {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// TestNight holds as many minutes of a day as it is long, and reads what it writes.
func TestNight(t *testing.T) {
	t.Parallel()
	for m := range 1440 {
		if (backtest.Night{}).Holds(minute(m)) || (backtest.Night{From: 600, To: 600}).Holds(minute(m)) {
			t.Fatalf("no night holds minute %d", m)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		night := backtest.Night{From: rapid.IntRange(0, 1439).Draw(r, "from"), To: rapid.IntRange(0, 1440).Draw(r, "to")}
		long := 0
		for m := range 1440 {
			if night.Holds(minute(m)) {
				long++
			}
		}
		if want := (night.To - night.From + 1440) % 1440; long != want && (long != 1440 || night.To-night.From != 1440) {
			t.Fatalf("%v holds %d minutes, want %d", night, long, want)
		}
		if night.From == night.To {
			return
		}
		if got, err := backtest.ParseNight(night.String()); err != nil || got != night {
			t.Fatalf("%v is read as %v, %v", night, got, err)
		}
	})
}
