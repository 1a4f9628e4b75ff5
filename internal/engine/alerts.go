package engine

import (
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
)

// Alerts is what is known of alerts after a tick. It is never changed afterwards.
type Alerts struct {
	State outbox.State
	Log   []alert.Notification // the newest of what was decided, in its order
}

// A ledger keeps what was decided about alerts for as long as minutes, and not more
// of it than that; a view has the newest.
const (
	logDays    = 100
	mostLogged = 10_000
	mostShown  = 1000
)

// alerts is an [Alerts], and what of it the ledger has.
type alerts struct {
	Alerts
	entry []byte        // of the state
	kept  []loggedEntry // of the log, in order
}

// loggedEntry is an entry of the log in the ledger.
type loggedEntry struct {
	key string
	at  time.Time
}

// openAlerts reads what is kept of alerts.
func openAlerts(kept burnrate.Kept) (alerts, error) {
	box, err := outbox.Open(kept)
	if err != nil {
		return alerts{}, err
	}
	a := alerts{Alerts: Alerts{box.State, shown(box.Log)}}
	n := 0
	for _, e := range kept.Entries {
		switch e.Kind {
		case outbox.KindState:
			a.entry = e.Value
		case outbox.KindLog:
			a.kept = append(a.kept, loggedEntry{e.Key, box.Log[n].At})
			n++
		}
	}
	return a, nil
}

func shown(log []alert.Notification) []alert.Notification {
	return slices.Clone(log[max(0, len(log)-mostShown):])
}

// rename has alerts go on under the new ids of what was renamed. renamed maps ids to
// those.
func (a alerts) rename(renamed map[string]string) alerts {
	for from, to := range renamed {
		a.State.States = a.State.Rename(from, to)
	}
	return a
}

// renamedIn finds which ids of alerts a set has under other ones now.
func renamedIn(set *slo.Set, fired []alert.Alert) map[string]string {
	renamed := map[string]string{}
	for id, former := range lineage.Former(set) {
		for _, a := range fired {
			if slices.Contains(former, a.ID) {
				renamed[a.ID] = id
			}
		}
	}
	return renamed
}
