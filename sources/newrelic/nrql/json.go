package nrql

import (
	"bytes"
	"encoding/json"
	"strings"
)

// MarshalJSON writes the tree of a query: each node is an object with its kind
// under "node", its place in bytes under "start" and "end", and its parts.
// Clauses that were not written are left out.
func (q *Query) MarshalJSON() ([]byte, error) { return queryTree(q).MarshalJSON() }

// Tree returns an expression as a value that encoding/json writes in the same
// way as a [Query]; nil for nil.
func Tree(x Expr) json.Marshaler {
	if x == nil {
		return nil
	}
	return exprTree(x)
}

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

// node makes the object of a node out of pairs of a name and a value.
func node(kind string, r Range, pairs ...any) object {
	o := object{{"node", kind}, {"start", r.Start}, {"end", r.End}}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string) // see the calls
		o = append(o, member{name, pairs[i+1]})
	}
	return o
}

// MarshalJSON writes the members in their order. Characters of HTML stay as
// they are.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := writeTree(&b, encoder, o)
	return b.Bytes(), err
}

// writeTree writes a whole tree in one pass; encoder writes to b as well.
func writeTree(b *bytes.Buffer, encoder *json.Encoder, value any) error {
	switch value := value.(type) {
	case object:
		b.WriteByte('{')
		for i, m := range value {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := encoder.Encode(m.name); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := writeTree(b, encoder, m.value); err != nil {
				return err
			}
		}
		b.WriteByte('}')
		return nil
	case []any:
		b.WriteByte('[')
		for i, item := range value {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeTree(b, encoder, item); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	default:
		return encoder.Encode(value)
	}
}

func exprTree(x Expr) object {
	switch x := x.(type) {
	case *Name:
		return node("name", x.Range, "name", x.Value, "wildcard", x.Wildcard)
	case *String:
		return node("string", x.Range, "value", x.Value, "raw", x.Raw)
	case *Number:
		return node("number", x.Range, "value", x.Value, "raw", x.Raw)
	case *Bool:
		return node("boolean", x.Range, "value", x.Value)
	case *Null:
		return node("null", x.Range)
	case *Star:
		return node("star", x.Range)
	case *Duration:
		return durationTree(*x)
	case *Unary:
		return node("unary", x.Range, "op", x.Op.String(), "x", Tree(x.X))
	case *Binary:
		return node("binary", x.Range, "op", x.Op.String(), "x", Tree(x.X), "y", Tree(x.Y))
	case *Is:
		return node("is", x.Range, "x", Tree(x.X), "not", x.Not, "what", x.What.String())
	case *In:
		return node("in", x.Range, "x", Tree(x.X), "not", x.Not, "list", trees(x.List))
	case *Like:
		return node("like", x.Range, "x", Tree(x.X), "not", x.Not, "regexp", x.Regexp, "pattern", Tree(x.Pattern))
	default:
		return compoundTree(x)
	}
}

func compoundTree(x Expr) object {
	switch x := x.(type) {
	case *Call:
		kind := ""
		if f, known := LookupFunction(x.Name); known {
			kind = f.Kind.String()
		}
		return node("call", x.Range, "function", x.Name, "kind", kind, "args", trees(x.Args))
	case *Where:
		return node("where", x.Range, "condition", Tree(x.Condition), "label", x.Label)
	case *Labelled:
		return node("labelled", x.Range, "x", Tree(x.X), "label", x.Label)
	case *Named:
		return node("argument", x.Range, "name", x.Name, "value", Tree(x.Value))
	case *List:
		return node("list", x.Range, "items", trees(x.Items))
	case *Index:
		return node("index", x.Range, "x", Tree(x.X), "key", Tree(x.Key))
	case *Cases:
		return node("cases", x.Range, "cases", treesOf(x.Cases, func(w *Where) object { return exprTree(w) }), "rest", Tree(x.Rest))
	case *Subquery:
		return node("subquery", x.Range, "query", queryTree(x.Query))
	}
	return nil
}

func trees(list []Expr) []any {
	all := make([]any, len(list))
	for i, x := range list {
		all[i] = Tree(x)
	}
	return all
}

func queryTree(q *Query) object {
	o := node("query", q.Range)
	add := func(name string, written bool, value func() any) {
		if written {
			o = append(o, member{name, value()})
		}
	}
	add("showEventTypes", q.Show, func() any { return true })
	add("with", len(q.With) > 0, func() any {
		return treesOf(q.With, func(v Variable) object {
			return node("variable", v.Range, "value", Tree(v.Expr), "names", v.Names)
		})
	})
	add("select", len(q.Select) > 0, func() any { return treesOf(q.Select, columnTree) })
	add("from", len(q.From) > 0, func() any { return trees(q.From) })
	add("joins", len(q.Joins) > 0, func() any {
		return treesOf(q.Joins, func(j Join) object {
			return node("join", j.Range, "left", j.Left, "rows", Tree(j.Rows), "on", Tree(j.On))
		})
	})
	add("where", q.Where != nil, func() any { return Tree(q.Where) })
	add("facet", q.Facet != nil, func() any {
		return node("facet", q.Facet.Range, "by", treesOf(q.Facet.By, columnTree), "orderBy", Tree(q.Facet.OrderBy))
	})
	add("orderBy", len(q.OrderBy) > 0, func() any {
		return treesOf(q.OrderBy, func(x Order) object {
			return node("order", x.Range, "value", Tree(x.Expr), "descending", x.Desc)
		})
	})
	add("limit", q.Limit != nil, func() any { return node("limit", q.Limit.Range, "count", q.Limit.Count, "max", q.Limit.Max) })
	add("offset", q.Offset != nil, func() any { return Tree(q.Offset) })
	return append(o, timeTrees(q)...)
}

func columnTree(c Column) object {
	return node("column", c.Range, "value", Tree(c.Expr), "alias", c.Alias)
}

func treesOf[T any](list []T, tree func(T) object) []any {
	all := make([]any, len(list))
	for i, item := range list {
		all[i] = tree(item)
	}
	return all
}

// timeTrees returns the clauses that are about time, and the words that stand
// alone.
func timeTrees(q *Query) object {
	var o object
	add := func(name string, written bool, value func() any) {
		if written {
			o = append(o, member{name, value()})
		}
	}
	add("since", q.Since != nil, func() any { return timeTree(q.Since) })
	add("until", q.Until != nil, func() any { return timeTree(q.Until) })
	add("timeZone", q.TimeZone != nil, func() any { return Tree(q.TimeZone) })
	add("metricFormat", q.MetricFormat != nil, func() any { return Tree(q.MetricFormat) })
	add("compareWith", q.Compare != nil, func() any { return durationTree(*q.Compare) })
	add("timeSeries", q.TimeSeries != nil, func() any {
		series := node("timeSeries", q.TimeSeries.Range, "width", widthTree(q.TimeSeries.Width))
		if slide := q.TimeSeries.Slide; slide != nil {
			series = append(series, member{"slideBy", widthTree(*slide)})
		}
		return series
	})
	add("predict", q.Predict != nil, func() any { return predictTree(q.Predict) })
	add("extrapolate", q.Extrapolate, func() any { return true })
	add("raw", q.Raw, func() any { return true })
	return o
}

func predictTree(p *Predict) object {
	o := node("predict", p.Range)
	if p.Model != nil {
		o = append(o, member{"model", Tree(p.Model)})
	}
	if p.By != nil {
		o = append(o, member{"by", durationTree(*p.By)})
	}
	if p.Using != nil {
		o = append(o, member{"using", durationTree(*p.Using)})
	}
	return o
}

func timeTree(t Time) object {
	switch t := t.(type) {
	case *Epoch:
		return node("epoch", t.Range, "millis", t.Millis)
	case *Ago:
		return node("ago", t.Range, "duration", durationTree(t.Duration))
	case *Moment:
		o := node("moment", t.Range, "name", t.Name)
		if t.At != nil {
			o = append(o, member{"at", t.At.Value})
		}
		return o
	case *DateTime:
		return node("dateTime", t.Range, "text", t.Text.Value)
	}
	return nil
}

func durationTree(d Duration) object {
	return node("duration", d.Range, "count", d.Count, "unit", d.Unit.String(), "millis", d.Millis())
}

func widthTree(w Width) object {
	if w.Kind == WidthFixed {
		return durationTree(w.Duration)
	}
	word := strings.ToLower(strings.TrimSpace(w.text()))
	if word == "" {
		word = "default"
	}
	return node("width", w.Range, "chosenBy", "New Relic", "how", word)
}
