package query

import (
	"strconv"
	"strings"
	"time"
)

// Binding is what a dashboard that is looked at has for its variables.
type Binding struct {
	Variables map[string]string // patterns of what is chosen; all, for those that are missing
	Range     time.Duration     // that is shown
	Step      time.Duration     // between two points
	RateStep  time.Duration
}

// PromQL writes an expression as Grafana gets it, with variables in it:
//
//	max by (id) (slojourn_burn_rate{window="1h", owner=~"$owner"})
func PromQL(e Expr) string { return write(e, nil) }

// Bound writes an expression as Grafana sends it on, with variables replaced.
func Bound(e Expr, with Binding) string { return write(e, &with) }

func write(e Expr, with *Binding) string {
	p := &printer{with: with}
	e.print(p)
	return p.text.String()
}

// printer writes PromQL.
type printer struct {
	text strings.Builder
	with *Binding // nil leaves variables as they are
}

func (p *printer) put(texts ...string) {
	for _, text := range texts {
		p.text.WriteString(text)
	}
}

func (s Select) print(p *printer) {
	s.series(p)
	s.ago(p)
}

func (s Select) series(p *printer) {
	p.put(s.Metric)
	for i, m := range s.Matchers {
		if i == 0 {
			p.put("{")
		} else {
			p.put(", ")
		}
		m.print(p)
	}
	if len(s.Matchers) > 0 {
		p.put("}")
	}
}

func (s Select) ago(p *printer) {
	if s.Offset != 0 {
		p.put(" offset ", duration(s.Offset))
	}
}

func (m Matcher) print(p *printer) {
	operator, value := "=", quoted(m.Value)
	if m.Variable != "" && p.with == nil {
		operator, value = "=~", `"$`+m.Variable+`"`
	} else if pattern, is := m.pattern(p.with); is {
		operator, value = "=~", quoted(pattern)
	}
	if m.Not {
		operator = "!" + strings.TrimPrefix(operator, "=")
		if operator == "!" {
			operator = "!="
		}
	}
	p.put(m.Label, operator, value)
}

// pattern returns the regular expression of all of the label, unless a value is wanted.
func (m Matcher) pattern(with *Binding) (pattern string, is bool) {
	if m.Variable == "" {
		return m.Pattern, m.Pattern != ""
	}
	chosen, some := with.Variables[m.Variable]
	if !some {
		chosen = ".*"
	}
	return chosen, true
}

func (o Over) print(p *printer) {
	p.put(string(o.Function), "(")
	defer p.put(")")
	if of, is := o.Of.(Select); is && o.Every == (Length{}) {
		of.series(p)
		p.put("[", o.Length.text(p.with), "]")
		of.ago(p)
		return
	}
	p.side(o.Of)
	p.put("[", o.Length.text(p.with), ":", o.Every.text(p.with), "]")
}

func (l Length) text(with *Binding) string {
	switch {
	case l.Fixed != 0:
		return duration(l.Fixed)
	case with == nil:
		return string(l.Built)
	}
	return duration(l.of(*with))
}

func (a Aggregate) print(p *printer) {
	p.put(string(a.Aggregation))
	if a.By != nil {
		p.put(" by (", strings.Join(a.By, ", "), ") ")
	}
	p.put("(")
	if a.Aggregation == Top || a.Aggregation == Bottom {
		p.put(strconv.Itoa(a.K), ", ")
	}
	a.Of.print(p)
	p.put(")")
}

func (b Binary) print(p *printer) {
	p.side(b.Left)
	p.put(" ", string(b.Operator), " ")
	if b.AsBool {
		p.put("bool ")
	}
	switch {
	case b.On != nil:
		p.put("on (", strings.Join(b.On, ", "), ") ")
	case b.Many: // group_left needs one of the two before it
		p.put("ignoring () ")
	}
	if b.Many {
		p.put("group_left (", strings.Join(b.Take, ", "), ") ")
	}
	p.side(b.Right)
}

// side writes a side of an operator; another operator there is parenthesised.
func (p *printer) side(e Expr) {
	switch e.(type) {
	case Binary, *Binary:
		p.put("(")
		defer p.put(")")
	}
	e.print(p)
}

func (n Number) print(p *printer) { p.put(number(float64(n))) }

func (v Vector) print(p *printer) {
	p.put("vector(", number(float64(v)), ")")
}

func (Now) print(p *printer) { p.put("time()") }

func (r Replace) print(p *printer) {
	p.put("label_replace(")
	r.Of.print(p)
	p.put(", ", quoted(r.Label), ", ", template(r.Value), ", ", quoted(r.From), ", ", quoted(r.Pattern), ")")
}
