package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
)

// RemovalError refuses specs that lack much of what there was: a volume that is
// not mounted must not look like a decision.
type RemovalError struct {
	Removed []string // ids, in order
	Of      int      // how many there were
}

func (e *RemovalError) Error() string {
	const shown = 5
	names := strings.Join(e.Removed[:min(len(e.Removed), shown)], ", ")
	if more := len(e.Removed) - shown; more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("the specs lack %d of %d SLOs that there were: %s; if they are to go, allow it by their names", len(e.Removed), e.Of, names)
}

// A set may lose a tenth of its SLOs at once, and two of a few.
const (
	mostRemovedShare = 10
	mostRemoved      = 2
)

// refuseRemoval returns a [RemovalError] when more goes than may go unasked.
// allowed are ids that may go.
func refuseRemoval(kept burnrate.Kept, changes []lineage.Change, allowed []string) error {
	before, err := lineage.All(kept)
	if err != nil {
		return err
	}
	of := 0
	for _, l := range before {
		if l.Removed == 0 {
			of++
		}
	}
	var removed []string
	for _, c := range changes {
		if c.Kind == lineage.Removed && !slices.Contains(allowed, c.ID) {
			removed = append(removed, c.ID)
		}
	}
	if len(removed) > mostRemoved && len(removed)*mostRemovedShare > of {
		return &RemovalError{removed, of}
	}
	return nil
}
