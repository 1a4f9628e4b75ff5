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
