package page

import (
	"cmp"
	"slices"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/report"
)

// table is a table of texts. The first cell of a row is its head.
type table struct {
	Heads             []cell
	Rows              []tableRow
	All               int // rows, with those left out
	More, MoreOnPaper string
}

type tableRow struct {
	Cells []cell
	Class string
	Paper bool // it is printed
}

// cell is a text, with more below it that is smaller, and a title where that says less
// than there is. Short is printed instead of a text that is long. What is wide is not
// printed.
type cell struct{ Text, Short, Note, Class, Title string }

func (b *builder) tableOf(heads []cell, rows [][]cell, most, paper int) table {
	t := table{Heads: heads, All: len(rows)}
	t.More, t.MoreOnPaper = b.bounded(len(rows), most, paper)
	for i, cells := range rows[:min(len(rows), most)] {
		t.Rows = append(t.Rows, tableRow{Cells: cells, Paper: i < paper})
	}
	return t
}

// text is a cell of words, numeric one of numbers, and wide one of numbers that is on
// the screen only.
func text(s string) cell    { return cell{Text: s} }
func numeric(s string) cell { return cell{Text: s, Class: "n"} }
func wide(s string) cell    { return cell{Text: s, Class: "n screen"} }

// change writes the values of both runs, or one value when they are the same.
func (b *builder) change(value func(*report.BacktestRun) string) string {
	after := value(b.last)
	if !b.compare {
		return after
	}
	if before := value(&b.doc.Runs[0]); before != after {
		return before + " → " + after
	}
	return after
}

// mostOwner is how many characters of an owner's name are shown.
const mostOwner = 40

func (b *builder) toil() table {
	heads := []cell{
		text(b.t.Owner), numeric(b.t.PagesHead), numeric(b.t.PerWeek), numeric(b.t.AtNight), wide(b.t.Weekend), numeric(b.t.Again), wide(b.t.Short),
		wide(b.t.Busiest), numeric(b.t.Tickets),
	}
	owners := []string{""}
	for n := range b.doc.Runs {
		for _, t := range b.doc.Runs[n].Toil {
			if !slices.Contains(owners, t.Owner) {
				owners = append(owners, t.Owner)
			}
		}
	}
	slices.SortStableFunc(owners[1:], func(x, y string) int {
		s, t := toilOf(b.last, x), toilOf(b.last, y)
		return cmp.Or(cmp.Compare(t.Pages, s.Pages), cmp.Compare(t.Tickets, s.Tickets), cmp.Compare(x, y))
	})
	var rows [][]cell
	for _, owner := range owners {
		of := func(value func(backtest.Toil) int) string {
			return b.change(func(r *report.BacktestRun) string { return count(int64(value(toilOf(r, owner)))) })
		}
		name := cut(owner, mostOwner)
		if owner == "" {
			name = b.t.All
		}
		rows = append(rows, []cell{
			text(name), numeric(of(func(t backtest.Toil) int { return t.Pages })),
			numeric(b.change(func(r *report.BacktestRun) string { return number(toilOf(r, owner).PagesPerWeek) })),
			numeric(of(func(t backtest.Toil) int { return t.Night })), wide(of(func(t backtest.Toil) int { return t.Weekend })),
			numeric(of(func(t backtest.Toil) int { return t.Repeated })), wide(of(func(t backtest.Toil) int { return t.Short })),
			wide(of(func(t backtest.Toil) int { return t.Busiest })), numeric(of(func(t backtest.Toil) int { return t.Tickets })),
		})
	}
	return b.tableOf(heads, rows, mostToil, b.paper.below)
}

func join(between, text, more string) string {
	switch {
	case more == "":
		return text
	case text == "":
		return more
	}
	return text + between + more
}
