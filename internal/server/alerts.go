package server

import (
	"bytes"
	"net/http"
	"regexp"

	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

// alertFilter says which alerts are asked for.
type alertFilter struct {
	report.AlertFilter
	since []string // of which the longest counts
}

func (f *alertFilter) parameters() map[string]parameter {
	return map[string]parameter{
		"id": {
			values: &f.IDs, shape: regexp.MustCompile(`^((source|team):)?[-a-z0-9*]+(/[-a-z0-9*]+)?$`),
			says: "an id such as barcode-payment/authorise or source:newrelic, with * for any characters",
		},
		"owner":    {values: &f.Owners, shape: regexp.MustCompile(`^[-a-z0-9]+$`), says: "the name of a team"},
		"kind":     {values: &f.Kinds, allowed: report.AlertKinds()},
		"severity": {values: &f.Severities, allowed: report.AlertSeverities()},
		"state":    {values: &f.States, allowed: report.AlertStates()},
		"since":    {values: &f.since, shape: regexp.MustCompile(`^[1-9][0-9]{0,7}[mhd]$`), says: "how long ago, such as 90m, 12h or 7d"},
	}
}

// parseAlertFilter reads a query such as owner=shop&state=firing. It returns
// everything that is wrong with it, sorted by parameter.
func parseAlertFilter(query string) (report.AlertFilter, []problem) {
	var f alertFilter
	problems := parse(query, f.parameters())
	if len(problems) > 0 {
		return f.AlertFilter, problems
	}
	for _, text := range f.since {
		length, err := slo.ParseDuration(text)
		if err != nil {
			problems = append(problems, problem{Message: err.Error(), Parameter: "since", Value: shown(text)})
		}
		f.Since = max(f.Since, length)
	}
	return f.AlertFilter, problems
}

// serveAlerts answers with the document that slojourn alerts prints, or with the
// part of it that the query asks for.
func (s *Server) serveAlerts(w http.ResponseWriter, r *http.Request) {
	filter, problems := parseAlertFilter(r.URL.RawQuery)
	if len(problems) > 0 {
		fail(w, r, http.StatusBadRequest, problems...)
		return
	}
	if s.options.Alerts == nil {
		fail(w, r, http.StatusNotFound, problem{Message: "this server judges no alerts"})
		return
	}
	box, judged := s.options.Alerts.Alerts()
	if !judged {
		s.failYet(w, r, "no alert has been judged yet")
		return
	}
	snapshot, measured := s.snapshot(w, r)
	if !measured {
		return
	}
	var body bytes.Buffer
	if err := report.AlertsOf(box, snapshot).Filter(filter).JSON(&body); err != nil {
		s.logger.Error("the alerts cannot be written", "error", err)
		fail(w, r, http.StatusInternalServerError, problem{Message: "the alerts cannot be written: " + err.Error()})
		return
	}
	write(w, http.StatusOK, "application/json", body.Bytes())
}
