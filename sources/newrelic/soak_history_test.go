package newrelic_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// happening is an event before it is one of New Relic's.
type happening struct {
	eventType       string
	millis, arrives int64
	operation       string
	shop            string  // "" is absent
	status          int     // 0 is absent
	failed          int     // 0 or 1; -1 is absent
	took            float64 // seconds, in 64ths; below 0 is absent
	items           int64   // thousandths; below 0 is absent
	points          int64   // events behind a data point of Metric
}

func (h happening) minute() slo.Minute { return slo.Minute(h.millis / 60_000) }

// history makes what happens, and counts it for every SLO on the way: by what was
// made, and not by looking at what is stored.
type history struct {
	random *rand.Rand
	store  *simulator.Store
	counts []*counted
	begin  slo.Minute // of the first event
	made   slo.Minute // up to where everything has happened
	latest int        // minutes that an event may be late at most
}

// historyTypes are the types of events, each with how many a minute has on
// average. The two of the app are measured together.
func historyTypes() map[string]float64 {
	return map[string]float64{"Transaction": 9, "MobileRequest": 5, "MobileRequestError": 1, "Checkout": 6, "Log": 5, "PageView": 7, "Metric": 3}
}

// counted is what an SLO counts in each minute, and each slice.
type counted struct {
	*indicator
	sums   []sources.Sum // from history.begin on
	sliced map[slo.Minute][]happening
}

func newHistory(random *rand.Rand, begin slo.Minute, latest int, slos []*indicator) *history {
	w := &history{random: random, store: simulator.NewStore(), begin: begin, made: begin, latest: latest}
	for _, m := range slos {
		w.counts = append(w.counts, &counted{indicator: m, sliced: map[slo.Minute][]happening{}})
	}
	return w
}

// happen makes the events of all minutes before end. They are stored at once,
// and seen when they arrive.
func (w *history) happen(t *testing.T, end slo.Minute) {
	t.Helper()
	rates := historyTypes()
	types := slices.Sorted(maps.Keys(rates))
	for ; w.made < end; w.made++ {
		var events []happening
		for _, eventType := range types {
			n := int(rates[eventType]*(0.3+1.4*w.random.Float64()) + w.random.Float64())
			if w.made == w.begin { // every type begins here
				n = max(n, 1)
			}
			for range n {
				events = append(events, w.event(eventType))
			}
		}
		slices.SortStableFunc(events, func(a, b happening) int { return int(a.millis - b.millis) })
		for _, e := range events {
			if err := w.store.AddArriving(e.eventType, e.millis, e.arrives, e.attributes()...); err != nil {
				t.Fatal(err)
			}
			for _, c := range w.counts {
				c.count(w.begin, e)
			}
		}
	}
}

// event makes one of the minute that is being made. A few are late by minutes,
// and fewer by hours.
func (w *history) event(eventType string) happening {
	e := happening{eventType: eventType, millis: w.made.Millis() + w.random.Int64N(60_000), failed: -1, took: -1, items: -1}
	if w.random.IntN(20) == 0 { // borders of minutes are worth more events
		e.millis = w.made.Millis() + []int64{0, 59_999}[w.random.IntN(2)]
	}
	e.arrives = e.millis + w.random.Int64N(100_000) // sooner than any lag
	switch w.random.IntN(100) {
	case 0:
		e.arrives += 60_000 * w.random.Int64N(int64(w.latest))
	case 1, 2, 3:
		e.arrives += 60_000 * w.random.Int64N(30)
	}
	// Of page views some are there twice for a while. Were they late as well, their
	// number might be the same when the doubles are gone, and nobody would notice.
	if w.made == w.begin || eventType == "PageView" {
		e.arrives = e.millis
	}
	e.operation = "op-" + strconv.Itoa(w.random.IntN(12))
	if w.random.IntN(4) > 0 {
		e.shop = "shop-" + strconv.Itoa(w.random.IntN(4))
	}
	if w.random.IntN(5) > 0 {
		e.status = []int{200, 200, 200, 204, 404, 500, 503}[w.random.IntN(7)]
	}
	if w.random.IntN(4) > 0 {
		e.failed = min(1, w.random.IntN(6)/5)
	}
	if w.random.IntN(6) > 0 {
		e.took = float64(w.random.IntN(128)) / 64
	}
	if w.random.IntN(6) > 0 {
		e.items = w.random.Int64N(9_000)
	}
	e.points = 1 + w.random.Int64N(9)
	return e
}

// attributes are those under which the event is stored.
func (h happening) attributes() []simulator.Attribute {
	list := []simulator.Attribute{{Name: "operation", Value: simulator.String(h.operation)}}
	add := func(there bool, name string, value simulator.Value) {
		if there {
			list = append(list, simulator.Attribute{Name: name, Value: value})
		}
	}
	add(h.shop != "", "shop", simulator.String(h.shop))
	add(h.status != 0, "status", simulator.Number(float64(h.status)))
	add(h.failed >= 0, "failed", simulator.Bool(h.failed == 1))
	if h.eventType == "Metric" {
		add(true, "metricName", simulator.String("http.duration"))
		add(true, "metricType", simulator.String("summary"))
		add(true, "count", simulator.Number(float64(h.points)))
		for _, name := range []string{"sum", "min", "max"} {
			add(true, name, simulator.Number(float64(h.points)/8))
		}
		return list
	}
	add(h.took >= 0, "took", simulator.Number(h.took))
	add(h.items >= 0, "items", simulator.Number(float64(h.items)/slo.Thousandths))
	return list
}

// count adds an event to what the SLO counts.
func (c *counted) count(begin slo.Minute, h happening) {
	for len(c.sums) <= int(h.minute()-begin) {
		c.sums = append(c.sums, sources.Sum{})
	}
	if !slices.Contains(c.types, h.eventType) || !c.valid(h) {
		return
	}
	if c.sli.Slice != nil {
		first := h.minute().Floor(c.sli.Slice.Minutes())
		c.sliced[first] = append(c.sliced[first], h)
		return
	}
	weight := c.weigh(h)
	sum := sources.Sum{Counts: slo.Counts{Total: weight}, Rows: slo.Counts{Total: 1}}
	if h.eventType == "Metric" {
		sum.Rows.Total = h.points
	}
	if c.bad(h) {
		sum.Counts.Bad, sum.Rows.Bad = sum.Counts.Total, sum.Rows.Total
	}
	at := &c.sums[h.minute()-begin]
	*at = at.Add(sum)
}

// of is what the SLO has to count in a minute.
func (c *counted) of(begin, minute slo.Minute) sources.Sum {
	var sum sources.Sum
	if at := int(minute - begin); at >= 0 && at < len(c.sums) {
		sum = c.sums[at]
	}
	if c.sli.Slice != nil && minute.Floor(c.sli.Slice.Minutes()) == minute {
		counts := c.judge(c.sliced[minute])
		sum.Counts, sum.Rows = counts, counts
	}
	sum.Minutes = 1
	return sum
}
