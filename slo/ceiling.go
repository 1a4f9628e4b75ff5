package slo

import (
	"math/big"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// checkCeiling warns of a journey that promises more than its steps: in
// series, steps that just meet 99.9 % and 99.5 % make 99.4005 %, so a target
// of 99.5 % for the journey would be missed with every step meeting its own.
// Steps without objectives promise nothing and are left out.
func (r *resolver) checkCeiling(d JourneyDeclaration, j *Journey) {
	for i, o := range j.Objectives {
		ceiling := j.ceiling(o)
		if ceiling == nil || len(j.Objectives) != len(d.Objectives) {
			continue
		}
		r.list.Add(diag.Diagnostic{
			Code: diag.CodeCeiling, Severity: diag.Warning, Span: d.Objectives[i].Target.Span, Message: aboveCeiling(o, ceiling),
			Hint: diag.Say("write %s%% or less, or raise the targets of the steps", floorPercent(ceiling, 1)),
		})
	}
}

// ceiling returns what the steps of a journey promise together, if an objective promises
// more, and else nil.
func (j *Journey) ceiling(o Objective) *big.Rat {
	if j.Compose != Series {
		return nil
	}
	ceiling := big.NewRat(1, 1)
	for _, step := range j.Steps {
		if objective, ok := nearestObjective(step.SLO.Objectives, o.Window); ok {
			ceiling.Mul(ceiling, objective.Target.rat())
		}
	}
	if o.Target.rat().Cmp(ceiling) <= 0 {
		return nil
	}
	return ceiling
}

func aboveCeiling(o Objective, ceiling *big.Rat) diag.Phrase {
	return diag.Say("target %s is above what the steps promise together: %s%%", o.Target, floorPercent(ceiling, 4))
}

// nearestObjective is the one with the same window, or else the first.
func nearestObjective(objectives []Objective, window Window) (Objective, bool) {
	for _, o := range objectives {
		if o.Window == window {
			return o, true
		}
	}
	if len(objectives) == 0 {
		return Objective{}, false
	}
	return objectives[0], true
}

// floorPercent writes a share as a percentage, cut and not rounded, without
// zeros at its end.
func floorPercent(share *big.Rat, decimals int) string {
	return percentUnits(share, decimals, big.NewInt(0))
}

// ceilPercent writes a share as a percentage, rounded up, without zeros at its
// end.
func ceilPercent(share *big.Rat, decimals int) string {
	return percentUnits(share, decimals, new(big.Int).Sub(share.Denom(), big.NewInt(1)))
}

// percentUnits writes share with the given decimals, after extra was added to
// the numerator of what is left of the last one.
func percentUnits(share *big.Rat, decimals int, extra *big.Int) string {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals+2)), nil)
	units := new(big.Int).Mul(share.Num(), scale)
	units.Add(units, extra)
	units.Quo(units, share.Denom())
	return trimZeros(new(big.Rat).SetFrac(units, scale.Quo(scale, big.NewInt(100))).FloatString(decimals))
}

// trimZeros removes zeros at the end of a decimal, and a point at its end.
func trimZeros(decimal string) string {
	if !strings.Contains(decimal, ".") {
		return decimal
	}
	return strings.TrimRight(strings.TrimRight(decimal, "0"), ".")
}
