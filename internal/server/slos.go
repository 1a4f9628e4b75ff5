package server

import (
	"bytes"
	"net/http"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/report"
)

// serveSLOs answers with the document that slojourn eval prints, or with the
// part of it that the query asks for.
func (s *Server) serveSLOs(w http.ResponseWriter, r *http.Request) {
	filter, problems := parseFilter(r.URL.RawQuery)
	if len(problems) > 0 {
		fail(w, r, http.StatusBadRequest, problems...)
		return
	}
	snapshot, measured := s.snapshot(w, r)
	if !measured {
		return
	}
	var body bytes.Buffer
	if err := report.JSON(&body, filter.apply(snapshot)); err != nil {
		s.logger.Error("the snapshot cannot be written", "error", err)
		fail(w, r, http.StatusInternalServerError, problem{Message: "the snapshot cannot be written: " + err.Error()})
		return
	}
	write(w, http.StatusOK, "application/json", body.Bytes())
}

// snapshot returns the newest one, or answers that there is none yet.
func (s *Server) snapshot(w http.ResponseWriter, r *http.Request) (burnrate.Snapshot, bool) {
	snapshot, measured := s.options.Engine.Snapshot()
	if !measured {
		s.failYet(w, r, "nothing has been measured yet")
	}
	return snapshot, measured
}

// failYet says that something is not there yet, and what the engine waits for.
func (s *Server) failYet(w http.ResponseWriter, r *http.Request, message string) {
	if err := s.options.Engine.Ready(); err != nil {
		message += ": " + err.Error()
	}
	fail(w, r, http.StatusServiceUnavailable, problem{Message: message})
}
