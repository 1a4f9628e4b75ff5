package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/exporters/notify"
	"github.com/slojourn/slojourn/slo"
)

// newCourier makes a courier with what a ledger has in its outbox.
func newCourier(ctx context.Context, book *ledger.Ledger, options notify.CourierOptions) (*notify.Courier, error) {
	kept, err := book.State(ctx)
	if err != nil {
		return nil, err
	}
	box, err := outbox.Open(kept)
	if err != nil {
		return nil, err
	}
	options.Ledger = book
	return notify.NewCourier(options, box), nil
}

// unjudged is how long no tick may be kept until no heartbeat says that all is well.
const unjudged = 5 * time.Minute

// judging reports whether alerts are judged: ticks are kept, or a process has just
// begun.
func judging(box func() (outbox.Box, bool), now func() time.Time) func() bool {
	begun := now()
	return func() bool {
		last := begun
		if newest, ok := box(); ok {
			last = newest.State.At
		}
		return now().Sub(last) < unjudged
	}
}

// recipients opens the notifiers of a set. Secrets are read when something is sent,
// so that a key that was exchanged is used at once.
func recipients(set *slo.Set, resolve notify.Resolve, log *slog.Logger) map[string]notify.Recipient {
	opened := map[string]notify.Recipient{}
	for _, n := range set.Notifiers {
		sink := notify.Open(n, resolve, notify.Options{Partly: func(err error) {
			log.Warn("an instance of Alertmanager did not take what another one took", "notifier", n.Name, "error", err)
		}, Again: func(instance string) {
			log.Info("an instance of Alertmanager takes alerts again", "notifier", n.Name, "instance", instance)
		}})
		opened[n.Name] = notify.Recipient{Sink: sink, Heartbeat: n.Heartbeat}
	}
	return opened
}

// judged returns what the last tick that was kept said of alerts, and false before
// the first one.
func (f *face) judged() (outbox.Box, bool) {
	view := f.engine.View()
	if view == nil {
		return outbox.Box{}, false
	}
	return outbox.Box{State: view.Alerts.State, Log: view.Alerts.Log}, true
}

// Alerts implements [server.Alerts].
func (f *face) Alerts() (outbox.Box, bool) {
	box, judged := f.judged()
	if !judged {
		return box, false
	}
	box.Letters, box.Dead = f.courier.Undelivered()
	return box, true
}
