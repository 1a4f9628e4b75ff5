//go:build servers

package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/servertest"
)

// TestFleetFiles has Prometheus' own tool read the configuration of the examples.
func TestFleetFiles(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"prometheus.yml", "scrape.yml"} {
		servertest.Promtool(t, "check", "config", filepath.Join("../../examples/fleet", name))
	}
}

// TestFleet has VictoriaMetrics scrape two shards: it has every journey, step and SLO once.
func TestFleet(t *testing.T) {
	t.Parallel()
	specs := shardSpecs(t)
	var targets []string
	for k := 1; k <= 2; k++ {
		s := startDaemonBy(t, time.Now, "serve", "--listen", "127.0.0.1:0", "--data-dir", filepath.Join(t.TempDir(), "data"), "--shard", fmt.Sprintf("%d/2", k), specs)
		s.ready()
		targets = append(targets, strings.TrimPrefix(s.url, "http://"))
	}
	scrape := strings.NewReplacer(`"shard-1:8080", "shard-2:8080", "shard-3:8080"`, `"`+strings.Join(targets, `", "`)+`"`, "30s", "1s").
		Replace(readFile(t, "../../examples/fleet/scrape.yml"))
	victoria := servertest.StartVictoriaMetrics(t, servertest.Options{Config: scrape})
	want := map[string]float64{}
	for id := range byID(t, evaluated(t, specs)) {
		want[fmt.Sprintf("{id=%q}", id)] = 1
	}
	servertest.Eventually(t, "everything is there once", func() error {
		got := victoria.Query(t, "count by (id) (slojourn_slo_info)", time.Time{})
		if diff := cmp.Diff(want, got); diff != "" {
			return fmt.Errorf("%v (-want +got):\n%s", slices.Sorted(maps.Keys(got)), diff)
		}
		return nil
	})
}
