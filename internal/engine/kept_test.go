package engine

import (
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// keptAt is what follows from the ledger of a rig for some specs.
func (r *rig) keptAt(set *slo.Set, at time.Time) burnrate.Snapshot {
	r.Helper()
	s, err := Kept(r.Context(), set, r.ledger, func(*slo.SLO) (time.Duration, bool) { return lag, true }, at)
	if err != nil {
		r.Fatal(err)
	}
	return s
}

// same compares how SLOs stand.
func same(t *testing.T, what string, want, got burnrate.Snapshot) {
	t.Helper()
	if len(got.Statuses) != len(want.Statuses) {
		t.Fatalf("%s: %d SLOs, want %d", what, len(got.Statuses), len(want.Statuses))
	}
	for k, status := range want.Statuses {
		for n, o := range status.Objectives {
			if got := got.Statuses[k].Objectives[n]; !reflect.DeepEqual(o, got) {
				t.Fatalf("%s at %v: %s is\n%+v, want\n%+v", what, time.Now(), status.ID, got, o)
			}
		}
	}
}

// TestKept says the same of a ledger as the engine that writes it: while it fills
// in the history, while one SLO cannot be measured, and after that.
func TestKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 60, "a", "b", "page")
		for minute := range 30 {
			switch minute {
			case 6:
				r.world.fails = func(id string, _ slo.Span) error {
					if id == "b" {
						return errGone
					}
					return nil
				}
			case 24:
				r.world.fails = nil
			}
			r.minutes(1)
			got := r.keptAt(r.engine.specs.Set, time.Now())
			same(t, "after a tick", r.engine.View().Snapshot, got)
			if len(got.Failures)+len(got.Notices) > 0 || !got.At.Equal(time.Now()) {
				t.Fatalf("at %v there are %v and %v", got.At, got.Failures, got.Notices)
			}
		}
		r.whole()
		set, now := r.engine.specs.Set, time.Now()
		for _, back := range []time.Duration{lag + time.Minute, time.Hour, 59 * time.Hour} {
			want := Evaluate(t.Context(), set, map[string]sources.Source{"world": r.world}, now, now.Add(-back))
			kept := r.keptAt(set, now.Add(-back))
			for _, status := range kept.Statuses {
				for n := range status.Objectives {
					status.Objectives[n].Traffic = nil // is not asked of a source
				}
			}
			same(t, "some time ago", want, kept)
		}
		got := r.keptAt(set, now.Add(-70*time.Hour))
		if len(got.Notices) != 3 || got.Notices[0].Message != "the ledger has no minute of it before "+r.world.begin.String() {
			t.Errorf("notices from before the beginning: %v", got.Notices)
		}
		// Nothing was measured for a day.
		time.Sleep(24 * time.Hour)
		same(t, "a day later", r.engine.View().Snapshot, r.keptAt(set, time.Now()))
	})
}

// TestKeptOfHours says the same of a ledger while hours become minutes in it.
func TestKeptOfHours(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 60, "a", "b")
		set := r.engine.specs.Set
		if err := r.engine.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		approximate := 0
		for more := true; more; {
			var err error
			if more, err = r.engine.Backfill(t.Context(), time.Minute); err != nil {
				t.Fatal(err)
			}
			got := r.keptAt(set, time.Now())
			same(t, "between ticks", r.engine.View().Snapshot, got)
			if got.Statuses[0].Objectives[1].Approximate > 0 {
				approximate++
			}
		}
		if approximate < 5 || r.engine.View().Snapshot.Statuses[0].Objectives[1].Approximate > 0 {
			t.Errorf("hours were known %d times", approximate)
		}
	})
}

// TestKeptOfOtherSpecs says of specs that the engine has not read yet what it would
// say when it read them, before it measures anything.
func TestKeptOfOtherSpecs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*slo.SLO)
		notice string
	}{
		"the same":  {func(*slo.SLO) {}, ""},
		"another":   {func(s *slo.SLO) { s.Indicator = "new" }, "its SLI is not the one that was measured"},
		"of others": {func(s *slo.SLO) { s.Indicator = "b" }, "its SLI is not the one that was measured"},
		"anew": {func(s *slo.SLO) {
			s.Indicator, s.History = "new", slo.History{Mode: slo.Restart, Reason: "another service"}
		}, "begins anew at"},
		"renamed":          {func(s *slo.SLO) { s.ID, s.About.RenamedFrom = "z", []string{"a"} }, ""},
		"added":            {func(s *slo.SLO) { s.ID, s.Indicator = "z", "new" }, "and does not know it"},
		"copied":           {func(s *slo.SLO) { s.ID, s.Indicator = "z", "b" }, ""},
		"without a source": {func(s *slo.SLO) { s.Source, s.Indicator = nil, "" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, 30, "a", "b")
				r.minutes(4)
				specs := r.specs()
				test.change(specs.Set.SLOs[0])
				got := r.keptAt(specs.Set, time.Now())
				other, _, err := New(t.Context(), r.options(), specs)
				if err != nil {
					t.Fatal(err)
				}
				if specs.Set.SLOs[0].Source != nil { // else the engine does not know up to when it was measured
					same(t, name, other.state.evaluator.Snapshot(time.Now()), got)
				}
				switch {
				case specs.Set.SLOs[0].Source == nil:
					if len(got.Failures) != 1 || got.Failures[0].Message != errNoSource.Error() {
						t.Errorf("failures: %v", got.Failures)
					}
				case len(got.Failures) > 0, test.notice == "" && len(got.Notices) > 0:
					t.Errorf("failures %v, notices %v", got.Failures, got.Notices)
				case test.notice != "" && (len(got.Notices) != 1 || got.Notices[0].ID != specs.Set.SLOs[0].ID || !strings.Contains(got.Notices[0].Message, test.notice)):
					t.Errorf("notices %v, want one with %q", got.Notices, test.notice)
				}
			})
		})
	}
}

// TestKeptOfAnEmptyLedger has no data, and says so.
func TestKeptOfAnEmptyLedger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 30, "a")
		got := r.keptAt(r.specs().Set, time.Now())
		if len(got.Statuses) != 1 || got.Statuses[0].Objectives[0].Window.State != burnrate.NoData {
			t.Errorf("%+v", got.Statuses)
		}
		if len(got.Notices) != 1 || got.Notices[0].Message != "the ledger has no minute of it yet: slojourn eval --server says why" {
			t.Errorf("%v", got.Notices)
		}
	})
}

// TestKeptWithoutLag ends with the newest minute of what does not go by the clock,
// however long ago that is, and also of an SLI that was another one then.
func TestKeptWithoutLag(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, 1, "a", "b", "slow")
		now := slo.MinuteAt(time.Now())
		commit := func(at slo.Minute, id slo.IndicatorID, minutes ...slo.Minute) {
			t.Helper()
			batch := burnrate.Batch{Indicators: []slo.IndicatorID{id}}
			for _, m := range minutes {
				batch.Records = append(batch.Records, burnrate.Record{Minute: m, Rows: []burnrate.Row{burnrate.Counted(slo.Counts{Total: 1})}})
			}
			if err := r.ledger.Commit(t.Context(), burnrate.Tick{At: at.Time(), Measured: []burnrate.Batch{batch}}); err != nil {
				t.Fatal(err)
			}
		}
		commit(now-3000, "a", now-4000, now-3003)
		commit(now, "b", now-5)
		commit(now, "slow", now-71)
		set := r.specs().Set
		ends := func(lag Lag) (a, b slo.Minute) {
			t.Helper()
			s, err := Kept(t.Context(), set, r.ledger, lag, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			return s.Statuses[0].Objectives[0].Window.Span.End, s.Statuses[1].Objectives[0].Window.Span.End
		}
		if a, b := ends(func(*slo.SLO) (time.Duration, bool) { return 0, false }); a != now-3002 || b != now-4 {
			t.Errorf("without lags they end at %d and %d before now", now-a, now-b)
		}
		for _, test := range []struct {
			a, b, slow   time.Duration
			endA, endOfB slo.Minute
		}{
			{5 * time.Minute, 3 * time.Minute, time.Minute, now - 6, now - 4},      // b was measured at now-1
			{5 * time.Minute, 3 * time.Minute, 70 * time.Minute, now - 5, now - 3}, // slow was at now
			{5 * time.Hour, 5 * time.Hour, 5 * time.Hour, now - 300, now - 4},      // their lags were shorter then
			{5 * time.Minute, 2 * time.Minute, 60 * time.Minute, now - 7, now - 4}, // b was at now-2
			{300 * time.Hour, 3 * time.Minute, time.Minute, now - 3002, now - 3},   // no later than the last commit
		} {
			lags := map[string]time.Duration{"a": test.a, "b": test.b, "slow": test.slow}
			if a, b := ends(func(s *slo.SLO) (time.Duration, bool) { return lags[s.ID], true }); a != test.endA || b != test.endOfB {
				t.Errorf("with %v they end at %d and %d before now, want %d and %d", lags, now-a, now-b, now-test.endA, now-test.endOfB)
			}
		}
		set.SLOs[0].Indicator = "other"
		if _, _, err := New(t.Context(), r.options(), Specs{Set: set}); err != nil {
			t.Fatal(err)
		}
		if a, _ := ends(func(*slo.SLO) (time.Duration, bool) { return 0, false }); a != now-3002 {
			t.Errorf("with another SLI it ends %d before now", now-a)
		}
	})
}
