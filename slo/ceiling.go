package slo

import (
	"fmt"
	"math/big"

	"github.com/slojourn/slojourn/slo/diag"
)

// checkCeiling warns of a journey that promises more than its steps: in
// series, steps that just meet 99.9 % and 99.5 % make 99.4005 %, so a target
// of 99.5 % for the journey would be missed with every step meeting its own.
// Steps without objectives promise nothing and are left out.
func (r *resolver) checkCeiling(d JourneyDeclaration, j *Journey) {
	for i, o := range j.Objectives {
		ceiling := big.NewRat(1, 1)
		for _, step := range j.Steps {
			if objective, ok := nearestObjective(step.SLO.Objectives, o.Window); ok {
				ceiling.Mul(ceiling, objective.Target.rat())
			}
		}
		if len(j.Objectives) != len(d.Objectives) || o.Target.rat().Cmp(ceiling) <= 0 {
			continue
		}
		percent := floorPercent(ceiling, 4)
		r.list.Add(diag.Diagnostic{
			Code: diag.CodeCeiling, Severity: diag.Warning, Span: d.Objectives[i].Target.Span,
			Message: fmt.Sprintf("target %s is above what the steps promise together: %s%%", o.Target, percent),
			Hint:    fmt.Sprintf("write %s%% or less, or raise the targets of the steps", floorPercent(ceiling, 1)),
		})
	}
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
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals+2)), nil)
	units := new(big.Int).Mul(share.Num(), scale)
	units.Quo(units, share.Denom())
	text := new(big.Rat).SetFrac(units, scale.Quo(scale, big.NewInt(100))).FloatString(decimals)
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return text
}
