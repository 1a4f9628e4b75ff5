package simulator

import (
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// innerType stands for the type of events where a query selects from another
// one. No event type has this name.
const innerType = ""

// inner is the answer of a query in FROM, as a table.
type inner struct {
	table  *table
	timed  bool // whether its rows have times: those of a series, and events
	dated  bool // whether the time is an attribute as well, as events have it
	joined bool // whether its rows are events with those of JOIN
}

// innerOf answers the query in FROM; nil when there is none. A query without
// FROM sees one row without attributes.
func (s *scope) innerOf(query *nrql.Query) (*inner, *queryError) {
	if query.Show {
		return nil, nil
	}
	in := &inner{table: newTable(innerType, newPool())}
	if len(query.From) == 0 {
		if selectsAggregates(query) {
			return nil, refusal("an aggregate without FROM")
		}
		in.table.add(s.begin, always, nil)
		return in, nil
	}
	from, isQuery := query.From[0].(*nrql.Subquery)
	if !isQuery {
		return nil, nil
	}
	below, err := s.open(from.Query, s.span, asTable)
	if err != nil {
		return nil, err
	}
	if below.span != s.span {
		if query.TimeSeries != nil {
			return nil, refusal("TIMESERIES of an inner query of metrics over more than an hour")
		}
		// The rows are those of the range that the metrics moved.
		s.span = below.span
		s.grid = grid{s.begin, s.end - s.begin, s.end - s.begin, 1}
	}
	areEvents := !selectsAggregates(from.Query)
	in.dated = areEvents && (below.inner == nil || below.inner.dated)
	in.timed = from.Query.TimeSeries != nil || areEvents && (below.inner == nil || below.inner.timed)
	if query.TimeSeries != nil && !in.timed {
		return nil, refusal("TIMESERIES of an inner query without TIMESERIES")
	}
	found, err := below.find(nil)
	if err != nil {
		return nil, err
	}
	for _, row := range found.rows {
		millis, attributes, err := in.attributes(row.(object), s.begin)
		if err != nil {
			return nil, err
		}
		in.table.add(millis, always, attributes)
	}
	in.table.sort()
	return in, nil
}

// attributes makes an event of a row: its time is where the row begins.
func (in *inner) attributes(row object, begin int64) (int64, []Attribute, *queryError) {
	millis := begin
	var attributes []Attribute
	for _, m := range row.members {
		value, isValue := valueOf(m.value)
		switch {
		case !isValue:
			return 0, nil, refusal("the list or map " + m.key + " of an inner query")
		case in.dated && m.key == "timestamp":
			millis = int64(value.number)
		case in.timed && m.key == "beginTimeSeconds":
			millis = int64(value.number*1000 + 0.5)
		case in.timed && m.key == "endTimeSeconds":
		default:
			attributes = append(attributes, Attribute{m.key, value})
		}
	}
	return millis, attributes, nil
}

// valueOf reads a value back out of an answer; false says that it is a list or
// a map.
func valueOf(x any) (Value, bool) {
	switch x := x.(type) {
	case nil:
		return Value{}, true
	case float64:
		return Number(x), true
	case string:
		return String(x), true
	case bool:
		return Bool(x), true
	}
	return Value{}, false
}

// nameOf names a column: in an answer by its key, for an outer query by its
// alias, its attribute or its function, as New Relic says.
func (s *scope) nameOf(column nrql.Column) (string, *queryError) {
	if s.role == asAnswer {
		return key(column), nil
	}
	switch x := column.Expr.(type) {
	case *nrql.Name:
		if column.Alias == "" {
			return x.Value, nil
		}
	case *nrql.Call:
		if column.Alias == "" && (isAggregate(x.Name) || x.Name == "percentage") {
			return x.Name, nil
		}
	}
	if column.Alias == "" {
		return "", refusal("the column " + nrql.Print(column.Expr) + " of an inner query without AS")
	}
	return column.Alias, nil
}

// innerLeaves gives names the meaning they have where an inner query is
// selected from: the columns of its answer.
type innerLeaves struct {
	rowLeaves
	inner *inner
}

func (l innerLeaves) name(c *compiler, x *nrql.Name) valueFunc {
	if x.Value == "timestamp" && !l.inner.dated {
		return c.refuse("timestamp of an inner query")
	}
	return l.rowLeaves.name(c, x)
}

func (l innerLeaves) call(c *compiler, x *nrql.Call) valueFunc {
	if x.Name == "eventType" || x.Name == "accountId" {
		return c.refuse("%s() of an inner query", x.Name)
	}
	return l.rowLeaves.call(c, x)
}
