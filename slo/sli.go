package slo

import (
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// SLI is a measure of good among valid events. It has one of three forms:
//
//   - events: From, Where and one of Good and Bad. Each event is good or bad.
//     Count weighs events by an attribute.
//   - queries: Queries. Whole queries count valid events and good or bad ones.
//   - slices: From, Where and Slice. Time is cut into slices, and each is good
//     or bad as a whole.
type SLI struct {
	From    []diag.Located[string]
	Where   diag.Text // empty for all events
	Good    diag.Text
	Bad     diag.Text
	Count   diag.Text                   // an aggregate such as sum(items); empty for count(*)
	Queries *Queries                    // nil in the other forms
	Slice   *Slice                      // nil in the other forms
	Lag     diag.Located[time.Duration] // until its events can be queried; not written for the source's own
}

// Form says how an SLI measures. The zero Form is invalid.
type Form string

// The forms of an SLI.
const (
	FormEvents  Form = "events"
	FormQueries Form = "queries"
	FormSlices  Form = "slices"
)

// Form returns the form of the SLI.
func (s SLI) Form() Form {
	switch {
	case s.Queries != nil:
		return FormQueries
	case s.Slice != nil:
		return FormSlices
	default:
		return FormEvents
	}
}

// Weighted reports whether events count by an attribute and not as one each.
func (s SLI) Weighted() bool {
	count := strings.Join(strings.Fields(s.Count.String()), "")
	return count != "" && !strings.EqualFold(count, "count(*)")
}

// Thousandths is the unit of SLIs that weigh events: their counts are sums
// with up to three decimals.
const Thousandths = 1000

// Unit returns what an event that counts as one is in the counts of the SLI: 1
// when every event counts as one, and [Thousandths] when an attribute or a
// query says how much it counts. With sum(items), 2.5 items are 2,500.
func (s SLI) Unit() int64 {
	if s.Weighted() || s.Form() == FormQueries {
		return Thousandths
	}
	return 1
}

// FormatCount spells a count of an SLI with the given [SLI.Unit], without a point
// when it is whole: 2,500 thousandths are "2.5", 2,000 are "2".
func FormatCount(count, unit int64) string {
	if unit <= 1 || count%unit == 0 {
		return strconv.FormatInt(count/max(1, unit), 10)
	}
	return strings.TrimRight(big.NewRat(count, unit).FloatString(3), "0")
}

// Closed returns the last minute up to which everything of the SLI is
// measurable when all minutes before end are: end itself, or the end of the
// last whole slice. Slices lie on multiples of their length since 1970.
func (s SLI) Closed(end Minute) Minute {
	if s.Slice == nil {
		return end
	}
	return end.Floor(s.Slice.Minutes())
}

// EventTypes returns the names in From.
func (s SLI) EventTypes() []string {
	names := make([]string, len(s.From))
	for i, name := range s.From {
		names[i] = name.Value
	}
	return names
}

// Queries are whole queries, each of which gives one number that adds up over
// time. Exactly one of Good and Bad is written.
type Queries struct{ Total, Good, Bad diag.Text }

// Slice says how long a slice is and when it is good: Value is an aggregate
// over the events of a slice, Good a condition on it, in which the word value
// stands for it.
type Slice struct {
	Every diag.Located[time.Duration]
	Value diag.Text
	Good  diag.Text
	Empty Empty
}

// Minutes returns the length of a slice in minutes, 1 or more.
func (s Slice) Minutes() int64 { return max(1, int64(s.Every.Value/time.Minute)) }

// Empty says what a slice without events is. The zero Empty is nothing: it is
// not counted.
type Empty string

// What a slice without events may count as.
const (
	EmptyGood Empty = "good"
	EmptyBad  Empty = "bad"
)

// IndicatorID names an indicator: what is measured and kept. SLOs with equal
// SLIs have the same.
type IndicatorID string

// KeyFunc names the indicator of an SLI. Only those who know the language of
// its conditions can say which of them are equal.
type KeyFunc func(*Source, SLI) IndicatorID

// indicatorOf names the indicator of what has an id. A file holds counts of ids,
// so that there, what is measured under one is never that of another.
func indicatorOf(source *Source, id string, sli SLI, key KeyFunc) IndicatorID {
	if source != nil && source.File != nil {
		return IndicatorID("file:" + source.File.Path + ":" + id)
	}
	return key(source, sli)
}
