package server

import "net/http"

// serveHealthy says that the process can answer.
func serveHealthy(w http.ResponseWriter, _ *http.Request) {
	text(w, http.StatusOK, "slojourn is healthy.")
}

// serveReady says whether the numbers are whole, and why not.
func (s *Server) serveReady(w http.ResponseWriter, r *http.Request) {
	if err := s.options.Engine.Ready(); err != nil {
		fail(w, r, http.StatusServiceUnavailable, problem{Message: "slojourn is not ready: " + err.Error()})
		return
	}
	text(w, http.StatusOK, "slojourn is ready.")
}

// serveReload reads specs again.
func (s *Server) serveReload(w http.ResponseWriter, r *http.Request) {
	if !s.options.Lifecycle {
		fail(w, r, http.StatusForbidden, problem{Message: "reload over HTTP is not enabled: start slojourn serve with --enable-lifecycle, or send it SIGHUP"})
		return
	}
	// A page in somebody's browser can send a POST as well.
	if err := new(http.CrossOriginProtection).Check(r); err != nil {
		fail(w, r, http.StatusForbidden, problem{Message: "a page of another site must not reload slojourn"})
		return
	}
	var removed []string
	if problems := parse(r.URL.RawQuery, map[string]parameter{"removed": pattern(&removed)}); len(problems) > 0 {
		fail(w, r, http.StatusBadRequest, problems...)
		return
	}
	s.logger.Info("reload asked for over HTTP", "remote", r.RemoteAddr, "removed", removed)
	if err := s.options.Reload(r.Context(), removed); err != nil {
		fail(w, r, http.StatusInternalServerError, problem{Message: "nothing was reloaded, the specs of before stay in force:\n" + err.Error()})
		return
	}
	text(w, http.StatusOK, "reloaded.")
}
