package newrelic_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// indicator is an SLI at random, in NRQL and in Go.
type indicator struct {
	id    string
	sli   slo.SLI
	types []string
	valid func(happening) bool
	bad   func(happening) bool
	weigh func(happening) int64        // in the unit of the SLI
	judge func([]happening) slo.Counts // of a slice
	loose bool                         // the events behind the counts are not known
}

func (m *indicator) slo() *slo.SLO { return &slo.SLO{ID: m.id, Kind: slo.KindSLO, SLI: m.sli} }

// condition is one at random, in NRQL and in Go.
type condition struct {
	text  string
	holds func(happening) bool
}

// fromSets are the event types that SLIs read together.
func fromSets() [][]string {
	return [][]string{{"Transaction"}, {"MobileRequest", "MobileRequestError"}, {"Checkout"}, {"Log"}, {"PageView"}}
}

// indicatorsAtRandom makes SLIs of every form, over all event types.
func indicatorsAtRandom(random *rand.Rand, n int) []*indicator {
	var list []*indicator
	for i := range n {
		types := fromSets()[random.IntN(len(fromSets()))]
		var m *indicator
		switch i % 20 {
		case 0:
			m = metricAtRandom(random)
		case 1, 2:
			m = queriesAtRandom(random, types)
		case 3, 4, 5:
			m = slicesAtRandom(random, types)
		case 6, 7, 8:
			m = eventsAtRandom(random, types)
			m.sli.Count, m.weigh = plain("sum(items)"), func(h happening) int64 { return max(0, h.items) }
		default:
			m = eventsAtRandom(random, types)
		}
		m.id = fmt.Sprintf("%s-%03d", m.id, i)
		list = append(list, m)
	}
	return list
}

func one(happening) int64 { return 1 }

func thousand(happening) int64 { return slo.Thousandths }

func eventsAtRandom(random *rand.Rand, from []string) *indicator {
	where, chosen := somewhere(random), conditionAtRandom(random)
	m := &indicator{
		id: "events", types: from, weigh: one, valid: where.holds, bad: chosen.holds,
		sli: slo.SLI{From: types(from...), Where: plain(where.text)},
	}
	if random.IntN(2) == 0 {
		m.sli.Bad = plain(chosen.text)
	} else {
		m.sli.Good, m.bad = plain(chosen.text), func(h happening) bool { return !chosen.holds(h) }
	}
	return m
}

// queriesAtRandom counts by whole queries: what is a column like others, and
// what New Relic has to be asked on its own.
func queriesAtRandom(random *rand.Rand, from []string) *indicator {
	where, chosen := conditionAtRandom(random), conditionAtRandom(random)
	m := &indicator{id: "queries", types: from, weigh: thousand, valid: where.holds, bad: chosen.holds}
	function := "count(*)"
	if random.IntN(2) == 0 {
		m.loose, m.weigh, function = true, func(h happening) int64 { return max(0, h.items) }, "sum(items)"
	}
	total := fmt.Sprintf("SELECT %s FROM %s WHERE %s", function, strings.Join(from, ", "), where.text)
	m.sli.Queries = &slo.Queries{Total: plain(total), Bad: plain(total + " AND (" + chosen.text + ")")}
	if random.IntN(3) == 0 {
		m.sli.Queries.Bad = plain(fmt.Sprintf("SELECT filter(%s, WHERE %s) FROM %s WHERE %s", function, chosen.text, strings.Join(from, ", "), where.text))
	}
	return m
}

// metricAtRandom counts data points, whose late ones nobody watches.
func metricAtRandom(random *rand.Rand) *indicator {
	operation := fmt.Sprintf("op-%d", random.IntN(12))
	total := fmt.Sprintf("SELECT count(http.duration) FROM Metric WHERE operation = '%s'", operation)
	return &indicator{
		id: "metric", types: []string{"Metric"},
		sli:   slo.SLI{Queries: &slo.Queries{Total: plain(total), Bad: plain(total + " AND status >= 500")}},
		weigh: func(h happening) int64 { return h.points * slo.Thousandths },
		valid: func(h happening) bool { return h.operation == operation },
		bad:   func(h happening) bool { return h.status >= 500 },
	}
}

// slicesAtRandom judges slices by the slowest, the mean or the failed.
func slicesAtRandom(random *rand.Rand, from []string) *indicator {
	where := somewhere(random)
	every := []time.Duration{1, 5, 15, 60}[random.IntN(4)] * time.Minute
	m := &indicator{id: "slices", types: from, valid: where.holds, sli: slo.SLI{From: types(from...), Where: plain(where.text)}}
	slice := &slo.Slice{Every: diag.At(every, diag.Span{}), Empty: []slo.Empty{"", slo.EmptyGood, slo.EmptyBad}[random.IntN(3)]}
	var worth func([]happening) (value float64, there bool)
	switch random.IntN(3) {
	case 0:
		slice.Value, slice.Good, worth = plain("max(took)"), plain("value < 1.7"), func(list []happening) (float64, bool) { return slowest(list), slowest(list) >= 0 }
	case 1:
		slice.Value, slice.Good, worth = plain("average(took)"), plain("value < 1.03"), mean
	default:
		slice.Value, slice.Good, worth = plain("percentage(count(*), WHERE failed IS TRUE)"), plain("value < 13"), failedShare
	}
	limit := map[string]float64{"value < 1.7": 1.7, "value < 1.03": 1.03, "value < 13": 13}[slice.Good.String()]
	m.sli.Slice = slice
	m.judge = func(list []happening) slo.Counts {
		value, there := worth(list)
		switch {
		case there && value < limit, !there && slice.Empty == slo.EmptyGood:
			return slo.Counts{Total: 1}
		case there, slice.Empty == slo.EmptyBad:
			return slo.Counts{Total: 1, Bad: 1}
		default:
			return slo.Counts{}
		}
	}
	return m
}

func slowest(list []happening) float64 {
	value := -1.0
	for _, h := range list {
		value = max(value, h.took)
	}
	return value
}

// mean is exact: the numbers are 64ths.
func mean(list []happening) (float64, bool) {
	sum, n := 0.0, 0
	for _, h := range list {
		if h.took >= 0 {
			sum, n = sum+h.took, n+1
		}
	}
	return sum / float64(max(1, n)), n > 0
}

func failedShare(list []happening) (float64, bool) {
	n := 0
	for _, h := range list {
		n += max(0, h.failed)
	}
	return 100 * float64(n) / float64(max(1, len(list))), len(list) > 0
}

// somewhere is a condition for WHERE, or none.
func somewhere(random *rand.Rand) condition {
	if random.IntN(3) == 0 {
		return condition{"", func(happening) bool { return true }}
	}
	return conditionAtRandom(random)
}

// conditionAtRandom is one test, or two of them. What New Relic makes of a
// negation of an absent attribute is not documented, so that nothing is negated.
func conditionAtRandom(random *rand.Rand) condition {
	first := testAtRandom(random)
	second := testAtRandom(random)
	switch random.IntN(4) {
	case 0:
		return condition{first.text + " AND " + second.text, func(h happening) bool { return first.holds(h) && second.holds(h) }}
	case 1:
		return condition{"(" + first.text + " OR " + second.text + ")", func(h happening) bool { return first.holds(h) || second.holds(h) }}
	default:
		return first
	}
}

func testAtRandom(random *rand.Rand) condition {
	n, m := random.IntN(12), random.IntN(12)
	operation, shop := fmt.Sprintf("op-%d", n), fmt.Sprintf("shop-%d", m%4)
	seconds, status, items := float64(n)/8, []int{200, 400, 500, 503}[n%4], int64(m)*700
	all := []condition{
		{"operation = '" + operation + "'", func(h happening) bool { return h.operation == operation }},
		{fmt.Sprintf("operation IN ('op-%d', 'op-%d')", n, m), func(h happening) bool { return h.operation == operation || h.operation == fmt.Sprintf("op-%d", m) }},
		{"operation LIKE 'OP-1%'", func(h happening) bool { return strings.HasPrefix(h.operation, "op-1") }},
		{"shop = '" + shop + "'", func(h happening) bool { return h.shop == shop }},
		{"shop IS NULL", func(h happening) bool { return h.shop == "" }},
		{"shop IS NOT NULL", func(h happening) bool { return h.shop != "" }},
		{fmt.Sprintf("status >= %d", status), func(h happening) bool { return h.status != 0 && h.status >= status }},
		{fmt.Sprintf("status < %d", status), func(h happening) bool { return h.status != 0 && h.status < status }},
		{"failed IS TRUE", func(h happening) bool { return h.failed == 1 }},
		{"failed IS FALSE", func(h happening) bool { return h.failed == 0 }},
		{"(failed IS FALSE OR failed IS NULL)", func(h happening) bool { return h.failed != 1 }},
		{fmt.Sprintf("took <= %v", seconds), func(h happening) bool { return h.took >= 0 && h.took <= seconds }},
		{fmt.Sprintf("took > %v", seconds), func(h happening) bool { return h.took > seconds }},
		{fmt.Sprintf("items >= %s", slo.FormatCount(items, slo.Thousandths)), func(h happening) bool { return h.items >= items && h.items >= 0 }},
	}
	return all[random.IntN(len(all))]
}
