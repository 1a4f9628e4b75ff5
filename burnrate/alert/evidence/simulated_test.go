package evidence_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
)

var full = flag.Bool("full", false, "simulate all that docs/alerting.md shows, which takes minutes, and keep it")

// kept has what simulations found. The whole of it takes minutes; of each,
// a beginning is kept as well, which every run of the tests plays again.
const kept = "testdata/simulated.json"

// service is one that is played for some stretches of time, each with a seed
// of its own, from 0 on.
type service struct {
	PerHour float64 `json:"perHour"`
	Errors  float64 `json:"errors"`  // share of the events that are bad
	Tiers   []int   `json:"tiers"`   // of paging
	Minutes int     `json:"minutes"` // of a stretch
}

// played is how many pages there were, in the order of [fourPolicies].
type played struct {
	service
	Stretches  int    `json:"stretches"`
	Pages      [4]int `json:"pages"`
	Begin      int    `json:"begin"`      // stretches of the beginning
	BeginPages [4]int `json:"beginPages"` // in them
}

// The policies of [fourPolicies].
const (
	neither = iota
	holdOnly
	guardOnly
	both
)

// fourPolicies are some tiers of paging with and without guard and hold.
func fourPolicies(tiers ...int) []*slo.AlertPolicy {
	return []*slo.AlertPolicy{
		paging(false, false, tiers...), paging(false, true, tiers...), paging(true, false, tiers...), paging(true, true, tiers...),
	}
}

// play counts the pages of one stretch.
func (s service) play(target slo.Target, seed uint64) (pages [4]int) {
	simulation := newSimulation(target, slo.Rolling(28*1440), fourPolicies(s.Tiers...)...)
	traffic := newChance(s.PerHour, s.Errors, seed)
	for range s.Minutes {
		simulation.minute(traffic.minute())
		for i, p := range simulation.policies {
			pages[i] += p.pages()
		}
	}
	return pages
}

func (s service) name() string {
	return fmt.Sprintf("%g an hour, %.4g %% errors, tiers %v", s.PerHour, 100*s.Errors, s.Tiers)
}

const (
	year  = 365 * 1440
	weeks = 28 * 1440
)

// healthy are services at exactly their target, by their traffic. With much
// traffic nothing happens in any year.
func healthy() []played {
	var all []played
	for _, perHour := range []float64{10, 100} {
		all = append(all, played{service: service{perHour, 0.001, []int{0, 1}, year}, Stretches: 300, Begin: 3})
	}
	for _, perHour := range []float64{10_000, 1_000_000} {
		all = append(all, played{service: service{perHour, 0.001, []int{0, 1}, year}, Stretches: 20, Begin: 1})
	}
	return all
}

// factors are the error ratios above which tiers fire, 13.44 × 0.1 % and 5.6 ×
// 0.1 %, with the tiers that are looked at: at the first one the second tier
// fires all the time, and both together never stop.
var factors = []struct {
	name   string
	errors float64
	tiers  []int
}{
	{"1h/5m and 6h/30m", 0.0056, []int{0, 1}},
	{"1h/5m alone", 0.01344, []int{0}},
}

// offsets are how far from the factor a service burns.
var offsets = []float64{0.95, 0.98, 1, 1.02, 1.05}

// burning are services that burn near a factor all the time.
func burning() []played {
	var all []played
	for _, f := range factors {
		for _, perHour := range []float64{10_000, 1_000_000} {
			for _, offset := range offsets {
				p := played{service: service{perHour, f.errors * offset, f.tiers, weeks}, Stretches: 13}
				if offset == 1 {
					p.Begin = 1
				}
				all = append(all, p)
			}
		}
	}
	return all
}

// results is what the file has.
type results struct {
	Healthy []played `json:"healthy"`
	Burning []played `json:"burning"`
	Outages []outage `json:"outages"`
}

// TestSimulated plays the beginnings of all simulations again, and expects of
// what is kept, and of the beginnings, what guard and hold are for.
func TestSimulated(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing here runs at the same time")
	}
	want := results{healthy(), burning(), outages()}
	t.Run("play", func(t *testing.T) {
		for _, p := range slices.Concat(pointers(want.Healthy), pointers(want.Burning)) {
			t.Run(p.name(), func(t *testing.T) {
				t.Parallel()
				p.playAll(targetOf(t, "99.9%"))
			})
		}
		for i := range want.Outages {
			o := &want.Outages[i]
			t.Run(o.name(), func(t *testing.T) {
				t.Parallel()
				o.playAll(targetOf(t, "99.9%"))
			})
		}
	})
	if *full {
		keep(t, want)
	}
	got := read(t)
	if diff := cmp.Diff(beginnings(want), beginnings(got), cmp.AllowUnexported(played{})); diff != "" {
		t.Fatalf("simulations begin otherwise than those that are kept: make alerting-tables (-now +kept):\n%s", diff)
	}
	for _, p := range got.Healthy {
		expectHealthy(t, p.name(), p.PerHour, p.Stretches, p.Pages)
		expectHealthy(t, "beginning of "+p.name(), p.PerHour, p.Begin, p.BeginPages)
	}
	for _, p := range got.Burning {
		if p.Begin > 0 {
			expectBurning(t, p.name(), p.Pages)
			expectBurning(t, "beginning of "+p.name(), p.BeginPages)
		}
	}
	for _, o := range got.Outages {
		o.expect(t)
	}
	checkTable(t, "false-pages", healthyTable(got.Healthy))
	checkTable(t, "near-a-factor", burningTable(got.Burning))
	checkTable(t, "by-chance", outageTable(got.Outages))
}

func pointers[T any](list []T) []*T {
	all := make([]*T, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}

// playAll plays the beginning and, when all is simulated, the rest.
func (p *played) playAll(target slo.Target) {
	stretches := p.Begin
	if *full {
		stretches = p.Stretches
	}
	for seed := range stretches {
		for i, n := range p.play(target, uint64(seed)) {
			p.Pages[i] += n
			if seed < p.Begin {
				p.BeginPages[i] += n
			}
		}
	}
}

// beginnings is what every run plays.
func beginnings(s results) results {
	s.Healthy, s.Burning, s.Outages = slices.Clone(s.Healthy), slices.Clone(s.Burning), slices.Clone(s.Outages)
	for _, p := range slices.Concat(pointers(s.Healthy), pointers(s.Burning)) {
		p.Pages = [4]int{}
	}
	for i := range s.Outages {
		o := &s.Outages[i]
		*o = outage{PerHour: o.PerHour, Errors: o.Errors, Seeds: o.Seeds, Begin: o.Begin, BeginWithin: o.BeginWithin}
	}
	return s
}

func keep(t *testing.T, s results) {
	t.Helper()
	text := fmt.Sprintf("{\n%q:%s,\n%q:%s,\n%q:%s\n}\n", "healthy", lines(t, s.Healthy), "burning", lines(t, s.Burning), "outages", lines(t, s.Outages))
	if err := os.WriteFile(kept, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// lines writes a list with a line for each of its elements.
func lines[T any](t *testing.T, list []T) string {
	t.Helper()
	var all []string
	for _, element := range list {
		data, err := json.Marshal(element)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(data))
	}
	return "[\n" + strings.Join(all, ",\n") + "\n]"
}

func read(t *testing.T) results {
	t.Helper()
	data, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	var s results
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// expectHealthy expects that the guard makes of twenty false pages at most one
// where there are any, and of none none.
func expectHealthy(t *testing.T, name string, perHour float64, years int, pages [4]int) {
	t.Helper()
	for _, pair := range [][2]int{{neither, guardOnly}, {holdOnly, both}, {neither, both}} {
		without, with := pages[pair[0]], pages[pair[1]]
		if 20*with > without {
			t.Errorf("%s, in %d years: %d pages become %d with the guard", name, years, without, with)
		}
	}
	if perHour < 1000 && pages[neither] < 50*years {
		t.Errorf("%s, in %d years: %d pages without guard and hold say little", name, years, pages[neither])
	}
}

// expectBurning expects a third with hold, and a tenth with both.
func expectBurning(t *testing.T, name string, pages [4]int) {
	t.Helper()
	if pages[neither] < 100 || 3*pages[holdOnly] > pages[neither] || 10*pages[both] > pages[neither] {
		t.Errorf("%s: pages %v", name, pages)
	}
}

func healthyTable(list []played) string {
	var table strings.Builder
	table.WriteString("| events an hour | neither | hold | guard | guard and hold | years |\n|---|---|---|---|---|---|\n")
	for _, p := range list {
		fmt.Fprintf(&table, "| %s |", commas(int64(p.PerHour)))
		for _, n := range p.Pages {
			fmt.Fprintf(&table, " %s |", rate(n, p.Stretches))
		}
		fmt.Fprintf(&table, " %d |\n", p.Stretches)
	}
	return table.String()
}

// rate is how often something happens in a stretch. What never happened has a
// rate of at most 3 by the stretches, with 95 % confidence: e^-3 = 0.05.
func rate(n, stretches int) string {
	if n == 0 {
		return fmt.Sprintf("0 (at most %.2g)", 3/float64(stretches))
	}
	return number(float64(n) / float64(stretches))
}

// number writes three digits, or all in front of the point.
func number(f float64) string {
	if f >= 100 {
		return commas(int64(math.Round(f)))
	}
	return fmt.Sprintf("%.3g", f)
}

func burningTable(list []played) string {
	var table strings.Builder
	table.WriteString("| tiers | events an hour | errors | of the limit | neither | hold | guard | guard and hold | hold / neither | both / neither |\n|---|---|---|---|---|---|---|---|---|---|\n")
	i := 0
	for _, f := range factors {
		for i < len(list) && slices.Equal(list[i].Tiers, f.tiers) {
			p, offset := list[i], offsets[i%len(offsets)]
			fmt.Fprintf(&table, "| %s | %s | %.4g %% | %.0f %% |", f.name, commas(int64(p.PerHour)), 100*p.Errors, 100*offset)
			for _, n := range p.Pages {
				fmt.Fprintf(&table, " %s |", number(float64(n)/float64(p.Stretches)))
			}
			fmt.Fprintf(&table, " %s | %s |\n", part(p.Pages[holdOnly], p.Pages[neither]), part(p.Pages[both], p.Pages[neither]))
			i++
		}
	}
	return table.String()
}

func part(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", float64(n)/float64(of))
}
