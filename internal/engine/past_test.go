package engine

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// past goes over the same minutes as a replay.
func (l *lived) past(first, last slo.Minute, every time.Duration) *Past {
	return &Past{Set: l.set, Records: l.ledger, Lag: storyLag, From: first.Time(), To: last.Time(), Every: every}
}

// since returns what a meter has counted since an earlier one. No minute was late.
func since(m, before burnrate.Meter, began time.Time) burnrate.Meter {
	less := func(a, b burnrate.Outcomes) burnrate.Outcomes {
		return burnrate.Outcomes{Good: a.Good - b.Good, Bad: a.Bad - b.Bad}
	}
	m.Began, m.Events, m.Rows, m.Minutes = began, less(m.Events, before.Events), less(m.Rows, before.Rows), m.Minutes-before.Minutes
	return m
}

// checkPast holds what is said of the past against what was said then. It returns how
// often a watermark stood still, as nothing was measured.
func (l *lived) checkPast(t *testing.T, p *Past) (still int) {
	t.Helper()
	at := p.From
	looked, alerts := 0, 0
	first := l.snapshots[slo.MinuteAt(p.From)].Meters
	err := p.Run(t.Context(), func(v View) error {
		if !v.Snapshot.At.Equal(at) {
			t.Fatalf("%v follows, want %v", v.Snapshot.At, at)
		}
		then := l.snapshots[slo.MinuteAt(at)]
		sameStatuses(t, at.String(), then.Statuses, v.Snapshot.Statuses)
		if diff := cmp.Diff(then.Seams, v.Snapshot.Seams); diff != "" {
			t.Errorf("at %v seams (-then +now):\n%s", at, diff)
		}
		if diff := cmp.Diff(l.fired[slo.MinuteAt(at)], toldKeys(v.Alerts.State.Alerts)); diff != "" {
			t.Errorf("at %v alerts (-then +now):\n%s", at, diff)
		}
		if len(then.Meters) != len(v.Snapshot.Meters) {
			t.Fatalf("at %v there are %d meters, and were %d", at, len(v.Snapshot.Meters), len(then.Meters))
		}
		for k, m := range v.Snapshot.Meters {
			want := since(then.Meters[k], first[k], p.From)
			if m.ID == "buy/cart" && m.Watermark < want.Watermark { // it was read, and there was nothing
				want.Watermark = m.Watermark
				still++
			}
			if diff := cmp.Diff(want, m); diff != "" {
				t.Errorf("at %v (-then +now):\n%s", at, diff)
			}
		}
		looked++
		alerts += len(v.Alerts.State.Alerts)
		if at = at.Add(p.Every); at.After(p.To) && v.Snapshot.At.Before(p.To) {
			at = p.To
		}
		return nil
	})
	if want := int((p.To.Sub(p.From)-1)/p.Every) + 2; err != nil || looked != want || alerts == 0 {
		t.Errorf("%d instants with %d alerts, want %d; %v", looked, alerts, want, err)
	}
	return still
}

// TestPast says at some instants what the engine said live, across a seam, of alerts
// that fire and resolve, of what is excluded, and of gaps.
func TestPast(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		l, _ := live(t, 150, 60, func(set *slo.Set) {
			for _, s := range set.SLOs {
				if s.ID == "buy/pay" {
					s.Indicator = "anew"
				}
			}
		})
		first, last := l.span()
		for _, every := range []time.Duration{time.Minute, 5 * time.Minute, 13 * time.Minute, 24 * time.Hour} {
			if still := l.checkPast(t, l.past(first, last, every)); every == time.Minute && still != 45 {
				t.Errorf("a watermark stood still for %d minutes, want 45", still)
			}
		}
		l.checkPast(t, l.past(first+31, last-17, 7*time.Minute))
		began := first - 4 // as a lived engine remembers from its fifth tick on
		err := l.past(began-90, last, time.Minute).Run(t.Context(), func(v View) error {
			if judged, want := v.Judged("buy/cart"), !v.Snapshot.At.Before(began.Time()); judged != want {
				t.Errorf("at %v alerts were judged: %t, want %t", v.Snapshot.At, judged, want)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		enough := errors.New("enough")
		if err := l.past(first, last, time.Minute).Run(t.Context(), func(View) error { return enough }); !errors.Is(err, enough) {
			t.Errorf("it ends with %v", err)
		}
	})
}

// TestPastEndsWithKept ends with what [Kept] says of the same instant, also when that is
// later, and of what has no lag.
func TestPastEndsWithKept(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		l, _ := live(t, 120, 0, nil)
		_, last := l.span()
		file := func(s *slo.SLO) (time.Duration, bool) {
			if s.ID == "weighed" || s.Kind == slo.KindStep {
				return 0, false
			}
			return storyLag(s)
		}
		set := *l.set
		never := *set.SLOs[0]
		never.ID, never.Kind, never.Indicator = "never", slo.KindSLO, "never"
		set.SLOs = append([]*slo.SLO{&never}, set.SLOs...)
		onlyNever := func(s *slo.SLO) (time.Duration, bool) {
			if s.ID == "never" {
				return time.Hour, true
			}
			return 0, false
		}
		for name, lag := range map[string]Lag{"lags": storyLag, "some lag": file, "nothing that lags was measured": onlyNever} {
			want := last
			if name == "nothing that lags was measured" { // it ends with what was
				want -= slo.Minute(lagOf(l.set.SLOs[0]) / time.Minute)
			}
			from, to, kept, err := PastSpan(t.Context(), &set, l.ledger, lag)
			if err != nil || !kept || slo.MinuteAt(to) != want || slo.MinuteAt(from) != l.story.begin {
				t.Fatalf("%s: the past is from %v to %v, %t, %v; want up to %v", name, from, to, kept, err, want.Time())
			}
			for _, at := range []time.Time{to, to.Add(47 * time.Minute)} {
				want, err := Kept(t.Context(), &set, l.ledger, lag, at)
				if err != nil {
					t.Fatal(err)
				}
				p := l.past(last-60, slo.MinuteAt(at), 25*time.Minute)
				p.Set, p.Lag = &set, lag
				var got View
				if err := p.Run(t.Context(), func(v View) error { got = v; return nil }); err != nil {
					t.Fatal(err)
				}
				sameStatuses(t, name, want.Statuses, got.Snapshot.Statuses)
				if !reflect.DeepEqual(want.Failures, got.Snapshot.Failures) || !reflect.DeepEqual(want.Notices, got.Snapshot.Notices) || !reflect.DeepEqual(want.Seams, got.Snapshot.Seams) {
					t.Errorf("%s: it says\n%+v, want\n%+v", name, got.Snapshot, want)
				}
				live := l.engine.View()
				if diff := cmp.Diff(live.Alerts.State.Alerts, got.Alerts.State.Alerts); diff != "" {
					t.Errorf("%s: alerts (-live +past):\n%s", name, diff)
				}
				if diff := cmp.Diff(live.Snapshot.Previous, got.Snapshot.Previous, cmp.AllowUnexported(burnrate.Ratio{})); at == to && (diff != "" || len(live.Snapshot.Previous) == 0 && !testing.Short()) { // in short, no window of the story is over
					t.Errorf("%s: windows that are over (-live +past):\n%s", name, diff)
				}
			}
		}
	})
}
