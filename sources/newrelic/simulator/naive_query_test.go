package simulator

import (
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// The naive evaluator of whole queries keeps events as maps and goes through
// all of them for every number of every row. It shares nothing with the
// compiled one but the parser, and does only what TestQueriesAgreeWithNaive
// asks for.

// naiveEvent is an event, or a row of an inner query.
type naiveEvent struct {
	attributes map[string]any
	kind       string
	account    int64
	millis     int64
	number     int
}

// naiveQuery is a query on its way to its answer.
type naiveQuery struct {
	*nrql.Query
	all        []naiveEvent // by account, and within each by time
	stored     []naiveEvent // the same, also where all are the rows of an inner query
	nullsMatch bool
	begin, end int64
	nested     bool
	found      []naiveEvent // of FROM and WHERE, in the order they are read
	known      map[*nrql.Subquery][]any
}

// naiveAnswer is rows as JSON decodes them.
type naiveAnswer struct {
	rows         []map[string]any
	total, other any
	chosen       []string
}

func (q naiveQuery) answer(chosen []string) naiveAnswer {
	timed := true
	if q.stored == nil {
		q.stored = q.all
	}
	if inner, isQuery := q.From[0].(*nrql.Subquery); isQuery {
		q.all, timed = q.inner(inner.Query)
		q.From = []nrql.Expr{&nrql.Name{}}
	}
	for _, j := range q.Joins {
		q.all = q.joined(j)
		q.From = []nrql.Expr{&nrql.Name{Value: "joined"}}
	}
	for _, from := range q.From {
		for _, e := range q.all {
			if e.kind == from.(*nrql.Name).Value && e.millis >= q.begin && e.millis < q.end && (q.Where == nil || q.meets(e, q.Where)) {
				q.found = append(q.found, e)
			}
		}
	}
	switch {
	case !strings.Contains(nrql.Print(q.Select[0].Expr), "("):
		return q.events(timed)
	case q.Facet != nil:
		return q.groups(chosen)
	}
	return naiveAnswer{rows: q.series(q.found, nil)}
}

// inner makes events of the rows of an inner query.
func (q naiveQuery) inner(inner *nrql.Query) (events []naiveEvent, timed bool) {
	below := naiveQuery{Query: inner, all: q.all, nullsMatch: q.nullsMatch, begin: q.begin, end: q.end, nested: true, stored: q.stored, known: q.known}
	for _, row := range below.answer(nil).rows {
		e := naiveEvent{attributes: map[string]any{}, millis: q.begin, number: len(events)}
		for name, value := range row {
			switch name {
			case "beginTimeSeconds":
				e.millis = int64(math.Round(value.(float64) * 1000))
			case "timestamp":
				e.millis = int64(value.(float64))
			case "endTimeSeconds":
			default:
				e.attributes[name] = value
			}
		}
		events = append(events, e)
	}
	sort.SliceStable(events, func(i, j int) bool { return events[i].millis < events[j].millis })
	return events, inner.TimeSeries != nil || !strings.Contains(nrql.Print(inner.Select[0].Expr), "(")
}

// joined puts the rows of a joined query beside the events of their key.
func (q naiveQuery) joined(j nrql.Join) (joined []naiveEvent) {
	below := naiveQuery{Query: j.Rows.Query, all: q.stored, nullsMatch: q.nullsMatch, begin: q.begin, end: q.end, nested: true, stored: q.stored, known: q.known}
	rows := below.answer(nil).rows
	on := j.On.(*nrql.Binary)
	for _, from := range q.From {
		for _, e := range q.all {
			if e.kind != from.(*nrql.Name).Value || e.millis < q.begin || e.millis >= q.end {
				continue
			}
			matched := false
			add := func(row map[string]any) {
				both := naiveEvent{attributes: map[string]any{}, kind: "joined", millis: e.millis, number: len(joined)}
				for _, part := range []map[string]any{e.attributes, row} {
					for name, value := range part {
						if value != nil {
							both.attributes[name] = value
						}
					}
				}
				matched, joined = true, append(joined, both)
			}
			for _, row := range rows {
				if key := q.row(e, on.X); key != nil && key == row[on.Y.(*nrql.Name).Value] {
					add(row)
				}
			}
			if !matched && j.Left {
				add(nil)
			}
		}
	}
	sort.SliceStable(joined, func(i, j int) bool { return joined[i].millis < joined[j].millis })
	return joined
}

func (q naiveQuery) naive(e naiveEvent) naive {
	return naive{event: e.attributes, nullsMatch: q.nullsMatch, of: &e, query: &q, visible: len(q.With)}
}

func (q naiveQuery) row(e naiveEvent, x nrql.Expr) any {
	return q.naive(e).value(x)
}

func (q naiveQuery) meets(e naiveEvent, x nrql.Expr) bool {
	return q.naive(e).test(x) == true
}

// events answers a query of events.
func (q naiveQuery) events(timed bool) naiveAnswer {
	list := slices.Clone(q.found)
	sort.SliceStable(list, func(i, j int) bool {
		for _, by := range q.OrderBy {
			a, b := q.row(list[i], by.Expr), q.row(list[j], by.Expr)
			if a != b { // both numbers, or both strings
				x, isNumber := a.(float64)
				return (isNumber && x < b.(float64) || !isNumber && a.(string) < b.(string)) != by.Desc
			}
		}
		return timed && list[i].millis > list[j].millis
	})
	limit, skip := 100, 0
	if q.Limit != nil {
		limit = int(q.Limit.Count)
	}
	if q.Offset != nil {
		skip = int(q.Offset.Value)
	}
	rows := []map[string]any{}
	for i, e := range list {
		if i < skip || i >= skip+limit {
			continue
		}
		row := map[string]any{}
		if e.kind != "" {
			row["timestamp"] = float64(e.millis)
		}
		for _, column := range q.Select {
			if _, isStar := column.Expr.(*nrql.Star); !isStar {
				row[q.name(column)] = q.row(e, column.Expr)
				continue
			}
			for name, value := range e.attributes {
				row[name] = value
			}
		}
		rows = append(rows, row)
	}
	return naiveAnswer{rows: rows}
}

// subquery answers a subquery: the value of its only column in each row, or the
// members of a list.
func (q naiveQuery) subquery(x *nrql.Subquery) []any {
	if values, isKnown := q.known[x]; isKnown {
		return values
	}
	below := naiveQuery{Query: x.Query, all: q.stored, nullsMatch: q.nullsMatch, begin: q.begin, end: q.end, known: q.known}
	below.Select = []nrql.Column{{Expr: x.Query.Select[0].Expr, Alias: "only"}}
	var values []any
	for _, row := range below.answer(nil).rows {
		if list, isList := row["only"].([]any); isList {
			values = append(values, list...)
		} else {
			values = append(values, row["only"])
		}
	}
	q.known[x] = values
	return values
}

// windows lays the rows of a series from the end backwards.
func (q naiveQuery) windows() [][2]int64 {
	if q.TimeSeries == nil {
		return [][2]int64{{q.begin, q.end}}
	}
	width := q.TimeSeries.Width.Millis()
	step := width
	if q.TimeSeries.Slide != nil {
		step = q.TimeSeries.Slide.Millis()
	}
	var windows [][2]int64
	for end := q.end; end-width >= q.begin; end -= step {
		windows = slices.Insert(windows, 0, [2]int64{end - width, end})
	}
	return windows
}

// series makes the rows of some of the events.
func (q naiveQuery) series(events []naiveEvent, first map[string]any) []map[string]any {
	rows := []map[string]any{}
	for _, window := range q.windows() {
		var within []naiveEvent
		for _, e := range events {
			if e.millis >= window[0] && e.millis < window[1] {
				within = append(within, e)
			}
		}
		row := map[string]any{}
		for name, value := range first {
			row[name] = value
		}
		if q.TimeSeries != nil {
			row["beginTimeSeconds"], row["endTimeSeconds"] = float64(window[0])/1000, float64(window[1])/1000
		}
		for _, column := range q.Select {
			row[q.name(column)] = q.aggregate(column.Expr, within, window[1]-window[0])
		}
		rows = append(rows, row)
	}
	return rows
}

// name is the key of a column; every aggregate has one in these queries.
func (q naiveQuery) name(column nrql.Column) string {
	if column.Alias != "" {
		return column.Alias
	}
	return column.Expr.(*nrql.Name).Value
}

// compared answers a query with COMPARE WITH.
func (q naiveQuery) compared() naiveAnswer {
	current := q.answer(nil)
	q.begin, q.end = q.begin-q.Compare.Millis(), q.end-q.Compare.Millis()
	if current.chosen == nil {
		current.chosen = []string{}
	}
	previous := q.answer(current.chosen)
	mark := func(rows []map[string]any, which string) {
		for _, row := range rows {
			row["comparison"] = which
		}
	}
	mark(current.rows, "current")
	mark(previous.rows, "previous")
	both := naiveAnswer{rows: append(current.rows, previous.rows...)}
	if q.Facet != nil {
		list := func(total any) []map[string]any {
			if row, isRow := total.(map[string]any); isRow {
				return []map[string]any{row}
			}
			return total.([]map[string]any)
		}
		for _, pair := range []struct {
			into              *any
			current, previous any
		}{{&both.total, current.total, previous.total}, {&both.other, current.other, previous.other}} {
			mark(list(pair.current), "current")
			mark(list(pair.previous), "previous")
			*pair.into = append(list(pair.current), list(pair.previous)...)
		}
	}
	return both
}
