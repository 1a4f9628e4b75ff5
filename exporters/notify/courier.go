package notify

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/outbox"
)

// Ledger keeps letters until they were taken.
type Ledger interface {
	// Commit makes entries durable, all of them or none.
	Commit(ctx context.Context, tick burnrate.Tick) error
}

// Clock tells the time and waits.
type Clock interface {
	Now() time.Time
	// Sleep returns after a while, or with the context's error.
	Sleep(ctx context.Context, d time.Duration) error
}

// Recipient is a notifier as a courier knows it.
type Recipient struct {
	Sink      Sink
	Heartbeat time.Duration // how often a [Beater] is told that slojourn lives; 0 is never
}

// CourierOptions are what a courier works with.
type CourierOptions struct {
	Ledger     Ledger
	Clock      Clock
	Log        *slog.Logger
	Recipients map[string]Recipient // by the name of the notifier

	// Alive reports whether alerts are judged, so that a heartbeat may say so; nil
	// for always.
	Alive func() bool
	// Random returns a number from 0 up to 1; nil for any.
	Random func() float64
	// Resend is how often a firing alert is sent to a sink that has to be told of
	// it again; 0 for a minute.
	Resend time.Duration
}

const (
	atOnce     = 4                // sends to one notifier
	perSend    = 30 * time.Second // that one may take
	grace      = 5 * time.Second  // for what is under way when the process ends, and for the ledger
	usual      = time.Minute      // between two times that a firing alert is sent
	endsAfter  = 4                // resends without which a receiver forgets it
	looksAfter = time.Minute      // at the latest, as a clock may be put back
)

// Courier delivers the letters of an outbox: each at least once, those about one
// alert in order. A letter leaves the ledger once its sink took it.
type Courier struct {
	clock  Clock
	log    *slog.Logger
	alive  func() bool
	random func() float64
	resend time.Duration
	books  books
	woken  chan struct{} // has room for one

	mu    sync.Mutex
	desks map[string]*desk // by notifier, also those that are gone
	dead  []outbox.Dead    // the oldest first
}

// NewCourier returns a courier with the letters that a ledger had. It delivers
// nothing before [Courier.Run].
func NewCourier(o CourierOptions, box outbox.Box) *Courier {
	c := &Courier{
		clock: o.Clock, log: o.Log, alive: o.Alive, random: o.Random, resend: cmp.Or(o.Resend, usual),
		books: newBooks(o.Ledger, o.Clock, o.Log), woken: make(chan struct{}, 1),
		desks: map[string]*desk{}, dead: slices.Clone(box.Dead),
	}
	if c.alive == nil {
		c.alive = func() bool { return true }
	}
	if c.random == nil {
		c.random = rand.Float64
	}
	slices.SortFunc(c.dead, func(a, b outbox.Dead) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Letter.Number, b.Letter.Number))
	})
	for _, l := range box.Letters {
		c.desk(l.To).reload(l)
	}
	c.Adopt(o.Recipients)
	return c
}

// Accept takes letters that a commit made durable. It does not wait for anything.
func (c *Courier) Accept(letters []outbox.Letter) {
	c.mu.Lock()
	for _, l := range letters {
		c.desk(l.To).accept(l)
	}
	c.mu.Unlock()
	c.wake()
}

// Adopt goes on with other recipients. What a sink is at that moment sending it
// finishes. Letters to a notifier that is gone are given up.
func (c *Courier) Adopt(recipients map[string]Recipient) {
	c.mu.Lock()
	for name := range recipients {
		c.desk(name) // that there is one
	}
	for name, d := range c.desks {
		c.books.note(d.adopt(recipients[name])...)
	}
	c.mu.Unlock()
	c.wake()
}

// Stats say how letters fare. Notifiers that are gone are among them.
func (c *Courier) Stats() outbox.Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := outbox.Stats{Dead: len(c.dead)}
	for _, name := range slices.Sorted(maps.Keys(c.desks)) {
		s.Notifiers = append(s.Notifiers, c.desks[name].stats())
	}
	return s
}

// Undelivered returns the letters that were not taken yet and those that stand, in
// the order of their numbers, and those that were given up, the oldest first.
func (c *Courier) Undelivered() ([]outbox.Letter, []outbox.Dead) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var letters []outbox.Letter
	for _, d := range c.desks {
		for _, ch := range d.chains {
			if ch.standing != nil {
				letters = append(letters, *ch.standing)
			}
			for _, l := range ch.waiting {
				letters = append(letters, l.Letter)
			}
		}
	}
	slices.SortFunc(letters, func(a, b outbox.Letter) int { return cmp.Compare(a.Number, b.Number) })
	return letters, slices.Clone(c.dead)
}

// Run delivers until ctx ends. Then what is being sent has 5 seconds to end, what
// was taken has 5 more to be kept, and what was not taken stays in the ledger.
func (c *Courier) Run(ctx context.Context) {
	lasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var sends, keeping sync.WaitGroup
	keeping.Go(func() { c.books.run(ctx) })
	for ctx.Err() == nil {
		now := c.round()
		for _, job := range now.jobs {
			sends.Go(func() { job(lasting) })
		}
		for _, say := range now.said {
			say(c.log)
		}
		c.wait(ctx, now.next)
	}
	timer := time.AfterFunc(grace, cancel)
	defer timer.Stop()
	sends.Wait()
	keeping.Wait()
	c.books.last(context.WithoutCancel(ctx))
}

// round is what is to be done at an instant.
type round struct {
	jobs []func(context.Context)
	said []func(*slog.Logger)
	next time.Time // when there is more to do; zero when that is not known
}

// at notes when there is something to do.
func (r *round) at(t time.Time) { r.next = earlier(r.next, t) }

// earlier returns the first of two instants. The zero time is none.
func earlier(t, u time.Time) time.Time {
	if t.IsZero() || !u.IsZero() && u.Before(t) {
		return u
	}
	return t
}

// round takes on what is due.
func (c *Courier) round() round {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	var r round
	for _, name := range slices.Sorted(maps.Keys(c.desks)) {
		d := c.desks[name]
		c.leave(d, now, &r)
		if d.Sink != nil {
			c.deliver(d, now, &r)
			c.beat(d, now, &r)
		}
	}
	c.bury(now, &r)
	return r
}

// wait returns when there is something to do, or ctx ends.
func (c *Courier) wait(ctx context.Context, next time.Time) {
	d := looksAfter
	if !next.IsZero() {
		d = min(d, next.Sub(c.clock.Now()))
	}
	if d > 0 {
		pause(ctx, c.clock, c.woken, d)
	}
}

// wake lets [Courier.Run] look again.
func (c *Courier) wake() { wake(c.woken) }

// desk returns that of a notifier.
func (c *Courier) desk(name string) *desk {
	d := c.desks[name]
	if d == nil {
		d = newDesk(name)
		c.desks[name] = d
	}
	return d
}

// wake makes room for no more than one.
func wake(woken chan<- struct{}) {
	select {
	case woken <- struct{}{}:
	default:
	}
}

// pause returns after a while, when it is woken, or when ctx ends.
func pause(ctx context.Context, clock Clock, woken <-chan struct{}, d time.Duration) {
	sleeping, cancel := context.WithCancel(ctx)
	var waiting sync.WaitGroup
	waiting.Go(func() {
		select {
		case <-woken:
			cancel()
		case <-sleeping.Done():
		}
	})
	_ = clock.Sleep(sleeping, d) // it ends with ctx, or early
	cancel()
	waiting.Wait()
}
