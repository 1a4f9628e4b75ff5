package main

import (
	"errors"
	"sync"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/notify"
	"github.com/slojourn/slojourn/exporters/prometheus"
	"github.com/slojourn/slojourn/internal/engine"
)

// face shows an engine to the server, which does not ask before there is one.
type face struct {
	engine  *engine.Engine
	courier *notify.Courier
	ready   func(engine.Progress) error

	mutex sync.Mutex
	shown *engine.View // that page is of
	page  *prometheus.Page
}

// Snapshot implements [server.Engine].
func (f *face) Snapshot() (burnrate.Snapshot, bool) {
	if view := f.engine.View(); view != nil {
		return view.Snapshot, true
	}
	return burnrate.Snapshot{}, false
}

// Ready implements [server.Engine].
func (f *face) Ready() error {
	if view := f.engine.View(); view != nil {
		return f.ready(view.Progress)
	}
	return errors.New("nothing has been measured yet")
}

// Page returns the metrics of the newest view, nil before the first one. Whoever asks
// while it is the newest gets the same page.
func (f *face) Page() *prometheus.Page {
	view := f.engine.View()
	if view == nil {
		return nil
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.shown != view {
		f.shown = view
		f.page = prometheus.NewPage(prometheus.View{Set: view.Set, Snapshot: view.Snapshot, Alerts: view.Alerts.State.Alerts})
	}
	return f.page
}
