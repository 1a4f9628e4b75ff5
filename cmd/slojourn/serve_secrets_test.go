package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// TestServeTakesAnotherKey begins with a key that is refused, and is given the right
// one in its file. Neither is shown anywhere.
func TestServeTakesAnotherKey(t *testing.T) {
	t.Parallel()
	const wrong, right = "NRAK-WRONGWRONGWRONGWRONGWRONGWRO", "NRAK-RIGHTRIGHTRIGHTRIGHTRIGHTRIG"
	events := filepath.Join(t.TempDir(), "events.ndjson")
	writeFile(t, events, `{"eventType":"Order","timestamp":1795078800000}`+"\n"+`{"eventType":"Order","timestamp":1795330800000}`+"\n"+`{"eventType":"Order","timestamp":1795334400000,"failed":true}`+"\n")
	store := simulator.NewStore()
	if err := store.ReadFiles(events); err != nil {
		t.Fatal(err)
	}
	simulated := simulator.New(store, simulator.Options{
		Keys: []simulator.Key{{Text: right}}, Now: func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }, NoLimits: true,
	})
	nerdgraph := httptest.NewServer(simulated)
	t.Cleanup(nerdgraph.Close)
	config, specs, secrets, data := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	put(t, config, "source.yaml", strings.NewReplacer("file: {path: counts.csv}",
		"newRelic: {accountId: 1, apiKey: {file: key}, endpoint: "+nerdgraph.URL+"/graphql, retention: {default: 8d}}").Replace(fileSource))
	put(t, specs, "order.yaml", `apiVersion: slojourn/v1
kind: SLO
metadata: {name: order, owner: web}
spec:
  objective: {target: 50%, window: 2h}
  sli: {from: Order, bad: failed IS TRUE}
`)
	put(t, secrets, "key", wrong+"\n")
	s := serveFiles(t, "--data-dir", data, "--config", config, "--secrets-dir", secrets, "--enable-lifecycle", specs)
	s.logs(`msg="SLOs cannot be measured" count=1 slos=order`)
	s.logs(`level=ERROR msg="nothing can be measured with a source" source=counts`)
	s.metric(`slojourn_indicators{state="failing"} 1`)
	if code, _ := s.ask("GET", "/-/ready"); code != http.StatusOK {
		t.Errorf("a source that fails keeps others waiting: %d", code)
	}
	all := s.log.String()
	for _, path := range []string{"/metrics", "/api/v1/slos", "/"} {
		_, body := s.ask("GET", path)
		all += body
	}

	put(t, secrets, "key", right+"\n")
	if code, body := s.ask("POST", "/-/reload"); code != 200 {
		t.Errorf("%d %s", code, body)
	}
	s.logs(`msg="SLOs are measured again" count=1 slos=order`)
	s.logs(`msg="a source answers again" source=counts`)
	s.logs("all history is there")
	s.until("both events are counted", func() bool {
		_, text := s.ask("GET", "/api/v1/slos")
		return strings.Contains(text, `"total": 2`)
	})
	asked := simulated.Stats().Queries
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	wholeLedger(t, data)

	// After a restart nothing of the history is asked for again.
	s = serveFiles(t, "--data-dir", data, "--config", config, "--secrets-dir", secrets, "--log-format", "json", "--log-level", "debug", specs)
	s.ready()
	s.logs(`"msg":"all history is there"`)
	s.metric("slojourn_rows_measured_total 0")
	if again := simulated.Stats().Queries - asked; again > asked/2 {
		t.Errorf("%d queries before the restart, %d after it", asked, again)
	}
	all += s.log.String()
	for _, part := range []string{"WRONGWRONG", "RIGHTRIGHT"} {
		if strings.Contains(all, part) {
			t.Errorf("a key is shown:\n%s", all)
		}
	}
}
