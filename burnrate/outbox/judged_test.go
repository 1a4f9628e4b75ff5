package outbox_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
)

// TestJudgedAt remembers when alerts were judged, tick after tick.
func TestJudgedAt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		ticks []slo.Minute
		want  []outbox.Stretch
	}{
		{"the first tick", []slo.Minute{100}, []outbox.Stretch{{From: 100, Until: 101}}},
		{"each minute", []slo.Minute{100, 101, 102}, []outbox.Stretch{{From: 100, Until: 103}}},
		{"twice in a minute", []slo.Minute{100, 100}, []outbox.Stretch{{From: 100, Until: 101}}},
		{"a short pause", []slo.Minute{100, 106}, []outbox.Stretch{{From: 100, Until: 107}}},
		{"a long pause", []slo.Minute{100, 107, 108}, []outbox.Stretch{{From: 100, Until: 101}, {From: 107, Until: 109}}},
		{"a clock that was ahead", []slo.Minute{100, 101, 150, 102}, []outbox.Stretch{{From: 100, Until: 103}}},
		{"a clock that was put back to before", []slo.Minute{100, 101, 90}, []outbox.Stretch{{From: 90, Until: 91}}},
		{"too long ago", []slo.Minute{20, 30, 100}, []outbox.Stretch{{From: 30, Until: 31}, {From: 100, Until: 101}}},
	} {
		var s outbox.State
		for _, minute := range test.ticks {
			s.Judged = s.JudgedAt(minute.Time().Add(40*time.Second), minute-75)
		}
		if diff := cmp.Diff(test.want, s.Judged); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	var many outbox.State
	for n := range slo.Minute(1500) {
		many.Judged = many.JudgedAt((10 * n).Time(), 0)
	}
	if n := len(many.Judged); n != 1000 || many.Judged[n-1].Until != 14991 {
		t.Errorf("%d stretches are kept, the last %+v", n, many.Judged[n-1])
	}
}

// TestOpenWithoutJudged takes for judged what certainly was, of a state that does not say.
func TestOpenWithoutJudged(t *testing.T) {
	t.Parallel()
	var kept burnrate.Kept
	state, err := outbox.State{States: alert.States{At: at}}.Entry()
	kept.Entries = append(kept.Entries, entry(t, state, err))
	last := slo.MinuteAt(at)
	if diff := cmp.Diff([]outbox.Stretch{{From: last, Until: last + 1}}, must(t, kept).State.Judged); diff != "" {
		t.Errorf("without events (-want +got):\n%s", diff)
	}
	n := about("pay", alert.Firing)
	n.At = at.Add(-time.Hour)
	logged, err := outbox.Logged(1, n)
	kept.Entries = append(kept.Entries, entry(t, logged, err))
	if diff := cmp.Diff([]outbox.Stretch{{From: last - 60, Until: last + 1}}, must(t, kept).State.Judged); diff != "" {
		t.Errorf("with an event (-want +got):\n%s", diff)
	}
}
