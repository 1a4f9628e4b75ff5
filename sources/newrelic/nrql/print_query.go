package nrql

import (
	"strconv"
	"strings"
)

// String returns canonical text of the query on one line: its clauses in one
// order, keywords in upper case. Parsing the result gives the same tree.
func (q *Query) String() string {
	var b strings.Builder
	printQuery(&b, q)
	return b.String()
}

func printQuery(b *strings.Builder, q *Query) {
	p := clausePrinter{b, b.Len()}
	for i, v := range q.With {
		p.item("WITH", i)
		printExpr(b, v.Expr, 0)
		p.names(v.Names)
	}
	if q.Show {
		p.clause("SHOW EVENT TYPES")
	}
	for i, c := range q.Select {
		p.item("SELECT", i)
		printExpr(b, c.Expr, 0)
		printAlias(b, c.Alias)
	}
	for i, x := range q.From {
		p.item("FROM", i)
		printExpr(b, x, 0)
	}
	for _, j := range q.Joins {
		if j.Left {
			p.clause("LEFT")
		}
		p.expr("JOIN", j.Rows)
		p.expr("ON", j.On)
	}
	if q.Where != nil {
		p.expr("WHERE", q.Where)
	}
	p.groups(q)
	p.times(q)
}

// clausePrinter puts blanks between clauses.
type clausePrinter struct {
	*strings.Builder
	begin int
}

func (p clausePrinter) clause(keyword string) {
	if p.Len() > p.begin {
		p.WriteByte(' ')
	}
	p.WriteString(keyword)
}

// item begins the item i of a clause that is a list.
func (p clausePrinter) item(keyword string, i int) {
	if i > 0 {
		p.WriteString(", ")
		return
	}
	p.clause(keyword)
	p.WriteByte(' ')
}

func (p clausePrinter) expr(keyword string, x Expr) {
	p.item(keyword, 0)
	printExpr(p.Builder, x, 0)
}

func (p clausePrinter) names(names []string) {
	if len(names) == 1 {
		printAlias(p.Builder, names[0])
		return
	}
	p.WriteString(" AS (")
	for i, name := range names {
		if i > 0 {
			p.WriteString(", ")
		}
		p.WriteString(quoteAlias(name))
	}
	p.WriteByte(')')
}

func (p clausePrinter) groups(q *Query) {
	// Directly behind FACET, ORDER BY would belong to that.
	for i, o := range q.OrderBy {
		p.item("ORDER BY", i)
		printExpr(p.Builder, o.Expr, 0)
		if o.Desc {
			p.WriteString(" DESC")
		}
	}
	if f := q.Facet; f != nil {
		for i, c := range f.By {
			p.item("FACET", i)
			printExpr(p.Builder, c.Expr, 0)
			printAlias(p.Builder, c.Alias)
		}
		if f.OrderBy != nil {
			p.expr("ORDER BY", f.OrderBy)
		}
	}
	switch l := q.Limit; {
	case l == nil:
	case l.Max:
		p.clause("LIMIT MAX")
	default:
		p.clause("LIMIT " + strconv.FormatInt(l.Count, 10))
	}
	if q.Offset != nil {
		p.expr("OFFSET", q.Offset)
	}
}

func (p clausePrinter) times(q *Query) {
	if q.Since != nil {
		p.clause("SINCE " + printTime(q.Since))
	}
	if q.Until != nil {
		p.clause("UNTIL " + printTime(q.Until))
	}
	if q.TimeZone != nil {
		p.expr("WITH TIMEZONE", q.TimeZone)
	}
	if q.MetricFormat != nil {
		p.expr("WITH METRIC_FORMAT", q.MetricFormat)
	}
	if q.Compare != nil {
		p.clause("COMPARE WITH " + q.Compare.String() + " AGO")
	}
	if t := q.TimeSeries; t != nil {
		p.clause("TIMESERIES" + t.Width.text())
		if t.Slide != nil {
			p.clause("SLIDE BY" + t.Slide.text())
		}
	}
	if q.Predict != nil {
		p.predict(q.Predict)
	}
	if q.Extrapolate {
		p.clause("EXTRAPOLATE")
	}
	if q.Raw {
		p.clause("RAW")
	}
}

func (p clausePrinter) predict(x *Predict) {
	p.clause("PREDICT")
	if x.Model != nil {
		p.WriteByte(' ')
		printExpr(p.Builder, x.Model, 0)
	}
	if x.By != nil {
		p.clause("BY " + x.By.String())
	}
	if x.Using != nil {
		p.clause("USING " + x.Using.String())
	}
}

func printTime(t Time) string {
	switch t := t.(type) {
	case *Epoch:
		return strconv.FormatInt(t.Millis, 10)
	case *Ago:
		return t.Duration.String() + " AGO"
	case *Moment:
		if t.At == nil {
			return t.Name
		}
		return t.Name + " AT " + t.At.text()
	case *DateTime:
		return t.Text.text()
	default:
		return "now"
	}
}

// text returns the width with a blank in front, "" for the default.
func (w Width) text() string {
	switch w.Kind {
	case WidthAuto:
		return " AUTO"
	case WidthMax:
		return " MAX"
	case WidthFixed:
		if w.Duration.Unit == Millisecond {
			return " " + strconv.FormatInt(w.Duration.Count, 10)
		}
		return " " + w.Duration.String()
	default:
		return ""
	}
}
