package examples_test

import (
	"io/fs"
	"os"
	"testing"

	"github.com/slojourn/slojourn/examples"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// TestExamples checks every story as a set of its own: an example without a
// single finding is the only one worth copying.
func TestExamples(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	stories := 0
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		stories++
		result, err := load.Load([]string{entry.Name()}, nil, newrelic.Check)
		if err != nil {
			t.Errorf("%s: %v", entry.Name(), err)
			continue
		}
		for _, d := range result.Findings {
			t.Errorf("%s: %s: %s", d.Span, d.Severity, d.Message)
		}
	}
	if stories == 0 {
		t.Error("no story found")
	}
}

// TestRetail embeds what lies in the folder.
func TestRetail(t *testing.T) {
	t.Parallel()
	onDisk, err := fs.Glob(os.DirFS("retail"), "*")
	if err != nil {
		t.Fatal(err)
	}
	embedded, err := fs.Glob(examples.Retail(), "*")
	if err != nil {
		t.Fatal(err)
	}
	if len(embedded) == 0 || len(embedded) != len(onDisk) {
		t.Errorf("embedded %v, on disk %v", embedded, onDisk)
	}
}
