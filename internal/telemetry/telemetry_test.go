package telemetry

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/internal/engine"
)

func registered(t *testing.T, all ...prometheus.Collector) *prometheus.Registry {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	for _, c := range all {
		if err := registry.Register(c); err != nil {
			t.Fatal(err)
		}
	}
	return registry
}

// shows wants samples of some metrics, and nothing that promtool would complain of.
func shows(t *testing.T, registry *prometheus.Registry, want string, names ...string) {
	t.Helper()
	problems, err := testutil.GatherAndLint(registry)
	if err != nil || len(problems) > 0 {
		t.Errorf("promtool would say: %v, %v", problems, err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	help := map[string]string{}
	for _, f := range families {
		kind := strings.ToLower(f.GetType().String())
		help[f.GetName()] = "# HELP " + f.GetName() + " " + f.GetHelp() + "\n# TYPE " + f.GetName() + " " + kind + "\n"
	}
	var expected strings.Builder
	for _, name := range names {
		expected.WriteString(help[name])
		for line := range strings.Lines(want) {
			line = strings.TrimSpace(line)
			if sample, _, _ := strings.Cut(line, " "); sample == name || strings.HasPrefix(sample, name+"{") {
				expected.WriteString(line + "\n")
			}
		}
	}
	if err := testutil.GatherAndCompare(registry, strings.NewReader(expected.String()), names...); err != nil {
		t.Error(err)
	}
}

var at = time.Date(2026, 11, 22, 9, 0, 0, 500_000_000, time.UTC)

// TestEngine shows what a view has.
func TestEngine(t *testing.T) {
	t.Parallel()
	var view *engine.View
	info, broken := ledger.Info{Commits: 3, At: at, Bytes: 4096}, error(nil)
	registry := registered(t, Engine{
		View: func() *engine.View { return view }, Sources: func() []string { return []string{"a", "b"} },
		Ledger: func(context.Context) (ledger.Info, error) { return info, broken },
	})
	shows(t, registry, `slojourn_indicators{state="failing"} 0
		slojourn_indicators{state="fresh"} 0
		slojourn_indicators{state="rough"} 0
		slojourn_indicators{state="waiting"} 0
		slojourn_ledger_last_commit_timestamp_seconds 1.7953380005e+09
		slojourn_ledger_size_bytes 4096
	`, "slojourn_indicators", "slojourn_last_tick_timestamp_seconds", "slojourn_ledger_last_commit_timestamp_seconds", "slojourn_ledger_size_bytes")

	view = &engine.View{
		Snapshot: burnrate.Snapshot{At: at.Add(time.Minute)}, // made anew between ticks
		Alerts:   engine.Alerts{State: outbox.State{States: alert.States{At: at}}},
		Progress: engine.Progress{Indicators: 10, Waiting: 1, Fresh: 6, Failing: 2, Rough: 4, Gaps: 777, Slow: []string{"b"}},
		Counters: engine.Counters{Ticks: 5, Failed: 1, Rows: 99, Corrections: 7, Errors: 3},
	}
	shows(t, registry, `slojourn_indicators{state="failing"} 2
		slojourn_indicators{state="fresh"} 2
		slojourn_indicators{state="rough"} 4
		slojourn_indicators{state="waiting"} 2
		slojourn_last_tick_timestamp_seconds 1.7953380005e+09
		slojourn_rows_corrected_total 7
		slojourn_rows_measured_total 99
		slojourn_rows_missing 777
		slojourn_source_errors_total 3
		slojourn_source_slow{source="a"} 0
		slojourn_source_slow{source="b"} 1
	`, "slojourn_indicators", "slojourn_last_tick_timestamp_seconds", "slojourn_rows_corrected_total", "slojourn_rows_measured_total",
		"slojourn_rows_missing", "slojourn_source_errors_total", "slojourn_source_slow")

	// A ledger that cannot be read hides nothing else.
	broken = errors.New("disk on fire")
	families, err := registry.Gather()
	if err == nil || !strings.Contains(err.Error(), "look at the ledger: disk on fire") || len(families) < 6 {
		t.Errorf("%d families, %v", len(families), err)
	}
}

// TestTicks counts those that were not kept among all.
func TestTicks(t *testing.T) {
	t.Parallel()
	ticks := NewTicks()
	ticks.Note(time.Second, nil)
	ticks.Note(70*time.Second, errors.New("disk full"))
	registry := registered(t, ticks)
	shows(t, registry, "slojourn_ticks_failed_total 1\nslojourn_ticks_total 2\n", "slojourn_ticks_failed_total", "slojourn_ticks_total")
	if n, err := testutil.GatherAndCount(registry, "slojourn_tick_duration_seconds"); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// TestReloads says for each outcome what is in force.
func TestReloads(t *testing.T) {
	t.Parallel()
	r := NewReloads(at)
	registry := registered(t, r)
	names := []string{"slojourn_last_reload_success_timestamp_seconds", "slojourn_last_reload_successful", "slojourn_reload_refused_removals"}
	now := at
	for _, step := range []struct {
		outcome Outcome
		lacking int
		want    string
	}{
		{Invalid, 0, "1.7953380005e+09 0 0"},
		{Refused, 4, "1.7953380005e+09 0 4"},
		{Failed, 0, "1.7953380005e+09 0 0"},
		{Unchanged, 0, "1.7953382405e+09 1 0"},
		{Refused, 3, "1.7953382405e+09 0 3"},
		{Applied, 0, "1.7953383605e+09 1 0"},
	} {
		now = now.Add(time.Minute)
		r.Note(step.outcome, now, step.lacking)
		values := strings.Fields(step.want)
		shows(t, registry, names[0]+" "+values[0]+"\n"+names[1]+" "+values[1]+"\n"+names[2]+" "+values[2]+"\n", names...)
	}
	shows(t, registry, `slojourn_reloads_total{outcome="applied"} 1
		slojourn_reloads_total{outcome="failed"} 1
		slojourn_reloads_total{outcome="invalid"} 1
		slojourn_reloads_total{outcome="refused"} 2
		slojourn_reloads_total{outcome="unchanged"} 1
	`, "slojourn_reloads_total")
}
