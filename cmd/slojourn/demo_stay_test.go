package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
)

// TestDemoStaysUp lets hours pass in the shop: what goes wrong there shows in the
// API. Started again with its folder, the demo goes on from there.
func TestDemoStaysUp(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("four weeks of minutes are read")
	}
	data := filepath.Join(t.TempDir(), "data")
	alertmanager := httptest.NewServer(http.NotFoundHandler())
	defer alertmanager.Close()
	s := startDaemon(t, "demo", "--listen", "127.0.0.1:0", "--data-dir", data, "--speed", "120", "--alertmanager", alertmanager.URL)
	if code, body := s.ask("GET", "/-/ready"); code != 503 {
		t.Errorf("it is ready at once: %s", body)
	}
	s.logs("the shop's clock runs faster from now on")
	s.ready()
	s.metric("slojourn_rows_missing 0")
	s.logs("incident=failed-release streams=placeOrder")
	s.until("the burn rate of the last 5 minutes shows it", func() bool {
		total, bad := s.last5m("order-online/place-order")
		return bad*5 > total
	})
	s.logs(`msg="a notifier does not take a message, it is tried again" notifier=alertmanager`)
	s.logs(`msg="it is over" incident=failed-release`)
	endpoint := regexp.MustCompile(`http://\S+/graphql`).FindString(s.log.String())
	answer := post(t, endpoint, demoKey, `{"query":"{ actor { account(id: 1) { nrql(query: \"SELECT count(*) AS n FROM Log SINCE 1795338000000 UNTIL 1795338060000\") { results } } } }"}`)
	if !strings.Contains(answer, `"results"`) {
		t.Errorf("the simulator says %s", answer)
	}
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d after an interrupt", code)
	}
	wholeLedger(t, data)

	if code, _, stderr := command(t, "demo", "--listen", "127.0.0.1:0", "--data-dir", data, "--at", "2026-01-01T00:00:00Z"); code != exitUsage || !strings.Contains(stderr, "five weeks that end at 2026-11-22T09:00:00Z") {
		t.Errorf("with other weeks: exit code %d: %s", code, stderr)
	}
	again := startDaemon(t, "demo", "--listen", "127.0.0.1:0", "--data-dir", data)
	again.ready()
	if strings.Contains(again.log.String(), "were added") || strings.Contains(again.log.String(), "20% ") {
		t.Errorf("it began anew:\n%s", again.log.String())
	}
	if code := again.stop(); code != 0 {
		t.Errorf("exit code %d after an interrupt", code)
	}
}

// last5m returns what was counted in the last 5 minutes, weights as they are.
func (s *serving) last5m(id string) (total, bad float64) {
	s.Helper()
	_, text := s.ask("GET", "/api/v1/slos?id="+id)
	var document struct {
		SLOs []struct {
			Objectives []struct {
				Burn []struct {
					Window     string
					Total, Bad float64
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		s.Fatalf("%v in %s", err, text)
	}
	for _, o := range document.SLOs[0].Objectives {
		for _, b := range o.Burn {
			if b.Window == "5m" {
				return b.Total, b.Bad
			}
		}
	}
	s.Fatalf("no burn over 5m in %s", text)
	return 0, 0
}

// TestDemoFolder leaves other ledgers alone.
func TestDemoFolder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "ledger.db"), []byte("SQLite"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := command(t, "demo", "--listen", "127.0.0.1:0", "--data-dir", data); code != exitUsage || !strings.Contains(stderr, "not the demo's") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	data = t.TempDir()
	if err := os.WriteFile(filepath.Join(data, endFile), []byte("tomorrow"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := command(t, "demo", "--listen", "127.0.0.1:0", "--data-dir", data); code != exitFailed || !strings.Contains(stderr, "holds no instant") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	for _, args := range [][]string{{"--once", "--speed", "2"}, {"--speed", "0.5"}, {"--speed", "121"}, {"--speed", "NaN"}, {"--once", "--data-dir", data}, {"--listen", "127.0.0.1:80800"}, {"--listen", "8080"}} {
		if code, _, stderr := command(t, append([]string{"demo"}, args...)...); code != exitUsage {
			t.Errorf("%v: exit code %d: %s", args, code, stderr)
		}
	}
}

// TestDemoGoesOn from what there is, which may be nothing yet.
func TestDemoGoesOn(t *testing.T) {
	t.Parallel()
	options := demoOptions{at: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), dataDir: filepath.Join(t.TempDir(), "data")}
	for _, later := range []time.Duration{0, time.Hour} {
		began := options
		began.at = options.at.Add(later)
		end, now, err := goOn(t.Context(), began)
		if err != nil || !end.Equal(options.at) || !now.Equal(began.at) {
			t.Errorf("after %v without a ledger: the weeks end at %v, it is %v, %v", later, end, now, err)
		}
	}
	l, err := ledger.Open(t.Context(), options.dataDir, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ahead := options.at.Add(5 * time.Hour)
	if err := l.Commit(t.Context(), burnrate.Tick{At: ahead, Entries: []burnrate.Entry{{Kind: "k", Key: "k", Value: []byte("1")}}}); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, now, err := goOn(t.Context(), options); err != nil || !now.Equal(ahead) {
		t.Errorf("with a ledger that ran ahead it is %v, %v", now, err)
	}
}
