package page

import (
	"github.com/slojourn/slojourn/burnrate"
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
	if journey, step, isStep := slo.CutID(o.ID); isStep && o.Title == "" && term.Width(o.ID) > mostName {
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
