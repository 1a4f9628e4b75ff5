package report

import (
	"fmt"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// verdictText says what a tier makes of the burn rates of its two windows.
func verdictText(o burnrate.Objective, j burnrate.Judgement) string {
	factor, _ := j.Tier.Factor(o.Window.Window).Float64()
	text := fmt.Sprintf("burns at %s and %s, factor %s: ",
		number(burnOver(o, slo.FormatDuration(j.Tier.Long))), number(burnOver(o, slo.FormatDuration(j.Tier.Short))), number(burnrate.RatioOf(factor)))
	switch j.Verdict {
	case burnrate.Fires:
		return text + "fires"
	case burnrate.Uncovered:
		return text + "not judged, as less than half of a window was measured"
	case burnrate.CalmLong, burnrate.CalmShort:
		return text + "calm"
	default:
		return text + "held back by the guard, " + guardText(j.Verdict)
	}
}

// guardText says why the guard of a policy holds a tier back.
func guardText(v burnrate.Verdict) string {
	switch v {
	case burnrate.FewEvents:
		return "as there are fewer than minEvents valid events"
	case burnrate.FewBad:
		return "as there are fewer than minBad bad events"
	default:
		return "as chance may explain them"
	}
}

func burnOver(o burnrate.Objective, window string) burnrate.Ratio {
	for _, b := range o.Burn {
		if b.Window.Window.String() == window {
			return b.Rate
		}
	}
	return burnrate.Ratio{}
}
