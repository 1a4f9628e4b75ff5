package page

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

// table is a table of texts. The first cell of a row is its head.
type table struct {
	Heads             []cell
	Rows              []tableRow
	All               int // rows, with those left out
	More, MoreOnPaper string
}

type tableRow struct {
	Cells []cell
	Paper bool // it is printed
}

// cell is a text, with more below it that is smaller. What is wide is not printed.
type cell struct{ Text, Note, Class string }

func (b *builder) tableOf(heads []cell, rows [][]cell, most, paper int) table {
	t := table{Heads: heads, All: len(rows)}
	t.More, t.MoreOnPaper = b.bounded(len(rows), most, paper)
	for i, cells := range rows[:min(len(rows), most)] {
		t.Rows = append(t.Rows, tableRow{cells, i < paper})
	}
	return t
}

// text is a cell of words, numeric one of numbers, and wide one of numbers that is on
// the screen only.
func text(s string) cell    { return cell{Text: s} }
func numeric(s string) cell { return cell{Text: s, Class: "n"} }
func wide(s string) cell    { return cell{Text: s, Class: "n screen"} }

// change writes the values of both runs, or one value when they are the same.
func (b *builder) change(value func(*report.BacktestRun) string) string {
	after := value(b.last)
	if !b.compare {
		return after
	}
	if before := value(&b.doc.Runs[0]); before != after {
		return before + " → " + after
	}
	return after
}

func (b *builder) toil() table {
	heads := []cell{
		text(b.t.Owner), numeric(b.t.Pages), numeric(b.t.PerWeek), numeric(b.t.AtNight), wide(b.t.Weekend), numeric(b.t.Again), wide(b.t.Short),
		wide(b.t.Busiest), numeric(b.t.Tickets),
	}
	owners := []string{""}
	for n := range b.doc.Runs {
		for _, t := range b.doc.Runs[n].Toil {
			if !slices.Contains(owners, t.Owner) {
				owners = append(owners, t.Owner)
			}
		}
	}
	slices.SortStableFunc(owners[1:], func(x, y string) int {
		s, t := toilOf(b.last, x), toilOf(b.last, y)
		return cmp.Or(cmp.Compare(t.Pages, s.Pages), cmp.Compare(t.Tickets, s.Tickets), cmp.Compare(x, y))
	})
	var rows [][]cell
	for _, owner := range owners {
		of := func(value func(backtest.Toil) int) string {
			return b.change(func(r *report.BacktestRun) string { return count(int64(value(toilOf(r, owner)))) })
		}
		name := safe(owner)
		if owner == "" {
			name = b.t.All
		}
		rows = append(rows, []cell{
			text(name), numeric(of(func(t backtest.Toil) int { return t.Pages })),
			numeric(b.change(func(r *report.BacktestRun) string { return number(toilOf(r, owner).PagesPerWeek) })),
			numeric(of(func(t backtest.Toil) int { return t.Night })), wide(of(func(t backtest.Toil) int { return t.Weekend })),
			numeric(of(func(t backtest.Toil) int { return t.Repeated })), wide(of(func(t backtest.Toil) int { return t.Short })),
			wide(of(func(t backtest.Toil) int { return t.Busiest })), numeric(of(func(t backtest.Toil) int { return t.Tickets })),
		})
	}
	return b.tableOf(heads, rows, mostToil, paperToil)
}

// scoreKey is what a score is of.
type scoreKey struct {
	severity    slo.Severity
	long, short string
}

func (b *builder) scores() *table {
	if b.last.Judgement == nil {
		return nil
	}
	var keys []scoreKey
	for _, list := range [][]backtest.Score{b.last.Judgement.Sent, b.last.Judgement.Tiers} {
		for _, s := range list {
			keys = append(keys, scoreKey{s.Severity, s.Long, s.Short})
		}
	}
	if before := b.doc.Runs[0].Judgement; before != nil && b.compare {
		for _, s := range before.Tiers {
			if k := (scoreKey{s.Severity, s.Long, s.Short}); !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	heads := []cell{text(b.t.What), numeric(b.t.Fired), numeric(b.t.Precision), numeric(b.t.Recall), numeric(b.t.Delay)}
	var rows [][]cell
	for _, k := range keys {
		name := b.t.Severity(k.severity) + " " + safe(k.long+"/"+k.short)
		if k.long == "" {
			name = b.t.Sent(b.t.Severity(k.severity))
		}
		of := func(value func(*backtest.Score) string) string {
			return b.change(func(r *report.BacktestRun) string {
				if s := scoreOf(r.Judgement, k); s != nil {
					return value(s)
				}
				return none
			})
		}
		rows = append(rows, []cell{
			text(name),
			numeric(of(func(s *backtest.Score) string { return count(int64(s.Fired)) })),
			{Text: of(func(s *backtest.Score) string { return share(s.Precision) }), Class: "n", Note: b.note(k, func(s *backtest.Score) string { return b.of(s.True, s.Fired) })},
			{Text: of(func(s *backtest.Score) string { return share(s.Recall) }), Class: "n", Note: b.note(k, func(s *backtest.Score) string { return b.of(s.Found, s.Expected) })},
			{Text: of(b.delay), Class: "n", Note: b.note(k, func(s *backtest.Score) string {
				if s.Delays == nil || s.Delays.Least == s.Delays.Most {
					return ""
				}
				return b.minutes(s.Delays.Least) + " – " + b.minutes(s.Delays.Most)
			})},
		})
	}
	t := b.tableOf(heads, rows, mostScores, paperScores)
	return &t
}

// of says what a ratio is of, "" for nothing.
func (b *builder) of(n, of int) string {
	if of == 0 {
		return ""
	}
	return b.t.Of(n, of)
}

// note is what stands below a ratio: what it is of, in the run that the page is about.
func (b *builder) note(k scoreKey, value func(*backtest.Score) string) string {
	if s := scoreOf(b.last.Judgement, k); s != nil {
		return value(s)
	}
	return ""
}

// delay is the median of the delays.
func (b *builder) delay(s *backtest.Score) string {
	if s.Delays == nil {
		return none
	}
	return b.minutes(s.Delays.Median)
}

func scoreOf(j *backtest.Judgement, k scoreKey) *backtest.Score {
	if j == nil {
		return nil
	}
	for _, list := range [][]backtest.Score{j.Sent, j.Tiers} {
		for i := range list {
			if s := &list[i]; s.Severity == k.severity && s.Long == k.long && s.Short == k.short {
				return s
			}
		}
	}
	return nil
}

// alertRow is a line about an episode. head are its first cells.
func (b *builder) alertRow(e *backtest.Episode, head ...cell) []cell {
	what, notes := text(safe(e.ID)), ""
	if journey, step, isStep := strings.Cut(e.ID, "/"); isStep {
		what, notes = text(safe(step)), safe(journey)
	}
	if e.Objective != "" {
		notes = join(" · ", notes, safe(e.Objective))
	}
	if e.Kind != alert.Burn {
		notes = join(" · ", notes, b.t.Kind(e.Kind))
	}
	if c := e.Why.Cause; c != nil {
		notes = join(" · ", notes, b.t.Step+" "+safe(c.Step)+" "+share(c.Ratio))
	}
	what.Note = notes
	tiers := ""
	for _, tier := range e.Tiers {
		tiers = join(", ", tiers, safe(tier))
	}
	length := cell{Text: b.duration(e.Length(b.doc.To)), Class: b.besideChange("n")}
	if e.Before {
		length.Note = b.t.FromStart
	}
	end := text(b.t.Fires)
	if e.End != nil {
		end = cell{Text: b.shortMoment(*e.End), Note: b.t.Reasons(e.Reason)}
	}
	end.Class = "screen"
	return append(head, cell{Text: b.shortMoment(e.Start), Note: b.weekday(e.Start.In(b.zone))}, length, end, what, cell{Text: cmp.Or(tiers, none), Class: b.besideChange("")}, numeric(share(e.Spent)), wide(share(e.Consumed)))
}

// besideChange is the class of a column that paper has no room for beside what changed.
func (b *builder) besideChange(class string) string {
	if b.compare {
		return strings.TrimSpace(class + " screen")
	}
	return class
}

func join(between, text, more string) string {
	if text == "" {
		return more
	}
	return text + between + more
}

func (b *builder) alertHeads(head ...cell) []cell {
	return append(head, cell{Text: b.t.Start, Class: "start"}, cell{Text: b.t.Length, Class: b.besideChange("n length")}, cell{Text: b.t.Reason, Class: "screen"},
		text(b.t.Objective), cell{Text: b.t.Tier, Class: b.besideChange("tier")}, cell{Text: b.t.Spent, Class: "n spent"}, wide(b.t.Consumed))
}

// pages lists the pages that people would have been told of, in the order of time.
func (b *builder) pages() table {
	var rows [][]cell
	for i := range b.last.Episodes {
		if e := &b.last.Episodes[i]; e.Told() && e.Severity == slo.Page {
			rows = append(rows, b.alertRow(e))
		}
	}
	return b.tableOf(b.alertHeads(), rows, mostPages, paperPages)
}

// changes lists what a change gains and loses, in the order of time, and says how much
// both runs have.
func (b *builder) changes() (*table, string) {
	c := b.doc.Comparison
	type changed struct {
		*backtest.Episode
		sign, name, class string
	}
	var list []changed
	for n, indexes := range [][]int{c.Lost, c.Gained} {
		for _, i := range indexes {
			if e, there := episode(&b.doc.Runs[n], i); there {
				list = append(list, changed{e, []string{"−", "+"}[n], []string{b.t.Lost, b.t.Gained}[n], []string{"lost", "gained"}[n]})
			}
		}
	}
	slices.SortStableFunc(list, func(x, y changed) int {
		return cmp.Or(x.Start.Compare(y.Start), x.Key.Compare(y.Key), cmp.Compare(x.class, y.class))
	})
	var rows [][]cell
	for _, e := range list {
		rows = append(rows, b.alertRow(e.Episode, cell{Text: e.sign + " " + b.t.Severity(e.Severity), Note: e.name, Class: e.class}))
	}
	t := b.tableOf(b.alertHeads(cell{Text: b.t.Change, Class: "change"}), rows, mostChanges, paperChanges)
	earlier, later := 0, 0
	for _, p := range c.Kept {
		if p.Later < 0 {
			earlier++
		} else if p.Later > 0 {
			later++
		}
	}
	return &t, b.t.Kept(len(c.Kept), earlier, later)
}

// incidents is the table of incidents and tiers.
type incidents struct {
	Table     table
	MoreTiers string
}

func (b *builder) incidents() *incidents {
	j := b.last.Judgement
	if j == nil {
		return nil
	}
	heads := []cell{numeric("#"), text(b.t.Incident), text(b.t.When), text(b.t.Expected)}
	if b.compare {
		for n := range b.doc.Runs {
			heads = append(heads, cell{Text: b.t.Result, Note: cut(b.doc.Runs[n].Name, mostLabel)})
		}
	} else {
		heads = append(heads, text(b.t.Result))
	}
	most := mostTiers
	if b.compare {
		most = mostTiersCompared
	}
	tiers := j.Tiers[:min(len(j.Tiers), most)]
	for _, s := range tiers {
		heads = append(heads, cell{Text: safe(s.Long + "/" + s.Short), Note: b.t.Severity(s.Severity)})
	}
	var rows [][]cell
	for n := range j.Incidents {
		i := &j.Incidents[n]
		expect := b.t.Nobody
		if i.Expect != "" {
			expect = b.t.Severity(i.Expect)
		}
		name := text(safe(i.Name))
		name.Note = safe(i.Note)
		row := []cell{numeric(strconv.Itoa(n + 1)), name, text(b.stretch(i.From, i.To)), text(expect)}
		for k := range b.doc.Runs {
			row = append(row, b.result(&b.doc.Runs[k], i.Name, n))
		}
		for _, s := range tiers {
			row = append(row, b.sighting(i, s))
		}
		rows = append(rows, row)
	}
	t := &incidents{Table: b.tableOf(heads, rows, mostIncidents, paperIncidents)}
	if n := len(j.Tiers) - len(tiers); n > 0 {
		t.MoreTiers = b.t.MoreTiers(n)
		t.Table.MoreOnPaper = join(" · ", t.Table.MoreOnPaper, t.MoreTiers)
	}
	return t
}

// result says how an incident was found in a run.
func (b *builder) result(run *report.BacktestRun, name string, n int) cell {
	if run.Judgement == nil || n >= len(run.Judgement.Incidents) || run.Judgement.Incidents[n].Name != name {
		return text(none)
	}
	i := &run.Judgement.Incidents[n]
	var told *backtest.Episode
	if i.Told != nil {
		told, _ = episode(run, *i.Told)
	}
	switch {
	case i.Outside:
		return text(b.t.Outside)
	case i.Expect == "" && told == nil:
		return cell{Text: b.t.Quiet, Class: "good"}
	case i.Expect == "":
		return cell{Text: b.t.NotQuiet, Class: "wrong"}
	case told == nil:
		return cell{Text: b.t.Missed, Class: "wrong"}
	case i.After == nil || *i.After < 0:
		return cell{Text: b.t.FoundAlready(b.t.Severity(told.Severity)), Class: "good"}
	default:
		return cell{Text: b.t.FoundBy(b.t.Severity(told.Severity), b.duration(*i.After)), Class: "good"}
	}
}

// sighting says how the tiers of a score stood in an incident: how soon the first of
// them fired, or how close the closest came.
func (b *builder) sighting(i *backtest.IncidentFound, s backtest.Score) cell {
	for n := range i.Seen {
		seen := &i.Seen[n]
		tier := b.tier(seen)
		if tier == nil || tier.Severity != s.Severity || tier.Long != s.Long || tier.Short != s.Short {
			continue
		}
		switch {
		case !seen.First.IsZero() && seen.First.Before(i.From):
			return cell{Text: b.t.TierAlready, Class: "good"}
		case !seen.First.IsZero():
			return cell{Text: b.duration(seen.First.Sub(i.From).Round(time.Minute)), Class: "good"}
		case seen.Highest.Defined():
			return cell{Text: number(seen.Highest) + " / " + number(tier.Factor), Note: b.t.Verdict(seen.Verdict), Class: "quietly"}
		}
	}
	return cell{Text: none, Class: "quietly"}
}

// tier is what was sighted, nil when there is none.
func (b *builder) tier(s *backtest.Sighting) *backtest.Tier {
	if s.Objective < 0 || s.Objective >= len(b.last.Objectives) {
		return nil
	}
	if o := &b.last.Objectives[s.Objective]; s.Tier >= 0 && s.Tier < len(o.Tiers) {
		return &o.Tiers[s.Tier]
	}
	return nil
}
