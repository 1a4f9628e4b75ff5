package ledger

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo"
)

// historyRoom is how many bytes the histories may take that are held at a time,
// as far as can be told before.
const historyRoom = 64 << 20

// ExportOpenMetrics writes the history of each indicator as two counters that
// go up from 0, in the text format of OpenMetrics, such as Prometheus makes
// blocks of:
//
//	slojourn_events_total{indicator="v1:…",outcome="bad"} 17 1795341600
//
// A sample stands at the end of its minute, or quarter-hour, and counts all that
// happened before. A stretch of measured time begins with a sample of its own,
// so that nothing is spread over a gap in front of it. A coarse hour is used
// where nothing else is known of it; rows that cannot be are left out. No time
// is counted twice.
//
// As many indicators as fit into 64 MiB are read at once: chunks are read once
// for those, not once for each indicator. Damage ends the export, unless it may
// be left out, which a [LeftOutError] tells in the end.
func (r *Reader) ExportOpenMetrics(ctx context.Context, w io.Writer, options ExportOptions) error {
	s, err := r.snapshot(ctx)
	if err != nil {
		return err
	}
	defer s.end()
	return s.exportOpenMetrics(ctx, w, options, historyRoom)
}

func (s *snapshot) exportOpenMetrics(ctx context.Context, w io.Writer, options ExportOptions, room int) error {
	ids, err := s.chosen(options)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !utf8.ValidString(string(id)) {
			return fmt.Errorf("the indicator %q is not UTF-8, and cannot be exported", string(id))
		}
	}
	out := bufio.NewWriterSize(w, 1<<16)
	// What goes wrong when writing is returned by Flush.
	_, _ = out.WriteString("# HELP slojourn_events Valid events behind an SLI, as the ledger keeps them.\n# TYPE slojourn_events counter\n")
	h := &historian{salvage: &salvage{snapshot: s, skip: options.SkipDamaged}, span: options.span()}
	most := h.most(room)
	for len(ids) > 0 {
		some := ids[:min(most, len(ids))]
		if err := h.read(ctx, some); err != nil {
			return wrap("export the ledger", err)
		}
		for i, id := range some {
			h.known[i].write(out, id)
		}
		ids = ids[len(some):]
	}
	_, _ = out.WriteString("# EOF\n")
	if err := out.Flush(); err != nil {
		return err
	}
	return h.err()
}

// counterHistory is what is known of an indicator, stretch by stretch, as few
// bytes: the gap in front of it, its length, its good and its bad events.
type counterHistory struct {
	data     []byte
	end      slo.Minute // of the last stretch
	weighted bool       // counts are thousandths
}

// write writes the series of an indicator, each in order.
func (c *counterHistory) write(out *bufio.Writer, id slo.IndicatorID) {
	if len(c.data) == 0 {
		return
	}
	unit := int64(1)
	if c.weighted {
		unit = slo.Thousandths
	}
	label := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(string(id))
	for _, outcome := range []string{"good", "bad"} {
		line := []byte(`slojourn_events_total{indicator="` + label + `",outcome="` + outcome + `"} `)
		name, count := len(line), int64(0)
		sample := func(at slo.Minute) {
			if line = line[:name]; unit == 1 {
				line = strconv.AppendInt(line, count, 10)
			} else {
				line = append(line, slo.FormatCount(count, unit)...)
			}
			line = append(strconv.AppendInt(append(line, ' '), int64(at)*60, 10), '\n')
			_, _ = out.Write(line)
		}
		d := decoder{data: c.data}
		for at := slo.Minute(0); d.at < len(d.data); {
			gap, length, good, bad := d.uvarint(), d.uvarint(), int64(d.uvarint()), int64(d.uvarint())
			if first := at == 0; gap > 0 || first {
				at += slo.Minute(gap)
				sample(at)
			}
			at += slo.Minute(length)
			happened := good
			if outcome == "bad" {
				happened = bad
			}
			// What is more than can be counted does not make the counter go down.
			count = min(count, math.MaxInt64-happened) + happened
			sample(at)
		}
	}
}
