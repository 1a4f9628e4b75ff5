package query

import (
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
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
		p.put(" offset ", slo.FormatDuration(s.Offset))
	}
}

func (m Matcher) print(p *printer) {
	operator, value := "=", quoted(m.Value)
	switch {
	case m.Variable != "" && p.with == nil:
		operator, value = "=~", `"$`+m.Variable+`"`
	case m.Variable != "":
		chosen, some := p.with.Variables[m.Variable]
		if !some {
			chosen = ".*"
		}
		operator, value = "=~", quoted(chosen)
	case m.Pattern != "":
		operator, value = "=~", quoted(m.Pattern)
	}
	if m.Not {
		operator = "!" + strings.TrimPrefix(operator, "=")
		if operator == "!" {
			operator = "!="
		}
	}
	p.put(m.Label, operator, value)
}

// quoted writes a string of PromQL. Grafana replaces $name and ${name} wherever they
// stand, so a text with a dollar must not come here but as a variable; see [Matcher].
func quoted(text string) string { return strconv.Quote(text) }

func (o Over) print(p *printer) {
	p.put(string(o.Function), "(")
	o.Of.series(p)
	p.put("[", o.Length.text(p.with), "]")
	o.Of.ago(p)
	p.put(")")
}

func (l Length) text(with *Binding) string {
	switch {
	case l.Fixed != 0:
		return slo.FormatDuration(l.Fixed)
	case with == nil:
		return string(l.Built)
	}
	return slo.FormatDuration(l.of(*with))
}

// of returns how long it is.
func (l Length) of(with Binding) time.Duration {
	switch {
	case l.Fixed != 0:
		return l.Fixed
	case l.Built == TimeRange:
		return with.Range
	case l.Built == RateStep:
		return with.RateStep
	}
	return with.Step
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
	if b.On != nil {
		p.put("on (", strings.Join(b.On, ", "), ") ")
	}
	if b.Many {
		p.put("group_left (", strings.Join(b.Take, ", "), ") ")
	}
	p.side(b.Right)
}

// side writes a side of an operator; another operator there is parenthesised.
func (p *printer) side(e Expr) {
	if _, nested := e.(Binary); nested {
		p.put("(")
		defer p.put(")")
	}
	e.print(p)
}

func (n Number) print(p *printer) { p.put(strconv.FormatFloat(float64(n), 'g', -1, 64)) }

func (v Vector) print(p *printer) {
	p.put("vector(", strconv.FormatFloat(float64(v), 'g', -1, 64), ")")
}

func (Now) print(p *printer) { p.put("time()") }

func (r Replace) print(p *printer) {
	p.put("label_replace(")
	r.Of.print(p)
	for _, text := range []string{r.Label, r.Value, r.From, r.Pattern} {
		p.put(", ", quoted(text))
	}
	p.put(")")
}
