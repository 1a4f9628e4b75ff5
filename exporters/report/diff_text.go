package report

import (
	"bufio"
	"io"
	"time"

	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec/diff"
)

// DiffText prints the document for a terminal: a line for each change, below the journey
// or the like that it is about, what needs attention first; then what a history says.
func DiffText(w io.Writer, doc Diff, color bool) error {
	t := &backtestTable{alertTable{w: bufio.NewWriter(w), color: color}, time.UTC, doc.Language}
	t.line(bold, doc.text(diag.Say("Against %s: %s", doc.Base, doc.headline())))
	if text := doc.baseText(); text != "" {
		t.line("", text)
	}
	section := diff.Subject{}
	for _, r := range doc.rows() {
		if s := r.Subject.Section(); s != section {
			section = s
			t.line("", "")
			t.line(bold, doc.text(subjectPhrase(s)))
		}
		t.diffLine(&doc, &r, section)
	}
	if h := doc.History; h != nil && h.Comparison != nil {
		t.line("", "")
		t.line(bold, doc.text(doc.historyPhrase()))
		before, after := &h.Runs[0], &h.Runs[1]
		t.paragraph("", doc.text(changePhrase(before, after, h.Comparison)))
		t.alerts(diag.Say("LOST"), episodesAt(before, h.Comparison.Lost), before.To)
		t.alerts(diag.Say("GAINED"), episodesAt(after, h.Comparison.Gained), after.To)
		t.moved(before, after, h.Comparison.Kept)
		t.objectives(before, after, h.Comparison.Objectives)
		t.notices(h.Notices)
	}
	return t.w.Flush()
}

const weightWidth = 9

// diffLine writes one change. A section is the name that its lines do not repeat.
func (t *backtestTable) diffLine(doc *Diff, r *diffRow, section diff.Subject) {
	text := r.phrase
	switch {
	case r.Subject != section:
		text = r.id + ": " + text
	case r.Objective != "":
		text = r.Objective + ": " + text
	}
	if turn := doc.turn(r); turn != "" {
		text += ": " + turn
	}
	for _, more := range []string{r.budget, r.notes} {
		if more != "" {
			text += "; " + more
		}
	}
	text = plainText(text)
	if place := r.Place.String(); place != "" {
		text += painted(t.color, dim, "  "+plainText(place))
	}
	// The texts have been made harmless one by one, as colour is not.
	t.w.WriteString("  " + painted(t.color, weightStyle(r.Weight), term.Fit(r.weight, weightWidth)) + " " + text + "\n") //nolint:errcheck // surfaces at Flush
}

func weightStyle(w diff.Weight) style {
	switch w {
	case diff.Loosens, diff.Loses:
		return red
	case diff.Changes:
		return yellow
	case diff.Tightens, diff.Gains:
		return green
	case diff.Neutral:
	}
	return dim
}
