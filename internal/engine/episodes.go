package engine

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
)

// episodes are which alerts people knew of, and when, by what is kept of them.
type episodes struct {
	list []episode     // in the order of their keys, and then of time
	now  []alert.Alert // as of the last tick
	tick slo.Minute

	judged []outbox.Stretch // when any alert was
	never  map[string]bool  // ids of which none was
}

// episode is from when until when an alert fired.
type episode struct {
	alert.Alert
	from, until slo.Minute
}

// episodesOf reads them. Alerts have the ids that the set has for what was renamed.
func episodesOf(set *slo.Set, kept burnrate.Kept, tick slo.Minute) (episodes, error) {
	box, err := outbox.Open(kept)
	if err != nil {
		return episodes{}, err
	}
	known := alerts{Alerts: Alerts{State: box.State}}
	known = known.rename(renamedIn(set, known.State.Alerts))
	all := episodes{now: known.State.Alerts, tick: tick, judged: box.State.Judged}
	names := map[string]string{}
	for id, former := range lineage.Former(set) {
		for _, name := range former {
			names[name] = id
		}
	}
	unseen := map[string]bool{} // fired and resolved while nobody looked: it was never said that they fire
	for _, n := range box.Log {
		for _, e := range n.Missed {
			unseen[e.Episode()] = true
		}
	}
	at := map[string]int{} // in the list
	for _, n := range box.Log {
		name := n.Episode()
		if n.Kind == alert.Missed || n.Kind == alert.Test || unseen[name] {
			continue
		}
		k, there := at[name]
		if !there {
			k, at[name] = len(all.list), len(all.list)
			// Of what fired before the log begins, only the end is known, and since when.
			e := episode{Alert: alert.Alert{Key: n.Key, Labels: n.Labels, Since: n.Since, Sent: true}, from: slo.MinuteAt(n.Since), until: tick}
			if n.Change == alert.Firing {
				e.from = slo.MinuteAt(n.At)
			}
			e.ID = cmp.Or(names[e.ID], e.ID)
			all.list = append(all.list, e)
		}
		if n.Change == alert.Resolved {
			all.list[k].until = slo.MinuteAt(n.At)
		}
	}
	for _, a := range all.now {
		name := alert.Event{Key: a.Key, Was: a.Was, Since: a.Since}.Episode()
		if _, there := at[name]; a.Sent && !there {
			all.list = append(all.list, episode{Alert: a, from: slo.MinuteAt(a.Since), until: tick})
		}
	}
	slices.SortStableFunc(all.list, func(a, b episode) int { return cmp.Or(a.Compare(b.Key), cmp.Compare(a.from, b.from)) })
	return all, nil
}

// at returns the alerts that fired in a minute, ordered by key. Before the last tick
// those are missing that nobody was told of.
func (e episodes) at(minute slo.Minute) []alert.Alert {
	if minute >= e.tick {
		return e.now
	}
	var fired []alert.Alert
	for i := range e.list {
		one := &e.list[i]
		if one.from > minute || minute >= one.until {
			continue
		}
		if n := len(fired); n == 0 || fired[n-1].Key != one.Key {
			fired = append(fired, one.Alert)
		}
	}
	return fired
}

// judgedAt returns whose alerts were judged in a minute, by id. From the last tick on all
// are that ever were.
func (e episodes) judgedAt(minute slo.Minute) func(id string) bool {
	within := func(s outbox.Stretch) bool { return s.From <= minute && minute < s.Until }
	judged := minute >= e.tick && len(e.judged) > 0 || slices.ContainsFunc(e.judged, within)
	return func(id string) bool { return judged && !e.never[id] }
}

// neverJudged returns the ids that no engine has read yet, and journeys all of whose steps
// are such.
func neverJudged(set *slo.Set, changes []lineage.Change) map[string]bool {
	never := map[string]bool{}
	for _, c := range changes {
		if c.Kind == lineage.Added {
			never[c.ID] = true
		}
	}
	for _, j := range set.Journeys {
		if j.SLI == nil && !slices.ContainsFunc(j.Steps, func(s slo.Step) bool { return !never[s.SLO.ID] }) {
			never[j.ID] = true
		}
	}
	return never
}
