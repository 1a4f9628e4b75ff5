package report

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo/diag"
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
	History    *Backtest     // what a history says of both; nil without one
	Language   diag.Language // of what it says; nil is English
}

// diffRow is a change in words.
type diffRow struct {
	*diff.Change
	weight        string
	id            string // with the name of the objective
	phrase        string // target lowered, and of what
	before, after string
	budget        string // how long everything may fail, and how many events; "" when it is not about that
	notes         string // what follows from it
}

// rows puts the changes into words.
func (d *Diff) rows() []diffRow {
	called := map[diff.Kind]diag.Phrase{}
	for _, k := range diff.Kinds() {
		called[k.Kind] = k.Says
	}
	rows := make([]diffRow, len(d.Changes))
	for i := range d.Changes {
		c := &d.Changes[i]
		r := diffRow{
			Change: c, weight: d.text(weightPhrase(c.Weight)), id: d.text(subjectPhrase(c.Subject)), phrase: d.text(called[c.Kind]),
			before: d.text(c.Before), after: d.text(c.After), budget: d.text(d.budgetPhrase(c)),
		}
		if c.Objective != "" {
			r.id += " " + c.Objective
		}
		if c.Detail != "" {
			r.phrase += " (" + c.Detail + ")"
		}
		var notes []string
		for _, note := range c.Notes {
			notes = append(notes, d.text(note))
		}
		if len(c.Reaches) > 0 {
			notes = append(notes, d.text(diag.Say("for %s", reachPhrase(c.Reaches))))
		}
		r.notes = strings.Join(notes, "; ")
		rows[i] = r
	}
	return rows
}

// text says a phrase in the language of the document.
func (d *Diff) text(p diag.Phrase) string { return p.In(d.Language) }

func weightPhrase(w diff.Weight) diag.Phrase {
	switch w {
	case diff.Loosens:
		return diag.Say("loosens")
	case diff.Loses:
		return diag.Say("loses")
	case diff.Changes:
		return diag.Say("changes")
	case diff.Tightens:
		return diag.Say("tightens")
	case diff.Gains:
		return diag.Say("gains")
	case diff.Neutral:
		return diag.Say("neutral")
	}
	return diag.Verbatim(string(w))
}

// subjectPhrase names what a change is about.
func subjectPhrase(s diff.Subject) diag.Phrase {
	switch s.What {
	case diff.Journey, diff.Step, diff.SLO:
		return diag.Verbatim(s.Name)
	case diff.Several:
		return diag.Say("several journeys and SLOs")
	case diff.Policy:
		return diag.Say("%s %s", diag.Say("alert policy"), s.Name)
	case diff.Exclusion:
		return diag.Say("%s %s", diag.Say("exclusion"), s.Name)
	case diff.Team:
		return diag.Say("%s %s", diag.Say("team"), s.Name)
	case diff.Notifier:
		return diag.Say("%s %s", diag.Say("notifier"), s.Name)
	case diff.Source:
		return diag.Say("%s %s", diag.Say("source"), s.Name)
	}
	return diag.Verbatim(string(s.What) + " " + s.Name)
}

// reachPhrase names what a change is for, and counts what is too much to name.
func reachPhrase(ids []string) diag.Phrase {
	const most = 4
	if len(ids) <= most {
		return diag.Joined(ids)
	}
	return diag.Say("%s and %d more", strings.Join(ids[:most-1], ", "), len(ids)-most+1)
}

// turn is what was and what is. Of what has come or gone that is but one of them.
func (d *Diff) turn(r *diffRow) string {
	comesOrGoes := slices.ContainsFunc([]string{"-added", "-removed", "-on", "-off", "-gained", "-lost", "-restarted", "-kept"}, func(end string) bool {
		return strings.HasSuffix(string(r.Kind), end)
	})
	switch {
	case r.before == "" && (comesOrGoes || r.after == ""):
		return r.after
	case r.after == "" && comesOrGoes:
		return r.before
	}
	none := d.text(diag.Say("none"))
	return cmp.Or(r.before, none) + " → " + cmp.Or(r.after, none)
}

// budgetPhrase says what becomes of the budget or, of several that differ, of the smallest and
// the largest one.
func (d *Diff) budgetPhrase(c *diff.Change) diag.Phrase {
	if len(c.Budgets) == 0 {
		return diag.Phrase{}
	}
	times := func(b diff.Budget) string { return turned(term.Duration(b.Before), term.Duration(b.After)) }
	first, last := c.Budgets[0], c.Budgets[len(c.Budgets)-1]
	if first != last {
		return diag.Say("smallest budget %s, largest %s", times(first), times(last))
	}
	if before, after := d.allowed(c); before != nil && after != nil {
		return diag.Say("budget %s, %s events", times(first), turned(words.Count(*before), words.Count(*after)))
	}
	return diag.Say("budget %s", times(first))
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
func (d *Diff) summary() (attention, others diag.Phrase, quiet int) {
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
	parts := map[bool][]diag.Phrase{}
	for _, k := range diff.Kinds() {
		for _, look := range []bool{true, false} {
			if n := counts[k.Kind][look]; n > 0 {
				parts[look] = append(parts[look], k.Counted(n))
			}
		}
	}
	return diag.Joined(parts[true]), diag.Joined(parts[false]), quiet
}

// headline says all of the summary.
func (d *Diff) headline() string {
	attention, others, quiet := d.summary()
	var parts []string
	if !attention.Empty() {
		parts = append(parts, d.text(attention))
	}
	if !others.Empty() {
		if !attention.Empty() {
			others = diag.Say("also %s", others)
		}
		parts = append(parts, d.text(others))
	}
	if quiet > 0 {
		parts = append(parts, d.text(neutralPhrase(quiet)))
	}
	if len(parts) == 0 {
		return d.text(nothingPhrase())
	}
	return strings.Join(parts, "; ")
}

func neutralPhrase(n int) diag.Phrase {
	if n == 1 {
		return diag.Say("1 neutral change")
	}
	return diag.Say("%d neutral changes", n)
}

func nothingPhrase() diag.Phrase { return diag.Say("nothing changes in meaning") }

// baseText says that the old specs were not read as a whole; "" when they were.
func (d *Diff) baseText() string {
	errors := diag.Say("have %d errors", d.BaseErrors)
	switch d.BaseErrors {
	case 0:
		return ""
	case 1:
		errors = diag.Say("have 1 error")
	}
	return d.text(diag.Say("The specs of %s %s: what is wrong there may be missing in them, and look as if it were new.", d.Base, errors))
}

// historyPhrase says over which time both were replayed.
func (d *Diff) historyPhrase() diag.Phrase {
	return diag.Say("Over the history, %s to %s UTC", minuteText(d.History.From), minuteText(d.History.To))
}
