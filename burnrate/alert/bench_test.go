package alert_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
)

// BenchmarkAdvance takes a minute of 10,000 SLOs on: all calm, as nearly always,
// and a hundredth or all of them firing.
func BenchmarkAdvance(b *testing.B) {
	const slos = 10_000
	for _, test := range []struct {
		name   string
		firing int
	}{{"calm", 0}, {"hundredth", slos / 100}, {"all", slos}} {
		b.Run(test.name, func(b *testing.B) {
			list := make([]shown, slos)
			for i := range list {
				if list[i] = (shown{id: fmt.Sprintf("slo-%05d", i), tiers: "....", traffic: "f"}); i < test.firing {
					list[i].tiers = "f..."
				}
			}
			snapshot := snapshotAt(b, 1, list...)
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
