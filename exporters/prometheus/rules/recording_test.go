// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

package rules

import (
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// TestDeltaOfSlowScrapes adds up what a counter rises by, of which a sample can be read
// some seconds after its time. Whenever in a minute the rule looks, nothing is lost.
func TestDeltaOfSlowScrapes(t *testing.T) {
	t.Parallel()
	const takes, every, minutes, events = 9 * time.Second, 30 * time.Second, 20, 10
	for phase := time.Duration(0); phase < time.Minute; phase += 4 * time.Second {
		p := newPrometheus(t)
		app := p.storage.Appender(t.Context())
		sum, stored := 0.0, time.Unix(0, 0)
		for m := range minutes + 2 {
			now := time.Unix(0, 0).Add(time.Duration(m)*time.Minute + phase)
			for ; !stored.Add(takes).After(now); stored = stored.Add(every) {
				rises := min(int(stored.Sub(time.Unix(0, 0))/time.Minute), minutes-2) // and stays there in the end
				if _, err := app.Append(0, labels.FromStrings("__name__", "counter"), stored.UnixMilli(), float64(events*rises)); err != nil {
					t.Fatal(err)
				}
			}
			if err := app.Commit(); err != nil {
				t.Fatal(err)
			}
			app = p.storage.Appender(t.Context())
			query, err := p.engine.NewInstantQuery(t.Context(), p.storage, nil, deltaOf("counter"), now)
			if err != nil {
				t.Fatal(err)
			}
			vector, err := query.Exec(t.Context()).Vector()
			if err != nil {
				t.Fatal(err)
			}
			for _, sample := range vector {
				sum += sample.F
			}
			query.Close()
		}
		if err := app.Rollback(); err != nil {
			t.Fatal(err)
		}
		if want := float64(events * (minutes - 2)); sum != want {
			t.Errorf("a rule that looks at second %v: %v events, want %v", phase.Seconds(), sum, want)
		}
	}
}
