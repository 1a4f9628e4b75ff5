package engine

import (
	"fmt"
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// BenchmarkPrevious sums what remained of the budgets of all SLOs in the week that is
// over. It reports as well how long a reload waits at most.
func BenchmarkPrevious(b *testing.B) {
	var grown growth
	for _, slos := range []int{200, 2000} {
		b.Run(fmt.Sprintf("slos=%d", slos), func(b *testing.B) {
			week, err := slo.ParseWindow("week")
			if err != nil {
				b.Fatal(err)
			}
			r := &restarted{B: b, dir: b.TempDir(), slos: slos, clock: &stepClock{time.Date(2026, 11, 22, 9, 0, 10, 0, time.UTC)}, window: week.In(time.UTC)}
			r.fill()
			r.open()
			defer r.close()
			r.start()
			r.tick()
			r.engine.clock = &testClock{}
			longest := time.Duration(0)
			b.ReportAllocs()
			from := processorTime(b)
			for b.Loop() {
				r.engine.former.forget()
				turns := &recalling{}
				for more := true; more; {
					began := time.Now()
					if more, err = r.engine.recallSome(b.Context(), turns, false); err != nil {
						b.Fatal(err)
					}
					longest = max(longest, time.Since(began))
				}
			}
			each := float64(processorTime(b)-from) / float64(b.N) / float64(slos)
			b.ReportMetric(each, "cpu-ns/slo")
			b.ReportMetric(float64(longest.Milliseconds()), "longest-ms")
			grown.report(b, slos, each)
			if n := len(r.engine.View().Snapshot.Previous); n != slos {
				b.Fatalf("%d of %d are known", n, slos)
			}
		})
	}
}
