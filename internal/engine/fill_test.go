package engine

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/file"
)

// fill fills the ledger of a rig, whose engine has measured nothing.
func (r *rig) fill(ctx context.Context, since slo.Minute) (failures []string, told []Progress, err error) {
	failed, notices, err := Fill(ctx, r.options(), r.specs(), since.Time(), func(p Progress) { told = append(told, p) })
	for _, f := range failed {
		failures = append(failures, f.ID+": "+f.Message)
	}
	if len(notices) > 0 {
		r.Errorf("notices: %v", notices)
	}
	return failures, told, err
}

// TestFill measures what is asked for, and nothing before.
func TestFill(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 90, "a", "b")
		r.world.asked = map[sources.Need]int64{}
		end := slo.MinuteAt(time.Now().Add(-lag))
		since := (end - 30*60).Floor(60)
		begin := time.Now()
		failures, told, err := r.fill(t.Context(), since)
		if err != nil || len(failures) > 0 {
			t.Fatal(failures, err)
		}
		if wrong := r.wrong(slo.Span{Start: since, End: end}); len(wrong) > 0 {
			t.Errorf("%d minutes are wrong, such as %s", len(wrong), wrong[0])
		}
		kept, err := r.ledger.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if first := kept.Since["a"]; first != since {
			t.Errorf("it begins %d minutes before what was asked for", since-first)
		}
		if most := 3 * 31 * 60 * int64(2); r.world.asked[sources.Backfill] > most { // hours, and then minutes
			t.Errorf("%d minutes were asked for, and %d are enough", r.world.asked[sources.Backfill], most)
		}
		if n := len(told); n < 3 || told[n-1].Gaps != 0 || told[1].Gaps < 1000 || told[n-1].Filling != 0 || told[1].Filling != 2 {
			t.Errorf("told %+v", told)
		}
		if took := time.Since(begin); took > time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}

// TestFillFromLongAgo measures what is asked for, however long before the end it is; an
// engine that goes on fills in 90 days.
func TestFillFromLongAgo(t *testing.T) {
	notForRaces(t)
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 97*24, "a")
		end := slo.MinuteAt(time.Now().Add(-lag))
		since := (end - 95*24*60).Floor(60)
		failures, _, err := r.fill(t.Context(), since)
		if err != nil || len(failures) > 0 {
			t.Fatal(failures, err)
		}
		if wrong := r.wrong(slo.Span{Start: since, End: end}); len(wrong) > 0 {
			t.Errorf("%d minutes are wrong, such as %s", len(wrong), wrong[0])
		}
		kept, err := r.ledger.State(t.Context())
		if err != nil || kept.Since["a"] != since {
			t.Errorf("it begins %d minutes before what was asked for, %v", since-kept.Since["a"], err)
		}
		usual := indicator{start: r.world.begin, end: end}
		if got := usual.oldest(); got != end-90*24*60 {
			t.Errorf("an engine begins %d minutes before its end", end-got)
		}
	})
}

// TestFillFails says what could not be measured, all of it or a part of the history,
// and ends.
func TestFillFails(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 60, "all", "some", "sound")
		old := r.world.begin + 600
		r.world.fails = func(id string, span slo.Span) error {
			if id == "all" || id == "some" && span.Start < old && span.Len() < 3000 {
				return errGone
			}
			return nil
		}
		failures, _, err := r.fill(t.Context(), r.world.begin)
		if err != nil {
			t.Fatal(err)
		}
		if len(failures) != 2 || failures[0] != "all: it is gone" || !strings.HasPrefix(failures[1], "some: ") ||
			!strings.HasSuffix(failures[1], " minutes of its history could not be read: it is gone") {
			t.Errorf("failures: %q", failures)
		}
		r.ids = []string{"sound"}
		if wrong := r.wrong(slo.Span{Start: r.world.begin, End: slo.MinuteAt(time.Now().Add(-lag))}); len(wrong) > 0 {
			t.Errorf("%d minutes are wrong, such as %s", len(wrong), wrong[0])
		}
		r.ids = []string{"some"}
		if wrong := r.wrong(slo.Span{Start: old + 360, End: slo.MinuteAt(time.Now().Add(-lag))}); len(wrong) > 0 {
			t.Errorf("%d minutes are wrong, such as %s", len(wrong), wrong[0])
		}
	})
}

// TestFillEnds when it is told to, and when the ledger cannot be written.
func TestFillEnds(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 60, "a")
		r.world.slow = 10 * time.Second
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
		defer cancel()
		begin := time.Now()
		if _, _, err := r.fill(ctx, r.world.begin); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it ends with %v", err)
		}
		if took := time.Since(begin); took != 25*time.Second {
			t.Errorf("it ends after %v", took)
		}
		r.world.slow = 0
		r.broken.failures.Store(1)
		if _, _, err := r.fill(t.Context(), r.world.begin); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("it ends with %v", err)
		}
	})
}

// TestFillFromAFile measures all that it has.
func TestFillFromAFile(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		f := newFiled(t)
		f.write(20)
		specs := f.specs()
		specs.Set.Sources, specs.Set.SLOs[0].Source = []*slo.Source{f.source}, f.source
		specs.Sources = map[string]sources.Source{"file": file.New(f.source, f.ids)}
		failures, notices, err := Fill(t.Context(), f.options(), specs, f.begin.Time(), func(Progress) {})
		if len(failures)+len(notices) > 0 || err != nil {
			t.Fatal(failures, notices, err)
		}
		f.holds(slo.Span{Start: f.begin, End: slo.MinuteAt(time.Now()) - 1}, 20)
	})
}
