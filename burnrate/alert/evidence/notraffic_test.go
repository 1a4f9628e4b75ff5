package evidence_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// shops is how many services of one size are looked at, at as many times of day.
const shops = 8

// daily is the traffic of a service by day and night, by chance: at noon three
// times that of midnight.
type daily struct {
	per10m float64 // at the time of day at which something happens to it
	source rand.Source
	phase  int64 // that time of day, in minutes
}

// at is a minute so many minutes after something happens, with a share of what is
// usual.
func (d daily) at(minute int64, share float64) burnrate.Row {
	of := func(m int64) float64 { return 2 - math.Cos(2*math.Pi*float64(m)/1440) }
	lambda := d.per10m / 10 * of(minute+d.phase) / of(d.phase) * share
	return burnrate.Counted(slo.Counts{Total: count(distuv.Poisson{Lambda: lambda, Src: d.source})})
}

// loss is what happens to traffic.
type loss struct {
	name  string
	share float64 // of it that is left
	gap   bool    // nothing is measured
	late  bool    // and what happened comes in one piece after three hours
}

func losses() []loss {
	return []loss{
		{name: "it stops"},
		{name: "2 % are left", share: 0.02},
		{name: "half is left", share: 0.5},
		{name: "nothing is measured", gap: true},
		{name: "it comes late", late: true, share: 1},
	}
}

// losing is what is told of a loss of the traffic of all shops within four hours,
// in minutes after it began, 0 for never.
type losing struct{ noTraffic, noData [shops]int64 }

// play lets eight days pass, and then the loss.
func (l loss) play(t *testing.T, per10m float64) losing {
	const before, hours = 8 * 1440, 4
	var objectives []slo.Objective
	var traffic []daily
	for i := range shops {
		objectives = append(objectives, judged{slo.Rolling(28 * 1440), true}.objective(targetOf(t, "99.9%")))
		traffic = append(traffic, daily{per10m, rand.NewPCG(uint64(i), 0), int64(i) * 1440 / shops})
	}
	e := newEngine(t, objectives...)
	rows := func(minute int64, share float64) []burnrate.Row {
		all := make([]burnrate.Row, shops)
		for i, d := range traffic {
			all[i] = d.at(minute, share)
		}
		return all
	}
	var history [][]burnrate.Row
	for minute := int64(-before); minute < 0; minute++ {
		history = append(history, rows(minute, 1))
	}
	e.measure(t, history...)
	e.judge()
	var found losing
	for minute := int64(0); minute < hours*60; minute++ {
		switch {
		case l.gap:
			e.minute(t, make([]burnrate.Row, shops)...)
		case l.late && minute < 3*60:
			e.judgeAfter(1)
		case l.late && minute == 3*60:
			for late := range minute {
				e.measure(t, rows(late, 1))
			}
			e.minute(t, rows(minute, 1)...)
		default:
			e.minute(t, rows(minute, l.share)...)
		}
		for _, event := range e.events {
			for i := range shops {
				if event.ID != idOf(i) || event.Change != alert.Firing {
					continue
				}
				switch event.Kind {
				case alert.NoTraffic:
					found.noTraffic[i] = minute + 1
				case alert.NoData:
					found.noData[i] = minute + 1
				}
			}
		}
	}
	return found
}

// TestNoTraffic expects that a loss of all traffic is noticed within two minutes
// of the policy's time, and that what is not measured is not taken for one.
func TestNoTraffic(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("nothing here runs at the same time")
	}
	sizes := []float64{20, 100, 10_000}
	found := map[string]losing{}
	var lock sync.Mutex
	key := func(size float64, l loss) string { return fmt.Sprintf("%g in 10 minutes, %s", size, l.name) }
	t.Run("play", func(t *testing.T) {
		for _, size := range sizes {
			for _, l := range losses() {
				t.Run(key(size, l), func(t *testing.T) {
					t.Parallel()
					got := l.play(t, size)
					lock.Lock()
					defer lock.Unlock()
					found[key(size, l)] = got
				})
			}
		}
	})
	var table strings.Builder
	table.WriteString("| usual in 10m |")
	for _, l := range losses() {
		fmt.Fprintf(&table, " %s |", l.name)
	}
	table.WriteString("\n|---|---|---|---|---|---|\n")
	for _, size := range sizes {
		fmt.Fprintf(&table, "| %s |", commas(int64(size)))
		for _, l := range losses() {
			got := found[key(size, l)]
			l.expect(t, key(size, l), size, got)
			fmt.Fprintf(&table, " %s |", got)
		}
		table.WriteString("\n")
	}
	checkTable(t, "no-traffic", table.String())
}

func (l loss) expect(t *testing.T, name string, size float64, got losing) {
	t.Helper()
	for i := range shops {
		page, data := got.noTraffic[i], got.noData[i]
		switch {
		case size < 50 || l.gap || l.late || l.share > 0.05:
			if page > 0 {
				t.Errorf("%s: a noTraffic page after %d minutes", name, page)
			}
		case l.share > 0 && size < 1000: // as many as the policy's share, by chance
		case page == 0 || page > 10+2:
			t.Errorf("%s: the noTraffic page after %d minutes", name, page)
		}
		if (data > 0) != (l.gap || l.late) {
			t.Errorf("%s: noData after %d minutes", name, data)
		}
	}
}

func (l losing) String() string {
	var parts []string
	for _, kind := range []struct {
		name    string
		minutes [shops]int64
	}{{"noTraffic", l.noTraffic}, {"noData", l.noData}} {
		least, most := kind.minutes[0], kind.minutes[0]
		for _, m := range kind.minutes {
			least, most = min(least, m), max(most, m)
		}
		switch {
		case most == 0:
		case least == 0:
			parts = append(parts, fmt.Sprintf("%s at times, after up to %s", kind.name, lasting(most)))
		case least == most:
			parts = append(parts, fmt.Sprintf("%s after %s", kind.name, lasting(most)))
		default:
			parts = append(parts, fmt.Sprintf("%s after %s to %s", kind.name, lasting(least), lasting(most)))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}
