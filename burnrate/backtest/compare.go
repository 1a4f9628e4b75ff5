package backtest

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// nearby is how much time may lie between two episodes that are the same one, told
// earlier or later, as a page is held for as long.
const nearby = 15 * time.Minute

// Compare says what a change of a set would have changed. renamed has the ids after the
// change by those before it, as far as they differ. An objective that is the only one
// of its id in both runs is the same one, whatever its name: names follow windows.
func Compare(before, after *Run, renamed map[string]string) Comparison {
	c := Comparison{Gained: []int{}, Lost: []int{}, Kept: []Pair{}, Objectives: []ObjectiveChange{}}
	names := naming(before, after, renamed)
	old := told(before, names.key)
	now := told(after, func(k alert.Key) alert.Key { return k })
	keys := maps.Clone(old)
	maps.Copy(keys, now)
	for key := range keys {
		c.pair(before, after, old[key], now[key])
	}
	slices.Sort(c.Gained)
	slices.Sort(c.Lost)
	slices.SortFunc(c.Kept, func(a, b Pair) int { return cmp.Compare(a.Before, b.Before) })
	c.objectives(before, after, names)
	return c
}

// pair finds the episodes of a key that both runs have, the earliest first. Those of
// one run follow one another, so that of two which are not the same one, that which
// ends first has no other.
func (c *Comparison) pair(before, after *Run, old, now []int) {
	for len(old) > 0 && len(now) > 0 {
		was, is := &before.Episodes[old[0]], &after.Episodes[now[0]]
		wasOver, isOver := was.Start.Add(was.Length(before.To)), is.Start.Add(is.Length(after.To))
		switch {
		case is.Start.Sub(wasOver) >= nearby:
			c.Lost, old = append(c.Lost, old[0]), old[1:]
		case was.Start.Sub(isOver) >= nearby:
			c.Gained, now = append(c.Gained, now[0]), now[1:]
		default:
			c.Kept = append(c.Kept, Pair{Before: old[0], After: now[0], Later: is.Start.Sub(was.Start).Minutes()})
			old, now = old[1:], now[1:]
		}
	}
	c.Lost, c.Gained = append(c.Lost, old...), append(c.Gained, now...)
}

// told returns the episodes that people were told of, by their keys under other names,
// in the order of their start.
func told(run *Run, name func(alert.Key) alert.Key) map[alert.Key][]int {
	byKey := map[alert.Key][]int{}
	for i := range run.Episodes {
		if e := &run.Episodes[i]; e.Told() {
			key := name(e.Key)
			byKey[key] = append(byKey[key], i)
		}
	}
	for _, list := range byKey {
		slices.SortStableFunc(list, func(a, b int) int { return run.Episodes[a].Start.Compare(run.Episodes[b].Start) })
	}
	return byKey
}

// names is what ids and objectives before a change are called after it.
type names struct {
	ids        map[string]string
	objectives map[objectiveName]string // by their id and name before, where these differ
}

type objectiveName struct{ id, name string }

func naming(before, after *Run, renamed map[string]string) names {
	n := names{ids: renamed, objectives: map[objectiveName]string{}}
	old, now := only(before), only(after)
	for id, name := range old {
		if called, there := now[n.id(id)]; there && called != "" && name != "" {
			n.objectives[objectiveName{id, name}] = called
		}
	}
	return n
}

// only returns the names of objectives by their ids, "" where an id has several.
func only(run *Run) map[string]string {
	byID := map[string]string{}
	for i := range run.Objectives {
		o := &run.Objectives[i]
		if _, another := byID[o.ID]; another {
			byID[o.ID] = ""
			continue
		}
		byID[o.ID] = o.Name
	}
	return byID
}

func (n names) id(id string) string {
	if name, renamed := n.ids[id]; renamed {
		return name
	}
	return id
}

func (n names) objective(id, name string) objectiveName {
	if called, differs := n.objectives[objectiveName{id, name}]; differs {
		return objectiveName{n.id(id), called}
	}
	return objectiveName{n.id(id), name}
}

// key returns what an alert before the change is called after it.
func (n names) key(k alert.Key) alert.Key {
	o := n.objective(k.ID, k.Objective)
	k.ID, k.Objective = o.id, o.name
	return k
}

// objectives lists those of both runs.
func (c *Comparison) objectives(before, after *Run, names names) {
	changes := map[objectiveName]*ObjectiveChange{}
	at := func(name objectiveName) *ObjectiveChange {
		if changes[name] == nil {
			changes[name] = &ObjectiveChange{ID: name.id, Name: name.name}
		}
		return changes[name]
	}
	for i := range before.Objectives {
		at(names.objective(before.Objectives[i].ID, before.Objectives[i].Name)).Before = &i
	}
	for i := range after.Objectives {
		at(objectiveName{after.Objectives[i].ID, after.Objectives[i].Name}).After = &i
	}
	for k, run := range []*Run{before, after} {
		for i := range run.Episodes {
			e := &run.Episodes[i]
			name := objectiveName{e.ID, e.Objective}
			if k == 0 {
				name = names.objective(e.ID, e.Objective)
			}
			change := changes[name]
			switch {
			case !e.Told() || change == nil: // of a source
			case e.Severity == slo.Page:
				change.Pages[k]++
			default:
				change.Tickets[k]++
			}
		}
	}
	for _, change := range changes {
		if change.Before != nil && change.After != nil {
			old, now := &before.Objectives[*change.Before], &after.Objectives[*change.After]
			change.Consumed, change.Worst = difference(now.Consumed, old.Consumed), difference(now.Worst, old.Worst)
		}
		c.Objectives = append(c.Objectives, *change)
	}
	slices.SortFunc(c.Objectives, func(a, b ObjectiveChange) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Name, b.Name)) })
}

// difference is undefined where one of the ratios is.
func difference(a, b burnrate.Ratio) burnrate.Ratio {
	x, known := a.Value()
	y, also := b.Value()
	if !known || !also {
		return burnrate.Ratio{}
	}
	return burnrate.RatioOf(x - y)
}
