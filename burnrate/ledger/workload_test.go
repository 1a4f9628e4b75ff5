package ledger

import (
	"fmt"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// workload makes up what happens to a ledger, one step after the other. It
// depends on its dice alone, so that who has them can repeat it.
type workload struct {
	dice func(sides int) int // 0 … sides-1
	now  time.Time
	ids  []slo.IndicatorID
	// Steps are ticks, and now and then something else.
	others bool // backups and compactions as well
}

// smallOptions let everything that takes years happen within days.
var smallOptions = Options{Pack: 2 * time.Hour, Minutes: 48 * time.Hour, Quarters: 120 * time.Hour, Witnesses: 2}

func newWorkload(dice func(int) int, indicators int) *workload {
	w := &workload{dice: dice, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	for i := range indicators {
		w.ids = append(w.ids, slo.IndicatorID(fmt.Sprintf("v1:%d", i)))
	}
	return w
}

// event is a step. One that is neither a tick nor maintenance changes nothing.
type event struct {
	kind eventKind
	tick burnrate.Tick
	now  time.Time // of maintenance
}

type eventKind int

const (
	tickEvent eventKind = iota + 1
	maintainEvent
	compactEvent
	backupEvent
)

func (e event) on(m *model) {
	switch e.kind {
	case tickEvent:
		m.commit(e.tick)
	case maintainEvent:
		m.maintain(e.now, smallOptions)
	}
}

func (w *workload) next() event {
	switch n := w.dice(40); {
	case n < 8:
		return event{kind: maintainEvent, now: w.now}
	case n == 8 && w.others:
		return event{kind: compactEvent}
	case n == 9 && w.others:
		return event{kind: backupEvent}
	case n < 12: // the machine was off for a while
		w.now = w.now.Add(time.Duration(w.dice(30)) * time.Hour)
	}
	w.now = w.now.Add(time.Minute + time.Duration(w.dice(1000))*time.Millisecond)
	return event{kind: tickEvent, tick: w.tick()}
}

func (w *workload) tick() burnrate.Tick {
	tick := burnrate.Tick{At: w.now, Entries: w.entries()}
	present := slo.MinuteAt(w.now)
	// The last minutes of everything, in two batches with some in both.
	split := w.dice(len(w.ids) + 1)
	last := slo.Span{Start: present - slo.Minute(w.dice(4)), End: present + 1}
	tick.Measured = append(tick.Measured, w.batch(w.ids[:split], last), w.batch(w.ids[max(0, split-1):], last))
	switch w.dice(12) {
	case 0, 1, 2: // minutes that are measured again
		late := present - slo.Minute(w.dice(5*60))
		tick.Measured = append(tick.Measured, w.batch(w.some(), slo.Span{Start: late, End: late + 1 + slo.Minute(w.dice(20))}))
	case 3, 4: // a backfill, across hours and days
		start := max(present-slo.Minute(w.dice(7*dayOfMinutes)), slo.MinuteAt(w.now.Add(-smallOptions.Minutes)))
		tick.Measured = append(tick.Measured, w.batch(w.some(), slo.Span{Start: start, End: start + slo.Minute(w.dice(90))}))
	case 5: // hours of which only the sum is known
		h := hourOf(present) - hour(w.dice(7*hoursOfDay))
		for _, id := range w.some() {
			row := w.row()
			tick.Coarse = append(tick.Coarse, burnrate.Coarse{Indicator: id, Hour: h.span().Start, Sum: sumOf(row, 1+int64(w.dice(60)))})
		}
	case 6: // a minute of another age
		far := []slo.Minute{0, present + 10*365*dayOfMinutes, present + 1, 59}[w.dice(4)]
		tick.Measured = append(tick.Measured, w.batch(w.some(), slo.Span{Start: far, End: far + 1}))
	case 7: // the clock was wrong
		tick.At = tick.At.Add(-time.Duration(w.dice(80)) * time.Hour)
	}
	return tick
}

func (w *workload) some() []slo.IndicatorID {
	first := w.dice(len(w.ids))
	return w.ids[first : first+1+w.dice(len(w.ids)-first)]
}

func (w *workload) batch(ids []slo.IndicatorID, span slo.Span) burnrate.Batch {
	b := burnrate.Batch{Indicators: ids}
	for m := span.Start; m < span.End; m++ {
		if w.dice(10) == 0 {
			if w.dice(2) == 0 {
				b.Records = append(b.Records, burnrate.Record{Minute: m}) // not measured
			}
			continue
		}
		record := burnrate.Record{Minute: m}
		for range ids {
			record.Rows = append(record.Rows, w.row())
		}
		b.Records = append(b.Records, record)
	}
	return b
}

func (w *workload) row() burnrate.Row {
	total := int64(w.dice(100))
	row := burnrate.Counted(slo.Counts{Total: total, Bad: int64(w.dice(int(total) + 1))})
	switch w.dice(24) {
	case 0, 1, 2:
		return burnrate.Row{}
	case 3, 4, 5: // weighted
		row.Counts = slo.Counts{Total: total * 1000, Bad: int64(w.dice(1000*int(total) + 1))}
	case 6: // cannot be
		row.Counts.Bad = row.Counts.Total + 1 + int64(w.dice(9))
	case 7:
		row.Rows.Bad = -1 - int64(w.dice(9))
	case 8:
		row = burnrate.Counted(slo.Counts{Total: burnrate.MostCounted, Bad: burnrate.MostCounted >> (1 + w.dice(40))})
	case 9:
		row = burnrate.Counted(slo.Counts{})
	}
	return row
}

// entries are an outbox: things are put in, and taken out when they were sent.
func (w *workload) entries() []burnrate.Entry {
	var entries []burnrate.Entry
	for range w.dice(4) {
		e := burnrate.Entry{Kind: []string{"alert", "outbox", ""}[w.dice(3)], Key: fmt.Sprint("ü ", w.dice(12))}
		if w.dice(3) > 0 {
			e.Value = fmt.Appendf([]byte{}, "%*d", w.dice(200), w.dice(1000))[:w.dice(3)]
		}
		entries = append(entries, e)
	}
	return entries
}
