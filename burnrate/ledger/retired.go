package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// RetiredError refuses a minute of an indicator of which only the sum of the
// quarter-hour is kept. Whether the minute is in that sum already is not known,
// so it can neither be added nor replaced.
type RetiredError struct {
	Indicator slo.IndicatorID
	Minute    slo.Minute
}

func (e *RetiredError) Error() string {
	return fmt.Sprintf("the minute %s of the indicator %q lies in a quarter-hour of which only the sum is kept; leave it out",
		e.Minute, e.Indicator)
}

// retired finds minutes that are kept as sums of quarter-hours.
type retired struct {
	writer *writer
	sums   map[chunkKey][]column // of days, nil where there are none
}

// any reports whether sums are kept of the day of a minute.
func (r *retired) any(m slo.Minute) bool {
	c := r.writer.index.contents[hourOf(m).day()]
	return c != nil && len(c.of(quarterChunk)) > 0
}

// keeps reports whether the sum of the quarter-hour that a minute of an
// indicator lies in is kept.
func (r *retired) keeps(ctx context.Context, n number, m slo.Minute) (bool, error) {
	if !r.any(m) {
		return false, nil
	}
	day := hourOf(m).day()
	key := keyOf(quarterChunk, day, n.group())
	columns, known := r.sums[key]
	if !known {
		var err error
		if columns, err = r.writer.columns(ctx, key); err != nil {
			return false, err
		}
		r.sums[key] = columns
	}
	i, found := slices.BinarySearchFunc(columns, n, func(c column, n number) int { return cmp.Compare(c.number, n) })
	return found && columns[i].cells[int64(m-day.span().Start)/quarterChunk.shape().minutes].Minutes > 0, nil
}

// refuse returns an error for the first of the rows of a minute that may not be
// written.
func (r *retired) refuse(ctx context.Context, m slo.Minute, rows []numbered) error {
	if !r.any(m) {
		return nil
	}
	for _, row := range rows {
		old, err := r.keeps(ctx, row.number, m)
		if err != nil {
			return err
		}
		if old {
			return &RetiredError{r.writer.index.ids[row.number], m}
		}
	}
	return nil
}
