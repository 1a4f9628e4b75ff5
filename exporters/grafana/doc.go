// Package grafana makes dashboards of Grafana 9.4 and later, from the metrics of package
// prometheus.
package grafana
