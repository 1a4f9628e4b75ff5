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
// may be gone. That there is nothing at all is believed only when events of
// the same types were seen since: without the permission to read them New Relic
// answers with zeroes, and with no error. The zero Doubts is empty. It is not safe
// for concurrent use.
type Doubts struct{ list map[doubtful]doubt }

// doubtful is a minute of an indicator.
type doubtful struct {
	Indicator slo.IndicatorID
	Minute    slo.Minute
}

type doubt struct {
	read Sum
	at   time.Time // when it was read first
	last time.Time // when it was read last
	held bool      // it is not believed although another reading agreed
}

// Reading is a minute of an indicator that was read again.
type Reading struct {
	SLI       slo.SLI
	Indicator slo.IndicatorID
	Minute    slo.Minute
	Known     Sum  // what was known of it
	Read      Sum  // what was read now
	Kept      bool // its events are inside of retention for sure
	// Seen is the newest minute in which events of its types were seen, 0 when
	// none were. See [Doubts].
	Seen slo.Minute
}

// Verdict says what to do with a minute that was read again.
type Verdict int

// The verdicts.
const (
	Same    Verdict = iota // as it was known
	Believe                // it replaces what was known
	Doubt                  // what was known stays; the minute is to be read once more
)

// doubtFor is how long the second reading has to be after the first, and heldFor
// how long another one after that.
const (
	doubtFor = 10 * time.Minute
	heldFor  = time.Hour
)

// Judge compares a minute that was read again at a time with what was known of it.
// Slices are good or bad as a whole, and late events may change that either way:
// of them, only that one is there at all can be lower. What is believed is doubted
// until it is read as known: it may not have been kept.
func (d *Doubts) Judge(r Reading, at time.Time) Verdict {
	key := doubtful{r.Indicator, r.Minute}
	switch {
	case r.Read.Minutes == 0 && r.Known.Minutes > 0:
		return Same // a gap now says nothing about then
	case r.Read == r.Known:
		delete(d.list, key)
		return Same
	case r.Known.Minutes == 0 || !lower(r.SLI, r.Known, r.Read):
		delete(d.list, key)
		return Believe
	case !r.Kept:
		delete(d.list, key)
		return Same
	}
	before, doubted := d.list[key]
	if !doubted || before.read != r.Read {
		before = doubt{read: r.Read, at: at}
	}
	before.last = at
	agreed := at.Sub(before.at) >= doubtFor
	before.held = agreed && r.Read.empty() && r.Seen < slo.MinuteAt(before.at)
	if d.list == nil {
		d.list = map[doubtful]doubt{}
	}
	d.list[key] = before
	if agreed && !before.held {
		return Believe
	}
	return Doubt
}

// Held returns how many minutes of each indicator are without any event by all
// readings, and are not believed to be.
func (d *Doubts) Held() map[slo.IndicatorID]int {
	held := map[slo.IndicatorID]int{}
	for key, doubt := range d.list {
		if doubt.held {
			held[key.Indicator]++
		}
	}
	return held
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
		wait := doubtFor
		if doubt.held {
			wait = heldFor
		}
		if at.Sub(doubt.last) >= wait {
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
