package remote

import (
	"context"
	"iter"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// Ledger has the minutes, and keeps how far a receiver was told.
type Ledger interface {
	State(ctx context.Context) (burnrate.Kept, error)
	// History returns the minutes of a span in order, with a row for each lineage,
	// which the next record overwrites.
	History(ctx context.Context, lineages []lineage.Lineage, span slo.Span) iter.Seq2[burnrate.Record, error]
	Commit(ctx context.Context, tick burnrate.Tick) error
}

// Sender sends requests, as a [Client] does.
type Sender interface {
	Send(ctx context.Context, body []byte) error
	// Key stands for the receiver among others.
	Key() string
}

// Clock tells the time and waits.
type Clock interface {
	Now() time.Time
	// Sleep returns after a while, or with the context's error.
	Sleep(ctx context.Context, d time.Duration) error
}

// Options are what a writer works with.
type Options struct {
	Ledger Ledger
	Sender Sender
	Clock  Clock
	Log    *slog.Logger
	// Feeds returns what can be sent by now; nil before anything was measured. It is
	// also called while stats are asked for.
	Feeds func(now time.Time) []Feed
	// From is the first minute that is sent when nothing was sent before; 0 is what
	// is ready next.
	From   slo.Minute
	Labels map[string]string // of every series, beside its own
	// Random returns a number from 0 up to 1; nil for any.
	Random func() float64
}

// Times between two looks, for what is under way when the process ends, and after
// which what was read may be different.
const (
	looksEvery = 10 * time.Second
	grace      = 5 * time.Second
	fresh      = time.Minute
)

// mostItems is how many minutes of SLOs are held at a time, in 8 MiB, unless one minute
// has more: the ledger reads an hour to return a minute of it.
const mostItems = 1 << 18

// Writer sends minutes to a receiver.
type Writer struct {
	options Options
	begun   bool // the position is known
	waiting bool // for history, to begin with
	unkept  bool // the ledger does not keep it
	unread  bool // the ledger cannot be read
	trouble trouble
	labels  map[string]encoded // by the id of an SLO

	mu       sync.Mutex // of what follows, which Run alone writes
	position position
	stats    Stats // without what follows from the position
}

// Stats say how sending fares.
type Stats struct {
	Sent, Failed, Skipped int64     // samples; failed is for each attempt
	Tried, Up             bool      // something was sent, and the last attempt was taken
	Success               time.Time // when something was taken last; zero before
	Position              time.Time // up to when everything was sent; zero while it is not known
	Lag                   time.Duration
}

// New returns a writer, which does nothing before [Writer.Run].
func New(o Options) *Writer {
	if o.Random == nil {
		o.Random = rand.Float64
	}
	return &Writer{options: o, labels: map[string]encoded{}}
}

// Stats may be called at any time. How far it is behind is computed by the clock, as
// it grows while the writer waits for a receiver.
func (w *Writer) Stats() Stats {
	w.mu.Lock()
	stats, position := w.stats, w.position
	w.mu.Unlock()
	for _, f := range w.options.Feeds(w.options.Clock.Now()) {
		at, known := position.of(f.Source)
		if !known {
			continue
		}
		if t := at.Minute.Time(); stats.Position.IsZero() || t.Before(stats.Position) {
			stats.Position = t
		}
		stats.Lag = max(stats.Lag, time.Duration(f.Ready-at.Minute)*time.Minute)
	}
	return stats
}

// move changes the position for all who ask.
func (w *Writer) move(to position) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.position = to
}

// Run sends until ctx ends.
func (w *Writer) Run(ctx context.Context) {
	for ctx.Err() == nil {
		pause := looksEvery
		if feeds := w.options.Feeds(w.options.Clock.Now()); len(feeds) > 0 {
			w.round(ctx, feeds)
		} else {
			pause = firstPause
		}
		_ = w.options.Clock.Sleep(ctx, pause) // it ends with ctx
	}
}

// round sends what is ready. What the ledger fails is tried again in the next one.
func (w *Writer) round(ctx context.Context, feeds []Feed) {
	err := w.send(ctx, feeds)
	switch {
	case ctx.Err() != nil:
	case err != nil && !w.unread:
		w.unread = true
		w.options.Log.Error("remote write cannot read the ledger, it is tried again", "error", err)
	case err == nil && w.unread:
		w.unread = false
		w.options.Log.Info("remote write can read the ledger again")
	}
}

func (w *Writer) send(ctx context.Context, feeds []Feed) error {
	if w.begun && (!w.behind(feeds) || w.waits(feeds)) {
		return nil
	}
	kept, err := w.options.Ledger.State(ctx)
	if err != nil {
		return err
	}
	if !w.begun {
		p, _, err := positionIn(kept, w.options.Sender.Key())
		if err != nil {
			return err
		}
		w.move(p)
		w.begun = true
	}
	if w.waits(feeds) {
		return nil
	}
	lineages, err := lineage.All(kept)
	if err != nil {
		return err
	}
	if p, ahead := w.position.back(feeds, slo.MinuteAt(w.options.Clock.Now())); ahead {
		w.options.Log.Warn("the remote write was ahead of the clock, and goes on with what is ready now")
		w.keep(ctx, p)
	}
	w.keep(ctx, w.position.follow(feeds, w.options.From))
	w.forget(feeds)
	for _, f := range feeds {
		if err := w.feed(ctx, f, lineages); err != nil || ctx.Err() != nil {
			return err
		}
	}
	return nil
}

// waits reports whether it is to begin at an instant and history is still being read,
// which would be left out for good: nothing is sent that is measured after it went on.
func (w *Writer) waits(feeds []Feed) bool {
	waits := w.options.From != 0 && len(w.position.Places) == 0 && slices.ContainsFunc(feeds, func(f Feed) bool { return f.Filling })
	if waits && !w.waiting {
		w.options.Log.Info("remote write begins when all history is there", "from", w.options.From.Time().Format(time.RFC3339))
	}
	w.waiting = waits
	return waits
}

// behind reports whether there is something to do.
func (w *Writer) behind(feeds []Feed) bool {
	now, known := slo.MinuteAt(w.options.Clock.Now()), 0
	for _, f := range feeds {
		at, there := w.position.of(f.Source)
		if f.Ready > at.Minute || f.Ready > 0 && at.Minute > now { // also when it is not there
			return true
		}
		if there {
			known++
		}
	}
	return known < len(w.position.Places) // one is gone
}

// feed sends what is ready of a source.
func (w *Writer) feed(ctx context.Context, f Feed, lineages map[string]lineage.Lineage) error {
	var targets []target
	var histories []lineage.Lineage
	for _, id := range f.IDs {
		if l, known := lineages[id]; known {
			targets = append(targets, target{id, l.Present.Unit, w.labelsOf(id)})
			histories = append(histories, l)
		}
	}
	for ctx.Err() == nil {
		at, known := w.position.of(f.Source)
		if !known || at.Minute >= f.Ready {
			return nil
		}
		items, next, err := w.read(ctx, at, f.Ready, histories, targets)
		if err != nil {
			return err
		}
		if w.deliverAll(ctx, f.Source, items, targets) {
			w.keep(ctx, w.position.moved(next))
		}
	}
	return nil
}

// labelsOf returns the labels of an SLO, which do not change.
func (w *Writer) labelsOf(id string) encoded {
	labels, known := w.labels[id]
	if !known {
		labels = encodedLabels(id, w.options.Labels)
		w.labels[id] = labels
	}
	return labels
}

// forget forgets the labels of SLOs that are gone, when they are most of what there is.
func (w *Writer) forget(feeds []Feed) {
	ids := 0
	for _, f := range feeds {
		ids += len(f.IDs)
	}
	if len(w.labels) > 2*ids {
		clear(w.labels)
	}
}

// deliverAll sends items of a source, request by request, and moves on behind each but
// the last. It returns false when ctx has ended, and when a receiver has made it wait so
// long that the rest is to be read again: a source may have measured more meanwhile.
func (w *Writer) deliverAll(ctx context.Context, source string, items []item, targets []target) bool {
	read := w.options.Clock.Now()
	for len(items) > 0 {
		n := cut(items, targets)
		if !w.deliver(ctx, items[:n], targets) {
			return false
		}
		last := items[n-1]
		if items = items[n:]; len(items) == 0 {
			break
		}
		w.keep(ctx, w.position.moved(place{source, last.minute, targets[last.slo].id}))
		if w.options.Clock.Now().Sub(read).Abs() > fresh {
			return false
		}
	}
	return true
}

// read returns the next minutes of a source, whole ones, up to as many as are held, and
// the place behind them. Nothing is sent meanwhile, as that takes as long as a receiver
// likes, and the ledger does not forget what somebody reads.
func (w *Writer) read(ctx context.Context, at place, ready slo.Minute, histories []lineage.Lineage, targets []target) ([]item, place, error) {
	var items []item
	for record, err := range w.options.Ledger.History(ctx, histories, slo.Span{Start: at.Minute, End: ready}) {
		if err != nil {
			return nil, at, err
		}
		if record.Rows == nil {
			continue
		}
		for n := range record.Rows {
			if record.Minute == at.Minute && targets[n].id <= at.After {
				continue
			}
			if i, measured := itemOf(record.Minute, n, &record.Rows[n]); measured {
				items = append(items, i)
			}
		}
		if len(items) >= mostItems {
			return items, place{Source: at.Source, Minute: record.Minute + 1}, nil
		}
	}
	return items, place{Source: at.Source, Minute: ready}, nil
}

// keep moves the position on, durably, unless it is there. When the ledger does not
// keep it, the next one is kept instead.
func (w *Writer) keep(ctx context.Context, p position) {
	before, err := w.position.entry(w.options.Sender.Key())
	var entry burnrate.Entry
	if err == nil {
		entry, err = p.entry(w.options.Sender.Key())
	}
	w.move(p)
	if err == nil && string(before.Value) == string(entry.Value) && !w.unkept {
		return
	}
	if err == nil { // what was taken is kept, also when the process ends
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		err = w.options.Ledger.Commit(limited, burnrate.Tick{At: w.options.Clock.Now(), Entries: []burnrate.Entry{entry}})
		cancel()
	}
	switch {
	case err != nil && !w.unkept:
		w.options.Log.Error("the ledger does not keep how far the remote write is, it is tried again", "error", err)
	case err == nil && w.unkept:
		w.options.Log.Info("how far the remote write is is kept again")
	}
	w.unkept = err != nil
}
