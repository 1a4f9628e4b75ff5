//go:build servers

package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo"
)

// said is what eval says, as far as panels show it.
type said struct {
	At   string
	SLOs []*saidSLO
}

type saidSLO struct {
	ID, Kind, Owner string
	Objectives      []*saidObjective
}

type saidObjective struct {
	Name, Window, Target string
	State                string
	saidNumbers
	BudgetRemainingRatio *float64
	Burn                 []struct {
		Window string
		saidNumbers
	}
	Attribution []saidShare
	Steps       []struct{ Step, ID string } // of a journey
}

// saidShare is the share that a step has of the errors of a journey.
type saidShare struct {
	Step  string
	Ratio *float64
}

// saidNumbers are those of one window. What is not defined is nil.
type saidNumbers struct {
	ErrorRatio, BurnRate *float64
	Coverage             float64
}

// sayings asks for what eval says, and returns the answer as it was written too.
func (d *shownDemo) sayings(t *testing.T) (document said, written string) {
	t.Helper()
	_, written = d.ask(http.MethodGet, "/api/v1/slos")
	if err := json.Unmarshal([]byte(written), &document); err != nil {
		t.Fatal(err)
	}
	return document, written
}

// over returns the numbers of a window that an objective has.
func (o *saidObjective) over(window string) saidNumbers {
	if window == o.Window {
		return o.saidNumbers
	}
	for _, b := range o.Burn {
		if b.Window == window {
			return b.saidNumbers
		}
	}
	return saidNumbers{}
}

// share returns the share that a step has of the errors of a journey.
func (o *saidObjective) share(step string) *float64 {
	for _, a := range o.Attribution {
		if a.Step == step {
			return a.Ratio
		}
	}
	return nil
}

// shareOrNone is -1, which is shown as a word, where there are no errors to have shares of.
func (o *saidObjective) shareOrNone(step string) *float64 {
	if o.ErrorRatio != nil && *o.ErrorRatio == 0 {
		return new(-1.0)
	}
	return o.share(step)
}

// explained is a number of a window, or the number that is shown as the reason why there is
// none: -1 where there were no events, and -2 where nothing was measured.
func (n saidNumbers) explained(value *float64) *float64 {
	switch {
	case value != nil:
		return value
	case n.Coverage > 0:
		return new(-1.0)
	}
	return new(-2.0)
}

// reading is what a panel is about: the whole document, or one SLO of it.
type reading struct {
	said
	set  *slo.Set
	own  *saidSLO // nil of the dashboards of everything
	text []string // what the groups of the rule's pattern matched
}

// objective returns the one of the SLO that its dashboard shows: the other one of
// [said.another] is not in the specs.
func (r *reading) objective() *saidObjective { return r.own.Objectives[0] }

// window returns the window that a group names, as specs spell it: "5 min" is 5m.
func (r *reading) window(group int) string {
	return strings.NewReplacer(" min", "m", " h", "h", " d", "d").Replace(r.text[group])
}

// slo returns one by its id.
func (r *reading) slo(id string) *saidSLO {
	return r.SLOs[slices.IndexFunc(r.SLOs, func(s *saidSLO) bool { return s.ID == id })]
}

// step returns the name of the journey's step with a title, and its first objective.
func (r *reading) step(title string) (name string, o *saidObjective) {
	for _, j := range r.set.Journeys {
		for _, step := range j.Steps {
			called := step.Title
			if called == "" && step.SLO.Kind == slo.KindStep {
				called = step.SLO.About.Title
			}
			if j.ID == r.own.ID && (called == title || called == "" && step.Name == title) {
				return step.Name, r.slo(step.SLO.ID).Objectives[0]
			}
		}
	}
	return "", nil
}

// cells are the numbers of a column by the labels of their rows, or one number of no labels.
type cells map[string]float64

// add adds the number of a row, if it is known.
func (n cells) add(value *float64, row ...string) {
	if value != nil {
		n[strings.Join(row, ", ")] = *value
	}
}

// one has one number, if it is known.
func one(value *float64) cells {
	n := cells{}
	n.add(value)
	return n
}

// each has a number for every objective of the SLOs of a kind, or of all.
func (r *reading) each(kind string, value func(o *saidObjective) *float64) cells {
	n := cells{}
	for _, s := range r.SLOs {
		for _, o := range s.Objectives {
			if kind == "" || s.Kind == kind {
				n.add(value(o), s.ID, o.Name)
			}
		}
	}
	return n
}

// steps has a number for every step of the journey.
func (r *reading) steps(value func(place int, name string, o *saidObjective) *float64) cells {
	n := cells{}
	for i, step := range r.objective().Steps {
		n.add(value(i+1, step.Step, r.slo(step.ID).Objectives[0]), step.Step)
	}
	return n
}

// least is what is left of the objective that has least, or nil if that is not known.
func (s *saidSLO) least() *float64 {
	var least *float64
	for _, o := range s.Objectives {
		if left := o.BudgetRemainingRatio; left != nil && (least == nil || *left < *least) {
			least = left
		}
	}
	return least
}

// journeys counts those whose least budget left, nil if it is not known, is so.
func (r *reading) journeys(is func(left *float64) bool) cells {
	count := 0.0
	for _, s := range r.SLOs {
		if s.Kind == "journey" && len(s.Objectives) > 0 && is(s.least()) {
			count++
		}
	}
	return one(&count)
}

// owners has a number for every owner that has objectives with a known budget: value is
// given how much is left of each.
func (r *reading) owners(value func(left []float64) float64) cells {
	left := map[string][]float64{}
	for _, s := range r.SLOs {
		for _, o := range s.Objectives {
			if o.BudgetRemainingRatio != nil {
				left[s.Owner] = append(left[s.Owner], *o.BudgetRemainingRatio)
			}
		}
	}
	n := cells{}
	for owner, all := range left {
		n[owner] = value(all)
	}
	return n
}

// largest has no more rows than a table lists, those with the largest numbers, or one row
// with the number 0 that says that there are none.
func (n cells) largest(most int, none string) cells {
	values := []float64{}
	for _, value := range n {
		values = append(values, value)
	}
	slices.Sort(values)
	if len(values) == 0 {
		return cells{none: 0}
	}
	for row, value := range n {
		if len(values) > most && value < values[len(values)-most] {
			delete(n, row)
		}
	}
	return n
}
