//go:build servers

package prometheus

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"

	"github.com/slojourn/slojourn/internal/servertest"
)

// TestPrometheus lets a real Prometheus scrape a page of two replicas in the format that
// it prefers: it has every series, and every query on the page of the docs can be answered.
func TestPrometheus(t *testing.T) {
	t.Parallel()
	page := NewPage(shop(t))
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		format := expfmt.NegotiateAccept(r.Header, Formats()...)
		w.Header().Set("Content-Type", string(format))
		w.Header().Set("Content-Encoding", "gzip")
		if err := page.Write(w, Scrape{Format: format, Gzip: true}); err != nil {
			t.Error(err)
		}
	}))
	defer target.Close()
	text := written(t, page, Scrape{Format: expfmt.FmtText})
	open := written(t, page, Scrape{Format: expfmt.FmtOpenMetrics_1_0_0})
	want := 2 * float64(len(samples(t, text))+strings.Count(open, "_created{"))
	s := servertest.StartPrometheus(t, servertest.Options{Config: fmt.Sprintf(`
global: {scrape_interval: 1s}
scrape_configs: [{job_name: slojourn, static_configs: [{targets: [%q, %q]}]}]
`, strings.TrimPrefix(target.URL, "http://"), strings.Replace(target.URL, "http://127.0.0.1", "localhost", 1))})
	servertest.Eventually(t, "it has every series", func() error {
		for _, got := range s.Query(t, `count({__name__=~"slojourn_.+"})`, time.Time{}) {
			if got == want {
				return nil
			}
			return fmt.Errorf("%v of %v series", got, want)
		}
		return errors.New("there is none")
	})
	for _, query := range queriesOf(t) {
		s.Query(t, query, time.Time{}) // fails when it cannot be answered
	}
	for series, created := range s.Query(t, `slojourn_events_created{id="mail",outcome="good"}`, time.Time{}) {
		if created != 1769936400.5 {
			t.Errorf("%s is %v", series, created)
		}
	}
}

// TestPromtool lets promtool look at a page.
func TestPromtool(t *testing.T) {
	t.Parallel()
	check := exec.Command(servertest.Find(t, "promtool"), "check", "metrics")
	check.Stdin, check.Env = strings.NewReader(written(t, NewPage(shop(t)), Scrape{Format: expfmt.FmtText})), os.Environ()
	if said, err := check.CombinedOutput(); err != nil || len(bytes.TrimSpace(said)) > 0 {
		t.Errorf("promtool says %s, %v", said, err)
	}
}
