package sourcetest

import (
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// Row is what an SLO counts in a minute that was measured.
type Row struct {
	ID     string // of the SLO
	Minute slo.Minute
	Counts slo.Counts // in Unit
	Unit   int64      // what an event that counts as one is, see [slo.SLI.Unit]
	Events slo.Counts // the events behind the counts
}

// indicators are those that most tests ask for.
func indicators() []indicator {
	return []indicator{
		byBad(checkout), byBad(checkout).where("shop", "a"), byBad(checkout).where("shop", "b"), byBad(checkout).where("shop", "none"),
		byGood(checkout), byGood(checkout).where("shop", "a"), byGood(checkout).where("shop", "b"), all(checkout),
		byBad(refund), byBad(edge), byGood(edge), byGood(refund, edge), all(refund, edge),
		byBad(refund, checkout), byBad(checkout, absent), byBad(absent), byGood(absent),
	}
}

// rows returns what every indicator counts, the newest minutes first.
func rows(events []Event, indicators []indicator) []Row {
	var list []Row
	for _, i := range indicators {
		span := i.measured(events)
		cuts := minutes(span.Start, span.End)
		for n, sum := range i.sums(events, cuts) {
			list = append(list, Row{i.id, cuts[n], sum.Counts, i.sli.Unit(), sum.Rows})
		}
	}
	slices.Reverse(list)
	return list
}

// measured returns the minutes that a source of counts has rows of: from the
// first event of the indicator's types up to now, none when there is no event.
func (i indicator) measured(events []Event) slo.Span {
	end := i.sli.Closed(slo.MinuteAt(now()))
	return slo.Span{Start: i.sli.Closed(min(end, i.first(events))), End: end}
}
