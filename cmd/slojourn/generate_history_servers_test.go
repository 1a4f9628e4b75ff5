//go:build servers

package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/servertest"
)

// TestHistoryInPrometheus has promtool make blocks of a history, and a real Prometheus
// answer with its values.
func TestHistoryInPrometheus(t *testing.T) {
	t.Parallel()
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "history.om")
	// Blocks hold two hours: there is more than one.
	code, stdout, stderr := command(t, "generate", "prometheus-history", "--data-dir", told(t), "--from", "2026-11-22T05:32:00Z", "--every", "7m",
		"--label", "job=slojourn", "--label", "instance=a", "--file", file, alertSpecs)
	if code != 0 || stdout+stderr != "" {
		t.Fatalf("exit code %d, %s%s", code, stdout, stderr)
	}
	servertest.Promtool(t, "tsdb", "create-blocks-from", "openmetrics", file, dir)
	s := servertest.StartPrometheus(t, servertest.Options{Dir: dir})
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]map[string]float64{} // values by the time of the sample
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		series, rest, _ := strings.Cut(lines.Text(), "} ")
		value, stamp, _ := strings.Cut(rest, " ")
		number, err := strconv.ParseFloat(value, 64)
		if err != nil {
			t.Fatal(err)
		}
		if at[stamp] == nil {
			at[stamp] = map[string]float64{}
		}
		name, labels, _ := strings.Cut(series, "{")
		at[stamp][servertest.LabelSet(pairsOf(name, labels))] = number
	}
	if len(at) < 30 {
		t.Fatalf("there are only %d instants", len(at))
	}
	for stamp, want := range at {
		seconds, err := strconv.ParseInt(stamp, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		got := s.Query(t, `{__name__=~"slojourn_.*", job="slojourn", instance="a"}`, time.Unix(seconds, 0))
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("at %v (-history +Prometheus):\n%s", time.Unix(seconds, 0).UTC(), diff)
		}
	}
}

// pairsOf reads labels of which no value has a quote.
func pairsOf(name, text string) map[string]string {
	labels := map[string]string{"__name__": name}
	for text != "" {
		var key, value string
		key, text, _ = strings.Cut(text, `="`)
		value, text, _ = strings.Cut(text, `"`)
		labels[key], text = value, strings.TrimPrefix(text, ",")
	}
	return labels
}
