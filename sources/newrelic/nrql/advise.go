package nrql

import (
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// Context is what is known of the events that a condition is about. The zero
// Context says that nothing is.
type Context struct {
	From  []string // event types
	Where Expr     // what all of them meet already; may be nil
}

// AdviseCondition says what is probably a mistake in a condition that New
// Relic takes, and what its result depends on. text is what x was parsed from.
// Nothing of it is an error.
func AdviseCondition(text diag.Text, x Expr, in Context) diag.List {
	if x == nil {
		return nil
	}
	a := newAdviser(text, in.From)
	a.findGiven(in.Where)
	a.condition(x)
	return a.list
}

// AdviseQuery does the same with a whole query and those inside of it.
func AdviseQuery(text diag.Text, q *Query) diag.List {
	if q == nil {
		return nil
	}
	var list diag.List
	Walk(q, func(n Node) bool {
		if q, ok := n.(*Query); ok {
			var from []string
			for _, x := range q.From {
				if name, ok := x.(*Name); ok {
					from = append(from, name.Value)
				}
			}
			a := newAdviser(text, from)
			a.query(q)
			list.Add(a.list...)
		}
		return true
	})
	return list
}

// adviser collects advice on one query or condition.
type adviser struct {
	text  diag.Text
	types []EventType     // those that are known
	given map[string]bool // attributes that a test shows to be there, or to be thought of
	list  diag.List
}

func newAdviser(text diag.Text, from []string) *adviser {
	a := &adviser{text: text, given: map[string]bool{"timestamp": true}}
	for _, name := range from {
		if t, known := LookupEventType(name); known {
			a.types = append(a.types, t)
		}
	}
	return a
}

func (a *adviser) warn(code diag.Code, r Range, hint diag.Phrase, format string, args ...any) {
	a.add(code, diag.Warning, r, hint, diag.Say(format, args...))
}

func (a *adviser) inform(code diag.Code, r Range, hint diag.Phrase, format string, args ...any) {
	a.add(code, diag.Info, r, hint, diag.Say(format, args...))
}

func (a *adviser) add(code diag.Code, severity diag.Severity, r Range, hint, message diag.Phrase) {
	a.list.Add(diag.Diagnostic{
		Code: code, Severity: severity, Span: a.text.Span(r.Start, r.End), Message: diag.Say("NRQL: %s", message), Hint: hint,
	})
}

// attribute finds what is documented of an attribute. Types that disagree, as
// duration does in its unit but not in its type, say nothing.
func (a *adviser) attribute(name string) (Attribute, bool) {
	var found Attribute
	for _, t := range a.types {
		known, ok := t.Attribute(name)
		switch {
		case !ok:
		case found.Type != 0 && found.Type != known.Type:
			return Attribute{}, false
		default:
			found = known
		}
	}
	return found, found.Type != 0
}

// condition advises on a test of events.
func (a *adviser) condition(x Expr) {
	a.findGiven(x)
	a.visit(x)
	a.mixed(x)
}

// visit advises on everything in an expression but what inner queries hold.
func (a *adviser) visit(x Expr) {
	Walk(x, func(n Node) bool {
		switch n := n.(type) {
		case *Name:
			a.checkCase(n)
		case *String:
			a.backslash(n)
		case *Binary:
			a.comparison(n)
		case *In:
			a.membership(n)
		case *Like:
			a.pattern(n)
		case *Unary:
			a.negation(n)
		case *Where:
			a.condition(n.Condition)
			return false
		case *Call:
			a.call(n)
		case *Subquery:
			return false
		}
		return true
	})
}

// findGiven notes the attributes that some test asks to be there, or asks
// about: whoever wrote that has thought of events without them.
func (a *adviser) findGiven(x Expr) {
	Walk(x, func(n Node) bool {
		if is, ok := n.(*Is); ok && is.What == IsNull {
			a.note(is.X)
		}
		return true
	})
	for _, c := range Conjuncts(x) {
		switch c := c.(type) {
		case *Binary:
			if c.Op >= Eq && c.Op <= Ge && c.Op != Ne {
				a.note(c.X)
				a.note(c.Y)
			}
		case *In:
			if !c.Not {
				a.note(c.X)
			}
		case *Like:
			if !c.Not {
				a.note(c.X)
			}
		}
	}
}

func (a *adviser) note(x Expr) {
	for _, name := range Attributes(x) {
		a.given[name] = true
	}
}

// absent warns of a negated test of an attribute that may not be there.
func (a *adviser) absent(at, x Expr, what string) {
	for _, name := range Attributes(x) {
		if a.given[name] {
			continue
		}
		quoted := quoteName(name)
		written := Print(at)
		a.warn(diag.CodeNRQLNull, at.Pos(), diag.Say("write (%s OR %s IS NULL) or (%s AND %s IS NOT NULL), whichever is meant", written, quoted, written, quoted),
			"whether events without %s pass %s is not documented", quoted, what)
		return
	}
}

func (a *adviser) negation(x *Unary) {
	if x.Op != Not {
		return
	}
	if name, ok := x.X.(*Name); ok && !a.given[name.Value] {
		quoted := quoteName(name.Value)
		a.warn(diag.CodeNRQLNull, x.Pos(), diag.Say("write %s IS FALSE, or (%s IS FALSE OR %s IS NULL), whichever is meant", quoted, quoted, quoted),
			"whether events without %s pass NOT is not documented", quoted)
		return
	}
	switch x.X.(type) {
	case *Is, *Name:
	default:
		a.absent(x, x.X, "NOT")
	}
}

// mixed says how AND and OR bind where nobody wrote brackets.
func (a *adviser) mixed(x Expr) {
	Walk(x, func(n Node) bool {
		or, ok := n.(*Binary)
		if !ok || or.Op != Or {
			_, inner := n.(*Where)
			_, query := n.(*Subquery)
			return !inner && !query
		}
		for _, side := range []Expr{or.X, or.Y} {
			if and, ok := side.(*Binary); ok && and.Op == And && !a.bracketed(and.Range) {
				a.inform(diag.CodeNRQLUndocumented, and.Range, diag.Say("put brackets around it"), "AND binds tighter than OR, as in SQL; New Relic does not document it")
				return false
			}
		}
		return true
	})
}

// bracketed reports whether a bracket opens directly in front of r.
func (a *adviser) bracketed(r Range) bool {
	source := a.text.String()
	return r.Start <= len(source) && strings.HasSuffix(strings.TrimRight(source[:r.Start], " \t\r\n"), "(")
}
