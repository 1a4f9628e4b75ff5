package slo

import (
	"cmp"

	"github.com/slojourn/slojourn/slo/diag"
)

// History says what becomes of the minutes that an earlier SLI measured, from
// when the SLI beside it has taken its place.
type History struct {
	Mode   HistoryMode
	Reason string // of a restart, for people
}

// HistoryMode says whether an SLI goes on from the one before it. The zero
// HistoryMode is invalid.
type HistoryMode string

// What an SLI may do about the minutes of the one before it.
const (
	// Splice goes on from them: windows hold minutes of both.
	Splice HistoryMode = "splice"
	// Restart leaves them out: windows begin with the SLI.
	Restart HistoryMode = "restart"
)

// HistoryDeclaration declares what becomes of older minutes.
type HistoryDeclaration struct {
	Mode   diag.Located[HistoryMode]
	Reason string
}

func (d *HistoryDeclaration) history() History {
	if d == nil {
		return History{Mode: Splice}
	}
	return History{Mode: cmp.Or(d.Mode.Value, Splice), Reason: d.Reason}
}
