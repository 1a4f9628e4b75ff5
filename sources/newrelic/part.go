package newrelic

import (
	"fmt"
	"slices"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// part is what one SLI needs to know from one table of events: columns that
// have to come from one and the same query, so that what arrives meanwhile is in
// all of them or in none. Most SLIs have one part; one whose queries read
// different tables has two.
type part struct {
	table   table
	columns []column
	layout  layout
	read    reader
	as      string // what its columns are read as
}

// table is where columns come from. Parts of tables with equal names can be
// asked for in one query.
type table struct {
	name  string
	query *nrql.Query // without columns, conditions and times
}

// reader makes counts of the values of a part's columns over one bucket of
// time. names are those of the columns in the row.
type reader func(r row, names []string) (reading, error)

// key is equal for parts that ask for the same.
func (p *part) key() string {
	key := p.table.name + "\x01" + p.as
	for _, c := range p.columns {
		key += "\x01" + c.key
	}
	return key
}

// partsOf says what has to be asked for an SLI.
func partsOf(sli slo.SLI) ([]part, error) {
	p := &parsing{}
	var parts []part
	switch {
	case sli.Good.Len() > 0 && sli.Bad.Len() > 0:
		return nil, diag.Say("the SLI has both a good and a bad condition").Err()
	case sli.Form() == slo.FormQueries:
		parts = p.queries(sli)
	case len(sli.From) == 0:
		return nil, errNoEventType
	case sli.Form() == slo.FormSlices:
		parts = p.slices(sli)
	default:
		parts = p.events(sli)
	}
	return parts, p.err
}

// errNoEventType says that an SLI cannot be measured.
var errNoEventType = diag.Say("the SLI names no event type").Err()

// parsing reads the texts of an SLI and keeps the first error.
type parsing struct{ err error }

func (p *parsing) note(findings diag.List) bool {
	for _, d := range findings {
		if d.Severity == diag.Error && p.err == nil {
			p.err = d.Message.Err()
		}
	}
	return p.err == nil
}

func (p *parsing) condition(text diag.Text) nrql.Expr {
	if text.Len() == 0 {
		return nil
	}
	x, findings := nrql.ParseCondition(text)
	p.note(findings)
	return x
}

// aggregate parses what stands behind SELECT.
func (p *parsing) aggregate(text diag.Text) nrql.Expr {
	q, findings := nrql.ParseQuery(text.Within("SELECT ", " FROM T"))
	if !p.note(findings) {
		return &nrql.Null{}
	}
	return q.Select[0].Expr
}

// typesTable is the table of some event types. The event types of a FROM set
// are in order, so that equal sets are equal tables.
func typesTable(types []string) table {
	q := &nrql.Query{}
	for _, name := range types {
		q.From = append(q.From, &nrql.Name{Value: name})
	}
	return table{fmt.Sprintf("%q", types), q}
}

// events are good or bad each. Beside a weighted total, the events themselves
// are counted as well.
func (p *parsing) events(sli slo.SLI) []part {
	where := p.condition(sli.Where)
	chosen, isGood := sli.Bad, false
	if sli.Good.Len() > 0 {
		chosen, isGood = sli.Good, true
	}
	condition := p.condition(chosen)
	if p.err != nil {
		return nil
	}
	valid, counted := conjunctsOf(where), conjunctsOf(where, condition)
	values := []nrql.Expr{count(&nrql.Star{})}
	if sli.Weighted() {
		values = append([]nrql.Expr{p.aggregate(sli.Count)}, values...)
	}
	made := part{table: typesTable(eventTypes(sli)), as: as(isGood), read: eventReader(sli.Weighted(), pair{condition != nil, isGood})}
	for _, value := range values {
		made.columns = append(made.columns, newColumn(value, valid))
		if condition != nil {
			made.columns = append(made.columns, newColumn(value, counted))
		}
	}
	return []part{made}
}

// queries give one number each. Numbers that are no counts are asked for minute
// by minute, since what is rounded in minutes has to add up to the same in
// hours; and so are those of two tables, as only then it shows where they do not
// fit together.
func (p *parsing) queries(sli slo.SLI) []part {
	chosen, isGood := sli.Queries.Bad, false
	if sli.Queries.Good.Len() > 0 {
		chosen, isGood = sli.Queries.Good, true
	}
	total, first := p.query(sli.Queries.Total)
	counted, second := p.query(chosen)
	if p.err != nil {
		return nil
	}
	var layout layout
	types := eventTypes(sli)
	if isMetric(types) || !countsOnly(first.value) || !countsOnly(second.value) || total.name != counted.name {
		layout.bucket, layout.longest = 1, longest(types)
		total.name, counted.name = total.name+"\x02minutes", counted.name+"\x02minutes"
	}
	if total.name == counted.name {
		return []part{{table: total, columns: []column{first, second}, layout: layout, as: "numbers, " + as(isGood), read: queryReader(totalOf(isGood), countedOf(isGood))}}
	}
	return []part{
		{table: total, columns: []column{first}, layout: layout, as: "number, total of " + as(isGood), read: queryReader(totalOf(isGood))},
		{table: counted, columns: []column{second}, layout: layout, as: "number, " + as(isGood), read: queryReader(countedOf(isGood))},
	}
}

// query parses a whole query and takes it apart into a table and a column. One
// function of the events that meet some conditions is a column like any other.
// In all else nothing is rewritten: its conditions are a part of the table, so
// that they stay where they are.
func (p *parsing) query(text diag.Text) (table, column) {
	q, findings := nrql.ParseQuery(text)
	if !p.note(findings) {
		return table{}, column{}
	}
	made := newColumn(q.Select[0].Expr, conjunctsOf(q.Where))
	base := *q
	base.Select, base.Limit = nil, nil
	if isFunction(made.value) && onlyNames(&base) {
		return typesTable(slices.Compact(slices.Sorted(slices.Values(q.EventTypes())))), made
	}
	name := "query" + nrql.NormalQuery(&base)
	base.Where = nil
	return table{name, &base}, made
}

// isFunction reports whether a value is a function that filter() takes as it is.
func isFunction(value nrql.Expr) bool {
	call, ok := value.(*nrql.Call)
	return ok && (call.Name == "count" || call.Name == "sum")
}

// onlyNames reports whether a query says nothing but of which event types and
// under which conditions.
func onlyNames(q *nrql.Query) bool {
	for _, from := range q.From {
		if name, ok := from.(*nrql.Name); !ok || name.Wildcard {
			return false
		}
	}
	return len(q.With) == 0 && q.MetricFormat == nil && !q.Raw
}

// countsOnly reports whether a value is made of counts, which are whole numbers.
func countsOnly(value nrql.Expr) bool {
	switch x := value.(type) {
	case *nrql.Call:
		return x.Name == "count" || x.Name == "filter" && countsOnly(x.Args[0])
	case *nrql.Binary:
		return (x.Op == nrql.Add || x.Op == nrql.Sub) && countsOnly(x.X) && countsOnly(x.Y)
	default:
		return false
	}
}

// slices are good or bad as a whole: a value is asked for each, and judged
// here. Columns with equal conditions travel together.
func (p *parsing) slices(sli slo.SLI) []part {
	where := conjunctsOf(p.condition(sli.Where))
	value, pick := picked(p.aggregate(sli.Slice.Value))
	good := p.condition(sli.Slice.Good)
	if p.err != nil {
		return nil
	}
	columns := []column{newColumn(value, where)}
	if !isMetric(eventTypes(sli)) { // whose data points say nothing about a single metric
		columns = append(columns, newColumn(count(&nrql.Star{}), where))
	}
	every := sli.Slice.Minutes()
	made := part{
		table:   typesTable(eventTypes(sli)),
		columns: columns,
		layout:  layout{bucket: every, whole: true, longest: longest(eventTypes(sli))},
		as:      fmt.Sprintf("%q %q %q", nrql.NormalCondition(good), pick, sli.Slice.Empty),
		read:    sliceReader(judge{good, pick, sli.Slice.Empty}),
	}
	made.table.name = fmt.Sprintf("%s\x02%d", made.table.name, every)
	for _, c := range where {
		made.table.name += "\x02" + c.normal
	}
	return []part{made}
}

func as(isGood bool) string {
	if isGood {
		return "good"
	}
	return "bad"
}

// eventTypes returns the event types that an SLI reads, those of its queries
// among them, sorted, each once.
func eventTypes(sli slo.SLI) []string {
	names := sli.EventTypes()
	if sli.Queries != nil {
		for _, text := range []diag.Text{sli.Queries.Total, sli.Queries.Good, sli.Queries.Bad} {
			if q, _ := nrql.ParseQuery(text); text.Len() > 0 && q != nil {
				names = append(names, q.EventTypes()...)
			}
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

func isMetric(types []string) bool { return slices.Contains(types, "Metric") }

// metricMinutes is the longest range of a query FROM Metric. Wider ones are
// answered from rollups, and their ends are moved.
const metricMinutes = 60

// longest is how many minutes a query of some event types may span at most, 0
// for any number.
func longest(types []string) int64 {
	if isMetric(types) {
		return metricMinutes
	}
	return 0
}
