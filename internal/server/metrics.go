package server

import (
	"net/http"

	dto "github.com/prometheus/client_model/go"

	"github.com/slojourn/slojourn/exporters/prometheus"
)

// serveMetrics shows the metrics of SLOs, and behind them those of the program, as
// text, as OpenMetrics or as messages, whichever the client prefers, gzipped for
// those who can read it. A client may ask for some metrics by name[].
//
// One collector that fails must not hide what all the others know: the rest is
// served, and a counter and the log say that something was left out. When
// there is no rest, the answer is status 500 with the reason. An answer that
// cannot be finished is cut off, as half of the text format looks whole.
func (s *Server) serveMetrics(w http.ResponseWriter, r *http.Request) {
	var page *prometheus.Page
	if s.options.Page != nil {
		page = s.options.Page()
	}
	families, ok := s.gather(w, page != nil)
	if !ok {
		return
	}
	scrape := prometheus.Scrape{
		Format: metricsFormat(r.Header), Gzip: acceptsGzip(r.Header),
		Names: r.URL.Query()["name[]"], Beside: families,
	}
	w.Header().Set("Content-Type", string(scrape.Format))
	w.Header().Add("Vary", "Accept")
	w.Header().Add("Vary", "Accept-Encoding")
	if scrape.Gzip {
		w.Header().Set("Content-Encoding", "gzip")
	}
	err := page.Write(w, scrape)
	if err == nil {
		return
	}
	if r.Context().Err() == nil { // else the client went away, which is its right
		s.instruments.incomplete.Inc()
		s.logger.Error("metrics were cut off", "error", err)
	}
	panic(http.ErrAbortHandler)
}

// gather returns what can be gathered of the program, and whether there is anything
// to serve: it, or more.
func (s *Server) gather(w http.ResponseWriter, more bool) ([]*dto.MetricFamily, bool) {
	families, err := s.options.Metrics.Gather()
	if err == nil {
		return families, true
	}
	s.instruments.incomplete.Inc()
	s.logger.Error("metrics are incomplete", "error", err)
	if len(families) == 0 && !more {
		text(w, http.StatusInternalServerError, "no metric could be gathered: "+err.Error())
		return nil, false
	}
	return families, true
}
