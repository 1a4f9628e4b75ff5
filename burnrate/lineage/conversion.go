package lineage

import (
	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Conversion is how counts of a past definition become those of the present one.
type Conversion int

// The conversions.
const (
	SameUnit Conversion = iota
	Weighed             // each event weighs one
	Counted             // each event counts as one, whatever it weighed
)

// ConversionTo returns the one from the unit of a past definition to that of the
// present one, see [slo.SLI.Unit].
func ConversionTo(present, past int64) Conversion {
	switch {
	case past < present:
		return Weighed
	case past > present:
		return Counted
	}
	return SameUnit
}

// Convert changes the counts of a row: 12 events become 12,000 thousandths, and
// the other way round whatever they weighed becomes 12. Its events stay what they
// are. A row that would be larger than can be kept counts as not measured.
func (c Conversion) Convert(r *burnrate.Row) {
	switch {
	case c == Weighed && r.Counts.Total > burnrate.MostCounted/slo.Thousandths:
		*r = burnrate.Row{}
	case c == Weighed:
		r.Counts.Total *= slo.Thousandths
		r.Counts.Bad *= slo.Thousandths
	case c == Counted:
		r.Counts = r.Rows
	}
}
