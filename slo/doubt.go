package slo

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/slojourn/slojourn/slo/diag"
)

// Doubt is what makes no sense about the targets and alert policies of one id: what
// [Resolve] warns of.
type Doubt struct {
	ID      string
	Message string
}

// Doubts returns what makes no sense about a set that may have been changed since it was
// resolved: tiers that can never fire, or always do, policies that look back longer than
// a window, and journeys that promise more than their steps. They are ordered by id.
func (s *Set) Doubts() []Doubt {
	var doubts []Doubt
	objectives := func(id string, list []Objective) {
		for _, o := range list {
			for _, message := range o.doubts() {
				doubts = append(doubts, Doubt{id, message.String()})
			}
		}
	}
	for _, m := range s.SLOs {
		objectives(m.ID, m.Objectives)
	}
	for _, j := range s.Journeys {
		objectives(j.ID, j.Objectives)
		for _, o := range j.Objectives {
			if ceiling := j.ceiling(o); ceiling != nil {
				doubts = append(doubts, Doubt{j.ID, aboveCeiling(o, ceiling).String()})
			}
		}
	}
	slices.SortStableFunc(doubts, func(a, b Doubt) int { return cmp.Compare(a.ID, b.ID) })
	return doubts
}

// doubts are about the alert policy of an objective.
func (o Objective) doubts() []diag.Phrase {
	if o.Alerts == nil {
		return nil
	}
	if message := o.lookedBack(); !message.Empty() {
		return []diag.Phrase{message}
	}
	var messages []diag.Phrase
	limit := new(big.Rat).Inv(o.Target.AllowedRat())
	for _, tier := range o.Alerts.Tiers {
		if code, message := o.unsound(tier, tier.Factor(o.Window), limit); code != "" {
			messages = append(messages, diag.Say("%s: %s", o.Alerts.Name, message))
		}
	}
	return messages
}
