package sourcetest

import (
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// Row is what an SLO counts in a minute that was measured. Every event of the
// tests weighs 1, so that the events behind the counts are as many.
type Row struct {
	ID     string // of the SLO
	Minute slo.Minute
	Counts slo.Counts
}

// indicators are those that the tests which need no events ask for.
func indicators() []indicator {
	return []indicator{
		byBad(checkout), byBad(checkout).inShop("a"), byBad(checkout).inShop("b"), byBad(checkout).inShop("none"),
		byGood(checkout), byGood(checkout).inShop("a"), byGood(checkout).inShop("b"), all(checkout),
		byBad(refund), byBad(edge), byGood(edge), byGood(refund, edge), all(refund, edge),
		byBad(refund, checkout), byBad(checkout, absent), byBad(absent), byGood(absent),
	}
}

// rows returns what every indicator counts, the newest minutes first.
func rows() []Row {
	var list []Row
	for _, i := range indicators() {
		span := i.measured()
		cuts := minutes(span.Start, span.End)
		for n, sum := range i.sums(cuts) {
			list = append(list, Row{i.id, cuts[n], sum.Counts})
		}
	}
	slices.Reverse(list)
	return list
}

// measured returns the minutes that a source of counts has rows of: from the
// first event of the indicator's types up to now, none when there is no event.
func (i indicator) measured() slo.Span {
	end := slo.MinuteAt(now())
	span, ofType := slo.Span{Start: end, End: end}, typed(i.sli.EventTypes())
	for _, e := range history() {
		if ofType(e) {
			span.Start = min(span.Start, slo.Minute(e.Millis/60_000))
		}
	}
	return span
}
