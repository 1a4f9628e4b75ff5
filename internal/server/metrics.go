package server

import (
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"

	"github.com/slojourn/slojourn/slo/diag/render"
)

// serveMetrics shows the metrics as text or as OpenMetrics, whichever the
// client prefers, gzipped for those who can read it.
//
// One collector that fails must not hide what all the others know: the rest is
// served, and a counter and the log say that something was left out. When
// there is no rest, the answer is status 500 with the reason. An answer that
// cannot be finished is cut off, as half of the text format looks whole.
func (s *Server) serveMetrics(w http.ResponseWriter, r *http.Request) {
	gathered := false
	gather := prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) {
		families, err := s.options.Metrics.Gather()
		if err != nil {
			s.instruments.incomplete.Inc()
			s.logger.Error("metrics are incomplete", "error", err)
		}
		if err != nil && len(families) == 0 {
			return nil, fmt.Errorf("no metric could be gathered: %s", render.Plain(err.Error()))
		}
		gathered = true
		return families, nil
	})
	var broken []any
	promhttp.HandlerFor(gather, promhttp.HandlerOpts{
		EnableOpenMetrics:   true,
		OfferedCompressions: []promhttp.Compression{promhttp.Identity, promhttp.Gzip},
		ErrorHandling:       promhttp.HTTPErrorOnError,
		ErrorLog:            logFunc(func(said ...any) { broken = said }),
	}).ServeHTTP(w, r)
	if !gathered || broken == nil {
		return
	}
	if r.Context().Err() == nil { // else the client went away, which is its right
		s.instruments.incomplete.Inc()
		s.logger.Error("metrics were cut off", "error", fmt.Sprint(broken...))
	}
	panic(http.ErrAbortHandler)
}

// logFunc is a [promhttp.Logger].
type logFunc func(...any)

// Println implements [promhttp.Logger].
func (f logFunc) Println(said ...any) { f(said...) }
