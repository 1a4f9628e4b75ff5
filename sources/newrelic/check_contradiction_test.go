package newrelic_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// contradiction returns what Check says of conditions that contradict each
// other; "" when it says nothing.
func contradiction(where, bad string) string {
	for _, d := range newrelic.Check(slo.Declarations{SLOs: []slo.SLODeclaration{{SLI: &slo.SLIDeclaration{SLI: eventsOf(where, bad)}}}}) {
		if d.Code == diag.CodeContradiction {
			return d.Message.String()
		}
	}
	return ""
}

func eventsOf(where, bad string) slo.SLI {
	at := diag.Position{Line: 1, Column: 1}
	return slo.SLI{
		From:  []diag.Located[string]{diag.At("Checkout", diag.Span{})},
		Where: diag.PlainText(where, "", at), Bad: diag.PlainText(bad, "", at),
	}
}

// TestContradictions has conditions that exclude each other, conditions of
// which one implies the other, and such as only look like it.
func TestContradictions(t *testing.T) {
	t.Parallel()
	const nothing, everything, silent = "no event can be bad", "every valid event is bad", ""
	for _, tt := range []struct{ where, bad, want string }{
		// Equal, different and listed values.
		{"name = 'a'", "name != 'a'", nothing},
		{"name = 'a'", "NOT name = 'a'", nothing},
		{"name = 'a'", "name NOT IN ('a', 'b')", nothing},
		{"name = 'a' OR name = 'b'", "name = 'c'", nothing},
		{"name IN ('a', 'b')", "name != 'a' AND name != 'b'", nothing},
		{"name IN ('a', 'b')", "'c' = name", nothing},
		{"name = 'a'", "name IN ('a', 'b')", everything},
		{"name = 'a'", "name != 'b'", everything},
		{"name = 'a' OR name = 'b'", "name = 'b'", silent},
		{"name != 'a'", "name != 'b'", silent},
		{"name = 'a'", "name = 'A'", nothing},
		{`name = 'a\\b'`, `name = 'a\b'`, silent}, // nobody knows what a backslash means
		{"code = 1", "code = '1'", nothing},

		// Numbers.
		{"duration < 1", "duration > 2", nothing},
		{"duration = 1", "duration > 2", nothing},
		{"duration <= 1", "1 < duration", nothing},
		{"duration < 1", "duration >= 0.5", silent},
		{"duration < 1", "duration >= 1", nothing},
		{"duration <= 1", "duration > 1", nothing},
		{"duration <= 1", "duration >= 1", silent},
		{"duration = 1", "duration <= 1", everything},
		{"duration > 1", "duration < 2", silent}, // and not only for whole numbers
		{"duration > 2", "duration > 1", everything},
		{"duration = -1", "duration < -0.5 AND duration > -2", everything},
		{"duration > 0", "duration > 1 OR duration <= 1", everything},
		{"shop = 'a'", "duration > 1 OR duration <= 1", silent}, // it may be absent
		{"duration IS NOT NULL", "duration > 1 OR duration <= 1", silent},
		{"id = 9007199254740993", "id = 9007199254740992", silent},

		// Tests for null and of booleans.
		{"duration < 1", "duration IS NULL", nothing},
		{"duration IS NULL", "duration > 1", nothing},
		{"duration IS NULL", "duration != 1", silent}, // absent attributes may differ
		{"duration IS NULL", "NOT duration > 1", silent},
		{"error IS TRUE", "NOT error IS TRUE", nothing},
		{"error IS TRUE", "error IS FALSE OR error IS NULL", nothing},
		{"error IS TRUE", "error", everything},
		{"error IS NOT TRUE", "error IS FALSE", silent},
		{"shop = 'a'", "error IS NULL OR error IS NOT NULL", everything},

		// Patterns.
		{"name LIKE 'a%'", "name = 'b'", nothing},
		{"name LIKE 'A%'", "name = 'ab'", silent},
		{"name LIKE 'a%'", "name LIKE 'b%'", nothing},
		{"name LIKE '%a'", "name LIKE '%b'", nothing},
		{"name LIKE '%a%'", "name LIKE '%b%'", silent},
		{"name LIKE 'a%'", "name LIKE 'ab%'", silent},
		{"name LIKE 'a%'", "name NOT LIKE 'A%'", nothing},
		{"name LIKE '%a%b_'", "name = 'xaybz'", nothing},
		{"name LIKE '%a%b%'", "name = 'xaybz'", silent},
		{"name = 'abc'", "name LIKE 'a%c'", everything},
		{"name = 'a'", "name RLIKE 'b'", silent},
		{"name RLIKE 'b'", "name IS NULL", nothing},
		{"code > 1", "code LIKE '5%'", silent},

		// Functions, constants, and several subjects.
		{"eventType() = 'A'", "eventType() = 'B'", nothing},
		{"numeric(code) >= 500", "numeric(code) < 400", nothing},
		{"numeric(code) >= 500", "code < 400", silent},
		{"shop = 'a'", "1 = 1", everything},
		{"shop = 'a'", "1 = 2", nothing},
		{"name = 'a'", "name = 'b' AND x = 1 OR name = 'c' AND y = 2", nothing},
		{"name = 'a'", "name = 'b' OR x = 1", silent},
		{"name = 'a'", "name = 'a' OR x = 1", everything},
		{"x = y", "x != y", silent},
		{"shop = 'a'", "`count(*)` = 1 AND duration + 1 > 2", silent},
	} {
		got := contradiction(tt.where, tt.bad)
		if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
			t.Errorf("where: %s, bad: %s: got %q, want %q", tt.where, tt.bad, got, tt.want)
		}
	}
}

// TestContradictionsAreCertain draws conditions and events. Whatever New Relic
// does where it documents nothing, an event never proves a finding wrong.
func TestContradictionsAreCertain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		where, bad := drawCondition(t, "where", 3), drawCondition(t, "bad", 3)
		said := contradiction(nrql.Print(where), nrql.Print(bad))
		if said == "" {
			return
		}
		for range 200 {
			w := world{
				event:       map[string]any{"x": rapid.SampledFrom(anyValues).Draw(t, "x"), "y": rapid.SampledFrom(anyValues).Draw(t, "y")},
				nullDiffers: rapid.Bool().Draw(t, "null differs"), twoValued: rapid.Bool().Draw(t, "two-valued"),
			}
			valid, isBad := w.test(where) == yes, w.test(bad) == yes
			wrong := strings.Contains(said, "no event can be valid") && valid ||
				strings.Contains(said, "no event can be bad") && valid && isBad ||
				strings.Contains(said, "every valid event is bad") && valid && !isBad
			if wrong {
				t.Fatalf("where: %s\nbad: %s\nsaid %q\nbut in %+v valid is %t and bad is %t", nrql.Print(where), nrql.Print(bad), said, w, valid, isBad)
			}
		}
	})
}

// anyValues are what attributes hold: the literals of conditions, and values
// around and between them.
var anyValues = []any{
	nil, true, false, -1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, "a", "A", "b", "ab", "aB", "ba", "bab", "", "c", "1", "true",
}

var literals = []nrql.Expr{
	&nrql.Number{Raw: "0", Value: 0}, &nrql.Number{Raw: "1", Value: 1}, &nrql.Number{Raw: "2", Value: 2},
	&nrql.String{Raw: "'a'", Value: "a"}, &nrql.String{Raw: "'b'", Value: "b"}, &nrql.String{Raw: "'ab'", Value: "ab"},
}

func drawCondition(t *rapid.T, label string, depth int) nrql.Expr {
	operand := func() nrql.Expr { return &nrql.Name{Value: rapid.SampledFrom([]string{"x", "x", "y"}).Draw(t, label)} }
	literal := func() nrql.Expr { return rapid.SampledFrom(literals).Draw(t, label) }
	not := func() bool { return rapid.Bool().Draw(t, label) }
	kinds := 8
	if depth == 0 {
		kinds = 5
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, label) {
	case 0, 1:
		x, y := operand(), literal()
		if rapid.IntRange(0, 4).Draw(t, label) == 0 {
			x, y = y, x
		}
		return &nrql.Binary{Op: nrql.Op(rapid.IntRange(int(nrql.Eq), int(nrql.Ge)).Draw(t, label)), X: x, Y: y}
	case 2:
		return &nrql.In{X: operand(), Not: not(), List: []nrql.Expr{literal(), literal()}}
	case 3:
		return &nrql.Is{X: operand(), Not: not(), What: rapid.SampledFrom([]nrql.IsKind{nrql.IsNull, nrql.IsTrue, nrql.IsFalse}).Draw(t, label)}
	case 4:
		pattern := rapid.SampledFrom([]string{"a%", "%b", "b%", "%a%", "A%b", "ab", "%"}).Draw(t, label)
		return &nrql.Like{X: operand(), Not: not(), Pattern: &nrql.String{Raw: "'" + pattern + "'", Value: pattern}}
	case 5:
		return &nrql.Unary{Op: nrql.Not, X: drawCondition(t, label, depth-1)}
	case 6:
		return &nrql.Binary{Op: nrql.Or, X: drawCondition(t, label, depth-1), Y: drawCondition(t, label, depth-1)}
	default:
		return &nrql.Binary{Op: nrql.And, X: drawCondition(t, label, depth-1), Y: drawCondition(t, label, depth-1)}
	}
}

// world is an event, and what New Relic may do with it where nothing says.
type world struct {
	event       map[string]any
	nullDiffers bool // an absent attribute, and one of another type, differs from a literal
	twoValued   bool // NOT makes everything true that is not
}

type truth int

const (
	no truth = iota
	unknown
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (w world) not(t truth) truth {
	if t == unknown {
		if w.twoValued {
			return yes
		}
		return unknown
	}
	return yes - t
}

// differ is what !=, NOT IN and NOT LIKE make of the test they negate.
func (w world) differ(t truth, not bool) truth {
	switch {
	case !not:
		return t
	case t == unknown:
		return truthOf(w.nullDiffers)
	}
	return yes - t
}

func (w world) value(x nrql.Expr) any {
	switch x := x.(type) {
	case *nrql.Name:
		return w.event[x.Value]
	case *nrql.Number:
		return x.Value
	case *nrql.String:
		return x.Value
	}
	return nil
}

func (w world) test(x nrql.Expr) truth {
	switch x := x.(type) {
	case *nrql.Unary:
		return w.not(w.test(x.X))
	case *nrql.In:
		same := no
		for _, item := range x.List {
			same = max(same, equal(w.value(x.X), w.value(item)))
		}
		return w.differ(same, x.Not)
	case *nrql.Is:
		v := w.value(x.X)
		is := v == nil
		if x.What != nrql.IsNull {
			is = v == (x.What == nrql.IsTrue)
		}
		return truthOf(is != x.Not)
	case *nrql.Like:
		s, isText := w.value(x.X).(string)
		if !isText {
			return w.differ(unknown, x.Not)
		}
		return w.differ(truthOf(isLike(strings.ToLower(s), strings.ToLower(x.Pattern.(*nrql.String).Value))), x.Not)
	case *nrql.Binary:
		switch x.Op {
		case nrql.And:
			return min(w.test(x.X), w.test(x.Y))
		case nrql.Or:
			return max(w.test(x.X), w.test(x.Y))
		case nrql.Eq, nrql.Ne:
			return w.differ(equal(w.value(x.X), w.value(x.Y)), x.Op == nrql.Ne)
		}
		a, isA := w.value(x.X).(float64)
		b, isB := w.value(x.Y).(float64)
		if !isA || !isB {
			s, isS := w.value(x.X).(string)
			u, isU := w.value(x.Y).(string)
			if !isS || !isU {
				return unknown
			}
			a, b = float64(strings.Compare(s, u)), 0
		}
		return truthOf(x.Op == nrql.Lt && a < b || x.Op == nrql.Le && a <= b || x.Op == nrql.Gt && a > b || x.Op == nrql.Ge && a >= b)
	}
	panic(fmt.Sprintf("a condition that is not drawn: %T", x))
}

// equal compares values; null and values of different types are unknown.
func equal(a, b any) truth {
	if a == nil || b == nil || fmt.Sprintf("%T", a) != fmt.Sprintf("%T", b) {
		return unknown
	}
	return truthOf(a == b)
}

// isLike matches a pattern of lower-case letters and %, letter by letter.
func isLike(s, pattern string) bool {
	switch {
	case pattern == "":
		return s == ""
	case pattern[0] == '%':
		return isLike(s, pattern[1:]) || s != "" && isLike(s[1:], pattern)
	default:
		return s != "" && s[0] == pattern[0] && isLike(s[1:], pattern[1:])
	}
}
