package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/render"
)

func plainText(text string) string { return render.Plain(text) }

// incidents says of each whether it was found, and below it how the tiers stood.
func (t *backtestTable) incidents(r *BacktestRun) {
	if r.Judgement == nil || len(r.Judgement.Incidents) == 0 {
		return
	}
	t.incidentHead()
	var outside []string
	for i := range r.Judgement.Incidents {
		v := incidentViewOf(&r.Judgement.Incidents[i], &r.Run)
		if v.Outside {
			outside = append(outside, v.Name)
			continue
		}
		outcome, s, text := v.outcome()
		t.incidentRow(&v, outcome, s)
		t.detail("%s", text)
		t.tiers(&v)
		if v.Note != nil {
			t.detail("note: %s", *v.Note)
		}
	}
	t.outside(outside)
}

// outside names the incidents that nothing that was replayed has to do with.
func (t *backtestTable) outside(names []string) {
	if len(names) > 0 {
		t.detail("of another time, or about other SLOs: %s", strings.Join(names, ", "))
	}
}

// tiers says how tiers stood in an incident.
func (t *backtestTable) tiers(v *incidentView) {
	shown, more := v.tiersThatMatter()
	for _, s := range shown {
		t.detail("%s %s/%s of %s %s %s", s.Severity, s.Long, s.Short, s.ID, s.Objective, s.text())
	}
	if more > 0 {
		t.detail("%s more: -o json has all", counted(more, "tier", "tiers"))
	}
}

func (t *backtestTable) incidentHead() {
	t.head(term.Fit("INCIDENTS", severityWidth), term.Fit("EXPECTED", kindWidth), term.Fit("FOR", lengthWidth), term.Fit("SINCE", instantWidth), "WHAT")
}

func (t *backtestTable) incidentRow(v *incidentView, first string, s style) {
	expect := "none"
	if v.Expect != nil {
		expect = string(*v.Expect)
	}
	t.row(s, first, v.Name, term.Fit(plainText(expect), kindWidth), term.Fit(term.Duration(v.To.Sub(v.From)), lengthWidth), term.Fit(t.minute(v.From), instantWidth))
}

// outcome says in a word and in a sentence what was made of an incident.
func (v *incidentView) outcome() (string, style, string) {
	switch {
	case v.Outside:
		return "outside", dim, "it is of another time, or about other SLOs"
	case v.Told == nil && v.Expect == nil:
		return "quiet", green, "nobody would have been told, as expected"
	case v.Told == nil:
		return "missed", red, "nobody would have been told"
	case v.Expect == nil:
		return "false alarm", red, v.Told.text() + v.afterText() + ", and nobody should have been told"
	default:
		return "found", green, v.Told.text() + v.afterText()
	}
}

// text says what was sent: page of checkout 28d.
func (e *episodeRef) text() string {
	text := string(e.Severity)
	if e.Kind != "burn" {
		text += " (" + string(e.Kind) + ")"
	}
	text += " of " + e.ID
	if e.Objective != nil {
		text += " " + *e.Objective
	}
	if len(e.Tiers) > 0 {
		text += " by " + e.Tiers[0]
	}
	return text
}

func (v *incidentView) afterText() string {
	switch {
	case v.After == nil:
		return ""
	case *v.After == 0:
		return " at once"
	case *v.After < 0:
		return ", already " + delayText(-*v.After) + " before it began"
	default:
		return " after " + delayText(*v.After)
	}
}

// delayText is a number of minutes, which may be broken: 7m 30s.
func delayText(minutes float64) string {
	return term.Duration(time.Duration(minutes * float64(time.Minute)).Round(time.Second))
}

// tiersThatMatter are those that fired, and those that were expected to and burned at
// a tenth of their factor or more; at least the first of them.
func (v *incidentView) tiersThatMatter() (shown []seenView, more int) {
	for i := range v.Seen {
		s := &v.Seen[i]
		expected := v.Expect != nil && (*v.Expect == slo.Ticket || s.Severity == slo.Page)
		matters := s.FiredAt != nil || expected && (len(shown) == 0 || s.near())
		if !matters {
			continue
		}
		if len(shown) < mostTiers {
			shown = append(shown, *s)
		} else {
			more++
		}
	}
	return shown, more
}

// near reports whether the tier burned at a tenth of its factor.
func (s *seenView) near() bool {
	highest, known := s.Highest.Value()
	factor, _ := s.Factor.Value()
	return known && highest*10 >= factor
}

// text says when the tier fired, or why it did not.
func (s *seenView) text() string {
	highest, known := s.Highest.Value()
	factor, _ := s.Factor.Value()
	switch {
	case s.After != nil && *s.After < 0:
		return "had fired " + delayText(-*s.After) + " before"
	case s.After != nil:
		return "fired after " + delayText(*s.After)
	case !known:
		return "missed it, as nothing happened in its windows"
	case s.Verdict != nil && highest > factor:
		burn, factor := apart(s.Highest, s.Factor)
		return fmt.Sprintf("missed it: burned at %s, factor %s, and was held back by the guard, %s", burn, factor, guardText(*s.Verdict))
	default:
		burn, factor := apart(s.Highest, s.Factor)
		return fmt.Sprintf("missed it: burned at most at %s of %s", burn, factor)
	}
}

// column is a head and how wide its cells are.
type column struct {
	head  string
	width int
	left  bool // aligned there
}

// grid writes rows of cells. The first one is a severity or a name; what is longer
// than its column is cut.
func (t *backtestTable) grid(columns []column, rows [][]string) {
	line := func(cells func(int) string) string {
		var fitted []string
		for i, c := range columns {
			if text := plainText(cells(i)); c.left {
				fitted = append(fitted, term.Fit(text, c.width))
			} else {
				fitted = append(fitted, term.FitRight(text, c.width))
			}
		}
		return strings.TrimRight(strings.Join(fitted, " "), " ")
	}
	t.line("", "")
	t.line(bold, line(func(i int) string { return columns[i].head }))
	for _, row := range rows {
		t.line("", line(func(i int) string { return row[i] }))
	}
}

func (t *backtestTable) scores(j *backtest.Judgement) {
	if j == nil || len(j.Incidents) == 0 {
		return
	}
	var rows [][]string
	add := func(list []backtest.Score) {
		for i := range list {
			s := &list[i]
			row := []string{string(s.Severity), tierName(s), fmt.Sprint(s.Fired), fmt.Sprint(s.True), wholePercent(s.Precision), foundText(s), wholePercent(s.Recall), fmt.Sprint(s.Already)}
			if d := s.Delays; d != nil {
				row = append(row, delayText(d.Least), delayText(d.Median), delayText(d.Most))
			} else {
				row = append(row, "–", "–", "–")
			}
			rows = append(rows, row)
		}
	}
	add(j.Sent)
	add(j.Tiers)
	t.grid([]column{
		{"SCORES", severityWidth, true},
		{"TIER", kindWidth, true},
		{"FIRED", 6, false},
		{"RIGHT", 6, false},
		{"PRECISION", 9, false},
		{"FOUND", 9, false},
		{"RECALL", 6, false},
		{"ALREADY", 7, false},
		{"LEAST", 7, false},
		{"MEDIAN", 7, false},
		{"MOST", 10, false},
	}, rows)
	t.paragraph(dim, "RIGHT fired about an incident that expects it; FOUND is of the incidents that expect it, ALREADY those for which it fired before "+
		"they began. "+foundNote+" LEAST, MEDIAN and MOST are how long detection took.")
}

// foundNote says what FOUND and FIRED count, which the rows do not show.
const foundNote = "Tickets are FOUND by pages, too: what was paged for needs no ticket. Tiers count whatever they did, also what was silent or only observed."

// tierName is the windows of a tier, or that it is what people would have been told.
func tierName(s *backtest.Score) string {
	if s.Long == "" {
		return "sent"
	}
	return s.Long + "/" + s.Short
}

func foundText(s *backtest.Score) string { return fmt.Sprintf("%d of %d", s.Found, s.Expected) }

// wholePercent is a share without decimals, or a dash.
func wholePercent(r burnrate.Ratio) string {
	share, known := r.Value()
	if !known {
		return "–"
	}
	return percent(share, 0)
}

func (t *backtestTable) toil(list []backtest.Toil, doc *Backtest) {
	var rows [][]string
	for i := range list {
		toil := &list[i]
		if toil.Pages+toil.Tickets == 0 {
			continue
		}
		rows = append(rows, []string{
			toilOwner(toil), fmt.Sprint(toil.Pages), burnText(toil.PagesPerWeek), fmt.Sprint(toil.Night), fmt.Sprint(toil.Weekend), fmt.Sprint(toil.Repeated),
			fmt.Sprint(toil.Short), fmt.Sprint(toil.Busiest), fmt.Sprint(toil.Tickets), burnText(toil.TicketsPerWeek),
		})
	}
	if len(rows) == 0 {
		return
	}
	t.grid(toilColumns("A WEEK"), rows)
	t.toilNote(doc)
}

// toilColumns has a column for a rate after pages and after tickets, unless it has no
// head.
func toilColumns(rate string) []column {
	columns := []column{{"TOIL", 24, true}, {"PAGES", 7, false}}
	if rate != "" {
		columns = append(columns, column{rate, 6, false})
	}
	columns = append(columns, column{"NIGHT", 7, false}, column{"WEEKEND", 7, false}, column{"REPEATED", 8, false}, column{"SHORT", 7, false},
		column{"BUSIEST", 7, false}, column{"TICKETS", 7, false})
	if rate != "" {
		columns = append(columns, column{rate, 6, false})
	}
	return columns
}

func (t *backtestTable) toilNote(doc *Backtest) {
	t.paragraph(dim, fmt.Sprintf("Pages: at NIGHT (%s), on WEEKENDs, and on the BUSIEST day, by the clock of %s; REPEATED within a day after the same alert "+
		"resolved; SHORT, which resolved within half an hour.", doc.Night, doc.TimeZone))
}

func toilOwner(t *backtest.Toil) string {
	if t.Owner == "" {
		return "all"
	}
	return t.Owner
}

// advice prints sentences below what they are about, with the numbers of periods.
func (t *backtestTable) advice(title string, list []backtest.Advice) {
	if len(list) == 0 {
		return
	}
	t.head(title)
	about := ""
	more := len(list) - mostAlerts
	for i := range list[:min(len(list), mostAlerts)] {
		a := &list[i]
		who := strings.TrimSpace(a.ID + " " + a.Objective)
		if a.Owner != "" {
			who += " (" + a.Owner + ")"
		}
		if who != about {
			t.paragraph("", who)
			about = who
		}
		t.detail("%s", AdviceText(*a, slo.English))
		if len(a.Periods) > 0 {
			t.detail("%s", periodsText(a))
		}
	}
	if more > 0 {
		t.detail("%d more: -o json has all", more)
	}
}

// periodsText lists the share of good events of each period, and what is special of
// it.
func periodsText(a *backtest.Advice) string {
	var list []string
	for _, p := range a.Periods {
		text := sliText(p.Error, burnrate.RatioOf(p.Coverage), a.Target)
		switch {
		case p.Missed:
			text += " (missed)"
		case !p.Whole && p.Error.Defined() && p.Coverage < 0.01:
			text += " (hardly measured)"
		case !p.Whole && p.Error.Defined():
			text += " (" + percent(p.Coverage, 0) + " measured)"
		}
		list = append(list, text)
	}
	return "good events, the oldest first: " + strings.Join(list, ", ")
}
