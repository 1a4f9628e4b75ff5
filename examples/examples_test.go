package examples_test

import (
	"io/fs"
	"os"
	"testing"

	"github.com/slojourn/slojourn/examples"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// TestExamples checks every story as a set of its own: an example without a
// mistake is the only one worth copying. Infos say what is true of the events
// that it measures.
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
		result, err := load.Load([]string{entry.Name()}, nil, newrelic.Key, newrelic.Check)
		if err != nil {
			t.Errorf("%s: %v", entry.Name(), err)
			continue
		}
		for _, d := range result.Findings {
			if d.Severity == diag.Info {
				continue
			}
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
