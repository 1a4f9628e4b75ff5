package engine

import (
	"context"
	"maps"
	"math"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// hourCache has the minutes that windows move over, as hours: those in which minutes
// enter and leave them. Each is read when the first of its minutes is needed, and
// dropped with the last one, so that an hour is read again for the next window that
// reaches it. With the windows of paging and the days that noTraffic looks at that is
// 13 hours, and 24 while they pass into the next one: of 2.4 kB for each SLO, 58 kB.
//
// An hour of which no minute is kept any more has its quarter-hours, spread over their
// minutes. Minutes of a day are kept for all or for none.
type hourCache struct {
	records  Records
	ids      []slo.IndicatorID
	held     [][]heldBy        // of ids
	columns  []int             // how many each shard has
	lineages []lineage.Lineage // of the columns of all shards, one shard after the other
	since    []slo.Minute      // of lineages, the first minute that was measured
	there    map[slo.Minute]*hourBlock
	free     []*hourBlock
}

// heldBy is the part of the history of a shard's column that an indicator has.
type heldBy struct {
	shard, column int
	span          slo.Span
	unit          lineage.Conversion
}

// hourBlock is the rows of an hour for each shard: those of a minute lie together.
type hourBlock struct {
	rows  [][]burnrate.Row
	empty bool // nothing was measured
}

func newHourCache(records Records, shards []*shard, since map[slo.IndicatorID]slo.Minute) *hourCache {
	c := &hourCache{records: records, there: map[slo.Minute]*hourBlock{}}
	byID := map[slo.IndicatorID][]heldBy{}
	for n, s := range shards {
		c.columns, c.lineages = append(c.columns, len(s.measured)), append(c.lineages, s.lineages...)
		for id, list := range s.held {
			for _, h := range list {
				byID[id] = append(byID[id], heldBy{n, h.column, h.span, h.unit})
			}
		}
	}
	for _, l := range c.lineages {
		first, measured := l.Since(since)
		if !measured {
			first = math.MaxInt64
		}
		c.since = append(c.since, first)
	}
	c.ids = slices.Sorted(maps.Keys(byID))
	for _, id := range c.ids {
		c.held = append(c.held, byID[id])
	}
	return c
}

// read has the hours of minutes there, and no others.
func (c *hourCache) read(ctx context.Context, minutes []slo.Minute) error {
	needed := map[slo.Minute]bool{}
	for _, m := range minutes {
		needed[m.Floor(minutesOfHour)] = true
	}
	for hour, block := range c.there {
		if !needed[hour] {
			delete(c.there, hour)
			c.free = append(c.free, block)
		}
	}
	for hour := range needed {
		if c.there[hour] != nil {
			continue
		}
		block, err := c.readHour(ctx, hour)
		if err != nil {
			return err
		}
		c.there[hour] = block
	}
	return nil
}

func (c *hourCache) readHour(ctx context.Context, hour slo.Minute) (*hourBlock, error) {
	block := c.block()
	for record, err := range c.records.Minutes(ctx, c.ids, slo.Span{Start: hour, End: hour + minutesOfHour}) {
		if err != nil {
			return nil, err
		}
		block.empty = false
		n := int(record.Minute - hour)
		for k := range record.Rows {
			for i := range c.held[k] {
				h := &c.held[k][i]
				if record.Minute < h.span.Start || record.Minute >= h.span.End {
					continue
				}
				row := &block.rows[h.shard][n*c.columns[h.shard]+h.column]
				if *row = record.Rows[k]; h.unit != lineage.SameUnit {
					h.unit.Convert(row)
				}
			}
		}
	}
	if block.empty && slices.ContainsFunc(c.since, func(first slo.Minute) bool { return first < hour+minutesOfHour }) {
		return block, c.readQuarters(ctx, hour, block)
	}
	return block, nil
}

// readQuarters fills a block with the quarter-hours of an hour.
func (c *hourCache) readQuarters(ctx context.Context, hour slo.Minute, block *hourBlock) error {
	var cuts []slo.Minute
	for m := hour; m <= hour+minutesOfHour; m += quarterMinutes {
		cuts = append(cuts, m)
	}
	totals, err := c.records.Totals(ctx, c.lineages, slices.Repeat([][]slo.Minute{cuts}, len(c.lineages)))
	if err != nil {
		return err
	}
	since := c.since
	for n, columns := range c.columns {
		for k := range columns {
			for q, sum := range totals[k].Sums {
				block.empty = block.empty && sum.Minutes == 0
				for i, row := range spread(sum) {
					// What is before a history was in no window.
					if at := q*quarterMinutes + i; hour+slo.Minute(at) >= since[k] {
						block.rows[n][at*columns+k] = row
					}
				}
			}
		}
		totals, since = totals[columns:], since[columns:]
	}
	return nil
}

// block returns an empty block.
func (c *hourCache) block() *hourBlock {
	if n := len(c.free); n > 0 {
		block := c.free[n-1]
		c.free = c.free[:n-1]
		for _, rows := range block.rows {
			clear(rows)
		}
		block.empty = true
		return block
	}
	block := &hourBlock{rows: make([][]burnrate.Row, len(c.columns)), empty: true}
	for n, columns := range c.columns {
		block.rows[n] = make([]burnrate.Row, minutesOfHour*columns)
	}
	return block
}

// rows returns those of a shard in a minute, and false when it is not there.
func (c *hourCache) rows(shard int, minute slo.Minute) ([]burnrate.Row, bool) {
	hour := minute.Floor(minutesOfHour)
	block := c.there[hour]
	if block == nil {
		return nil, false
	}
	if block.empty {
		return nil, true
	}
	from := int(minute-hour) * c.columns[shard]
	return block.rows[shard][from : from+c.columns[shard] : from+c.columns[shard]], true
}
