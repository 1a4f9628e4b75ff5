package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/internal/httpclient"
	"github.com/slojourn/slojourn/slo"
)

// leave takes letters out that are not sent: those that are out of date, and those
// to a notifier that is gone.
func (c *Courier) leave(d *desk, now time.Time, r *round) {
	var keys []alert.Key
	for key, ch := range d.chains {
		if ch.outdated(now) > 0 || d.Sink == nil {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, alert.Key.Compare)
	for _, key := range keys {
		var gone []burnrate.Entry
		ch := d.chains[key]
		for _, l := range ch.take(ch.outdated(now)) {
			gone = append(gone, l.Delivered())
			d.counts.Dropped++
			r.said = append(r.said, func(log *slog.Logger) {
				log.Warn("nobody is told of an alert, as it has resolved and is long ago",
					"notifier", d.name, "alert", l.Notification.Key.String(), "change", string(l.Notification.Change), "at", l.Notification.At, "letter", l.Number)
			})
		}
		c.books.note(gone...)
		for d.Sink == nil && !ch.sending && len(ch.waiting) > 0 {
			r.said = append(r.said, c.giveUp(d, ch, now, errors.New("there is no such notifier any more")))
		}
		d.tidy(key)
	}
}

// deliver begins to send what is due.
func (c *Courier) deliver(d *desk, now time.Time, r *round) {
	ready, next := d.due(now, max(longestPause, c.resend))
	r.at(next)
	for _, key := range ready {
		ch := d.chains[key]
		l, a := ch.next()
		delivery := Delivery{Notification: l.Notification, At: now, Attempt: a.failures + 1}
		if d.Sink.Resends() {
			delivery.EndsAt = c.endsAt(l.Notification, now)
		}
		again, sink := len(ch.waiting) == 0, d.Sink
		ch.sending = true
		d.sending++
		r.jobs = append(r.jobs, func(ctx context.Context) {
			limited, cancel := context.WithTimeout(ctx, perSend)
			err := sink.Send(limited, delivery)
			cancel()
			if say := c.sent(ctx, d, key, again, err); say != nil {
				say(c.log)
			}
			c.wake()
		})
	}
}

// endsAt is when a receiver may forget an alert.
func (c *Courier) endsAt(n alert.Notification, now time.Time) time.Time {
	switch {
	case n.Change == alert.Resolved:
		return time.Time{}
	case stands(n):
		return now.Add(endsAfter * c.resend)
	default: // nothing resolves it
		return now.Add(outdated)
	}
}

// sent notes what came of sending the first letter, or the standing one again. It
// returns what the log says of it, or nil.
func (c *Courier) sent(ctx context.Context, d *desk, key alert.Key, again bool, err error) func(*slog.Logger) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, ch := c.clock.Now(), d.chains[key]
	ch.sending = false
	d.sending--
	defer d.tidy(key)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil // the process ends, and what is not known to be taken stays
	case err != nil && again:
		return c.forgetful(d, ch, now, err)
	case err != nil:
		return c.failed(d, ch, now, err)
	}
	d.counts.Success, d.counts.Tried, d.counts.Error = now, true, ""
	if again {
		d.counts.Resent++
		ch.again = attempts{due: now.Add(c.resend)}
		return c.recovered(d, nil)
	}
	d.counts.Sent++
	l := ch.take(1)[0]
	c.books.note(c.settled(d, ch, l, now)...)
	return c.recovered(d, func(log *slog.Logger) {
		log.Info("a notification was delivered", "notifier", d.name, "alert", l.Notification.Key.String(), "change", string(l.Notification.Change), "letter", l.Number)
	})
}

// settled returns how a ledger keeps that a letter was taken.
func (c *Courier) settled(d *desk, ch *chain, l outbox.Letter, now time.Time) []burnrate.Entry {
	var entries []burnrate.Entry
	before := ch.standing
	if before != nil {
		ch.standing = nil
		entries = append(entries, before.Delivered())
	}
	if d.Sink == nil || !d.Sink.Resends() || !stands(l.Notification) {
		return append(entries, l.Delivered())
	}
	l.Standing = now
	if before != nil {
		l.Standing = before.Standing
	}
	ch.standing, ch.again = &l, attempts{due: now.Add(c.resend)}
	entry, err := l.Entry()
	if err != nil { // then the next process sends it as a new one
		return entries
	}
	return append(entries, entry)
}

// failed decides what comes of a letter that was not taken.
func (c *Courier) failed(d *desk, ch *chain, now time.Time, err error) func(*slog.Logger) {
	l := &ch.waiting[0]
	c.trouble(d, &ch.first, longestPause, now, err)
	l.doubt = l.doubt || d.counts.Error == unanswered
	_, refused := errors.AsType[*PermanentError](err)
	switch {
	case d.Sink == nil:
		return nil // the next round leaves it
	case refused:
		return c.giveUp(d, ch, now, err)
	case now.Sub(l.Notification.At) >= tried && !c.wanted(d, ch):
		return c.giveUp(d, ch, now, fmt.Errorf("it was tried for %s: %w", slo.FormatDuration(tried), err))
	}
	return c.complain(d, ch.first.due, err)
}

// forgetful takes note that a standing letter was not taken. It is tried again
// whatever the reason, as the receiver would forget it.
func (c *Courier) forgetful(d *desk, ch *chain, now time.Time, err error) func(*slog.Logger) {
	c.trouble(d, &ch.again, c.resend, now, err)
	return c.complain(d, ch.again.due, err)
}

// trouble counts a failure, and puts off what comes next.
func (c *Courier) trouble(d *desk, a *attempts, longest time.Duration, now time.Time, err error) {
	d.counts.Failed++
	d.counts.Tried, d.counts.Error = true, classify(err)
	a.failures++
	a.due = now.Add(httpclient.Pause(a.failures, firstPause, longest, c.random()))
	if throttled, ok := errors.AsType[*ThrottledError](err); ok && throttled.After > 0 {
		d.asked = now.Add(min(throttled.After, longestAsked))
	}
}

// wanted reports whether the first letter is about an alert that fires still, and
// whose receiver has to be told of it until it resolves, however long that takes.
func (c *Courier) wanted(d *desk, ch *chain) bool {
	return d.Sink.Resends() && stands(ch.waiting[0].Notification) && !slices.ContainsFunc(ch.waiting, func(l letter) bool { return !stands(l.Notification) })
}

// complain says once that a notifier does not take messages.
func (c *Courier) complain(d *desk, due time.Time, err error) func(*slog.Logger) {
	if d.failing {
		return nil
	}
	d.failing = true
	return func(log *slog.Logger) {
		log.Warn("a notifier does not take a message, it is tried again", "notifier", d.name, "next", due, "error", err)
	}
}

// recovered adds that a notifier takes messages again to what is said.
func (c *Courier) recovered(d *desk, say func(*slog.Logger)) func(*slog.Logger) {
	if !d.failing || d.troubled() {
		return say
	}
	d.failing = false
	return func(log *slog.Logger) {
		log.Info("a notifier takes messages again", "notifier", d.name)
		if say != nil {
			say(log)
		}
	}
}

const unanswered = "unanswered"

// classify names the kind of a failure.
func classify(err error) string {
	if _, ok := errors.AsType[*PermanentError](err); ok {
		return "refused"
	}
	if _, ok := errors.AsType[*ThrottledError](err); ok {
		return "throttled"
	}
	if _, ok := errors.AsType[*UnansweredError](err); ok || errors.Is(err, context.DeadlineExceeded) {
		return unanswered
	}
	return "failed"
}
