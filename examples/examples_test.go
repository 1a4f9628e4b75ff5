package examples_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/burnrate/scenario"
	"github.com/slojourn/slojourn/examples"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// TestExamples checks every story as a set of its own, with a page: an example
// without errors and warnings is the only one worth copying. An info is a trait
// of what the story measures; the pages show it.
func TestExamples(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	index, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	stories := 0
	for _, entry := range entries {
		if !entry.IsDir() || entry.Name() == "ci" || entry.Name() == "deploy" || entry.Name() == "fleet" || entry.Name() == "scenarios" || entry.Name() == "backtest" { // which are no stories, and have tests of their own
			continue
		}
		stories++
		result, err := load.Load([]string{entry.Name()}, nil, newrelic.Key, newrelic.Check)
		if err != nil {
			t.Errorf("%s: %v", entry.Name(), err)
			continue
		}
		for _, d := range result.Findings {
			if d.Severity != diag.Info {
				t.Errorf("%s: %s: %s", d.Span, d.Severity, d.Message)
			}
		}
		if page, err := os.ReadFile(filepath.Join(entry.Name(), "README.md")); err != nil {
			t.Error(err)
		} else if !strings.Contains(string(page), "\n$ slojourn validate examples/"+entry.Name()+"\n") {
			t.Errorf("the page of %s does not show how to validate it", entry.Name())
		}
		if !strings.Contains(string(index), "("+entry.Name()+")") {
			t.Errorf("README.md does not list %s", entry.Name())
		}
	}
	if stories == 0 {
		t.Error("no story found")
	}
}

// TestScenarios runs every scenario: each expectation is met.
func TestScenarios(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("scenarios/*.burn")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenario found: %v", err)
	}
	page, err := os.ReadFile("scenarios/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, list := scenario.Parse(file, string(text), slo.BuiltInPolicies())
			for _, d := range list {
				t.Fatalf("%s: %s", d.Span, d.Message)
			}
			result, err := s.Run()
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range result.Failures {
				t.Errorf("%s: expected %s: %s", f.Span, f.Expected, f.Happened)
			}
			if !strings.Contains(string(page), "("+filepath.Base(file)+")") {
				t.Errorf("scenarios/README.md does not list %s", file)
			}
		})
	}
}

// TestRetail embeds what lies in the folder.
func TestRetail(t *testing.T) {
	t.Parallel()
	onDisk, err := fs.Glob(os.DirFS("retail"), "*.yaml")
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
