// Package prometheus writes what is known of SLOs as metrics that Prometheus, and
// whatever reads its formats, can scrape.
//
// A [Page] is the metrics of one view. The view changes once a minute and is read
// more often, so that a page is encoded once in each format and then kept:
//
//	page := prometheus.NewPage(prometheus.View{Set: set, Snapshot: snapshot, Alerts: firing})
//
// What is not known is not there: a ratio without events has no sample, and none is
// NaN. The package makes no rules, see package rules below it, and sends nothing,
// see package remote.
package prometheus
