package sources

import (
	"cmp"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Doubts keeps what was read again and was lower than before. Events that are
// stored stay as they are, so that a lower number means a scan that saw only a
// part of them, the border of retention, or a permission that was lost. It is
// believed when another reading agrees, some time later, and never where events
// may be gone. The zero Doubts is empty. It is not safe for concurrent use.
type Doubts struct{ list map[doubtful]doubt }

// doubtful is a minute of an indicator.
type doubtful struct {
	Indicator slo.IndicatorID
	Minute    slo.Minute
}

type doubt struct {
	read Sum
	at   time.Time
}

// Verdict says what to do with a minute that was read again.
type Verdict int

// The verdicts.
const (
	Same    Verdict = iota // as it was known
	Believe                // it replaces what was known
	Doubt                  // what was known stays; the minute is to be read once more
)

// doubtFor is how long the second reading has to be after the first.
const doubtFor = 10 * time.Minute

// Judge compares a minute that was read again with what was known of it. kept
// says that the events of the minute are inside of retention for sure. Slices
// are good or bad as a whole, and late events may change that either way: of
// them, only that one is there at all can be lower.
func (d *Doubts) Judge(sli slo.SLI, indicator slo.IndicatorID, minute slo.Minute, known, read Sum, kept bool, at time.Time) Verdict {
	key := doubtful{indicator, minute}
	switch {
	case read.Minutes == 0 && known.Minutes > 0:
		return Same // a gap now says nothing about then
	case read == known:
		delete(d.list, key)
		return Same
	case known.Minutes == 0 || !lower(sli, known, read):
		delete(d.list, key)
		return Believe
	}
	before, doubted := d.list[key]
	switch {
	case !kept:
		delete(d.list, key)
		return Same
	case doubted && before.read == read && at.Sub(before.at) >= doubtFor:
		delete(d.list, key)
		return Believe
	case doubted && before.read == read:
		return Doubt
	}
	if d.list == nil {
		d.list = map[doubtful]doubt{}
	}
	d.list[key] = doubt{read, at}
	return Doubt
}

// lower reports whether there are fewer events of a kind than were known.
func lower(sli slo.SLI, known, read Sum) bool {
	less := func(known, read slo.Counts) bool {
		if sli.Slice != nil {
			return read.Total < known.Total
		}
		return read.Total < known.Total || read.Bad < known.Bad || read.Total-read.Bad < known.Total-known.Bad
	}
	// The rows of whole queries are made of their counts, and rounded.
	return less(known.Counts, read.Counts) || sli.Form() != slo.FormQueries && less(known.Rows, read.Rows)
}

// Again returns the minutes of each indicator that are to be read once more, in
// order: on their own, since a smaller query sees more.
func (d *Doubts) Again(at time.Time) map[slo.IndicatorID][]slo.Minute {
	again := map[slo.IndicatorID][]slo.Minute{}
	for key, doubt := range d.list {
		if at.Sub(doubt.at) >= doubtFor {
			again[key.Indicator] = append(again[key.Indicator], key.Minute)
		}
	}
	for _, minutes := range again {
		slices.SortFunc(minutes, cmp.Compare[slo.Minute])
	}
	return again
}

// Forget drops doubts about minutes before start: they are too old to be read
// again. What is held is given back once nothing is doubted any more.
func (d *Doubts) Forget(start slo.Minute) {
	for key := range d.list {
		if key.Minute < start {
			delete(d.list, key)
		}
	}
	if len(d.list) == 0 {
		d.list = nil // a map does not become smaller
	}
}
