package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// change prints what a change makes of a run.
func (t *backtestTable) change(doc *Backtest) {
	before, after, c := &doc.Runs[0], &doc.Runs[1], doc.Comparison
	t.line("", "")
	t.paragraph("", "Before: "+before.Name)
	t.paragraph("", "After: "+after.Name)
	t.paragraph("", changePhrase(before, after, c).String())
	t.alerts(diag.Say("LOST"), episodesAt(before, c.Lost), before.To)
	t.alerts(diag.Say("GAINED"), episodesAt(after, c.Gained), after.To)
	t.moved(before, after, c.Kept)
	t.objectives(before, after, c.Objectives)
	t.incidentChanges(before, after)
	t.scoreChanges(before.Judgement, after.Judgement)
	t.toilChanges(before.Toil, after.Toil, doc)
	t.advice("ADVICE (after)", after.Advice)
	t.line("", "")
	t.paragraph(dim, "-o json has both runs, with the alerts they share and what guards held back.")
}

func episodesAt(r *BacktestRun, at []int) []*backtest.Episode {
	list := make([]*backtest.Episode, len(at))
	for i, n := range at {
		list[i] = &r.Episodes[n]
	}
	return list
}

// changePhrase says in numbers what people would have been told before and after.
func changePhrase(before, after *BacktestRun, c *backtest.Comparison) diag.Phrase {
	count := func(r *BacktestRun, counts func(*backtest.Episode) bool) string {
		n := 0
		for i := range r.Episodes {
			if r.Episodes[i].Told() && counts(&r.Episodes[i]) {
				n++
			}
		}
		return fmt.Sprint(n)
	}
	both := func(counts func(*backtest.Episode) bool) string {
		return turned(count(before, counts), count(after, counts))
	}
	text := diag.Say("Pages: %s; tickets: %s. That is %d lost, %d gained and %d kept.",
		both(func(e *backtest.Episode) bool { return e.Severity == slo.Page }),
		both(func(e *backtest.Episode) bool { return e.Severity == slo.Ticket }),
		len(c.Lost), len(c.Gained), len(c.Kept))
	if first := both(func(e *backtest.Episode) bool { return e.Before }); first != "0" {
		text = diag.Say("%s Of them fired in the first minute already, and may have begun before: %s.", text, first)
	}
	return text
}

// turned says what was before and what is after a change, or what is the same.
func turned(before, after string) string {
	if before == after {
		return before
	}
	return before + " → " + after
}

// moved lists the alerts of both that people would have been told of earlier or
// later, the furthest ones if they are too many.
func (t *backtestTable) moved(before, after *BacktestRun, kept []backtest.Pair) {
	list := slices.DeleteFunc(slices.Clone(kept), func(p backtest.Pair) bool { return p.Later == 0 })
	if len(list) == 0 {
		return
	}
	more := len(list) - mostOthers
	if more > 0 {
		slices.SortStableFunc(list, func(a, b backtest.Pair) int { return cmp.Compare(math.Abs(b.Later), math.Abs(a.Later)) })
		list = list[:mostOthers]
		slices.SortStableFunc(list, func(a, b backtest.Pair) int { return cmp.Compare(a.Before, b.Before) })
	}
	t.head(term.Fit(t.text(diag.Say("MOVED")), severityWidth), term.Fit(t.text(diag.Say("KIND")), kindWidth), term.Fit(t.text(diag.Say("BY")), movedWidth),
		term.Fit(t.text(diag.Say("SINCE")), instantWidth), term.Fit(t.text(diag.Say("OWNER")), ownerWidth), t.text(diag.Say("WHAT")))
	for _, p := range list {
		was, is := &before.Episodes[p.Before], &after.Episodes[p.After]
		by := diag.Say("%s later", delayText(p.Later))
		if p.Later < 0 {
			by = diag.Say("%s earlier", delayText(-p.Later))
		}
		what := diag.Verbatim(aboutText(is.Key))
		if was.Spent.Defined() || is.Spent.Defined() {
			what = diag.Say("%s, detected with %s of the budget spent", what, turned(shareText(was.Spent), shareText(is.Spent)))
		}
		t.row(severityStyle(is.Severity), string(is.Severity), t.text(what), term.Fit(string(is.Kind), kindWidth), term.Fit(t.text(by), movedWidth),
			term.Fit(t.minute(was.Start), instantWidth), term.Fit(plainText(is.Owner), ownerWidth))
	}
	if more > 0 {
		t.detail("%s", t.text(diag.Say("%d more, which moved less: -o json has all", more)))
	}
}

const movedWidth = 15

// objectives lists those for which the change makes a difference, and counts the
// others.
func (t *backtestTable) objectives(before, after *BacktestRun, list []backtest.ObjectiveChange) {
	same := 0
	var rows [][]string
	var names []string
	for i := range list {
		row, what := objectiveChange(before, after, &list[i], t.language)
		if row == nil {
			same++
			continue
		}
		rows, names = append(rows, row), append(names, what)
	}
	if len(rows) == 0 {
		return
	}
	columns := []column{
		{t.text(diag.Say("OBJECTIVES")), 17, true},
		{t.text(diag.Say("PAGES")), 8, true},
		{t.text(diag.Say("TICKETS")), 8, true},
		{t.text(diag.Say("SPENT AT END")), 16, true},
		{t.text(diag.Say("AT MOST")), 16, true},
	}
	more := len(rows) - mostAlerts
	head := make([]string, len(columns))
	for i, c := range columns {
		head[i] = term.Fit(c.head, c.width)
	}
	t.head(append(head, t.text(diag.Say("WHAT")))...)
	for i, row := range rows[:min(len(rows), mostAlerts)] {
		cells := make([]string, len(row))
		for k, c := range columns {
			cells[k] = term.Fit(plainText(row[k]), c.width)
		}
		t.detailRow(cells, names[i])
	}
	if more > 0 {
		t.detail("%s", t.text(diag.Say("%d more: -o json has all", more)))
	}
	switch {
	case same == 1:
		t.detail("%s", t.text(diag.Say("1 objective stays the same")))
	case same > 1:
		t.detail("%s", t.text(diag.Say("%d objectives stay the same", same)))
	}
}

// detailRow writes cells, and then what they are about, which goes on below.
func (t *backtestTable) detailRow(cells []string, what string) {
	before := 0
	for _, c := range cells {
		before += term.Width(c) + 1
	}
	for i, line := range term.Wrap(plainText(what), max(1, tableWidth-before)) {
		text := ""
		for _, c := range cells {
			if i > 0 {
				c = term.Fit("", term.Width(c))
			}
			text += c + " "
		}
		t.line("", text+line)
	}
}

// objectiveChange is nil for an objective that stays the same.
func objectiveChange(before, after *BacktestRun, c *backtest.ObjectiveChange, language diag.Language) (row []string, what string) {
	was, is := sideViewOf(*c, 0, c.Before, &before.Run), sideViewOf(*c, 1, c.After, &after.Run)
	what = c.ID + " " + c.Name
	switch {
	case was == nil && is == nil:
		return nil, what
	case was == nil:
		return []string{diag.Say("%s is new", is.Target).In(language), fmt.Sprint(is.Pages), fmt.Sprint(is.Tickets), shareText(is.Consumed), shareText(is.Worst)}, what
	case is == nil:
		return []string{diag.Say("%s is gone", was.Target).In(language), fmt.Sprint(was.Pages), fmt.Sprint(was.Tickets), shareText(was.Consumed), shareText(was.Worst)}, what
	}
	row = []string{
		turned(was.Target, is.Target), turned(fmt.Sprint(was.Pages), fmt.Sprint(is.Pages)), turned(fmt.Sprint(was.Tickets), fmt.Sprint(is.Tickets)),
		turned(shareText(was.Consumed), shareText(is.Consumed)), turned(shareText(was.Worst), shareText(is.Worst)),
	}
	about := diag.Verbatim(what)
	if window := turned(was.Window, is.Window); window != is.Window {
		about = diag.Say("%s, over %s", about, window)
	}
	oldPolicy, newPolicy := policyName(was).In(language), policyName(is).In(language)
	if oldPolicy != newPolicy {
		about = diag.Say("%s, alerts %s", about, turned(oldPolicy, newPolicy))
	}
	if what == about.String() && was.Target == is.Target && was.Pages == is.Pages && was.Tickets == is.Tickets &&
		was.Consumed.Rounded() == is.Consumed.Rounded() && was.Worst.Rounded() == is.Worst.Rounded() {
		return nil, what
	}
	return row, about.In(language)
}

// policyName is what a spec calls the policy: none without one.
func policyName(s *sideView) diag.Phrase {
	if s.Policy == nil {
		return diag.Say("none")
	}
	return diag.Verbatim(*s.Policy)
}

// incidentChanges says of each incident what was made of it before and after.
func (t *backtestTable) incidentChanges(before, after *BacktestRun) {
	if before.Judgement == nil || after.Judgement == nil || len(after.Judgement.Incidents) == 0 {
		return
	}
	t.incidentHead()
	var outside []string
	for i := range after.Judgement.Incidents {
		v := incidentViewOf(&after.Judgement.Incidents[i], &after.Run)
		if v.Outside && i < len(before.Judgement.Incidents) && before.Judgement.Incidents[i].Outside {
			outside = append(outside, v.Name)
			continue
		}
		outcome, s, text := v.outcome()
		t.incidentRow(&v, outcome, s)
		if i < len(before.Judgement.Incidents) {
			was := incidentViewOf(&before.Judgement.Incidents[i], &before.Run)
			if word, _, sentence := was.outcome(); sentence != text {
				t.detail("before: %s", withWord(word, sentence))
				text = "after: " + withWord(outcome, text)
			}
		}
		t.detail("%s", text)
		if v.Told == nil {
			t.tiers(&v)
		}
	}
	t.outside(outside)
}

func withWord(word, sentence string) string { return word + ", " + sentence }

func (t *backtestTable) scoreChanges(before, after *backtest.Judgement) {
	if before == nil || after == nil || len(after.Incidents) == 0 {
		return
	}
	was, is := slices.Concat(before.Sent, before.Tiers), slices.Concat(after.Sent, after.Tiers)
	name := func(s *backtest.Score) [2]string { return [2]string{string(s.Severity), tierName(s)} }
	var rows [][]string
	for _, names := range union(was, is, name) {
		b, a := find(was, names, name), find(is, names, name)
		cells := func(of func(*backtest.Score) string) string { return turned(orDash(b, of), orDash(a, of)) }
		rows = append(rows, []string{
			names[0], names[1],
			cells(func(s *backtest.Score) string { return fmt.Sprint(s.Fired) }),
			cells(func(s *backtest.Score) string { return wholePercent(s.Precision) }),
			cells(foundText),
			cells(func(s *backtest.Score) string { return wholePercent(s.Recall) }),
			cells(medianText),
		})
	}
	t.grid([]column{
		{"SCORES", severityWidth, true},
		{"TIER", kindWidth, true},
		{"FIRED", 11, true},
		{"PRECISION", 12, true},
		{"FOUND", 17, true},
		{"RECALL", 12, true},
		{"MEDIAN AFTER", 18, true},
	}, rows)
	t.paragraph(dim, foundNote)
}

func medianText(s *backtest.Score) string {
	if s.Delays == nil {
		return "–"
	}
	return delayText(s.Delays.Median)
}

func (t *backtestTable) toilChanges(before, after []backtest.Toil, doc *Backtest) {
	owner := func(t *backtest.Toil) string { return t.Owner }
	var rows [][]string
	for _, name := range union(before, after, owner) {
		b, a := find(before, name, owner), find(after, name, owner)
		cells := func(of func(*backtest.Toil) int) string {
			count := func(t *backtest.Toil) string { return fmt.Sprint(of(t)) }
			return turned(orZero(b, count), orZero(a, count))
		}
		row := []string{cmp.Or(name, "all")}
		for _, of := range []func(*backtest.Toil) int{
			func(t *backtest.Toil) int { return t.Pages },
			func(t *backtest.Toil) int { return t.Night },
			func(t *backtest.Toil) int { return t.Weekend },
			func(t *backtest.Toil) int { return t.Repeated },
			func(t *backtest.Toil) int { return t.Short },
			func(t *backtest.Toil) int { return t.Busiest },
			func(t *backtest.Toil) int { return t.Tickets },
		} {
			row = append(row, cells(of))
		}
		if slices.ContainsFunc(row[1:], func(cell string) bool { return cell != "0" }) {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return
	}
	columns := toilColumns("")
	for i := range columns {
		if columns[i].left = true; i > 0 {
			columns[i].width = 10
		}
	}
	t.grid(columns, rows)
	t.toilNote(doc)
}

// union returns the names of two lists, those of the first one first.
func union[T any, N comparable](before, after []T, name func(*T) N) []N {
	var names []N
	for _, list := range [][]T{before, after} {
		for i := range list {
			if n := name(&list[i]); !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	return names
}

// find returns what has a name, nil when nothing has.
func find[T any, N comparable](list []T, name N, of func(*T) N) *T {
	for i := range list {
		if of(&list[i]) == name {
			return &list[i]
		}
	}
	return nil
}

func orDash(s *backtest.Score, of func(*backtest.Score) string) string {
	if s == nil {
		return "–"
	}
	return of(s)
}

func orZero(t *backtest.Toil, of func(*backtest.Toil) string) string {
	if t == nil {
		return "0"
	}
	return of(t)
}
