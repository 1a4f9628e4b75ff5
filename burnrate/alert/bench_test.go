package alert_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
)

// BenchmarkAdvance takes a minute of 10,000 SLOs on: all calm, as nearly always,
// and a hundredth or all of them firing; and all without traffic, below the alert
// of their source.
func BenchmarkAdvance(b *testing.B) {
	const slos = 10_000
	for _, test := range []struct {
		name    string
		firing  int
		traffic string
	}{{"calm", 0, "f"}, {"hundredth", slos / 100, "f"}, {"all", slos, "f"}, {"source", 0, "l"}} {
		b.Run(test.name, func(b *testing.B) {
			list := make([]shown, slos)
			for i := range list {
				if list[i] = (shown{id: fmt.Sprintf("slo-%05d", i), tiers: "....", traffic: test.traffic, source: "nr"}); i < test.firing {
					list[i].tiers = "f..."
				}
			}
			snapshot := snapshotAt(b, 1, list...)
			snapshot.Sources = []burnrate.SourceState{{Name: "nr"}}
			states, _ := alert.Advance(alert.States{}, snapshot)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				snapshot.At = snapshot.At.Add(time.Minute)
				for i := range snapshot.Statuses {
					snapshot.Statuses[i].Objectives[0].Window.Span.End++
				}
				b.StartTimer()
				states, _ = alert.Advance(states, snapshot)
				if snapshot.At.Sub(states.At) != 0 {
					b.Fatal("not advanced")
				}
			}
		})
	}
}
