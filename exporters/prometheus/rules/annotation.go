package rules

import (
	"cmp"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// shownOf says what comes of the questions of annotations in a test: "" for none.
type shownOf struct {
	burn   map[string]string // by window
	budget string
}

// annotations is what an alert says, by the names that notifications have for
// Alertmanager.
type annotations map[string]*text

func (a annotations) templates() map[string]string {
	made := map[string]string{}
	for name, t := range a {
		made[name] = t.template.String()
	}
	return made
}

// shown is what comes of the templates.
func (a annotations) shown() map[string]string {
	made := map[string]string{}
	for name, t := range a {
		made[name] = t.shown.String()
	}
	return made
}

// annotations says what happened and what there is to know. burnRate is an
// expression for the burn rate over a window.
func (j *judged) annotations(burnRate func(window string) string, shown shownOf) annotations {
	a := annotations{}
	add := func(name, value string) *text {
		if value == "" {
			return nil
		}
		t := &text{}
		t.say(value)
		a[name] = t
		return t
	}
	happened, why := j.headline()
	add("summary", "["+string(j.Severity)+"] "+j.what()+": "+happened)
	description := add("description", why)
	description.say("\n")
	for _, tier := range j.tiers {
		description.say("\nBurn rate:")
		for _, length := range []time.Duration{tier.Long, tier.Short} {
			window := slo.FormatDuration(length)
			description.ask(" ", burnRate(window), `printf "%.4g"`, shown.burn[window], " over "+window+",")
		}
		description.say(" fires above " + number(tier.Factor(j.objective.Window)))
	}
	if j.objective != nil {
		description.ask("\nBudget left: ", "max("+budgetOf(j.Key)+")", "humanizePercentage", shown.budget, "")
	}
	j.facts(description)
	add("runbook_url", j.lines.of(j.Subject.Runbook))
	add("contact", j.lines.of(j.Subject.Contact))
	add("when_spent", j.lines.of(j.Subject.WhenSpent))
	var links []string
	for _, l := range j.Subject.Links {
		links = append(links, j.lines.of(l.Title)+": "+j.lines.of(l.URL))
	}
	add("links", strings.Join(links, "\n"))
	return a
}

// facts adds what the specs say.
func (j *judged) facts(t *text) {
	s := j.Subject
	if s.Step != "" {
		t.line("Journey", j.lines.named(s.JourneyTitle, s.Journey))
		t.line("Step", s.Step)
	}
	t.line("Part of", strings.Join(s.Journeys, ", "))
	if s.Target != "" {
		objective := s.Target + " over " + s.Window
		if j.Objective != s.Window {
			objective += " (" + j.Objective + ")"
		}
		t.line("Objective", objective)
	}
	owner := j.lines.named(s.OwnerTitle, j.Labels.Owner)
	if contact := j.lines.of(s.Contact); contact != "" {
		owner += ", " + contact
	}
	t.line("Owner", owner)
	t.line("Alert policy", s.Policy)
	t.line("About", j.lines.of(s.Description))
	t.line("Once the budget is spent", j.lines.of(s.WhenSpent))
	t.line("ID", j.ID)
}

// headline says what happened in a few words and in a sentence.
func (j *judged) headline() (happened, why string) {
	switch j.Kind {
	case alert.Burn:
		return "the error budget burns too fast",
			"The budget burns faster than a tier of the alert policy allows, where a burn rate of 1 spends it exactly when the window ends."
	case alert.Budget:
		levels := make([]string, len(j.policy.BudgetSpent))
		for i, at := range j.policy.BudgetSpent {
			levels[i] = at.String()
		}
		return "much of the error budget is spent", "A share of the budget is spent that the owner wants to know of: " + strings.Join(levels, " or ") + "."
	case alert.NoTraffic:
		return "far fewer events than usual",
			"The events of the last " + slo.FormatDuration(j.policy.NoTraffic.After) + " are fewer than " + j.policy.NoTraffic.Below.String() + " of what is usual at this time of day."
	case alert.NoData:
		return "nothing is measured",
			"Nothing was measured for " + slo.FormatDuration(j.policy.NoData.After) + ", and something was before: nobody would see an outage."
	default:
		return "it measures nothing", "The source does not answer, or all that it measures has stopped at once: nobody would see an outage."
	}
}

// what names what an alert is about, as messages do.
func (j *judged) what() string {
	s, title := j.Subject, j.lines.of(j.Labels.Title)
	if name, is := strings.CutPrefix(j.ID, "source:"); is {
		return "source " + name
	}
	if s.Step != "" {
		return cmp.Or(j.lines.of(s.JourneyTitle), s.Journey) + " › " + cmp.Or(title, s.Step)
	}
	return cmp.Or(title, j.ID)
}

// number writes a factor with the digits that people compare.
func number(factor *big.Rat) string {
	value, _ := factor.Float64()
	return strconv.FormatFloat(value, 'g', 4, 64)
}
