package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// BacktestTable prints the document for people: of one run, which alerts it would
// have sent, what guards held back, which incidents that found, how much toil that
// is, and what the history advises; of two runs, what the change makes of that.
// Instants are those of the document's time zone, which the first line names: of UTC when
// it is not known.
func BacktestTable(w io.Writer, doc Backtest, color bool) error {
	t := &backtestTable{alertTable{w: bufio.NewWriter(w), color: color}, time.UTC, nil}
	if zone, err := slo.LoadTimeZone(doc.TimeZone); err == nil {
		t.zone = zone
	}
	t.header(&doc)
	switch {
	case len(doc.Runs) > 1 && doc.Comparison != nil:
		t.change(&doc)
	case len(doc.Runs) > 0:
		t.run(&doc.Runs[0], &doc)
	}
	t.notices(doc.Notices)
	return t.w.Flush()
}

type backtestTable struct {
	alertTable
	zone     *time.Location
	language diag.Language // of the parts that a change of specs has, too; nil is English
}

func (t *backtestTable) text(p diag.Phrase) string { return p.In(t.language) }

// minute is an instant to the minute, by the clock of the document's time zone.
func (t *backtestTable) minute(at time.Time) string { return minuteIn(at, t.zone) }

// How many rows of each kind are shown; the rest is counted. JSON has all.
const (
	mostAlerts = 100
	mostOthers = 20
	mostTiers  = 8
)

func (t *backtestTable) header(doc *Backtest) {
	text := fmt.Sprintf("%s to %s %s", t.minute(doc.From), t.minute(doc.To), t.zone)
	if len(doc.Runs) > 0 {
		ids := map[string]bool{}
		for i := range doc.Runs {
			for k := range doc.Runs[i].Objectives {
				ids[doc.Runs[i].Objectives[k].ID] = true
			}
		}
		minutes := doc.Runs[0].Minutes // one more than lie between the first and the last
		text += fmt.Sprintf(", %s (%s): %s", minutesText(minutes), counted(int(minutes), "minute", "minutes"), counted(len(ids), "journey, step or SLO", "journeys, steps and SLOs"))
	}
	t.paragraph(dim, text)
	from := "the ledger"
	if doc.Origin == "source" {
		from = "what the source answers now"
	}
	t.paragraph(dim, "Hindsight: replayed from "+from+" with the lag added; what came late is there at once, and sources never fail.")
}

// paragraph writes a text in as many lines as it needs.
func (t *backtestTable) paragraph(s style, text string) {
	for _, line := range term.Wrap(plainText(text), tableWidth) {
		t.line(s, line)
	}
}

// run prints one run.
func (t *backtestTable) run(r *BacktestRun, doc *Backtest) {
	told, silent, observed := sorted(r.Episodes)
	t.line("", "")
	t.paragraph("", sentText(told))
	t.alerts(diag.Say("ALERTS"), told, r.To)
	t.others(diag.Say("SILENT"), silent, r.To)
	t.others(diag.Say("OBSERVED"), observed, r.To)
	t.heldBack(r)
	t.incidents(r)
	t.scores(r.Judgement)
	t.toil(r.Toil, doc)
	t.advice("ADVICE", r.Advice)
}

// sorted tells apart what people would have been told, what was silent, and what is
// only observed.
func sorted(list []backtest.Episode) (told, silent, observed []*backtest.Episode) {
	for i := range list {
		switch e := &list[i]; {
		case e.Observe:
			observed = append(observed, e)
		case e.Sent:
			told = append(told, e)
		default:
			silent = append(silent, e)
		}
	}
	return told, silent, observed
}

// sentText says how much people would have been told.
func sentText(told []*backtest.Episode) string {
	pages, tickets, before := 0, 0, 0
	for _, e := range told {
		if e.Severity == slo.Page {
			pages++
		} else {
			tickets++
		}
		if e.Before {
			before++
		}
	}
	if len(told) == 0 {
		return "No alert would have been sent."
	}
	text := fmt.Sprintf("%s and %s would have been sent", counted(pages, "page", "pages"), counted(tickets, "ticket", "tickets"))
	if before > 0 {
		text += fmt.Sprintf("; %d of them fired in the first minute already, and may have begun before", before)
	}
	return text + "."
}

// alerts lists episodes that people would have been told of, the newest of them if
// they are too many.
func (t *backtestTable) alerts(title diag.Phrase, list []*backtest.Episode, end time.Time) {
	if len(list) == 0 {
		return
	}
	t.episodeHead(title)
	if more := len(list) - mostAlerts; more > 0 {
		t.detail("%s", t.text(diag.Say("%d before these: -o json has all", more)))
		list = list[more:]
	}
	for _, e := range list {
		t.episodeRow(e, end, aboutText(e.Key))
		t.detail("%s", t.detectionText(e))
	}
}

func (t *backtestTable) episodeHead(title diag.Phrase) {
	t.head(term.Fit(t.text(title), severityWidth), term.Fit(t.text(diag.Say("KIND")), kindWidth), term.Fit(t.text(diag.Say("FOR")), lengthWidth),
		term.Fit(t.text(diag.Say("SINCE")), instantWidth), term.Fit(t.text(diag.Say("OWNER")), ownerWidth), t.text(diag.Say("WHAT")))
}

func (t *backtestTable) episodeRow(e *backtest.Episode, end time.Time, what string) {
	length := term.Duration(e.Length(end))
	if e.End == nil {
		length = t.text(diag.Say("fires"))
	}
	t.row(severityStyle(e.Severity), string(e.Severity), what, term.Fit(string(e.Kind), kindWidth), term.Fit(length, lengthWidth),
		term.Fit(t.minute(e.Start), instantWidth), term.Fit(plainText(e.Owner), ownerWidth))
}

// others lists episodes that nobody would have been told of, in a row each.
func (t *backtestTable) others(title diag.Phrase, list []*backtest.Episode, end time.Time) {
	if len(list) == 0 {
		return
	}
	t.episodeHead(title)
	more := len(list) - mostOthers
	for _, e := range list[:min(len(list), mostOthers)] {
		what := aboutText(e.Key)
		switch {
		case e.Observe: // which is why
		case e.Below != nil:
			what += ", below the " + alertPhrase(*e.Below).String()
		case e.Kind == alert.Budget:
			what += ", as what spent the budget was over"
		}
		t.episodeRow(e, end, what)
	}
	if more > 0 {
		t.detail("%d after these: -o json has all", more)
	}
}

// alertPhrase names an alert: page of checkout 28d.
func alertPhrase(k alert.Key) diag.Phrase { return diag.Say("%s of %s", k.Severity, aboutText(k)) }

// detectionText says how an episode was detected, what that cost, and how it ended.
func (t *backtestTable) detectionText(e *backtest.Episode) string {
	var parts []string
	add := func(phrases ...diag.Phrase) {
		for _, p := range phrases {
			parts = append(parts, t.text(p))
		}
	}
	if e.Before {
		add(diag.Say("fired in the first minute already"))
	}
	if e.Since.Before(e.Start) {
		text := diag.Say("silent since %s", t.minute(e.Since))
		if e.Below != nil {
			text = diag.Say("%s, below the %s", text, alertPhrase(*e.Below))
		}
		add(text)
	}
	if len(e.Tiers) > 0 {
		tiers := diag.Verbatim(e.Tiers[0])
		for _, next := range e.Tiers[1:] {
			tiers = diag.Say("%s, then %s", tiers, next)
		}
		add(tiers)
	}
	if e.Kind == alert.Budget && e.Why.Budget != nil {
		add(spentPhrase(*e.Why.Budget, t.zone))
	} else if e.Consumed.Defined() {
		add(detectedPhrase(e))
	}
	add(missingPhrases(e.Why, t.zone)...)
	if e.Why.Cause != nil {
		add(causePhrase(*e.Why.Cause))
	}
	switch {
	case e.End == nil:
		add(diag.Say("still fires at the end"))
	case e.Reason == alert.Recovered:
		add(diag.Say("recovered"))
	case e.Reason == "":
		add(diag.Say("resolved as over"))
	default:
		add(diag.Say("resolved as %s", e.Reason))
	}
	return strings.Join(parts, "; ")
}

// detectedPhrase says how much of the budget was spent when it was detected.
func detectedPhrase(e *backtest.Episode) diag.Phrase {
	if e.Spent.Defined() && len(e.Why.Tiers) > 0 {
		return diag.Say("detected with %s of the budget spent within %s, %s in all", shareText(e.Spent), e.Why.Tiers[0].Long, shareText(e.Consumed))
	}
	return diag.Say("%s of the budget was spent by then", shareText(e.Consumed))
}

func (t *backtestTable) notices(notices []burnrate.Notice) {
	if len(notices) == 0 {
		return
	}
	remarks := make([]burnrate.Failure, len(notices))
	for i, n := range notices {
		remarks[i] = burnrate.Failure(n)
	}
	t.line("", "")
	for _, text := range Grouped(remarks) {
		for i, line := range term.Wrap(plainText(text), tableWidth-2) {
			mark := noticeMark + " "
			if i > 0 {
				mark = "  "
			}
			t.line(dim, mark+line)
		}
	}
}

// counted is a number with its noun: 1 page, 12 pages.
func counted(n int, one, many string) string { return fmt.Sprint(n) + " " + plural(n, one, many) }
