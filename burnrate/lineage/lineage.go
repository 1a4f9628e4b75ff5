// Package lineage says which indicators the history of an SLO is in. An
// indicator is what an SLI counts, so an SLO whose SLI changes has minutes of
// several. [Adopt] compares a set with what a ledger keeps and says what has
// changed; a [Lineage] says which minutes of which indicators are an SLO's own.
// Minutes never move, whatever changes.
package lineage

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Kind is the kind of the entries that hold lineages. Their keys are ids.
const Kind = "slo"

// version is the form of their values that this package writes.
const version = 1

// Lineage says which indicators hold the history of an SLO, or of a measured
// journey: one after the other, as its SLI has changed. Minutes belong to
// indicators and never move; a lineage says which of them are its own.
type Lineage struct {
	ID       string
	Present  Definition
	Past     []Segment  // what it was before, the oldest first
	Restarts []Restart  // the oldest first, also those that do not hold any more
	Removed  slo.Minute // when it left the set, 0 while it is there
}

// Definition is what an SLO is measured by: an indicator, and what an event that
// counts as one is in its counts, see [slo.SLI.Unit].
type Definition struct {
	Indicator slo.IndicatorID `json:"indicator"`
	Unit      int64           `json:"unit"`
}

// Segment is a definition that was followed by another one. It begins where the
// segment before it ends.
type Segment struct {
	Definition
	Until slo.Minute `json:"until"` // the first minute of the next one
}

// Restart is a seam behind which nothing goes on from what was before.
type Restart struct {
	At     slo.Minute `json:"at"`
	Reason string     `json:"reason"`
}

// value is a lineage as an entry keeps it.
type value struct {
	Version  int        `json:"version"`
	Present  Definition `json:"present"`
	Past     []Segment  `json:"past,omitempty"`
	Restarts []Restart  `json:"restarts,omitempty"`
	Removed  slo.Minute `json:"removed,omitempty"`
}

// Entry returns what a ledger keeps of the lineage.
func (l Lineage) Entry() (burnrate.Entry, error) {
	value, err := json.Marshal(value{version, l.Present, l.Past, l.Restarts, l.Removed})
	if err != nil {
		return burnrate.Entry{}, fmt.Errorf("write the lineage of %q: %w", l.ID, err)
	}
	return burnrate.Entry{Kind: Kind, Key: l.ID, Value: value}, nil
}

// of reads an entry. One that says more than this package knows is an
// error, since it would be lost when the lineage is written again.
func of(e burnrate.Entry) (Lineage, error) {
	var v value
	decoder := json.NewDecoder(bytes.NewReader(e.Value))
	decoder.DisallowUnknownFields()
	var written struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(e.Value, &written); err == nil && written.Version > version {
		return Lineage{}, fmt.Errorf("the lineage of %q has form %d, and this program knows forms up to %d: use the one that wrote it, or a newer one",
			e.Key, written.Version, version)
	}
	if err := decoder.Decode(&v); err != nil {
		return Lineage{}, fmt.Errorf("the lineage of %q cannot be read: %w; restore the ledger from a backup", e.Key, err)
	}
	l := Lineage{e.Key, v.Present, v.Past, v.Restarts, v.Removed}
	if v.Version != version || !l.sound() {
		return Lineage{}, fmt.Errorf("the lineage of %q is not one that was written: %s; restore the ledger from a backup", e.Key, e.Value)
	}
	return l, nil
}

// sound reports whether the lineage can be.
func (l Lineage) sound() bool {
	known := func(d Definition) bool { return d.Indicator != "" && (d.Unit == 1 || d.Unit == slo.Thousandths) }
	return known(l.Present) &&
		!slices.ContainsFunc(l.Past, func(s Segment) bool { return !known(s.Definition) }) &&
		slices.IsSortedFunc(l.Past, func(a, b Segment) int { return cmp.Compare(a.Until, b.Until) }) &&
		slices.IsSortedFunc(l.Restarts, func(a, b Restart) int { return cmp.Compare(a.At, b.At) })
}

// All returns the lineages among what a ledger keeps, by their ids, those
// of removed SLOs too.
func All(kept burnrate.Kept) (map[string]Lineage, error) {
	all := map[string]Lineage{}
	for _, e := range kept.Entries {
		if e.Kind != Kind {
			continue
		}
		l, err := of(e)
		if err != nil {
			return nil, err
		}
		all[e.Key] = l
	}
	return all, nil
}

// Borders of time, as far as lineages are concerned.
const (
	firstMinute = slo.Minute(math.MinInt64)
	lastMinute  = slo.Minute(math.MaxInt64)
)

// began returns from when the present definition holds.
func (l Lineage) began() slo.Minute {
	if len(l.Past) == 0 {
		return firstMinute
	}
	return l.Past[len(l.Past)-1].Until
}

// opened returns from when there are minutes that count. A definition counts from
// its restart when it has one; else from where the one before it does, or from
// where it did itself when it was there earlier, whichever is longer ago.
func (l Lineage) opened() slo.Minute {
	restarted := map[slo.Minute]bool{}
	for _, r := range l.Restarts {
		restarted[r.At] = true
	}
	open := map[Definition]slo.Minute{}
	start, at := firstMinute, firstMinute
	follow := func(d Definition) {
		if before, known := open[d]; restarted[start] {
			at = start
		} else if known {
			at = min(at, before)
		}
		open[d] = at
	}
	for _, s := range l.Past {
		follow(s.Definition)
		start = s.Until
	}
	follow(l.Present)
	return at
}

// Stretch is the minutes that a definition holds for.
type Stretch struct {
	Definition
	slo.Span
}

// stretches returns which minutes of which indicators are the history, in order
// and without a gap. Each begins at a seam, but for the first one.
func (l Lineage) Stretches() []Stretch {
	var all []Stretch
	start, opened := firstMinute, l.opened()
	add := func(d Definition, end slo.Minute) {
		if from := max(start, opened); from < end {
			all = append(all, Stretch{d, slo.Span{Start: from, End: end}})
		}
		start = end
	}
	for _, s := range l.Past {
		add(s.Definition, s.Until)
	}
	if l.Removed != 0 {
		add(l.Present, l.Removed)
	} else {
		add(l.Present, lastMinute)
	}
	return all
}

// Seams returns where within a span the definition has changed: the first
// minutes of what is measured otherwise than the minute before. A window with a
// seam in it holds numbers of two definitions, or of a part of its time; one
// that begins with a seam holds those of one.
func (l Lineage) Seams(span slo.Span) []slo.Minute {
	var seams []slo.Minute
	opened := l.opened()
	for _, s := range l.Past {
		if s.Until >= opened && span.Start < s.Until && s.Until < span.End {
			seams = append(seams, s.Until)
		}
	}
	return seams
}

// Changed returns the last seam before a minute, see [Lineage.Seams], and false when
// there is none.
func (l Lineage) Changed(before slo.Minute) (slo.Minute, bool) {
	if len(l.Past) == 0 { // as mostly
		return 0, false
	}
	seams := l.Seams(slo.Span{Start: firstMinute, End: before})
	if len(seams) == 0 {
		return 0, false
	}
	return seams[len(seams)-1], true
}

// Since returns the first minute that was measured of the lineage, as far as is
// known of its indicators, and false when there is none: what
// [burnrate.Kept] says of each.
func (l Lineage) Since(indicators map[slo.IndicatorID]slo.Minute) (slo.Minute, bool) {
	for _, s := range l.Stretches() {
		if since, known := indicators[s.Indicator]; known && since < s.End {
			return max(since, s.Start), true
		}
	}
	return 0, false
}

// forgetBefore drops past definitions that ended by a minute, and their
// restarts, as far as that changes nothing of later minutes: a definition that
// came back says what of them counts.
func (l *Lineage) forgetBefore(m slo.Minute) {
	for len(l.Past) > 0 && l.Past[0].Until <= m {
		first := l.Past[0]
		if l.Present == first.Definition || slices.ContainsFunc(l.Past[1:], func(s Segment) bool { return s.Definition == first.Definition }) {
			return
		}
		l.Past = l.Past[1:]
		l.Restarts = slices.DeleteFunc(slices.Clone(l.Restarts), func(r Restart) bool { return r.At <= first.Until })
	}
}
