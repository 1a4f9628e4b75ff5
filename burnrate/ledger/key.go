package ledger

import (
	"fmt"

	"github.com/slojourn/slojourn/slo"
)

// kind says what a chunk holds.
type kind int64

const (
	minuteChunk  kind = iota + 1 // all indicators in one minute
	hourChunk                    // a group of indicators in the minutes of an hour
	coarseChunk                  // a group in an hour of which only the sum is known
	quarterChunk                 // a group in the quarter-hours of a day
)

func (k kind) String() string {
	switch k {
	case minuteChunk:
		return "minute"
	case hourChunk:
		return "hour"
	case coarseChunk:
		return "coarse hour"
	case quarterChunk:
		return "day of quarter-hours"
	}
	return fmt.Sprintf("kind %d", int64(k))
}

// hour is an hour of UTC since 1970.
type hour int64

const hoursOfDay = 24

// endOfTime is the first minute that cannot be kept: its year has five digits,
// and RFC 3339 cannot spell it.
const endOfTime = slo.Minute(253402300800 / 60)

func hourOf(m slo.Minute) hour { return hour(m.Floor(60) / 60) }

// span returns the minutes of the hour.
func (h hour) span() slo.Span {
	return slo.Span{Start: slo.Minute(h) * 60, End: slo.Minute(h)*60 + 60}
}

// day returns the first hour of the day of UTC that the hour lies in.
func (h hour) day() hour { return h - h%hoursOfDay }

// groupSize is how many indicators share a chunk of an hour. One indicator's
// history is read with those of its group.
const groupSize = 256

// chunkKey names a chunk: its kind, the hour it begins with, and its part,
// which is the minute of the hour or the group of indicators. Keys of one kind
// are in the order of their hours.
type chunkKey int64

const (
	partBits = 20
	hourBits = 36
)

func keyOf(k kind, h hour, part int) chunkKey {
	return chunkKey(int64(k)<<(hourBits+partBits) | int64(h)<<partBits | int64(part))
}

func (k chunkKey) kind() kind { return kind(k >> (hourBits + partBits)) }
func (k chunkKey) hour() hour { return hour(k >> partBits & (1<<hourBits - 1)) }
func (k chunkKey) part() int  { return int(k & (1<<partBits - 1)) }

func (k chunkKey) String() string {
	at := k.hour().span().Start.String()
	if k.kind() == minuteChunk {
		return fmt.Sprintf("minute %s", k.hour().span().Start+slo.Minute(k.part()))
	}
	return fmt.Sprintf("%s %s, group %d", k.kind(), at, k.part())
}
