package burnrate_test

import (
	"math"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
)

func TestTimeToSpend(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		window string
		burn   float64
		want   time.Duration
		ok     bool
	}{
		{"30d", 1, 30 * 24 * time.Hour, true},
		{"month", 2, 15 * 24 * time.Hour, true},
		{"30d", 1000, 43*time.Minute + 12*time.Second, true},
		{"30d", 100_000, 25 * time.Second, true}, // of 25.92
		{"28d", 0.5, 56 * 24 * time.Hour, true},
		{"28d", 0, 0, false},
		{"28d", -1, 0, false},
		{"28d", 1e-9, 0, false}, // in 77 million years
		{"28d", math.NaN(), 0, false},
	} {
		if got, ok := burnrate.TimeToSpend(window(t, test.window), test.burn); got != test.want || ok != test.ok {
			t.Errorf("%s at %v: %v, %t; want %v, %t", test.window, test.burn, got, ok, test.want, test.ok)
		}
	}
}

func TestForecast(t *testing.T) {
	t.Parallel()
	burn := burnrate.RatioOf
	for _, test := range []struct {
		name    string
		outlook burnrate.Outlook
		want    burnrate.Forecast // without End
		end     burnrate.BudgetState
		left    float64 // of the budget at the end
	}{
		{"rolling", burnrate.Outlook{Rolling: true, Allowed: 403.2, Spent: 3.2, Pace: 2, Burn: burn(200)}, burnrate.Forecast{Exhausts: true, Exhaustion: 200 * time.Minute, Earliest: true}, "", 0},
		{"rolling at 1", burnrate.Outlook{Rolling: true, Allowed: 400, Pace: 2, Burn: burn(1)}, burnrate.Forecast{Earliest: true}, "", 0},
		{"rolling, above 1", burnrate.Outlook{Rolling: true, Allowed: 400, Pace: 2, Burn: burn(1.000001)}, burnrate.Forecast{Exhausts: true, Exhaustion: 200 * time.Minute, Earliest: true}, "", 0},
		{"rolling, without traffic of late", burnrate.Outlook{Rolling: true, Allowed: 400}, burnrate.Forecast{Earliest: true}, "", 0},
		{"spent, to the event", burnrate.Outlook{Rolling: true, Allowed: 400, Spent: 400, Burn: burn(0)}, burnrate.Forecast{Exhausts: true}, "", 0},
		{"overspent", burnrate.Outlook{Allowed: 400, Spent: 500, Left: 10, Pace: 1, Burn: burn(3)}, burnrate.Forecast{Exhausts: true}, burnrate.Spent, -0.275},
		{"calendar, with the last minute", burnrate.Outlook{Allowed: 400, Pace: 2, Left: 200, Burn: burn(3)}, burnrate.Forecast{Exhausts: true, Exhaustion: 200 * time.Minute}, burnrate.Spent, 0},
		{"calendar, after its end", burnrate.Outlook{Allowed: 400, Pace: 2, Left: 199, Burn: burn(3)}, burnrate.Forecast{}, burnrate.AtRisk, 0.005},
		{"calendar, below 1 late in a bad month", burnrate.Outlook{Allowed: 400, Spent: 390, Pace: 2, Left: 10, Burn: burn(0.5)}, burnrate.Forecast{Exhausts: true, Exhaustion: 5 * time.Minute}, burnrate.Spent, -0.025},
		{"calendar, nothing fails", burnrate.Outlook{Allowed: 400, Spent: 4, Left: 10, Burn: burn(0)}, burnrate.Forecast{}, burnrate.Healthy, 0.99},
		{"calendar, in its last minute", burnrate.Outlook{Allowed: 400, Spent: 4, Pace: 1, Burn: burn(9)}, burnrate.Forecast{}, burnrate.Healthy, 0.99},
		{"to the second", burnrate.Outlook{Rolling: true, Allowed: 10, Pace: 3, Burn: burn(5)}, burnrate.Forecast{Exhausts: true, Exhaustion: 200 * time.Second, Earliest: true}, "", 0},
		// A journey spends in budgets: a burn of 14 over 28 days is 14 / 40,320
		// of the budget a minute.
		{"a journey", burnrate.Outlook{Rolling: true, Allowed: 1, Spent: 0.5, Pace: 14.0 / 40_320, Burn: burn(14)}, burnrate.Forecast{Exhausts: true, Exhaustion: 24 * time.Hour, Earliest: true}, "", 0},
		{"no traffic at all", burnrate.Outlook{}, burnrate.Forecast{}, burnrate.Unknown, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := burnrate.NewForecast(test.outlook)
			end := got.End
			if got.End = test.want.End; got != test.want || end.State != test.end {
				t.Errorf("got %+v, at the end %+v; want %+v, %s", got, end, test.want, test.end)
			}
			if left, known := end.Remaining.Value(); known && math.Abs(left-test.left) > 1e-12 {
				t.Errorf("at the end %v is left, want %v", left, test.left)
			}
		})
	}
}
