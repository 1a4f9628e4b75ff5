package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
)

// RemovalError refuses specs that lack much of what there was, what an alert fires
// about, or all notifiers: a volume that is not mounted must not look like a
// decision. To allow it, all that it names have to be in [Specs.Removed].
type RemovalError struct {
	Removed   []string // ids of SLOs, in order, when they are too many
	Of        int      // how many SLOs there were
	Firing    []string // ids that alerts fire about, in order
	Notifiers []string // when they were all; each is "notifier:" and a name
}

func (e *RemovalError) Error() string {
	var parts []string
	if len(e.Removed) > 0 {
		parts = append(parts, fmt.Sprintf("the specs lack %d of %d SLOs that there were: %s", len(e.Removed), e.Of, some(e.Removed)))
	}
	if len(e.Firing) > 0 {
		parts = append(parts, "the specs lack what alerts fire about: "+some(e.Firing))
	}
	if len(e.Notifiers) > 0 {
		parts = append(parts, "the specs lack every notifier that there was: "+some(e.Notifiers))
	}
	return strings.Join(parts, "; ") + "; if they are to go, allow it by their names"
}

// IDs returns everything that has to be allowed, in order.
func (e *RemovalError) IDs() []string {
	all := slices.Concat(e.Removed, e.Firing, e.Notifiers)
	slices.Sort(all)
	return slices.Compact(all)
}

func some(names []string) string {
	const shown = 5
	text := strings.Join(names[:min(len(names), shown)], ", ")
	if more := len(names) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// A set may lose a tenth of its SLOs at once, and two of a few.
const (
	mostRemovedShare = 10
	mostRemoved      = 2
)

// refuseRemoval returns a [RemovalError] when more goes than may go unasked.
func refuseRemoval(kept burnrate.Kept, changes []lineage.Change, known outbox.State, specs Specs) error {
	before, err := lineage.All(kept)
	if err != nil {
		return err
	}
	refused := RemovalError{}
	for _, l := range before {
		if l.Removed == 0 {
			refused.Of++
		}
	}
	asked := func(id string) bool { return !slices.Contains(specs.Removed, id) }
	for _, c := range changes {
		if c.Kind == lineage.Removed && asked(c.ID) {
			refused.Removed = append(refused.Removed, c.ID)
		}
	}
	if len(refused.Removed) <= mostRemoved || len(refused.Removed)*mostRemovedShare <= refused.Of {
		refused.Removed = nil
	}
	there := idsOf(specs.Set)
	for _, a := range known.Alerts {
		if a.Sent && !a.Labels.Observe && !there[a.ID] && !strings.Contains(a.ID, ":") && asked(a.ID) && !slices.Contains(refused.Firing, a.ID) {
			refused.Firing = append(refused.Firing, a.ID)
		}
	}
	if len(specs.Set.Notifiers) == 0 {
		for _, name := range known.Notifiers {
			if id := "notifier:" + name; asked(id) {
				refused.Notifiers = append(refused.Notifiers, id)
			}
		}
	}
	if len(refused.IDs()) == 0 {
		return nil
	}
	return &refused
}

// idsOf returns the ids of the journeys and SLOs of a set, without those that another
// shard judges.
func idsOf(set *slo.Set) map[string]bool {
	ids := map[string]bool{}
	for _, j := range set.Journeys {
		ids[j.ID] = true
	}
	for _, s := range set.SLOs {
		if !s.Elsewhere {
			ids[s.ID] = true
		}
	}
	return ids
}
