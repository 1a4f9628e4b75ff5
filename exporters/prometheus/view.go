package prometheus

import (
	"errors"
	"iter"

	dto "github.com/prometheus/client_model/go"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// View is what is exported: a set, how it stands, and what fires.
type View struct {
	Set      *slo.Set
	Snapshot burnrate.Snapshot // of the set
	Alerts   []alert.Alert     // that fire, ordered by key
	// Judged reports whether the alerts of an id were judged, or of a source by the id of
	// its alerts. Of others it is not known whether they fire. Nil says that all were.
	Judged func(id string) bool
}

func (v *View) judges(id string) bool { return v.Judged == nil || v.Judged(id) }

// Families returns what a page of the view has, as of the view and without encoding it:
// only the metrics of some names when names are given. A family comes in parts, one
// after the other, of which only the first need be looked at for its type. A part holds
// until the next one is asked for, as its memory is used again.
func (v View) Families(names ...string) iter.Seq[*dto.MetricFamily] {
	return func(yield func(*dto.MetricFamily) bool) {
		enough := errors.New("enough")
		part := func(f *dto.MetricFamily) error {
			if !yield(f) {
				return enough
			}
			return nil
		}
		// No part is refused but by who has enough.
		_ = collect(newContent(v), names, part, func() error { return nil })
	}
}

// Names returns the names of all metrics, in the order of a page.
func Names() []string {
	var names []string
	for _, f := range families() {
		names = append(names, f.name)
	}
	return names
}
