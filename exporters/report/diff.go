package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo/spec/diff"
)

// DiffSchema is the name and version of the JSON document about a change of specs.
const DiffSchema = "slojourn.diff/v1"

// Diff is what a change of specs means, as a document: see [DiffText], [DiffMarkdown] and
// [DiffJSON].
type Diff struct {
	Base    string   // what the specs are compared with, as it was named
	Paths   []string // of the specs
	Changes []diff.Change
	// BaseErrors is how many errors the old specs have: what they concern may be missing in
	// them, and look as if it were new.
	BaseErrors int
	History    *Backtest // what a history says of both; nil without one
}

// diffRow is a change in words.
type diffRow struct {
	*diff.Change
	id     string // with the name of the objective
	phrase string // target lowered, and of what
	budget string // how long everything may fail, and how many events; "" when it is not about that
	notes  string // what follows from it
}

// rows puts the changes into words.
func (d *Diff) rows() []diffRow {
	called := map[diff.Kind]string{}
	for _, k := range diff.Kinds() {
		called[k.Kind] = k.Says
	}
	rows := make([]diffRow, len(d.Changes))
	for i := range d.Changes {
		c := &d.Changes[i]
		r := diffRow{Change: c, id: diffName(c.Subject), phrase: called[c.Kind], budget: d.budgetText(c)}
		if c.Objective != "" {
			r.id += " " + c.Objective
		}
		if c.Detail != "" {
			r.phrase += " (" + c.Detail + ")"
		}
		notes := slices.Clone(c.Notes)
		if len(c.Reaches) > 0 {
			notes = append(notes, "for "+reachText(c.Reaches))
		}
		r.notes = strings.Join(notes, "; ")
		rows[i] = r
	}
	return rows
}

// diffName names what a change is about.
func diffName(s diff.Subject) string {
	switch s.What {
	case diff.Journey, diff.Step, diff.SLO:
		return s.Name
	case diff.Several:
		return "several journeys and SLOs"
	case diff.Policy:
		return "alert policy " + s.Name
	case diff.Exclusion, diff.Team, diff.Notifier, diff.Source:
	}
	return string(s.What) + " " + s.Name
}

// reachText names what a change is for, and counts what is too much to name.
func reachText(ids []string) string {
	const most = 4
	if len(ids) <= most {
		return strings.Join(ids, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(ids[:most-1], ", "), len(ids)-most+1)
}

// turn is what was and what is. Of what has come or gone that is but one of them.
func (r *diffRow) turn() string {
	comesOrGoes := slices.ContainsFunc([]string{"-added", "-removed", "-on", "-off", "-gained", "-lost", "-restarted", "-kept"}, func(end string) bool {
		return strings.HasSuffix(string(r.Kind), end)
	})
	switch {
	case r.Before == "" && (comesOrGoes || r.After == ""):
		return r.After
	case r.After == "" && comesOrGoes:
		return r.Before
	}
	return cmp.Or(r.Before, "none") + " → " + cmp.Or(r.After, "none")
}

func (d *Diff) budgetText(c *diff.Change) string {
	if c.Budget == nil {
		return ""
	}
	text := "budget " + turned(term.Duration(c.Budget.Before), term.Duration(c.Budget.After))
	if before, after := d.allowed(c); before != nil && after != nil {
		text += ", " + turned(words.Count(*before), words.Count(*after)) + " events"
	}
	return text
}

// allowed is the budget of an objective in events at the end of the history, before and
// after the change, rounded down; nil when that is not known.
func (d *Diff) allowed(c *diff.Change) (before, after *int64) {
	if d.History == nil || d.History.Comparison == nil {
		return nil, nil
	}
	for _, o := range d.History.Comparison.Objectives {
		if o.ID == c.Subject.Name && o.Name == c.Objective && o.Before != nil && o.After != nil {
			return allowedEvents(&d.History.Runs[0].Objectives[*o.Before]), allowedEvents(&d.History.Runs[1].Objectives[*o.After])
		}
	}
	return nil, nil
}

// allowedEvents is how many bad events a budget is, rounded down. It is not known of what
// had no events, nor of what is composed.
func allowedEvents(o *backtest.Objective) *int64 {
	allowed, known := o.Allowed.Value()
	if !known || allowed <= 0 {
		return nil
	}
	const almost = 1e-6 // what floats miss of a whole number
	return new(int64(math.Floor(allowed/float64(max(1, o.Unit)) + almost)))
}

// summary counts the changes by kind: first what needs attention, then what does not.
// quiet is how many are neutral.
func (d *Diff) summary() (attention, others string, quiet int) {
	counts := map[diff.Kind]map[bool]int{}
	for i := range d.Changes {
		c := &d.Changes[i]
		if c.Weight == diff.Neutral {
			quiet += c.Count()
			continue
		}
		if counts[c.Kind] == nil {
			counts[c.Kind] = map[bool]int{}
		}
		counts[c.Kind][c.Weight.Attention()] += c.Count()
	}
	parts := map[bool][]string{}
	for _, k := range diff.Kinds() {
		for _, look := range []bool{true, false} {
			if n := counts[k.Kind][look]; n > 0 {
				parts[look] = append(parts[look], counted(n, k.One, k.Many))
			}
		}
	}
	return strings.Join(parts[true], ", "), strings.Join(parts[false], ", "), quiet
}

// headline says all of the summary.
func (d *Diff) headline() string {
	attention, others, quiet := d.summary()
	var parts []string
	if attention != "" {
		parts = append(parts, attention)
	}
	if others != "" {
		if attention != "" {
			others = "also " + others
		}
		parts = append(parts, others)
	}
	if quiet > 0 {
		parts = append(parts, counted(quiet, "neutral change", "neutral changes"))
	}
	if len(parts) == 0 {
		return "nothing changes in meaning"
	}
	return strings.Join(parts, "; ")
}

// baseText says that the old specs were not read as a whole; "" when they were.
func (d *Diff) baseText() string {
	if d.BaseErrors == 0 {
		return ""
	}
	return fmt.Sprintf("The specs of %s have %s: what is wrong there may be missing in them, and look as if it were new.", d.Base, counted(d.BaseErrors, "error", "errors"))
}

// historyText says over which time both were replayed.
func (d *Diff) historyText() string {
	zone := time.UTC
	return fmt.Sprintf("%s to %s UTC", minuteIn(d.History.From, zone), minuteIn(d.History.To, zone))
}
