package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec/diff"
)

// What a comment on a pull request can hold: sites refuse what is longer than 65,536
// characters. No row begins behind the given numbers of characters; what is left out is
// counted.
const (
	mostDiffRows = 60 // of a table
	mostDiffCell = 200

	attentionEnds = 35_000
	othersEnd     = 45_000
	historyEnds   = 52_000
	neutralEnds   = 60_000
)

// DiffMarkdown prints the document as a comment on a pull request: a line that says it
// all, a table of what needs attention, one of what does not, and, folded, what changes
// nothing.
func DiffMarkdown(w io.Writer, doc Diff) error {
	m := &diffMarkdown{w: bufio.NewWriter(w), doc: &doc}
	attention, others, quiet := doc.summary()
	title := diag.Say("nothing to worry about")
	switch {
	case !attention.Empty():
		title = attention
	case others.Empty() && quiet == 0:
		title = nothingPhrase()
	}
	m.sayLine("**SLOs against %s: %s**", words.Markdown(doc.Base), title)
	if text := doc.baseText(); text != "" {
		m.line("\n%s", words.Markdown(text))
	}
	var look, also, neutral []diffRow
	for _, r := range doc.rows() {
		switch {
		case r.Weight.Attention():
			look = append(look, r)
		case r.Weight == diff.Neutral:
			neutral = append(neutral, r)
		default:
			also = append(also, r)
		}
	}
	m.table(look, attentionEnds)
	if len(also) > 0 {
		m.line("")
		m.sayLine("Also %s:", others)
		m.table(also, othersEnd)
	}
	m.history()
	if len(neutral) > 0 {
		m.line("\n<details><summary>%s</summary>", doc.text(neutralPhrase(quiet)))
		m.table(neutral, neutralEnds)
		m.line("\n</details>")
	}
	return m.w.Flush()
}

type diffMarkdown struct {
	w          *bufio.Writer
	doc        *Diff
	characters int
}

// sayLine writes one line in the language of the document.
func (m *diffMarkdown) sayLine(format string, args ...any) {
	m.line("%s", m.doc.text(diag.Say(format, args...)))
}

// line writes one line; errors of the writer surface at Flush.
func (m *diffMarkdown) line(format string, args ...any) {
	text := fmt.Sprintf(format+"\n", args...)
	m.characters += utf8.RuneCountInString(text)
	m.w.WriteString(text) //nolint:errcheck // see above
}

// table writes rows as long as there is room, which ends behind a number of characters.
func (m *diffMarkdown) table(rows []diffRow, end int) {
	if len(rows) == 0 {
		return
	}
	m.line("")
	m.sayLine("| | what | change | before | after | where |")
	m.line("|---|---|---|---|---|---|")
	more := len(rows)
	for _, r := range rows[:min(len(rows), mostDiffRows)] {
		if m.characters > end {
			break
		}
		more--
		text := r.phrase
		for _, more := range []string{r.budget, r.notes} {
			if more != "" {
				text += "; " + more
			}
		}
		place := r.Place.File
		if r.Place.Start.Known() {
			place = fmt.Sprintf("%s:%d", r.Place.File, r.Place.Start.Line)
		}
		m.row(r.weight, r.id, text, r.before, r.after, place)
	}
	if more > 0 {
		m.line("")
		m.sayLine("%d more: `slojourn diff` prints all.", more)
	}
}

// row writes the cells of a table.
func (m *diffMarkdown) row(cells ...string) {
	var line strings.Builder
	for _, cell := range cells {
		line.WriteString("| " + words.Markdown(clipped(cell)) + " ")
	}
	m.line("%s|", line.String())
}

// clipped cuts what is too long for a cell.
func clipped(text string) string {
	if utf8.RuneCountInString(text) <= mostDiffCell {
		return text
	}
	return string([]rune(text)[:mostDiffCell-1]) + "…"
}

// history says what a change would have made of a history.
func (m *diffMarkdown) history() {
	h := m.doc.History
	if h == nil || h.Comparison == nil {
		return
	}
	before, after, c := &h.Runs[0], &h.Runs[1], h.Comparison
	m.line("\n**%s** %s", m.doc.text(diag.Say("%s.", m.doc.historyPhrase())), words.Markdown(m.doc.text(changePhrase(before, after, c))))
	begun := false
	list := func(what diag.Phrase, r *BacktestRun, at []int) {
		for _, e := range episodesAt(r, at)[:min(len(at), mostOthers)] {
			if !begun {
				begun = true
				m.line("")
				m.sayLine("| | alert | since | for | owner |")
				m.line("|---|---|---|---|---|")
			}
			m.row(m.doc.text(what), m.doc.text(alertPhrase(e.Key)), minuteIn(e.Since, time.UTC), minutesText(int64(e.Length(r.To).Minutes())), e.Owner)
		}
	}
	list(diag.Say("lost"), before, c.Lost)
	list(diag.Say("gained"), after, c.Gained)
	m.objectives(before, after, c.Objectives)
	if more := max(0, len(c.Lost)-mostOthers) + max(0, len(c.Gained)-mostOthers); more > 0 {
		m.line("")
		m.sayLine("%d more alerts: `slojourn diff -o json` has all.", more)
	}
}

// objectives lists those for which the change makes a difference.
func (m *diffMarkdown) objectives(before, after *BacktestRun, list []backtest.ObjectiveChange) {
	rows := 0
	for i := range list {
		row, what := objectiveChange(before, after, &list[i], m.doc.Language)
		if row == nil {
			continue
		}
		if rows++; rows > mostDiffRows || m.characters > historyEnds {
			m.line("")
			m.sayLine("More objectives differ: `slojourn diff -o json` has all.")
			return
		}
		if rows == 1 {
			m.line("")
			m.sayLine("| objective | target | pages | tickets | budget spent at the end | at most |")
			m.line("|---|---|---|---|---|---|")
		}
		m.row(append([]string{what}, row...)...)
	}
}
