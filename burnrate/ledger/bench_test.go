package ledger

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// load is traffic like that of a shop: rates from 5 to 80,000 a minute, spread
// evenly over their logarithms, a wave over the day, noise, and 0.05 % bad.
type load struct {
	rates  []float64
	random *rand.Rand
}

func newLoad(indicators int) *load {
	l := &load{random: rand.New(rand.NewPCG(1, 2))}
	for range indicators {
		l.rates = append(l.rates, 5*math.Exp(l.random.Float64()*math.Log(80_000.0/5)))
	}
	return l
}

func (l *load) ids() []slo.IndicatorID {
	ids := make([]slo.IndicatorID, len(l.rates))
	for i := range ids {
		ids[i] = slo.IndicatorID(fmt.Sprintf("%064x", i))
	}
	return ids
}

func (l *load) rows(m slo.Minute, rows []burnrate.Row) {
	wave := 1 + 0.6*math.Sin(float64(m%1440)/1440*2*math.Pi)
	for i, rate := range l.rates {
		mean := rate * wave
		total := int64(math.Max(0, mean+math.Sqrt(mean)*l.random.NormFloat64()))
		bad := int64(0)
		for expected := float64(total) * 0.0005; l.random.Float64() < expected && bad < total; expected-- {
			bad++
		}
		rows[i] = burnrate.Counted(slo.Counts{Total: total, Bad: bad})
	}
}

var benchStart = slo.MinuteAt(time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC))

// commit commits a minute.
func commit(tb testing.TB, l *Ledger, ids []slo.IndicatorID, m slo.Minute, rows []burnrate.Row) {
	tb.Helper()
	err := l.Commit(tb.Context(), burnrate.Tick{At: (m + 3).Time(), Measured: []burnrate.Batch{{
		Indicators: ids, Records: []burnrate.Record{{Minute: m, Rows: rows}},
	}}})
	if err != nil {
		tb.Fatal(err)
	}
}

// cpuTime is the processor time of this process so far, with its collections
// of garbage.
func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func fileBytes(tb testing.TB, dir string) int64 {
	tb.Helper()
	var n int64
	for _, suffix := range []string{"", "-wal"} {
		if file, err := os.Stat(filepath.Join(dir, fileName+suffix)); err == nil {
			n += file.Size()
		}
	}
	return n
}

// filled is a ledger with packed hours of so many indicators.
func filled(b *testing.B, indicators, hours int) (dir string, ids []slo.IndicatorID) {
	b.Helper()
	dir = b.TempDir()
	l, err := Open(b.Context(), dir, Options{})
	if err != nil {
		b.Fatal(err)
	}
	traffic := newLoad(indicators)
	ids = traffic.ids()
	rows := make([]burnrate.Row, indicators)
	columns := make([]column, indicators)
	for n := range columns {
		columns[n] = column{number(n), make([]burnrate.Sum, minutesOfHour)}
	}
	for h := range hours {
		for i := range minutesOfHour {
			traffic.rows(benchStart+slo.Minute(h*minutesOfHour+i), rows)
			for n := range rows {
				columns[n].cells[i] = sumOf(rows[n], 1)
			}
		}
		err := l.write(b.Context(), func(w *writer) error {
			for _, id := range ids {
				n, err := w.number(b.Context(), id)
				if err == nil {
					err = w.began(b.Context(), n, benchStart)
				}
				if err != nil {
					return err
				}
			}
			for part := range slices.Chunk(columns, groupSize) {
				key := keyOf(hourChunk, hourOf(benchStart)+hour(h), part[0].number.group())
				if err := w.put(b.Context(), key, encodeGroup(nil, part, hourChunk.shape())); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Compact(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	return dir, ids
}

// BenchmarkCommit is the durable commit of a minute, and what it takes on disk
// before it is packed.
func BenchmarkCommit(b *testing.B) {
	for _, indicators := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("indicators=%d", indicators), func(b *testing.B) {
			dir := b.TempDir()
			l, err := Open(b.Context(), dir, Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close() //nolint:errcheck // the benchmark is over
			traffic := newLoad(indicators)
			ids := traffic.ids()
			minutes := make([][]burnrate.Row, 16)
			for i := range minutes {
				minutes[i] = make([]burnrate.Row, indicators)
				traffic.rows(benchStart+slo.Minute(i), minutes[i])
			}
			commit(b, l, ids, benchStart, minutes[0])
			m := benchStart
			before := cpuTime(b)
			for b.Loop() {
				m++
				commit(b, l, ids, m, minutes[int(m)%len(minutes)])
			}
			b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "cpu-us/op")
			b.ReportMetric(float64(fileBytes(b, dir))/float64(int64(m-benchStart+1)*int64(indicators)), "B/pair")
		})
	}
}

// BenchmarkPack packs an hour of minutes.
func BenchmarkPack(b *testing.B) {
	for _, indicators := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("indicators=%d", indicators), func(b *testing.B) {
			dir := b.TempDir()
			l, err := Open(b.Context(), dir, Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close() //nolint:errcheck // the benchmark is over
			traffic := newLoad(indicators)
			ids := traffic.ids()
			rows := make([]burnrate.Row, indicators)
			h := benchStart
			for b.Loop() {
				b.StopTimer()
				for i := range slo.Minute(60) {
					traffic.rows(h+i, rows)
					commit(b, l, ids, h+i, rows)
				}
				h += 60
				b.StartTimer()
				if done, err := l.Maintain(b.Context(), (h + 121).Time()); err != nil || done.Packed != 1 {
					b.Fatal(done, err)
				}
			}
			if err := l.Compact(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(fileBytes(b, dir))/float64(int64(h-benchStart)*int64(indicators)), "B/pair")
		})
	}
}

// BenchmarkLoad opens a ledger with 28 days and sums the windows of all
// indicators: what a start needs. It reports what one indicator takes in a
// minute, and how long a start waits for it.
func BenchmarkLoad(b *testing.B) {
	for _, indicators := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprintf("indicators=%d", indicators), func(b *testing.B) {
			const hours = 28 * 24
			dir, ids := filled(b, indicators, hours)
			end := benchStart + hours*60
			windows := []slo.Minute{benchStart, end - 4320, end - 1440, end - 360, end - 120, end - 60, end - 30, end - 5, end}
			var lineages []lineage.Lineage
			for _, id := range ids {
				lineages = append(lineages, lineage.Lineage{Present: lineage.Definition{Indicator: id, Unit: 1}})
			}
			pairs := int64(indicators) * hours * 60
			before := cpuTime(b)
			for b.Loop() {
				r, err := OpenReader(b.Context(), dir)
				if err != nil {
					b.Fatal(err)
				}
				totals, err := r.Totals(b.Context(), lineages, slices.Repeat([][]slo.Minute{windows}, indicators))
				if err != nil {
					b.Fatal(err)
				}
				minutes := int64(0)
				for _, t := range totals {
					for _, s := range t.Sums {
						minutes += s.Minutes
					}
				}
				if minutes != pairs {
					b.Fatal(minutes)
				}
				if err := r.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/float64(b.N)/float64(pairs), "cpu-ns/pair")
			b.ReportMetric(float64(fileBytes(b, dir))/float64(pairs), "B/pair")
		})
	}
}

// BenchmarkRead reads a part of a ledger of 1,000 indicators and 28 days: the
// whole history of one, the last day of all, and single minutes as a tick needs
// them.
func BenchmarkRead(b *testing.B) {
	const hours = 28 * 24
	dir, ids := filled(b, 1_000, hours)
	r, err := OpenReader(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // only read from
	end := benchStart + hours*60
	read := func(b *testing.B, ids []slo.IndicatorID, span slo.Span) {
		for b.Loop() {
			n := 0
			for record, err := range r.Minutes(b.Context(), ids, span) {
				if err != nil {
					b.Fatal(err)
				}
				n += len(record.Rows)
			}
			if int64(n) != span.Len()*int64(len(ids)) {
				b.Fatal(n)
			}
		}
	}
	b.Run("one indicator, 28 days", func(b *testing.B) { read(b, ids[500:501], slo.Span{Start: benchStart, End: end}) })
	b.Run("all, one day", func(b *testing.B) { read(b, ids, slo.Span{Start: end - 1440, End: end}) })
	b.Run("all, nine minutes", func(b *testing.B) {
		var lineages []lineage.Lineage
		for _, id := range ids {
			lineages = append(lineages, lineage.Lineage{Present: lineage.Definition{Indicator: id, Unit: 1}})
		}
		minutes := []slo.Minute{benchStart, end - 4320, end - 1440, end - 360, end - 120, end - 60, end - 30, end - 5, end - 1}
		for b.Loop() {
			if records, err := r.HistoryAt(b.Context(), lineages, minutes); err != nil || len(records) != len(minutes) {
				b.Fatal(err)
			}
		}
	})
}
