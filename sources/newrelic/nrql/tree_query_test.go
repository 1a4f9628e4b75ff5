package nrql_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// column makes an expression with aggregates.
func (t tree) column(depth int) nrql.Expr {
	if depth == 0 {
		return &nrql.Call{Name: "count", Args: []nrql.Expr{&nrql.Star{}}}
	}
	switch t.choose(6) {
	case 0:
		op := rapid.SampledFrom([]nrql.Op{nrql.Or, nrql.Eq, nrql.Add, nrql.Sub, nrql.Mul, nrql.Div}).Draw(t.T, "op")
		return &nrql.Binary{Op: op, X: t.column(depth - 1), Y: t.column(depth - 1)}
	case 1:
		return t.row(depth, t.column)
	case 2:
		return &nrql.Unary{Op: nrql.Neg, X: t.column(depth - 1)}
	default:
		return t.aggregate(depth)
	}
}

// aggregate makes a call with one of the forms of arguments that only
// aggregates have.
func (t tree) aggregate(depth int) nrql.Expr {
	call := func(name string, args ...nrql.Expr) nrql.Expr { return &nrql.Call{Name: name, Args: args} }
	switch t.choose(6) {
	case 0:
		return call("filter", t.column(0), t.where(depth))
	case 1:
		first := t.value(depth - 1)
		if t.bool() {
			first = &nrql.Labelled{X: first, Label: t.alias()}
		}
		return call("funnel", first, t.where(depth), t.where(depth))
	case 2:
		return call("apdex", t.value(depth-1), &nrql.Named{Name: "t", Value: &nrql.Number{Raw: "0.5", Value: 0.5}})
	case 3:
		length := t.duration()
		return call("rate", t.column(depth-1), &length)
	case 4:
		percentile := call("percentile", t.value(depth-1), &nrql.Number{Raw: "95", Value: 95})
		return &nrql.Index{X: percentile, Key: &nrql.String{Raw: "'95'", Value: "95"}}
	default:
		return call("sum", t.value(depth-1))
	}
}

func (t tree) where(depth int) *nrql.Where {
	w := &nrql.Where{Condition: t.test(depth - 1)}
	if t.bool() {
		w.Label = t.alias()
	}
	return w
}

func (t tree) alias() string {
	return rapid.OneOf(names(), rapid.StringMatching("[a`'\\\\\n]{1,4}")).Draw(t.T, "alias")
}

func (t tree) duration() nrql.Duration {
	return nrql.Duration{Count: int64(1 + t.choose(90)), Unit: nrql.Unit(1 + t.choose(int(nrql.Year)))}
}

// query makes an outermost query.
func (t tree) query() *nrql.Query {
	q := &nrql.Query{Show: t.choose(9) == 0}
	if !q.Show {
		q = t.rows(2)
	}
	t.times(q)
	if t.bool() {
		length := t.duration()
		q.Compare = &length
	}
	q.TimeSeries = t.series()
	if q.TimeSeries != nil && q.Compare == nil && t.bool() {
		q.Predict = t.predict()
	}
	if !q.Show {
		t.aggregates(q)
	}
	if t.bool() {
		q.TimeZone = stringsOf().Draw(t.T, "time zone")
	}
	if t.bool() {
		q.MetricFormat = stringsOf().Draw(t.T, "format")
	}
	q.Extrapolate, q.Raw = t.bool(), t.bool()
	return q
}

// rows makes the clauses that any query may have.
func (t tree) rows(depth int) *nrql.Query {
	q := &nrql.Query{}
	for range max(0, t.choose(4)-1) {
		v := nrql.Variable{Expr: t.value(2)}
		for range 1 + t.choose(2) {
			v.Names = append(v.Names, t.alias())
		}
		q.With = append(q.With, v)
	}
	for range 1 + t.choose(3) {
		q.Select = append(q.Select, t.aliased(t.selected()))
	}
	for range 1 + t.choose(2) {
		q.From = append(q.From, t.table(depth))
	}
	for range max(0, t.choose(4)-2) {
		q.Joins = append(q.Joins, t.join())
	}
	if t.bool() {
		q.Where = t.test(2)
	}
	if depth == 2 && t.choose(4) == 0 {
		q.Where = nrql.All(q.Where, &nrql.Binary{Op: nrql.Gt, X: t.leaf(), Y: t.subquery()}, &nrql.In{X: t.leaf(), List: []nrql.Expr{t.subquery()}})
	}
	for range max(0, t.choose(4)-2) {
		q.OrderBy = append(q.OrderBy, nrql.Order{Expr: t.value(1), Desc: t.bool()})
	}
	if t.bool() {
		q.Facet = t.facet()
	}
	switch t.choose(3) {
	case 0:
		q.Limit = &nrql.Limit{Max: true}
	case 1:
		q.Limit = &nrql.Limit{Count: int64(t.choose(nrql.MaxLimit + 1))}
	}
	if t.bool() {
		q.Offset = &nrql.Number{Raw: "10", Value: 10}
	}
	return q
}

// aggregates selects one when the groups or buckets of q need it.
func (t tree) aggregates(q *nrql.Query) {
	if q.Facet != nil || q.TimeSeries != nil {
		q.Select = append(q.Select, nrql.Column{Expr: t.aggregate(1)})
	}
}

func (t tree) selected() nrql.Expr {
	switch t.choose(4) {
	case 0:
		return t.value(2)
	case 1:
		return &nrql.Star{}
	default:
		return t.column(2)
	}
}

func (t tree) aliased(x nrql.Expr) nrql.Column {
	c := nrql.Column{Expr: x}
	if t.bool() {
		c.Alias = t.alias()
	}
	return c
}

func (t tree) table(depth int) nrql.Expr {
	name := &nrql.Name{Value: names().Draw(t.T, "event type")}
	switch choice := t.choose(4); {
	case choice == 0:
		return &nrql.Call{Name: "lookup", Args: []nrql.Expr{name}}
	case choice == 1 && depth > 0:
		q := t.rows(depth - 1)
		q.TimeSeries = t.series()
		t.aggregates(q)
		return &nrql.Subquery{Query: q}
	default:
		return name
	}
}

func (t tree) join() nrql.Join {
	key := &nrql.Name{Value: names().Draw(t.T, "key")}
	q := &nrql.Query{
		Select: []nrql.Column{t.aliased(key)},
		From:   []nrql.Expr{&nrql.Name{Value: names().Draw(t.T, "event type")}},
	}
	j := nrql.Join{Left: t.bool(), Rows: &nrql.Subquery{Query: q}, On: key}
	if t.bool() {
		j.On = &nrql.Binary{Op: nrql.Eq, X: t.value(1), Y: key}
	}
	return j
}

// subquery makes one that gives values. A query holds two of them at most.
func (t tree) subquery() nrql.Expr {
	q := &nrql.Query{
		Select: []nrql.Column{{Expr: t.column(1)}},
		From:   []nrql.Expr{&nrql.Name{Value: names().Draw(t.T, "event type")}},
	}
	t.times(q)
	return &nrql.Subquery{Query: q}
}

func (t tree) facet() *nrql.Facet {
	f := &nrql.Facet{}
	for range 1 + t.choose(nrql.MaxFacets) {
		switch t.choose(5) {
		case 0:
			cases := &nrql.Cases{Cases: []*nrql.Where{t.where(2), t.where(2)}}
			if t.bool() {
				cases.Rest = t.value(1)
			}
			f.By = append(f.By, t.aliased(cases))
		case 1:
			list := &nrql.List{Items: []nrql.Expr{t.leaf(), t.value(1)}}
			f.By = append(f.By, t.aliased(&nrql.Call{Name: "dimensions", Args: []nrql.Expr{&nrql.Named{Name: "include", Value: list}}}))
		default:
			f.By = append(f.By, t.aliased(t.value(1)))
		}
	}
	if t.bool() {
		f.OrderBy = t.column(1)
	}
	return f
}

// times draws ranges of one hour to two days, so that buckets of half an hour
// are neither too many nor too long.
func (t tree) times(q *nrql.Query) {
	text := func(s string) *nrql.String { return &nrql.String{Raw: "'" + s + "'", Value: s} }
	ago := func(count int64, unit nrql.Unit) nrql.Time {
		return &nrql.Ago{Duration: nrql.Duration{Count: count, Unit: unit}}
	}
	q.Since = rapid.SampledFrom([]nrql.Time{
		nil, &nrql.Epoch{Millis: 1_700_000_000_000}, ago(48, nrql.Hour), &nrql.Moment{Name: "this week"},
		&nrql.Moment{Name: "yesterday", At: text("9:05")}, &nrql.DateTime{Text: text("2023-11-14 09:30 +0900")},
	}).Draw(t.T, "since")
	q.Until = rapid.SampledFrom([]nrql.Time{
		nil, &nrql.Epoch{Millis: 1_700_006_000_000}, ago(1, nrql.Day), &nrql.Moment{Name: "now"}, &nrql.DateTime{Text: text("2023-11-15")},
	}).Draw(t.T, "until")
}

func (t tree) series() *nrql.TimeSeries {
	fixed := func(count int64, unit nrql.Unit) nrql.Width { return nrql.Every(count, unit).Width }
	auto, most := nrql.Width{Kind: nrql.WidthAuto}, nrql.Width{Kind: nrql.WidthMax}
	width := rapid.SampledFrom([]nrql.Width{
		{}, {Kind: nrql.WidthDefault}, auto, most, fixed(30, nrql.Minute), fixed(1, nrql.Hour), fixed(1_800_000, nrql.Millisecond),
	}).Draw(t.T, "width")
	if width.Kind == 0 {
		return nil
	}
	series := &nrql.TimeSeries{Width: width}
	if width.Kind == nrql.WidthFixed && t.bool() {
		slide := rapid.SampledFrom([]nrql.Width{auto, most, fixed(10, nrql.Minute)}).Draw(t.T, "slide")
		series.Slide = &slide
	}
	return series
}

func (t tree) predict() *nrql.Predict {
	p := &nrql.Predict{}
	if t.bool() {
		p.Model = &nrql.Call{Name: "holtwinters"}
		if t.bool() {
			p.Model.Args = []nrql.Expr{&nrql.Named{Name: "seasonality", Value: &nrql.Name{Value: "AUTO"}}}
		}
	}
	if t.bool() {
		length := t.duration()
		p.By = &length
	}
	if t.bool() {
		length := t.duration()
		p.Using = &length
	}
	return p
}

// What the properties below are tried with has every kind of node and clause.
func TestTreesHaveEverything(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for i := range 300 {
		q := rapid.Custom(func(t *rapid.T) *nrql.Query { return tree{t}.query() }).Example(i)
		nrql.Walk(q, func(n nrql.Node) bool {
			seen[fmt.Sprintf("%T", n)] = true
			return true
		})
		for clause, written := range map[string]bool{
			"show": q.Show, "with": len(q.With) > 0, "joins": len(q.Joins) > 0, "facet": q.Facet != nil, "order by": len(q.OrderBy) > 0,
			"limit": q.Limit != nil, "offset": q.Offset != nil, "time zone": q.TimeZone != nil, "format": q.MetricFormat != nil,
			"compare": q.Compare != nil, "series": q.TimeSeries != nil, "slide": q.TimeSeries != nil && q.TimeSeries.Slide != nil,
			"predict":     q.Predict != nil && q.Predict.Model != nil && q.Predict.By != nil && q.Predict.Using != nil,
			"extrapolate": q.Extrapolate, "raw": q.Raw, fmt.Sprintf("%T", q.Since): true, fmt.Sprintf("%T", q.Until): true,
		} {
			seen[clause] = seen[clause] || written
		}
	}
	want := []string{
		"show", "with", "joins", "facet", "order by", "limit", "offset", "time zone", "format", "compare", "series", "slide", "predict", "extrapolate", "raw",
	}
	for _, n := range []any{
		&nrql.Query{}, &nrql.Name{}, &nrql.String{}, &nrql.Number{}, &nrql.Bool{}, &nrql.Null{}, &nrql.Star{}, &nrql.Duration{}, &nrql.Unary{},
		&nrql.Binary{}, &nrql.Is{}, &nrql.In{}, &nrql.Like{}, &nrql.Call{}, &nrql.Where{}, &nrql.Labelled{}, &nrql.Named{}, &nrql.List{},
		&nrql.Index{}, &nrql.Cases{}, &nrql.Subquery{}, &nrql.Epoch{}, &nrql.Ago{}, &nrql.Moment{}, &nrql.DateTime{},
	} {
		want = append(want, fmt.Sprintf("%T", n))
	}
	for _, what := range want {
		if !seen[what] {
			t.Errorf("no tree has %s", what)
		}
	}
}
