package diff_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/japanese"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/slo/spec/diff"
	"github.com/slojourn/slojourn/sources/newrelic"
)

var update = flag.Bool("update", false, "rewrite what is wanted in testdata")

// read makes a set of a text, which must have no errors.
func read(t *testing.T, name string, data []byte) *slo.Set {
	t.Helper()
	result := load.Files([]spec.File{{Name: name, Folder: "/specs", Data: data, Named: true}}, newrelic.Key, newrelic.Check)
	for _, finding := range result.Findings {
		if finding.Severity == diag.Error {
			t.Fatalf("%s: %s", finding.Span, finding.Message)
		}
	}
	return result.Set
}

// renamed returns former ids and what they are called now.
func renamed(set *slo.Set) map[string]string {
	names := map[string]string{}
	for id, former := range lineage.Former(set) {
		for _, name := range former {
			names[name] = id
		}
	}
	return names
}

func compare(before, after *slo.Set) []diff.Change { return diff.Of(before, after, renamed(after)) }

// TestGolden compares the two files of each folder in testdata. What is wanted stands in
// want.txt and, in Japanese, in want.ja.txt, and where there is a want.md, in that and in
// want.ja.md too.
func TestGolden(t *testing.T) {
	t.Parallel()
	cases, err := filepath.Glob("testdata/*/before.yaml")
	if err != nil || len(cases) < 30 {
		t.Fatalf("%d cases: %v", len(cases), err)
	}
	for _, file := range cases {
		folder := filepath.Dir(file)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			var sets []*slo.Set
			for _, name := range []string{"before.yaml", "after.yaml"} {
				data, err := os.ReadFile(filepath.Join(folder, name))
				if err != nil {
					t.Fatal(err)
				}
				sets = append(sets, read(t, name, data))
			}
			doc := report.Diff{Base: "main", Paths: []string{"specs"}, Changes: compare(sets[0], sets[1])}
			for want, language := range map[string]diag.Language{"want": nil, "want.ja": japanese.Language()} {
				doc.Language = language
				var text, markdown bytes.Buffer
				if err := report.DiffText(&text, doc, false); err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join(folder, want+".txt"), text.String())
				if _, err := os.Stat(filepath.Join(folder, "want.md")); err != nil {
					continue
				}
				if err := report.DiffMarkdown(&markdown, doc); err != nil {
					t.Fatal(err)
				}
				golden(t, filepath.Join(folder, want+".md"), markdown.String())
			}
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(string(want), got); difference != "" {
		t.Errorf("%s (-want +got):\n%s", path, difference)
	}
}

// TestKinds wants words for every kind, and a golden case in which it occurs.
func TestKinds(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("kind.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := strings.Count(string(source), " Kind = \"")
	if got := len(diff.Kinds()); got != declared {
		t.Errorf("%d kinds have words, of %d", got, declared)
	}
	seen := weights(t)
	for _, k := range diff.Kinds() {
		if len(seen[k.Kind]) == 0 {
			t.Errorf("no case in testdata has a change of the kind %s", k.Kind)
		}
		if k.Says.Empty() || k.One == "" || k.Many == "" {
			t.Errorf("%s has no words", k.Kind)
		}
	}
}

// weights returns those that kinds have in testdata, but for what is neutral as nothing
// follows the alert policy.
func weights(t *testing.T) map[diff.Kind]map[diff.Weight]bool {
	t.Helper()
	seen := map[diff.Kind]map[diff.Weight]bool{}
	cases, err := filepath.Glob("testdata/*/before.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range cases {
		before, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile(filepath.Join(filepath.Dir(file), "after.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range compare(read(t, "before.yaml", before), read(t, "after.yaml", after)) {
			if c.Subject.What == diff.Policy && len(c.Reaches) == 0 {
				continue
			}
			if seen[c.Kind] == nil {
				seen[c.Kind] = map[diff.Weight]bool{}
			}
			seen[c.Kind][c.Weight] = true
		}
	}
	return seen
}
