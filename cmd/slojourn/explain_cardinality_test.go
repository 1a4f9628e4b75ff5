package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestCardinalityOfServe compares what explain --cardinality says with what serve
// exports of the same set.
func TestCardinalityOfServe(t *testing.T) {
	t.Parallel()
	specs := fileSpecs(t, "pay", "mail")
	code, printed, complaint := command(t, "explain", "--cardinality", specs)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, complaint)
	}
	s := serveFiles(t, "--data-dir", t.TempDir(), specs)
	s.ready()
	_, page := s.ask("GET", "/metrics")
	exported := map[string]int{}
	for line := range strings.Lines(page) {
		name, _, _ := strings.Cut(line, "{")
		exported[name]++
	}
	rows := regexp.MustCompile(`(?m)^  (slojourn_\S+) +(\d+) `).FindAllStringSubmatch(printed, -1)
	if len(rows) < 10 {
		t.Fatalf("%d metrics are counted:\n%s", len(rows), printed)
	}
	for _, row := range rows {
		if row[1] == "slojourn_definition_changed_timestamp_seconds" { // counted, as there may be one for each SLI, but nothing has changed yet
			if exported[row[1]] != 0 {
				t.Errorf("%s has %d series before anything has changed", row[1], exported[row[1]])
			}
			continue
		}
		if row[2] != strconv.Itoa(exported[row[1]]) {
			t.Errorf("%s has %d series, %s are counted", row[1], exported[row[1]], row[2])
		}
	}
}
