package burnrate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// paceMinutes is how far back the traffic is averaged that stands in for
// minutes of a window that were not measured yet.
const paceMinutes = int64(28 * 24 * 60)

// needsPace reports whether the pace of a window is averaged over other minutes
// than its own. A rolling window of up to 28 days either was measured from its
// beginning and needs no pace, or holds all that was measured.
func needsPace(w slo.Window) bool { return w.IsCalendar() || w.Minutes() > paceMinutes }

// shape is what judging some objectives takes: their windows, each once.
type shape struct {
	windows    *windows
	objectives []judged
}

// windows is a list that shapes have in common.
type windows struct {
	list  []slo.Window
	flows []int64 // minutes after which noTraffic of a policy fires
}

// name tells lists apart.
func (w *windows) name() string {
	var name strings.Builder
	for _, window := range w.list {
		name.WriteString(window.String() + " " + window.TimeZone() + "\n")
	}
	for _, minutes := range w.flows {
		fmt.Fprintf(&name, "flow %d\n", minutes)
	}
	return name.String()
}

// judged is an objective and where its windows are in the shape.
type judged struct {
	slo.Objective
	window int   // the objective's own
	pace   int   // whose traffic stands in for what was not measured yet
	silent int   // the one after which noData of the policy fires; -1 for none
	flow   int   // that after which noTraffic fires; -1 for none
	share  limit // of the usual traffic, below which it does
	recent int   // whose failures a forecast goes on with when no tier fires
	burn   []int // shown, the shortest first: those of the tiers
	tiers  []pair
}

// pair is a tier and where its windows are among those that are shown.
type pair struct {
	tier        *Tier
	long, short int
	rank        int // how many tiers have a lower factor
}

// shapeOf plans the windows of objectives. Those of a composed journey have no
// counts, and so no pace. Flows are for whom noTraffic is judged.
func shapeOf(objectives []slo.Objective, counted, flowing bool) *shape {
	s := &shape{windows: &windows{}}
	for _, o := range objectives {
		j := judged{Objective: o, window: s.index(o.Window), pace: s.index(o.Window)}
		j.recent, j.silent, j.flow = s.index(recentWindow(o.Window)), -1, -1
		if o.Alerts != nil && o.Alerts.NoData != nil {
			j.silent = s.index(rolling(o.Alerts.NoData.After))
		}
		if flowing && o.Alerts != nil && o.Alerts.NoTraffic != nil {
			j.flow, j.share = s.flow(o.Alerts.NoTraffic.After), limitOf(o.Alerts.NoTraffic.Below.Rat())
		}
		tiers := Tiers(o)
		shown := shownWindows(tiers)
		for _, w := range shown {
			j.burn = append(j.burn, s.index(w))
		}
		for i := range tiers {
			p := pair{
				tier: &tiers[i],
				long: slices.Index(shown, rolling(tiers[i].Long)), short: slices.Index(shown, rolling(tiers[i].Short)),
			}
			for k := range tiers {
				if tiers[k].limit.exact.Cmp(p.tier.limit.exact) < 0 {
					p.rank++
				}
			}
			j.tiers = append(j.tiers, p)
		}
		s.objectives = append(s.objectives, j)
	}
	for i, o := range objectives {
		if counted && needsPace(o.Window) {
			s.objectives[i].pace = s.index(slo.Rolling(paceMinutes))
		}
	}
	return s
}

// index returns where a window is, and adds it when it is not there.
func (s *shape) index(w slo.Window) int {
	if i := slices.Index(s.windows.list, w); i >= 0 {
		return i
	}
	s.windows.list = append(s.windows.list, w)
	return len(s.windows.list) - 1
}

// flow returns where a length of time is among the flows, and adds it when it is
// not there.
func (s *shape) flow(after time.Duration) int {
	minutes := int64(after / time.Minute)
	if i := slices.Index(s.windows.flows, minutes); i >= 0 {
		return i
	}
	s.windows.flows = append(s.windows.flows, minutes)
	return len(s.windows.flows) - 1
}

// BurnWindows returns the windows over which the burn rate of an objective is shown, the
// shortest first.
func BurnWindows(o slo.Objective) []slo.Window { return shownWindows(Tiers(o)) }

func rolling(d time.Duration) slo.Window { return slo.Rolling(int64(d / time.Minute)) }

// shownWindows returns the windows of tiers, the shortest first, or the usual
// ones without tiers.
func shownWindows(tiers []Tier) []slo.Window {
	if len(tiers) == 0 {
		return []slo.Window{
			slo.Rolling(5), slo.Rolling(30), slo.Rolling(60), slo.Rolling(2 * 60),
			slo.Rolling(6 * 60), slo.Rolling(24 * 60), slo.Rolling(3 * 24 * 60),
		}
	}
	var shown []slo.Window
	for _, t := range tiers {
		shown = append(shown, rolling(t.Long), rolling(t.Short))
	}
	slices.SortFunc(shown, func(a, b slo.Window) int { return cmp.Compare(a.Minutes(), b.Minutes()) })
	return slices.Compact(shown)
}

// recentWindow is what counts as of late for a forecast: 3d, or the objective's
// own window where that is shorter.
func recentWindow(w slo.Window) slo.Window { return slo.Rolling(min(3*24*60, w.Minutes())) }
