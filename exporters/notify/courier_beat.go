package notify

import (
	"context"
	"log/slog"
	"time"

	"github.com/slojourn/slojourn/internal/httpclient"
)

// pulse is how the heartbeat of a notifier goes.
type pulse struct {
	due      time.Time
	beating  bool // one is under way
	failures int  // one after another
}

// beats reports whether the notifier wants heartbeats and can have them.
func (d *desk) beats() bool {
	_, can := d.Sink.(Beater)
	return can && d.Heartbeat > 0
}

// beat begins a heartbeat when it is due. Nothing is said while alerts are not
// judged: who waits for the heartbeat notices that.
func (c *Courier) beat(d *desk, now time.Time, r *round) {
	if !d.beats() || d.pulse.beating {
		return
	}
	if later(d.pulse.due, now, d.Heartbeat) {
		r.at(d.pulse.due)
		return
	}
	every := d.Heartbeat
	d.pulse.due = now.Add(every)
	if !c.alive() {
		r.at(d.pulse.due)
		return
	}
	d.pulse.beating = true
	beater := d.Sink.(Beater) //nolint:errcheck // see beats
	r.jobs = append(r.jobs, func(ctx context.Context) {
		limited, cancel := context.WithTimeout(ctx, perSend)
		err := beater.Beat(limited, now, every)
		cancel()
		if say := c.beaten(ctx, d, every, err); say != nil {
			say(c.log)
		}
		c.wake()
	})
}

// beaten notes what came of a heartbeat.
func (c *Courier) beaten(ctx context.Context, d *desk, every time.Duration, err error) func(*slog.Logger) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d.pulse.beating = false
	now := c.clock.Now()
	switch {
	case err != nil && ctx.Err() != nil:
		return nil
	case err != nil:
		d.counts.BeatsFailed++
		d.counts.Tried, d.counts.Error = true, classify(err)
		d.pulse.failures++
		d.pulse.due = now.Add(httpclient.Pause(d.pulse.failures, firstPause, every, c.random()))
		if d.pulse.failures == 1 {
			return func(log *slog.Logger) {
				log.Warn("a notifier does not take heartbeats, they are tried again", "notifier", d.name, "error", err)
			}
		}
		return nil
	}
	d.counts.Beats++
	d.counts.Success, d.counts.Tried, d.counts.Error = now, true, ""
	failed := d.pulse.failures > 0
	d.pulse.failures = 0
	if !failed {
		return nil
	}
	return func(log *slog.Logger) { log.Info("a notifier takes heartbeats again", "notifier", d.name) }
}
