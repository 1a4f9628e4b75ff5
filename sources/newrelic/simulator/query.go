package simulator

import (
	"slices"
	"strconv"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// answer is what a query found.
type answer struct {
	rows       []any // of object
	eventTypes []string
	begin, end int64 // epoch milliseconds
	since      string
	until      string
	inspected  int64 // events in the time range
	matched    int64 // of those that meet WHERE
	messages   []string
	exceeds    bool // whether the range begins before the oldest event that is seen
}

// setting is what a query is evaluated in.
type setting struct {
	nowMillis  int64
	nullsMatch bool // whether a missing attribute matches !=, NOT IN and NOT LIKE
	view       view
}

// hourMillis is the length of the time range of a query without SINCE.
const hourMillis = 3_600_000

// evaluate answers a query.
func (s *Store) evaluate(source string, in setting) (*answer, *queryError) {
	query, err := parse(source)
	if err != nil {
		return nil, err
	}
	var result *answer
	s.read(func() { result, err = s.run(query, in) })
	return result, err
}

// run answers a query while the store is locked for reading.
func (s *Store) run(query *nrql.Query, in setting) (*answer, *queryError) {
	a, grid, err := frame(query, in.nowMillis)
	if err != nil {
		return nil, err
	}
	a.exceeds = a.begin < in.view.oldest(in.nowMillis)
	selected, columns, err := compileSelect(query, in.nullsMatch)
	if err != nil {
		return nil, err
	}
	selected.totals = make([]total, grid.count*len(selected.slots))
	for _, name := range a.eventTypes {
		if name == "Metric" {
			return nil, refusal("FROM Metric")
		}
		t := s.tables[name]
		if t == nil {
			// An unknown type is a type without events; its conditions are
			// still checked.
			t = &table{name: name}
		}
		seen := in.view.of(t, in.nowMillis, query.Extrapolate)
		if err := a.scan(seen, &s.pool, query, grid, selected, in.nullsMatch); err != nil {
			return nil, err
		}
	}
	for row := range grid.count {
		var o object
		if query.TimeSeries != nil {
			o.set("beginTimeSeconds", float64(grid.start+int64(row)*grid.width)/1000)
			o.set("endTimeSeconds", float64(grid.start+int64(row+1)*grid.width)/1000)
		}
		for _, c := range columns {
			o.set(c.key, c.value(row).json())
		}
		a.rows = append(a.rows, o)
	}
	return a, nil
}

// grid is the buckets of an answer: count of them from start on, each width
// milliseconds long. Without TIMESERIES there is one.
type grid struct {
	start, width int64
	count        int
}

// frame finds the time range and lays the buckets. SINCE belongs to the range
// and UNTIL does not. Buckets are laid from UNTIL backwards; a part of a
// bucket that is left at the beginning is dropped with its events.
func frame(query *nrql.Query, nowMillis int64) (*answer, grid, *queryError) {
	a := &answer{begin: nowMillis - hourMillis, end: nowMillis, since: "60 MINUTES AGO", until: "NOW"}
	// Other times and tables were refused.
	if since, ok := query.Since.(*nrql.Epoch); ok {
		a.begin, a.since = since.Millis, strconv.FormatInt(since.Millis, 10)
	}
	if until, ok := query.Until.(*nrql.Epoch); ok {
		a.end, a.until = until.Millis, strconv.FormatInt(until.Millis, 10)
	}
	for _, from := range query.From {
		if name, ok := from.(*nrql.Name); ok && !slices.Contains(a.eventTypes, name.Value) {
			a.eventTypes = append(a.eventTypes, name.Value)
		}
	}
	window := a.end - a.begin
	if window <= 0 {
		return nil, grid{}, invalid(startAfterEnd)
	}
	if query.TimeSeries == nil {
		return a, grid{a.begin, window, 1}, nil
	}
	width := query.TimeSeries.Width.Millis()
	count := window / width
	switch {
	case count == 0:
		return nil, grid{}, invalid(bucketTooLong)
	case count > nrql.MaxBuckets:
		return nil, grid{}, invalid(tooManyBuckets)
	}
	return a, grid{a.end - count*width, width, int(count)}, nil
}

// selectColumn is a column of the answer.
type selectColumn struct {
	key   string
	value valueFunc
}

func compileSelect(query *nrql.Query, nullsMatch bool) (*aggregates, []selectColumn, *queryError) {
	selected := &aggregates{}
	c := &compiler{leaves: selected, nullsMatch: nullsMatch}
	var columns []selectColumn
	for _, column := range query.Select {
		if _, isStar := column.Expr.(*nrql.Star); isStar {
			return nil, nil, refusal("SELECT *")
		}
		columns = append(columns, selectColumn{key(column), c.value(column.Expr)})
		if c.err == nil && !hasAggregate(column.Expr) {
			return nil, nil, refusal("the column " + nrql.Print(column.Expr) + " without an aggregate")
		}
	}
	return selected, columns, c.err
}

// key returns the name of a column in the answer. Two columns of one name
// collide, and the later one stays.
func key(column nrql.Column) string {
	if column.Alias != "" {
		return column.Alias
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
	case !slices.Contains([]string{"count", "sum", "average", "min", "max", "earliest", "latest"}, call.Name):
		return "result"
	}
	switch arg := call.Args[0].(type) {
	case *nrql.Star:
		return call.Name
	case *nrql.Name:
		return call.Name + "." + arg.Value
	default:
		return call.Name + "." + nrql.Print(arg)
	}
}

// scan adds the events of one type to the totals.
func (a *answer) scan(t sight, strings *pool, query *nrql.Query, g grid, selected *aggregates, nullsMatch bool) *queryError {
	c := &compiler{leaves: rowLeaves{t.table, strings}, nullsMatch: nullsMatch}
	where := func(int) truth { return yes }
	if query.Where != nil {
		where = c.test(query.Where)
	}
	var adders []adder
	for _, slot := range selected.slots {
		adders = append(adders, slot.compile(c))
	}
	if c.err != nil {
		return c.err
	}
	first, last := t.rows(g.start, g.start+int64(g.count)*g.width)
	bucket, bucketEnd := 0, g.start+g.width
	for row := first; row < last; row++ {
		weight := t.scale
		if t.copies != nil {
			n := t.copies(row)
			a.inspected += int64(n - 1)
			weight *= float64(n)
		}
		if weight == 0 || where(row) != yes {
			continue
		}
		a.matched++
		millis := t.times[row]
		for millis >= bucketEnd {
			bucket++
			bucketEnd += g.width
		}
		totals := selected.totals[bucket*len(adders) : (bucket+1)*len(adders)]
		for i := range adders {
			adders[i].add(&totals[i], row, millis, weight)
		}
	}
	a.inspected += int64(last - first)
	return nil
}
