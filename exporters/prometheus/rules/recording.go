package rules

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// byPieces is from which window on sums are made of pieces of 5 minutes, of which
// there are fewer. They end up to 6 minutes before a window of minutes would.
const byPieces = 6*time.Hour + time.Minute

// recordings are what alerts by events are made of, for all SLOs at once.
//
// What came in a minute is the difference of a counter to what it was a minute
// before. Sums of these are exact, where increase() extrapolates, and read few
// samples: 60 an hour however often Prometheus scrapes. After a restart a counter
// begins at 0 again. What was not scraped for less than lookBack counts in the minute
// in which it is; what was not for longer is missing, and so are its minutes.
//
// Each replica is added up by itself and the largest sum counts: the same minute is
// seen at different times in two of them.
func (m *maker) recordings() []group {
	windows := m.windows()
	if len(windows) == 0 {
		return nil
	}
	minute := group{name: Fleet + ":windows", interval: everyMinute, rules: []rule{
		{
			about:  "What came in a minute, of each replica, up to half a minute ago: by then a scrape is over. A counter that fell began at 0 again.",
			record: "slojourn:events:delta1m", expr: deltaOf("slojourn_events_total"),
		},
		{
			about:  "How many minutes were measured in the last one. A slice of an hour is measured at once.",
			record: "slojourn:measured_minutes:delta1m", expr: "(" + deltaOf("slojourn_measured_seconds_total") + ") / 60",
		},
	}}
	counted, weighted := []string{"events", "measured_minutes"}, m.weighted()
	if weighted {
		counted = append(counted, "unweighted_events")
		minute.rules = append(minute.rules, rule{
			about:  "How many events that were, where some weigh more than others.",
			record: "slojourn:unweighted_events:delta1m", expr: deltaOf("slojourn_unweighted_events_total"),
		})
	}
	pieces := group{name: Fleet + ":pieces", interval: 5 * time.Minute}
	for _, of := range counted {
		pieces.rules = append(pieces.rules, rule{
			record: "slojourn:" + of + ":delta5m", expr: fmt.Sprintf("sum_over_time(slojourn:%s:delta1m[%s] offset 1m)", of, rangeOf(5*time.Minute)),
		})
	}
	pieces.rules[0].about = "These end a minute ago: the newest one may not be recorded yet."
	for _, window := range windows {
		name, piece := slo.FormatDuration(window), "delta1m"
		if window >= byPieces {
			piece = "delta5m"
		}
		over := func(of, selector string) string {
			return fmt.Sprintf("sum_over_time(slojourn:%s:%s%s[%s])", of, piece, selector, rangeOf(window))
		}
		minute.rules = append(minute.rules,
			rule{record: bad(name), expr: "max by (id) (" + over("events", `{outcome="bad"}`) + ")"},
			rule{record: total(name), expr: "max by (id) (sum without (outcome) (" + over("events", "") + "))"},
			rule{record: ratio(name), expr: bad(name) + " / (" + total(name) + " > 0)"},
			rule{record: minutes(name), expr: "max by (id) (" + over("measured_minutes", "") + ")"},
		)
		if weighted {
			minute.rules = append(minute.rules,
				rule{record: unweighted(bad)(name), expr: "max by (id) (" + over("unweighted_events", `{outcome="bad"}`) + ")"},
				rule{record: unweighted(total)(name), expr: "max by (id) (sum without (outcome) (" + over("unweighted_events", "") + "))"},
				rule{record: unweighted(ratio)(name), expr: unweighted(bad)(name) + " / (" + unweighted(total)(name) + " > 0)"},
			)
		}
	}
	if windows[len(windows)-1] < byPieces {
		return []group{minute}
	}
	return []group{minute, pieces}
}

// lookBack is for how long a target may not answer, or be gone, until what it counted
// meanwhile is lost. Ranges skip the marker that Prometheus writes for a target that does
// not answer, where a counter by itself is gone at once.
const lookBack = 5 * time.Minute

// settled is how old a sample has to be for it to be sure that it can be read. It has
// the time at which its scrape began, and is there when that is over and, where it is
// sent on, has arrived: a rule that looks meanwhile misses it, and in the next minute
// finds it where it has looked before.
const settled = "30s"

// deltaOf is by how much a counter has risen within a minute.
func deltaOf(counter string) string {
	newest := counter + "[" + slo.FormatDuration(lookBack) + "] offset "
	now, before := "last_over_time("+newest+settled+")", "last_over_time("+newest+"90s)" // a minute before
	return fmt.Sprintf("(%[1]s - %[2]s) >= 0\nor\n%[1]s < %[2]s", now, before)
}

// weighted reports whether events of some SLI weigh more than others.
func (m *maker) weighted() bool {
	return slices.ContainsFunc(m.set.Measured(), func(s *slo.SLO) bool { return s.SLI.Unit() != 1 })
}

// rangeOf is a window as a range of PromQL. It lacks a millisecond, as ranges of
// Prometheus 2 hold both of their ends, and with them a sample too many.
func rangeOf(window time.Duration) string {
	return slo.FormatDuration(window-time.Minute) + "59s999ms"
}

// windows returns those of all burn alerts that people are told of, the shortest
// first.
func (m *maker) windows() []time.Duration {
	seen := map[time.Duration]bool{}
	look := func(about slo.About, objectives []slo.Objective) {
		for _, o := range objectives {
			if o.Alerts == nil || about.Stage == slo.Observe {
				continue
			}
			for _, t := range o.Alerts.Tiers {
				seen[t.Long], seen[t.Short] = true, true
			}
		}
	}
	for _, j := range m.set.Journeys {
		look(j.About, j.Objectives)
	}
	for _, o := range m.set.SLOs {
		look(o.About, o.Objectives)
	}
	return slices.Sorted(maps.Keys(seen))
}

// recordingTests play counters: of two replicas, of one that begins again, and of
// one whose history is filled in, which is not to be seen.
func (m *maker) recordingTests() []test {
	windows := m.windows()
	if len(windows) == 0 {
		return nil
	}
	var tests []test
	shortest, long := windows[0], slices.IndexFunc(windows, func(w time.Duration) bool { return w >= byPieces })
	if shortest < byPieces {
		tests = append(tests, countersTest(shortest))
	}
	if long >= 0 {
		name, n := slo.FormatDuration(windows[long]), int((windows[long]+5*time.Minute-1)/(5*time.Minute))
		full := time.Duration(n+1) * 5 * time.Minute
		tests = append(tests, test{
			name: "a long window, of pieces", interval: 5 * time.Minute,
			series: []series{
				{`slojourn:events:delta5m{id="a",instance="a",outcome="bad"}`, fmt.Sprintf("1x%d", n+1)},
				{`slojourn:events:delta5m{id="a",instance="a",outcome="good"}`, fmt.Sprintf("99x%d", n+1)},
			},
			values: []expectedValue{
				valueOf(full, bad(name), map[string]int{"a": n}), valueOf(full, total(name), map[string]int{"a": 100 * n}),
			},
		}, test{
			name: "what comes as a piece is recorded is in the next one", interval: everyMinute,
			series: []series{{`slojourn:events:delta1m{id="a",outcome="bad"}`, "0x9 1 0x5"}},
			values: []expectedValue{
				{at: 10 * time.Minute, expr: "slojourn:events:delta5m", samples: []sample{{`slojourn:events:delta5m{id="a",outcome="bad"}`, 0}}},
				{at: 15 * time.Minute, expr: "slojourn:events:delta5m", samples: []sample{{`slojourn:events:delta5m{id="a",outcome="bad"}`, 1}}},
			},
		})
	}
	return tests
}

func countersTest(window time.Duration) test {
	n, name := int(window/time.Minute), slo.FormatDuration(window)
	counter := func(id, instance, outcome, values string) series {
		return series{fmt.Sprintf("slojourn_events_total{id=%q,instance=%q,outcome=%q}", id, instance, outcome), values}
	}
	end := n + 3                             // minutes until a counter begins again
	full := time.Duration(end) * time.Minute // a sample is looked at when it has settled
	return test{
		name: "counters of two replicas of a; of b, which begin again; of c, whose history is filled in; of d, of which a scrape is missing", interval: everyMinute,
		series: []series{
			counter("a", "1", "bad", fmt.Sprintf("0+10x%d", end)), counter("a", "1", "good", fmt.Sprintf("0+90x%d", end)),
			counter("a", "2", "bad", fmt.Sprintf("500+10x%d", end)), counter("a", "2", "good", fmt.Sprintf("4500+90x%d", end)),
			counter("b", "1", "bad", fmt.Sprintf("0+10x%d 0", end-1)), counter("b", "1", "good", fmt.Sprintf("0+90x%d 0", end-1)),
			counter("c", "1", "bad", fmt.Sprintf("7x%d", end)), counter("c", "1", "good", fmt.Sprintf("70x%d", end)),
			counter("d", "1", "bad", fmt.Sprintf("0+10x%d stale %d", end-2, 10*end)), counter("d", "1", "good", fmt.Sprintf("0+90x%d stale %d", end-2, 90*end)),
			{`slojourn_late_events_total{id="c",instance="1",outcome="bad"}`, fmt.Sprintf("0+100000x%d", end)},
			{`slojourn_measured_seconds_total{id="a",instance="1"}`, fmt.Sprintf("1000+60x%d", end)},
			{`slojourn_measured_seconds_total{id="b",instance="1"}`, fmt.Sprintf("1000x%d", end)},
			{`slojourn_measured_seconds_total{id="d",instance="1"}`, fmt.Sprintf("0+60x%d stale %d", end-2, 60*end)},
			{`slojourn_measured_seconds_total{id="c",instance="1"}`, fmt.Sprintf("_x%d 99999999x2", end-1)},
			{`slojourn_watermark_timestamp_seconds{id="c",instance="1"}`, fmt.Sprintf("0x%d 99999999", end-2)},
		},
		values: []expectedValue{
			valueOf(full, bad(name), map[string]int{"a": 10 * n, "b": 10 * n, "c": 0, "d": 10 * (n - 1)}),
			valueOf(full, total(name), map[string]int{"a": 100 * n, "b": 100 * n, "c": 0, "d": 100 * (n - 1)}),
			valueOf(full, minutes(name), map[string]int{"a": n, "b": 0, "d": n - 1}),
			valueOf(full+time.Minute, bad(name), map[string]int{"a": 10 * n, "b": 10 * (n - 1), "c": 0, "d": 10 * n}),
			valueOf(full+time.Minute, minutes(name), map[string]int{"a": n, "b": 0, "c": 0, "d": n}),
		},
	}
}

// valueOf is what a recording is to be, by id.
func valueOf(at time.Duration, record string, values map[string]int) expectedValue {
	e := expectedValue{at: at, expr: record}
	for _, id := range slices.Sorted(maps.Keys(values)) {
		e.samples = append(e.samples, sample{of(record, fmt.Sprintf("id=%q", id)), float64(values[id])})
	}
	return e
}
