package remote

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// world is a ledger, a clock and a receiver, which all may fail.
type world struct {
	rapid.TB
	now     time.Time
	entries map[string]burnrate.Entry // by key
	rows    map[string]map[slo.Minute]burnrate.Row
	stop    context.CancelFunc // ends the process
	until   time.Time          // when the process ends at the latest
	dice    func(sides int) int
	log     strings.Builder

	// answers returns whether a request is taken, and what is answered.
	answers func() (taken bool, err error)
	taken   map[string]string // by series and time
	twice   int               // samples that were taken again
	bodies  int
}

func newWorld(t rapid.TB, ids ...string) *world {
	w := &world{TB: t, now: at, entries: map[string]burnrate.Entry{}, rows: map[string]map[slo.Minute]burnrate.Row{}, taken: map[string]string{}}
	for _, id := range ids {
		entry, err := lineage.Lineage{ID: id, Present: lineage.Definition{Indicator: slo.IndicatorID("v1:" + id), Unit: 1}}.Entry()
		if err != nil {
			t.Fatal(err)
		}
		w.entries[entry.Kind+" "+id], w.rows[id] = entry, map[slo.Minute]burnrate.Row{}
	}
	w.answers = func() (bool, error) { return true, nil }
	w.dice = func(int) int { return 1 }
	return w
}

func (w *world) State(context.Context) (burnrate.Kept, error) {
	if w.dice(20) == 0 {
		return burnrate.Kept{}, errors.New("the disk is slow")
	}
	var kept burnrate.Kept
	for _, key := range slices.Sorted(maps.Keys(w.entries)) {
		kept.Entries = append(kept.Entries, w.entries[key])
	}
	return kept, nil
}

func (w *world) History(_ context.Context, lineages []lineage.Lineage, span slo.Span) iter.Seq2[burnrate.Record, error] {
	return func(yield func(burnrate.Record, error) bool) {
		rows := make([]burnrate.Row, len(lineages)) // overwritten by the next record
		for m := span.Start; m < span.End; m++ {
			for i, l := range lineages {
				rows[i] = w.rows[l.ID][m]
			}
			if !yield(burnrate.Record{Minute: m, Rows: rows}, nil) {
				return
			}
			if w.dice(500) == 0 {
				yield(burnrate.Record{}, errors.New("the disk is broken"))
				return
			}
		}
	}
}

func (w *world) Commit(ctx context.Context, tick burnrate.Tick) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if w.dice(8) == 0 {
		return errors.New("the disk is full")
	}
	for _, e := range tick.Entries {
		w.entries[e.Kind+" "+e.Key] = e
	}
	return nil
}

func (w *world) Now() time.Time { return w.now }

func (w *world) Sleep(ctx context.Context, d time.Duration) error {
	if w.now = w.now.Add(d); !w.now.Before(w.until) {
		w.stop()
	}
	return ctx.Err()
}

func (w *world) Key() string { return "here" }

func (w *world) Send(ctx context.Context, body []byte) error {
	w.bodies++
	taken, err := w.answers()
	if taken {
		for labels, samples := range decode(w.TB, body) {
			for _, s := range samples {
				value, stamp, _ := strings.Cut(s, "@")
				key := labels + " " + stamp
				if before, there := w.taken[key]; there {
					if w.twice++; before != value {
						w.Fatalf("%s was %s and is %s", key, before, value)
					}
				}
				w.taken[key] = value
			}
		}
	}
	return err
}

// run lets a process live for a while.
func (w *world) run(d time.Duration, o Options) *Writer {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	w.stop, w.until = stop, w.now.Add(d)
	o.Ledger, o.Clock, o.Sender, o.Log = w, w, w, slog.New(slog.NewTextHandler(&w.log, nil))
	o.Random = func() float64 { return 0.5 }
	writer := New(o)
	writer.Run(ctx)
	return writer
}

// ready feeds all SLOs up to a minute before now.
func (w *world) ready(now time.Time) []Feed {
	return []Feed{{Source: "relic", IDs: slices.Sorted(maps.Keys(w.rows)), Ready: slo.MinuteAt(now) - 1}}
}

// expected are the samples of all minutes in a span.
func (w *world) expected(span slo.Span) map[string]string {
	want := map[string]string{}
	for id, rows := range w.rows {
		for m, row := range rows {
			if m < span.Start || m >= span.End || !row.Measured || !row.Counts.Consistent() {
				continue
			}
			stamp := fmt.Sprint((m + 1).Millis())
			want["__name__=slojourn_ledger_events id="+id+" outcome=good "+stamp] = fmt.Sprint(float64(row.Counts.Total - row.Counts.Bad))
			want["__name__=slojourn_ledger_events id="+id+" outcome=bad "+stamp] = fmt.Sprint(float64(row.Counts.Bad))
			want["__name__=slojourn_ledger_measured_minutes id="+id+" "+stamp] = "1"
		}
	}
	return want
}

func (w *world) measure(dice func(int) int, span slo.Span) {
	for _, id := range slices.Sorted(maps.Keys(w.rows)) {
		for m := span.Start; m < span.End; m++ {
			switch dice(5) {
			case 0: // not measured
			case 1:
				w.rows[id][m] = burnrate.Row{Measured: true} // nothing happened
			case 2:
				w.rows[id][m] = burnrate.Counted(slo.Counts{Total: 1, Bad: int64(dice(3))}) // or it cannot be
			default:
				w.rows[id][m] = burnrate.Counted(slo.Counts{Total: int64(100 + dice(100)), Bad: int64(dice(100))})
			}
		}
	}
}
