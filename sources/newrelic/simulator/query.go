package simulator

import (
	"slices"
	"strings"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// answer is what a query found.
type answer struct {
	finding
	eventTypes  []string
	begin, end  int64 // epoch milliseconds
	since       string
	until       string
	compareWith string // "" without COMPARE WITH
	current     []any  // of the rows; nil without COMPARE WITH
	previous    []any
	inspected   int64 // events in the time range
	matched     int64 // of those that meet WHERE
	messages    []string
	facets      []string
	exceeds     bool // whether the range begins before the oldest event that is seen
}

// finding is what a query found in one range of time.
type finding struct {
	rows   []any      // of object
	total  any        // of everything, for FACET; else nil
	other  any        // of what is in no group that is shown
	chosen []groupKey // the groups that are shown
}

// setting is what a query is evaluated in.
type setting struct {
	nowMillis  int64
	nullsMatch bool // whether a missing attribute matches !=, NOT IN and NOT LIKE
	rawMetrics bool // whether metrics never come from rollups
	rollUpOld  bool // whether old metrics come from rollups, however short the range
	zeroShares bool // whether percentage() of nothing is 0 and not null
	view       view
}

// hourMillis is the length of the time range of a query without SINCE.
const hourMillis = 3_600_000

// evaluate answers a query.
func (h holdings) evaluate(source string, in setting) (*answer, *queryError) {
	query, err := parse(source)
	if err != nil {
		return nil, err
	}
	var found *answer
	h.read(func() {
		e := &evaluation{holdings: h, setting: in, values: map[*nrql.Subquery]subresult{}}
		found, err = e.run(query)
	})
	return found, err
}

// run answers a query while the stores are locked for reading.
func (e *evaluation) run(query *nrql.Query) (*answer, *queryError) {
	a := &answer{since: "60 MINUTES AGO", until: "NOW", facets: facetNames(query)}
	var err *queryError
	if e.dates, err = e.datesOf(query); err != nil {
		return nil, err
	}
	covered := span{e.nowMillis - hourMillis, e.nowMillis}
	if query.Since != nil {
		if covered.begin, a.since, err = e.dates.instant(query.Since, true); err != nil {
			return nil, err
		}
	}
	if query.Until != nil {
		if covered.end, a.until, err = e.dates.instant(query.Until, false); err != nil {
			return nil, err
		}
	}
	e.untilNow = query.Until == nil
	s, err := e.open(query, covered, asAnswer)
	if err != nil {
		return nil, err
	}
	a.begin, a.end, a.eventTypes = s.begin, s.end, eventTypes(query)
	a.exceeds = a.begin < e.view.oldest(e.nowMillis)
	if query.TimeSeries != nil {
		a.begin = s.grid.start
	}
	switch {
	case query.Show:
		s.showEventTypes(a)
	case isKeyset(query):
		err = s.keyset(a)
	case query.Compare != nil:
		err = s.compare(a)
	default:
		a.finding, err = s.find(nil)
	}
	a.inspected, a.matched, a.messages = e.inspected, e.matched, e.messages
	return a, err
}

// eventTypes returns the types that a query reads, also in the query of its
// FROM.
func eventTypes(query *nrql.Query) []string {
	var types []string
	for _, from := range query.From {
		switch from := from.(type) {
		case *nrql.Name:
			if !slices.Contains(types, from.Value) {
				types = append(types, from.Value)
			}
		case *nrql.Subquery:
			types = append(types, eventTypes(from.Query)...)
		}
	}
	return types
}

// find answers a query for its range. Groups that were chosen before are kept.
func (s *scope) find(chosen []groupKey) (finding, *queryError) {
	if !selectsAggregates(s.query) {
		return s.events()
	}
	selected, err := s.compileSelect()
	if err != nil {
		return finding{}, err
	}
	if s.step > 0 && selected.countsEvents() {
		s.note(countsDataPoints)
	}
	if s.query.Facet != nil {
		return s.facet(selected, chosen)
	}
	selected.grow(s.grid.count)
	for _, name := range s.types {
		if err := s.scan(name, selected); err != nil {
			return finding{}, err
		}
	}
	var found finding
	for row := range s.grid.count {
		found.rows = append(found.rows, s.row(row, selected, row))
	}
	return found, selected.compiler.err
}

// row is a row of the answer, with its times when it is one of a series.
func (s *scope) row(window int, selected *selection, totals int) object {
	var o object
	s.setTimes(&o, window)
	selected.columns.fill(&o, totals)
	return o
}

// setTimes sets the beginning and the end of a row of a series.
func (s *scope) setTimes(o *object, window int) {
	if s.query.TimeSeries == nil {
		return
	}
	begin := s.grid.start + int64(window)*s.grid.step
	o.set("beginTimeSeconds", float64(begin)/1000)
	o.set("endTimeSeconds", float64(begin+s.grid.width)/1000)
}

// selection is a SELECT list with aggregates, compiled.
type selection struct {
	*aggregates
	columns  selectColumns
	order    valueFunc // of FACET … ORDER BY; nil without
	compiler *compiler
}

// selectColumn is a column of the answer: a value, or an object or a list.
type selectColumn struct {
	key      string
	value    valueFunc
	compound *compoundValue
	spread   bool // whether the members of an object stand in the row as well
}

type selectColumns []selectColumn

// fill sets the columns of a row.
func (columns selectColumns) fill(o *object, row int) {
	for _, c := range columns {
		if c.compound == nil {
			o.set(c.key, c.value(row).json())
			continue
		}
		whole := c.compound.of(row)
		o.set(c.key, whole)
		if members, isObject := whole.(object); isObject && c.spread {
			for _, m := range members.members {
				o.set(m.key, m.value)
			}
		}
	}
}

func (s *scope) compileSelect() (*selection, *queryError) {
	aggregates := &aggregates{widthMillis: s.grid.width}
	c := s.compiler(aggregates)
	selected := &selection{aggregates: aggregates, compiler: c}
	for _, column := range s.query.Select {
		if _, isStar := column.Expr.(*nrql.Star); isStar {
			return nil, refusal("SELECT * beside an aggregate")
		}
		name, err := s.nameOf(column)
		if err != nil {
			return nil, err
		}
		sc := selectColumn{key: name, compound: aggregates.compound(c, column.Expr)}
		if sc.compound == nil {
			sc.value = c.value(column.Expr)
		} else if s.role != asAnswer {
			return nil, refusal(nrql.Print(column.Expr) + " in an inner query")
		}
		// An apdex without a name was seen with its members beside it.
		sc.spread = column.Alias == "" && strings.HasPrefix(sc.key, "apdex.")
		selected.columns = append(selected.columns, sc)
		if c.err == nil && !hasAggregate(column.Expr) {
			return nil, refusal("the column " + nrql.Print(column.Expr) + " without an aggregate")
		}
	}
	if s.query.Facet != nil && s.query.Facet.OrderBy != nil {
		if selected.order = c.value(s.query.Facet.OrderBy); c.err == nil && !hasAggregate(s.query.Facet.OrderBy) {
			return nil, refusal("FACET … ORDER BY " + nrql.Print(s.query.Facet.OrderBy))
		}
	}
	return selected, c.err
}

// key names the columns of an answer. Two columns of one name collide, and the
// later one stays.
func key(column nrql.Column) string {
	if column.Alias != "" {
		return column.Alias
	}
	if name, isName := column.Expr.(*nrql.Name); isName {
		return name.Value
	}
	call, isCall := column.Expr.(*nrql.Call)
	for isCall && call.Name == "filter" {
		call, isCall = call.Args[0].(*nrql.Call)
	}
	switch {
	case !isCall:
		return "result"
	case call.Name == "percentage":
		return "percentage"
	case !isAggregate(call.Name) && hasAggregate(call):
		return "result"
	case len(call.Args) == 0:
		return call.Name
	}
	first := call.Args[0]
	if labelled, isLabelled := first.(*nrql.Labelled); isLabelled {
		first = labelled.X
	}
	switch arg := first.(type) {
	case *nrql.Star:
		return call.Name
	case *nrql.Name:
		return call.Name + "." + arg.Value
	default:
		return call.Name + "." + nrql.Print(arg)
	}
}

// scan adds the events of one type to the totals.
func (s *scope) scan(eventType string, selected *selection) *queryError {
	leaves, cursor := s.leaves(eventType)
	c := s.compiler(leaves)
	where := c.where()
	adders := selected.compile(c)
	if c.err != nil {
		return c.err
	}
	g := s.grid
	s.visit(cursor, where, func(row row) {
		for window, last := g.windows(row.millis); window <= last; window++ {
			selected.add(adders, window, row)
		}
	})
	return c.err
}
