package backtest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// stretch is minutes in which the same happens; a total below 0 was not measured.
type stretch struct{ minutes, total, bad int64 }

func during(stretches ...stretch) (minutes int64, happened rows) {
	var all []burnrate.Row
	for _, s := range stretches {
		for range s.minutes {
			if s.total < 0 {
				all = append(all, burnrate.Row{})
			} else {
				all = append(all, row(s.total, s.bad))
			}
		}
	}
	return int64(len(all)), func(minute int64, _ int) burnrate.Row { return all[minute] }
}

func TestEpisodes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		lag       int64
		skip      int // snapshots that nobody sees
		stretches []stretch
		want      []string
	}{
		{name: "nothing happens", stretches: []stretch{{100, 100, 0}}},
		{
			name:      "a ticket that is silent below a page, and is sent when that is over",
			stretches: []stretch{{60, 100, 0}, {4, 100, 50}, {60, 100, 0}},
			want: []string{
				"63 pay 1d burn page sent for 61-68 10m/2m,30m/5m until 72 recovered",
				"72 pay 1d burn ticket sent for 62-73 since 63 below pay 1d burn page 1h/10m until 79 recovered",
			},
		},
		{
			name:      "the same, as it is measured three minutes later",
			lag:       3,
			stretches: []stretch{{60, 100, 0}, {4, 100, 50}, {60, 100, 0}},
			want: []string{
				"66 pay 1d burn page sent for 61-68 10m/2m,30m/5m until 75 recovered",
				"75 pay 1d burn ticket sent for 62-73 since 66 below pay 1d burn page 1h/10m until 82 recovered",
			},
		},
		{
			name:      "a ticket alone",
			stretches: []stretch{{60, 100, 0}, {40, 100, 4}, {20, 100, 0}},
			want:      []string{"91 pay 1d burn ticket sent for 81-104 1h/10m until 110 recovered"},
		},
		{
			name:      "a page and its ticket again, that fire at the end",
			stretches: []stretch{{60, 100, 0}, {4, 100, 50}, {60, 100, 0}, {4, 100, 50}, {2, 100, 0}},
			want: []string{
				"63 pay 1d burn page sent for 61-68 10m/2m,30m/5m until 72 recovered",
				"72 pay 1d burn ticket sent for 62-73 since 63 below pay 1d burn page 1h/10m until 79 recovered",
				"127 pay 1d burn page sent for 125-130 10m/2m,30m/5m",
				"127 pay 1d burn ticket below pay 1d burn page 1h/10m",
			},
		},
		{
			name:      "what fires in the first snapshot",
			skip:      64,
			stretches: []stretch{{60, 100, 0}, {4, 100, 50}, {20, 100, 0}},
			want: []string{
				"65 pay 1d burn page sent for 63-68 before 10m/2m,30m/5m until 72 recovered",
				"72 pay 1d burn ticket sent for 62-73 since 65 below pay 1d burn page before 1h/10m until 79 recovered",
			},
		},
		{
			name:      "what nobody can judge goes on",
			stretches: []stretch{{60, 100, 0}, {4, 100, 50}, {30, -1, 0}, {10, 100, 0}},
			want: []string{
				"63 pay 1d burn page sent for 61-66 10m/2m,30m/5m",
				"63 pay 1d burn ticket below pay 1d burn page 1h/10m until 104",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			minutes, happened := during(test.stretches...)
			list := snapshots(t, setOf(t, small(t), "pay"), minutes, test.lag, happened)[test.skip:]
			run := record(backtest.Options{}, list)
			if diff := cmp.Diff(test.want, shown(&run)); diff != "" {
				t.Errorf("episodes (-want +got):\n%s", diff)
			}
			if want := int64(len(list)); run.Minutes != want || !run.From.Equal(list[0].At) || !run.To.Equal(list[want-1].At) {
				t.Errorf("got %d minutes from %v to %v, want %d", run.Minutes, run.From, run.To, want)
			}
		})
	}
}

// TestDetected looks at what is kept of the moment in which a page was sent.
func TestDetected(t *testing.T) {
	t.Parallel()
	minutes, happened := during(stretch{10, 100, 2}, stretch{50, 100, 0}, stretch{4, 100, 50}, stretch{20, 100, 0})
	run := record(backtest.Options{}, snapshots(t, setOf(t, small(t), "pay"), minutes, 0, happened))
	page, ticket := &run.Episodes[0], &run.Episodes[1]
	if got := page.Length(run.To); got != 9*time.Minute {
		t.Errorf("the page took %v, want 9m", got)
	}
	// 170 of the 1,440 that may be bad in a day; 15 % of the last 10m burn at 15, which
	// is 15 × 10 / 1,440 of the budget.
	for name, ratio := range map[string][2]string{
		"consumed": {page.Consumed.String(), "0.118055555556"},
		"spent":    {page.Spent.String(), "0.104166666667"},
	} {
		if ratio[0] != ratio[1] {
			t.Errorf("%s is %s, want %s", name, ratio[0], ratio[1])
		}
	}
	if len(page.Why.Tiers) != 2 || page.Why.Tiers[0].Long != "10m" || page.Why.Guard == nil || page.Owner != "web" {
		t.Errorf("the page is %+v", page)
	}
	if ticket.Why.Below == nil || *ticket.Why.Below != page.Key || ticket.Consumed.String() != "0.152777777778" {
		t.Errorf("the ticket, sent when 220 were bad, is %+v", ticket)
	}
}

// edit changes what objectives of snapshots look like in some minutes [from, to).
func edit(list []burnrate.Snapshot, from, to int64, change func(*burnrate.Snapshot, *burnrate.Objective)) {
	for i := range list {
		if minute := minuteOf(list[i].At); minute >= from && minute < to {
			for k := range list[i].Statuses {
				for n := range list[i].Statuses[k].Objectives {
					change(&list[i], &list[i].Statuses[k].Objectives[n])
				}
			}
		}
	}
}

// TestOtherEpisodes has alerts that are not about burning.
func TestOtherEpisodes(t *testing.T) {
	t.Parallel()
	percent := func(text string) slo.Percentage {
		p, err := slo.ParsePercentage(text)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	policy := small(t)
	policy.BudgetSpent = []slo.Percentage{percent("80%")}
	policy.NoTraffic = &slo.NoTraffic{After: 10 * time.Minute, Below: percent("5%"), Severity: slo.Page}
	policy.NoData = &slo.NoData{After: 8 * time.Minute, Severity: slo.Ticket}
	traffic := func(state burnrate.TrafficState) func(*burnrate.Snapshot, *burnrate.Objective) {
		return func(s *burnrate.Snapshot, o *burnrate.Objective) {
			for i := range s.Statuses {
				id := s.Statuses[i].ID
				s.Statuses[i].Source = "nr"
				if &s.Statuses[i].Objectives[0] == o {
					o.Traffic = []burnrate.Traffic{{
						ID: id, Window: slo.Rolling(10), State: state, Usual: 1000, Days: 7, Measured: 10, Stopped: state == burnrate.Low,
					}}
				}
			}
			s.Sources = []burnrate.SourceState{{Name: "nr", Owner: "sre"}}
		}
	}
	quiet := func(*burnrate.Snapshot, *burnrate.Objective) {}
	spent := func(consumed, rate float64) func(*burnrate.Snapshot, *burnrate.Objective) {
		return func(_ *burnrate.Snapshot, o *burnrate.Objective) {
			o.Budget.Consumed = burnrate.RatioOf(consumed)
			for i := range o.Burn {
				o.Burn[i].Rate = burnrate.RatioOf(rate)
			}
		}
	}
	tests := []struct {
		name    string
		ids     string
		lag     int64
		gap     [2]int64 // minutes that are not measured
		changes []func(*burnrate.Snapshot, *burnrate.Objective)
		want    []string
	}{
		{
			"a budget that is mute, and then nobody knew of it", "pay", 0,
			[2]int64{},
			[]func(*burnrate.Snapshot, *burnrate.Objective){quiet, spent(0.9, 0), spent(0.5, 0)},
			[]string{"40 pay 1d budget ticket until 60"},
		},
		{
			"a budget that is mute, and burns then", "pay", 3,
			[2]int64{},
			[]func(*burnrate.Snapshot, *burnrate.Objective){quiet, spent(0.9, 0), spent(0.9, 0.5), spent(0.5, 0)},
			[]string{"60 pay 1d budget ticket sent for 55-76 since 40 until 80 recovered"},
		},
		{
			"no traffic", "pay", 3,
			[2]int64{},
			[]func(*burnrate.Snapshot, *burnrate.Objective){traffic(burnrate.Flowing), traffic(burnrate.Low), traffic(burnrate.Flowing), traffic(burnrate.Flowing)},
			[]string{"40 pay 1d noTraffic page sent for 27-56 until 63 recovered"},
		},
		{
			"no traffic of a whole source", "pay search", 3,
			[2]int64{},
			[]func(*burnrate.Snapshot, *burnrate.Objective){traffic(burnrate.Flowing), traffic(burnrate.Low), traffic(burnrate.Flowing), traffic(burnrate.Flowing)},
			[]string{
				"40 pay 1d noTraffic page below source:nr source page until 63", "40 search 1d noTraffic page below source:nr source page until 63",
				"40 source:nr source page sent for 27-59 until 63 recovered",
			},
		},
		{
			"nothing measured", "pay", 3,
			[2]int64{30, 50},
			nil,
			[]string{"41 pay 1d noData ticket sent for 30-50 until 59 recovered"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			list := snapshots(t, setOf(t, policy, strings.Fields(test.ids)...), 100, test.lag, func(minute int64, _ int) burnrate.Row {
				if minute >= test.gap[0] && minute < test.gap[1] {
					return burnrate.Row{}
				}
				return row(100, 0)
			})
			for i, change := range test.changes {
				edit(list, int64(20+20*i), int64(40+20*i), change)
			}
			run := record(backtest.Options{}, list)
			if diff := cmp.Diff(test.want, shown(&run)); diff != "" {
				t.Errorf("episodes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestEmpty has a source of which nothing happens. What flows little there, and what
// has stopped elsewhere, is looked at for longer, and says nothing of it.
func TestEmpty(t *testing.T) {
	t.Parallel()
	below, err := slo.ParsePercentage("5%")
	if err != nil {
		t.Fatal(err)
	}
	set := setOf(t, small(t), "elsewhere", "little", "pay", "search")
	after := []time.Duration{time.Hour, time.Hour, 10 * time.Minute, 20 * time.Minute}
	for i := range set.SLOs {
		policy := *set.SLOs[i].Objectives[0].Alerts
		policy.NoTraffic = &slo.NoTraffic{After: after[i], Below: below, Severity: slo.Page}
		set.SLOs[i].Objectives[0].Alerts = &policy
	}
	minutes, happened := during(stretch{60, 100, 0})
	list := snapshots(t, set, minutes, 3, happened)
	for i := range list {
		for k := range list[i].Statuses {
			s := &list[i].Statuses[k]
			s.Source = "nr"
			state := burnrate.Traffic{ID: s.ID, Window: slo.Rolling(10), State: burnrate.Flowing, Usual: 1000, Days: 7, Measured: 10, Events: 1000}
			switch {
			case s.ID == "little":
				state.Usual = 1
			case minuteOf(list[i].At) >= 40:
				state.State, state.Events, state.Stopped = burnrate.Low, 0, true
			}
			if s.ID == "elsewhere" {
				s.Source = "other"
			}
			s.Objectives[0].Traffic = []burnrate.Traffic{state}
		}
		list[i].Sources = []burnrate.SourceState{{Name: "nr"}, {Name: "other"}}
	}
	run := record(backtest.Options{}, list)
	want := []string{
		"40 elsewhere 1d noTraffic page sent for -23-57",
		"40 pay 1d noTraffic page below source:nr source page",
		"40 search 1d noTraffic page below source:nr source page",
		"40 source:nr source page sent for 17-60",
	}
	if diff := cmp.Diff(want, shown(&run)); diff != "" {
		t.Errorf("episodes (-want +got):\n%s", diff)
	}
}

// TestStands has something that is measured up to the same minute, as its source is
// never heard of again.
func TestStands(t *testing.T) {
	t.Parallel()
	policy := small(t)
	policy.NoData = &slo.NoData{After: 20 * time.Minute, Severity: slo.Ticket}
	minutes, happened := during(stretch{60, 100, 0})
	list := snapshots(t, setOf(t, policy, "pay"), minutes, 0, happened)
	for minute := int64(61); minute <= 100; minute++ {
		last := list[59]
		last.At = at(minute)
		list = append(list, last)
	}
	run := record(backtest.Options{}, list)
	want := []string{"90 pay 1d noData ticket sent for 60-100"}
	if diff := cmp.Diff(want, shown(&run)); diff != "" {
		t.Errorf("episodes (-want +got):\n%s", diff)
	}
}

// TestFailing has a source that fails.
func TestFailing(t *testing.T) {
	t.Parallel()
	policy := small(t)
	policy.NoData = &slo.NoData{After: 8 * time.Minute, Severity: slo.Ticket}
	minutes, happened := during(stretch{60, 100, 0})
	list := snapshots(t, setOf(t, policy, "pay"), minutes, 0, happened)
	for i := range list {
		list[i].Sources = []burnrate.SourceState{{Name: "nr", Owner: "sre"}}
		list[i].Statuses[0].Source = "nr"
		if minute := minuteOf(list[i].At); minute >= 20 && minute < 40 {
			list[i].Sources[0].Since = at(20)
		}
	}
	run := record(backtest.Options{}, list)
	want := []string{"28 source:nr source ticket sent for 20-39 until 45 recovered"}
	if diff := cmp.Diff(want, shown(&run)); diff != "" {
		t.Errorf("episodes (-want +got):\n%s", diff)
	}
}

// TestObserved has what people are not notified of.
func TestObserved(t *testing.T) {
	t.Parallel()
	set := setOf(t, small(t), "pay")
	set.SLOs[0].About.Stage = slo.Observe
	minutes, happened := during(stretch{60, 100, 0}, stretch{4, 100, 50})
	run := record(backtest.Options{}, snapshots(t, set, minutes, 0, happened))
	want := []string{"63 pay 1d burn page observed 10m/2m,30m/5m", "63 pay 1d burn ticket below pay 1d burn page 1h/10m"}
	if diff := cmp.Diff(want, shown(&run)); diff != "" {
		t.Errorf("episodes (-want +got):\n%s", diff)
	}
	if page := run.Episodes[0]; page.Told() || !page.Sent || !run.Objectives[0].Observe {
		t.Errorf("the page is told: %t, of an objective that is observed: %t", page.Told(), run.Objectives[0].Observe)
	}
}

// TestSamples wants as many instants as were asked for, the first and the last snapshot
// among them.
func TestSamples(t *testing.T) {
	t.Parallel()
	target, err := slo.ParseTarget("99%")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		samples int
		minutes int64 // from the first snapshot to the last one
		want    string
	}{
		{0, 10, "[]"},
		{1, 10, "[0]"},
		{2, 10, "[0 10]"},
		{3, 11, "[0 5 11]"},
		{4, 9, "[0 3 6 9]"},
		{11, 10, "[0 1 2 3 4 5 6 7 8 9 10]"},
		{50, 3, "[0 1 2 3]"}, // there are no more
		{3, 90 * 24 * 60, "[0 64800 129600]"},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%d of %d", test.samples, test.minutes), func(t *testing.T) {
			t.Parallel()
			r := backtest.NewRecorder(backtest.Options{Samples: test.samples, From: at(0), To: at(test.minutes)})
			for minute := range test.minutes + 1 {
				o := burnrate.Objective{Name: "1d", Target: target, Window: burnrate.Window{Window: slo.Rolling(1440)}}
				o.Budget.Remaining = burnrate.RatioOf(float64(minute))
				r.See(burnrate.Snapshot{At: at(minute), Statuses: []burnrate.Status{{ID: "pay", Objectives: []burnrate.Objective{o}}}})
			}
			got := []int64{}
			for _, s := range r.Run().Objectives[0].Remaining {
				got = append(got, minuteOf(s.At))
				if left, _ := s.Remaining.Value(); int64(left) != minuteOf(s.At) {
					t.Errorf("at %d %v is left, which is of another minute", minuteOf(s.At), s.Remaining)
				}
			}
			if fmt.Sprint(got) != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}

// TestRunAgain takes the result out in between.
func TestRunAgain(t *testing.T) {
	t.Parallel()
	minutes, happened := during(stretch{60, 100, 0}, stretch{4, 100, 50}, stretch{6, 100, 0}, stretch{4, 100, 20}, stretch{40, 6, 3}, stretch{20, 100, 0})
	list := snapshots(t, setOf(t, small(t), "pay", "search"), minutes, 2, happened)
	options := backtest.Options{
		Incidents: []slo.Incident{{Name: "slow", From: at(60), To: at(64)}}, Samples: 9, From: list[0].At, To: list[len(list)-1].At,
	}
	text := func(run backtest.Run) string {
		data, err := json.Marshal(struct {
			backtest.Run
			Events    []alert.Event
			Sightings []backtest.Sighting
		}{run, run.Events, run.Sightings})
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	r := backtest.NewRecorder(options)
	var parts []backtest.Run
	var texts []string
	for i, s := range list {
		r.See(s)
		if i%10 == 0 {
			parts = append(parts, r.Run())
			texts = append(texts, text(parts[len(parts)-1]))
			if again := text(r.Run()); again != texts[len(texts)-1] {
				t.Fatalf("after %d minutes (-first +again):\n%s", i, cmp.Diff(texts[len(texts)-1], again))
			}
		}
	}
	if whole := text(record(options, list)); whole != text(r.Run()) {
		t.Errorf("what was taken out in between makes a difference (-without +with):\n%s", cmp.Diff(whole, text(r.Run())))
	}
	for i := range parts {
		if now := text(parts[i]); now != texts[i] {
			t.Errorf("what was taken out after %d minutes has changed (-then +now):\n%s", 10*i, cmp.Diff(texts[i], now))
		}
	}
	if empty := text(record(options, list[:1])); !strings.Contains(empty, `"episodes":[],"held":[],"objectives":[{`) {
		t.Errorf("a run in which nothing happened is %s", empty)
	}
}
