package file

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// row is what was counted in a minute.
type row struct {
	minute slo.Minute
	line   int
	counts slo.Counts // in the unit of the SLI
	rows   slo.Counts // the events behind them
}

// consistent reports whether the row can be.
func (r row) consistent() bool { return r.counts.Consistent() && r.rows.Consistent() }

// table holds the rows of one SLO.
type table struct {
	unit int64
	raw  bool  // only the total is asked for
	rows []row // ordered by minute once all are there

	total, events int64 // of all rows: what they may add up to is bounded
}

func newTable(sli slo.SLI) *table {
	raw := sli.Form() == slo.FormEvents && sli.Good.Len() == 0 && sli.Bad.Len() == 0
	return &table{unit: sli.Unit(), raw: raw}
}

// sort orders the rows, and returns those that stand for a minute for the
// second time, each behind the first one.
func (t *table) sort() (twice [][2]row) {
	slices.SortStableFunc(t.rows, func(a, b row) int { return cmp.Or(cmp.Compare(a.minute, b.minute), cmp.Compare(a.line, b.line)) })
	first := 0
	for i := 1; i < len(t.rows); i++ {
		if t.rows[i].minute != t.rows[first].minute {
			first = i
		} else if len(twice) <= mostProblems { // one more than are shown
			twice = append(twice, [2]row{t.rows[first], t.rows[i]})
		}
	}
	return twice
}

// span returns the minutes from the first row to behind the last.
func (t *table) span() (span slo.Span, found bool) {
	if len(t.rows) == 0 {
		return slo.Span{}, false
	}
	return slo.Span{Start: t.rows[0].minute, End: t.rows[len(t.rows)-1].minute + 1}, true
}

// sums adds up the rows between cuts that rise. A row that cannot be, as bad is
// below 0 or above total, is the sum of its minute when that is asked for alone,
// so that whoever asked sees its numbers. Within a longer span it would be
// hidden: there its minute is not measured, and the row is returned beside.
func (t *table) sums(cuts []slo.Minute) (sums []sources.Sum, invalid []row) {
	sums = make([]sources.Sum, max(0, len(cuts)-1))
	if len(sums) == 0 {
		return sums, nil
	}
	next, _ := slices.BinarySearchFunc(t.rows, cuts[0], func(r row, m slo.Minute) int { return cmp.Compare(r.minute, m) })
	for i := range sums {
		alone := cuts[i+1]-cuts[i] == 1
		for ; next < len(t.rows) && t.rows[next].minute < cuts[i+1]; next++ {
			r := t.rows[next]
			if !alone && !r.consistent() {
				invalid = append(invalid, r)
				continue
			}
			sums[i] = sums[i].Add(sources.Sum{Counts: r.counts, Rows: r.rows, Minutes: 1})
		}
	}
	return sums, invalid
}
