package simulator

import (
	"slices"
	"strconv"
	"strings"

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
	facets     []string
	total      any   // of everything, for FACET; else nil
	other      any   // of the groups that are not shown
	step       int64 // of the rollup that metrics come from, in milliseconds
	exceeds    bool  // whether the range begins before the oldest event that is seen
}

// setting is what a query is evaluated in.
type setting struct {
	nowMillis  int64
	nullsMatch bool // whether a missing attribute matches !=, NOT IN and NOT LIKE
	rollUpOld  bool // whether old metrics come from rollups, however short the range
	zeroShares bool // whether percentage() of nothing is 0 and not null
	view       view
}

func (in setting) compiler(l leaves) *compiler {
	return &compiler{leaves: l, nullsMatch: in.nullsMatch, zeroShares: in.zeroShares}
}

// hourMillis is the length of the time range of a query without SINCE.
const hourMillis = 3_600_000

// evaluate answers a query.
func (h holdings) evaluate(source string, in setting) (*answer, *queryError) {
	query, err := parse(source)
	if err != nil {
		return nil, err
	}
	var result *answer
	h.read(func() { result, err = h.run(query, in) })
	return result, err
}

// run answers a query while the stores are locked for reading.
func (h holdings) run(query *nrql.Query, in setting) (*answer, *queryError) {
	a, grid, err := frame(query, in)
	if err != nil {
		return nil, err
	}
	a.exceeds = a.begin < in.view.oldest(in.nowMillis)
	switch {
	case query.Show:
		h.showEventTypes(a, query, in)
		return a, nil
	case isKeyset(query):
		return a, h.keyset(a, query, grid, in)
	}
	selected, columns, err := compileSelect(query, grid.width, in)
	if err != nil {
		return nil, err
	}
	if a.step > 0 && selected.countsEvents() {
		a.messages = append(a.messages, countsDataPoints)
	}
	if query.Facet != nil {
		return a, h.facet(a, query, grid, selected, columns, in)
	}
	selected.grow(grid.count)
	for _, name := range a.eventTypes {
		if err := a.scan(h, name, query, grid, selected, in); err != nil {
			return nil, err
		}
	}
	for row := range grid.count {
		var o object
		if query.TimeSeries != nil {
			o.set("beginTimeSeconds", float64(grid.start+int64(row)*grid.width)/1000)
			o.set("endTimeSeconds", float64(grid.start+int64(row+1)*grid.width)/1000)
		}
		columns.fill(&o, row)
		a.rows = append(a.rows, o)
	}
	return a, nil
}

// leaves gives names the meaning they have in events of a type. An unknown
// type is a type without events; conditions on it are still checked.
func newLeaves(eventType string, step int64) (leaves, *cursor) {
	cursor := &cursor{table: newTable(eventType, newPool())}
	row := rowLeaves{cursor}
	if eventType == metricType {
		return metricLeaves{row, step}, cursor
	}
	return row, cursor
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
func frame(query *nrql.Query, in setting) (*answer, grid, *queryError) {
	a := &answer{begin: in.nowMillis - hourMillis, end: in.nowMillis, since: "60 MINUTES AGO", until: "NOW", facets: facetNames(query)}
	if query.Since != nil {
		a.begin, a.since = instant(query.Since, in.nowMillis)
	}
	if query.Until != nil {
		a.end, a.until = instant(query.Until, in.nowMillis)
	}
	for _, from := range query.From {
		// Others were refused.
		if name, ok := from.(*nrql.Name); ok && !slices.Contains(a.eventTypes, name.Value) {
			a.eventTypes = append(a.eventTypes, name.Value)
		}
	}
	if a.end > a.begin && slices.Contains(a.eventTypes, metricType) {
		if err := a.snap(query, in); err != nil {
			return nil, grid{}, err
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

// instant returns a time in milliseconds since 1970, and how an answer spells
// it. Times of other kinds were refused.
func instant(t nrql.Time, nowMillis int64) (int64, string) {
	switch t := t.(type) {
	case *nrql.Epoch:
		return t.Millis, strconv.FormatInt(t.Millis, 10)
	case *nrql.Ago:
		return nowMillis - t.Duration.Millis(), strings.ToUpper(t.Duration.String()) + " AGO"
	default:
		return nowMillis, "NOW"
	}
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

func compileSelect(query *nrql.Query, widthMillis int64, in setting) (*aggregates, selectColumns, *queryError) {
	selected := &aggregates{widthMillis: widthMillis}
	c := in.compiler(selected)
	var columns selectColumns
	for _, column := range query.Select {
		if _, isStar := column.Expr.(*nrql.Star); isStar {
			return nil, nil, refusal("SELECT *")
		}
		s := selectColumn{key: key(column), compound: selected.compound(c, column.Expr)}
		if s.compound == nil {
			s.value = c.value(column.Expr)
		}
		// An apdex without a name was seen with its members beside it.
		s.spread = column.Alias == "" && strings.HasPrefix(s.key, "apdex.")
		columns = append(columns, s)
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
	case !isAggregate(call.Name):
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
func (a *answer) scan(h holdings, eventType string, query *nrql.Query, g grid, selected *aggregates, in setting) *queryError {
	leaves, cursor := newLeaves(eventType, a.step)
	c := in.compiler(leaves)
	where := c.where(query)
	adders := selected.compile(c)
	if c.err != nil {
		return c.err
	}
	a.visit(h, cursor, g, query, in, where, func(row row) {
		bucket := int((row.millis - g.start) / g.width)
		totals := selected.totals[bucket*len(adders) : (bucket+1)*len(adders)]
		for i := range adders {
			if adders[i].meets(row.number) {
				adders[i].add(&totals[i], row)
			}
		}
	})
	return c.err
}

// where compiles the condition of a query.
func (c *compiler) where(query *nrql.Query) testFunc {
	if query.Where == nil {
		return func(int) truth { return yes }
	}
	return c.test(query.Where)
}

// row is an event that a query found.
type row struct {
	number int // in the table that the cursor is at
	millis int64
	copies int     // how often it is there
	weight float64 // how many events it stands for
}

// visit calls do for the events of the cursor's type that lie in the grid and
// meet a condition, and counts them. Within a table they come in order of time.
func (a *answer) visit(h holdings, at *cursor, g grid, query *nrql.Query, in setting, where testFunc, do func(row)) {
	begin, end := g.start, g.start+int64(g.count)*g.width
	for account, t := range h.reads(at.table.name, begin, end, in.nowMillis) {
		seen := in.view.of(t, in.nowMillis, query.Extrapolate)
		at.move(account, seen.table)
		for found := range seen.rows(begin, end) {
			a.inspected += int64(found.copies)
			if where(found.number) == yes {
				a.matched += int64(found.copies)
				do(found)
			}
		}
	}
}
