package grafana

import (
	"slices"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo"
)

// The metrics that dashboards read, see package prometheus.
const (
	metricInfo        = "slojourn_slo_info"
	metricStep        = "slojourn_journey_step_info"
	metricTarget      = "slojourn_objective_ratio"
	metricErrors      = "slojourn_error_ratio"
	metricCoverage    = "slojourn_coverage_ratio"
	metricBurn        = "slojourn_burn_rate"
	metricRemaining   = "slojourn_error_budget_remaining_ratio"
	metricPrevious    = "slojourn_error_budget_previous_ratio"
	metricState       = "slojourn_state"
	metricFactor      = "slojourn_alert_factor"
	metricFiring      = "slojourn_alert_firing"
	metricAttribution = "slojourn_journey_attribution_ratio"
	metricEvents      = "slojourn_events_total"
	metricMeasured    = "slojourn_measured_seconds_total"
	metricLate        = "slojourn_late_events_total"
	metricWatermark   = "slojourn_watermark_timestamp_seconds"
	metricExcluded    = "slojourn_exclusion_active"
	metricChanged     = "slojourn_definition_changed_timestamp_seconds"
)

// of takes a metric of one id, by the labels that are to stay. A Prometheus may scrape
// several replicas, of which it takes the larger value.
func of(metric, id string, matchers []query.Matcher, labels ...string) query.Expr {
	return query.By(query.Max, query.Metric(metric, append([]query.Matcher{query.Is("id", id)}, matchers...)...), labels...)
}

// largest takes a metric of many ids, by the labels that are to stay; of replicas it takes
// the larger value, as [of] does.
func largest(metric string, matchers []query.Matcher, labels ...string) query.Expr {
	return query.By(query.Max, query.Metric(metric, matchers...), labels...)
}

// informed adds to series with the label id what is known of the id: its owner, the uid of
// its dashboard, and as the label name its title, or the id where none is written. It
// leaves out what infos do not match: those are chosen by variables. The series have the
// labels given, id among them.
func informed(of query.Expr, infos []query.Matcher, labels ...string) query.Expr {
	return informedBy(of, query.Metric(metricInfo, infos...), labels...)
}

// informedBy is informed by series of [metricInfo].
func informedBy(of, infos query.Expr, labels ...string) query.Expr {
	info := query.Expr(query.By(query.Max, infos, "id", "owner", "title", "dashboard"))
	info = query.Aggregate{Aggregation: query.Top, K: 1, By: []string{"id"}, Of: info} // there are two while an owner or a title changes
	joined := query.With(of, query.Times, withNames(info), "id").Taking("owner", "name", "dashboard")
	return query.By(query.Max, joined, append(slices.Clone(labels), "owner", "name", "dashboard")...)
}

// withNames has infos with their titles as the label name, or their ids where none is written.
func withNames(infos query.Expr) query.Expr {
	infos = query.Replace{Of: infos, Label: "name", Value: "$1", From: "id", Pattern: "(.*)"}
	return query.Replace{Of: infos, Label: "name", Value: "$1", From: "title", Pattern: "(.+)"}
}

// among leaves the series whose id is one of others'.
func among(of, others query.Expr) query.Expr { return query.With(of, query.And, others, "id") }

// there is a value while a Prometheus has anything of slojourn, and nothing while it does
// not: it may never have been scraped, and then nobody knows anything.
func there(value float64) query.Expr {
	return query.With(query.Vector(value), query.And, query.By(query.Count, query.Metric(metricInfo)))
}

// orZero is 0 where a number of things has nothing to count.
func orZero(of query.Expr) query.Expr { return query.With(of, query.Or, there(0)) }

// otherwise is one row with a word as its name, of a dashboard, where a table would be
// empty: before 10.4 and at times since, Grafana has its own words for an empty table.
func otherwise(of query.Expr, word, dashboard string) query.Expr {
	return orElse(of, wordRow(0, word, dashboard))
}

// wordRow is a row with a word as its name.
func wordRow(value float64, word, dashboard string) query.Expr {
	named := query.Replace{Of: there(value), Label: "name", Value: word, From: "", Pattern: ""}
	return query.Replace{Of: named, Label: "dashboard", Value: dashboard, From: "", Pattern: ""}
}

// orElse is one expression, or another one where that has no series.
func orElse(of, other query.Expr) query.Expr {
	return query.Binary{Left: of, Operator: query.Or, Right: other, On: []string{}}
}

// increased is what counters gained in a length of time, by the labels that are to stay. An
// increase over all of that would be the larger part alone where one instance took over
// from another meanwhile; one of the larger counter would jump when it changes hands. So
// that it adds up the increases of short stretches, each of the instance that saw most. A
// stretch is twice as long as they are apart, so that nothing is lost between two of them,
// and counts half. Where samples are too far apart for that, it is the larger part.
func increased(of query.Select, length query.Length, labels ...string) query.Expr {
	const apart = 5 * time.Minute
	gained := func(in query.Length) query.Expr {
		return query.By(query.Max, query.Over{Function: query.Increase, Of: of, Length: in}, labels...)
	}
	total := query.Over{Function: query.Total, Of: gained(query.Length{Fixed: 2 * apart}), Length: length, Every: query.Length{Fixed: apart}}
	return query.With(query.With(total, query.Divided, query.Number(2)), query.Or, gained(length))
}

// targets has the targets of objectives, with id, objective and window. There is one for
// each objective, whether or not anything was measured.
func targets(matchers ...query.Matcher) query.Expr {
	return largest(metricTarget, matchers, "id", "objective", "window")
}

// ofWindow has a metric with the labels id and window for each objective, over its window.
// The series have id and objective.
func ofWindow(metric string, matchers ...query.Matcher) query.Expr {
	zero := query.With(targets(matchers...), query.Times, query.Number(0))
	joined := query.With(zero, query.Plus, largest(metric, matchers, "id", "window"), "id", "window").Taking()
	return query.By(query.Max, joined, "id", "objective")
}

// The states of objectives as numbers, for words in place of them.
const (
	stateMeasured  = 1
	statePartial   = 2
	stateNoTraffic = 3
	stateNoData    = 4
)

// states has the state of each objective as a number, with id and objective. Of replicas
// that do not agree it takes the one that knows less.
func states(matchers ...query.Matcher) query.Expr {
	var each query.Expr
	for _, s := range []struct {
		name  string
		value query.Number
	}{{"measured", stateMeasured}, {"partial", statePartial}, {"no-traffic", stateNoTraffic}, {"no-data", stateNoData}} {
		each = or(each, query.With(query.Metric(metricState, append(slices.Clone(matchers), query.Is("state", s.name))...), query.Times, s.value))
	}
	return query.By(query.Max, each, "id", "objective")
}

// or joins series of which the first may be nil.
func or(a, b query.Expr) query.Expr {
	if a == nil {
		return b
	}
	return query.With(a, query.Or, b)
}

// The urgencies of what fires as numbers.
const (
	notJudged   = -1 // alerts can fire, and nobody has judged whether any does
	firesNot    = 0
	firesTicket = 1
	firesPage   = 2
)

// unjudged is [notJudged], without labels, where there are factors that alerts can fire by,
// and none of the alerts that could is known to fire or not. That is so in the past only: in
// history that was written afterwards, for times at which nobody looked.
func unjudged(alerts, factors query.Expr) query.Expr {
	could := query.With(query.Vector(notJudged), query.And, query.By(query.Count, factors))
	return query.With(could, query.Unless, query.By(query.Count, alerts))
}

// howMany is a number of alerts that fire, 0 where it has nothing to count, and [notJudged]
// where nobody judged any of them.
func howMany(number, alerts, factors query.Expr) query.Expr {
	return orZero(query.With(number, query.Or, unjudged(alerts, factors)))
}

// firing has for each objective how urgent what fires is, with id and objective; also for
// objectives without alerts, where nothing does.
func firing(matchers ...query.Matcher) query.Expr {
	of := func(severity slo.Severity) query.Expr {
		return largest(metricFiring, append(slices.Clone(matchers), query.Is("severity", string(severity))), "id", "objective", "severity")
	}
	either := query.With(query.With(of(slo.Page), query.Times, query.Number(firesPage)), query.Or, of(slo.Ticket))
	most := query.By(query.Max, either, "id", "objective")
	nobody := query.With(query.With(largest(metricFactor, matchers, "id", "objective"), query.Times, query.Number(0)), query.Plus, query.Number(notJudged))
	none := query.With(largest(metricTarget, matchers, "id", "objective"), query.Times, query.Number(firesNot))
	return query.With(query.With(most, query.Or, nobody), query.Or, none)
}
