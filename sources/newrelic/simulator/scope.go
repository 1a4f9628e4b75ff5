package simulator

import (
	"iter"
	"slices"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// evaluation is one question on its way to its answer, with the queries inside
// of it.
type evaluation struct {
	holdings
	setting
	dates     calendar // of the outermost query
	untilNow  bool     // whether that ends now because it has no UNTIL
	values    map[*nrql.Subquery]subresult
	messages  []string
	inspected int64 // events in the time ranges of all queries
	matched   int64 // of those that meet their WHERE
	held      int   // different values and groups, and rows that were joined
}

// mostHeld bounds the memory of one question to some tens of megabytes.
const mostHeld = 250_000

// hold counts what a question has to keep beside the events, which are made
// again when they are needed.
func (c *compiler) hold(n int) {
	if c.scope.held += n; c.scope.held > mostHeld {
		c.fail(refusal("a query that has to keep so many different values, groups or joined rows at once"))
	}
}

// note adds a message once.
func (e *evaluation) note(message string) {
	if !slices.Contains(e.messages, message) {
		e.messages = append(e.messages, message)
	}
}

// scope is what one query of a question is evaluated in.
type scope struct {
	*evaluation
	query   *nrql.Query
	span    // what the query covers, and the queries inside of it
	grid    grid
	step    int64    // of the rollup that metrics come from, in milliseconds; 0 without metrics
	types   []string // in FROM
	inner   *inner   // what is selected from in the place of events; nil for events
	role    role
	covered span     // the range before metrics moved it
	dates   calendar // its own, or that of the outermost query
}

// open prepares a query for a range of time: it moves the range of metrics onto
// their grid, lays the rows of the answer, and answers a query in FROM.
func (e *evaluation) open(query *nrql.Query, covered span, as role) (*scope, *queryError) {
	s := &scope{evaluation: e, query: query, span: covered, role: as, covered: covered}
	var err *queryError
	if s.dates, err = e.datesOf(query); err != nil {
		return nil, err
	}
	for _, from := range query.From {
		// Others were refused.
		if name, ok := from.(*nrql.Name); ok && !slices.Contains(s.types, name.Value) {
			s.types = append(s.types, name.Value)
		}
	}
	if s.end > s.begin && slices.Contains(s.types, metricType) {
		if err := s.snap(); err != nil {
			return nil, err
		}
	}
	if s.grid, err = lay(s.span, query.TimeSeries); err != nil {
		return nil, err
	}
	if s.step > 0 && query.TimeSeries != nil && (s.grid.width%s.step != 0 || s.grid.step%s.step != 0) {
		return nil, refusal("FROM Metric with buckets that are no multiple of the rollup's step")
	}
	if s.inner, err = s.innerOf(query); err != nil {
		return nil, err
	}
	if s.inner != nil {
		s.types = []string{innerType}
	}
	return s, s.join()
}

// role is what a query is for.
type role int

const (
	asAnswer role = iota // also of a subquery
	asTable              // in FROM
	asJoined             // behind JOIN
)

// datesOf returns the calendar of a query: that of its own zone, or that of the
// outermost query.
func (e *evaluation) datesOf(query *nrql.Query) (calendar, *queryError) {
	if query.TimeZone == nil && e.dates.zone != nil {
		return e.dates, nil
	}
	return calendarOf(query.TimeZone, e.nowMillis)
}

// leaves gives names the meaning they have in events of a type. An unknown
// type is a type without events; conditions on it are still checked.
func (s *scope) leaves(eventType string) (leaves, *cursor) {
	cursor := &cursor{table: newTable(eventType, newPool())}
	row := rowLeaves{cursor}
	switch {
	case s.inner != nil:
		return innerLeaves{row, s.inner}, cursor
	case eventType == metricType:
		return metricLeaves{row, s.step}, cursor
	}
	return row, cursor
}

func (s *scope) compiler(l leaves) *compiler {
	return &compiler{leaves: l, scope: s, visible: len(s.query.With)}
}

// row is an event that a query found.
type row struct {
	number int // in the table that the cursor is at
	millis int64
	copies int     // how often it is there
	weight float64 // how many events it stands for
}

// sights returns the tables that the query reads for a type, as they are seen,
// and lets the cursor follow.
func (s *scope) sights(at *cursor) iter.Seq[sight] {
	return func(yield func(sight) bool) {
		if s.inner != nil {
			at.move(0, s.inner.table)
			yield(view{}.of(s.inner.table, s.nowMillis, false))
			return
		}
		for account, t := range s.reads(at.table.name, s.grid.start, s.grid.end(), s.nowMillis) {
			seen := s.view.of(t, s.nowMillis, s.query.Extrapolate)
			at.move(account, seen.table)
			if !yield(seen) {
				return
			}
		}
	}
}

// visit calls do for the events of the cursor's type that lie in the grid and
// meet a condition, and counts them. Within a table they come in order of time.
func (s *scope) visit(at *cursor, where testFunc, do func(row)) {
	begin, end := s.grid.start, s.grid.end()
	inspected, matched := int64(0), int64(0)
	for seen := range s.sights(at) {
		for found := range seen.rows(begin, end) {
			inspected += int64(found.copies)
			if where(found.number) == yes {
				matched += int64(found.copies)
				do(found)
			}
			if s.held > mostHeld { // it is refused
				return
			}
		}
	}
	if s.inner == nil {
		s.inspected += inspected
	}
	if s.inner == nil || s.inner.joined {
		s.matched += matched
	}
}

// where compiles the condition of a query.
func (c *compiler) where() testFunc {
	if c.scope.query.Where == nil {
		return func(int) truth { return yes }
	}
	return c.test(c.scope.query.Where)
}
