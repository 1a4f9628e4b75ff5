package report

import (
	"fmt"
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
func (t *table) notePartial(status burnrate.Status, o burnrate.Objective) {
	if o.Window.State != burnrate.Partial && o.Approximate == 0 {
		return
	}
	text := fmt.Sprintf("%s: %s of %s measured", status.ID, percent(o.Window.Coverage(), 1), overText(o))
	if o.Approximate > 0 {
		text += fmt.Sprintf(", %s by the hour only", approximateText(o))
	}
	for _, s := range o.Shares {
		switch {
		case t.failed[s.ID]:
			text += "; " + s.Step + " failed"
		case s.Window.State == burnrate.NoData:
			text += "; no data for " + s.Step
		}
	}
	t.note(partialMark, text)
}

// approximateText is how much of what was measured is known as sums of whole
// hours only.
func approximateText(o burnrate.Objective) string {
	text := term.Duration(time.Duration(o.Approximate)*time.Minute) + " of it"
	if o.Composed {
		return "up to " + text
	}
	return text
}

// noteExclusions says what does not count in a row, and what would be left of
// the budget if it did.
func (t *table) noteExclusions(status burnrate.Status, o burnrate.Objective) {
	if len(o.Exclusions) == 0 {
		return
	}
	x := o.Window.Excluded
	text := fmt.Sprintf("%s: %s of %s excluded by %s", status.ID,
		slo.FormatDuration(time.Duration(x.Minutes)*time.Minute), overText(o), strings.Join(o.Exclusions, ", "))
	if !o.Composed {
		text += fmt.Sprintf(", with %s valid and %s bad events", slo.FormatCount(x.Total, status.Unit), slo.FormatCount(x.Bad, status.Unit))
	}
	if left, known := o.Unexcluded.Value(); known {
		text += fmt.Sprintf("; %s of the budget would be left without them", shareLeft(left))
	}
	t.note(excludedMark, text)
}

// noteTiers says what fires of a row's policy, or would without its guard: the
// first tier of each severity.
func (t *table) noteTiers(status burnrate.Status, o burnrate.Objective) {
	said := map[slo.Severity]bool{}
	say := func(fits func(burnrate.Verdict) bool) {
		for _, j := range o.Tiers {
			if fits(j.Verdict) && !said[j.Tier.Severity] {
				said[j.Tier.Severity] = true
				t.note(alertMark, fmt.Sprintf("%s: %s %s %s", status.ID, j.Tier.Severity, j.Tier.Windows(), verdictText(o, j)))
			}
		}
	}
	say(func(v burnrate.Verdict) bool { return v == burnrate.Fires })
	say(func(v burnrate.Verdict) bool {
		return v == burnrate.FewEvents || v == burnrate.FewBad || v == burnrate.Chance
	})
}

// noteNotices says what should be known about measurements that were made.
func (t *table) noteNotices(notices []burnrate.Notice) {
	remarks := make([]burnrate.Failure, len(notices))
	for i, n := range notices {
		remarks[i] = burnrate.Failure(n)
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

// overText names the window of an objective as far as it is over.
func overText(o burnrate.Objective) string {
	if o.Window.Window.IsCalendar() && o.Elapsed < 1 {
		return windowText(o.Window.Window) + " so far"
	}
	return windowText(o.Window.Window)
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
