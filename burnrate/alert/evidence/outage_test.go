package evidence_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo"
)

// outage is a failure under traffic by chance that begins after half a day at
// exactly the target, played with a seed for each, from 0 on.
type outage struct {
	PerHour float64 `json:"perHour"`
	Errors  float64 `json:"errors"`
	Seeds   int     `json:"seeds"`
	// After is in which minute half of all seeds, 95 % and 99 % have been paged, 0
	// for none of those that are played.
	After  [3]int `json:"after"`
	Within int    `json:"within"` // seeds that are paged within so many minutes
	Ever   int    `json:"ever"`   // within those that are played
	Begin  int    `json:"begin"`  // seeds of the beginning
	// BeginWithin is how many of those are paged within so many minutes.
	BeginWithin int `json:"beginWithin"`
}

// longest is for how many minutes an outage is played.
const longest = 2 * 1440

// within is the short window of the first tier and two minutes.
const within = 5 + 2

func outages() []outage {
	var all []outage
	for _, errors := range []float64{1, 0.1, 0.01} {
		for _, perHour := range []float64{10, 100, 10_000} {
			o := outage{PerHour: perHour, Errors: errors, Seeds: 2000}
			if errors == 1 && perHour == 100 {
				o.Seeds, o.Begin = 100_000, 2000
			}
			all = append(all, o)
		}
	}
	return all
}

func (o *outage) name() string {
	return fmt.Sprintf("%g an hour, an outage of %g %% errors", o.PerHour, 100*o.Errors)
}

// playAll plays the beginning and, when all is simulated, the rest.
func (o *outage) playAll(target slo.Target) {
	seeds := o.Begin
	if *full {
		seeds = o.Seeds
	}
	var paged [longest]int // up to the end of each minute
	for seed := range seeds {
		for minute := o.play(target, uint64(seed)); minute < longest; minute++ {
			paged[minute]++
		}
		if seed+1 == o.Begin {
			o.BeginWithin = paged[within-1]
		}
	}
	o.Within, o.Ever = paged[within-1], paged[longest-1]
	for i, share := range []float64{0.5, 0.95, 0.99} {
		o.After[i] = 1 + slices.IndexFunc(paged[:], func(n int) bool { return float64(n) >= share*float64(seeds) })
	}
}

// play returns the minute in which somebody is paged, longest when nobody is.
// Who was paged by chance just before knows it too.
func (o *outage) play(target slo.Target, seed uint64) int {
	simulation := newSimulation(target, slo.Rolling(weeks), paging(true, true, 0, 1))
	before, failing := newChance(o.PerHour, 0.001, seed), newChance(o.PerHour, o.Errors, seed+1<<32)
	for range 720 {
		simulation.minute(before.minute())
	}
	for minute := range longest {
		simulation.minute(failing.minute())
		if len(simulation.policies[0].states.Alerts) > 0 {
			return minute
		}
	}
	return longest
}

// expect expects of a full outage at 100 events an hour that it is paged within
// the short window and two minutes in 99 % of all seeds.
func (o *outage) expect(t *testing.T) {
	t.Helper()
	if o.Begin == 0 {
		return
	}
	if 100*o.Within < 99*o.Seeds {
		t.Errorf("%s: of %d, %d are paged within %d minutes", o.name(), o.Seeds, o.Within, within)
	}
	if 100*o.BeginWithin < 99*o.Begin {
		t.Errorf("%s: of the first %d, %d are paged within %d minutes", o.name(), o.Begin, o.BeginWithin, within)
	}
}

func outageTable(list []outage) string {
	var table strings.Builder
	table.WriteString("| errors | events an hour | half of them | 95 % | 99 % | within 7m | within 2d |\n|---|---|---|---|---|---|---|\n")
	for _, o := range list {
		fmt.Fprintf(&table, "| %g %% | %s |", 100*o.Errors, commas(int64(o.PerHour)))
		for _, after := range o.After {
			if after == 0 {
				table.WriteString(" – |")
				continue
			}
			fmt.Fprintf(&table, " %s |", lasting(int64(after)))
		}
		for _, n := range []int{o.Within, o.Ever} {
			fmt.Fprintf(&table, " %.4g %% |", 100*float64(n)/float64(o.Seeds))
		}
		table.WriteString("\n")
	}
	return table.String()
}
