package query_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	q "github.com/slojourn/slojourn/exporters/grafana/query"
)

// TestPromQL has what Grafana gets, and what it sends on.
func TestPromQL(t *testing.T) {
	t.Parallel()
	with := q.Binding{
		Variables: map[string]string{"owner": "(a|b)"},
		Range:     28 * 24 * time.Hour, Step: 90 * time.Second, RateStep: 15 * time.Second,
	}
	left := q.Metric("left", q.Is("id", "checkout"))
	over := func(l q.Length) q.Over { return q.Over{Function: q.Increase, Of: q.Metric("e"), Length: l} }
	for _, test := range []struct {
		expr  q.Expr
		text  string
		bound string // "" when it is the same
	}{
		{q.Metric("m"), `m`, ``},
		{q.Metric("m", q.Is("a", "x"), q.IsNot("b", ""), q.Like("c", "y|z")), `m{a="x", b!="", c=~"y|z"}`, ``},
		{q.Metric("m", q.Matcher{Label: "a", Pattern: "x.", Not: true}), `m{a!~"x."}`, ``},
		{q.Metric("m", q.Chosen("owner", "owner")), `m{owner=~"$owner"}`, `m{owner=~"(a|b)"}`},
		{q.Metric("m", q.Matcher{Label: "owner", Variable: "all", Not: true}), `m{owner!~"$all"}`, `m{owner!~".*"}`},
		{q.Metric("m", q.Is("a", "$owner [[owner]] [x] \\ \"")), `m{a="\u0024owner \u005b\u005bowner]] [x] \\ \""}`, ``},
		{q.Metric("m", q.Like("a", "^x$")), `m{a=~"^x\u0024"}`, ``},
		{q.Metric("m").Ago(36 * time.Hour), `m offset 36h`, ``},
		{q.Metric("m", q.Is("a", "\ufffd\n\x00é")), `m{a="\ufffd\n\x00é"}`, ``},
		{over(q.Length{Fixed: 1500 * time.Millisecond}), `increase(e[1500ms])`, ``},
		{over(q.Length{Fixed: 24 * time.Hour}), `increase(e[1d])`, ``},
		{over(q.Length{Fixed: 90 * time.Minute}), `increase(e[90m])`, ``},
		{over(q.Length{Built: q.Step}), `increase(e[$__interval])`, `increase(e[90s])`},
		{over(q.Length{Built: q.RateStep}), `increase(e[$__rate_interval])`, `increase(e[15s])`},
		{over(q.Length{Built: q.TimeRange}), `increase(e[$__range])`, `increase(e[28d])`},
		{q.Over{Function: q.Last, Of: left.Ago(time.Minute), Length: q.Length{Fixed: time.Hour}}, `last_over_time(left{id="checkout"}[1h] offset 1m)`, ``},
		{q.Over{Function: q.Total, Of: q.By(q.Max, left, "id"), Length: q.Length{Built: q.TimeRange}, Every: q.Length{Built: q.Step}}, `sum_over_time(max by (id) (left{id="checkout"})[$__range:$__interval])`, `sum_over_time(max by (id) (left{id="checkout"})[28d:90s])`},
		{q.Over{Function: q.Known, Of: q.With(left, q.Above, q.Number(0)), Length: q.Length{Fixed: time.Hour}, Every: q.Length{Fixed: time.Minute}}, `count_over_time((left{id="checkout"} > 0)[1h:1m])`, ``},
		{q.By(q.Sum, left), `sum(left{id="checkout"})`, ``},
		{q.By(q.Max, left, "id", "step"), `max by (id, step) (left{id="checkout"})`, ``},
		{q.Best(q.Top, 3, left), `topk(3, left{id="checkout"})`, ``},
		{q.With(q.With(left, q.Plus, q.Number(1)), q.Times, q.Number(-1)), `(left{id="checkout"} + 1) * -1`, ``},
		{q.With(q.Number(1), q.Minus, q.With(q.Number(-2), q.Minus, q.Number(0.05))), `1 - (-2 - 0.05)`, ``},
		{q.With(left, q.Above, q.Number(1e6)).Bool(), `left{id="checkout"} > bool 1e+06`, ``},
		{q.With(left, q.Times, q.Metric("info"), "id", "step").Taking("owner"), `left{id="checkout"} * on (id, step) group_left (owner) info`, ``},
		{q.With(left, q.Times, q.Metric("info")).Taking("owner"), `left{id="checkout"} * ignoring () group_left (owner) info`, ``},
		{q.With(left, q.Or, q.Vector(0)), `left{id="checkout"} or vector(0)`, ``},
		{q.With(q.Now{}, q.Minus, left), `time() - left{id="checkout"}`, ``},
		{q.Replace{Of: left, Label: "a", Value: "$1 $owner", From: "id", Pattern: "(.*)$"}, `label_replace(left{id="checkout"}, "a", "$1 \u0024owner", "id", "(.*)\u0024")`, ``},
	} {
		if got := q.PromQL(test.expr); got != test.text {
			t.Errorf("PromQL is\n%s, want\n%s", got, test.text)
		}
		want := test.bound
		if want == "" {
			want = test.text
		}
		if got := q.Bound(test.expr, with); got != want {
			t.Errorf("Bound is\n%s, want\n%s", got, want)
		}
	}
}

func TestMetricsOf(t *testing.T) {
	t.Parallel()
	got := q.MetricsOf(
		q.With(q.By(q.Max, q.Metric("left"), "id"), q.Times, q.Metric("info"), "id"),
		q.Replace{Of: q.Best(q.Top, 1, q.Over{Function: q.Increase, Of: q.Metric("events")}), Label: "a"},
		q.With(q.With(q.Now{}, q.Minus, q.Metric("left")), q.Or, q.Vector(1)),
		q.Number(1), nil,
	)
	if diff := cmp.Diff([]string{"events", "info", "left"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
