package page

import (
	"strconv"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/backtest"
)

// budgetLine is how much of a budget was left, in a picture that is 1000 wide and 100
// high, which is stretched.
type budgetLine struct {
	Class string
	Path  string // of the line
	Area  string // between the line and none
	Zero  string // where nothing is left
}

// budget draws how much was left. The picture reaches from all of it to none, or to
// the least, where more than all was spent.
func (b *builder) budget(o *backtest.Objective) (line budgetLine, title string, drawn bool) {
	if o == nil {
		return line, "", false
	}
	highest, lowest := 1.0, 0.0
	var first, last, least burnrate.Ratio
	for _, s := range o.Remaining {
		value, known := s.Remaining.Value()
		if !known {
			continue
		}
		if !drawn {
			first, least, drawn = s.Remaining, s.Remaining, true
		}
		if most, _ := least.Value(); value < most {
			least = s.Remaining
		}
		last = s.Remaining
		highest, lowest = max(highest, value), min(lowest, value)
	}
	if !drawn {
		return line, "", false
	}
	y := func(value float64) string { return coordinate(100 * (highest - value) / (highest - lowest)) }
	line.Zero = y(0)
	var path, area, run strings.Builder
	begin, end := "", ""
	finish := func() {
		if run.Len() > 0 {
			path.WriteString("M" + run.String())
			area.WriteString("M" + begin + " " + line.Zero + "L" + run.String() + "L" + end + " " + line.Zero + "Z")
			run.Reset()
		}
	}
	for _, s := range o.Remaining {
		value, known := s.Remaining.Value()
		if !known {
			finish() // a gap
			continue
		}
		x := coordinate(10 * b.at(s.At))
		if run.Len() > 0 {
			run.WriteString("L")
		} else {
			begin = x
		}
		end = x
		run.WriteString(x + " " + y(value))
	}
	finish()
	line.Path, line.Area = path.String(), area.String()
	return line, b.t.LeftTitle(share(first), share(last), share(least)), true
}

func coordinate(value float64) string { return strconv.FormatFloat(value, 'f', 1, 64) }
