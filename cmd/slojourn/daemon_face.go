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
	pages   pages
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

// Page returns the metrics of the newest view, nil before the first one.
func (f *face) Page() *prometheus.Page { return f.pages.of(f.engine.View) }

// pages keeps the page of the newest view, so that all who ask are shown the same one.
type pages struct {
	mutex sync.Mutex
	view  *engine.View
	page  *prometheus.Page
}

// of returns the page of the newest view. That is read in turn, so that nobody goes
// back to one that another scrape has seen replaced.
func (p *pages) of(newest func() *engine.View) *prometheus.Page {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if view := newest(); view != p.view {
		p.view = view
		p.page = prometheus.NewPage(prometheus.View{Set: view.Set, Snapshot: view.Snapshot, Alerts: view.Alerts.State.Alerts})
	}
	return p.page
}
