package report

import (
	"io"

	"github.com/slojourn/slojourn/slo/diag/render"
	"github.com/slojourn/slojourn/slo/spec/diff"
)

// DiffJSON prints the document for programs. Every key is always there; what is unknown
// or does not apply is null, and lists are never null.
func DiffJSON(w io.Writer, doc Diff) error {
	v := diffView{Schema: DiffSchema, Base: render.Plain(doc.Base), Paths: []string{}, BaseErrors: doc.BaseErrors, Summary: map[diff.Weight]int{}, Changes: []diffChangeView{}}
	for _, path := range doc.Paths {
		v.Paths = append(v.Paths, render.Plain(path))
	}
	for _, weight := range diff.Weights() {
		v.Summary[weight] = 0
	}
	for i := range doc.Changes {
		c := &doc.Changes[i]
		v.Summary[c.Weight] += c.Count()
		v.Changes = append(v.Changes, doc.changeView(c))
	}
	if h := doc.History; h != nil && h.Comparison != nil {
		v.History = &diffHistoryView{
			From: h.From.UTC().Format(instantLayout), To: h.To.UTC().Format(instantLayout),
			comparisonView: comparisonViewOf(h.Comparison, &h.Runs[0].Run, &h.Runs[1].Run),
		}
	}
	return render.Encode(w, v)
}

// instantLayout is RFC 3339 to the second.
const instantLayout = "2006-01-02T15:04:05Z07:00"

// diffView is the document as its JSON has it. Keys are only added.
type diffView struct {
	Schema     string              `json:"schema"`
	Base       string              `json:"base"`
	Paths      []string            `json:"paths"`
	BaseErrors int                 `json:"baseErrors"`
	Summary    map[diff.Weight]int `json:"summary"`
	Changes    []diffChangeView    `json:"changes"`
	History    *diffHistoryView    `json:"history"`
}

type diffChangeView struct {
	Kind      diff.Kind       `json:"kind"`
	Weight    diff.Weight     `json:"weight"`
	Attention bool            `json:"attention"`
	What      diff.What       `json:"what"`
	Name      *string         `json:"name"` // null of several
	Objective *string         `json:"objective"`
	Detail    *string         `json:"detail"`
	Before    *string         `json:"before"`
	After     *string         `json:"after"`
	Budget    *diffBudgetView `json:"budget"` // null of none, and of several that differ
	Notes     []string        `json:"notes"`
	Reaches   []string        `json:"reaches"`
	Count     int             `json:"count"`
	File      string          `json:"file"`
	Line      int             `json:"line"`
	Column    int             `json:"column"`
}

type diffBudgetView struct {
	BeforeSeconds int64  `json:"beforeSeconds"`
	AfterSeconds  int64  `json:"afterSeconds"`
	BeforeEvents  *int64 `json:"beforeEvents"`
	AfterEvents   *int64 `json:"afterEvents"`
}

type diffHistoryView struct {
	From string `json:"from"`
	To   string `json:"to"`
	comparisonView
}

func (d *Diff) changeView(c *diff.Change) diffChangeView {
	v := diffChangeView{
		Kind: c.Kind, Weight: c.Weight, Attention: c.Weight.Attention(), What: c.Subject.What, Name: orNull(render.Plain(c.Subject.Name)),
		Objective: orNull(c.Objective), Detail: orNull(render.Plain(c.Detail)), Before: orNull(render.Plain(d.text(c.Before))), After: orNull(render.Plain(d.text(c.After))),
		Notes: []string{}, Reaches: listOf(c.Reaches), Count: c.Count(), File: c.Place.File, Line: c.Place.Start.Line, Column: c.Place.Start.Column,
	}
	for _, note := range c.Notes {
		v.Notes = append(v.Notes, render.Plain(d.text(note)))
	}
	if len(c.Budgets) == 1 {
		b := c.Budgets[0]
		before, after := d.allowed(c)
		v.Budget = &diffBudgetView{int64(b.Before.Seconds()), int64(b.After.Seconds()), before, after}
	}
	return v
}
