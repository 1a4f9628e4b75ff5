package page

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

// incidents is the table of incidents and tiers.
type incidents struct {
	Table     table
	MoreTiers string
}

// outcome is what became of an incident, that which a meeting has to see first.
type outcome int

const (
	missed outcome = iota
	falseAlarm
	detected
	quiet
	outside
)

func outcomeOf(i *backtest.IncidentFound) outcome {
	switch {
	case i.Outside:
		return outside
	case i.Expect == "" && i.Told == nil:
		return quiet
	case i.Expect == "":
		return falseAlarm
	case i.Told == nil:
		return missed
	default:
		return detected
	}
}

// worst is the outcome of the nth incident that is seen first, of both runs.
func (b *builder) worst(n int) outcome {
	worst := outside
	for k := range b.doc.Runs {
		if j := b.doc.Runs[k].Judgement; j != nil && n < len(j.Incidents) {
			worst = min(worst, outcomeOf(&j.Incidents[n]))
		}
	}
	return worst
}

// alarming reports whether an incident was missed, or people were told of what is none.
func (b *builder) alarming(n int) bool { return b.worst(n) <= falseAlarm }

// ranked returns the indexes of incidents: first those that were missed, then false
// alarms, then what was found, the latest first, and then the others. What a list has
// no room for is at the end.
func (b *builder) ranked() []int {
	if b.last.Judgement == nil {
		return nil
	}
	list := b.last.Judgement.Incidents
	order := make([]int, len(list))
	for n := range order {
		order[n] = n
	}
	after := func(n int) time.Duration {
		if list[n].After == nil {
			return 0
		}
		return *list[n].After
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return cmp.Or(cmp.Compare(b.worst(x), b.worst(y)), cmp.Compare(after(y), after(x)))
	})
	return order
}

// listed returns which incidents the table has, in the order of the list.
func (b *builder) listed() []int {
	return first(b.ranked(), mostIncidents)
}

func (b *builder) incidents() *incidents {
	j := b.last.Judgement
	if j == nil {
		return nil
	}
	heads := []cell{numeric("#"), {Text: b.t.Incident, Class: "incident"}, {Text: b.t.When, Class: "when"}, text(b.t.Expected)}
	if b.compare {
		heads = append(heads, cell{Text: b.t.Result, Note: b.t.Before}, cell{Text: b.t.Result, Note: b.t.AfterChange})
	} else {
		heads = append(heads, text(b.t.Result))
	}
	tiers, more := b.tierColumns()
	for _, k := range tiers {
		heads = append(heads, cell{Text: safe(k.long + "/" + k.short), Note: b.t.Severity(k.severity)})
	}
	var rows [][]cell
	for _, n := range b.listed() {
		rows = append(rows, b.incidentRow(n, tiers))
	}
	t := &incidents{Table: b.tableOf(heads, rows, mostIncidents, 0)}
	t.Table.All = len(j.Incidents)
	t.Table.More, t.Table.MoreOnPaper = b.bounded(len(j.Incidents), mostIncidents, b.paper.incidents)
	printed := first(b.ranked(), b.paper.incidents)
	for k, n := range b.listed() {
		t.Table.Rows[k].Paper = slices.Contains(printed, n)
		if b.alarming(n) {
			t.Table.Rows[k].Class = "alarming"
		}
	}
	if more > 0 {
		t.MoreTiers = b.t.MoreTiers(more)
		t.Table.MoreOnPaper = join(" · ", t.Table.MoreOnPaper, t.MoreTiers)
	}
	return t
}

// tierColumns returns the tiers that have a column, and how many have none. Those of
// both runs have one, those after the change first.
func (b *builder) tierColumns() (tiers []scoreKey, more int) {
	var keys []scoreKey
	for n := range slices.Backward(b.doc.Runs) {
		if j := b.doc.Runs[n].Judgement; j != nil {
			for _, s := range j.Tiers {
				if k := (scoreKey{s.Severity, s.Long, s.Short}); !slices.Contains(keys, k) {
					keys = append(keys, k)
				}
			}
		}
	}
	most := mostTiers
	if b.compare {
		most = mostTiersCompared
	}
	tiers = keys[:min(len(keys), most)]
	return tiers, len(keys) - len(tiers)
}

func (b *builder) incidentRow(n int, tiers []scoreKey) []cell {
	i := &b.last.Judgement.Incidents[n]
	expect := b.t.Nobody
	if i.Expect != "" {
		expect = b.t.Severity(i.Expect)
	}
	concerned, all := b.concerned(i)
	name := cell{Text: safe(i.Name), Note: join(" · ", concerned, safe(i.Note)), Title: all, Class: "incident"}
	row := []cell{numeric(strconv.Itoa(n + 1)), name, {Text: b.stretch(i.From, i.To), Class: "when"}, text(expect)}
	for k := range b.doc.Runs {
		row = append(row, b.result(k, i.Name, n))
	}
	for _, k := range tiers {
		row = append(row, b.sightings(i, n, k))
	}
	return row
}

// mostConcerned is how many SLOs of an incident are named.
const mostConcerned = 2

// concerned names what an incident hurt, the first ones alone and all of them; both are
// empty when it may have hurt everything.
func (b *builder) concerned(i *backtest.IncidentFound) (first, all string) {
	for n, id := range i.SLOs {
		all = join(", ", all, safe(id))
		if n < mostConcerned {
			first = all
		}
	}
	if more := len(i.SLOs) - mostConcerned; more > 0 {
		return first + " " + b.t.More(more), cut(all, 4*mostText)
	}
	return first, ""
}

// result says how an incident was found in a run, and by which alert.
func (b *builder) result(run int, name string, n int) cell {
	r := &b.doc.Runs[run]
	if r.Judgement == nil || n >= len(r.Judgement.Incidents) || r.Judgement.Incidents[n].Name != name {
		return text(none)
	}
	i := &r.Judgement.Incidents[n]
	var told *backtest.Episode
	if i.Told != nil {
		told, _ = episode(r, *i.Told)
	}
	var c cell
	switch {
	case i.Outside:
		return text(b.t.Outside)
	case i.Expect == "" && told == nil:
		return cell{Text: b.t.Quiet, Class: "good"}
	case told == nil:
		return cell{Text: b.t.Missed, Class: "wrong"}
	case i.Expect == "":
		c = cell{Text: b.t.NotQuiet, Class: "wrong"}
	case i.After == nil || *i.After < 0:
		c = cell{Text: b.t.FoundAlready(b.t.Alert(told.Severity)), Class: "good"}
	default:
		c = cell{Text: b.t.FoundBy(b.t.Alert(told.Severity), b.duration(*i.After)), Class: "good"}
	}
	c.Class += " told"
	c.Note = safe(told.ID)
	if told.Owner != "" {
		c.Note = b.t.OwnedBy(c.Note, cut(told.Owner, mostOwner))
	}
	return c
}

// sightings says how a tier stood in an incident; of a comparison before and after,
// where that differs.
func (b *builder) sightings(i *backtest.IncidentFound, n int, k scoreKey) cell {
	after := b.sighting(b.last, i, k)
	if !b.compare {
		return after.cell(after.text())
	}
	was := sighted{value: none}
	if j := b.doc.Runs[0].Judgement; j != nil && n < len(j.Incidents) && j.Incidents[n].Name == i.Name {
		was = b.sighting(&b.doc.Runs[0], &j.Incidents[n], k)
	}
	c := after.cell(after.text())
	switch {
	case was.text() == after.text():
	case was.limit != "" && was.limit == after.limit:
		c.Text = was.value + " → " + after.text() // the same factor is not said twice
	default:
		c.Text = was.text() + " → " + after.text()
	}
	if was.note != after.note {
		c.Note = join(" → ", cmp.Or(was.note, none), cmp.Or(after.note, none))
	}
	return c
}

// sighted is how a tier stood: a delay, or a burn rate with the factor that was its
// limit.
type sighted struct{ value, limit, note, class string }

func (s sighted) text() string {
	if s.limit == "" {
		return s.value
	}
	return s.value + " / " + s.limit
}

func (s sighted) cell(text string) cell {
	return cell{Text: text, Note: s.note, Class: cmp.Or(s.class, "quietly")}
}

// sighting says how the tiers of a score stood in an incident: how soon the first of
// them fired, or how close the closest came.
func (b *builder) sighting(run *report.BacktestRun, i *backtest.IncidentFound, k scoreKey) sighted {
	for n := range i.Seen {
		seen := &i.Seen[n]
		tier := tierOf(run, seen)
		if tier == nil || tier.Severity != k.severity || tier.Long != k.long || tier.Short != k.short {
			continue
		}
		switch {
		case !seen.First.IsZero() && seen.First.Before(i.From):
			return sighted{value: b.t.TierAlready, class: "good"}
		case !seen.First.IsZero():
			return sighted{value: b.duration(seen.First.Sub(i.From).Round(time.Minute)), class: "good"}
		case seen.Highest.Defined():
			burn, limit, _ := strings.Cut(against(seen.Highest, tier.Factor), " / ")
			return sighted{value: burn, limit: limit, note: b.t.Verdict(seen.Verdict)}
		}
	}
	return sighted{value: none}
}

// tierOf is what was sighted in a run, nil when there is none.
func tierOf(run *report.BacktestRun, s *backtest.Sighting) *backtest.Tier {
	if s.Objective < 0 || s.Objective >= len(run.Objectives) {
		return nil
	}
	if o := &run.Objectives[s.Objective]; s.Tier >= 0 && s.Tier < len(o.Tiers) {
		return &o.Tiers[s.Tier]
	}
	return nil
}

// concerns reports whether an incident may have hurt what a row is about, as alerts
// about it are judged.
func concerns(i *backtest.IncidentFound, s *subject) bool {
	incident := slo.Incident{SLOs: i.SLOs}
	for n := range s.runs {
		if o := s.runs[n].objective; o != nil && incident.Concerns(o.ID, o.Steps) {
			return true
		}
	}
	return incident.Concerns(s.id, nil)
}
