// Package query has the expressions of the panels of package grafana. An expression is
// built of values, so that a dashboard has no text that is put together:
//
//	left := query.By(query.Max, query.Metric("slojourn_error_budget_remaining_ratio", query.Is("id", "checkout")), "objective")
//	query.PromQL(left) // max by (objective) (slojourn_error_budget_remaining_ratio{id="checkout"})
//
// Values and patterns of labels may be any text: none of it is taken for a variable of
// Grafana.
//
// The same expression is evaluated on samples in memory, as Prometheus would, so that a
// dashboard can be looked at without one; see [Samples]. That is for the expressions of
// this package: it reads no PromQL.
package query
