// Package query has the expressions of the panels of package grafana. An expression is
// built of values, so that a dashboard has no text that is put together:
//
//	left := query.By(query.Max, query.Metric("slojourn_error_budget_remaining_ratio", query.Is("id", "checkout")), "objective")
//	query.PromQL(left) // max by (objective) (slojourn_error_budget_remaining_ratio{id="checkout"})
//
// The same expression is evaluated on samples in memory, as Prometheus would, so that a
// dashboard can be looked at without one.
package query
