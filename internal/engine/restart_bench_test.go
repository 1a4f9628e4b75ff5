package engine

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// busy is a source of which each SLO has 5 to 80,000 events a minute, the same in
// every hour, evenly spread over their logarithm.
type busy struct {
	steady
	slos int
}

func (s busy) happened(k int, m slo.Minute) slo.Counts {
	n := int(m % minutesOfHour)
	total := int64(5 * math.Exp(float64(k)/float64(s.slos)*math.Log(16_000)))
	total += total * int64((k*31+n*17)%20) / 100
	return slo.Counts{Total: total, Bad: min(total, (total*int64((k+n)%3)+1999)/4000)}
}

func (s busy) Counts(ctx context.Context, requests []sources.Request) []sources.Answer {
	answers := s.steady.Counts(ctx, requests)
	for i, r := range requests {
		var k int
		if _, err := fmt.Sscanf(r.SLO.ID, idFormat, &k); err != nil {
			continue // all of them: their number does not change
		}
		for n := range answers[i].Sums {
			var sum slo.Counts
			for m := r.Cuts[n]; m < r.Cuts[n+1]; m++ {
				sum = sum.Add(s.happened(k, m))
			}
			answers[i].Sums[n].Counts, answers[i].Sums[n].Rows = sum, sum
		}
	}
	return answers
}

// restarted is an engine that begins with 28 days in its ledger.
type restarted struct {
	*testing.B
	dir    string
	clock  *stepClock
	begin  slo.Minute
	slos   int
	window slo.Window // of all objectives; the zero one leaves them as they are
	ledger *ledger.Ledger
	engine *Engine
}

// fill commits 28 days of minutes, an hour at a time, and lets an engine adopt
// them.
func (r *restarted) fill() {
	r.Helper()
	const day = 24 * minutesOfHour
	end := slo.MinuteAt(r.clock.now.Add(-lag))
	r.begin = (end - 28*day).Floor(minutesOfHour)
	batch := burnrate.Batch{Records: make([]burnrate.Record, minutesOfHour)}
	for k := range r.slos {
		batch.Indicators = append(batch.Indicators, slo.IndicatorID(idOf(k)))
	}
	for n := range batch.Records {
		batch.Records[n].Rows = make([]burnrate.Row, r.slos)
		for k := range batch.Records[n].Rows {
			batch.Records[n].Rows[k] = burnrate.Counted(busy{slos: r.slos}.happened(k, slo.Minute(n)))
		}
	}
	r.open()
	for hour := r.begin; hour < end; hour += minutesOfHour {
		part := burnrate.Batch{Indicators: batch.Indicators}
		for n, record := range batch.Records {
			if record.Minute = hour + slo.Minute(n); record.Minute < end {
				part.Records = append(part.Records, record)
			}
		}
		if err := r.ledger.Commit(r.Context(), burnrate.Tick{At: r.clock.now, Measured: []burnrate.Batch{part}}); err != nil {
			r.Fatal(err)
		}
	}
	r.start()
	r.tick()
	r.close()
	r.engine, r.ledger = nil, nil
}

func (r *restarted) open() {
	r.Helper()
	var err error
	if r.ledger, err = ledger.Open(r.Context(), r.dir, ledger.Options{}); err != nil {
		r.Fatal(err)
	}
}

func (r *restarted) close() {
	r.Helper()
	if err := r.ledger.Close(); err != nil {
		r.Fatal(err)
	}
}

func (r *restarted) start() {
	r.Helper()
	var err error
	options := Options{Ledger: r.ledger, Clock: r.clock, Log: slog.New(slog.DiscardHandler)}
	set := manySLOs(r, r.slos)
	for _, o := range set.SLOs {
		if r.window.Valid() {
			o.Objectives[0].Window = r.window
		}
	}
	r.engine, _, err = New(r.Context(), options, Specs{Set: set, Sources: map[string]sources.Source{"world": busy{steady{r.begin}, r.slos}}})
	if err != nil {
		r.Fatal(err)
	}
}

func (r *restarted) tick() {
	r.Helper()
	if err := r.engine.Tick(r.Context()); err != nil {
		r.Fatal(err)
	}
	r.clock.now = r.clock.now.Add(time.Minute)
}

// between does all that is left to do.
func (r *restarted) between() {
	r.Helper()
	for more := true; more; {
		var err error
		if more, err = r.engine.Backfill(r.Context(), time.Minute); err != nil {
			r.Fatal(err)
		}
	}
	if _, err := r.ledger.Maintain(r.Context(), r.clock.now); err != nil {
		r.Fatal(err)
	}
}

// BenchmarkRestart opens a ledger that has 28 days, and goes on up to the first
// snapshot of everything. It reports as well what it takes from there until nothing
// is left to do, and what is held after another hour of ticks: the specs,
// the engine, what it shows, and the ledger's share.
func BenchmarkRestart(b *testing.B) {
	var grown growth
	for _, slos := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprintf("slos=%d", slos), func(b *testing.B) {
			r := &restarted{B: b, dir: b.TempDir(), slos: slos, clock: &stepClock{time.Date(2026, 11, 22, 9, 0, 10, 0, time.UTC)}}
			r.fill()
			nothing := heapHeld()
			debug.FreeOSMemory()
			forgetPeak(b)
			processor := time.Duration(0)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				if r.ledger != nil {
					r.close()
				}
				from := processorTime(b)
				b.StartTimer()
				r.open()
				r.start()
				r.tick()
				b.StopTimer()
				processor += processorTime(b) - from
				r.whole()
				b.StartTimer()
			}
			defer r.close()
			each := float64(processor) / float64(b.N) / float64(slos)
			b.ReportMetric(each/(28*1440), "cpu-ns/pair")
			grown.report(b, slos, each)

			from := processorTime(b)
			r.between()
			b.ReportMetric(float64(processorTime(b)-from)/float64(slos)/(28*1440), "rest-cpu-ns/pair")
			if err := r.engine.View().Progress.Ready(); err != nil {
				b.Fatal(err)
			}
			for range 60 {
				r.tick()
				r.between()
			}
			b.ReportMetric(float64(heapHeld()-nothing)/float64(slos), "heap-B/slo")
			b.ReportMetric(memory(b, "VmRSS"), "rss-MiB")
			b.ReportMetric(memory(b, "VmHWM"), "peak-rss-MiB")
			runtime.KeepAlive(r.engine)
		})
	}
}

// whole makes sure that all windows have all their minutes.
func (r *restarted) whole() {
	r.Helper()
	statuses := r.engine.View().Snapshot.Statuses
	if len(statuses) != r.slos {
		r.Fatalf("there are %d of %d SLOs", len(statuses), r.slos)
	}
	for _, s := range statuses {
		if w := s.Objectives[0].Window; w.Measured != 28*1440 {
			r.Fatalf("of the window of %s %d minutes are measured", s.ID, w.Measured)
		}
	}
}

// heapHeld is what the heap holds, once all garbage is gone.
func heapHeld() int64 {
	runtime.GC()
	runtime.GC() // what had a finalizer
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// memory is what Linux says of this process, in MiB, and 0 elsewhere.
func memory(b testing.TB, name string) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(status) {
		if fields := bytes.Fields(line); len(fields) == 3 && string(fields[0]) == name+":" {
			kibibytes, err := strconv.ParseFloat(string(fields[1]), 64)
			if err != nil {
				b.Fatal(err)
			}
			return kibibytes / 1024
		}
	}
	return 0
}

// forgetPeak has Linux begin anew with the most memory that this process had.
func forgetPeak(b testing.TB) {
	b.Helper()
	const peak = "5" // proc_pid_clear_refs(5)
	if err := os.WriteFile("/proc/self/clear_refs", []byte(peak), 0); err != nil && !os.IsNotExist(err) {
		b.Log(err)
	}
}
