package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestServePage compares docs/serve.md with the flags, the metrics and what can be
// logged.
func TestServePage(t *testing.T) {
	t.Parallel()
	const path = "../../docs/serve.md"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	ofSLOs, err := os.ReadFile("../../docs/prometheus.md")
	if err != nil {
		t.Fatal(err)
	}
	serve, _, err := newRoot(environment{}).Find([]string{"serve"})
	if err != nil {
		t.Fatal(err)
	}
	for _, flag := range regexp.MustCompile(`(?m)^ +(--\S+)`).FindAllStringSubmatch(serve.Flags().FlagUsages(), -1) {
		if !strings.Contains(page, "| `"+flag[1]+"`") && !strings.Contains(page, "| `"+flag[1]+" ") {
			t.Errorf("%s has no row of %s", path, flag[1])
		}
	}
	specs := fileSpecs(t, "pay")
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer receiver.Close()
	put(t, specs, "notifier.yaml", fmt.Sprintf("apiVersion: slojourn/v1\nkind: Notifier\nmetadata: {name: hook, owner: web}\nspec: {webhook: {url: %q}, heartbeat: 1m}\n", receiver.URL))
	s := serveFiles(t, "--data-dir", t.TempDir(), "--remote-write", receiver.URL, "--remote-write-from", "2026-11-22T07:00:00Z", specs)
	s.ready()
	var metrics string
	s.until("its heart beats, and minutes are sent", func() bool {
		_, metrics = s.ask("GET", "/metrics")
		return strings.Contains(metrics, "slojourn_notifier_last_success_timestamp_seconds{") && strings.Contains(metrics, "slojourn_remote_write_last_success_timestamp_seconds ")
	})
	var there []string
	for _, match := range regexp.MustCompile(`(?m)^# TYPE (slojourn_\S+) (\S+)$`).FindAllStringSubmatch(metrics, -1) {
		if there = append(there, match[1]); strings.HasPrefix(match[1], "slojourn_http_") {
			continue
		}
		if row := "| `" + match[1] + "` | " + match[2] + " |"; !strings.Contains(page, row) && !bytes.Contains(ofSLOs, []byte(row)) {
			t.Errorf("neither %s nor prometheus.md has a row %s", path, row)
		}
	}
	for _, name := range regexp.MustCompile("(?m)^\\| `(slojourn_[a-z_]+)`").FindAllStringSubmatch(page, -1) {
		if !slices.Contains(there, name[1]) {
			t.Errorf("%s names %s, which is not there", path, name[1])
		}
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	engines, err := filepath.Glob("../../internal/engine/*.go")
	if err != nil {
		t.Fatal(err)
	}
	logged := map[string]bool{}
	couriers, err := filepath.Glob("../../exporters/notify/courier*.go")
	if err != nil {
		t.Fatal(err)
	}
	writers, err := filepath.Glob("../../exporters/prometheus/remote/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range slices.Concat(sources, engines, couriers, writers) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(`[lL]og\.(?:Info|Warn|Error|Log)\((?:[^"]*, )?"([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
			if !strings.HasSuffix(file, "_test.go") && !strings.HasPrefix(file, "demo") {
				logged[match[1]] = true
			}
		}
	}
	if len(logged) < 20 {
		t.Errorf("only %d messages found", len(logged))
	}
	for message := range logged {
		if !strings.Contains(page, message) && !strings.Contains(page, strings.TrimSpace(strings.TrimPrefix(message, "an SLO is measured otherwise from now on"))) {
			t.Errorf("%s does not say what %q means", path, message)
		}
	}
}
