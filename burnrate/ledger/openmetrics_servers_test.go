//go:build servers && !race

package ledger

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/internal/servertest"
	"github.com/slojourn/slojourn/slo"
)

// TestOpenMetricsInServers has real servers read an export, and compares the sums of
// windows with the ledger's: of minutes, and of quarter-hours before them.
func TestOpenMetricsInServers(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	now := slo.MinuteAt(time.Now()).Floor(60)
	minutes, dice := slo.Span{Start: now - 2880, End: now}, rand.New(rand.NewPCG(uint64(now), 0))
	var file strings.Builder
	fmt.Fprintf(&file, `{"schema":"slojourn.ledger/v1","at":%q}`+"\n", now.Time().Format(time.RFC3339))
	for m := minutes.Start; m < minutes.End; m++ {
		for _, id := range []string{"v1:a", "v1:b"} {
			if total := dice.IntN(100); total > 5 {
				fmt.Fprintf(&file, `{"type":"minute","minute":%q,"indicator":%q,"total":%d,"bad":%d,"rows":%d,"badRows":0}`+"\n",
					m.Time().Format(time.RFC3339), id, total, dice.IntN(3), 1+dice.IntN(9))
			}
		}
	}
	for q := now - 8640; q < minutes.Start; q += 15 {
		for _, id := range []string{"v1:a", "v1:b"} {
			fmt.Fprintf(&file, `{"type":"quarter","quarter":%q,"indicator":%q,"minutes":%d,"total":%d,"bad":%d}`+"\n",
				q.Time().Format(time.RFC3339), id, 1+dice.IntN(15), 100+dice.IntN(1000), dice.IntN(30))
		}
	}
	file.WriteString(`{"type":"end"}` + "\n")
	if _, err := l.Import(t.Context(), strings.NewReader(file.String()), ImportOptions{Now: time.Now()}); err != nil {
		t.Fatal(err)
	}
	a, b := lineage.Definition{Indicator: "v1:a", Unit: 1}, lineage.Definition{Indicator: "v1:b", Unit: slo.Thousandths}
	lineages := []lineage.Lineage{
		{ID: "pay/scan", Present: b, Past: []lineage.Segment{{Definition: a, Until: now - 1500}}},
		{ID: "view", Present: a, Past: []lineage.Segment{{Definition: b, Until: now - 6007}}},
	}
	keepLineages(t, l, lineages...)
	var out bytes.Buffer
	if err := l.ExportOpenMetrics(t.Context(), &out, nil, ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	for name, start := range map[string]func(*testing.T) *servertest.Server{
		"Prometheus": func(t *testing.T) *servertest.Server {
			text, dir := filepath.Join(t.TempDir(), "ledger.om"), t.TempDir()
			if err := os.WriteFile(text, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			servertest.Promtool(t, "tsdb", "create-blocks-from", "openmetrics", text, dir)
			return servertest.StartPrometheus(t, servertest.Options{Dir: dir})
		},
		"VictoriaMetrics": func(t *testing.T) *servertest.Server {
			s := servertest.StartVictoriaMetrics(t, servertest.Options{})
			response, err := http.Post(s.URL()+"/api/v1/import/prometheus", "text/plain", bytes.NewReader(out.Bytes())) //nolint:noctx // a test
			if err != nil {
				t.Fatal(err)
			}
			if response.Body.Close(); response.StatusCode/100 != 2 { //nolint:errcheck // it says nothing
				t.Fatal(response.Status)
			}
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			for _, window := range []slo.Minute{60, 1440, 2880, 8640} {
				want := map[string]float64{}
				cuts := []slo.Minute{now - window, now}
				totals, err := l.Totals(t.Context(), lineages, [][]slo.Minute{cuts, cuts})
				if err != nil {
					t.Fatal(err)
				}
				for i, labels := range []string{`id="pay/scan", journey="pay"%s, step="scan"`, `id="view"%s`} {
					sum, unit := totals[i].Sums[0], float64(lineages[i].Present.Unit)
					want["{"+fmt.Sprintf(labels, `, outcome="good"`)+"}"] = float64(sum.Counts.Total-sum.Counts.Bad) / unit
					want["{"+fmt.Sprintf(labels, `, outcome="bad"`)+"}"] = float64(sum.Counts.Bad) / unit
					want["{"+fmt.Sprintf(labels, "")+"}"] = float64(sum.Minutes)
				}
				at := now.Time().Add(30 * time.Second)
				servertest.Eventually(t, "it says what the ledger does", func() error {
					got := s.Query(t, fmt.Sprintf("sum_over_time(slojourn_ledger_events[%dm])", window), at)
					maps.Copy(got, s.Query(t, fmt.Sprintf("sum_over_time(slojourn_ledger_measured_minutes[%dm])", window), at))
					if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 })); diff != "" {
						return fmt.Errorf("%d minutes (-ledger +server):\n%s", window, diff)
					}
					return nil
				})
			}
		})
	}
}
