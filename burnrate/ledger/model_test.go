package ledger

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// model is what a ledger has to hold, as plain maps.
type model struct {
	commits     int64
	at          time.Time
	minutes     map[place]burnrate.Row
	quarters    map[place]burnrate.Sum
	coarse      map[place]burnrate.Sum
	entries     map[[2]string]string
	since       map[slo.IndicatorID]slo.Minute
	corrections []Correction
}

// place is an indicator and a minute, or the first one of something longer.
type place struct {
	id     slo.IndicatorID
	minute slo.Minute
}

func newModel() *model {
	return &model{
		at: time.Unix(0, 0).UTC(), minutes: map[place]burnrate.Row{}, quarters: map[place]burnrate.Sum{}, coarse: map[place]burnrate.Sum{},
		entries: map[[2]string]string{}, since: map[slo.IndicatorID]slo.Minute{},
	}
}

func (m *model) clone() *model {
	return &model{
		m.commits, m.at, maps.Clone(m.minutes), maps.Clone(m.quarters), maps.Clone(m.coarse),
		maps.Clone(m.entries), maps.Clone(m.since), slices.Clone(m.corrections),
	}
}

func (m *model) commit(tick burnrate.Tick) {
	m.commits, m.at = m.commits+1, tick.At
	measured := map[place]burnrate.Row{}
	for _, batch := range tick.Measured {
		for _, record := range batch.Records {
			for i, row := range record.Rows {
				if row.Measured {
					measured[place{batch.Indicators[i], record.Minute}] = row
				}
			}
		}
	}
	for p, row := range measured {
		if before, known := m.minutes[p]; known && before != row {
			m.corrections = append(m.corrections, Correction{tick.At, p.id, p.minute, before, row})
		}
		m.minutes[p] = row
		m.began(p)
	}
	for _, c := range tick.Coarse {
		m.coarse[place{c.Indicator, c.Hour}] = c.Sum
	}
	for _, e := range tick.Entries {
		if e.Value == nil {
			delete(m.entries, [2]string{e.Kind, e.Key})
		} else {
			m.entries[[2]string{e.Kind, e.Key}] = string(e.Value)
		}
	}
}

func (m *model) began(p place) {
	if since, known := m.since[p.id]; !known || p.minute < since {
		m.since[p.id] = p.minute
	}
}

const dayOfMinutes = 24 * 60

// present is the end of the time that is believed to have passed.
func (m *model) present(witnesses int) time.Time {
	days := map[slo.Minute]bool{}
	note := func(p place, counts, rows slo.Counts) {
		if hasEvents(counts, rows) {
			days[p.minute.Floor(dayOfMinutes)] = true
		}
	}
	for p, row := range m.minutes {
		note(p, row.Counts, row.Rows)
	}
	for _, sums := range []map[place]burnrate.Sum{m.quarters, m.coarse} {
		for p, s := range sums {
			note(p, s.Counts, s.Rows)
		}
	}
	if len(days) < witnesses {
		return time.Unix(0, 0)
	}
	sorted := slices.Sorted(maps.Keys(days))
	return sorted[len(sorted)-witnesses].Time().AddDate(0, 0, witnesses)
}

// maintain does what calls of Maintain do until nothing is left over.
func (m *model) maintain(now time.Time, o Options) {
	if present := m.present(o.Witnesses); present.Before(now) {
		now = present
	}
	forget := slo.MinuteAt(now.Add(-o.Quarters)).Floor(dayOfMinutes)
	retire := slo.MinuteAt(now.Add(-o.Minutes)).Floor(dayOfMinutes)
	forgotten := func(p place) bool { return p.minute < forget }
	maps.DeleteFunc(m.minutes, func(p place, _ burnrate.Row) bool { return forgotten(p) })
	maps.DeleteFunc(m.quarters, func(p place, _ burnrate.Sum) bool { return forgotten(p) })
	maps.DeleteFunc(m.coarse, func(p place, _ burnrate.Sum) bool { return forgotten(p) })
	retired := map[place]burnrate.Sum{}
	for p, row := range m.minutes {
		if p.minute >= retire {
			continue
		}
		delete(m.minutes, p)
		if !row.Counts.Consistent() || !row.Rows.Consistent() {
			continue
		}
		quarter := place{p.id, p.minute.Floor(15)}
		s := retired[quarter]
		retired[quarter] = burnrate.Sum{Counts: s.Counts.Add(row.Counts), Rows: s.Rows.Add(row.Rows), Minutes: s.Minutes + 1}
	}
	for p, s := range retired {
		if s.Minutes >= m.quarters[p].Minutes {
			m.quarters[p] = s
		}
	}
	old := func(c Correction) bool { return c.At.Before(now.Add(-o.Minutes)) }
	for len(m.corrections) > 0 && old(m.corrections[0]) {
		m.corrections = m.corrections[1:]
	}
}

// contentsOf are what a model or a ledger holds, as text by parts: one for each
// day, and some for the rest. What is equal has equal texts.
type contentsOf map[string]string

// parts are collected line by line.
type parts map[string][]string

func (p parts) add(part, format string, args ...any) {
	p[part] = append(p[part], fmt.Sprintf(format, args...))
}

func dayOf(m slo.Minute) string { return "day " + m.Time().Format("2006-01-02") }

func (p parts) minute(id slo.IndicatorID, m slo.Minute, row burnrate.Row) {
	p.add(dayOf(m), "minute %s %s %v of %v", m.Time().Format("15:04"), id, row.Counts, row.Rows)
}

func (p parts) sum(what string, id slo.IndicatorID, m slo.Minute, s burnrate.Sum) {
	p.add(dayOf(m), "%s %s %s %v of %v in %d", what, m.Time().Format("15:04"), id, s.Counts, s.Rows, s.Minutes)
}

func (p parts) state(commits int64, at time.Time, entries map[[2]string]string, since map[slo.IndicatorID]slo.Minute) {
	p.add("state", "%d %v", commits, at.UTC())
	for e, value := range entries {
		p.add("state", "entry %q %q", e, value)
	}
	for id, m := range since {
		p.add("state", "since %s %d", id, m)
	}
}

// corrections are in their order for each minute of an indicator; those of one
// tick have no other order.
func (p parts) corrections(list []Correction) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b Correction) int {
		return cmp.Or(cmp.Compare(a.Minute, b.Minute), cmp.Compare(a.Indicator, b.Indicator))
	})
	for i, c := range list {
		p.add("corrections", "%04d %s %d at %v: %v to %v", i, c.Indicator, c.Minute, c.At.UTC(), c.Before, c.After)
	}
}

func (p parts) join() contentsOf {
	joined := contentsOf{}
	for part, lines := range p {
		slices.Sort(lines)
		joined[part] = strings.Join(lines, "\n")
	}
	return joined
}

func (m *model) contents() contentsOf {
	p := parts{}
	for at, row := range m.minutes {
		p.minute(at.id, at.minute, row)
	}
	for at, s := range m.quarters {
		p.sum("quarter", at.id, at.minute, s)
	}
	for at, s := range m.coarse {
		p.sum("coarse", at.id, at.minute, s)
	}
	p.state(m.commits, m.at, m.entries, m.since)
	p.corrections(m.corrections)
	return p.join()
}

// allMinutes is the span that holds all minutes there can be.
var allMinutes = slo.Span{Start: math.MinInt64, End: math.MaxInt64}

// readAll reads allMinutes from a ledger, or an error.
func readAll(ctx context.Context, r *Reader, ids []slo.IndicatorID) (contentsOf, error) {
	p := parts{}
	for record, err := range r.Minutes(ctx, ids, allMinutes) {
		if err != nil {
			return nil, err
		}
		for i, row := range record.Rows {
			if row.Measured {
				p.minute(ids[i], record.Minute, row)
			} else if row != (burnrate.Row{}) {
				return nil, fmt.Errorf("minute %d of %s is not measured and has %v", record.Minute, ids[i], row)
			}
		}
	}
	for quarter, err := range r.Quarters(ctx, ids, allMinutes) {
		if err != nil {
			return nil, err
		}
		for i, s := range quarter.Sums {
			if s != (burnrate.Sum{}) {
				p.sum("quarter", ids[i], quarter.Start, s)
			}
		}
	}
	for hour, err := range r.CoarseHours(ctx, ids, allMinutes) {
		if err != nil {
			return nil, err
		}
		for i, s := range hour.Sums {
			if s != (burnrate.Sum{}) {
				p.sum("coarse", ids[i], hour.Start, s)
			}
		}
	}
	kept, err := r.State(ctx)
	if err != nil {
		return nil, err
	}
	entries := map[[2]string]string{}
	for _, e := range kept.Entries {
		entries[[2]string{e.Kind, e.Key}] = string(e.Value)
	}
	if len(entries) != len(kept.Entries) {
		return nil, fmt.Errorf("%d entries have %d names", len(kept.Entries), len(entries))
	}
	p.state(kept.Commits, kept.At, entries, kept.Since)
	corrections, err := r.Corrections(ctx)
	if err != nil {
		return nil, err
	}
	p.corrections(corrections)
	return p.join(), nil
}
