//go:build servers

package main

import (
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// panelRule says what panels show, by what people read there.
type panelRule struct {
	// of is a pattern of "dashboard: panel: column or line", where dashboard is overview,
	// review, journey, step or slo.
	of   string
	rows []string // the labels that tell rows apart; none where there is one number
	want func(r *reading) cells
}

// panelRules are what the numbers of panels are in what eval says. None of it is taken from the
// expressions of the panels.
func panelRules() []panelRule {
	objectives, steps := []string{"id", "objective"}, []string{"step"}
	table := `: Journeys, least budget left first: `
	return []panelRule{
		// The overview.
		{"overview: Healthy: ", nil, func(r *reading) cells {
			return r.journeys(func(left *float64) bool { return left != nil && *left >= 0.25 })
		}},
		{"overview: At risk: ", nil, func(r *reading) cells {
			return r.journeys(func(left *float64) bool { return left != nil && *left > 0 && *left < 0.25 })
		}},
		{"overview: Spent: ", nil, func(r *reading) cells {
			return r.journeys(func(left *float64) bool { return left != nil && *left <= 0 })
		}},
		{"overview: Unknown: ", nil, func(r *reading) cells { return r.journeys(func(left *float64) bool { return left == nil }) }},
		{"(?:overview|review)" + table + "Target", objectives, func(r *reading) cells { return r.each("journey", target) }},
		{"(?:overview" + table + "Budget left|review" + table + "Left now)", objectives, func(r *reading) cells { return r.each("journey", left) }},
		{"overview" + table + "Burn rate, (.*)", objectives, func(r *reading) cells {
			return r.each("journey", func(o *saidObjective) *float64 { return burnRate(o, r.window(0)) })
		}},
		{"(?:overview|review)" + table + "Errors", objectives, func(r *reading) cells {
			return r.each("journey", func(o *saidObjective) *float64 { return errorRatio(o, o.Window) })
		}},
		{"(?:overview|review)" + table + "Measured", objectives, func(r *reading) cells { return r.each("journey", coverage) }},
		{"overview" + table + "Data", objectives, func(r *reading) cells { return r.each("journey", state) }},
		{"overview: Budget left over time, lowest journeys: .*", []string{"id"}, func(r *reading) cells {
			n := cells{}
			for _, s := range r.SLOs {
				if s.Kind == "journey" {
					n.add(s.least(), s.ID)
				}
			}
			return n
		}},

		// The review.
		{"review: Steps that used most of a journey's budget: Of the budget", []string{"journey", "step", "objective"}, func(r *reading) cells {
			n := cells{}
			for _, s := range r.SLOs {
				for _, o := range s.Objectives {
					for _, a := range o.Attribution {
						if a.Ratio != nil && o.BudgetRemainingRatio != nil && *a.Ratio*(1-*o.BudgetRemainingRatio) > 0 {
							n.add(new(*a.Ratio*(1-*o.BudgetRemainingRatio)), s.ID, a.Step, o.Name)
						}
					}
				}
			}
			return n.largest(10, ", , ")
		}},
		{"review: Owners: Total", []string{"owner"}, func(r *reading) cells {
			n := cells{}
			for _, s := range r.SLOs {
				n[s.Owner] += float64(len(s.Objectives))
			}
			return n
		}},
		{"review: Owners: Spent", []string{"owner"}, func(r *reading) cells {
			return r.owners(func(left []float64) float64 { return count(left, func(v float64) bool { return v <= 0 }) })
		}},
		{"review: Owners: At risk", []string{"owner"}, func(r *reading) cells {
			return r.owners(func(left []float64) float64 { return count(left, func(v float64) bool { return v > 0 && v < 0.25 }) })
		}},
		{"review: Owners: Least left", []string{"owner"}, func(r *reading) cells { return r.owners(slices.Min) }},
		{"review: What was not measured: Not measured", objectives, func(r *reading) cells {
			return r.each("", func(o *saidObjective) *float64 {
				if missing := 1 - o.Coverage; missing > 0.01 {
					return &missing
				}
				return nil
			}).largest(10, ", ")
		}},

		// What journeys, steps and SLOs have.
		{"(?:journey|step|slo): Budget left: (.*) in (.*): ", nil, func(r *reading) cells {
			if o := r.objective(); r.text[0] == o.Target && r.window(1) == o.Window {
				return one(o.BudgetRemainingRatio)
			}
			return nil
		}},
		{"(?:journey|step|slo): Burn rate, (.*): ", nil, func(r *reading) cells { return one(burnRate(r.objective(), r.window(0))) }},
		{"(?:journey|step|slo): Errors, (.*): ", nil, func(r *reading) cells { return one(errorRatio(r.objective(), r.window(0))) }},
		{"(?:journey|step|slo): Data: ", nil, func(r *reading) cells { return one(state(r.objective())) }},
		{"(?:journey|step|slo): (?:page|ticket): .* and .* above .*×: (.*)", nil, func(r *reading) cells {
			return one(r.objective().over(r.window(0)).BurnRate)
		}},

		// Journeys.
		{"journey: How each step is doing: No.", steps, func(r *reading) cells {
			return r.steps(func(place int, _ string, _ *saidObjective) *float64 { return new(float64(place)) })
		}},
		{"journey: How each step is doing: Budget left", steps, func(r *reading) cells {
			return r.steps(func(_ int, _ string, o *saidObjective) *float64 { return left(o) })
		}},
		{"journey: How each step is doing: Burn rate, (.*)", steps, func(r *reading) cells {
			return r.steps(func(_ int, _ string, o *saidObjective) *float64 { return burnRate(o, r.window(0)) })
		}},
		{"journey: How each step is doing: Errors, (.*)", steps, func(r *reading) cells {
			return r.steps(func(_ int, _ string, o *saidObjective) *float64 { return errorRatio(o, r.window(0)) })
		}},
		{"journey: How each step is doing: Share of errors", steps, func(r *reading) cells {
			return r.steps(func(_ int, name string, _ *saidObjective) *float64 { return r.objective().shareOrNone(name) })
		}},
		{"journey: How each step is doing: Measured", steps, func(r *reading) cells {
			return r.steps(func(_ int, _ string, o *saidObjective) *float64 { return coverage(o) })
		}},
		{"journey: Share of errors: .*: (.*)", nil, func(r *reading) cells {
			name, _ := r.step(r.text[0])
			return one(r.objective().shareOrNone(name))
		}},
		{"journey: Share of errors over time: (.*)", nil, func(r *reading) cells {
			name, _ := r.step(r.text[0])
			return one(r.objective().share(name))
		}},
		{"journey: Budget left: ([^:]*)", nil, func(r *reading) cells {
			if r.text[0] == "the journey" {
				return one(left(r.objective()))
			}
			_, o := r.step(r.text[0])
			return one(left(o))
		}},

		// Steps and SLOs.
		{"(?:step|slo): Budget left: [^:]*", nil, func(r *reading) cells { return one(left(r.objective())) }},
		{"(?:step|slo): Measured, (.*): ", nil, func(r *reading) cells { return one(new(r.objective().over(r.window(0)).Coverage)) }},
		{"(?:step|slo): Share of bad events, by window: (.*)", nil, func(r *reading) cells {
			return one(r.objective().over(r.window(0)).ErrorRatio)
		}},
		{"(?:step|slo): Share of time that was measured: (.*)", nil, func(r *reading) cells {
			return one(new(r.objective().over(r.window(0)).Coverage))
		}},
	}
}

// notEvals are the panels and columns that show what eval does not say, and what that is.
func notEvals() map[string]string {
	return map[string]string{
		"overview: (?:Pages|Tickets) (?:firing|open): ":                     "what people were told",
		"overview: Sources down: ":                                          "what people were told",
		"overview: Journeys, least budget left first: Firing":               "what people were told",
		"overview: Firing now: .*":                                          "what people were told",
		"(?:journey|step|slo): (?:Pages|Tickets) (?:firing|open): ":         "what people were told",
		"(?:journey|step|slo): Alerts over time: .*":                        "what people were told",
		"review: How long alerts fired: .*":                                 "what people were told",
		"review: Journeys, least budget left first: (?:Left before|Change)": "another instant",
		"review: Targets that may be too loose: .*":                         "a long time",
		"overview: Data age: ":                                              "the time of day",
		"(?:step|slo): Newest measurement: .*":                              "the time of day",
		"(?:step|slo): (?:Good and bad|Late) events: .*":                    "counters",
	}
}

func left(o *saidObjective) *float64 { return o.BudgetRemainingRatio }

func coverage(o *saidObjective) *float64 { return &o.Coverage }

func burnRate(o *saidObjective, window string) *float64 {
	n := o.over(window)
	return n.explained(n.BurnRate)
}

func errorRatio(o *saidObjective, window string) *float64 {
	n := o.over(window)
	return n.explained(n.ErrorRatio)
}

func target(o *saidObjective) *float64 {
	t, err := slo.ParseTarget(o.Target)
	if err != nil {
		return nil
	}
	return new(t.Ratio())
}

// state is the number that is shown as a word.
func state(o *saidObjective) *float64 {
	return new(float64(1 + slices.Index([]string{"measured", "partial", "no-traffic", "no-data"}, o.State)))
}

// count counts the values that are so.
func count(values []float64, is func(float64) bool) float64 {
	n := 0.0
	for _, v := range values {
		if is(v) {
			n++
		}
	}
	return n
}
