//go:build servers

package main

import (
	"fmt"
	"strings"
)

// another gives everything a second objective, with numbers like no other's: what reads
// an objective's series without its name shows those. The demo has one each. The result is
// what /metrics would have of them. What is said of windows is the same of both.
func (s *said) another() (metrics string) {
	const name, target, left, rate = "another", "97.531%", 0.375, 77.5
	var text strings.Builder
	shares := 1.5
	for _, one := range s.SLOs {
		own := one.Objectives[0]
		second := *own
		second.Name, second.Target, second.State, second.BudgetRemainingRatio, second.BurnRate = name, target, "partial", new(left), new(rate)
		second.Burn, second.Attribution = append(second.Burn[:0:0], own.Burn...), nil
		labels := fmt.Sprintf("id=%q,objective=%q", one.ID, name)
		if one.Kind != "slo" {
			journey, step, _ := strings.Cut(one.ID, "/")
			labels += fmt.Sprintf(",journey=%q,step=%q", journey, step)
		}
		fmt.Fprintf(&text, "slojourn_objective_ratio{%s,window=%q} 0.97531\n", labels, own.Window)
		fmt.Fprintf(&text, "slojourn_error_budget_remaining_ratio{%s} %v\n", labels, left)
		fmt.Fprintf(&text, "slojourn_state{%s,state=\"partial\"} 1\n", labels)
		for i := range second.Burn {
			second.Burn[i].BurnRate = new(rate)
			fmt.Fprintf(&text, "slojourn_burn_rate{%s,window=%q} %v\n", labels, second.Burn[i].Window, rate)
		}
		for _, step := range own.Steps {
			shares++
			second.Attribution = append(second.Attribution, saidShare{step.Step, new(1 / shares)})
			fmt.Fprintf(&text, "slojourn_journey_attribution_ratio{%s,cause=%q} %v\n", labels, step.Step, 1/shares)
		}
		one.Objectives = append(one.Objectives, &second)
	}
	return text.String()
}
