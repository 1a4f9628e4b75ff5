package page

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
)

// timeline is a row for each objective that has something to say, over one axis.
type timeline struct {
	axis
	Time              string // what the axis is called
	Rows              []row
	More, MoreOnPaper []string
	Objectives        int // in all
	Speaking          int // that have something to say

	symbols                                          map[string]string // which marks are drawn, with a class
	untold, gained, lost, bands, quietBands, budgets bool              // which others are
	already                                          bool              // some fired in the first minute
}

// axis is what stands above all rows.
type axis struct {
	Ticks      []tick
	Bands      []band
	AxisHeight int // with the labels of incidents
}

// AxisTop is where lines of ticks begin, and AxisText where their labels stand.
func (a axis) AxisTop() int  { return a.AxisHeight - axisHeight + 4 }
func (a axis) AxisText() int { return a.AxisHeight - 5 }

// row is an objective, or a source.
type row struct {
	Axis         *axis
	Bands        []band // incidents that may have hurt it
	Name, Detail string
	Title, Desc  string // of the picture
	Height       int
	Lanes        []lane // one for each run
	Budgets      []budgetLine
	BudgetTitle  string
	BudgetY      int
	BudgetHeight int
	Numbers      [4][]string // pages, tickets, held and left, of each run
	More         string      // marks that are not drawn
	Paper        bool        // it is printed
}

type lane struct {
	Y     int // of its top
	Marks []mark
}

// mark is an alert, or what a guard held back.
type mark struct {
	Class, Symbol string
	Title         string
	X, Width      string // percent of the length
	Y, Top, Thick int    // of its middle, and of its bar
	Sign          string // + gained, − lost
}

// Sizes in pixels. Pages are in the upper half of a lane, tickets in the lower one.
const (
	pageY, ticketY = 6, 15
	laneHeight     = 21
	budgetHeight   = 9
	axisHeight     = 18
	labelHeight    = 14
)

// mostName is how many columns wide an id is that has room at the head of a row.
const mostName = 28

// subject is what a row is about, with what each run says of it.
type subject struct {
	id, objective string
	runs          [2]part
	differs       bool                // a change makes a difference
	of            *backtest.Objective // of the last run that has it
}

// part is what one run says of a subject.
type part struct {
	objective *backtest.Objective
	episodes  []int
	held      []int
	pages     int
	tickets   int
	already   [2]int // pages and tickets that fired in the first snapshot
}

func (s *subject) pages() int   { return s.runs[0].pages + s.runs[1].pages }
func (s *subject) tickets() int { return s.runs[0].tickets + s.runs[1].tickets }

func (s *subject) marks() int {
	n := 0
	for _, p := range s.runs {
		n += len(p.episodes) + len(p.held)
	}
	return n
}

// worst is the most of the budget that was consumed at any time.
func (s *subject) worst() float64 {
	most := 0.0
	for _, p := range s.runs {
		if p.objective != nil {
			value, _ := p.objective.Worst.Value()
			most = max(most, value)
		}
	}
	return most
}

func (s *subject) speaks() bool { return s.marks() > 0 || s.worst() >= 1 || s.differs }

// subjects returns what rows may be about: what a change makes different first, and
// then those with the most pages.
func (b *builder) subjects() []*subject {
	var list []*subject
	byKey, first := map[[2]string]*subject{}, map[string]*subject{}
	names := b.names()
	differs := b.differs(names)
	get := func(run int, id, objective string) *subject {
		id, objective = names.after(run, id, objective)
		if s := first[id]; objective == "" && s != nil {
			return s // what concerns all objectives stands at the first one
		}
		s := byKey[[2]string{id, objective}]
		if s == nil {
			s = &subject{id: id, objective: objective, differs: differs[[2]string{id, objective}]}
			byKey[[2]string{id, objective}] = s
			list = append(list, s)
			if first[id] == nil {
				first[id] = s
			}
		}
		return s
	}
	for n := range b.doc.Runs {
		run := &b.doc.Runs[n]
		for i := range run.Objectives {
			s := get(n, run.Objectives[i].ID, run.Objectives[i].Name)
			s.runs[n].objective, s.of = &run.Objectives[i], &run.Objectives[i]
		}
	}
	for n := range b.doc.Runs {
		run := &b.doc.Runs[n]
		for i := range run.Episodes {
			e := &run.Episodes[i]
			p := &get(n, e.ID, e.Objective).runs[n]
			p.episodes = append(p.episodes, i)
			switch {
			case !e.Told():
			case e.Before && e.Severity == slo.Page:
				p.already[0]++
			case e.Before:
				p.already[1]++
			case e.Severity == slo.Page:
				p.pages++
			default:
				p.tickets++
			}
		}
		for i := range run.Held {
			p := &get(n, run.Held[i].ID, run.Held[i].Objective).runs[n]
			p.held = append(p.held, i)
		}
	}
	slices.SortStableFunc(list, func(x, y *subject) int {
		if x.differs != y.differs {
			if x.differs {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(y.pages(), x.pages()), cmp.Compare(y.tickets(), x.tickets()), cmp.Compare(y.marks(), x.marks()),
			cmp.Compare(y.worst(), x.worst()), cmp.Compare(x.id, y.id), cmp.Compare(x.objective, y.objective))
	})
	return list
}

func (b *builder) timeline() *timeline {
	t := &timeline{symbols: map[string]string{}, Time: b.t.Time}
	t.Ticks = b.ticks()
	b.bands(t)
	t.AxisHeight = axisHeight + b.labelLines()*labelHeight
	gained, lost := map[int]bool{}, map[int]bool{}
	if b.compare {
		for _, i := range b.doc.Comparison.Gained {
			gained[i] = true
		}
		for _, i := range b.doc.Comparison.Lost {
			lost[i] = true
		}
	}
	var speaking []*subject
	for _, s := range b.subjects() {
		if s.of != nil {
			t.Objectives++
		}
		if s.speaks() {
			speaking = append(speaking, s)
			if s.of != nil {
				t.Speaking++
			}
		}
	}
	var left, leftOnPaper leftOut
	printed := b.printed(speaking)
	for n, s := range speaking {
		if !printed[n] {
			leftOnPaper.add(s)
		}
		if n >= mostRows {
			left.add(s)
			continue
		}
		r := b.row(s, t, [2]map[int]bool{lost, gained})
		r.Paper = printed[n]
		t.Rows = append(t.Rows, r)
	}
	if left.rows > 0 {
		t.More = append(t.More, b.leftOut(left))
	}
	if leftOnPaper.rows > 0 {
		t.MoreOnPaper = append(t.MoreOnPaper, b.leftOut(leftOnPaper))
	}
	if quiet := t.Objectives - t.Speaking; quiet > 0 {
		t.More, t.MoreOnPaper = append(t.More, b.t.MoreQuiet(quiet)), append(t.MoreOnPaper, b.t.MoreQuiet(quiet))
	}
	return t
}

// printed chooses the rows that paper has room for, by their indexes: the first ones,
// and of the last third of the room those that an incident hurt which was missed, or a
// false alarm was about.
func (b *builder) printed(list []*subject) map[int]bool {
	printed := map[int]bool{}
	for n := range min(len(list), mostRows, b.paper.rows) {
		printed[n] = true
	}
	least := b.paper.rows - b.paper.rows/3
	for _, i := range b.ranked() {
		incident := &b.last.Judgement.Incidents[i]
		if !b.alarming(i) || len(incident.SLOs) == 0 || len(printed) < b.paper.rows {
			continue
		}
		hurt := -1
		for n, s := range list[:min(len(list), mostRows)] {
			if concerns(incident, s) && (hurt < 0 || printed[n]) {
				hurt = n
			}
		}
		last := b.paper.rows - 1
		for last >= least && !printed[last] {
			last--
		}
		if hurt >= 0 && !printed[hurt] && last >= least {
			delete(printed, last)
			printed[hurt] = true
		}
	}
	return printed
}

// leftOut is what rows would have shown for which there is no room.
type leftOut struct {
	rows           int
	pages, tickets [2]int // of each run
	already        [2][2]int
}

func (l *leftOut) add(s *subject) {
	l.rows++
	for n, p := range s.runs {
		l.pages[n] += p.pages
		l.tickets[n] += p.tickets
		l.already[n][0] += p.already[0]
		l.already[n][1] += p.already[1]
	}
}

func (b *builder) leftOut(l leftOut) string {
	counts := func(kind int, n [2]int) string {
		text := ""
		for run := range b.doc.Runs {
			c := count(int64(n[run]))
			if already := l.already[run][kind]; already > 0 {
				c = withAlready(n[run], already)
			}
			text = join(" → ", text, c)
		}
		return text
	}
	return b.t.MoreRows(l.rows, counts(0, l.pages), counts(1, l.tickets))
}

// row draws a subject. changed are the episodes of each run that the other one has
// not.
func (b *builder) row(s *subject, t *timeline, changed [2]map[int]bool) row {
	r := row{Name: safe(s.id), Axis: &t.axis, BudgetHeight: budgetHeight}
	r.Detail = b.detail(s, &r)
	for _, c := range t.Bands {
		if concerns(&b.last.Judgement.Incidents[c.incident], s) {
			r.Bands = append(r.Bands, c)
		}
	}
	pages, tickets, held, undrawn := 0, 0, 0, 0
	for n := range b.doc.Runs {
		run, p := &b.doc.Runs[n], s.runs[n]
		l := lane{Y: n * laneHeight}
		for _, i := range p.held {
			if len(l.Marks) < mostMarks {
				l.Marks = append(l.Marks, b.heldMark(&run.Held[i], l.Y, t))
			} else {
				undrawn++
			}
		}
		for _, i := range p.episodes {
			if len(l.Marks) >= mostMarks {
				undrawn++
				continue
			}
			m := b.episodeMark(&run.Episodes[i], l.Y, t)
			if changed[n][i] && b.compare {
				if n == 0 {
					m.Sign, m.Class, t.lost = "−", m.Class+" lost", true
					m.Title += " (" + b.t.Lost + ")"
				} else {
					m.Sign, m.Class, t.gained = "+", m.Class+" gained", true
					m.Title += " (" + b.t.Gained + ")"
				}
			}
			l.Marks = append(l.Marks, m)
		}
		r.Lanes = append(r.Lanes, l)
		for i, text := range b.numbers(p) {
			r.Numbers[i] = append(r.Numbers[i], text)
		}
		pages, tickets, held = p.pages+p.already[0], p.tickets+p.already[1], len(p.held)
		t.already = t.already || p.already != [2]int{}
	}
	r.BudgetY = laneHeight*len(b.doc.Runs) + 1
	r.Height = r.BudgetY
	for n, p := range s.runs {
		line, title, drawn := b.budget(p.objective)
		if drawn {
			line.Class = []string{"before", "after"}[n]
			if !b.compare {
				line.Class = "after"
			}
			r.Budgets, r.BudgetTitle, t.budgets = append(r.Budgets, line), title, true
		}
	}
	if len(r.Budgets) > 0 {
		r.Height += budgetHeight + 1
	}
	if undrawn > 0 {
		r.More = b.t.MoreMarks(undrawn)
	}
	r.Title, r.Desc = b.t.RowTitle(r.Name), b.t.RowDesc(pages, tickets, held)
	return r
}

// detail says what a row is about, below its name: the id where that is a title, the
// target, and whether anybody is notified.
func (b *builder) detail(s *subject, r *row) string {
	o := s.of
	if o == nil {
		return ""
	}
	text := safe(o.Target) + " / " + b.window(o.Window)
	if journey, step, isStep := strings.Cut(o.ID, "/"); isStep && o.Title == "" && term.Width(o.ID) > mostName {
		r.Name = safe(step) // the end of a long id tells more than its beginning
		text += " · " + safe(journey)
	}
	if before := s.runs[0].objective; b.compare && before != nil && (before.Target != o.Target || before.Window != o.Window) {
		text = safe(before.Target) + " / " + b.window(before.Window) + " → " + text
	}
	if o.Title != "" {
		r.Name = safe(o.Title)
		text += " · " + safe(o.ID)
	}
	if o.Observe {
		text = b.t.Observed + " · " + text
	}
	return text
}

// numbers are those of a run, at the end of a row.
func (b *builder) numbers(p part) [4]string {
	left := none
	if p.objective != nil {
		if consumed, known := p.objective.Consumed.Value(); known {
			left = share(burnrate.RatioOf(1 - consumed))
		}
	}
	return [4]string{withAlready(p.pages, p.already[0]), withAlready(p.tickets, p.already[1]), orNone(len(p.held)), left}
}

// withAlready writes a count, and that of those that fired in the first snapshot beside
// it: 3 + 2.
func withAlready(n, already int) string {
	if already == 0 {
		return orNone(n)
	}
	return count(int64(n)) + " + " + count(int64(already))
}

// orNone writes a count, and nothing is a dash: the eye finds numbers sooner.
func orNone(n int) string {
	if n == 0 {
		return none
	}
	return count(int64(n))
}

// at is where an instant lies, in percent of the length.
func (b *builder) at(at time.Time) float64 {
	return 100 * min(max(float64(at.Sub(b.from))/float64(b.length), 0), 1)
}

func percent(value float64) string { return strconv.FormatFloat(value, 'f', 2, 64) + "%" }

// place puts a mark where it belongs.
func (b *builder) place(m *mark, from, to time.Time, severity slo.Severity, lane int) {
	x := b.at(from)
	m.X, m.Width = percent(x), percent(max(b.at(to)-x, 0))
	m.Y, m.Thick = lane+ticketY, 3
	if severity == slo.Page {
		m.Y, m.Thick = lane+pageY, 6
	}
	m.Top = m.Y - m.Thick/2
}

func (b *builder) episodeMark(e *backtest.Episode, lane int, t *timeline) mark {
	m := mark{Class: severityClass(e.Severity), Symbol: severityClass(e.Severity)}
	switch e.Kind {
	case alert.Budget, alert.NoTraffic, alert.NoData, alert.Source:
		m.Symbol = string(e.Kind)
	}
	if !e.Told() {
		m.Class, t.untold = m.Class+" untold", true
	} else if _, drawn := t.symbols[m.Symbol]; !drawn || e.Severity == slo.Page {
		t.symbols[m.Symbol] = severityClass(e.Severity)
	}
	end := b.doc.To
	if e.End != nil {
		end = *e.End
	}
	b.place(&m, e.Start, end, e.Severity, lane)
	m.Title = b.t.Severity(e.Severity) + " (" + b.t.Kind(e.Kind) + "): " + b.stretch(e.Start, end) + ", " + b.lasted(e)
	for _, tier := range e.Tiers {
		m.Title += ", " + safe(tier)
	}
	if e.Spent.Defined() {
		m.Title += ", " + b.t.SpentTitle(share(e.Spent))
	}
	if e.Before {
		m.Title += ", " + b.t.FromStart
	}
	switch {
	case e.Observe:
		m.Title += ", " + b.t.Observed
	case !e.Sent && e.Below != nil:
		m.Title += ", " + b.t.Below(safe(e.Below.ID))
	}
	return m
}

// lasted says how long an episode lasted, and whether it fires still.
func (b *builder) lasted(e *backtest.Episode) string {
	text := b.duration(e.Length(b.doc.To))
	if e.End == nil {
		text += " (" + b.t.Fires + ")"
	}
	return text
}

func (b *builder) heldMark(h *backtest.Held, lane int, t *timeline) mark {
	m := mark{Class: "held " + severityClass(h.Severity), Symbol: "held"}
	t.symbols["held"] = "held"
	b.place(&m, h.From, h.To.Add(time.Minute), h.Severity, lane)
	burn := lower(h.Tier)
	m.Title = b.t.Severity(h.Severity) + " " + safe(h.Tier.Long+"/"+h.Tier.Short) + ": " + b.stretch(h.From, h.To) + ", " +
		b.t.HeldFor(b.minutes(float64(h.Minutes)), number(burn), number(h.Tier.Factor))
	if guard := b.verdict(h.Tier.Verdict); guard != "" {
		m.Title += " (" + guard + ")"
	}
	return m
}

// verdict says in words which guard held a tier back, "" for other verdicts.
func (b *builder) verdict(text string) string {
	for _, v := range []burnrate.Verdict{burnrate.FewEvents, burnrate.FewBad, burnrate.Chance} {
		if v.String() == text {
			return b.t.Verdict(v)
		}
	}
	return ""
}
