package ledger

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sort"

	"golang.org/x/sync/errgroup"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// Totals returns, for each lineage, the sums of its minutes between cuts, which
// are in order: what windows begin with. It says the same as [Reader.History]
// and takes a fraction of its time, as it needs no rows where an hour lies
// between two cuts.
//
// Where only quarter-hours are kept, one of them belongs to the cuts that its
// first minute lies between, so that a window which begins in it is up to 14
// minutes shorter. One with a seam of the lineage in it, or with the last cut,
// counts as not measured.
func (r *Reader) Totals(ctx context.Context, lineages []lineage.Lineage, cuts [][]slo.Minute) ([]burnrate.Totals, error) {
	if len(cuts) != len(lineages) {
		return nil, fmt.Errorf("sum %d histories: there are cuts for %d", len(lineages), len(cuts))
	}
	s, err := r.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer s.end()
	t := newTotalling(s.index, lineages, cuts)
	chunks := make(chan sealedChunk, 2*runtime.GOMAXPROCS(0))
	group, running := errgroup.WithContext(ctx)
	parts := make([]*totaller, runtime.GOMAXPROCS(0))
	damage := make([]error, len(parts)+1) // by who found it: they look on for more
	for i := range parts {
		parts[i] = t.totaller()
		group.Go(func() error {
			for c := range chunks {
				if err := parts[i].chunk(c); r.note(err) {
					damage[i] = err
				} else if err != nil {
					return err
				}
			}
			return nil
		})
	}
	group.Go(func() error {
		defer close(chunks)
		return t.each(s.index, func(c content) error {
			data, err := s.data(running, c)
			if r.note(err) {
				damage[len(parts)] = err
				return nil
			} else if err != nil {
				return err
			}
			select {
			case chunks <- sealedChunk{c, data}:
				return nil
			case <-running.Done():
				return running.Err()
			}
		})
	})
	err = group.Wait()
	if ctx.Err() != nil {
		err = ctx.Err() // whatever it was that noticed first
	}
	if err = cmp.Or(err, cmp.Or(damage...)); err != nil {
		return nil, wrap("read the ledger", err)
	}
	return together(parts), nil
}

// sealedChunk is a chunk that was not looked into yet.
type sealedChunk struct {
	content
	data []byte
}

// totalling is what is summed of which column.
type totalling struct {
	cuts    [][]slo.Minute
	span    slo.Span // of all cuts
	targets []target // ordered by number
}

// target is a stretch of a lineage, which takes minutes of a column.
type target struct {
	number number
	place  int      // of the lineage
	span   slo.Span // that it is read for: of the stretch, within its cuts
	unit   lineage.Conversion
}

func newTotalling(x *index, lineages []lineage.Lineage, cuts [][]slo.Minute) *totalling {
	t := &totalling{cuts: cuts, span: slo.Span{Start: lastMinute, End: firstMinute}}
	for place, l := range lineages {
		if len(cuts[place]) < 2 {
			continue
		}
		whole := slo.Span{Start: cuts[place][0], End: cuts[place][len(cuts[place])-1]}
		for _, stretch := range l.Stretches() {
			n, known := x.numbers[stretch.Indicator]
			span := stretch.Intersect(whole)
			if !known || span.Len() == 0 {
				continue
			}
			t.targets = append(t.targets, target{n, place, span, lineage.ConversionTo(l.Present.Unit, stretch.Unit)})
			t.span = slo.Span{Start: min(t.span.Start, span.Start), End: max(t.span.End, span.End)}
		}
	}
	slices.SortStableFunc(t.targets, func(a, b target) int { return cmp.Compare(a.number, b.number) })
	return t
}

// each calls do for every chunk that may hold something wanted.
func (t *totalling) each(x *index, do func(content) error) error {
	if len(t.targets) == 0 {
		return nil
	}
	groups := map[int]bool{}
	for i := range t.targets {
		groups[t.targets[i].number.group()] = true
	}
	const day = hoursOfDay * minutesOfHour // quarter-hours lie where their day begins
	for _, h := range x.hours(slo.Span{Start: max(0, t.span.Start) - day, End: t.span.End}) {
		for _, c := range x.contents[h].entries {
			k := c.key.kind()
			if k == coarseChunk || k != quarterChunk && h.span().End <= t.span.Start || k != minuteChunk && !groups[c.key.part()] {
				continue
			}
			if err := do(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// of returns the targets of a column, the first of which is not before a place
// in their order.
func (t *totalling) of(n number, from int) (found []target, at int) {
	for from < len(t.targets) && t.targets[from].number < n {
		from++
	}
	end := from
	for end < len(t.targets) && t.targets[end].number == n {
		end++
	}
	return t.targets[from:end], from
}

// between returns which cuts a minute of a place lies between.
func (t *totalling) between(place int, m slo.Minute) int {
	cuts := t.cuts[place]
	// Most of a window of 28 days is in front of the others.
	if m < cuts[1] {
		return 0
	}
	// Behind the last of equal cuts.
	return sort.Search(len(cuts), func(i int) bool { return cuts[i] > m }) - 1
}

// totaller sums chunks.
type totaller struct {
	*totalling
	totals []burnrate.Totals // by place
	group  group
	rows   []numbered
	column [minutesOfHour]burnrate.Row
	cells  [hoursOfDay * 4]burnrate.Sum
}

func (t *totalling) totaller() *totaller {
	part := &totaller{totalling: t, totals: make([]burnrate.Totals, len(t.cuts))}
	for i, cuts := range t.cuts {
		part.totals[i].Sums = make([]burnrate.Sum, max(0, len(cuts)-1))
	}
	return part
}

func (t *totaller) chunk(c sealedChunk) error {
	body, err := c.open(c.data)
	if err != nil {
		return err
	}
	switch c.key.kind() {
	case minuteChunk:
		err = t.minute(c.key, body)
	default:
		err = t.columns(c.key, body)
	}
	if err != nil {
		return c.key.damaged(err)
	}
	return nil
}

func (t *totaller) minute(key chunkKey, body []byte) error {
	var err error
	if t.rows, err = decodeMinute(t.rows[:0], body); err != nil {
		return err
	}
	m := key.hour().span().Start + slo.Minute(key.part())
	var targets []target
	at := 0
	for i := range t.rows {
		targets, at = t.of(t.rows[i].number, at)
		for k := range targets {
			t.row(&targets[k], m, t.rows[i].row)
		}
	}
	return nil
}

func (t *totaller) columns(key chunkKey, body []byte) error {
	if err := t.group.open(key, body); err != nil {
		return err
	}
	first := number(key.part()) * groupSize
	at, _ := slices.BinarySearchFunc(t.targets, first, func(t target, n number) int { return cmp.Compare(t.number, n) })
	var targets []target
	for i, n := range t.group.numbers {
		if targets, at = t.of(n, at); len(targets) == 0 {
			continue
		}
		var err error
		if key.kind() == quarterChunk {
			err = t.quarters(i, key.hour().span().Start, targets)
		} else {
			err = t.hour(i, key.hour().span(), targets)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// hour sums a column of minutes: at once where no target has a border in it.
func (t *totaller) hour(i int, hour slo.Span, targets []target) error {
	whole := true
	for k := range targets {
		whole = whole && targets[k].unit == lineage.SameUnit && t.takesAll(&targets[k], hour)
	}
	if whole {
		sum, known, err := t.group.total(i)
		if err != nil {
			return err
		}
		if known {
			for k := range targets {
				t.add(&targets[k], hour.Start, sum)
			}
			return nil
		}
	}
	if err := t.group.rows(i, t.column[:], t.cells[:minutesOfHour]); err != nil {
		return err
	}
	for k := range targets {
		within := targets[k].span.Intersect(hour)
		for m := within.Start; m < within.End; m++ {
			t.row(&targets[k], m, t.column[m-hour.Start])
		}
	}
	return nil
}

// takesAll reports whether all minutes of a span go to one sum of a target.
func (t *totaller) takesAll(to *target, span slo.Span) bool {
	return to.span.Intersect(span) == span && t.between(to.place, span.Start) == t.between(to.place, span.End-1)
}

// quarters sums a column of quarter-hours.
func (t *totaller) quarters(i int, start slo.Minute, targets []target) error {
	if err := t.group.column(i, t.cells[:]); err != nil {
		return err
	}
	for q := range t.cells {
		length := slo.Minute(quarterChunk.shape().minutes)
		quarter := slo.Span{Start: start + slo.Minute(q)*length, End: start + slo.Minute(q+1)*length}
		for k := range targets {
			if t.cells[q].Minutes > 0 && targets[k].span.Intersect(quarter) == quarter {
				t.quarter(&targets[k], quarter, t.cells[q])
			}
		}
	}
	return nil
}

// row adds a minute, unless it was not measured or cannot be.
func (t *totaller) row(to *target, m slo.Minute, row burnrate.Row) {
	if !row.Measured || m < to.span.Start || m >= to.span.End {
		return
	}
	if to.unit.Convert(&row); !row.Measured {
		return
	}
	if !row.Counts.Consistent() || !row.Rows.Consistent() {
		t.totals[to.place].Invalid = append(t.totals[to.place].Invalid, burnrate.Invalid{Span: slo.Span{Start: m, End: m + 1}, Row: row})
		return
	}
	t.add(to, m, sumOf(row, 1))
}

// quarter adds a quarter-hour, unless it cannot be, or would be larger than can
// be kept.
func (t *totaller) quarter(to *target, span slo.Span, sum burnrate.Sum) {
	sum, fits := converted(to.unit, sum)
	if !fits {
		return
	}
	row := burnrate.Row{Counts: sum.Counts, Rows: sum.Rows, Measured: true}
	if !row.Counts.Consistent() || !row.Rows.Consistent() {
		t.totals[to.place].Invalid = append(t.totals[to.place].Invalid, burnrate.Invalid{Span: span, Row: row})
		return
	}
	t.add(to, span.Start, sumOf(row, sum.Minutes))
}

func (t *totaller) add(to *target, m slo.Minute, s burnrate.Sum) {
	sum := &t.totals[to.place].Sums[t.between(to.place, m)]
	*sum = burnrate.Sum{Counts: sum.Counts.Add(s.Counts), Rows: sum.Rows.Add(s.Rows), Minutes: sum.Minutes + s.Minutes}
}

// together adds up what several have summed.
func together(parts []*totaller) []burnrate.Totals {
	all := parts[0].totals
	for place := range all {
		to := &all[place]
		for _, part := range parts[1:] {
			for i, s := range part.totals[place].Sums {
				sum := &to.Sums[i]
				*sum = burnrate.Sum{Counts: sum.Counts.Add(s.Counts), Rows: sum.Rows.Add(s.Rows), Minutes: sum.Minutes + s.Minutes}
			}
			to.Invalid = append(to.Invalid, part.totals[place].Invalid...)
		}
		slices.SortFunc(to.Invalid, func(a, b burnrate.Invalid) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	}
	return all
}
