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
	return fmt.Sprintf("minute %s of the indicator %q lies in a quarter-hour of which only the sum is kept; leave it out",
		e.Minute.Time().Format("2006-01-02T15:04Z"), e.Indicator)
}

// retired finds minutes that are kept as sums of quarter-hours.
type retired struct {
	writer *writer
	sums   map[chunkKey][]column // of days, nil where there are none
}

// refuse returns an error for the first of the rows of a minute that may not be
// written.
func (r *retired) refuse(ctx context.Context, m slo.Minute, rows []numbered) error {
	day := hourOf(m).day()
	if c := r.writer.index.contents[day]; c == nil || len(c.of(quarterChunk)) == 0 {
		return nil
	}
	quarter := int64(m-day.span().Start) / quarterChunk.shape().minutes
	for _, row := range rows {
		key := keyOf(quarterChunk, day, row.number.group())
		columns, known := r.sums[key]
		if !known {
			var err error
			if columns, err = r.writer.columns(ctx, key); err != nil {
				return err
			}
			r.sums[key] = columns
		}
		i, found := slices.BinarySearchFunc(columns, row.number, func(c column, n number) int { return cmp.Compare(c.number, n) })
		if found && columns[i].cells[quarter].Minutes > 0 {
			return &RetiredError{r.writer.index.ids[row.number], m}
		}
	}
	return nil
}
