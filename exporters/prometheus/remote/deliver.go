package remote

import (
	"context"
	"errors"
	"time"

	"github.com/slojourn/slojourn/internal/httpclient"
	"github.com/slojourn/slojourn/slo"
)

const (
	firstPause   = time.Second
	longestPause = time.Minute      // between two attempts to reach a receiver
	longestNo    = 10 * time.Minute // between two attempts at what it refuses
	tried        = 24 * time.Hour   // how long refusals are not believed
)

// trouble is what goes wrong since a receiver took something last.
type trouble struct {
	failures int
	refused  time.Duration // how long it has refused what it was sent
	last     time.Time     // when it did so; zero when something else was wrong since
}

// deliver returns true when a receiver took items, or has refused them for so long
// that they are left out, and false when ctx has ended.
func (w *Writer) deliver(ctx context.Context, items []item, targets []target) bool {
	body, samples := encode(items, targets), int64(len(items))*seriesOfSLO
	for ctx.Err() == nil {
		err := w.options.Sender.Send(ctx, body)
		if err != nil && ctx.Err() != nil {
			break // it is not known whether it was taken, and is sent again
		}
		now := w.options.Clock.Now()
		w.sent(now, samples, err)
		if err == nil {
			if w.trouble.failures > 0 {
				w.options.Log.Info("the remote write goes on: the receiver takes samples again")
			}
			w.trouble = trouble{}
			return true
		}
		pause, skip := w.trouble.failed(now, err, w.options.Random())
		if w.trouble.failures == 1 {
			w.options.Log.Warn("the receiver of the remote write does not take samples, they are sent again", "error", err, "next", now.Add(pause))
		}
		if skip {
			w.skipped(items, samples, err)
			return true
		}
		_ = w.options.Clock.Sleep(ctx, pause) // it ends with ctx
	}
	return false
}

// failed returns how long to wait, and whether what was sent is to be left out. A
// receiver that has refused everything for a day is believed at once from then on,
// until something else is wrong. Only the time between two refusals counts, and of that
// no more than there is between two attempts: who is away does not refuse, and what is
// refused for ever is left out even when the receiver is restarted every night.
func (t *trouble) failed(now time.Time, err error, random float64) (pause time.Duration, skip bool) {
	t.failures++
	longest := longestPause
	_, refused := errors.AsType[*RefusedError](err)
	switch {
	case refused:
		if !t.last.IsZero() {
			t.refused += max(0, min(now.Sub(t.last), longestNo))
		}
		if t.last = now; t.refused >= tried {
			return 0, true
		}
		longest = longestNo
	case t.refused >= tried:
		t.refused, t.last = 0, time.Time{}
	default:
		t.last = time.Time{}
	}
	pause = httpclient.Pause(t.failures, firstPause, longest, random)
	if throttled, ok := errors.AsType[*ThrottledError](err); ok {
		pause = max(pause, throttled.After)
	}
	return pause, false
}

// sent counts an attempt.
func (w *Writer) sent(now time.Time, samples int64, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stats.Tried, w.stats.Up = true, err == nil
	if err != nil {
		w.stats.Failed += samples
		return
	}
	w.stats.Sent += samples
	w.stats.Success = now
}

// skipped says what was left out.
func (w *Writer) skipped(items []item, samples int64, err error) {
	w.mu.Lock()
	w.stats.Skipped += samples
	w.mu.Unlock()
	span := slo.Span{Start: items[0].minute, End: items[len(items)-1].minute + 1}
	w.options.Log.Error("the remote write left minutes out, as the receiver has refused them for a day: slojourn ledger export has them",
		"from", span.Start.Time().Format(time.RFC3339), "to", span.End.Time().Format(time.RFC3339), "samples", samples, "error", err)
}
