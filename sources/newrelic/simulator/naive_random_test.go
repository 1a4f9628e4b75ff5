package simulator

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// TestQueriesAgreeWithNaive compares the whole answers of both evaluators to
// random queries of random events: of two types in two accounts, with missing
// attributes, several kinds of values in one, and some that have not arrived.
func TestQueriesAgreeWithNaive(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	forms := map[string]int{}
	for seed := range uint64(1200) {
		r := &random{rand.New(rand.NewPCG(seed, 7)), 2}
		accounts, events := r.events(t)
		query := r.query()
		for _, nullsMatch := range []bool{true, false} {
			compareWithNaive(t, accounts, events, query, nullsMatch, forms)
			if t.Failed() {
				t.Fatalf("seed %d (nulls match: %v): %s", seed, nullsMatch, query)
			}
		}
	}
	for _, form := range formsOfQueries() {
		if forms[form] < 20 {
			t.Errorf("%s was in %d of the queries that have an answer, want more", form, forms[form])
		}
	}
}

// compareWithNaive fails when the two differ in anything but what is refused.
func compareWithNaive(t *testing.T, accounts holdings, events []naiveEvent, query string, nullsMatch bool, forms map[string]int) {
	t.Helper()
	got, err := accounts.evaluate(query, setting{nowMillis: now, nullsMatch: nullsMatch})
	if err != nil {
		// The few things that the random queries meet and nobody knows.
		for _, known := range []string{"where it is missing or of another kind", "of more than 10 groups without LIMIT", "with null among its values", "COMPARE WITH and a subquery", "() of an inner query", "JOIN with EXTRAPOLATE"} {
			if strings.Contains(err.message, known) {
				return
			}
		}
		t.Error(err.message)
		return
	}
	for _, form := range formsOfQueries() {
		if strings.Contains(query, form) {
			forms[form]++
		}
	}
	parsed, _ := nrql.ParseQuery(diag.PlainText(query, "", diag.Position{Line: 1, Column: 1}))
	q := naiveQuery{Query: parsed, all: events, nullsMatch: nullsMatch, begin: now - hourMillis, end: now, known: map[*nrql.Subquery][]any{}}
	if parsed.Since != nil {
		q.begin, q.end = parsed.Since.(*nrql.Epoch).Millis, parsed.Until.(*nrql.Epoch).Millis
	}
	var want naiveAnswer
	if parsed.Compare != nil {
		want = q.compared()
	} else {
		want = q.answer(nil)
	}
	for _, part := range []struct {
		name      string
		want, got any
	}{{"results", want.rows, got.rows}, {"totalResult", want.total, got.total}, {"otherResult", want.other, got.other}} {
		text, err := json.Marshal(part.want)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(decoded(t, text), decoded(t, encode(part.got))); diff != "" {
			t.Errorf("%s (-naive +compiled)\n%s", part.name, diff)
		}
	}
}

// formsOfQueries are parts of queries that have to be compared often.
func formsOfQueries() []string {
	return []string{
		"FACET", "TIMESERIES", "SLIDE BY", "COMPARE WITH", "ORDER BY", "OFFSET", "CASES", "FROM (", "LIMIT", "percentage", "EXTRAPOLATE",
		"WITH n", "(SELECT uniques", "(SELECT max", " JOIN (", " LEFT JOIN (",
	}
}

// decoded reads JSON; a list of nothing and no list are the same here.
func decoded(t *testing.T, text []byte) any {
	t.Helper()
	var x any
	if err := json.Unmarshal(text, &x); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if list, isList := x.([]any); isList && len(list) == 0 {
		return nil
	}
	return x
}

// random makes events and queries.
type random struct {
	*rand.Rand
	subqueries int // that the query still may have
}

func (r *random) pick(choices ...string) string { return choices[r.IntN(len(choices))] }

// one is true once in n times.
func (r *random) one(n int) bool { return r.IntN(n) == 0 }

// events fills two accounts, and lists what has arrived of them.
func (r *random) events(t *testing.T) (holdings, []naiveEvent) {
	t.Helper()
	accounts := holdings{{1, NewStore()}, {2, NewStore()}}
	var list []naiveEvent
	for i := range 10 + r.IntN(30) {
		e := naiveEvent{number: i, attributes: map[string]any{}, kind: r.pick("A", "A", "B"), account: int64(1 + r.IntN(2))}
		e.millis = now - int64(r.IntN(2*60))*60_000 - []int64{0, 1, 500}[r.IntN(3)]
		var attributes []Attribute
		add := func(name string, value any) {
			v, _ := valueOf(value)
			e.attributes[name], attributes = value, append(attributes, Attribute{name, v})
		}
		for _, name := range []string{"a", "b", "c"} {
			switch r.IntN(6) {
			case 0, 1, 2:
				add(name, float64(r.IntN(10))/2)
			case 3, 4:
				add(name, r.pick("x", "X", "xy", "1"))
			case 5:
				if r.one(2) {
					add(name, r.one(2))
				}
			}
		}
		add("n", float64(r.IntN(16))/2) // always a number
		arrives := int64(always)
		if r.one(8) {
			arrives = now + int64(r.IntN(3)-1)
		}
		if err := accounts[e.account-1].store.AddArriving(e.kind, e.millis, arrives, attributes...); err != nil {
			t.Fatal(err)
		}
		if arrives <= now {
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b naiveEvent) int {
		if a.account != b.account {
			return int(a.account - b.account)
		}
		return int(a.millis - b.millis)
	})
	return accounts, list
}

func (r *random) value() string {
	if r.one(12) && r.subqueries > 0 {
		r.subqueries--
		return "(SELECT " + r.pick("max(n)", "average(a)", "latest(b)", "count(*) / 4", "uniqueCount(c)") + " FROM " + r.pick("A", "B", "A, B") + r.pick("", " WHERE n > 3") + ")"
	}
	return r.pick("a", "b", "c", "n", "'x'", "1", "2", "a + 1", "b * n", "-a", "n / a", "true", "lower(b)", "(a OR 3)", "if(n > 3, a, b)", "m", "j")
}

func (r *random) condition(depth int) string {
	if depth > 0 && r.one(2) {
		return "(" + r.condition(depth-1) + r.pick(" AND ", " OR ") + r.condition(depth-1) + ")"
	}
	switch r.IntN(6) {
	case 0:
		return r.pick("a", "b", "c") + r.pick(" IS NULL", " IS NOT NULL", " IS TRUE", " IS NOT FALSE")
	case 1:
		if r.one(3) && r.subqueries > 0 {
			r.subqueries--
			list := r.pick("SELECT uniques(a) FROM A", "SELECT uniques(b) FROM B WHERE n < 4", "SELECT n FROM B LIMIT 3", "SELECT c FROM A, B LIMIT 2", "SELECT min(n) FROM B")
			return r.value() + r.pick(" IN (", " NOT IN (") + list + ")"
		}
		return r.value() + r.pick(" IN (", " NOT IN (") + r.value() + ", " + r.value() + ")"
	case 2:
		return r.value() + r.pick(" LIKE ", " NOT LIKE ") + r.pick("'x%'", "'%Y'", "'x'")
	case 3:
		return "NOT " + r.condition(depth-1)
	default:
		return r.value() + r.pick(" = ", " != ", " < ", " <= ", " > ", " >= ") + r.value()
	}
}

// number is an aggregate that gives one value.
func (r *random) number(depth int) string {
	if depth > 0 {
		switch r.IntN(8) {
		case 0:
			return "filter(" + r.number(depth-1) + ", WHERE " + r.condition(1) + ")"
		case 1:
			return "percentage(" + r.pick("count(*)", "sum(n)", "count(a)") + ", WHERE " + r.condition(1) + ")"
		case 2:
			return "(" + r.number(depth-1) + r.pick(" + ", " - ", " * ", " / ") + r.number(depth-1) + ")"
		case 3:
			return "(" + r.number(depth-1) + " OR 0)"
		case 4:
			return "if(" + r.number(depth-1) + " > 2, " + r.number(depth-1) + ", 'few')"
		case 5:
			return "rate(" + r.pick("count(*)", "sum(n)", "uniqueCount(a)", "filter(count(*), WHERE a = 1)") + ", 10 minutes)"
		}
	}
	return r.pick("count", "count", "sum", "average", "min", "max", "uniqueCount", "latest", "earliest") + "(" + r.pick("a", "b", "c", "n", "n + 1", "(a OR 0)", "timestamp", "m", "j") + ")"
}

func (r *random) columns(compound bool) string {
	var list []string
	for i := range 1 + r.IntN(3) {
		column := r.number(2)
		switch {
		case r.one(4):
			column = "count(*)"
		case compound && r.one(4):
			column = r.pick("percentile(n, 50, 95)", "filter(percentile(a, 75), WHERE n > 2)", "uniques(a)", "histogram(n, 8, 4)")
		}
		list = append(list, fmt.Sprintf("%s AS v%d", column, i))
	}
	return strings.Join(list, ", ")
}

func (r *random) facet() string {
	var by []string
	for i := range 1 + r.IntN(2) {
		x := r.pick("a", "b", "n", "m", "lower(b)", "if(n > 3, 'many', a)", "eventType()", "accountId()")
		if r.one(4) {
			x = "CASES (WHERE " + r.condition(1) + " AS 'first', WHERE " + r.condition(0) + " AS 'second')" + r.pick("", " OR c")
		}
		by = append(by, fmt.Sprintf("%s AS f%d", x, i))
	}
	text := " FACET " + strings.Join(by, ", ")
	if r.one(4) {
		text += " ORDER BY " + r.pick("sum(n)", "max(n)", "uniqueCount(a)", "filter(count(*), WHERE n > 3)")
	}
	return text
}

func (r *random) series() string {
	text := " TIMESERIES " + r.pick("7 minutes", "10 minutes", "90000", "20 minutes", "1 hour")
	if r.one(3) {
		text = " TIMESERIES " + r.pick("10 minutes SLIDE BY 4 minutes", "20 minutes SLIDE BY 1 minute", "5 minutes SLIDE BY 9 minutes")
	}
	return text
}

func (r *random) limit(most int) string { return fmt.Sprintf(" LIMIT %d", 1+r.IntN(most)) }

// query makes a query of one of the forms that both evaluators know, in a third
// of them with variables.
func (r *random) query() string {
	text := r.withoutVariables()
	if r.one(3) && !strings.Contains(text, "FROM (") {
		return "WITH n * 2 AS m, " + r.pick("lower(b) AS b", "(a OR m) AS c", "if(n > m - 3, a, 1) AS a", "m + 1 AS m") + " " + text
	}
	return text
}

func (r *random) withoutVariables() string {
	from := r.pick("A", "B", "A, B", "B, A")
	where := ""
	if r.one(2) {
		where = " WHERE " + r.condition(2)
	}
	span := ""
	if r.one(2) {
		end := now - int64(r.IntN(50))*60_000 + int64(r.IntN(2))*77
		span = fmt.Sprintf(" SINCE %d UNTIL %d", end-int64(60+r.IntN(60))*60_000, end)
	}
	switch r.IntN(8) {
	case 0: // events
		text := "SELECT " + r.pick("*", "a, n", "n AS x, b", "a, *") + " FROM " + from + where + span
		if r.one(2) {
			text += " ORDER BY " + r.pick("n", "n DESC", "n DESC, timestamp", "timestamp", "a")
		}
		text += r.pick("", r.limit(20), r.limit(5)+" OFFSET 2")
		return text
	case 1: // of an inner query
		inner := "SELECT " + r.columns(false) + " FROM " + r.pick("A", "A, B") + where + r.pick("", r.series(), r.facetOfInner(), r.series()+r.facetOfInner())
		if r.one(4) {
			return "SELECT v0 FROM (" + inner + ")" + r.pick("", " WHERE v0 > 1") + span + r.limit(20)
		}
		outer := strings.NewReplacer("latest(", "max(", "earliest(", "count(", "(n)", "(v0)", "(n + 1)", "(v1 + 1)", "(a)", "(v1)", "timestamp", "v0").Replace("SELECT " + r.columns(false))
		return outer + " FROM (" + inner + ")" + span
	}
	if r.one(5) {
		from += r.pick(" JOIN (", " LEFT JOIN (") + "SELECT " + r.pick("max(n) AS j, count(*) AS k", "latest(c) AS j", "sum(n) AS j") + " FROM " + r.pick("A", "B") + " FACET " +
			r.pick("b AS key", "a AS key", "b AS key, n AS k2") + r.pick("", " LIMIT 3", " LIMIT 20") + ") ON " + r.pick("b", "a", "lower(b)", "n") + " = key"
	}
	text := "SELECT " + r.columns(true) + " FROM " + from + where + span
	if r.one(2) {
		text += r.facet() + r.pick("", r.limit(3))
	}
	if r.one(2) {
		text += r.series()
	}
	if r.one(4) {
		text += " COMPARE WITH " + r.pick("30 minutes", "1 hour", "1 day") + " ago"
	}
	if r.one(10) {
		text += " EXTRAPOLATE"
	}
	return text
}

func (r *random) facetOfInner() string {
	return " FACET " + r.pick("a", "b", "lower(b)", "n") + " AS f" + r.limit(12)
}
