//go:build servers

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/internal/servertest"
	"github.com/slojourn/slojourn/slo"
)

// mayBeEmpty are the panels and annotations that may have no value while the demo runs as
// it should, by pattern of "dashboard: panel", and why.
func mayBeEmpty() map[string]string {
	return map[string]string{
		"annotation: Alerts":              "nobody was told of anything in a demo that has just begun; see TestOneOutageIsOneAlert",
		"annotation: Target changes":      "the specs do not change",
		"annotation: Definition changes":  "the specs do not change",
		"annotation: Exclusions":          "the specs exclude nothing",
		"review: How long alerts fired B": "nothing has fired; the other column has a row that says so",
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

// shownDemo is a demo, and a Prometheus that scrapes it and has two days of its history.
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
		stretch(time.Minute, "--from", then.Format(time.RFC3339), "--to", then.Add(10*time.Minute).Format(time.RFC3339),
			"--metric", "slojourn_error_budget_remaining_ratio", "--metric", "slojourn_coverage_ratio", "--metric", "slojourn_objective_ratio")
	}
	d := &shownDemo{serving: s, set: setOf(t, specs), binding: query.Binding{Range: days * 24 * time.Hour, Step: every, RateStep: 4 * every}}
	d.prometheus = servertest.StartPrometheus(t, servertest.Options{Dir: blocks, Config: fmt.Sprintf(`global: {scrape_interval: 1s}
scrape_configs:
  - job_name: slojourn
    static_configs: [{targets: [%q]}]
`, address)})
	servertest.Eventually(t, "it is scraped", func() error {
		if len(d.prometheus.Query(t, `up{job="slojourn"} == 1`, time.Time{})) == 0 {
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

// sayings is what eval says, as far as it is compared.
type sayings struct {
	At   string
	SLOs []struct {
		ID, Kind, Owner string
		Objectives      []struct {
			Name, Window, Target string
			State                string
			ErrorRatio, BurnRate *float64
			BudgetRemainingRatio *float64
			Coverage             float64
			Attribution          []struct {
				Step  string
				Ratio *float64
			}
			Burn []struct {
				Window               string
				ErrorRatio, BurnRate *float64
				Coverage             float64
			}
		}
	}
}

// compare asks for what panels say at one instant, and evaluates the same expressions on
// the numbers of the API at that instant.
func (d *shownDemo) compare(t *testing.T) {
	t.Helper()
	_, before := d.ask(http.MethodGet, "/api/v1/slos")
	var document sayings
	if err := json.Unmarshal([]byte(before), &document); err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse(time.RFC3339, document.At)
	if err != nil {
		t.Fatal(err)
	}
	samples, known := d.samples(document, at)
	compared, differ := 0, []string{}
	for file := range grafana.Generate(d.set, grafana.Options{Locale: slo.English}) {
		for _, p := range file.Dashboard.Panels {
			for _, target := range p.Targets {
				metrics := query.MetricsOf(target.Query)
				if !target.Instant || slices.ContainsFunc(metrics, func(name string) bool { return !slices.Contains(known, name) }) || strings.Contains(target.Expr, " offset ") {
					continue
				}
				want, err := samples.At(target.Query, at, d.binding)
				if err != nil {
					t.Errorf("%s: %s: %v", file.Name, p.Title, err)
					continue
				}
				got := d.prometheus.Query(t, query.Bound(target.Query, d.binding), time.Time{})
				compared += len(want)
				if len(want) != len(got) {
					differ = append(differ, fmt.Sprintf("%s: %s: %s gives %d values, and %d by what eval says", file.Name, p.Title, target.Expr, len(got), len(want)))
				}
				for _, w := range want {
					if value, is := got[servertest.LabelSet(w.Labels)]; !is || math.Abs(value-w.Value) > 1e-9*math.Max(1, math.Abs(w.Value)) {
						differ = append(differ, fmt.Sprintf("%s: %s: %s is %v (%t), and %v by what eval says", file.Name, p.Title, servertest.LabelSet(w.Labels), value, is, w.Value))
					}
				}
			}
		}
	}
	if _, after := d.ask(http.MethodGet, "/api/v1/slos"); after != before && len(differ) > 0 {
		d.compare(t) // a minute has passed meanwhile
		return
	}
	for _, one := range differ {
		t.Error(one)
	}
	if compared < 100 {
		t.Errorf("%d values are compared: this proves less than it should", compared)
	}
}

// samples are the numbers of a document under the names of metrics, and those names.
func (d *shownDemo) samples(document sayings, at time.Time) (*query.Samples, []string) {
	names := []string{
		"slojourn_slo_info", "slojourn_journey_step_info", "slojourn_objective_ratio", "slojourn_error_ratio", "slojourn_coverage_ratio", "slojourn_burn_rate",
		"slojourn_error_budget_remaining_ratio", "slojourn_state", "slojourn_journey_attribution_ratio",
	}
	s := query.NewSamples(5*time.Minute, names...)
	about := map[string]slo.About{}
	for _, j := range d.set.Journeys {
		about[j.ID] = j.About
		for _, step := range j.Steps {
			s.Add(names[1], query.Labels{"id": step.SLO.ID, "journey": j.ID, "step": step.Name}, at, 1)
		}
	}
	for _, o := range d.set.SLOs {
		about[o.ID] = o.About
	}
	for _, one := range document.SLOs {
		journey, step := "", ""
		if one.Kind != "slo" {
			journey, step, _ = strings.Cut(one.ID, "/")
		}
		labels := func(more ...string) query.Labels {
			l := query.Labels{"id": one.ID, "journey": journey, "step": step}
			for i := 0; i < len(more); i += 2 {
				l[more[i]] = more[i+1]
			}
			for name, value := range l {
				if value == "" {
					delete(l, name)
				}
			}
			return l
		}
		info := labels("kind", one.Kind, "owner", one.Owner, "stage", string(about[one.ID].Stage), "title", about[one.ID].Title, "dashboard", uid.Of(one.ID))
		for key, value := range about[one.ID].Labels {
			info["label_"+key] = value
		}
		s.Add(names[0], info, at, 1)
		windows := map[string]bool{}
		window := func(name string, errors *float64, coverage float64) {
			if windows[name] {
				return
			}
			windows[name] = true
			add(s, names[3], labels("window", name), at, errors)
			s.Add(names[4], labels("window", name), at, coverage)
		}
		for _, o := range one.Objectives {
			for _, b := range o.Burn {
				window(b.Window, b.ErrorRatio, b.Coverage)
				add(s, names[5], labels("objective", o.Name, "window", b.Window), at, b.BurnRate)
			}
			if !windows[o.Window] {
				add(s, names[5], labels("objective", o.Name, "window", o.Window), at, o.BurnRate)
			}
		}
		for _, o := range one.Objectives {
			window(o.Window, o.ErrorRatio, o.Coverage)
			target, err := slo.ParseTarget(o.Target)
			if err != nil {
				d.Fatal(err)
			}
			s.Add(names[2], labels("objective", o.Name, "window", o.Window), at, target.Ratio())
			add(s, names[6], labels("objective", o.Name), at, o.BudgetRemainingRatio)
			for _, state := range []string{"measured", "partial", "no-traffic", "no-data"} {
				value := 0.0
				if state == o.State {
					value = 1
				}
				s.Add(names[7], labels("objective", o.Name, "state", state), at, value)
			}
			for _, share := range o.Attribution {
				add(s, names[8], labels("objective", o.Name, "cause", share.Step), at, share.Ratio)
			}
		}
	}
	return s, names
}

// add adds a value that is known.
func add(s *query.Samples, metric string, labels query.Labels, at time.Time, value *float64) {
	if value != nil {
		s.Add(metric, labels, at, *value)
	}
}
