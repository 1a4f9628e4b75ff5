//go:build servers

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/internal/servertest"
	"github.com/slojourn/slojourn/slo"
)

// submit sends something, which has to be taken.
func submit(t *testing.T, url, kind string, body []byte) {
	t.Helper()
	response, err := http.Post(url, kind, bytes.NewReader(body)) //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	if response.Body.Close(); response.StatusCode/100 != 2 { //nolint:errcheck // only read from
		t.Fatalf("%s: %s", url, response.Status)
	}
}

// replay has vmalert evaluate the recording rules of a file over the past, of which each
// can be read by those after it.
func replay(t *testing.T, victoria *servertest.Server, file string, from, to time.Time) {
	t.Helper()
	type group struct {
		Name     string
		Interval string
		Rules    []map[string]any
	}
	var document struct{ Groups []group }
	if err := yaml.Unmarshal([]byte(readFile(t, file)), &document); err != nil {
		t.Fatal(err)
	}
	for _, stage := range []string{":delta1m", ":delta5m", "s:increase", "ratio:increase"} {
		var groups []group
		for _, g := range document.Groups {
			staged := group{Name: g.Name, Interval: g.Interval}
			for _, rule := range g.Rules {
				if name, _ := rule["record"].(string); strings.Contains(name, stage) {
					staged.Rules = append(staged.Rules, rule)
				}
			}
			if len(staged.Rules) > 0 {
				groups = append(groups, staged)
			}
		}
		text, err := yaml.Marshal(map[string]any{"groups": groups})
		if err != nil || len(groups) == 0 {
			t.Fatalf("%d groups of %s: %v", len(groups), stage, err)
		}
		rules := filepath.Join(t.TempDir(), "rules.yaml")
		if err := os.WriteFile(rules, text, 0o600); err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command(servertest.Find(t, "vmalert"), "-rule="+rules, "-httpListenAddr="+servertest.FreeAddress(t), "-loggerLevel=WARN",
			"-datasource.url="+victoria.URL(), "-remoteWrite.url="+victoria.URL(), "-replay.disableProgressBar", "-replay.rulesDelay=0s", "-datasource.queryStep=0s",
			"-replay.timeFrom="+from.UTC().Format(time.RFC3339), "-replay.timeTo="+to.UTC().Format(time.RFC3339)).CombinedOutput()
		if err != nil {
			t.Fatalf("vmalert: %v\n%s", err, said)
		}
		submit(t, victoria.URL()+"/internal/force_flush", "", nil)
	}
}

// TestFleetRules lets a step fail, of which two replicas tell VictoriaMetrics, one of
// which was restarted meanwhile. vmalert evaluates the rules by events: people are told of
// the step's page, once, and the engine's own alert is the same.
func TestFleetRules(t *testing.T) {
	t.Parallel()
	heard, alertmanager := startAudience(t, 2*time.Second, `inhibit_rules:
  - source_matchers: [kind = burn, severity = page, 'step != ""']
    target_matchers: [kind = burn, severity = page, 'step = ""']
    equal: [journey]
`)
	victoria := servertest.StartVictoriaMetrics(t, servertest.Options{})
	now, rules := time.Now(), t.TempDir()
	to := now.Truncate(time.Minute)
	from, outage := to.Add(-14*time.Hour), to.Add(-74*time.Minute)
	if code, stdout, stderr := command(t, "generate", "prometheus-rules", "--evaluate", "events", "--no-hold", "-d", rules, outageSpecs(t, now, alertmanager.URL())); code != 0 {
		t.Fatalf("exit code %d: %s%s", code, stdout, stderr)
	}
	var scraped bytes.Buffer
	for _, r := range []replica{
		{"shard-1:8080", []time.Time{from}, 11 * time.Second},
		{"shard-1-b:8080", []time.Time{from, to.Add(-31 * time.Minute)}, 23 * time.Second},
	} {
		r.scrapes(&scraped, from, to, outage)
	}
	submit(t, victoria.URL()+"/api/v1/import/prometheus", "text/plain", scraped.Bytes())
	submit(t, victoria.URL()+"/internal/force_flush", "", nil)
	replay(t, victoria, filepath.Join(rules, "slojourn_fleet.rules.yaml"), from, to)

	// What is recorded is what happened.
	for expr, want := range map[string]map[string]float64{
		"slojourn:bad_events:increase1h":       {`pay/authorise`: 60 * 40, `pay/scan`: 0},
		"slojourn:events:increase1h":           {`pay/authorise`: 60 * 100, `pay/scan`: 60 * 100},
		"slojourn:bad_events:increase5m":       {`pay/authorise`: 5 * 40, `pay/scan`: 0},
		"slojourn:measured_minutes:increase1h": {`pay/authorise`: 60, `pay/scan`: 60},
		"slojourn:error_ratio:increase2h":      {`pay/authorise`: 70 * 40. / (120 * 100), `pay/scan`: 0},
	} {
		servertest.Eventually(t, expr+" shows what was recorded last", func() error {
			got := map[string]float64{}
			for labels, value := range victoria.Query(t, "sum by (id) ("+expr+")", to) {
				got[strings.TrimSuffix(strings.TrimPrefix(labels, `{id="`), `"}`)] = value
			}
			if diff := gocmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
				return fmt.Errorf("(-want +got):\n%s", diff)
			}
			return nil
		})
	}

	// Minutes are as long as it takes to look at them: alerts are judged each second.
	file := filepath.Join(rules, "pay.rules.yaml")
	put(t, rules, "pay.rules.yaml", strings.Replace(readFile(t, file), "interval: 1m", "interval: 1s", 1))
	vmalert := servertest.StartVMAlert(t, servertest.Options{Args: []string{
		"-rule=" + filepath.Join(rules, "*.rules.yaml"), "-evaluationInterval=1s", "-disableAlertgroupLabel", "-remoteWrite.flushInterval=100ms",
		"-datasource.url=" + victoria.URL(), "-remoteWrite.url=" + victoria.URL(), "-remoteRead.url=" + victoria.URL(), "-notifier.url=" + alertmanager.URL(),
	}})
	journey := map[string]string{
		"alertname": "ErrorBudgetBurn", "id": "pay", "journey": "pay", "kind": "burn", "objective": "28d", "owner": "tills", "severity": "page",
	}
	step := maps.Clone(journey)
	step["id"], step["step"] = "pay/authorise", "authorise"
	servertest.Eventually(t, "people are told", func() error {
		if heard.counts()[labelled(step)] == 0 {
			return fmt.Errorf("told of %v", heard.counts())
		}
		return nil
	})
	// The engine tells of what it has found itself, with the labels of a notification.
	n := alert.Notification{Event: alert.Event{
		Key:    alert.Key{ID: "pay/authorise", Objective: "28d", Kind: alert.Burn, Severity: slo.Page},
		Labels: alert.Labels{Owner: "tills"},
	}, Subject: alert.Subject{Journey: "pay", Step: "authorise"}}
	body, err := json.Marshal([]any{map[string]any{"labels": n.LabelSet(), "startsAt": to.Add(-time.Minute), "endsAt": now.Add(time.Hour)}})
	if err != nil {
		t.Fatal(err)
	}
	submit(t, alertmanager.URL()+"/api/v2/alerts", "application/json", body)
	// The tickets see that there are pages once VictoriaMetrics has it.
	servertest.Eventually(t, "tickets are silent", func() error {
		firing, err := firingIn(vmalert)
		if diff := gocmp.Diff(map[string]int{labelled(step): 1, labelled(journey): 1}, firing); err != nil || diff != "" {
			return fmt.Errorf("%w (-want +firing or pending):\n%s", err, diff)
		}
		return nil
	})
	alerts, document := alertmanager.Alerts(t)
	got := map[string]string{}
	for _, a := range alerts {
		got[labelled(a.Labels)] = a.Status.State
	}
	if diff := gocmp.Diff(map[string]string{labelled(step): "active", labelled(journey): "suppressed"}, got); diff != "" || len(alerts) != 2 {
		t.Errorf("Alertmanager has %d alerts (-want +got):\n%s\n%s", len(alerts), diff, document)
	}
	heard.hears(t, alertmanager, "AfterAll", map[string]int{labelled(step): 1})
}

// firingIn is what a vmalert has, once for each alert that fires or is about to.
func firingIn(vmalert *servertest.Server) (map[string]int, error) {
	response, err := http.Get(vmalert.URL() + "/api/v1/alerts") //nolint:noctx // a test
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	var document struct {
		Data struct {
			Alerts []struct{ Labels map[string]string }
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&document); err != nil {
		return nil, err
	}
	firing := map[string]int{}
	for _, a := range document.Data.Alerts {
		firing[labelled(a.Labels)]++
	}
	return firing, nil
}
