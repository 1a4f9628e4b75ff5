//go:build servers

package servertest

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestScrape has a Prometheus and a VictoriaMetrics scrape themselves, and keep what they
// have over a restart; what VictoriaMetrics has reaches Alertmanager through vmalert.
func TestScrape(t *testing.T) {
	t.Parallel()
	target := FreeAddress(t) // of the Alertmanager, whose metrics both scrape
	scrape := fmt.Sprintf("global: {scrape_interval: 200ms}\nscrape_configs: [{job_name: am, static_configs: [{targets: ['%s']}]}]\n", target)
	prometheus := StartPrometheus(t, Options{Config: scrape})
	victoria := StartVictoriaMetrics(t, Options{Config: strings.ReplaceAll(scrape, "200ms", "1s")})
	want := map[string]float64{fmt.Sprintf(`up{instance=%q, job="am"}`, target): 0}
	for _, s := range []*Server{prometheus, victoria} {
		Eventually(t, "it scrapes", func() error {
			if got := s.Query(t, "up", time.Time{}); !maps.Equal(got, want) {
				return fmt.Errorf("%v", got)
			}
			return nil
		})
	}
	at := time.Now()
	for _, s := range []*Server{prometheus, victoria} {
		s.Stop()
		if response, err := http.Get(s.URL()); err == nil { //nolint:noctx // a test
			response.Body.Close() //nolint:errcheck // only read from
			t.Errorf("%s is up still", s.Address())
		}
		s.Start()
		if got := s.Query(t, "up", at); !maps.Equal(got, want) {
			t.Errorf("at %s after a restart %v", at, got)
		}
	}
	am := StartAlertmanager(t, Options{})
	StartVMAlert(t, Options{
		Config: "groups: [{name: down, interval: 1s, rules: [{alert: Down, expr: up == 0}]}]\n",
		Args:   []string{"-datasource.url=" + victoria.URL(), "-notifier.url=" + am.URL()},
	})
	Eventually(t, "it fires", func() error {
		if alerts, _ := am.Alerts(t); len(alerts) != 1 || alerts[0].Labels["alertname"] != "Down" || alerts[0].Labels["instance"] != target {
			return fmt.Errorf("%v", alerts)
		}
		return nil
	})
	am.Kill()
	if said := Promtool(t, "--version"); !strings.Contains(said, "promtool, version") {
		t.Error(said)
	}
	// One that was not started stands still.
	later := StartAlertmanager(t, Options{Later: true})
	if _, err := http.Get(later.URL()); err == nil { //nolint:noctx,bodyclose // a test
		t.Error(errors.New("it was started"))
	}
}
