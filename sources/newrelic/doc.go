// Package newrelic measures SLIs with NRQL through New Relic's NerdGraph.
//
// It asks for counts only, never for percentages: total together with bad or
// good in one query, over absolute ranges of whole minutes, so that answers
// add up without gaps and without counting anything twice. With a good
// condition, bad is total - good and never NOT(good), which is ambiguous for
// events that lack an attribute.
//
// Conditions reach a query as parsed trees, so nothing in them can change the
// query around them.
package newrelic
