package page

import (
	"cmp"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

// view is what the template shows.
type view struct {
	T                      *labels
	Compare                bool
	After                  string // of headings of what is about the run after a change
	Span, Scope, Hindsight string
	Lanes                  []string // which lane is which, and what its numbers are
	Missing                list
	Figures                []figure
	Legend                 []legend
	Timeline               *timeline
	Changes                *changes   // nil for one run
	Incidents              *incidents // nil without
	Scores                 *table     // nil without incidents
	Toil                   table
	Advice                 list
	Lists                  lists
}

// list is sentences, as many as there is room for.
type list struct {
	Items             []item
	More, MoreOnPaper string
}

type item struct {
	Text  string
	Paper bool // it is printed
}

// figure is a number that is seen first.
type figure struct{ Label, Before, Value, Note string }

// legend is a mark with what it means.
type legend struct{ Class, Symbol, Text string }

// Bounds of what is shown on a screen, and of sentences on paper: see [paper] for
// tables. What is left out is counted.
const (
	mostRows                     = 40
	mostMarks                    = 300 // in a lane
	mostIncidents                = 50
	mostTiers, mostTiersCompared = 6, 4
	mostScores                   = 12
	mostToil                     = 20
	mostAdvice, paperAdvice      = 30, 2
	mostPages                    = 100
	mostTickets                  = 100
	mostSilent, mostHeld         = 50, 50
	mostChanges, mostObjectives  = 100, 40
	mostMissing, paperMissing    = 20, 2
)

func (b *builder) view() *view {
	b.paper = b.onPaper(b.wants())
	v := &view{T: b.t, Compare: b.compare, Hindsight: b.t.Hindsight(b.doc.Origin == "source")}
	length := b.duration(b.doc.To.Sub(b.doc.From))
	if b.last.Minutes > 0 {
		length = b.minutes(float64(b.last.Minutes)) // the last snapshot is a minute, too
	}
	v.Span = b.t.Span(b.date(b.doc.From), b.date(b.doc.To), length, b.zone.String())
	if b.compare {
		v.After = b.t.AfterChange
		v.Lanes = []string{b.t.CompareNote(b.runName(0), b.runName(1))}
	}
	v.Lanes = append(v.Lanes, b.t.LanesNote)
	v.Missing = b.missing()
	v.Figures = b.figures()
	v.Timeline = b.timeline()
	if v.Timeline.already {
		v.Lanes = append(v.Lanes, b.t.AlreadyNote)
	}
	v.Scope = b.t.Scope(v.Timeline.Objectives, v.Timeline.Speaking)
	v.Legend = b.legend(v.Timeline)
	v.Changes, v.Incidents, v.Scores = b.changes(), b.incidents(), b.scores()
	v.Toil, v.Advice, v.Lists = b.toil(), b.advice(), b.lists()
	return v
}

// bounded counts what a list leaves out, on a screen and on paper.
func (b *builder) bounded(all, most, paper int) (more, onPaper string) {
	if all > most {
		more = b.t.More(all - most)
	}
	if all > paper {
		onPaper = b.t.More(all - paper)
	}
	return more, onPaper
}

func (b *builder) listOf(texts []string, most, paper int) list {
	var l list
	l.More, l.MoreOnPaper = b.bounded(len(texts), most, paper)
	for i, text := range texts[:min(len(texts), most)] {
		l.Items = append(l.Items, item{text, i < paper})
	}
	return l
}

func (b *builder) missing() list {
	var texts []string
	for _, f := range b.doc.Failures {
		texts = append(texts, b.withID(f.ID, f.Message))
	}
	for _, n := range b.doc.Notices {
		texts = append(texts, b.withID(n.ID, n.Message))
	}
	return b.listOf(texts, mostMissing, paperMissing)
}

func (b *builder) withID(id, message string) string {
	if id == "" {
		return cut(message, 2*mostText)
	}
	return safe(id) + b.t.Colon + cut(message, 2*mostText)
}

func (b *builder) advice() list {
	var texts []string
	for _, a := range b.last.Advice {
		about := safe(a.ID)
		if a.Objective != "" {
			about += " (" + safe(a.Objective) + ")"
		}
		texts = append(texts, about+b.t.Colon+cut(report.AdviceText(a, b.locale), 4*mostText))
	}
	return b.listOf(texts, mostAdvice, paperAdvice)
}

// toilOf returns the toil of an owner in a run, "" for that of all.
func toilOf(run *report.BacktestRun, owner string) backtest.Toil {
	for _, t := range run.Toil {
		if t.Owner == owner {
			return t
		}
	}
	return backtest.Toil{Owner: owner}
}

func (b *builder) figures() []figure {
	var list []figure
	add := func(label, note string, value func(*report.BacktestRun) string) {
		f := figure{Label: label, Value: value(b.last), Note: note}
		if b.compare {
			f.Before = value(&b.doc.Runs[0])
		}
		list = append(list, f)
	}
	counts := func(of func(backtest.Toil) int) func(*report.BacktestRun) string {
		return func(r *report.BacktestRun) string { return count(int64(of(toilOf(r, "")))) }
	}
	all := toilOf(b.last, "")
	add(b.t.Pages, b.already(slo.Page), counts(func(t backtest.Toil) int { return t.Pages }))
	if all.PagesPerWeek.Defined() { // a few hours say nothing of a week
		add(b.t.PagesPerWeek, "", func(r *report.BacktestRun) string { return number(toilOf(r, "").PagesPerWeek) })
	}
	add(b.t.NightPages, safe(b.doc.Night), counts(func(t backtest.Toil) int { return t.Night }))
	add(b.t.Repeated, b.t.RepeatedNote, counts(func(t backtest.Toil) int { return t.Repeated }))
	tickets := b.already(slo.Ticket)
	if all.TicketsPerWeek.Defined() {
		tickets = join(" · ", tickets, b.t.TicketsPerWeek(number(all.TicketsPerWeek)))
	}
	add(b.t.Tickets, tickets, counts(func(t backtest.Toil) int { return t.Tickets }))
	if b.last.Judgement != nil {
		_, expected := found(b.last.Judgement)
		add(b.t.Found, b.t.OfExpected(expected), func(r *report.BacktestRun) string {
			n, _ := found(r.Judgement)
			return count(int64(n))
		})
	}
	return list
}

// already says how many alerts of a severity fired in the first snapshot: figures do
// not count them, as they may have begun at any time before, and lists have them.
func (b *builder) already(severity slo.Severity) string {
	n := 0
	text := b.change(func(r *report.BacktestRun) string {
		found := 0
		for i := range r.Episodes {
			if e := &r.Episodes[i]; e.Told() && e.Before && e.Severity == severity {
				found++
			}
		}
		n += found
		return count(int64(found))
	})
	if n == 0 {
		return ""
	}
	return b.t.Already(text)
}

// found returns how many incidents somebody should have been told of, and how many of
// those were found.
func found(j *backtest.Judgement) (found, expected int) {
	if j == nil {
		return 0, 0
	}
	for _, i := range j.Incidents {
		if i.Expect == "" || i.Outside {
			continue
		}
		expected++
		if i.Told != nil {
			found++
		}
	}
	return found, expected
}

// legend explains the marks that the timeline has.
func (b *builder) legend(t *timeline) []legend {
	var list []legend
	for _, name := range []string{"page", "ticket", "held", "budget", "noTraffic", "noData", "source"} {
		class, drawn := t.symbols[name]
		if drawn {
			list = append(list, legend{class, name, b.t.MarkNames[name]})
		}
	}
	for _, extra := range []struct {
		drawn             bool
		class, name, text string
	}{
		{t.untold, "untold page", "page", b.t.Untold},
		{t.gained, "gained", "gained", b.t.Gained},
		{t.lost, "lost", "lost", b.t.Lost},
		{t.bands, "band", "band", b.t.Band},
		{t.quietBands, "band quiet", "quiet", b.t.QuietBand},
		{t.budgets, "budget", "left", b.t.BudgetLine},
	} {
		if extra.drawn {
			list = append(list, legend{extra.class, extra.name, extra.text})
		}
	}
	return list
}

// severityClass is the class of marks and words of a severity.
func severityClass(s slo.Severity) string { return cmp.Or(string(s), "none") }
