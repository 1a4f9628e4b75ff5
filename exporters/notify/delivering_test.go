package notify

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/outbox"
)

// wall is the clock of this machine.
type wall struct{}

func (wall) Now() time.Time { return time.Now() }

func (wall) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// delivering is a courier with a ledger on disk, as a process has them.
type delivering struct {
	ledger  *ledger.Ledger
	courier *Courier
	keeps   Ledger // the ledger, or what stands before it
	state   outbox.State
	end     func() error
}

// deliverFrom opens the ledger in a folder and delivers from it. Of the options
// those that are not set are. wrap stands before the ledger; nil for nothing.
func deliverFrom(ctx context.Context, dir string, o CourierOptions, wrap func(Ledger) Ledger) (*delivering, error) {
	l, err := ledger.Open(ctx, dir, ledger.Options{})
	if err != nil {
		return nil, err
	}
	d := &delivering{ledger: l, keeps: l}
	if wrap != nil {
		d.keeps = wrap(l)
	}
	kept, err := l.State(ctx)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	box, err := outbox.Open(kept)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	d.state = box.State
	d.state.Next = max(d.state.Next, 1)
	o.Ledger, o.Clock = d.keeps, wall{}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d.courier = NewCourier(o, box)
	running, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { d.courier.Run(running) })
	d.end = sync.OnceValue(func() error {
		cancel()
		group.Wait()
		return l.Close()
	})
	return d, nil
}

// tell commits a notification to notifiers, as an engine does, and has it
// delivered.
func (d *delivering) tell(ctx context.Context, n alert.Notification, to ...string) error {
	var letters []outbox.Letter
	tick := burnrate.Tick{At: time.Now()}
	state := d.state
	for _, name := range to {
		l := outbox.Letter{Number: state.Next, To: name, Notification: n}
		state.Next++
		entry, err := l.Entry()
		if err != nil {
			return err
		}
		letters, tick.Entries = append(letters, l), append(tick.Entries, entry)
	}
	entry, err := state.Entry()
	if err != nil {
		return err
	}
	tick.Entries = append(tick.Entries, entry)
	if err := d.keeps.Commit(ctx, tick); err != nil {
		return err
	}
	d.state = state
	d.courier.Accept(letters)
	return nil
}
