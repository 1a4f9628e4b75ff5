package grafana

import "strings"

// Units of fields.
const (
	unitShare   = "percentunit" // 0.1 is 10%
	unitBurn    = "suffix:×"
	unitSeconds = "s"
	unitCount   = "short"
	unitText    = "string"
)

// in shows the numbers of a column in a unit, and a word where there is none.
func in(unit string, decimals int, none string) []Property {
	return []Property{{"unit", unit}, {"decimals", decimals}, {"noValue", none}}
}

// targetDecimals is how many decimals all targets of the set need in percent: 4 for 99.9995%.
func (m *maker) targetDecimals() int {
	most := 0
	for o := range m.objectives() {
		_, decimals, _ := strings.Cut(strings.TrimSuffix(o.Target.String(), "%"), ".")
		most = max(most, len(decimals))
	}
	return most
}

// errorDecimals is how many decimals error ratios are shown with in percent: enough to
// compare them with what the targets allow.
func (m *maker) errorDecimals() int { return max(3, m.targetDecimals()) }

// named shows a word where a label is missing.
func named(none string) []Property { return []Property{{"noValue", none}} }

// hidden hides a column, by the name that Grafana had for that and the one it has.
func hidden() []Property { return []Property{{"custom.hidden", true}, {"custom.hideFrom.viz", true}} }

// cell has a column show its values in a way: "gauge", "color-background" or "color-text".
// Grafana 9.4 and those after it have different names for that; each leaves out what it
// does not know.
func cell(kind string) []Property {
	options, before := CellOptions{Type: kind}, kind
	switch kind {
	case "gauge":
		options.Mode, before = "basic", "basic"
	case "color-background":
		options.Mode, before = "basic", "color-background-solid"
	}
	return []Property{{"custom.displayMode", before}, {"custom.cellOptions", options}}
}

// budgetCell shows what is left of a budget as a bar, in the colour of its state.
func budgetCell(none string) []Property {
	show := append(in(unitShare, 1, none), cell("gauge")...)
	return append(show, Property{"min", 0}, Property{"max", 1}, Property{"thresholds", budgetSteps()}, Property{"color", byThreshold()})
}

// leftCell shows what is left of a budget where a bar has no room: on the colour of its
// state, but for one that is healthy.
func leftCell(none string) []Property {
	show := append(in(unitShare, 1, none), cell("color-background")...)
	return append(show, Property{"thresholds", unlessFine(budgetSteps())}, Property{"color", byThreshold()})
}

// burnCell shows a burn rate, on a colour from the one on that spends the budget before its
// window is over.
func burnCell(none string) []Property {
	show := append(in(unitBurn, 2, none), cell("color-background")...)
	return append(show, Property{"thresholds", unlessFine(burnSteps())}, Property{"color", byThreshold()})
}

// errorCell shows an error ratio, or the reason of [explained].
func errorCell(decimals int, w *sharedWords) []Property {
	show := append(in(unitShare, decimals, w.NotKnown), cell("color-text")...)
	return append(show, Property{"mappings", w.reasons()}, Property{"thresholds", steps("text")}, Property{"color", byThreshold()})
}

// coverageCell shows which share of a window was measured, on a colour where that is not
// all.
func coverageCell(none string) []Property {
	show := append(in(unitShare, 1, none), cell("color-background")...)
	return append(show, Property{"thresholds", unlessFine(coverageSteps())}, Property{"color", byThreshold()})
}

// wordCell shows words in place of values, each on its colour.
func wordCell(none string, words ...word) []Property {
	show := append(cell("color-background"), Property{"noValue", none}, Property{"mappings", mappings(words...)})
	return append(show, Property{"color", byThreshold()}, Property{"thresholds", steps("transparent")})
}

// linked has the cells of a column lead to the dashboard that the column dashboard names.
func linked(title string) []Property {
	return []Property{{"links", []Link{{Title: title, URL: to("${__data.fields.dashboard}")}}}}
}

// word stands for a value.
type word struct {
	value  string // a number or a text
	text   string
	colour string // "" for none
}

// mappings show words in place of values.
func mappings(words ...word) []Mapping {
	list := map[string]Mapped{}
	for i, w := range words {
		list[w.value] = Mapped{Text: w.text, Color: w.colour, Index: i}
	}
	return []Mapping{{Type: "value", Options: list}}
}
