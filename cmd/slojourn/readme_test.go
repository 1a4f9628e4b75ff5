package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
)

// TestReadme keeps what the README and the demo's page show equal to what there is.
func TestReadme(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("little of it runs at once")
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := os.ReadFile("../../examples/retail/order-online.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var demo bytes.Buffer
	env := environment{
		stdin: strings.NewReader(""), stdout: &demo, stderr: &demo, getenv: func(string) string { return "" }, now: time.Now,
	}
	if code := run(t.Context(), env, []string{"demo", "--once", "--at", "2026-11-22T09:00:00Z"}); code != 0 {
		t.Fatalf("exit code %d: %s", code, &demo)
	}
	for marker, want := range map[string]string{
		"<!-- demo -->\n```\n": demo.String(), "<!-- examples/retail/order-online.yaml -->\n```yaml\n": string(spec),
	} {
		_, after, found := strings.Cut(string(readme), marker)
		block, _, _ := strings.Cut(after, "```")
		if !found || block != want {
			t.Errorf("behind %q the README shows\n%s\nwant\n%s", marker, block, want)
		}
	}
	page, err := os.ReadFile("../../docs/demo.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "--at 2026-11-22T09:00:00Z\n"+demo.String()+"```") {
		t.Error("docs/demo.md shows another output than the demo prints")
	}
}
