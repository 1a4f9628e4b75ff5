package burnrate_test

import (
	"fmt"
	"iter"
	"math"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// fleet is an evaluator of many SLOs, loaded, and what feeds it.
type fleet struct {
	set       *slo.Set
	evaluator *burnrate.Evaluator
	first     slo.Minute // that was measured
	ends      []slo.Minute
	quiet     []burnrate.Row // of all SLOs
	burning   []burnrate.Row
}

// newFleet makes SLOs over a window with the four tiers of paging: eight windows
// each, of which so many minutes were measured.
func newFleet(b *testing.B, slos int, over string, measured int64, burning slo.Minute, change func(*slo.Set)) *fleet {
	b.Helper()
	set := &slo.Set{}
	o := slo.Objective{Name: over, Target: target(b, "99.9%"), Window: window(b, over), Alerts: slo.BuiltInPolicies()[0]}
	f := &fleet{first: 10_000_000 - slo.Minute(measured)}
	for i := range slos {
		id := fmt.Sprintf("s%06d", i)
		set.SLOs = append(set.SLOs, &slo.SLO{ID: id, Kind: slo.KindSLO, Objectives: []slo.Objective{o}})
		f.quiet = append(f.quiet, burnrate.Counted(slo.Counts{Total: 1000, Bad: int64(i % 2)}))
		f.burning = append(f.burning, burnrate.Counted(slo.Counts{Total: 1000, Bad: 20}))
	}
	if change != nil {
		change(set)
	}
	f.evaluator, f.set = burnrate.NewEvaluator(set), set
	f.ends = slices.Repeat([]slo.Minute{10_000_000}, slos)
	if err := f.evaluator.Load(f.history(b, burning)); err != nil {
		b.Fatal(err)
	}
	return f
}

// history is what lies between the cuts.
func (f *fleet) history(b *testing.B, burning slo.Minute) map[string]burnrate.Series {
	b.Helper()
	extents := map[string]slo.Span{}
	ids := f.evaluator.Measured()
	for i, id := range ids {
		extents[id] = slo.Span{Start: f.first, End: f.ends[i]}
	}
	cuts := burnrate.LoadCuts(f.set, extents)
	times := func(c slo.Counts, minutes int64) slo.Counts {
		return slo.Counts{Total: c.Total * minutes, Bad: c.Bad * minutes}
	}
	history := map[string]burnrate.Series{}
	for i, id := range ids {
		sums := make([]burnrate.Sum, len(cuts[id])-1)
		for k := range sums {
			span := slo.Span{Start: cuts[id][k], End: cuts[id][k+1]}
			quiet := slo.Span{Start: span.Start, End: min(span.End, burning)}.Len()
			counts := times(f.quiet[i].Counts, quiet).Add(times(f.burning[i].Counts, span.Len()-quiet))
			sums[k] = burnrate.Sum{Counts: counts, Rows: counts, Minutes: span.Len()}
		}
		series, err := burnrate.SeriesOf(extents[id], cuts[id], sums)
		if err != nil {
			b.Fatal(err)
		}
		history[id] = series
	}
	return history
}

// records yields the minutes of a span, those from burning on with failures.
func (f *fleet) records(span slo.Span, burning slo.Minute) iter.Seq2[burnrate.Record, error] {
	return func(yield func(burnrate.Record, error) bool) {
		for minute := span.Start; minute < span.End; minute++ {
			rows := f.quiet
			switch {
			case minute < f.first:
				rows = nil
			case minute >= burning:
				rows = f.burning
			}
			if !yield(burnrate.Record{Minute: minute, Rows: rows}, nil) {
				return
			}
		}
	}
}

// advance moves everything on by a minute.
func (f *fleet) advance(b *testing.B, burning slo.Minute) {
	b.Helper()
	for i := range f.ends {
		f.ends[i]++
	}
	err := f.evaluator.Advance(f.ends, func(yield func(burnrate.Record, error) bool) {
		for _, minute := range f.evaluator.Needs(f.ends) {
			for record, err := range f.records(slo.Span{Start: minute, End: minute + 1}, burning) {
				if !yield(record, err) {
					return
				}
			}
		}
	})
	if err != nil {
		b.Fatal(err)
	}
}

// cpu is how long the process has been computing. Unlike what a clock shows, it
// does not grow with what else a machine does.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkAdvance moves a fleet on by a minute and takes a snapshot: eight
// windows and four tiers each, which are calm, or burn so that the guard is
// asked; with exclusions, or a calendar month; for fleets and windows of
// different sizes. Fleets were measured for three days, so that the longest tier
// is judged; windows to their whole length.
func BenchmarkAdvance(b *testing.B) {
	never := slo.Minute(math.MaxInt64)
	const days, longest = 3 * 24 * 60, 90 * 24 * 60
	bench := func(name string, slos int, over string, measured int64, burning slo.Minute, change func(*slo.Set)) {
		b.Run(name, func(b *testing.B) {
			f := newFleet(b, slos, over, measured, burning, change)
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				f.advance(b, burning)
				f.evaluator.Snapshot(time.Unix(0, 0))
			}
			b.ReportMetric(float64(cpu(b)-before)/float64(b.N)/float64(slos), "cpu-ns/slo")
		})
	}
	for _, slos := range []int{100, 1000, 10_000, 100_000} {
		bench(fmt.Sprintf("slos=%d", slos), slos, "28d", days, never, nil)
	}
	for _, over := range []string{"1h", "1d", "7d", "90d", "month"} {
		bench("window="+over, 1000, over, longest, never, nil)
	}
	bench("burning", 10_000, "28d", days, 0, nil)
	bench("excluded", 10_000, "28d", days, never, func(set *slo.Set) {
		rule, err := slo.ParseRule("FREQ=DAILY")
		if err != nil {
			b.Fatal(err)
		}
		set.Exclusions = []*slo.Exclusion{{
			Name: "nightly", SLOs: []string{"*"}, From: slo.Minute(9_900_000).Time(), Effect: slo.Drop,
			Repeat: &slo.Repeat{Rule: rule, Duration: time.Hour, Zone: time.UTC},
		}}
	})
}

// BenchmarkLoad begins with what lies between the cuts of 28 days.
func BenchmarkLoad(b *testing.B) {
	for _, slos := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprintf("slos=%d", slos), func(b *testing.B) {
			f := newFleet(b, slos, "28d", 40_320, 0, nil)
			history := f.history(b, 0)
			before := cpu(b)
			for b.Loop() {
				if err := f.evaluator.Load(history); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(cpu(b)-before)/float64(b.N)/float64(slos), "cpu-ns/slo")
		})
	}
}

// coarsely gives each SLO of a fleet of which an hour was measured the 28 days
// before as coarse hours.
func (f *fleet) coarsely(b *testing.B) {
	b.Helper()
	var list []burnrate.Coarse
	counts := slo.Counts{Total: 60_000, Bad: 30}
	for hour := f.ends[0].Floor(60) - 60*673; len(list) < 672; hour += 60 {
		list = append(list, burnrate.Coarse{Hour: hour, Sum: burnrate.Sum{Counts: counts, Rows: counts, Minutes: 60}})
	}
	for i := range f.ends {
		if err := f.evaluator.SetCoarse(i, list); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCoarse takes a snapshot of a fleet with 672 coarse hours of each SLO,
// and without any.
func BenchmarkCoarse(b *testing.B) {
	const slos = 10_000
	snapshots := func(b *testing.B, f *fleet) {
		b.ReportAllocs()
		before := cpu(b)
		for b.Loop() {
			f.evaluator.Snapshot(time.Unix(0, 0))
		}
		b.ReportMetric(float64(cpu(b)-before)/float64(b.N)/slos, "cpu-ns/slo")
	}
	b.Run("without", func(b *testing.B) { snapshots(b, newFleet(b, slos, "28d", 50, math.MaxInt64, nil)) })
	b.Run("hours=672", func(b *testing.B) {
		f := newFleet(b, slos, "28d", 50, math.MaxInt64, nil)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		f.coarsely(b)
		runtime.GC()
		runtime.ReadMemStats(&after)
		snapshots(b, f)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/slos, "B/slo")
	})
}

// BenchmarkState is the memory that an evaluator holds for each SLO.
func BenchmarkState(b *testing.B) {
	const slos = 10_000
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		f := newFleet(b, slos, "28d", 60, 0, nil)
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(f)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/slos, "B/slo")
}
