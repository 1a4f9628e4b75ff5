package nrql

import (
	"slices"
	"strconv"
	"strings"
)

// NormalVersion names the normal form that this package writes. Keys of
// measured minutes are made of it, so what it gives for a tree never changes:
// another form is another version, beside this one.
const NormalVersion = "v1"

// NormalCondition returns the normal forms of the conditions that x joins by
// AND, sorted, each once; nil for nil. Two conditions with equal normal forms
// select the same events: blanks, comments, brackets, the case of keywords and
// the order of AND make no difference. The spelling of values does, and so
// does the order of OR and IN.
//
//	b = 2 and a=1     gives  (= "a" 1)  and  (= "b" 2)
func NormalCondition(x Expr) []string {
	if x == nil {
		return nil
	}
	return conjuncts(x)
}

// NormalQuery returns the normal form of a query. The aliases of its own
// columns make no difference; those of inner queries do, since others refer to
// them.
func NormalQuery(q *Query) string { return normalQuery(q, true) }

func conjuncts(x Expr) []string {
	var parts []string
	for _, part := range Conjuncts(x) {
		parts = append(parts, normal(part))
	}
	slices.Sort(parts)
	return slices.Compact(parts)
}

// list writes (word part part).
func list(word string, parts ...string) string {
	return "(" + strings.Join(append([]string{word}, parts...), " ") + ")"
}

// quoted writes a name so that nothing in it can be taken for anything else.
func quoted(name string) string {
	if !strings.ContainsAny(name, `\"`) {
		return `"` + name + `"`
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

func normal(x Expr) string {
	switch x := x.(type) {
	case *Name:
		if x.Wildcard {
			return "%" + quoted(x.Value)
		}
		return quoted(x.Value)
	case *String:
		return normalString(x.text())
	case *Number:
		return x.text()
	case *Bool:
		return strconv.FormatBool(x.Value)
	case *Null:
		return "null"
	case *Star:
		return "*"
	case *Duration:
		return normalDuration(x)
	case *Unary:
		return list(map[Op]string{Not: "not", Neg: "neg"}[x.Op], normal(x.X))
	case *Binary:
		return normalBinary(x)
	case *Is:
		return list(negated("is", x.Not), strings.ToLower(x.What.String()), normal(x.X))
	case *In:
		return list(negated("in", x.Not), append([]string{normal(x.X)}, normals(x.List)...)...)
	case *Like:
		word := "like"
		if x.Regexp {
			word = "rlike"
		}
		return list(negated(word, x.Not), normal(x.X), normal(x.Pattern))
	default:
		return normalCompound(x)
	}
}

func normalCompound(x Expr) string {
	switch x := x.(type) {
	case *Call:
		return list("call", append([]string{quoted(x.Name)}, normals(x.Args)...)...)
	case *Where:
		return list("where", conjuncts(x.Condition)...)
	case *Labelled: // as with WHERE, the label only names the result
		return normal(x.X)
	case *Named:
		return list("arg", quoted(x.Name), normal(x.Value))
	case *List:
		return list("list", normals(x.Items)...)
	case *Index:
		return list("index", normal(x.X), normal(x.Key))
	case *Cases:
		var cases []string
		for _, w := range x.Cases {
			cases = append(cases, list("case", quoted(w.Label), normal(w)))
		}
		if x.Rest != nil {
			cases = append(cases, list("rest", normal(x.Rest)))
		}
		return list("cases", cases...)
	case *Subquery:
		return normalQuery(x.Query, false)
	}
	return "?"
}

func normals(list []Expr) []string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = normal(x)
	}
	return parts
}

func negated(word string, not bool) string {
	if not {
		return "not-" + word
	}
	return word
}

// normalString keeps a literal as it is sent, since what a backslash means
// depends on the spelling; only R'…' is written r'…'.
func normalString(raw string) string {
	if strings.HasPrefix(raw, "R") {
		return "r" + raw[1:]
	}
	return raw
}

func normalDuration(d *Duration) string {
	return strconv.FormatInt(d.Count, 10) + d.Unit.String()
}

func normalOptional(d *Duration) string {
	if d == nil {
		return "null"
	}
	return normalDuration(d)
}

func normalBinary(x *Binary) string {
	switch x.Op {
	case And:
		parts := conjuncts(x)
		if len(parts) == 1 {
			return parts[0]
		}
		return list("and", parts...)
	case Or:
		return list("or", disjuncts(x)...)
	default:
		return list(x.Op.String(), normal(x.X), normal(x.Y))
	}
}

// disjuncts keeps the order of OR: between values it replaces null, and the
// first one that is not null counts.
func disjuncts(x Expr) []string {
	if b, ok := x.(*Binary); ok && b.Op == Or {
		return append(disjuncts(b.X), disjuncts(b.Y)...)
	}
	return []string{normal(x)}
}

func normalQuery(q *Query, outermost bool) string {
	var parts []string
	add := func(word string, items ...string) { parts = append(parts, list(word, items...)) }
	for _, v := range q.With {
		add("with", append([]string{normal(v.Expr)}, mapped(v.Names, quoted)...)...)
	}
	if q.Show {
		add("show")
	}
	for _, c := range q.Select {
		alias := c.Alias
		if outermost {
			alias = ""
		}
		add("select", normal(c.Expr), quoted(alias))
	}
	from := normals(q.From)
	slices.Sort(from)
	add("from", slices.Compact(from)...)
	for _, j := range q.Joins {
		add(map[bool]string{false: "join", true: "left-join"}[j.Left], normal(j.Rows), normal(j.On))
	}
	if q.Where != nil {
		add("where", conjuncts(q.Where)...)
	}
	return list("query", append(parts, normalRest(q)...)...)
}

// normalRest writes the clauses behind WHERE.
func normalRest(q *Query) []string {
	var parts []string
	add := func(word string, items ...string) { parts = append(parts, list(word, items...)) }
	if f := q.Facet; f != nil {
		for _, c := range f.By {
			add("facet", normal(c.Expr), quoted(c.Alias))
		}
		if f.OrderBy != nil {
			add("facet-order", normal(f.OrderBy))
		}
	}
	for _, o := range q.OrderBy {
		add("order", normal(o.Expr), strconv.FormatBool(o.Desc))
	}
	switch l := q.Limit; {
	case l == nil:
	case l.Max:
		add("limit", "max")
	default:
		add("limit", strconv.FormatInt(l.Count, 10))
	}
	if q.Offset != nil {
		add("offset", q.Offset.text())
	}
	for _, t := range []struct {
		word string
		time Time
	}{{"since", q.Since}, {"until", q.Until}} {
		if t.time != nil {
			add(t.word, normalTime(t.time)...)
		}
	}
	if q.TimeZone != nil {
		add("timezone", normalString(q.TimeZone.text()))
	}
	if q.MetricFormat != nil {
		add("metric-format", normalString(q.MetricFormat.text()))
	}
	if q.Compare != nil {
		add("compare", normalDuration(q.Compare))
	}
	if t := q.TimeSeries; t != nil {
		add("timeseries", normalWidth(t.Width))
		if t.Slide != nil {
			add("slide", normalWidth(*t.Slide))
		}
	}
	if p := q.Predict; p != nil {
		model := "null"
		if p.Model != nil {
			model = normal(p.Model)
		}
		add("predict", model, normalOptional(p.By), normalOptional(p.Using))
	}
	if q.Extrapolate {
		add("extrapolate")
	}
	if q.Raw {
		add("raw")
	}
	return parts
}

func normalTime(t Time) []string {
	switch t := t.(type) {
	case *Epoch:
		return []string{"epoch", strconv.FormatInt(t.Millis, 10)}
	case *Ago:
		return []string{"ago", normalDuration(&t.Duration)}
	case *Moment:
		if t.At == nil {
			return []string{quoted(t.Name)}
		}
		return []string{quoted(t.Name), normalString(t.At.text())}
	case *DateTime:
		return []string{normalString(t.Text.text())}
	}
	return nil
}

func normalWidth(w Width) string {
	switch w.Kind {
	case WidthFixed:
		return normalDuration(&w.Duration)
	case WidthAuto:
		return "auto"
	case WidthMax:
		return "max"
	default:
		return "default"
	}
}
