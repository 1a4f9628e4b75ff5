package evidence_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// TestSimulation plays the same minutes through the simulation and through the
// evaluator: calm days, outages, errors near the factors, silent nights. The same
// is told in the same minutes, for the same reasons and with the same numbers.
func TestSimulation(t *testing.T) {
	t.Parallel()
	target, weeks := targetOf(t, "99.9%"), slo.Rolling(28*1440)
	told := map[alert.Change]int{}
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, 0))
		policies := fourPolicies(0, 1)
		simulation := newSimulation(target, weeks, policies...)
		var objectives []slo.Objective
		for _, p := range policies {
			objectives = append(objectives, slo.Objective{Name: "28d", Target: target, Window: weeks, Alerts: p})
		}
		e := newEngine(t, objectives...)
		for range 6 {
			perHour := []float64{0, 5, 10, 100, 10_000, 1_000_000}[random.IntN(6)]
			ratio := []float64{0, 0.001, 0.0056, 0.006, 0.01344, 0.02, 0.3, 1}[random.IntN(8)]
			c := newChance(perHour, ratio, random.Uint64())
			for range 10 + random.IntN(600) {
				counts := c.minute()
				row := burnrate.Counted(counts)
				simulation.minute(counts)
				e.minute(t, row, row, row, row)
				for i, p := range simulation.policies {
					var want []alert.Event
					for _, event := range e.events {
						if event.ID == idOf(i) {
							event.ID = "shop"
							want = append(want, event)
							told[event.Change]++
						}
					}
					options := cmp.Options{
						cmp.AllowUnexported(burnrate.Ratio{}), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(alert.Why{}, "Budget"),
					}
					if diff := cmp.Diff(want, p.events, options); diff != "" {
						t.Fatalf("seed %d, minute %d, guard %+v, hold %s (-evaluator +simulation):\n%s",
							seed, len(e.rows), p.policy.Guard, p.policy.Hold.Page, diff)
					}
				}
			}
		}
	}
	if told[alert.Firing] < 100 || told[alert.Resolved] < 100 {
		t.Errorf("%v were told, which says little", told)
	}
}
