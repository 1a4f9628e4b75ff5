package newrelic_test

import (
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic"
)

func nrqlText(s string) diag.Text {
	return diag.PlainText(s, "f", diag.Position{Line: 1, Column: 1})
}

func events(from []string, where, bad string) slo.SLI {
	s := slo.SLI{Bad: nrqlText(bad)}
	for _, name := range from {
		s.From = append(s.From, diag.Located[string]{Value: name})
	}
	if where != "" {
		s.Where = nrqlText(where)
	}
	return s
}

// TestKeyOfEqualSLIs writes the same SLI in other words.
func TestKeyOfEqualSLIs(t *testing.T) {
	t.Parallel()
	source := &slo.Source{Name: "a", NewRelic: slo.NewRelic{AccountID: 1}}
	want := newrelic.Key(source, events([]string{"A", "B"}, "a = 1 AND b = 'x'", "c IS TRUE"))
	if len(want) != 64 {
		t.Fatalf("the key is %q", want)
	}
	for name, s := range map[string]slo.SLI{
		"blanks, case and a comment": events([]string{"A", "B"}, "a=1 and b   = 'x' -- why", "c is true"),
		"order of AND":               events([]string{"A", "B"}, "b = 'x' AND a = 1", "c IS TRUE"),
		"brackets":                   events([]string{"A", "B"}, "(a = 1) AND (b = 'x')", "(c IS TRUE)"),
		"order of event types":       events([]string{"B", "A", "B"}, "a = 1 AND b = 'x'", "c IS TRUE"),
		"lag": func() slo.SLI {
			s := events([]string{"A", "B"}, "a = 1 AND b = 'x'", "c IS TRUE")
			s.Lag = diag.At(time.Hour, diag.Span{})
			return s
		}(),
		"count(*)": func() slo.SLI {
			s := events([]string{"A", "B"}, "a = 1 AND b = 'x'", "c IS TRUE")
			s.Count = nrqlText("COUNT( * )")
			return s
		}(),
	} {
		if got := newrelic.Key(source, s); got != want {
			t.Errorf("%s: another key", name)
		}
	}
	renamed := &slo.Source{Name: "b", NewRelic: source.NewRelic}
	if got := newrelic.Key(renamed, events([]string{"A", "B"}, "a = 1 AND b = 'x'", "c IS TRUE")); got != want {
		t.Error("the name of the source makes another key")
	}
}

// TestKeyOfDifferentSLIs demands that no two of these have the same key.
func TestKeyOfDifferentSLIs(t *testing.T) {
	t.Parallel()
	one, two := &slo.Source{NewRelic: slo.NewRelic{AccountID: 1}}, &slo.Source{NewRelic: slo.NewRelic{AccountID: 2}}
	base := events([]string{"A"}, "a = 1", "c IS TRUE")
	changed := func(change func(*slo.SLI)) slo.SLI {
		s := base
		change(&s)
		return s
	}
	slice := slo.Slice{Every: diag.Located[time.Duration]{Value: time.Minute}, Value: nrqlText("average(d)"), Good: nrqlText("value < 1")}
	sliced := func(change func(*slo.Slice)) slo.SLI {
		s := slice
		change(&s)
		return changed(func(sli *slo.SLI) { sli.Bad, sli.Slice = diag.Text{}, &s })
	}
	queries := slo.Queries{Total: nrqlText("SELECT count(*) FROM A"), Bad: nrqlText("SELECT count(*) FROM A WHERE c IS TRUE")}
	queried := func(change func(*slo.Queries)) slo.SLI {
		q := queries
		change(&q)
		return slo.SLI{Queries: &q}
	}
	keys := map[slo.IndicatorID]string{}
	add := func(name string, source *slo.Source, s slo.SLI) {
		k := newrelic.Key(source, s)
		if other, taken := keys[k]; taken || k == "" {
			t.Errorf("%s has the key of %s", name, other)
		}
		keys[k] = name
	}
	add("the first", one, base)
	add("another account", two, base)
	add("another event type", one, changed(func(s *slo.SLI) { s.From = []diag.Located[string]{{Value: "B"}} }))
	add("no where", one, changed(func(s *slo.SLI) { s.Where = diag.Text{} }))
	add("where and bad exchanged", one, changed(func(s *slo.SLI) { s.Where, s.Bad = s.Bad, s.Where }))
	add("good", one, changed(func(s *slo.SLI) { s.Good, s.Bad = s.Bad, diag.Text{} }))
	add("another value", one, changed(func(s *slo.SLI) { s.Where = nrqlText("a = '1'") }))
	add("a sum", one, changed(func(s *slo.SLI) { s.Count = nrqlText("sum(items)") }))
	add("another sum", one, changed(func(s *slo.SLI) { s.Count = nrqlText("sum(price)") }))
	add("slices", one, sliced(func(*slo.Slice) {}))
	add("longer slices", one, sliced(func(s *slo.Slice) { s.Every.Value = 2 * time.Minute }))
	add("another value of slices", one, sliced(func(s *slo.Slice) { s.Value = nrqlText("max(d)") }))
	add("another test of slices", one, sliced(func(s *slo.Slice) { s.Good = nrqlText("value < 2") }))
	add("empty slices are bad", one, sliced(func(s *slo.Slice) { s.Empty = slo.EmptyBad }))
	add("queries", one, queried(func(*slo.Queries) {}))
	add("queries for good", one, queried(func(q *slo.Queries) { q.Good, q.Bad = q.Bad, diag.Text{} }))
	add("another total", one, queried(func(q *slo.Queries) { q.Total = nrqlText("SELECT count(*) FROM B") }))
	if k := newrelic.Key(one, events([]string{"A"}, "a = ", "c IS TRUE")); k != "" {
		t.Errorf("what does not parse has the key %q", k)
	}
}
