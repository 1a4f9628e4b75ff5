//go:build servers

package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/internal/servertest"
	"github.com/slojourn/slojourn/slo"
)

// outageSpecs are a journey, of which a step fails since 70 minutes by a file that ends
// now, and an Alertmanager that its owner is told through.
func outageSpecs(t *testing.T, now time.Time, alertmanager string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	put(t, folder, "operator.yaml", `apiVersion: slojourn/v1
kind: Source
metadata: {name: counts, owner: tills}
spec:
  file: {path: counts.csv}
---
apiVersion: slojourn/v1
kind: Notifier
metadata: {name: alertmanager}
spec:
  alertmanager: {urls: ["`+alertmanager+`"]}
---
apiVersion: slojourn/v1
kind: Team
metadata: {name: tills, title: Tills}
spec: {contact: "#tills", notify: [alertmanager]}
`)
	put(t, folder, "pay.yaml", `apiVersion: slojourn/v1
kind: Journey
metadata: {name: pay, title: Pay at the till, owner: tills}
spec:
  objective: {target: 99%, window: 28d}
  alerts: paging
  runbook: https://example.com/pay
  whenSpent: No releases until half of the budget is back.
  steps:
    - name: scan
      owner: tills
      objective: {target: 99.5%, window: 28d}
      sli: {from: TillScan, bad: read IS FALSE}
    - name: authorise
      title: Authorise "the" card
      owner: tills
      objective: {target: 99.5%, window: 28d}
      sli: {from: TillPayment, bad: completed IS FALSE}
`)
	put(t, folder, "counts.csv", outageCounts(now))
	return folder
}

// outageCounts is four days of counts that end now.
func outageCounts(now time.Time) string {
	var text strings.Builder
	text.WriteString("minute,id,total,bad\n")
	end := now.UTC().Truncate(time.Minute)
	for at := end.AddDate(0, 0, -4); at.Before(end); at = at.Add(time.Minute) {
		bad := 0
		if end.Sub(at) <= 70*time.Minute {
			bad = 40
		}
		fmt.Fprintf(&text, "%[1]s,pay/scan,100,0\n%[1]s,pay/authorise,100,%[2]d\n", at.Format(time.RFC3339), bad)
	}
	return text.String()
}

// audience is what a webhook of Alertmanager was told: the names and severities of alerts
// that fire, once for each notification.
type audience struct {
	mu     sync.Mutex
	firing map[string]int
}

func (r *audience) ServeHTTP(_ http.ResponseWriter, request *http.Request) {
	var message struct {
		Status string
		Alerts []struct{ Labels map[string]string }
	}
	if err := json.NewDecoder(request.Body).Decode(&message); err != nil || message.Status != "firing" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range message.Alerts {
		r.firing[labelled(a.Labels)]++
	}
}

func (r *audience) counts() map[string]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.firing)
}

func labelled(labels map[string]string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		pairs = append(pairs, name+"="+labels[name])
	}
	return strings.Join(pairs, " ")
}

// startAudience starts an Alertmanager that tells an audience of each alert by itself, a
// while after it has heard of it. more is what stands in its configuration beside.
func startAudience(t *testing.T, wait time.Duration, more string) (*audience, *servertest.Server) {
	t.Helper()
	heard := &audience{firing: map[string]int{}}
	hook := httptest.NewServer(heard)
	t.Cleanup(hook.Close)
	return heard, servertest.StartAlertmanager(t, servertest.Options{Config: fmt.Sprintf(`route: {receiver: people, group_by: ["..."], group_wait: %s, group_interval: 1s, repeat_interval: 24h}
receivers:
  - name: people
    webhook_configs: [{url: %q, send_resolved: false}]
%s`, wait, hook.URL, more)})
}

// prometheusOf scrapes a daemon, evaluates rules and tells an Alertmanager, each second.
func prometheusOf(t *testing.T, s *serving, rules, alertmanager string) *servertest.Server {
	t.Helper()
	return servertest.StartPrometheus(t, servertest.Options{Config: fmt.Sprintf(`global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [%q]
alerting:
  alertmanagers:
    - static_configs: [{targets: [%q]}]
scrape_configs:
  - job_name: slojourn
    static_configs: [{targets: [%q]}]
`, filepath.Join(rules, "*.rules.yaml"), strings.TrimPrefix(alertmanager, "http://"), strings.TrimPrefix(s.url, "http://"))})
}

// TestOneOutageIsOneAlert lets a step fail. The engine tells Alertmanager, and so do
// Prometheus' rules, which look at the engine's metrics: people are told once, of the
// step alone, as what the journey suffers is that.
func TestOneOutageIsOneAlert(t *testing.T) {
	t.Parallel()
	heard, alertmanager := startAudience(t, 3*time.Second, "")
	specs, rules := outageSpecs(t, time.Now(), alertmanager.URL()), t.TempDir()
	if code, stdout, stderr := command(t, "generate", "prometheus-rules", "-d", rules, specs); code != 0 {
		t.Fatalf("exit code %d: %s%s", code, stdout, stderr)
	}
	servertest.Promtool(t, append([]string{"check", "rules"}, matching(t, rules, "*.rules.yaml")...)...)
	servertest.Promtool(t, append([]string{"test", "rules"}, matching(t, rules, "*.test.yaml")...)...)
	var behind atomic.Int64 // of the clock that slojourn begins by
	behind.Store(int64(time.Minute))
	now := func() time.Time { return time.Now().Add(-time.Duration(behind.Load())) }
	s := startDaemonBy(t, now, "serve", "--listen", "127.0.0.1:0", "--enable-lifecycle", "--data-dir", filepath.Join(t.TempDir(), "data"), specs)
	s.ready()
	s.logs("all history is there")
	// Alerts are judged in the tick of the next minute, which comes with other specs at once.
	behind.Store(0)
	put(t, specs, "more.yaml", "apiVersion: slojourn/v1\nkind: Team\nmetadata: {name: more}\n")
	if code, body := s.ask("POST", "/-/reload"); code != http.StatusOK {
		t.Fatalf("reload: %d %s", code, body)
	}
	prometheus := prometheusOf(t, s, rules, alertmanager.URL())

	want := map[string]int{
		"alertname=ErrorBudgetBurn id=pay/authorise journey=pay kind=burn objective=28d owner=tills severity=page step=authorise": 1,
	}
	servertest.Eventually(t, "Prometheus tells Alertmanager of what the engine tells it of", func() error {
		firing := map[string]int{}
		for labels := range prometheus.Query(t, `ALERTS{alertstate="firing"}`, time.Time{}) {
			firing[labels]++
		}
		if len(firing) != len(want) {
			return fmt.Errorf("firing: %v", firing)
		}
		return nil
	})
	servertest.Eventually(t, "people are told", func() error {
		if diff := gocmp.Diff(want, heard.counts()); diff != "" {
			return fmt.Errorf("(-want +told): %s", diff)
		}
		return nil
	})
	// Both have told it by now, and nothing else has come of that.
	s.metric(`slojourn_notifications_total{notifier="alertmanager",outcome="sent"} 1`)
	alerts, document := alertmanager.Alerts(t)
	fromRules := 0
	for _, a := range alerts {
		if strings.Contains(a.GeneratorURL, "/graph?") {
			fromRules++
		}
		if want[labelled(a.Labels)] == 0 {
			t.Errorf("Alertmanager has %s", labelled(a.Labels))
		}
	}
	if len(alerts) != len(want) || fromRules == 0 {
		t.Errorf("Alertmanager has %d alerts, %d of them of rules: %s", len(alerts), fromRules, document)
	}
	if diff := gocmp.Diff(want, heard.counts()); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	alertsAreMarked(t, prometheus, setOf(t, specs))
}

// alertsAreMarked looks for one alert in what dashboards mark of alerts.
func alertsAreMarked(t *testing.T, prometheus *servertest.Server, set *slo.Set) {
	t.Helper()
	marked, uid := map[string]string{}, ""
	for file := range grafana.Generate(set, grafana.Options{Locale: slo.English}) {
		if file.Name == "step.pay.authorise" {
			uid = file.Dashboard.UID
		}
		for _, a := range file.Dashboard.Annotations.List {
			if a.Name != "Alerts" {
				continue
			}
			for labels := range prometheus.Query(t, query.Bound(a.Query, query.Binding{Step: time.Minute, RateStep: 4 * time.Minute}), time.Time{}) {
				marked[file.Name] += labels
			}
		}
	}
	one := `{dashboard="` + uid + `", id="pay/authorise", kind="burning too fast", name="Authorise \"the\" card", objective="28d", owner="tills", severity="page"}`
	want := map[string]string{"overview": one, "journey.pay": one, "step.pay.authorise": one}
	if diff := gocmp.Diff(want, marked); diff != "" {
		t.Errorf("marked (-want +got):\n%s", diff)
	}
}

// matching are the files of a folder.
func matching(t *testing.T, folder, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, pattern))
	if err != nil || len(files) == 0 {
		entries, _ := os.ReadDir(folder)
		t.Fatalf("no %s: %v, %v", pattern, err, entries)
	}
	return slices.SortedFunc(slices.Values(files), cmp.Compare[string])
}
