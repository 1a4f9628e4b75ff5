package simulator

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// The naive evaluator walks the tree for every event, knows no columns, and
// writes conditions down as sets: what an event may be is true, false or nil.
// It shares nothing with the compiled one but the parser.

type naive struct {
	event      map[string]any
	nullsMatch bool
	of         *naiveEvent               // nil where only conditions are compared
	calls      func(call *nrql.Call) any // aggregates, behind SELECT
	query      *naiveQuery               // that subqueries and variables belong to; nil without
	visible    int                       // how many of its variables
}

func (n naive) value(x nrql.Expr) any {
	switch x := x.(type) {
	case *nrql.Name:
		for i := n.visible - 1; i >= 0; i-- {
			if n.query.With[i].Names[0] == x.Value {
				n.visible = i
				return n.value(n.query.With[i].Expr)
			}
		}
		if x.Value == "timestamp" {
			return float64(n.of.millis)
		}
		return n.event[x.Value]
	case *nrql.Call:
		return n.call(x)
	case *nrql.Subquery:
		return n.query.subquery(x)[0]
	case *nrql.String:
		return x.Value
	case *nrql.Number:
		return x.Value
	case *nrql.Bool:
		return x.Value
	case *nrql.Null:
		return nil
	case *nrql.Unary:
		if x.Op == nrql.Neg {
			if f, ok := n.value(x.X).(float64); ok {
				return -f
			}
			return nil
		}
		if b, ok := n.test(x.X).(bool); ok {
			return !b
		}
		return nil
	case *nrql.Binary:
		return n.binary(x)
	case *nrql.Is:
		v := n.value(x.X)
		holds := map[nrql.IsKind]bool{nrql.IsNull: v == nil, nrql.IsTrue: v == true, nrql.IsFalse: v == false}[x.What]
		return holds != x.Not
	case *nrql.In:
		var among any = false
		v := n.value(x.X)
		for _, member := range n.members(x.List) {
			if v != nil && v == member {
				return n.negate(true, x.Not)
			}
			if v == nil || member == nil {
				among = nil
			}
		}
		return n.negate(among, x.Not)
	case *nrql.Like:
		v := n.value(x.X)
		if v == nil {
			return n.negate(nil, x.Not)
		}
		s, isString := v.(string)
		pattern := x.Pattern.(*nrql.String).Value
		if !x.Regexp {
			var parts []string
			for part := range strings.SplitSeq(pattern, "%") {
				parts = append(parts, regexp.QuoteMeta(part))
			}
			pattern = "(?is)" + strings.Join(parts, ".*")
		}
		loc := regexp.MustCompile("^(" + pattern + ")$").FindStringIndex(s)
		return n.negate(isString && loc != nil, x.Not)
	}
	panic(fmt.Sprintf("%T", x))
}

func (n naive) members(list []nrql.Expr) (members []any) {
	for _, x := range list {
		if sub, isSubquery := x.(*nrql.Subquery); isSubquery && len(list) == 1 {
			return n.query.subquery(sub)
		}
		members = append(members, n.value(x))
	}
	return members
}

func (n naive) call(x *nrql.Call) any {
	switch x.Name {
	case "if":
		if n.test(x.Args[0]) == true {
			return n.value(x.Args[1])
		}
		return n.value(x.Args[2])
	case "lower":
		if s, isString := n.value(x.Args[0]).(string); isString {
			return strings.ToLower(s)
		}
		return nil
	case "eventType":
		return n.of.kind
	case "accountId":
		return float64(n.of.account)
	}
	return n.calls(x)
}

// negate is what NOT IN, NOT LIKE and != make of their test.
func (n naive) negate(v any, not bool) any {
	switch {
	case !not:
		return v
	case v == nil && n.nullsMatch:
		return true
	case v == nil:
		return nil
	default:
		return v == false
	}
}

// test is what an expression means as a condition: only booleans are true or
// false.
func (n naive) test(x nrql.Expr) any {
	both, isBinary := x.(*nrql.Binary)
	if !isBinary || both.Op != nrql.And && both.Op != nrql.Or {
		if b, isBool := n.value(x).(bool); isBool {
			return b
		}
		return nil
	}
	a, b := n.test(both.X), n.test(both.Y)
	decides := both.Op == nrql.Or // what decides, whatever the other one is
	switch {
	case a == decides || b == decides:
		return decides
	case a == nil || b == nil:
		return nil
	default:
		return !decides
	}
}

func (n naive) binary(x *nrql.Binary) any {
	if x.Op == nrql.And || x.Op == nrql.Or && isNaiveTest(x.X) {
		return n.test(x)
	}
	a, b := n.value(x.X), n.value(x.Y)
	switch x.Op {
	case nrql.Or: // between values: the second stands in for null
		if a == nil {
			return b
		}
		if isTrue, isBool := b.(bool); a == false {
			if !isBool {
				return nil
			}
			return isTrue
		}
		return a
	case nrql.Ne:
		return n.negate(n.binary(&nrql.Binary{Op: nrql.Eq, X: x.X, Y: x.Y}), true)
	case nrql.Eq:
		if a == nil || b == nil {
			return nil
		}
		return a == b
	}
	if f, ok := a.(float64); ok {
		g, ok := b.(float64)
		if !ok {
			return nil
		}
		switch x.Op {
		case nrql.Add:
			return f + g
		case nrql.Sub:
			return f - g
		case nrql.Mul:
			return f * g
		case nrql.Div:
			if g == 0 {
				return nil
			}
			return f / g
		case nrql.Lt:
			return f < g
		case nrql.Le:
			return f <= g
		case nrql.Gt:
			return f > g
		default:
			return f >= g
		}
	}
	s, ok1 := a.(string)
	u, ok2 := b.(string)
	if !ok1 || !ok2 || x.Op > nrql.Ge {
		return nil
	}
	return map[nrql.Op]bool{nrql.Lt: s < u, nrql.Le: s <= u, nrql.Gt: s > u, nrql.Ge: s >= u}[x.Op]
}

// isNaiveTest tells a test that is unknown from a value that is missing.
func isNaiveTest(x nrql.Expr) bool {
	switch x := x.(type) {
	case *nrql.Is, *nrql.In, *nrql.Like:
		return true
	case *nrql.Unary:
		return x.Op == nrql.Not
	case *nrql.Binary:
		return x.Op == nrql.And || x.Op >= nrql.Eq && x.Op <= nrql.Ge || x.Op == nrql.Or && isNaiveTest(x.X)
	}
	return false
}

// TestCompiledAgreesWithNaive compares the two on random events and random
// conditions.
func TestCompiledAgreesWithNaive(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(choices ...string) string { return choices[random.IntN(len(choices))] }
	names := []string{"a", "b", "c"}
	store := NewStore()
	var events []map[string]any
	for i := range 60 {
		event := map[string]any{}
		var attributes []Attribute
		for _, name := range names {
			switch random.IntN(5) {
			case 0:
				v := float64(random.IntN(4))
				event[name], attributes = v, append(attributes, Attribute{name, Number(v)})
			case 1, 2:
				v := pick("x", "X", "xy", "1", "x%")
				event[name], attributes = v, append(attributes, Attribute{name, String(v)})
			case 3:
				v := random.IntN(2) == 0
				event[name], attributes = v, append(attributes, Attribute{name, Bool(v)})
			}
		}
		if err := store.Add("T", midnight+int64(i%7), attributes...); err != nil {
			t.Fatal(err)
		}
		events = append(events, event)
	}
	var condition func(depth int) string
	value := func() string {
		return pick("a", "b", "c", "'x'", "'1'", "1", "0", "2", "a + 1", "b * c", "-a", "a / b", "true")
	}
	condition = func(depth int) string {
		if depth > 0 {
			switch random.IntN(4) {
			case 0:
				return "(" + condition(depth-1) + " AND " + condition(depth-1) + ")"
			case 1:
				return "(" + condition(depth-1) + " OR " + condition(depth-1) + ")"
			case 2:
				return "NOT " + condition(depth-1)
			}
		}
		switch random.IntN(6) {
		case 0:
			return pick(names...)
		case 1:
			return pick(names...) + pick(" IS NULL", " IS NOT NULL", " IS TRUE", " IS NOT TRUE", " IS FALSE", " IS NOT FALSE")
		case 2:
			return value() + pick(" IN (", " NOT IN (") + value() + ", " + value() + ")"
		case 3:
			return value() + pick(" LIKE ", " NOT LIKE ") + pick("'x%'", "'%Y'", "'x'", "'%'", "'%x%y%'", "'x%x'")
		case 4:
			return value() + pick(" RLIKE ", " NOT RLIKE ") + pick("'x'", "r'x.*'", "'[xX]y?'", "'x|y'")
		default:
			return value() + pick(" = ", " != ", " < ", " <= ", " > ", " >= ") + value()
		}
	}
	for range 4000 {
		where := condition(3)
		parsed, findings := nrql.ParseCondition(diag.PlainText(where, "", diag.Position{Line: 1, Column: 1}))
		if findings.Failed() {
			t.Fatalf("%s: %v", where, findings)
		}
		for _, nullsMatch := range []bool{true, false} {
			want := 0
			for _, event := range events {
				if (naive{event: event, nullsMatch: nullsMatch}).test(parsed) == true {
					want++
				}
			}
			wantRows := fmt.Sprintf(`[{"n":%d,"f":%d}]`, want, want)
			query := "SELECT count(*) AS n, filter(count(*), WHERE " + where + ") AS f FROM T WHERE " + where
			if got := ask(store, query, nullsMatch); got != wantRows {
				t.Fatalf("%s (nulls match: %v)\n got %s\nwant %s", where, nullsMatch, got, wantRows)
			}
		}
	}
}

// notForRaces leaves a test out of short runs, which look for races: one goroutine asks, and nothing
// changes meanwhile.
func notForRaces(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("one goroutine asks")
	}
}
