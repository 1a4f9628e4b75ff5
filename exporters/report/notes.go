package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// note is a line below the table about the rows that bear its mark.
type note struct{ mark, text string }

func (t *table) note(mark, text string) {
	if !t.noted[text] { // a shared SLO has several rows
		t.noted[text] = true
		t.notes = append(t.notes, note{mark, text})
	}
}

// notePartial says what the numbers of a row rest on, unless that is every
// minute.
func (t *table) notePartial(record sloRecord, o objectiveRecord) {
	if o.State != burnrate.Partial && o.ApproximateMinutes == 0 {
		return
	}
	covered, _ := o.Coverage.Value()
	text := fmt.Sprintf("%s: %s of %s measured", record.ID, percent(covered, 1), o.overText())
	if o.ApproximateMinutes > 0 {
		text += fmt.Sprintf(", %s by the hour only", approximateText(o.ApproximateMinutes, o.isComposed()))
	}
	for _, s := range o.Steps {
		switch {
		case t.failed[s.ID]:
			text += "; " + s.Step + " failed"
		case s.State == burnrate.NoData:
			text += "; no data for " + s.Step
		}
	}
	t.note(partialMark, text)
}

// isComposed reports whether the objective is made of those of steps, and has no
// counts.
func (o objectiveRecord) isComposed() bool { return o.Total == nil }

// approximateText is how much of what was measured is known as sums of whole
// hours only.
func approximateText(minutes int64, composed bool) string {
	text := term.Duration(time.Duration(minutes)*time.Minute) + " of it"
	if composed {
		return "up to " + text
	}
	return text
}

// noteExclusions says what does not count in a row, and what would be left of
// the budget if it did.
func (t *table) noteExclusions(record sloRecord, o objectiveRecord) {
	x := o.Excluded
	if x == nil {
		return
	}
	text := fmt.Sprintf("%s: %s of %s excluded by %s", record.ID,
		slo.FormatDuration(time.Duration(x.Minutes)*time.Minute), o.overText(), strings.Join(x.Exclusions, ", "))
	if x.Total != nil && x.Bad != nil {
		text += fmt.Sprintf(", with %s valid and %s bad events", *x.Total, *x.Bad)
	}
	if x.BudgetRemainingRatio != nil {
		if left, known := x.BudgetRemainingRatio.Value(); known {
			text += fmt.Sprintf("; %s of the budget would be left without them", shareLeft(left))
		}
	}
	t.note(excludedMark, text)
}

// noteTiers says what fires of a row's policy, or would without its guard: the
// first tier of each severity.
func (t *table) noteTiers(record sloRecord, o objectiveRecord) {
	said := map[slo.Severity]bool{}
	say := func(verdicts ...burnrate.Verdict) {
		for _, a := range o.Alerts {
			fits := slices.ContainsFunc(verdicts, func(v burnrate.Verdict) bool { return v.String() == a.Verdict })
			if fits && !said[a.Severity] {
				said[a.Severity] = true
				t.note(alertMark, fmt.Sprintf("%s: %s %s/%s %s", record.ID, a.Severity, a.Long, a.Short, o.verdictText(a)))
			}
		}
	}
	say(burnrate.Fires)
	say(burnrate.FewEvents, burnrate.FewBad, burnrate.Chance)
}

// noteNotices says what should be known about measurements that were made.
func (t *table) noteNotices(notices []remark) {
	remarks := make([]burnrate.Failure, len(notices))
	for i, n := range notices {
		remarks[i] = burnrate.Failure{ID: n.ID, Message: n.Message}
	}
	for _, line := range Grouped(remarks) {
		t.note(noticeMark, render.Plain(line))
	}
}

// Grouped says every message once, with all ids it holds for before it.
func Grouped(failures []burnrate.Failure) []string {
	var messages []string
	ids := map[string][]string{}
	for _, f := range failures {
		if ids[f.Message] == nil {
			messages = append(messages, f.Message)
		}
		ids[f.Message] = append(ids[f.Message], f.ID)
	}
	for i, message := range messages {
		messages[i] = strings.Join(ids[message], ", ") + ": " + message
	}
	return messages
}

// overText names the window as far as it is over.
func (o objectiveRecord) overText() string {
	if elapsed, _ := o.ElapsedRatio.Value(); o.isCalendar() && elapsed < 1 {
		return o.windowText() + " so far"
	}
	return o.windowText()
}

// compositions says what journeys that are no series are.
func compositions() []struct {
	compose slo.Compose
	meaning string
} {
	return []struct {
		compose slo.Compose
		meaning string
	}{
		{slo.Worst, "as bad as the worst step"},
		{slo.Weighted, "the mean of the steps, by their weights"},
		{slo.Pooled, "the events of all steps together"},
		{slo.Measured, "an SLI of its own; CAUSE is estimated as if the steps were a series"},
	}
}

func (t *table) footer() {
	if len(t.notes) > 0 {
		t.line("")
	}
	for _, note := range t.notes {
		t.paragraph(note.mark+" ", note.text)
	}
	if len(t.journeys) > 0 {
		t.line("")
	}
	if len(t.journeys[slo.Series]) > 0 {
		t.line("%s", t.paint(dim, "A journey is the series of its steps: every user is assumed to pass every step once, and"))
		t.line("%s", t.paint(dim, "failures to be independent. CAUSE is each step's part in the journey's errors."))
	}
	for _, c := range compositions() {
		if ids := t.journeys[c.compose]; len(ids) > 0 {
			t.paragraph("", fmt.Sprintf("%s (%s): %s.", strings.Join(ids, ", "), c.compose, c.meaning))
		}
	}
}

// paragraph prints a text in as many lines as it needs, the first one behind a
// mark.
func (t *table) paragraph(mark, text string) {
	for _, line := range term.Wrap(text, tableWidth-len(mark)) {
		t.line("%s", t.paint(dim, mark+line))
		mark = strings.Repeat(" ", len(mark))
	}
}
