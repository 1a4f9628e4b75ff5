package report

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// heldRecord is a tier of which at least one window burns above the factor, while
// nothing of its severity fires.
type heldRecord struct {
	alert.Key
	Owner   string `json:"owner"`
	Title   string `json:"title,omitempty"`
	Observe bool   `json:"observe,omitempty"`
	alert.Tier
	HeldBy        string         `json:"heldBy"`
	Guard         *alert.Guard   `json:"guard,omitempty"` // what it asks for, where it holds the tier back
	LongCoverage  burnrate.Ratio `json:"longCoverage"`
	ShortCoverage burnrate.Ratio `json:"shortCoverage"`
}

// What holds a tier back, in the order in which it comes close to firing.
const (
	heldByGuard    = "guard"        // both windows burn, and it is not sure
	heldByCoverage = "coverage"     // less than half of a window was measured
	heldByShort    = "short-window" // it does not burn any more
	heldByLong     = "long-window"  // it does not burn yet
)

// heldOrder returns what may hold a tier back, what comes closest to firing first.
func heldOrder() []string { return []string{heldByGuard, heldByCoverage, heldByShort, heldByLong} }

// held lists what is held back.
func (b *alertsBuilder) held(s burnrate.Snapshot) []heldRecord {
	fires := map[alert.Key]bool{}
	for _, a := range b.box.State.Alerts {
		fires[a.Key] = true
	}
	list := []heldRecord{}
	for i := range s.Statuses {
		status := &s.Statuses[i]
		for k := range status.Objectives {
			o := &status.Objectives[k]
			if o.Alerts == nil || !burns(o) {
				continue // nearly always
			}
			for _, severity := range [...]slo.Severity{slo.Page, slo.Ticket} {
				key := alert.Key{ID: status.ID, Objective: o.Name, Kind: alert.Burn, Severity: severity}
				if !fires[key] {
					list = append(list, heldTiers(key, status, o)...)
				}
			}
		}
	}
	order := heldOrder()
	slices.SortStableFunc(list, func(x, y heldRecord) int {
		return cmp.Or(cmp.Compare(slices.Index(order, x.HeldBy), slices.Index(order, y.HeldBy)), x.Compare(y.Key))
	})
	return list
}

// burns reports whether anything failed in any of the windows.
func burns(o *burnrate.Objective) bool {
	return slices.ContainsFunc(o.Burn, func(b burnrate.Burn) bool { rate, _ := b.Rate.Value(); return rate > 0 })
}

func heldTiers(key alert.Key, s *burnrate.Status, o *burnrate.Objective) []heldRecord {
	var list []heldRecord
	guard := alert.GuardOf(o.Alerts)
	for _, t := range alert.Judged(o, key.Severity) {
		r := heldRecord{
			Key: key, Owner: s.Owner, Title: s.Title, Observe: s.Stage == slo.Observe, Tier: t, HeldBy: heldBy(t),
			LongCoverage: coverageOver(o, t.Long), ShortCoverage: coverageOver(o, t.Short),
		}
		if r.HeldBy == "" {
			continue
		}
		if r.HeldBy == heldByGuard {
			r.Guard = &guard
		}
		r.Factor, r.LongBurn, r.ShortBurn = t.Factor.Rounded(), t.LongBurn.Rounded(), t.ShortBurn.Rounded()
		list = append(list, r)
	}
	return list
}

// heldBy says what keeps a tier from firing, "" when nothing of it burns, or when
// it fires.
func heldBy(t alert.Tier) string {
	exceeds := func(burn burnrate.Ratio) bool {
		rate, known := burn.Value()
		factor, _ := t.Factor.Value()
		return known && rate > factor
	}
	switch t.Verdict {
	case burnrate.FewEvents.String(), burnrate.FewBad.String(), burnrate.Chance.String():
		return heldByGuard
	case burnrate.Uncovered.String():
		if exceeds(t.LongBurn) || exceeds(t.ShortBurn) {
			return heldByCoverage
		}
	case burnrate.CalmShort.String():
		return heldByShort
	case burnrate.CalmLong.String():
		if exceeds(t.ShortBurn) {
			return heldByLong
		}
	}
	return ""
}

func coverageOver(o *burnrate.Objective, window string) burnrate.Ratio {
	for _, b := range o.Burn {
		if b.Window.Window.String() == window {
			return rounded(b.Window.Coverage())
		}
	}
	return burnrate.Ratio{}
}
