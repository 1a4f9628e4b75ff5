package notify

import (
	"log/slog"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/outbox"
)

// How many dead letters are kept, and for how long.
const (
	deadKept = 1000
	deadFor  = 100 * 24 * time.Hour
)

// giveUp makes the first letter of a chain a dead one. With a resolve what stands
// is over too.
func (c *Courier) giveUp(d *desk, ch *chain, now time.Time, reason error) func(*slog.Logger) {
	dead := outbox.Dead{Letter: ch.take(1)[0], At: now, Reason: reason.Error()}
	c.dead = append(c.dead, dead)
	d.counts.Dead++
	n := dead.Letter.Notification
	var entries []burnrate.Entry
	if ch.standing != nil && !stands(n) {
		entries = append(entries, ch.standing.Delivered())
		ch.standing = nil
	}
	entries = append(entries, dead.Letter.Delivered())
	if entry, err := dead.Entry(); err == nil { // what was JSON can be JSON again
		entries = append(entries, entry)
	}
	c.books.note(entries...)
	return func(log *slog.Logger) {
		log.Error("a notification was given up", "notifier", d.name, "alert", n.Key.String(), "change", string(n.Change),
			"at", n.At, "letter", dead.Letter.Number, "reason", dead.Reason)
	}
}

// bury forgets dead letters that are too many or too old.
func (c *Courier) bury(now time.Time, r *round) {
	n := max(0, len(c.dead)-deadKept)
	for n < len(c.dead) && now.Sub(c.dead[n].At) >= deadFor {
		n++
	}
	for _, dead := range c.dead[:n] {
		c.books.note(dead.Forgotten())
	}
	c.dead = c.dead[n:]
	if len(c.dead) > 0 {
		r.at(c.dead[0].At.Add(deadFor))
	}
}
