package prometheus

import (
	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// View is what is exported: a set, how it stands, and what fires.
type View struct {
	Set      *slo.Set
	Snapshot burnrate.Snapshot // of the set
	Alerts   []alert.Alert     // that fire, ordered by key
}

// Page is the metrics of a view.
type Page struct {
	view View
}

// NewPage makes the page of a view, which must not change any more.
func NewPage(v View) *Page { return &Page{view: v} }
