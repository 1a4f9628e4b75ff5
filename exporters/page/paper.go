package page

import (
	"slices"

	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
)

// paper is how much of each list one sheet has room for. What there is less of leaves
// room for more of the others.
type paper struct{ rows, incidents, objectives, below int }

// Pixels of a sheet of A4 without its margins, at 96 a 25.4 mm: less 24 for fonts that
// are higher than ours. The others are how high things are on it, rounded up.
const (
	sheetHeight     = 740 - 24
	sheetWidth      = 1062
	paperLine       = 14 // a line of text, or what a list leaves out
	paperHeader     = 92 // title, span, figures and the heading of the timeline
	paperRow        = 15 // of a table
	paperHeads      = 21 + 2*12
	paperLetter     = 5.6
	leastRows       = 3
	leastBelow      = 4
	mostPaperRows   = 16 // in the timeline, where there is little else
	mostPaperList   = 14
	mostPaperBelow  = 12
	alarmsFirst     = 8 // incidents that were missed, and false alarms, that rows make room for
	objectivesFirst = 3
)

// wants is how much there is of each list.
func (b *builder) wants() paper {
	w := paper{}
	for _, s := range b.subjects() {
		if s.speaks() {
			w.rows++
		}
	}
	if j := b.last.Judgement; j != nil {
		w.incidents = len(j.Incidents)
		w.below = len(j.Sent) + len(j.Tiers)
	}
	pages := 0
	for i := range b.last.Episodes {
		if e := &b.last.Episodes[i]; e.Told() && e.Severity == slo.Page {
			pages++
		}
	}
	if b.compare {
		w.objectives = len(b.changedObjectives())
		pages = len(b.doc.Comparison.Gained) + len(b.doc.Comparison.Lost)
	}
	w.below = max(w.below, len(b.last.Toil), pages)
	return w
}

// onPaper shares out the sheet: a few of everything first, then what was missed and
// what a change is about, and then the rest by turns.
func (b *builder) onPaper(wants paper) paper {
	row := laneHeight*len(b.doc.Runs) + budgetHeight + 3
	free := sheetHeight - paperHeader - axisHeight - b.labelLines()*labelHeight - b.paperTexts()
	free -= 3 * paperLine  // what the rows leave out, and what the lists below do
	free -= paperHeads - 9 // of the lists below, whose heads have one line
	if wants.incidents > 0 {
		free -= paperHeads + paperLine
	}
	if wants.objectives > 0 {
		free -= paperHeads + paperLine
	}
	if b.compare {
		free -= 2 * paperLine // what both runs have
	}
	p := paper{}
	grow := func(have *int, want, to, pixels int) {
		for *have < min(want, to) && free >= pixels {
			*have++
			free -= pixels
		}
	}
	alarms := 0
	for _, n := range b.ranked() {
		if b.alarming(n) {
			alarms++
		}
	}
	// Advice needs the height of some rows, whatever the other lists have.
	p.below = leastBelow
	free -= leastBelow * paperRow
	grow(&p.rows, wants.rows, leastRows, row)
	grow(&p.incidents, min(alarms, wants.incidents), alarmsFirst, paperRow)
	grow(&p.objectives, wants.objectives, objectivesFirst, paperRow)
	grow(&p.incidents, wants.incidents, 4, paperRow)
	grow(&p.below, wants.below, 6, paperRow)
	for _, to := range []int{4, 5, 6, 8, 10, 12, 14, mostPaperRows} {
		grow(&p.rows, wants.rows, to, row)
		grow(&p.incidents, wants.incidents, min(to+2, mostPaperList), paperRow)
		grow(&p.objectives, wants.objectives, min(to, mostPaperList), paperRow)
		grow(&p.below, wants.below, min(to+2, mostPaperBelow), paperRow)
	}
	return p
}

// paperTexts is how high the texts are that are as long as somebody made them: the
// legend, and what is missing.
func (b *builder) paperTexts() int {
	lines := 1 + len(b.doc.Runs)
	if missing := b.missing(); len(missing.Items) > 0 {
		columns := term.Width(b.t.Missing) + term.Width(missing.MoreOnPaper) + 4
		for _, i := range missing.Items {
			if i.Paper {
				columns += term.Width(i.Text) + 3
			}
		}
		lines += 1 + int(float64(columns)*paperLetter/sheetWidth)
	}
	return lines * paperLine
}

// first returns the first n of a list, in the order of their values.
func first(list []int, n int) []int {
	list = slices.Clone(list[:min(len(list), n)])
	slices.Sort(list)
	return list
}
