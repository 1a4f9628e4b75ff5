package engine

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// mostInShard is how many SLOs and journeys are evaluated together: what is known of
// them, 3 kB each, fits into the cache of a processor while minutes pass.
const mostInShard = 100

// shard is a part of a set that can be evaluated without the others: journeys with
// all of their steps, and SLOs.
type shard struct {
	*state
	number  int
	columns []int        // of the whole set
	late    []slo.Minute // how many minutes each column lags behind
	places  []int        // of statuses in those of all
	// made are the snapshots of two stretches of minutes, and rooms their memory.
	made  [2][]burnrate.Snapshot
	rooms [2][]burnrate.Room

	sampled *sampling        // nil when all minutes are looked at
	counted []burnrate.Meter // of columns, as of the minute that was evaluated last
}

// shardsOf cuts a set into shards of so many SLOs and journeys at most; those that
// are connected stay together, however many they are.
func shardsOf(whole *state, lag Lag, most int) []*shard {
	if most == 0 {
		most = mostInShard
	}
	columns := map[string]int{}
	lineages := map[string]lineage.Lineage{}
	for k, m := range whole.measured {
		columns[m.ID] = k
		lineages[m.ID] = whole.lineages[k]
	}
	late := lates(whole.measured, lag)
	var shards []*shard
	for _, part := range split(whole.set, most) {
		s := &shard{state: newState(part, lineages), number: len(shards)}
		for _, m := range s.measured {
			s.columns, s.late = append(s.columns, columns[m.ID]), append(s.late, late[columns[m.ID]])
		}
		for place := range s.made {
			s.made[place], s.rooms[place] = make([]burnrate.Snapshot, stepMinutes), make([]burnrate.Room, stepMinutes)
		}
		shards = append(shards, s)
	}
	return shards
}

// lates returns how many minutes each column lags behind.
func lates(measured []*slo.SLO, lag Lag) []slo.Minute {
	lags, _ := lagsOf(measured, lag)
	minutes := make([]slo.Minute, len(lags))
	for k, length := range lags {
		minutes[k] = slo.Minute((length + time.Minute - 1) / time.Minute)
	}
	return minutes
}

// lagsOf returns how long each column lags behind, and whether that goes by the clock.
// Those that count the same lag as the last of them does, by the first source that
// measures them: see [newFeed].
func lagsOf(measured []*slo.SLO, lag Lag) (lags []time.Duration, timed []bool) {
	lags, timed = make([]time.Duration, len(measured)), make([]bool, len(measured))
	first := map[slo.IndicatorID]string{} // names of sources
	longest := map[slo.IndicatorID]time.Duration{}
	for k, m := range measured {
		lags[k], timed[k] = lag(m)
		if m.Source == nil || m.Indicator == "" {
			continue
		}
		switch name, known := first[m.Indicator]; {
		case !known || m.Source.Name < name:
			first[m.Indicator], longest[m.Indicator] = m.Source.Name, lags[k]
		case m.Source.Name == name:
			longest[m.Indicator] = max(longest[m.Indicator], lags[k])
		}
	}
	for k, m := range measured {
		if length, known := longest[m.Indicator]; known && m.Source != nil {
			lags[k] = length
		}
	}
	return lags, timed
}

// split cuts a set into parts.
func split(set *slo.Set, most int) []*slo.Set {
	with := map[string]string{} // towards the id that stands for what is connected
	var head func(id string) string
	head = func(id string) string {
		if next := with[id]; next != "" {
			with[id] = head(next)
			return with[id]
		}
		return id
	}
	for _, j := range set.Journeys {
		for _, step := range j.Steps {
			if a, b := head(step.SLO.ID), head(j.ID); a != b {
				with[a] = b
			}
		}
	}
	type group struct {
		slos     []*slo.SLO
		journeys []*slo.Journey
	}
	groups := map[string]*group{}
	var order []*group
	of := func(id string) *group {
		g := groups[head(id)]
		if g == nil {
			g = &group{}
			groups[head(id)] = g
			order = append(order, g)
		}
		return g
	}
	for _, s := range set.SLOs {
		g := of(s.ID)
		g.slos = append(g.slos, s)
	}
	for _, j := range set.Journeys {
		g := of(j.ID)
		g.journeys = append(g.journeys, j)
	}
	var parts []*slo.Set
	room := 0
	for _, g := range order {
		size := len(g.slos) + len(g.journeys)
		if room < size || len(parts) == 0 {
			part := *set
			part.SLOs, part.Journeys = nil, nil
			parts, room = append(parts, &part), most
		}
		part := parts[len(parts)-1]
		part.SLOs, part.Journeys = append(part.SLOs, g.slos...), append(part.Journeys, g.journeys...)
		room -= size
	}
	return parts
}

// placesOf tells each shard where its statuses are among those of all, and returns
// the ids of these in order.
func placesOf(shards []*shard) []string {
	type place struct {
		id    string
		shard *shard
	}
	var all []place
	for _, s := range shards {
		for _, o := range s.set.SLOs {
			all = append(all, place{o.ID, s})
		}
		for _, j := range s.set.Journeys {
			all = append(all, place{j.ID, s})
		}
	}
	slices.SortFunc(all, func(a, b place) int { return cmp.Compare(a.id, b.id) })
	ids := make([]string, len(all))
	for at, p := range all {
		ids[at] = p.id
		p.shard.places = append(p.shard.places, at)
	}
	return ids
}

// endsAt returns up to when each column is measured in a minute.
func (s *shard) endsAt(minute slo.Minute) []slo.Minute {
	ends := make([]slo.Minute, len(s.measured))
	for k, m := range s.measured {
		ends[k] = m.SLI.Closed(minute - s.late[k])
		if s.sampled != nil {
			ends[k] = s.sampled.end(ends[k], m, s.columns[k], minute)
		}
	}
	return ends
}

// evaluate makes a snapshot of each minute of a span.
func (s *shard) evaluate(ctx context.Context, span slo.Span, place int, hours *hourCache) error {
	rows := func(minute slo.Minute) ([]burnrate.Row, bool) { return hours.rows(s.number, minute) }
	for minute := span.Start; minute < span.End; minute++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := minute - span.Start
		if s.sampled != nil {
			if err := s.sample(minute, minute+1 == span.End, &s.made[place][n], &s.rooms[place][n], rows); err != nil {
				return err
			}
			continue
		}
		if err := s.evaluator.AdvanceFrom(s.endsAt(minute), rows); err != nil {
			return err
		}
		s.made[place][n] = s.evaluator.SnapshotIn(&s.rooms[place][n], minute.Time())
	}
	return nil
}
