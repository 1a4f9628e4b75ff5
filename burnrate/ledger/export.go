package ledger

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Schema names the format of exported lines.
const Schema = "slojourn.ledger/v1"

// ExportOptions limit what is exported. The zero ExportOptions export
// everything.
type ExportOptions struct {
	// Indicators are the only ones to export; nil are all. Each has to be in the
	// ledger.
	Indicators []slo.IndicatorID
	// Span limits minutes, and longer stretches by where they begin; nil is all
	// of time.
	Span *slo.Span
	// Entries chooses the entries to export by their kinds and keys; nil are all
	// of a whole ledger, and none of a part.
	Entries func(kind, key string) bool
	// SkipDamaged leaves out what is damaged, instead of ending there.
	SkipDamaged bool
}

// part reports whether something is left out.
func (o ExportOptions) part() bool { return o.Indicators != nil || o.Span != nil }

func (o ExportOptions) span() slo.Span {
	if o.Span != nil {
		return o.Span.Intersect(slo.Span{End: endOfTime})
	}
	return slo.Span{End: endOfTime}
}

// Indicators returns the indicators of the ledger, in the order in which they
// came.
func (r *Reader) Indicators(ctx context.Context) ([]slo.IndicatorID, error) {
	s, err := r.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer s.end()
	return slices.Clone(s.index.ids), nil
}

// Export writes what the ledger holds as of one commit, as lines of JSON:
// everything that [Ledger.Import] needs to make an equal ledger. A part of a
// ledger is exported without its entries, which are about all of it, unless they
// are chosen. It holds an hour in memory, or a day of quarter-hours.
//
// What is damaged ends the export, unless it may be left out. Corrections that
// are damaged always are, since no number depends on them. When all else was
// written, a [LeftOutError] says what was left out.
func (r *Reader) Export(ctx context.Context, w io.Writer, options ExportOptions) error {
	s, err := r.snapshot(ctx)
	if err != nil {
		return err
	}
	defer s.end()
	ids, err := s.chosen(options)
	if err != nil {
		return err
	}
	e := &exporter{salvage: &salvage{snapshot: s, skip: options.SkipDamaged}, out: bufio.NewWriterSize(w, 1<<16), ids: ids, span: options.span(), chosen: options.Entries}
	e.rows = newRowsReader(e.salvage, ids)
	if e.quoted, err = quotedIDs(ids); err != nil {
		return err
	}
	parts := []func(context.Context) error{e.indicators, e.minutes, e.quarters, e.coarse, e.log}
	if options.Entries != nil || !options.part() {
		parts = append(parts, e.entries)
	}
	e.header()
	for _, part := range parts {
		if err := part(ctx); err != nil {
			return wrap("export the ledger", err)
		}
	}
	e.line = append(strconv.AppendInt(append(e.line[:0], `{"type":"end","lines":`...), e.lines, 10), '}')
	e.write()
	if err := e.out.Flush(); err != nil {
		return err
	}
	return e.err()
}

// chosen returns the indicators that are exported, each once.
func (s *snapshot) chosen(o ExportOptions) ([]slo.IndicatorID, error) {
	if o.Indicators == nil {
		return s.index.ids, nil
	}
	var ids []slo.IndicatorID
	there := map[slo.IndicatorID]bool{}
	for _, id := range o.Indicators {
		if _, known := s.index.numbers[id]; !known {
			return nil, fmt.Errorf("the ledger has no indicator %q", id)
		}
		if !there[id] {
			there[id] = true
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// exporter writes lines. Minutes are most of them, which is why they are put
// together by hand.
type exporter struct {
	*salvage
	out    *bufio.Writer
	ids    []slo.IndicatorID
	quoted [][]byte // the ids, as JSON
	span   slo.Span
	chosen func(kind, key string) bool // entries; nil for all
	rows   *rowsReader
	line   []byte
	lines  int64 // that were written
}

func quotedIDs(ids []slo.IndicatorID) ([][]byte, error) {
	list := make([][]byte, len(ids))
	for i, id := range ids {
		var err error
		if list[i], err = quote(string(id)); err != nil {
			return nil, fmt.Errorf("the indicator %w", err)
		}
	}
	return list, nil
}

// quote spells a text as JSON, which cannot spell everything.
func quote(text string) ([]byte, error) {
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("%q is not UTF-8, and cannot be exported", text)
	}
	return json.Marshal(text)
}

// write ends a line. What goes wrong is kept by the writer.
func (e *exporter) write() {
	e.line = append(e.line, '\n')
	_, _ = e.out.Write(e.line) // Flush returns the error
	e.lines++
}

func (e *exporter) text(key string, quoted []byte) {
	e.key(key)
	e.line = append(e.line, quoted...)
}

func (e *exporter) number(key string, n int64) {
	e.key(key)
	e.line = strconv.AppendInt(e.line, n, 10)
}

func (e *exporter) time(key string, at time.Time) {
	e.key(key)
	e.line = append(at.AppendFormat(append(e.line, '"'), time.RFC3339Nano), '"')
}

func (e *exporter) key(key string) {
	e.line = append(append(append(e.line, ',', '"'), key...), '"', ':')
}

// begin begins a line of a type.
func (e *exporter) begin(lineType string) {
	e.line = append(append(append(e.line[:0], `{"type":"`...), lineType...), '"')
}

// end ends the line.
func (e *exporter) end() {
	e.line = append(e.line, '}')
	e.write()
}

func (e *exporter) counts(counts, rows slo.Counts) {
	e.number("total", counts.Total)
	e.number("bad", counts.Bad)
	if rows != counts {
		e.number("rows", rows.Total)
		e.number("badRows", rows.Bad)
	}
}

func (e *exporter) header() {
	e.line = append(e.line[:0], `{"schema":"`+Schema+`"`...)
	e.number("commits", e.index.root.Commits)
	e.time("at", e.index.root.At)
	e.end()
}

func (e *exporter) indicators(context.Context) error {
	for i, id := range e.ids {
		e.begin("indicator")
		e.text("indicator", e.quoted[i])
		if since := e.index.since[e.index.numbers[id]]; since != never {
			e.time("since", since.Time())
		}
		e.end()
	}
	return nil
}

func (e *exporter) minutes(ctx context.Context) error {
	for _, h := range e.index.hours(e.span) {
		if !e.rows.hasMinutes(h) {
			continue
		}
		if _, err := e.rows.readDay(ctx, h.day()); err != nil {
			return err
		}
		found, err := e.rows.readMinutes(ctx, h)
		if err != nil {
			return err
		}
		within := h.span().Intersect(e.span)
		for m := within.Start; found && m < within.End; m++ {
			for i, row := range e.rows.reading.minute(int(m - h.span().Start)) {
				if !row.Measured {
					continue
				}
				e.begin("minute")
				e.time("minute", m.Time())
				e.text("indicator", e.quoted[i])
				e.counts(row.Counts, row.Rows)
				e.end()
			}
		}
	}
	return nil
}

func (e *exporter) quarters(ctx context.Context) error {
	for _, day := range e.index.hours(slo.Span{Start: e.span.Start - hoursOfDay*60, End: e.span.End}) {
		if len(e.index.contents[day].of(quarterChunk)) == 0 {
			continue
		}
		found, err := e.rows.readDay(ctx, day)
		if err != nil {
			return err
		}
		for h := day; found && h < day+hoursOfDay; h++ {
			if e.rows.hasMinutes(h) {
				if _, err := e.rows.readMinutes(ctx, h); err != nil {
					return err
				}
			}
		}
		if found {
			e.sums(day, "quarter", quarterChunk.shape(), e.rows.quarters)
		}
	}
	return nil
}

func (e *exporter) coarse(ctx context.Context) error {
	for _, h := range e.index.hours(slo.Span{Start: e.span.Start - 60, End: e.span.End}) {
		found, err := e.rows.readCoarse(ctx, h)
		if err != nil {
			return err
		}
		if found {
			e.sums(h, "hour", coarseChunk.shape(), e.rows.coarse)
		}
	}
	return nil
}

// sums writes the cells of a chunk that begin within the span.
func (e *exporter) sums(h hour, lineType string, shape shape, cells []burnrate.Sum) {
	for i := range shape.cells {
		start := h.span().Start + slo.Minute(int64(i)*shape.minutes)
		if start < e.span.Start || start >= e.span.End {
			continue
		}
		for place, sum := range cells[i*len(e.ids) : (i+1)*len(e.ids)] {
			if sum.Minutes == 0 {
				continue
			}
			e.begin(lineType)
			e.time(lineType, start.Time())
			e.text("indicator", e.quoted[place])
			if sum.Minutes != shape.minutes {
				e.number("minutes", sum.Minutes)
			}
			e.counts(sum.Counts, sum.Rows)
			e.end()
		}
	}
}

func (e *exporter) correction(c Correction, id []byte) {
	e.begin("correction")
	e.time("at", c.At)
	e.time("minute", c.Minute.Time())
	e.text("indicator", id)
	e.counts(c.After.Counts, c.After.Rows)
	e.number("totalBefore", c.Before.Counts.Total)
	e.number("badBefore", c.Before.Counts.Bad)
	if c.Before.Rows != c.Before.Counts {
		e.number("rowsBefore", c.Before.Rows.Total)
		e.number("badRowsBefore", c.Before.Rows.Bad)
	}
	e.end()
}
