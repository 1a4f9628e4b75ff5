package diff

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// tiers compares those of a policy: first those of one severity and windows, then those
// whose windows are the same, then what is left of each severity, in order.
func (e *effects) tiers(before, after []slo.Tier) {
	sameWindows := func(b, a *slo.Tier) bool { return b.Long == a.Long && b.Short == a.Short }
	sameSeverity := func(b, a *slo.Tier) bool { return b.Severity == a.Severity }
	// Of two tiers with the same windows, that with the same factor comes first.
	sameFactor := func(b, a *slo.Tier) bool { return sameSeverity(b, a) && sameWindows(b, a) && e.factor(b, a) == "" }
	sameButFactor := func(b, a *slo.Tier) bool { return sameSeverity(b, a) && sameWindows(b, a) }
	old, left := paired(before, after, sameFactor, sameButFactor, sameWindows, sameSeverity)
	for i := range after {
		if b, a := old[i], &after[i]; b == nil {
			e.add(TierAdded, Gains, "", turn{after: e.tierText(a)}).Place = cmp.Or(a.Span, e.one.Place)
		} else {
			e.tier(b, a)
		}
	}
	for _, b := range left {
		e.add(TierRemoved, Loses, "", turn{before: e.tierText(b)}).Place = cmp.Or(b.Span, e.one.Place)
	}
}

// tier compares two tiers of the same windows or severity.
func (e *effects) tier(b, a *slo.Tier) {
	place := cmp.Or(a.Span, e.one.Place)
	if b.Long != a.Long || b.Short != a.Short {
		e.add(TierChanged, Changes, "", turn{e.tierText(b), e.tierText(a)}).Place = place
		return
	}
	if weight := severer(b.Severity, a.Severity); weight != "" {
		kind := TierSeverityLowered
		if weight == Tightens {
			kind = TierSeverityRaised
		}
		e.add(kind, weight, a.Windows(), turn{diag.Verbatim(string(b.Severity)), diag.Verbatim(string(a.Severity))}).Place = place
	}
	kind, weight := TierChanged, e.factor(b, a)
	factors := turn{e.factorText(b), e.factorText(a)}
	detail := string(a.Severity) + " " + a.Windows()
	switch weight {
	case "":
		return
	case Loosens:
		kind = TierFactorRaised
	case Tightens:
		kind = TierFactorLowered
	default:
		factors, detail = turn{e.tierText(b), e.tierText(a)}, ""
	}
	e.add(kind, weight, detail, factors).Place = place
}

// factor weighs the change of a factor: "" when it is the same for all windows, or when
// the same is only spelt in another way.
func (e *effects) factor(b, a *slo.Tier) Weight {
	weights := make([]Weight, len(e.windows))
	for i, w := range e.windows {
		weights[i] = higher(b.Factor(w).Cmp(a.Factor(w)))
	}
	if slices.Contains(weights, "") && slices.ContainsFunc(weights, func(w Weight) bool { return w != "" }) {
		return Changes // for some of the windows only
	}
	if together := both(weights...); together != "" || sameSpelling(b, a) {
		return together
	}
	return Neutral
}

// sameSpelling reports whether two tiers say their factors in the same way, so that they
// are the same over any window.
func sameSpelling(b, a *slo.Tier) bool {
	return b.Budget.Rat().Cmp(a.Budget.Rat()) == 0 && b.Burn.Rat().Cmp(a.Burn.Rat()) == 0
}

// tierText is a tier: page 1h/5m, 2% of the budget (factor 13.44).
func (e *effects) tierText(t *slo.Tier) diag.Phrase {
	return diag.Say("%s %s, %s", t.Severity, t.Windows(), e.factorText(t))
}

// factorText says above what a tier fires. Where all windows are as long, it says the
// factor as well.
func (e *effects) factorText(t *slo.Tier) diag.Phrase {
	if t.Burn.Sign() > 0 {
		return diag.Say("factor %s", shortNumber(t.Burn.Rat()))
	}
	first := t.Factor(e.windows[0])
	for _, w := range e.windows[1:] {
		if t.Factor(w).Cmp(first) != 0 {
			return diag.Say("%s of the budget", t.Budget)
		}
	}
	return diag.Say("%s of the budget (factor %s)", t.Budget, shortNumber(first))
}

// shortNumber writes a factor with at most four decimals.
func shortNumber(x *big.Rat) string {
	rounded, _ := new(big.Rat).SetString(x.FloatString(4))
	return plainNumber(rounded)
}
