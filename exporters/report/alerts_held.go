package report

import (
	"cmp"
	"slices"
	"time"

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
			for n := range o.Tiers {
				j := &o.Tiers[n]
				if !burns(o, j) {
					continue // nearly always
				}
				key := alert.Key{ID: status.ID, Objective: o.Name, Kind: alert.Burn, Severity: j.Tier.Severity}
				if fires[key] {
					continue
				}
				t := alert.TierOf(o, j)
				if by := heldBy(t); by != "" {
					list = append(list, heldTier(key, status, o, t, by))
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

// burns reports whether anything failed in a window of a tier that does not fire.
func burns(o *burnrate.Objective, j *burnrate.Judgement) bool {
	if j.Verdict == burnrate.Fires {
		return false
	}
	for i := range o.Burn {
		if minutes := time.Duration(o.Burn[i].Window.Window.Minutes()) * time.Minute; minutes == j.Tier.Long || minutes == j.Tier.Short {
			if rate, _ := o.Burn[i].Rate.Value(); rate > 0 {
				return true
			}
		}
	}
	return false
}

func heldTier(key alert.Key, s *burnrate.Status, o *burnrate.Objective, t alert.Tier, by string) heldRecord {
	r := heldRecord{
		Key: key, Owner: s.Owner, Title: s.Title, Observe: s.Stage == slo.Observe, Tier: t, HeldBy: by,
		LongCoverage: coverageOver(o, t.Long), ShortCoverage: coverageOver(o, t.Short),
	}
	if by == heldByGuard {
		r.Guard = alert.GuardOf(o.Alerts)
	}
	r.Factor, r.LongBurn, r.ShortBurn = t.Factor.Rounded(), t.LongBurn.Rounded(), t.ShortBurn.Rounded()
	return r
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
