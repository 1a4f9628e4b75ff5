package grafana

// Colours that people who see no red, no green or no blue tell apart: those that Okabe and
// Ito chose in 2008. A colour never stands alone: a word says the same.
const (
	blue      = "#0072B2" // healthy
	orange    = "#E69F00" // at risk
	vermilion = "#D55E00" // spent, or firing
	grey      = "#8C8C8C" // not known
	sky       = "#56B4E9"
	green     = "#009E73"
	purple    = "#CC79A7"
	ink       = "#3D3D3D"
)

// lineColour is that of a line in a graph by its place, and whether it is dashed: after as
// many as there are colours they begin again. None is that of what fires or is at risk. The
// last four are not of Okabe and Ito; TestLinesAreToldApart says how far apart all are.
func lineColour(place int) (colour string, dashed bool) {
	all := [mostLines]string{blue, green, purple, sky, "#7830D8", "#784818", "#A8D878", "#882255"}
	return all[place%len(all)], place/len(all)%2 == 1
}

// atRisk is the share of a budget below which it is at risk; the same as in evaluation.
const atRisk = 0.25

// steps makes thresholds: the first colour is below all values, and each value begins the
// colour after it. They are in the unit of the field.
func steps(lowest string, more ...ThresholdStep) *Thresholds {
	return &Thresholds{Mode: "absolute", Steps: append([]ThresholdStep{{Color: lowest}}, more...)}
}

// from is a threshold.
func from(value float64, colour string) ThresholdStep {
	return ThresholdStep{Color: colour, Value: &value}
}

// byThreshold colours a value by the thresholds.
func byThreshold() *Color { return &Color{Mode: "thresholds"} }

// budgetSteps are those of what remains of a budget, as a share: spent at 0 and below, at
// risk below a quarter. What remains is exactly 0 in the moment it is spent, so that the
// next colour begins just above it.
func budgetSteps() *Thresholds {
	const justAbove = 1e-9
	return steps(vermilion, from(justAbove, orange), from(atRisk, blue))
}

// burnSteps are those of a burn rate: at 1 it spends the budget when its window ends.
func burnSteps() *Thresholds { return steps(blue, from(1, orange)) }

// coverageSteps are those of the share of a window that was measured: from 99 % on it
// counts as measured.
func coverageSteps() *Thresholds { return steps(vermilion, from(0.9, orange), from(0.99, blue)) }

// unlessFine leaves out the colour of what is as it should be, for cells whose numbers stand
// on a colour: orange letters on white are hard to read.
func unlessFine(t *Thresholds) *Thresholds {
	for i := range t.Steps {
		if t.Steps[i].Color == blue {
			t.Steps[i].Color = "transparent"
		}
	}
	return t
}

// countSteps colour a number of things from 1 on.
func countSteps(colour string) *Thresholds { return steps(ink, from(1, colour)) }
