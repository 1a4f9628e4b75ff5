package engine

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// sameStatuses compares everything that is known of SLOs.
func sameStatuses(t *testing.T, what string, want, got []burnrate.Status) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d SLOs, want %d", what, len(got), len(want))
	}
	for k := range want {
		w, g := want[k], got[k]
		for n := range w.Objectives {
			if !sameObjective(w.Objectives[n], g.Objectives[n]) {
				t.Fatalf("%s: %s %s is\n%+v, want\n%+v", what, w.ID, w.Objectives[n].Name, g.Objectives[n], w.Objectives[n])
			}
		}
		w.Objectives, g.Objectives = nil, nil
		if !reflect.DeepEqual(w, g) {
			t.Fatalf("%s: %s is\n%+v, want\n%+v", what, w.ID, g, w)
		}
	}
}

// sameObjective compares objectives, of which the policy and the tiers may be other
// values that say the same: sets are read anew.
func sameObjective(a, b burnrate.Objective) bool {
	for _, o := range []*burnrate.Objective{&a, &b} {
		o.Alerts = nil
		o.Tiers = slices.Clone(o.Tiers)
		for k := range o.Tiers {
			o.Tiers[k].Tier = nil
		}
	}
	return reflect.DeepEqual(a, b)
}

// checkReplay holds a replay from a minute on against what was said live.
func (l *lived) checkReplay(t *testing.T, r *Replay, first, last slo.Minute) *backtest.Recorder {
	t.Helper()
	recorder := backtest.NewRecorder(backtest.Options{})
	minute := first
	err := r.Run(t.Context(), func(s burnrate.Snapshot) error {
		if !s.At.Equal(minute.Time()) {
			t.Fatalf("minute %v follows, want %v", s.At, minute.Time())
		}
		before := l.snapshots[minute]
		sameStatuses(t, s.At.String(), before.Statuses, s.Statuses)
		if !reflect.DeepEqual(before.Sources, s.Sources) {
			t.Fatalf("at %v sources are %+v, want %+v", s.At, s.Sources, before.Sources)
		}
		if len(s.Failures)+len(s.Notices) > 0 {
			t.Fatalf("at %v there are %v and %v", s.At, s.Failures, s.Notices)
		}
		recorder.See(s)
		minute++
		return nil
	})
	if err != nil || minute != last+1 {
		t.Fatalf("it ends %d minutes too early, with %v", last+1-minute, err)
	}
	return recorder
}

// TestReplay says of each minute what the engine said live, and decides the same
// about alerts.
func TestReplay(t *testing.T) {
	notForRaces(t)
	inBubble(t, func(t *testing.T) {
		l, _ := live(t, 270, 0, nil)
		first, last := l.span()
		recorder := l.checkReplay(t, l.replay(first, last), first, last)
		want, got := l.events(), recorder.Run().Events
		kinds := map[alert.Kind]int{}
		for _, e := range want {
			kinds[e.Kind]++
		}
		if kinds[alert.Burn] < 6 || kinds[alert.NoTraffic] < 2 || kinds[alert.NoData] < 2 || kinds[alert.Budget] < 1 {
			t.Fatalf("not much happens: %v", kinds)
		}
		if diff := cmp.Diff(asJSON(t, want), asJSON(t, got)); diff != "" {
			t.Errorf("alerts live and replayed:\n%s", diff)
		}
		// A part of the history is the same part of it.
		l.checkReplay(t, l.replay(first+83, last-20), first+83, last-20)
		l.checkReplay(t, l.replay(last, last), last, last)
	})
}

// TestReplayAcrossASeam goes from one definition to the next one where the engine
// did.
func TestReplayAcrossASeam(t *testing.T) {
	notForRaces(t)
	inBubble(t, func(t *testing.T) {
		l, _ := live(t, 200, 60, func(set *slo.Set) {
			for _, s := range set.SLOs {
				if s.ID == "buy/pay" {
					s.Indicator = "anew"
				}
			}
		})
		first, last := l.span()
		l.checkReplay(t, l.replay(first, last), first, last)
	})
}

// TestReplayInShards says the same, however many SLOs are evaluated together: one,
// some, or all.
func TestReplayInShards(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		l, _ := live(t, 6, 0, nil)
		first := l.story.begin + 1440
		var want []burnrate.Snapshot
		for _, most := range []int{1000, 1, 3} {
			r := l.replay(first, first+400)
			r.shard = most
			var got []burnrate.Snapshot
			if err := r.Run(t.Context(), func(s burnrate.Snapshot) error {
				got = append(got, keptSnapshot(s))
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got
				continue
			}
			for n := range want {
				sameStatuses(t, want[n].At.String(), want[n].Statuses, got[n].Statuses)
				w := want[n]
				w.Statuses, got[n].Statuses = nil, nil
				if !reflect.DeepEqual(w, got[n]) {
					t.Fatalf("in shards of %d there is %+v, want %+v", most, got[n], w)
				}
			}
		}
	})
}

// TestSplit keeps together what is connected, and loses nothing.
func TestSplit(t *testing.T) {
	t.Parallel()
	set := shop(t, 10_000_000)
	for _, most := range []int{1, 2, 3, 1000} {
		parts := split(set, most)
		if most == 1 && len(parts) != 4 || most == 1000 && len(parts) != 1 {
			t.Errorf("of %d there are %d parts", most, len(parts))
		}
		var slos, journeys []string
		for _, p := range parts {
			own := map[*slo.SLO]bool{}
			for _, s := range p.SLOs {
				own[s] = true
				slos = append(slos, s.ID)
			}
			for _, j := range p.Journeys {
				journeys = append(journeys, j.ID)
				for _, step := range j.Steps {
					if !own[step.SLO] {
						t.Errorf("of %d: %s is without %s", most, j.ID, step.SLO.ID)
					}
				}
			}
		}
		slices.Sort(slos)
		slices.Sort(journeys)
		want := []string{"buy/cart", "buy/pay", "find/list", "login", "look/sliced", "same", "weighed"}
		if diff := cmp.Diff(want, slos); diff != "" {
			t.Errorf("of %d:\n%s", most, diff)
		}
		if diff := cmp.Diff([]string{"buy", "find", "look"}, journeys); diff != "" {
			t.Errorf("of %d:\n%s", most, diff)
		}
	}
}

// TestReplayEnds with an error of who looks, and when it is told to; until then it
// says how far it is.
func TestReplayEnds(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		l, from := live(t, 6, 0, nil)
		r := l.replay(from-300, from-1)
		var told []int64
		r.Progress = func(done, all int64) {
			if all != 300 {
				t.Errorf("of %d", all)
			}
			told = append(told, done)
		}
		enough := errors.New("that was enough")
		seen := 0
		err := r.Run(t.Context(), func(burnrate.Snapshot) error {
			if seen++; seen == 20 {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) || seen != 20 || len(told) != 19 {
			t.Errorf("%v after %d minutes, of which %d were told", err, seen, len(told))
		}
		told = nil
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		seen = 0
		err = r.Run(ctx, func(burnrate.Snapshot) error {
			if seen++; seen == 20 {
				cancel()
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) || seen != 20 {
			t.Errorf("%v after %d minutes", err, seen)
		}
		told = nil
		if err := r.Run(t.Context(), func(burnrate.Snapshot) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if len(told) != 300 || told[0] != 1 || !slices.IsSorted(told) || told[299] != 300 {
			t.Errorf("told %v", told)
		}
	})
}

// TestReplayOfWhatIsNotKept says in the end what is missing.
func TestReplayOfWhatIsNotKept(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		l, from := live(t, 6, 0, nil)
		l.set.SLOs[0].Source = nil
		l.set.SLOs[1].Indicator = "another"
		r := l.replay(from-20, from-1)
		n := 0
		var last burnrate.Snapshot
		if err := r.Run(t.Context(), func(s burnrate.Snapshot) error {
			if n++; n < 20 && len(s.Failures)+len(s.Notices) > 0 {
				t.Errorf("at %v there are %v and %v", s.At, s.Failures, s.Notices)
			}
			last = s
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if len(last.Failures) != 1 || last.Failures[0].ID != "buy/cart" || len(last.Notices) != 1 || last.Notices[0].ID != "buy/pay" {
			t.Errorf("%v and %v", last.Failures, last.Notices)
		}
	})
}

// TestReplayWithoutLag ends with the instant, as nobody knows when lines were added
// to a file.
func TestReplayWithoutLag(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		l, from := live(t, 6, 0, nil)
		r := l.replay(from-20, from-10)
		r.Lag = func(s *slo.SLO) (time.Duration, bool) { return 0, false }
		if err := r.Run(t.Context(), func(s burnrate.Snapshot) error {
			for _, status := range s.Statuses {
				for _, o := range status.Objectives {
					want := slo.MinuteAt(s.At)
					if status.ID == "look/sliced" || status.ID == "look" {
						want = want.Floor(5)
					}
					if o.Window.Span.End != want {
						t.Errorf("%s ends %d minutes before %v", status.ID, want-o.Window.Span.End, s.At)
					}
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestReplayOfHours counts hours of which only the sum is known once they are over, as
// [Kept] does.
func TestReplayOfHours(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		l, _ := live(t, 6, 0, nil)
		begin := l.story.begin.Floor(60)
		var coarse []burnrate.Coarse
		for _, hour := range []slo.Minute{begin - 2000*60, begin - 900, begin - 600, begin - 540} {
			coarse = append(coarse, burnrate.Coarse{Indicator: "login", Hour: hour.Floor(60), Sum: burnrate.Sum{
				Counts: slo.Counts{Total: 600, Bad: 4}, Rows: slo.Counts{Total: 600, Bad: 4}, Minutes: 60,
			}})
		}
		if err := l.ledger.Commit(t.Context(), burnrate.Tick{At: time.Now(), Coarse: coarse}); err != nil {
			t.Fatal(err)
		}
		r := l.replay(begin-800, begin-300)
		r.Lag = func(*slo.SLO) (time.Duration, bool) { return 0, true }
		approximate := map[int64]bool{}
		if err := r.Run(t.Context(), func(s burnrate.Snapshot) error {
			for _, status := range s.Statuses {
				if status.ID == "login" {
					approximate[status.Objectives[0].Approximate] = true
				}
			}
			if m := slo.MinuteAt(s.At); m%100 == 0 {
				want, err := Kept(t.Context(), l.set, l.ledger, r.Lag, s.At)
				if err != nil {
					t.Fatal(err)
				}
				sameStatuses(t, s.At.String(), want.Statuses, s.Statuses)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if len(approximate) != 3 || !approximate[60] || !approximate[180] {
			t.Errorf("minutes of hours that count: %v", approximate)
		}
	})
}

// TestHourCache has the hours that are needed there, no others, and of a block that is
// used again nothing of what it had.
func TestHourCache(t *testing.T) {
	notForRaces(t)
	inBubble(t, func(t *testing.T) {
		l, from := live(t, 130, 10, func(set *slo.Set) { // which has no minutes of before
			set.SLOs[0].Indicator, set.SLOs[0].History = "anew", slo.History{Mode: slo.Restart, Reason: "another service"}
		})
		whole, kept, _, err := keptState(t.Context(), l.set, l.ledger)
		if err != nil {
			t.Fatal(err)
		}
		c := newHourCache(l.ledger, shardsOf(whole, storyLag, 3), kept.Since)
		hour := from.Floor(60)
		for _, minutes := range [][]slo.Minute{
			{hour - 61, hour - 1, hour - 60}, {hour - 60, hour, hour + 119}, {hour + 119, hour + 70}, {hour - 100*24*60, hour - 20, hour + 80},
		} {
			if err := c.read(t.Context(), minutes); err != nil {
				t.Fatal(err)
			}
			needed := map[slo.Minute]bool{}
			for _, m := range minutes {
				needed[m.Floor(60)] = true
				want, err := l.ledger.HistoryAt(t.Context(), whole.lineages, []slo.Minute{m})
				if err != nil {
					t.Fatal(err)
				}
				for n, s := range shardsOf(whole, storyLag, 3) {
					rows, there := c.rows(n, m)
					if !there {
						t.Fatalf("minute %d is not there", m)
					}
					for k, column := range s.columns {
						var row, known burnrate.Row
						if rows != nil {
							row = rows[k]
						}
						if want[0].Rows != nil {
							known = want[0].Rows[column]
						}
						if row != known {
							t.Errorf("minute %d of %s is %+v, want %+v", m, s.measured[k].ID, row, known)
						}
					}
				}
			}
			if len(c.there) != len(needed) || len(c.there)+len(c.free) > 3 {
				t.Errorf("%d hours are there, and %d blocks free, of %d needed", len(c.there), len(c.free), len(needed))
			}
			if _, there := c.rows(0, hour+600); there {
				t.Error("what was not read is there")
			}
		}
	})
}
