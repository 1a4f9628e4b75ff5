package engine

import (
	"context"
	"fmt"
	"log/slog"
	"syscall"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

// stepClock stands still but for steps.
type stepClock struct{ now time.Time }

func (c *stepClock) Now() time.Time { return c.now }

func (c *stepClock) Sleep(_ context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return nil
}

func (*stepClock) WithTimeout(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}

// steady is a source in which every minute has as many events as there are
// letters in an id.
type steady struct{ begin slo.Minute }

func (s steady) Extents(_ context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	extents := make([]sources.Extent, len(slos))
	for k, end := range s.Ends(now, slos) {
		extents[k].Span = slo.Span{Start: s.begin, End: end}
	}
	return extents
}

func (steady) Ends(now time.Time, slos []*slo.SLO) []slo.Minute {
	ends := make([]slo.Minute, len(slos))
	for k := range ends {
		ends[k] = slo.MinuteAt(now.Add(-lag))
	}
	return ends
}

func (steady) Watch(slos []*slo.SLO) []*slo.SLO {
	watched := make([]*slo.SLO, len(slos))
	for k := range watched {
		watched[k] = all
	}
	return watched
}

func (steady) Counts(_ context.Context, requests []sources.Request) []sources.Answer {
	answers := make([]sources.Answer, len(requests))
	for k, r := range requests {
		for i := 1; i < len(r.Cuts); i++ {
			n := int64(r.Cuts[i] - r.Cuts[i-1])
			c := slo.Counts{Total: n * int64(100+len(r.SLO.ID)), Bad: n}
			answers[k].Sums = append(answers[k].Sums, sources.Sum{Counts: c, Rows: c, Minutes: n})
		}
	}
	return answers
}

const idFormat = "slo-%06d"

func idOf(n int) string { return fmt.Sprintf(idFormat, n) }

// manySLOs is a set of SLOs that wake somebody, and its source.
func manySLOs(b testing.TB, slos int) *slo.Set {
	b.Helper()
	source := &slo.Source{Name: "world", NewRelic: slo.NewRelic{Lateness: 6 * time.Hour, Retention: slo.Retention{Default: 8 * 24 * time.Hour}}}
	set := &slo.Set{Sources: []*slo.Source{source}}
	target, err := slo.ParseTarget("99.9%")
	if err != nil {
		b.Fatal(err)
	}
	for n := range slos {
		id := idOf(n)
		set.SLOs = append(set.SLOs, &slo.SLO{
			ID: id, Kind: slo.KindSLO, Source: source, Indicator: slo.IndicatorID(id), SLI: slo.SLI{From: []diag.Located[string]{{Value: "Event"}}},
			Objectives: []slo.Objective{{Name: "28d", Target: target, Window: slo.Rolling(28 * 1440), Alerts: slo.BuiltInPolicies()[0]}},
		})
	}
	return set
}

// growth compares what an SLO takes with what it took in a set of a tenth of the
// size. It is 1 where all of it grows with their number.
type growth struct {
	slos int
	each float64
}

func (g *growth) report(b *testing.B, slos int, each float64) {
	b.Helper()
	if g.slos*10 == slos && g.each > 0 {
		b.ReportMetric(each/g.each, "growth/10x")
	}
	g.slos, g.each = slos, each
}

// BenchmarkTick measures, decides and commits a minute of many SLOs, whose
// source answers at once. A quarter of the ticks look further back.
func BenchmarkTick(b *testing.B) {
	var before growth
	for _, slos := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprintf("slos=%d", slos), func(b *testing.B) {
			l, err := ledger.Open(b.Context(), b.TempDir(), ledger.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close() //nolint:errcheck // the benchmark is over
			clock := &stepClock{time.Date(2026, 11, 22, 9, 0, 10, 0, time.UTC)}
			measured := map[string]sources.Source{"world": steady{slo.MinuteAt(clock.now) - 120}}
			e, _, err := New(b.Context(), Options{Ledger: l, Clock: clock, Log: slog.New(slog.DiscardHandler)}, Specs{Set: manySLOs(b, slos), Sources: measured})
			if err != nil {
				b.Fatal(err)
			}
			tick := func() {
				if err := e.Tick(b.Context()); err != nil {
					b.Fatal(err)
				}
				clock.now = clock.now.Add(time.Minute)
			}
			tick()
			for more := true; more; {
				if more, err = e.Backfill(b.Context(), time.Minute); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			from := processorTime(b)
			for b.Loop() {
				tick()
			}
			each := float64(processorTime(b)-from) / float64(b.N) / float64(slos)
			b.ReportMetric(each, "cpu-ns/slo")
			before.report(b, slos, each)
		})
	}
}

// processorTime is that of this process so far, with its collections of garbage.
func processorTime(b testing.TB) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
