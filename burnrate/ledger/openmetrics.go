package ledger

import (
	"bufio"
	"context"
	"io"
	"strconv"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// historyRoom is how many bytes the histories may take that are held at a time,
// as far as can be told before.
const historyRoom = 64 << 20

// ExportOpenMetrics writes the history of each SLO, along its lineage, as gauges
// in the text format of OpenMetrics, such as Prometheus makes blocks of:
//
//	slojourn_ledger_events{id="pay/authorise",journey="pay",step="authorise",outcome="bad"} 17 1795341600
//	slojourn_ledger_measured_minutes{id="pay/authorise",journey="pay",step="authorise"} 1 1795341600
//
// A sample stands at the end of its minute, or quarter-hour, and holds what
// happened within, so that their sum over a window is what the ledger counts in it.
// Time that was not measured has no sample. A coarse hour is used where nothing
// else is known of it; rows that cannot be are left out, and so is a quarter-hour
// in which the definition of the SLO has changed. No time is counted twice.
//
// Patterns, see [slo.MatchID], choose SLOs; nil are all. An indicator that no SLO is
// or was measured by has its own name as a label, in place of id. Of chosen
// indicators there is what they measured.
//
// As many indicators as fit into 64 MiB are read at once: chunks are read once
// for those and each metric, not once for each indicator. Damage ends the export,
// unless it may be left out, which a [LeftOutError] tells in the end.
func (r *Reader) ExportOpenMetrics(ctx context.Context, w io.Writer, patterns []string, options ExportOptions) error {
	s, err := r.snapshot(ctx)
	if err != nil {
		return err
	}
	defer s.end()
	return s.exportOpenMetrics(ctx, w, patterns, options, historyRoom)
}

func (s *snapshot) exportOpenMetrics(ctx context.Context, w io.Writer, patterns []string, options ExportOptions, room int) error {
	h := &historian{salvage: &salvage{snapshot: s, skip: options.SkipDamaged}, span: options.span()}
	subjects, err := h.subjects(ctx, patterns, options)
	if err != nil {
		return wrap("export the ledger", err)
	}
	out := bufio.NewWriterSize(w, 1<<16)
	batches := h.batches(subjects, room)
	for _, family := range []struct {
		head  string
		write func(*history, *bufio.Writer)
	}{
		{"# HELP " + burnrate.SeriesOfEvents + " Valid events of the minute, quarter-hour or hour that ends at the time of the sample.\n" +
			"# TYPE " + burnrate.SeriesOfEvents + " gauge\n", (*history).writeEvents},
		{"# HELP " + burnrate.SeriesOfMinutes + " How many measured minutes the sample stands for.\n" +
			"# TYPE " + burnrate.SeriesOfMinutes + " gauge\n", (*history).writeMinutes},
	} {
		// What goes wrong when writing is returned by Flush.
		_, _ = out.WriteString(family.head)
		for _, batch := range batches {
			if len(batches) > 1 || h.known == nil {
				if err := h.read(ctx, batch); err != nil {
					return wrap("export the ledger", err)
				}
			}
			for i := range h.known {
				family.write(&h.known[i], out)
			}
		}
	}
	_, _ = out.WriteString("# EOF\n")
	if err := out.Flush(); err != nil {
		return err
	}
	return h.err()
}

// history is what is known of a subject, stretch by stretch, as few bytes: the gap
// in front of it, its length, its measured minutes, its good and its bad events.
type history struct {
	subject
	data     []byte
	end      slo.Minute // of the last stretch
	weighted bool       // counts are thousandths, as far as can be told from them
}

// sample is a stretch of measured time.
type sample struct {
	end       slo.Minute
	minutes   int64 // that were measured
	good, bad int64
}

// each calls do for every stretch, in order.
func (h *history) each(do func(sample)) {
	d := decoder{data: h.data}
	var s sample
	for d.at < len(d.data) {
		s.end += slo.Minute(d.uvarint())
		s.end += slo.Minute(d.uvarint())
		s.minutes, s.good, s.bad = int64(d.uvarint()), int64(d.uvarint()), int64(d.uvarint())
		do(s)
	}
}

// writeEvents writes the good events, and then the bad ones.
func (h *history) writeEvents(out *bufio.Writer) {
	unit := h.unit
	if unit == 0 {
		if unit = 1; h.weighted {
			unit = slo.Thousandths
		}
	}
	for _, outcome := range []string{"good", "bad"} {
		line := []byte(burnrate.SeriesOfEvents + `{` + h.labels + `,outcome="` + outcome + `"} `)
		name := len(line)
		h.each(func(s sample) {
			count := s.good
			if outcome == "bad" {
				count = s.bad
			}
			if line = line[:name]; unit == 1 {
				line = strconv.AppendInt(line, count, 10)
			} else {
				line = append(line, slo.FormatCount(count, unit)...)
			}
			line = s.stamp(line)
			_, _ = out.Write(line)
		})
	}
}

// writeMinutes writes how many minutes were measured.
func (h *history) writeMinutes(out *bufio.Writer) {
	line := []byte(burnrate.SeriesOfMinutes + `{` + h.labels + `} `)
	name := len(line)
	h.each(func(s sample) {
		line = s.stamp(strconv.AppendInt(line[:name], s.minutes, 10))
		_, _ = out.Write(line)
	})
}

// stamp ends a line with the time of the sample, in seconds.
func (s sample) stamp(line []byte) []byte {
	return append(strconv.AppendInt(append(line, ' '), int64(s.end)*60, 10), '\n')
}
