//go:build servers

package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/internal/servertest"
	"github.com/slojourn/slojourn/slo"
)

// mayBeEmpty are the panels and annotations that may have no value while the demo runs as
// it should, by pattern of "dashboard: panel", and why.
func mayBeEmpty() map[string]string {
	return map[string]string{
		"annotation: Alerts":             "nobody was told of anything in a demo that has just begun; see TestOneOutageIsOneAlert",
		"annotation: Target changes":     "the specs do not change",
		"annotation: Definition changes": "the specs do not change",
		"annotation: Exclusions":         "the specs exclude nothing",
	}
}

// excuses find the reason why something may be empty, and remember that it was.
type excuses struct {
	reasons map[*regexp.Regexp]string
	used    map[string]bool
}

func newExcuses() *excuses {
	e := &excuses{reasons: map[*regexp.Regexp]string{}, used: map[string]bool{}}
	for pattern, reason := range mayBeEmpty() {
		e.reasons[regexp.MustCompile("^(?:"+pattern+")$")] = reason
	}
	return e
}

func (e *excuses) excuse(what string) bool {
	for pattern := range e.reasons {
		if pattern.MatchString(what) {
			e.used[pattern.String()] = true
			return true
		}
	}
	return false
}

// shownDemo is a demo, and a Prometheus that scrapes it and the objectives of
// [said.another], and has two days of its history.
type shownDemo struct {
	*serving
	prometheus *servertest.Server
	set        *slo.Set
	binding    query.Binding
}

func startShownDemo(t *testing.T) *shownDemo {
	t.Helper()
	const specs, every, days = "../../examples/retail", 5 * time.Minute, 2
	data := filepath.Join(t.TempDir(), "data")
	s := startDaemonBy(t, time.Now, "demo", "--listen", "127.0.0.1:0", "--data-dir", data)
	s.ready()
	address := strings.TrimPrefix(s.url, "http://")
	blocks, now := t.TempDir(), time.Now().UTC().Truncate(time.Minute)
	stretch := func(every time.Duration, flags ...string) {
		history := filepath.Join(t.TempDir(), "history.om")
		code, _, stderr := command(t, append([]string{
			"generate", "prometheus-history", "--data-dir", data, "--every", slo.FormatDuration(every), "--file", history,
			"--label", "job=slojourn", "--label", "instance=" + address, specs,
		}, flags...)...)
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		servertest.Promtool(t, "tsdb", "create-blocks-from", "openmetrics", history, blocks)
	}
	stretch(every, "--from", now.AddDate(0, 0, -days).Format(time.RFC3339))
	for _, window := range []int{7, 28} { // what the review compares with
		then := now.AddDate(0, 0, -window)
		stretch(time.Minute, "--from", then.Add(-10*time.Minute).Format(time.RFC3339), "--to", then.Add(10*time.Minute).Format(time.RFC3339),
			"--metric", "slojourn_error_budget_remaining_ratio", "--metric", "slojourn_coverage_ratio", "--metric", "slojourn_objective_ratio")
	}
	d := &shownDemo{serving: s, set: setOf(t, specs), binding: query.Binding{Range: days * 24 * time.Hour, Step: every, RateStep: 4 * every}}
	document, _ := d.sayings(t)
	another := document.another()
	beside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		io.WriteString(w, another) //nolint:errcheck // Prometheus asks again
	}))
	t.Cleanup(beside.Close)
	d.prometheus = servertest.StartPrometheus(t, servertest.Options{Dir: blocks, Config: fmt.Sprintf(`global: {scrape_interval: 1s}
scrape_configs:
  - job_name: slojourn
    static_configs: [{targets: [%q]}]
  - job_name: beside
    static_configs: [{targets: [%q]}]
`, address, strings.TrimPrefix(beside.URL, "http://"))})
	servertest.Eventually(t, "it is scraped", func() error {
		if len(d.prometheus.Query(t, `up == 1`, time.Time{})) < 2 {
			return fmt.Errorf("it is not")
		}
		return nil
	})
	return d
}

// setOf reads specs.
func setOf(t *testing.T, specs string) *slo.Set {
	t.Helper()
	result, err := measurable(environment{stdin: strings.NewReader(""), stderr: io.Discard, getenv: func(string) string { return "" }, now: time.Now}, &trust{}, []string{specs})
	if err != nil {
		t.Fatal(err)
	}
	return result.Set
}

// TestDashboardsOfTheDemo asks a real Prometheus, which scrapes the demo and has its history,
// what every panel, variable and annotation of every dashboard asks: each has an answer, but
// for those of [mayBeEmpty], and what eval says is what panels say.
func TestDashboardsOfTheDemo(t *testing.T) {
	t.Parallel()
	d, may := startShownDemo(t), newExcuses()
	panels, queries := 0, 0
	for file := range grafana.Generate(d.set, grafana.Options{Locale: slo.English}) {
		for _, v := range file.Dashboard.Templating.List {
			if of, is := v.Query.(grafana.VariableQuery); is && !d.hasLabel(of) {
				t.Errorf("%s: the variable %s has no value: %s", file.Name, v.Name, of.Query)
			}
		}
		for _, a := range file.Dashboard.Annotations.List {
			if a.Query != nil && len(d.between(a.Query)) == 0 && !may.excuse("annotation: "+a.Name) {
				t.Errorf("%s: the annotation %s marks nothing: %s", file.Name, a.Name, query.Bound(a.Query, d.binding))
			}
		}
		for _, p := range file.Dashboard.Panels {
			if len(p.Targets) > 0 {
				panels++
			}
			for _, target := range p.Targets {
				queries++
				found := 0
				if target.Instant {
					found = len(d.prometheus.Query(t, query.Bound(target.Query, d.binding), time.Time{}))
				} else {
					found = len(d.between(target.Query))
				}
				if found == 0 && !may.excuse(file.Name+": "+p.Title+" "+target.RefID) {
					t.Errorf("%s: %s: no data for %s", file.Name, p.Title, query.Bound(target.Query, d.binding))
				}
			}
		}
	}
	for pattern, reason := range mayBeEmpty() {
		if !may.used["^(?:"+pattern+")$"] {
			t.Errorf("%s is never empty: %s", pattern, reason)
		}
	}
	if panels < 100 || queries < 200 {
		t.Errorf("%d panels with %d queries: this proves less than it should", panels, queries)
	}
	d.compare(t)
}

// between asks for two days.
func (d *shownDemo) between(e query.Expr) map[string]int {
	now := time.Now()
	return d.prometheus.Range(d.T, query.Bound(e, d.binding), now.Add(-d.binding.Range), now, d.binding.Step)
}

// hasLabel reports whether a variable has values to choose from.
func (d *shownDemo) hasLabel(v grafana.VariableQuery) bool {
	for labels := range d.prometheus.Query(d.T, query.Bound(v.Of, d.binding), time.Time{}) {
		if strings.Contains(labels, v.Label+`="`) {
			return true
		}
	}
	return false
}

// compare asks a Prometheus for all that panels show at one instant, and works out by
// [panelRules] what that has to be by what eval says at that instant.
func (d *shownDemo) compare(t *testing.T) {
	t.Helper()
	const attempts = 4 // a minute may pass meanwhile
	for attempt := range attempts {
		document, before := d.sayings(t)
		document.another()
		c := newComparison(t, &reading{said: document, set: d.set})
		for file := range grafana.Generate(d.set, grafana.Options{Locale: slo.English}) {
			for _, p := range file.Dashboard.Panels {
				for place, one := range p.Targets {
					c.compare(file, p, place, d.prometheus.Query(t, query.Bound(one.Query, d.binding), time.Time{}))
				}
			}
		}
		_, after := d.sayings(t)
		if problems := c.problems(); len(problems) == 0 || attempt == attempts-1 || before == after && attempt > 0 {
			for _, problem := range problems {
				t.Error(problem)
			}
			return
		}
	}
}
