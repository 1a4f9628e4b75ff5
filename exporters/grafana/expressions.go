package grafana

import (
	"slices"

	"github.com/slojourn/slojourn/exporters/grafana/query"
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

// informed adds to series with the label id what is known of the id: its owner, the uid of
// its dashboard, and as the label name its title, or the id where none is written. It
// leaves out what infos do not match: those are chosen by variables. The series have the
// labels given, id among them.
func informed(of query.Expr, infos []query.Matcher, labels ...string) query.Expr {
	const all = "(.*)"
	info := query.Expr(query.By(query.Max, query.Metric(metricInfo, infos...), "id", "owner", "title", "dashboard"))
	info = query.Replace{Of: info, Label: "name", Value: "$1", From: "id", Pattern: all}
	info = query.Replace{Of: info, Label: "name", Value: "$1", From: "title", Pattern: "(.+)"}
	joined := query.With(of, query.Times, info, "id").Taking("owner", "name", "dashboard")
	return query.By(query.Max, joined, append(slices.Clone(labels), "owner", "name", "dashboard")...)
}

// orZero is 0 where a number of things has nothing to count.
func orZero(of query.Expr) query.Expr { return query.With(of, query.Or, query.Vector(0)) }
