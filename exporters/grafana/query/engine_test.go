// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

package query_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	q "github.com/slojourn/slojourn/exporters/grafana/query"
)

// instants are when expressions are evaluated: before, between and after samples.
func instants() []time.Time {
	var list []time.Time
	for _, d := range []time.Duration{0, 150 * time.Second, 10 * time.Minute, 17*time.Minute + time.Millisecond, 43 * time.Minute} {
		list = append(list, start.Add(d))
	}
	return list
}

// within is what becomes of an expression over a time, every so often.
func within(f q.Function, of q.Expr, length, every time.Duration) q.Over {
	return q.Over{Function: f, Of: of, Length: q.Length{Fixed: length}, Every: q.Length{Fixed: every}}
}

func over(f q.Function, of q.Select, length time.Duration) q.Over {
	return q.Over{Function: f, Of: of, Length: q.Length{Fixed: length}}
}

// mixed has the last samples of two metrics, of different ids, which become the same one.
func mixed() q.Expr {
	return q.Replace{Label: "id", Value: "x", Of: q.With(
		over(q.Last, q.Metric("flag", q.Is("id", "search")), time.Hour), q.Or,
		over(q.Last, q.Metric("gap"), time.Hour), "id")}
}

// TestAlike evaluates each kind of expression, and has Prometheus' engine evaluate what is
// printed of it.
func TestAlike(t *testing.T) {
	t.Parallel()
	w := shop(t)
	left, events, info, flag := q.Metric("left"), q.Metric("events_total"), q.Metric("info"), q.Metric("flag")
	perID := q.By(q.Max, left, "id")
	with := q.Binding{
		Variables: map[string]string{"some": "checkout|search", "none": "nobody", "empty": ""},
		Range:     20 * time.Minute, Step: 90 * time.Second, RateStep: 4 * time.Minute,
	}
	for name, e := range map[string]q.Expr{
		"metric":                  left,
		"value":                   q.Metric("left", q.Is("id", "checkout")),
		"not a value":             q.Metric("left", q.IsNot("id", "checkout"), q.Is("replica", "a")),
		"absent label is empty":   q.Metric("info", q.Is("owner", "")),
		"label that nobody has":   q.Metric("info", q.Is("nothing", "")),
		"not empty":               q.Metric("info", q.IsNot("owner", "")),
		"pattern is anchored":     q.Metric("left", q.Like("id", "check|payment")),
		"pattern":                 q.Metric("left", q.Like("id", "check.*|p.+t")),
		"not a pattern":           q.Metric("left", q.Matcher{Label: "id", Pattern: "check.*", Not: true}),
		"chosen":                  q.Metric("left", q.Chosen("id", "some")),
		"chosen all":              q.Metric("left", q.Chosen("id", "all")),
		"not chosen":              q.Metric("left", q.Matcher{Label: "id", Variable: "some", Not: true}),
		"chosen empty":            q.Metric("info", q.Chosen("owner", "empty")),
		"offset":                  q.Metric("left").Ago(90 * time.Second),
		"offset into the future":  q.Metric("left").Ago(-2 * time.Minute),
		"lookback ends":           q.Metric("short"),
		"increase":                over(q.Increase, events, 5*time.Minute),
		"increase with resets":    over(q.Increase, events, 25*time.Minute),
		"increase from zero":      over(q.Increase, q.Metric("short"), 10*time.Minute),
		"increase over a gap":     over(q.Increase, q.Metric("gap"), 40*time.Minute),
		"increase, late":          over(q.Increase, q.Metric("late"), 10*time.Minute),
		"increase, early":         over(q.Increase, q.Metric("early"), 10*time.Minute),
		"increase, offset":        over(q.Increase, events.Ago(3*time.Minute), 5*time.Minute),
		"increase, 90s":           over(q.Increase, events, 150*time.Second),
		"average":                 over(q.Average, left, 10*time.Minute),
		"maximum":                 over(q.Maximum, flag, 10*time.Minute),
		"minimum":                 over(q.Minimum, flag, 10*time.Minute),
		"maximum of a minute":     over(q.Maximum, flag, time.Minute),
		"last":                    over(q.Last, left, time.Hour),
		"changes":                 over(q.Changes, flag, 10*time.Minute),
		"changes of no number":    over(q.Changes, q.Metric("odd"), 10*time.Minute),
		"total":                   over(q.Total, left, 10*time.Minute),
		"known":                   over(q.Known, flag, 10*time.Minute),
		"average of the larger":   within(q.Average, perID, 10*time.Minute, 90*time.Second),
		"increase of the larger":  within(q.Increase, q.By(q.Max, events, "id"), 10*time.Minute, time.Minute),
		"total of increases":      within(q.Total, q.By(q.Max, over(q.Increase, events, 10*time.Minute), "id"), 20*time.Minute, 5*time.Minute),
		"known of what is above":  within(q.Known, q.With(left, q.Above, q.Number(0.7)), 20*time.Minute, time.Minute),
		"known of a vector":       within(q.Known, q.Vector(1), 20*time.Minute, 7*time.Minute),
		"metric every so often":   within(q.Maximum, q.Metric("left").Ago(90*time.Second), 10*time.Minute, 4*time.Minute),
		"last of a metric":        within(q.Last, left, 10*time.Minute, 4*time.Minute),
		"longer than its time":    within(q.Total, left, 3*time.Minute, 5*time.Minute),
		"built in every step":     q.Over{Function: q.Total, Of: perID, Length: q.Length{Built: q.TimeRange}, Every: q.Length{Built: q.Step}},
		"subquery of a subquery":  within(q.Maximum, within(q.Total, left, 5*time.Minute, time.Minute), 10*time.Minute, 2*time.Minute),
		"built in step":           q.Over{Function: q.Average, Of: left, Length: q.Length{Built: q.Step}},
		"built in rate step":      q.Over{Function: q.Increase, Of: events, Length: q.Length{Built: q.RateStep}},
		"built in range":          q.Over{Function: q.Changes, Of: flag, Length: q.Length{Built: q.TimeRange}},
		"sum":                     q.By(q.Sum, left),
		"sum by":                  q.By(q.Sum, left, "objective", "replica"),
		"by a label nobody has":   q.By(q.Count, left, "nothing"),
		"min":                     q.By(q.Min, left, "id"),
		"max":                     perID,
		"max of not a number":     q.By(q.Max, flag),
		"max, first no number":    q.By(q.Max, q.Metric("odd")),
		"min, first no number":    q.By(q.Min, q.Metric("odd")),
		"sum of huge and small":   q.By(q.Sum, q.Metric("huge")),
		"average of huge ones":    over(q.Average, q.Metric("huge"), 10*time.Minute),
		"any character":           q.Metric("odd", q.Like("id", "a.b")),
		"last keeps its metric":   mixed(),
		"count":                   q.By(q.Count, info, "owner"),
		"topk":                    q.Best(q.Top, 2, left),
		"bottomk":                 q.Best(q.Bottom, 4, left),
		"topk, more than all":     q.Best(q.Top, 100, left),
		"topk by":                 q.Aggregate{Aggregation: q.Top, K: 1, By: []string{"id"}, Of: left},
		"number":                  q.Number(1.5),
		"negative number":         q.Number(-0.25),
		"infinite":                q.Number(math.Inf(-1)),
		"not a number":            q.Number(math.NaN()),
		"vector":                  q.Vector(3),
		"now":                     q.Now{},
		"since":                   q.With(q.Now{}, q.Minus, q.With(left, q.Times, q.Number(60))),
		"scalars":                 q.With(q.With(q.Number(2), q.Minus, q.Number(3)), q.Times, q.Number(-4)),
		"right side in brackets":  q.With(q.Number(2), q.Minus, q.With(q.Number(3), q.Minus, q.Number(-4))),
		"scalars, bool":           q.With(q.Number(2), q.Above, q.Number(3)).Bool(),
		"times a negative number": q.With(left, q.Times, q.Number(-1)),
		"negative number times":   q.With(q.Number(-1), q.Times, left),
		"division by zero":        q.With(left, q.Divided, q.Number(0)),
		"zero by zero":            q.With(flag, q.Divided, flag),
		"above":                   q.With(left, q.Above, q.Number(0.4)),
		"above, number left":      q.With(q.Number(0.4), q.Above, left),
		"at least, bool":          q.With(left, q.AtLeast, q.Number(0.4)).Bool(),
		"below, number left":      q.With(q.Number(0.4), q.Below, left).Bool(),
		"at most":                 q.With(left, q.AtMost, q.Number(0.4)),
		"equal":                   q.With(flag, q.Equal, q.Number(1)),
		"unequal":                 q.With(flag, q.Unequal, q.Number(1)),
		"not a number, bool":      q.With(flag, q.Unequal, flag).Bool(),
		"all labels":              q.With(left, q.Minus, q.Metric("left").Ago(time.Minute)),
		"all labels, filter":      q.With(left, q.Below, q.Metric("left").Ago(time.Minute)),
		"on":                      q.With(perID, q.Plus, q.By(q.Max, over(q.Increase, events, 5*time.Minute), "id"), "id"),
		"on drops the others":     q.With(q.Metric("left", q.Is("replica", "a")), q.AtLeast, q.Metric("flag"), "id"),
		"on, bool":                q.With(q.Metric("left", q.Is("replica", "a")), q.AtLeast, q.Metric("flag"), "id").Bool(),
		"on nothing":              q.Binary{Left: q.By(q.Sum, left), Operator: q.Divided, Right: q.By(q.Count, left), On: []string{}},
		"many to one":             q.With(left, q.Times, info, "id").Taking("owner", "title"),
		"many to one, filter":     q.With(left, q.Below, info, "id").Taking("owner"),
		"take what is not there":  q.With(q.Metric("info", q.IsNot("owner", "")), q.Times, flag, "id").Taking("title"),
		"take nothing":            q.With(left, q.Times, flag, "id").Taking(),
		"many to one of all":      q.Binary{Left: left, Operator: q.Times, Right: q.Metric("left").Ago(time.Minute), Many: true, Take: []string{"objective"}},
		"and":                     q.With(left, q.And, q.With(flag, q.Equal, q.Number(1)), "id"),
		"and all labels":          q.With(left, q.And, q.With(left, q.Above, q.Number(0.5))),
		"or":                      q.With(q.With(left, q.Above, q.Number(0.8)), q.Or, flag),
		"or on":                   q.With(q.With(left, q.Above, q.Number(0.8)), q.Or, q.With(flag, q.Times, q.Number(0)), "id"),
		"or a number":             q.With(q.By(q.Sum, q.Metric("nothing")), q.Or, q.Vector(0)),
		"unless":                  q.With(info, q.Unless, q.With(flag, q.Equal, q.Number(1)), "id"),
		"metrics are mixed":       q.With(q.With(q.Metric("info", q.Is("owner", "")), q.Or, q.Metric("flag"), "nothing"), q.Times, q.Number(2)),
		"replace":                 q.Replace{Of: info, Label: "initial", Value: "$1-${2}$", From: "id", Pattern: "(.)(.*)"},
		"replace one's own":       q.Replace{Of: info, Label: "id", Value: "x $1", From: "id", Pattern: "s(.*)"},
		"replace by the same":     q.Replace{Of: q.By(q.Sum, left), Label: "id", Value: "everything"},
		"replace away":            q.Replace{Of: info, Label: "title", From: "title", Pattern: "The .*"},
		"replace, in the middle":  q.Replace{Of: info, Label: "x", Value: "found", From: "id", Pattern: "heck"},
		"nested": q.Best(q.Bottom, 2, q.With(
			q.By(q.Max, q.With(left, q.Times, q.Number(100)), "id"), q.Times,
			q.By(q.Max, q.Metric("info", q.IsNot("owner", "")), "id", "owner"), "id").Taking("owner")),
	} {
		t.Run(name, func(t *testing.T) {
			values := 0
			for _, at := range instants() {
				n, err := w.compare(t.Errorf, e, at, 3*time.Minute, with)
				values += n
				if err != nil {
					t.Error(err)
				}
			}
			parses(t.Errorf, q.Bound(e, with))
			if values == 0 {
				t.Errorf("%s has no values: this proves nothing", q.Bound(e, with))
			}
		})
	}
}

// TestNothing has expressions that have no values, and nothing wrong.
func TestNothing(t *testing.T) {
	t.Parallel()
	w := shop(t)
	left, events := q.Metric("left"), q.Metric("events_total")
	for name, e := range map[string]q.Expr{
		"topk of none":         q.Best(q.Top, 0, left),
		"no labels alike":      q.With(left, q.Minus, q.By(q.Max, left, "id")),
		"nothing there":        q.With(left, q.Times, q.Metric("nothing"), "id"),
		"increase, one sample": over(q.Increase, events, time.Minute),
		"half a pattern":       q.Metric("left", q.Like("id", "check|pay")),
	} {
		t.Run(name, func(t *testing.T) {
			for _, at := range instants() {
				if n, err := w.compare(t.Errorf, e, at, 3*time.Minute, q.Binding{}); n > 0 || err != nil {
					t.Errorf("%s: %d values, error %v", q.Bound(e, q.Binding{}), n, err)
				}
			}
		})
	}
}

// TestRefused has expressions that neither Prometheus nor we evaluate.
func TestRefused(t *testing.T) {
	t.Parallel()
	w := shop(t)
	left, events, info, flag := q.Metric("left"), q.Metric("events_total"), q.Metric("info"), q.Metric("flag")
	perID := q.By(q.Max, left, "id")
	one := q.Metric("left", q.Is("id", "search"), q.Is("replica", "a"))
	for name, test := range map[string]struct {
		expr q.Expr
		want string
	}{
		"many to many":             {q.With(left, q.Times, left, "id"), `query: left * on (id) left: two series of the right side belong to the same of the left: {id="checkout", objective="28d", replica="a"} and {id="checkout", objective="28d", replica="b"}; name more labels, or aggregate the right side`},
		"many to many, taking":     {q.With(left, q.Times, left, "id").Taking("objective"), `query: left * on (id) group_left (objective) left: two series of the right side belong to the same of the left: {id="checkout", objective="28d", replica="a"} and {id="checkout", objective="28d", replica="b"}; name more labels, or aggregate the right side`},
		"many to one, not said":    {q.With(left, q.Times, info, "id"), `query: left * on (id) info: many series of the left side belong to one of the right, such as {id="checkout", objective="28d", replica="b"}: say so with Taking`},
		"take makes two alike":     {q.With(left, q.Times, q.Metric("left", q.Is("replica", "a")), "id").Taking("replica"), `query: left * on (id) group_left (replica) left{replica="a"}: two series of the result have the labels {id="checkout", objective="28d", replica="a"}`},
		"replace makes two alike":  {q.Replace{Of: perID, Label: "id", From: "id", Pattern: ".*"}, `query: label_replace(max by (id) (left), "id", "", "id", ".*"): two series of the result have the labels {}`},
		"metric is dropped":        {q.With(mixed(), q.Times, q.Number(2)), `query: label_replace(last_over_time(flag{id="search"}[1h]) or on (id) last_over_time(gap[1h]), "id", "x", "", "") * 2: two series of the result have the labels {id="x"}`},
		"metric is dropped by on":  {q.Replace{Label: "id", Value: "x", Of: q.With(q.With(one, q.Equal, one, "id"), q.Or, q.With(q.Metric("gap"), q.Equal, q.Metric("gap"), "id"), "id")}, `query: label_replace((left{id="search", replica="a"} == on (id) left{id="search", replica="a"}) or on (id) (gap == on (id) gap), "id", "x", "", ""): two series of the result have the labels {id="x"}`},
		"bool of sets":             {q.Binary{Left: left, Operator: q.And, Right: flag, AsBool: true}, "query: left and bool flag: bool is for comparisons"},
		"bool of a sum":            {q.Binary{Left: left, Operator: q.Plus, Right: flag, AsBool: true}, "query: left + bool flag: bool is for comparisons"},
		"scalars without bool":     {q.With(q.Number(1), q.Equal, q.Now{}), "query: 1 == time(): two numbers are compared with bool only"},
		"sets with a number":       {q.With(left, q.Or, q.Number(0)), "query: left or 0: or is between series, and one side is a number: take a Vector"},
		"sum of a number":          {q.By(q.Sum, q.Number(1)), "query: 1: this is a number, and series are needed here: take a Vector"},
		"replace of a number":      {q.Replace{Of: q.Now{}, Label: "x"}, "query: time(): this is a number, and series are needed here: take a Vector"},
		"number, on":               {q.With(left, q.Plus, q.Number(1), "id"), "query: left + on (id) 1: a number has no labels that could be alike"},
		"take of set operator":     {q.With(left, q.And, flag, "id").Taking("owner"), "query: left and on (id) group_left (owner) flag: and takes no labels over"},
		"take what is on":          {q.With(left, q.Times, info, "id").Taking("id"), "query: left * on (id) group_left (id) info: label id is alike on both sides, so it cannot be taken over"},
		"pattern that is wrong":    {q.Metric("left", q.Like("id", "(")), "query: left{id=~\"(\"}: the pattern of id: error parsing regexp: missing closing ): `(`"},
		"replace, wrong pattern":   {q.Replace{Of: left, Label: "x", From: "id", Pattern: "["}, "query: label_replace(left, \"x\", \"\", \"id\", \"[\"): the pattern of id: error parsing regexp: missing closing ]: `[`"},
		"label that is none":       {q.By(q.Sum, left, "a-b"), `query: sum by (a-b) (left): "a-b" is not a name of a label: that has letters, digits and _`},
		"metric that is none":      {q.Metric("a-b-"), `query: a-b-: "a-b-" is not a name of a metric`},
		"no length":                {q.Over{Function: q.Increase, Of: events}, "query: increase(events_total[0ms]): the time that is looked at has no length"},
		"unknown function":         {over("nonsense", events, time.Minute), `query: nonsense(events_total[1m]): there is no function "nonsense"`},
		"no samples":               {q.Over{Function: q.Total, Of: perID, Length: q.Length{Fixed: time.Hour}}, "query: sum_over_time(max by (id) (left)[1h:0ms]): only a metric has samples: say with Every how far apart the instants are that are looked at"},
		"no distance":              {q.Over{Function: q.Total, Of: perID, Length: q.Length{Fixed: time.Hour}, Every: q.Length{Built: q.Step}}, "query: sum_over_time(max by (id) (left)[1h:0ms]): the instants that are looked at have no distance"},
		"subquery of a number":     {within(q.Total, q.Number(1), time.Hour, time.Minute), "query: 1: this is a number, and series are needed here: take a Vector"},
		"subquery, metric dropped": {within(q.Total, q.Replace{Label: "id", Value: "x", Of: q.With(over(q.Last, q.Metric("flag", q.Is("id", "search")), time.Hour), q.Or, over(q.Last, q.Metric("gap"), time.Hour), "id")}, 5*time.Minute, time.Minute), `query: sum_over_time(label_replace(last_over_time(flag{id="search"}[1h]) or on (id) last_over_time(gap[1h]), "id", "x", "", "")[5m:1m]): two series of the result have the labels {id="x"}`},
		"unknown aggregation":      {q.By("nonsense", events), `query: nonsense(events_total): there is no aggregation "nonsense"`},
		"unknown operator":         {q.With(left, "nonsense", left), `query: left nonsense left: there is no operator "nonsense"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.compare(t.Errorf, test.expr, start.Add(3*time.Minute), 3*time.Minute, q.Binding{})
			if err == nil {
				t.Fatalf("%s is evaluated", q.Bound(test.expr, q.Binding{}))
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestOrder has Top and Bottom first, and operators on them.
func TestOrder(t *testing.T) {
	t.Parallel()
	w := shop(t)
	best, worst := q.Best(q.Top, 4, q.Metric("left")), q.Best(q.Bottom, 4, q.Metric("left"))
	for name, e := range map[string]q.Expr{
		"topk":     best,
		"bottomk":  worst,
		"times":    q.With(worst, q.Times, q.Number(100)),
		"number":   q.With(q.Number(1), q.Minus, worst),
		"replaced": q.Replace{Of: worst, Label: "x", Value: "y"},
		"joined":   q.With(worst, q.Times, q.Metric("info"), "id").Taking("owner"),
		"filtered": q.With(best, q.And, q.Metric("flag"), "id"),
		"unless":   q.With(worst, q.Unless, q.Metric("info", q.Is("id", "payment")), "id"),
	} {
		at := start.Add(5 * time.Minute)
		want, err := w.ask(q.Bound(e, q.Binding{}), at)
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.samples.At(e, at, q.Binding{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, near()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}
