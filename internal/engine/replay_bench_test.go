package engine

import (
	"flag"
	"fmt"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/slo"
)

var replaySizes = flag.String("replay", "20x1", "what TestReplayMany replays: SLOs x days, and more of them after commas")

// fillLedger commits days of minutes of SLOs up to an end, an hour at a time: those of
// [busy], and a day in a hundred in which an SLO has an outage of 25 minutes.
func fillLedger(b testing.TB, slos, days int, end slo.Minute) *ledger.Ledger {
	b.Helper()
	l, err := ledger.Open(b.Context(), b.TempDir(), ledger.Options{Minutes: 400 * 24 * time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	batch := burnrate.Batch{Records: make([]burnrate.Record, minutesOfHour)}
	for k := range slos {
		batch.Indicators = append(batch.Indicators, slo.IndicatorID(idOf(k)))
	}
	for n := range batch.Records {
		batch.Records[n].Rows = make([]burnrate.Row, slos)
	}
	const day = 24 * minutesOfHour
	for hour := end - slo.Minute(days)*day; hour < end; hour += minutesOfHour {
		for n := range batch.Records {
			m := hour + slo.Minute(n)
			batch.Records[n].Minute = m
			for k := range slos {
				c := busy{slos: slos}.happened(k, m)
				if outage := slo.Minute(k*7919) % (100 * day); m%(100*day) >= outage && m%(100*day) < outage+25 {
					c.Bad = c.Total / 2
				}
				batch.Records[n].Rows[k] = burnrate.Counted(c)
			}
		}
		if err := l.Commit(b.Context(), burnrate.Tick{At: end.Time(), Measured: []burnrate.Batch{batch}}); err != nil {
			b.Fatal(err)
		}
	}
	return l
}

// replayed goes through days of many SLOs up to an end, as backtest does, and returns
// the time, the processor's time and the most memory that took.
func replayed(b testing.TB, l *ledger.Ledger, slos, days int, end slo.Minute) (took, processor time.Duration, peak float64, run backtest.Run) {
	b.Helper()
	pinned, err := l.Pinned(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer pinned.Close() //nolint:errcheck // only read from
	r := &Replay{
		Set: manySLOs(b, slos), Records: pinned, Lag: func(*slo.SLO) (time.Duration, bool) { return lag, true },
		From: (end - slo.Minute(days)*24*minutesOfHour).Time(), To: end.Time(),
	}
	debug.FreeOSMemory()
	forgetPeak(b)
	begin, before := time.Now(), processorTime(b)
	recorder := backtest.NewRecorder(backtest.Options{Samples: 200, From: r.From, To: r.To})
	err = r.Run(b.Context(), func(s burnrate.Snapshot) error {
		recorder.See(s)
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(begin), processorTime(b) - before, memory(b, "VmHWM"), recorder.Run()
}

// BenchmarkReplay replays a day of many SLOs with the tiers of paging over 28 days, as
// backtest does, by a ledger with all minutes of their windows.
func BenchmarkReplay(b *testing.B) {
	end := slo.MinuteAt(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	var grown growth
	for _, slos := range []int{100, 1000} {
		b.Run(fmt.Sprintf("slos=%d", slos), func(b *testing.B) {
			l := fillLedger(b, slos, 30, end)
			defer l.Close() //nolint:errcheck // the benchmark is over
			b.ReportAllocs()
			var processor time.Duration
			var peak float64
			for b.Loop() {
				_, took, most, _ := replayed(b, l, slos, 1, end)
				processor, peak = processor+took, max(peak, most)
			}
			each := float64(processor) / float64(b.N) / float64(slos)
			b.ReportMetric(each/(24*minutesOfHour+1), "cpu-ns/slo-minute")
			b.ReportMetric(peak, "peak-rss-MiB")
			grown.report(b, slos, each)
		})
	}
}

// TestReplayMany replays many SLOs over a long time, by a ledger that has the 28 days
// of their windows before, and says what it takes.
func TestReplayMany(t *testing.T) {
	notForRaces(t)
	for size := range strings.SplitSeq(*replaySizes, ",") {
		var slos, days int
		if _, err := fmt.Sscanf(size, "%dx%d", &slos, &days); err != nil {
			t.Fatalf("%q is no size: write SLOs x days, such as 1000x90", size)
		}
		t.Run(size, func(t *testing.T) { replayMany(t, slos, days) })
	}
}

func replayMany(t *testing.T, slos, days int) {
	end := slo.MinuteAt(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	l := fillLedger(t, slos, days+29, end)
	defer l.Close() //nolint:errcheck // the test is over
	took, processor, peak, run := replayed(t, l, slos, days, end)
	minutes := int64(days)*24*minutesOfHour + 1
	t.Logf("%d SLOs, %d days: %.0f s, %.0f s of CPU, %.0f ns for each SLO and minute, at most %.0f MiB resident, %d episodes",
		slos, days, took.Seconds(), processor.Seconds(), float64(processor.Nanoseconds())/float64(minutes)/float64(slos), peak, len(run.Episodes))
	if run.Minutes != minutes || len(run.Objectives) != slos {
		t.Errorf("%d minutes of %d SLOs", run.Minutes, len(run.Objectives))
	}
	for _, o := range run.Objectives {
		for _, tier := range o.Tiers {
			if tier.Judged != minutes {
				t.Fatalf("the tier %s of %s was judged in %d of %d minutes", tier.Windows(), o.ID, tier.Judged, minutes)
			}
		}
	}
}
