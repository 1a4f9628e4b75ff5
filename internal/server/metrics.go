package server

import (
	"net/http"

	dto "github.com/prometheus/client_model/go"

	"github.com/slojourn/slojourn/exporters/prometheus"
)

// metrics returns what shows the metrics of SLOs, and behind them those of the program,
// as text, as OpenMetrics or as messages, whichever the client prefers, gzipped for
// those who can read it. A client may ask for some metrics by name[].
//
// One collector that fails must not hide what all the others know: the rest is
// served, and a counter and the log say that something was left out. When
// there is no rest, or nothing can be encoded, the answer is status 500 with the
// reason. An answer that cannot be finished is cut off, as half of the text format
// looks whole.
//
// Metrics are made in turn. To write them takes no turn, as clients that do not read
// would have all others wait: the page is kept for everybody. One of some metrics
// is not, so those who ask for that have turns of their own until it is written.
func (s *Server) metrics() http.HandlerFunc {
	making := s.newTurns(s.limits.atOnce)
	all := func(w http.ResponseWriter, r *http.Request) { s.serveMetrics(w, r, making) }
	some := s.inTurn(s.limits.atOnce, all)
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("name[]") {
			some(w, r)
			return
		}
		all(w, r)
	}
}

func (s *Server) serveMetrics(w http.ResponseWriter, r *http.Request, making turns) {
	scrape := prometheus.Scrape{Format: metricsFormat(r.Header), Gzip: acceptsGzip(r.Header), Names: r.URL.Query()["name[]"]}
	made := s.makeMetrics(w, r, scrape, making)
	if made == nil {
		return
	}
	w.Header().Set("Content-Type", string(scrape.Format))
	w.Header().Add("Vary", "Accept")
	w.Header().Add("Vary", "Accept-Encoding")
	if scrape.Gzip {
		w.Header().Set("Content-Encoding", "gzip")
	}
	err := made.Write(w)
	if err == nil {
		return
	}
	if r.Context().Err() == nil { // else the client went away, which is its right
		s.instruments.incomplete.Inc()
		s.logger.Error("metrics were cut off", "error", err)
	}
	panic(http.ErrAbortHandler)
}

// makeMetrics makes what a scrape shows, when its turn comes. When it cannot, it
// answers why, and returns nil.
func (s *Server) makeMetrics(w http.ResponseWriter, r *http.Request, scrape prometheus.Scrape, making turns) *prometheus.Made {
	if !making.take(w, r) {
		return nil
	}
	defer making.giveBack()
	var page *prometheus.Page
	if s.options.Page != nil {
		page = s.options.Page()
	}
	families, ok := s.gather(w, page != nil)
	if !ok {
		return nil
	}
	scrape.Beside = families
	made, err := page.Make(scrape)
	if err != nil {
		s.instruments.incomplete.Inc()
		s.logger.Error("metrics cannot be encoded", "error", err)
		text(w, http.StatusInternalServerError, "the metrics cannot be encoded: "+err.Error())
		return nil
	}
	return made
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
