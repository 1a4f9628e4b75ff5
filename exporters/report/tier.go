package report

import (
	"fmt"

	"github.com/slojourn/slojourn/burnrate"
)

// verdictText says what a tier makes of the burn rates of its two windows.
func (o objectiveRecord) verdictText(a alertRecord) string {
	text := fmt.Sprintf("burns at %s and %s, factor %s: ", number(o.burnOver(a.Long)), number(o.burnOver(a.Short)), number(a.Factor))
	switch a.Verdict {
	case burnrate.Fires.String():
		return text + "fires"
	case burnrate.Uncovered.String():
		return text + "not judged, as less than half of a window was measured"
	case burnrate.CalmLong.String(), burnrate.CalmShort.String():
		return text + "calm"
	default:
		return text + "held back by the guard, " + guardText(a.Verdict)
	}
}

// guardText says why the guard of a policy holds a tier back.
func guardText(verdict string) string {
	switch verdict {
	case burnrate.FewEvents.String():
		return "as there are fewer than minEvents valid events"
	case burnrate.FewBad.String():
		return "as there are fewer than minBad bad events"
	default:
		return "as chance may explain them"
	}
}

func (o objectiveRecord) burnOver(window string) burnrate.Ratio {
	for _, b := range o.Burn {
		if b.Window == window {
			return b.BurnRate
		}
	}
	return burnrate.Ratio{}
}
