package server

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// instruments are the metrics of the server itself.
type instruments struct {
	requests   *prometheus.HistogramVec // by handler and code
	incomplete prometheus.Counter
}

func newInstruments() instruments {
	return instruments{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "slojourn_http_request_duration_seconds",
			Help:    "How long requests took to answer, by handler and status code.",
			Buckets: []float64{0.001, 0.005, 0.02, 0.1, 0.5, 2, 10},
		}, []string{"handler", "code"}),
		incomplete: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "slojourn_http_incomplete_scrapes_total",
			Help: "Answers of /metrics that lacked something; the log says what.",
		}),
	}
}

// Describe implements [prometheus.Collector].
func (i instruments) Describe(descriptions chan<- *prometheus.Desc) {
	i.requests.Describe(descriptions)
	i.incomplete.Describe(descriptions)
}

// Collect implements [prometheus.Collector].
func (i instruments) Collect(metrics chan<- prometheus.Metric) {
	i.requests.Collect(metrics)
	i.incomplete.Collect(metrics)
}

// observe measures a handler, whose name never comes from a request.
func (i instruments) observe(handler string, next http.Handler) http.Handler {
	return promhttp.InstrumentHandlerDuration(i.requests.MustCurryWith(prometheus.Labels{"handler": handler}), next)
}
