package ledger

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// ExportOpenMetrics writes the history of each indicator as two counters that
// go up from 0, in the text format of OpenMetrics, such as Prometheus makes
// blocks of:
//
//	slojourn_events_total{indicator="v1:…",outcome="bad"} 17 1795341600
//
// A sample stands at the end of its minute, or quarter-hour, and counts all that
// happened before. A stretch of measured time begins with a sample of its own,
// so that nothing is spread over a gap in front of it. A coarse hour is used
// where nothing else is known of it; rows that cannot be are left out. The
// history of one indicator is held in memory at a time.
func (r *Reader) ExportOpenMetrics(ctx context.Context, w io.Writer, options ExportOptions) error {
	s, err := r.snapshot(ctx)
	if err != nil {
		return err
	}
	defer s.end()
	ids, err := s.chosen(options)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	// What goes wrong when writing is returned by Flush.
	_, _ = out.WriteString("# HELP slojourn_events Valid events behind an SLI, as the ledger keeps them.\n# TYPE slojourn_events counter\n")
	for _, id := range ids {
		if !utf8.ValidString(string(id)) {
			return fmt.Errorf("the indicator %q is not UTF-8, and cannot be exported", string(id))
		}
		history, err := s.history(ctx, id, options.span())
		if err != nil {
			return wrap("export the ledger", err)
		}
		writeCounters(out, id, history)
	}
	_, _ = out.WriteString("# EOF\n")
	return out.Flush()
}

// accounted is some time of which the sum is known.
type accounted struct {
	slo.Span
	sum burnrate.Sum
}

// history returns all that is known of an indicator, ordered by where it ends,
// without rows that cannot be.
func (s *snapshot) history(ctx context.Context, id slo.IndicatorID, span slo.Span) ([]accounted, error) {
	h := &historian{
		reading: readingOf(s, []slo.IndicatorID{id}), span: span,
		quarters: make([]burnrate.Sum, quarterChunk.shape().cells), day: -hoursOfDay,
	}
	for _, hour := range s.index.hours(slo.Span{Start: span.Start - hoursOfDay*60, End: span.End}) {
		if err := h.hour(ctx, hour); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(h.known, func(a, b accounted) int { return cmp.Compare(a.End, b.End) })
	return h.known, nil
}

// historian collects the history of one indicator.
type historian struct {
	*reading
	span  slo.Span
	known []accounted
	// quarters are those of the last day of which there are any.
	quarters []burnrate.Sum
	day      hour
}

func (h *historian) add(start slo.Minute, minutes int64, sum burnrate.Sum) {
	if sum.Minutes > 0 && start >= h.span.Start && start < h.span.End && sum.Counts.Consistent() && sum.Rows.Consistent() {
		h.known = append(h.known, accounted{slo.Span{Start: start, End: start + slo.Minute(minutes)}, sum})
	}
}

func (h *historian) hour(ctx context.Context, at hour) error {
	start := at.span().Start
	found, err := h.cellsOf(ctx, quarterChunk, at, h.quarters)
	if err != nil {
		return err
	}
	if found {
		h.day = at
		for i, sum := range h.quarters {
			h.add(start+slo.Minute(i)*15, 15, sum)
		}
	}
	measured := false
	if found, err = h.reading.hour(ctx, at); err != nil {
		return err
	}
	for i := 0; found && i < 60; i++ {
		if row := h.minute(i)[0]; row.Measured {
			measured = true
			h.add(start+slo.Minute(i), 1, sumOf(row, 1))
		}
	}
	coarse := make([]burnrate.Sum, 1)
	if found, err = h.cellsOf(ctx, coarseChunk, at, coarse); err != nil {
		return err
	}
	if found && !measured && !h.covered(at) {
		h.add(start, 60, coarse[0])
	}
	return nil
}

// covered reports whether a quarter-hour of an hour is known.
func (h *historian) covered(at hour) bool {
	first := int(at-h.day) * 4
	return at.day() == h.day && slices.ContainsFunc(h.quarters[first:first+4], func(s burnrate.Sum) bool { return s.Minutes > 0 })
}

// writeCounters writes the series of an indicator, each in order.
func writeCounters(out *bufio.Writer, id slo.IndicatorID, history []accounted) {
	if len(history) == 0 {
		return
	}
	// Counts of a weighted SLI are thousandths.
	unit := int64(1)
	if slices.ContainsFunc(history, func(s accounted) bool { return s.sum.Counts != s.sum.Rows }) {
		unit = 1000
	}
	label := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(string(id))
	for _, outcome := range []string{"good", "bad"} {
		name := `slojourn_events_total{indicator="` + label + `",outcome="` + outcome + `"} `
		count, last := int64(0), slo.Minute(-1)
		sample := func(at slo.Minute) {
			_, _ = out.WriteString(name + slo.FormatCount(count, unit) + " " + strconv.FormatInt(int64(at)*60, 10) + "\n")
			last = at
		}
		for i, s := range history {
			if s.Start > last {
				sample(s.Start)
			}
			if outcome == "bad" {
				count += s.sum.Counts.Bad
			} else {
				count += s.sum.Counts.Total - s.sum.Counts.Bad
			}
			// What ends at once is one sample.
			if i+1 == len(history) || history[i+1].End > s.End {
				sample(s.End)
			}
		}
	}
}
