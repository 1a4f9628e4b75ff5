package report

import (
	"math"
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
)

// sliText is the share of good events, cut and not rounded, so that it never
// looks better than it is: one decimal more than the target has. Only a share
// without any bad event is 100%.
func sliText(errorRatio, coverage burnrate.Ratio, target string) string {
	e, known := errorRatio.Value()
	covered, _ := coverage.Value()
	switch {
	case known && e == 0:
		return "100%"
	case known:
		_, decimals, _ := strings.Cut(strings.TrimSuffix(target, "%"), ".")
		digits := min(max(len(decimals)+1, 2), 4)
		scale := math.Pow10(digits + 2)
		// A ratio of 0.0003 is a hair above 0.0003 in binary: less than one in
		// 10^12 is not rounded up.
		bad := math.Ceil(e * scale * (1 - 1e-12))
		return strconv.FormatFloat((scale-bad)/math.Pow10(digits), 'f', digits, 64) + "%"
	case covered > 0:
		return "idle"
	default:
		return "no data"
	}
}

// Marks stand before the budget that is left, and before the line below the
// table that says more.
const (
	partialMark  = "~"
	excludedMark = "*"
	alertMark    = "!" // this one and the next before the line only
	noticeMark   = "i"
)

func leftText(o objectiveRecord) string {
	left, known := o.BudgetRemainingRatio.Value()
	if !known {
		return "–"
	}
	mark := ""
	if o.State == burnrate.Partial || o.ApproximateMinutes > 0 {
		mark = partialMark
	}
	if o.Excluded != nil {
		mark = excludedMark + mark
	}
	return mark + shareLeft(left)
}

func shareLeft(left float64) string {
	switch {
	case left <= -100:
		return "<-9999%"
	case math.Abs(left) > 1:
		return percent(left, 0)
	default:
		return percent(left, 1)
	}
}

// windowText names a window in a sentence.
func windowText(w slo.Window) string {
	return objectiveRecord{Window: w.String(), TimeZone: w.TimeZone()}.windowText()
}

// windowText names the window in a sentence.
func (o objectiveRecord) windowText() string {
	if o.isCalendar() {
		return "the " + o.Window + " (" + o.TimeZone + ")"
	}
	return o.Window
}

// isCalendar reports whether the window follows a calendar: then it has a zone.
func (o objectiveRecord) isCalendar() bool { return o.TimeZone != "" }

func percent(share float64, decimals int) string {
	return strconv.FormatFloat(share*100, 'f', decimals, 64) + "%"
}

// burnText shows three digits, or as many as stand before the point; what has
// more than five is shown in thousands.
func burnText(rate burnrate.Ratio) string {
	value, known := rate.Value()
	switch {
	case !known:
		return "–"
	case value < 9.995:
		return strconv.FormatFloat(value, 'f', 2, 64)
	case value < 99.95:
		return strconv.FormatFloat(value, 'f', 1, 64)
	case value < 99_999.5:
		return strconv.FormatFloat(value, 'f', 0, 64)
	case value < 999_500:
		return strconv.FormatFloat(value/1000, 'f', 0, 64) + "k"
	default:
		return ">999k"
	}
}

// apart shows how a tier burned that did not fire, and its factor, with as many
// digits as tell them apart: 0.9988 of 1 is 0.999 of 1.000, and not 1.00 of 1.00.
func apart(burn, factor burnrate.Ratio) (string, string) {
	const most = 6 // what differs behind that is the arithmetic of floats
	b, known := burn.Value()
	f, defined := factor.Value()
	texts := [2]string{burnText(burn), burnText(factor)}
	if !known || !defined || texts[0] != texts[1] {
		return texts[0], texts[1]
	}
	for digits := 1; digits <= most; digits++ {
		more := [2]string{strconv.FormatFloat(b, 'f', digits, 64), strconv.FormatFloat(f, 'f', digits, 64)}
		if more[0] != more[1] {
			return more[0], more[1]
		}
	}
	return texts[0], texts[1]
}

func causeText(step *part) string {
	text := ""
	if step != nil {
		if value, known := step.ratio.Value(); known {
			text = percent(value, 0)
		}
	}
	return term.FitRight(text, causeWidth)
}

type style string

const (
	bold   style = "\x1b[1m"
	dim    style = "\x1b[2m"
	red    style = "\x1b[31m"
	yellow style = "\x1b[33m"
	green  style = "\x1b[32m"
)

func budgetStyle(state burnrate.BudgetState) style {
	switch state {
	case burnrate.Healthy:
		return green
	case burnrate.AtRisk:
		return yellow
	case burnrate.Spent:
		return red
	default:
		return dim
	}
}

func (t *table) paint(s style, text string) string { return painted(t.color, s, text) }

func painted(color bool, s style, text string) string {
	if !color {
		return text
	}
	return string(s) + text + "\x1b[0m"
}
