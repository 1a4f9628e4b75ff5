package lineage

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Change is what has become of an SLO.
type Change struct {
	ID     string
	Kind   ChangeKind
	From   string     // of a renamed one, what it was called
	At     slo.Minute // of a spliced or restarted one, the seam
	Reason string     // of a restarted one
}

// ChangeKind says what has become of an SLO. The zero ChangeKind is invalid.
type ChangeKind string

// What can become of an SLO.
const (
	Added     ChangeKind = "added"
	Spliced   ChangeKind = "spliced"   // its definition changed, and it goes on from older minutes
	Restarted ChangeKind = "restarted" // it does not go on from older minutes
	Renamed   ChangeKind = "renamed"
	Removed   ChangeKind = "removed"
	Returned  ChangeKind = "returned" // after it was removed
)

// At says up to when each SLO was measured, by its id: sources lag differently.
type At func(id string) slo.Minute

// Always is the same minute for all.
func Always(m slo.Minute) At { return func(string) slo.Minute { return m } }

// Adopt compares a set with what a ledger keeps, and returns the entries that
// have to be committed and what has changed. The same set again changes nothing.
//
// # From when a definition holds
//
// at is the minute of the commit, of each SLO: the first one that the set measures. From it
// on, an SLO whose SLI has changed is measured by the new indicator, and minutes
// before stay those of the old one, whatever is known of the new one then: of
// another SLO that has it already, or by a backfill. Budgets were reported and
// alerts were sent by the old minutes, and to put others in their place would
// change what is past with every hour that a backfill reaches, as far back as
// the source remembers and no further. Only an SLO that has no history at all
// has all minutes of its indicator, the backfilled ones too. Minutes that the
// old set has not measured up to at stay unmeasured, so at should be the end of
// what was measured and not the time of the clock.
//
// A set that is adopted twice within a minute has only the last definition, as
// the one before holds no minute; when that is the one of before, nothing was
// changed. A commit before the last seam, since the clock was put back, has
// its seam there. A seam that is more than a day ahead was written by a clock
// that was wrong: it moves to at.
//
// # What becomes of history
//
// [slo.Splice] goes on from older minutes, [slo.Restart] leaves them out. A
// restart holds for the definition it was written for: adopted later than the
// definition, it still restarts at its seam, and it stays when it is taken out of
// the spec. A definition that comes back has its own older minutes again, so that
// a restart that lies between does not hold any more.
//
// An SLO that is removed keeps its lineage, marked, and goes on when it returns.
// When nothing is kept any more that it could go on from, [Forget] drops it.
// One with a former name goes on from what has it, unless that is in the set, and
// so do the steps of a journey. That an indicator is the same is no reason to go
// on: two SLOs that swap their names have both changed. Of a file of counts the
// ids are what is measured, so that there a new name is a new definition too.
//
// # What moves with a name
//
// Entries of the given kinds move to the new id with their values as they are,
// but for those that are there already. The key of an entry is that of an id when
// it is the id, or goes on with a byte that names do not have: "pay", "pay 28d"
// and "pay/authorise 28d" belong to pay, "pay-later" does not.
func Adopt(kept burnrate.Kept, set *slo.Set, at At, kinds ...string) ([]burnrate.Entry, []Change, error) {
	before, err := All(kept)
	if err != nil {
		return nil, nil, err
	}
	a := adoption{ends: at, before: before, after: maps.Clone(before), former: Former(set)}
	measured := set.Measured()
	slices.SortFunc(measured, func(s, t *slo.SLO) int { return cmp.Compare(s.ID, t.ID) })
	present := map[string]bool{}
	for _, s := range measured {
		present[s.ID] = true
	}
	for _, s := range measured {
		if s.Indicator != "" { // else it cannot be measured, and nothing can be said of it
			a.slo(s)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(a.after)) {
		if l := a.after[id]; !present[id] && l.Removed == 0 {
			l.Removed = at(id)
			a.after[id] = l
			a.changes = append(a.changes, Change{ID: id, Kind: Removed})
		}
	}
	slices.SortStableFunc(a.changes, func(c, d Change) int { return cmp.Compare(c.ID, d.ID) })
	entries, err := a.entries(kept)
	return append(entries, a.moved(kept, kinds)...), a.changes, err
}

// adoption is one run of [Adopt].
type adoption struct {
	ends          At
	before, after map[string]Lineage
	former        map[string][]string // of the ids in the set, those that are not in it
	changes       []Change
}

// Former returns the former ids of journeys, their steps and SLOs, by their ids. A
// name that the set still has is not a former one; [slo.Resolve] refuses it.
func Former(set *slo.Set) map[string][]string {
	names := map[string]bool{}
	for _, s := range set.SLOs {
		names[s.ID] = true
	}
	for _, j := range set.Journeys {
		names[j.ID] = true
	}
	former := map[string][]string{}
	for _, s := range set.SLOs {
		former[s.ID] = s.About.RenamedFrom
	}
	for _, j := range set.Journeys {
		former[j.ID] = j.About.RenamedFrom
		for _, step := range j.Steps {
			if step.SLO.Kind != slo.KindStep {
				continue
			}
			for _, name := range j.About.RenamedFrom {
				former[step.SLO.ID] = append(former[step.SLO.ID], name+"/"+step.Name)
			}
		}
	}
	for id, old := range former {
		former[id] = slices.DeleteFunc(slices.Clone(old), func(name string) bool {
			journey, _, _ := slo.CutID(name)
			return names[journey]
		})
	}
	return former
}

// slo finds the lineage of what is in the set, and has it go on.
func (a *adoption) slo(s *slo.SLO) {
	l, known := a.before[s.ID]
	if old, found := a.predecessor(s.ID); found && (!known || l.Removed != 0 && old.Removed == 0) {
		delete(a.after, old.ID)
		a.changes = append(a.changes, Change{ID: s.ID, Kind: Renamed, From: old.ID})
		l, known = old, true
		l.ID = s.ID
	}
	at := a.ends(s.ID)
	l.comeBack(at)
	now := Definition{s.Indicator, s.SLI.Unit()}
	switch {
	case !known:
		l = Lineage{ID: s.ID, Present: now}
		a.changes = append(a.changes, Change{ID: s.ID, Kind: Added})
	case l.Removed != 0:
		l.Removed = 0
		a.changes = append(a.changes, Change{ID: s.ID, Kind: Returned})
	}
	changed := l.Present != now
	if changed {
		l.redefine(now, at)
	}
	switch {
	case s.History.Mode == slo.Restart && l.restart(s.History.Reason):
		a.changes = append(a.changes, Change{ID: s.ID, Kind: Restarted, At: l.began(), Reason: s.History.Reason})
	case changed:
		a.changes = append(a.changes, Change{ID: s.ID, Kind: Spliced, At: max(at, l.began())})
	}
	a.after[s.ID] = l
}

// Forget returns the entries to be committed when nothing is kept any more of
// the minutes before one: those of SLOs that were removed before it, and without
// definitions that ended before it. Entries that it cannot read stay.
func Forget(kept burnrate.Kept, before slo.Minute) ([]burnrate.Entry, error) {
	var entries []burnrate.Entry
	for _, e := range kept.Entries {
		if e.Kind != Kind {
			continue
		}
		l, err := of(e)
		switch {
		case err != nil:
			continue
		case l.Removed != 0 && l.Removed <= before:
			entries = append(entries, burnrate.Entry{Kind: e.Kind, Key: e.Key})
			continue
		}
		l.forgetBefore(before)
		after, err := l.Entry()
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(after.Value, e.Value) {
			entries = append(entries, after)
		}
	}
	return entries, nil
}

// predecessor returns the lineage that an id goes on from: of its former names
// the one that was in the set last.
func (a *adoption) predecessor(id string) (Lineage, bool) {
	var best Lineage
	found := false
	for _, name := range a.former[id] {
		l, kept := a.after[name]
		if kept && (!found || best.Removed != 0 && (l.Removed == 0 || l.Removed > best.Removed)) {
			best, found = l, true
		}
	}
	return best, found
}

// redefine begins with another definition. The present one becomes past, unless
// it has held no minute.
func (l *Lineage) redefine(now Definition, at slo.Minute) {
	seam := l.began()
	if at > seam {
		l.Past = append(l.Past, Segment{l.Present, at})
		l.Present = now
		return
	}
	l.Present = now
	l.Restarts = slices.DeleteFunc(l.Restarts, func(r Restart) bool { return r.At == seam })
	if last := len(l.Past) - 1; l.Past[last].Definition == now {
		l.Past = l.Past[:last]
	}
}

// farAhead is how far ahead a seam may be of a commit: the clock may have been put
// back a little, and sources lag.
const farAhead = 24 * 60

// comeBack moves seams that are far ahead to a minute. Nothing was measured
// behind it.
func (l *Lineage) comeBack(at slo.Minute) {
	if len(l.Past) == 0 || l.began() <= at+farAhead {
		return
	}
	l.Past, l.Restarts = slices.Clone(l.Past), slices.Clone(l.Restarts)
	before := firstMinute
	for k := range l.Past {
		seam := &l.Past[k].Until
		if wrong := *seam; wrong > at+farAhead {
			*seam = max(at, before)
			for i := range l.Restarts {
				if l.Restarts[i].At == wrong {
					l.Restarts[i].At = *seam
				}
			}
		}
		before = *seam
	}
}

// restart leaves out what was before the present definition, and reports whether
// that is new.
func (l *Lineage) restart(reason string) bool {
	if len(l.Past) == 0 {
		return false
	}
	here := Restart{l.began(), reason}
	n := len(l.Restarts)
	if n == 0 || l.Restarts[n-1].At < here.At {
		l.Restarts = append(l.Restarts, here)
		return true
	}
	l.Restarts[n-1] = here // it may be in other words
	return false
}

// entries returns the lineages that are not what is kept.
func (a *adoption) entries(kept burnrate.Kept) ([]burnrate.Entry, error) {
	values := map[string][]byte{}
	for _, e := range kept.Entries {
		if e.Kind == Kind {
			values[e.Key] = e.Value
		}
	}
	var entries []burnrate.Entry
	for _, id := range slices.Sorted(maps.Keys(a.before)) {
		if _, still := a.after[id]; !still {
			entries = append(entries, burnrate.Entry{Kind: Kind, Key: id})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(a.after)) {
		e, err := a.after[id].Entry()
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(e.Value, values[id]) {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// moved returns the entries of the kinds under their new ids.
func (a *adoption) moved(kept burnrate.Kept, kinds []string) []burnrate.Entry {
	type place struct{ kind, key string }
	taken := map[place]bool{}
	ofName := map[string][]burnrate.Entry{}
	for _, e := range kept.Entries {
		taken[place{e.Kind, e.Key}] = true
		if e.Kind != Kind && slices.Contains(kinds, e.Kind) {
			name := nameOf(e.Key)
			ofName[name] = append(ofName[name], e)
		}
	}
	var entries []burnrate.Entry
	for _, id := range slices.Sorted(maps.Keys(a.former)) {
		for _, name := range a.former[id] {
			for _, e := range ofName[name] {
				to := place{e.Kind, id + e.Key[len(name):]}
				if !taken[to] {
					taken[to] = true
					entries = append(entries, burnrate.Entry{Kind: e.Kind, Key: e.Key}, burnrate.Entry{Kind: to.kind, Key: to.key, Value: e.Value})
				}
			}
			delete(ofName, name) // only one thing goes on from a name
		}
	}
	return entries
}

// nameOf returns the name that a key begins with.
func nameOf(key string) string {
	end := strings.IndexFunc(key, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' })
	if end < 0 {
		return key
	}
	return key[:end]
}
