package rules_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/exporters/kubernetes"
	"github.com/slojourn/slojourn/exporters/prometheus/rules"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// ways are the ways to judge.
func ways() []rules.Evaluate { return []rules.Evaluate{rules.Metrics, rules.Events} }

func read(t testing.TB, path string) *slo.Set {
	t.Helper()
	result, err := load.Load([]string{path}, nil, newrelic.Key)
	if err != nil {
		t.Fatal(err)
	}
	if result.Findings.Failed() {
		t.Fatalf("%s: %v", path, result.Findings)
	}
	return result.Set
}

// sets are the folders of specs that rules are made of in tests.
func sets(t *testing.T) []string {
	t.Helper()
	var folders []string
	for _, pattern := range []string{"testdata/*/set.yaml", "../../../examples/*/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if dir := filepath.Dir(file); filepath.Base(dir) != "backtest" && (len(folders) == 0 || folders[len(folders)-1] != dir) {
				folders = append(folders, dir)
			}
		}
	}
	if len(folders) < 8 {
		t.Fatalf("these are too few: %v", folders)
	}
	return folders
}

func TestGolden(t *testing.T) {
	t.Parallel()
	set := read(t, "testdata/small")
	for _, evaluate := range ways() {
		var got bytes.Buffer
		for file := range rules.Generate(set, rules.Options{Evaluate: evaluate, Job: "slojourn"}) {
			fmt.Fprintf(&got, "-- %s --\n%s", rules.RulesFile(file.Name), file.Rules())
			fmt.Fprintf(&got, "-- %s --\n%s", rules.TestFile(file.Name), file.Tests())
		}
		metadata := kubernetes.Metadata{Namespace: "monitoring", Labels: map[string]string{"release": "main"}}
		for file := range rules.Generate(set, rules.Options{Evaluate: evaluate, Job: "slojourn", NoHold: true}) {
			if file.Name == rules.Fleet {
				fmt.Fprintf(&got, "-- %s --\n%s", rules.ManifestFile(file.Name), file.Manifest(metadata))
			}
		}
		path := "testdata/" + string(evaluate) + ".golden"
		if *update {
			if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

// document is a file of rules as others read it.
type document struct {
	Groups []struct {
		Rules []struct {
			Alert  string            `yaml:"alert"`
			Labels map[string]string `yaml:"labels"`
			Hold   string            `yaml:"keep_firing_for"`
		} `yaml:"rules"`
	} `yaml:"groups"`
}

func decode(t *testing.T, text []byte) document {
	t.Helper()
	var d document
	if err := yaml.Unmarshal(text, &d); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return d
}

// TestLabels has those of the alerts that notifiers send. They are written out here,
// as Alertmanager takes two alerts for one only when all of them are equal.
func TestLabels(t *testing.T) {
	t.Parallel()
	for evaluate, want := range map[rules.Evaluate]string{
		rules.Metrics: `ErrorBudgetBurn id=pay journey=pay kind=burn objective=28d owner=payments severity=page
ErrorBudgetBurn id=pay journey=pay kind=burn objective=28d owner=payments severity=ticket
ErrorBudgetSpent id=pay journey=pay kind=budget objective=28d owner=payments severity=ticket
NoData id=pay journey=pay kind=noData objective=28d owner=payments severity=ticket
ErrorBudgetBurn id=pay/authorise journey=pay kind=burn objective=contract owner=payments severity=page step=authorise
ErrorBudgetBurn id=pay/authorise journey=pay kind=burn objective=contract owner=payments severity=ticket step=authorise
ErrorBudgetSpent id=pay/authorise journey=pay kind=budget objective=contract owner=payments severity=ticket step=authorise
NoData id=pay/authorise journey=pay kind=noData objective=contract owner=payments severity=ticket step=authorise
SlojournIsDown severity=page
SlojournHasStopped severity=page
SlojournIsBehind severity=page
SourceMeasuresNothing id=source:newrelic kind=source owner=sre severity=ticket
`,
		rules.Events: `ErrorBudgetBurn id=pay journey=pay kind=burn objective=28d owner=payments severity=page
ErrorBudgetBurn id=pay journey=pay kind=burn objective=28d owner=payments severity=ticket
NoData id=pay journey=pay kind=noData objective=28d owner=payments severity=ticket
ErrorBudgetBurn id=pay/authorise journey=pay kind=burn objective=contract owner=payments severity=page step=authorise
ErrorBudgetBurn id=pay/authorise journey=pay kind=burn objective=contract owner=payments severity=ticket step=authorise
NoData id=pay/authorise journey=pay kind=noData objective=contract owner=payments severity=ticket step=authorise
SlojournIsDown severity=page
SlojournHasStopped severity=page
SlojournIsBehind severity=page
`,
	} {
		var got strings.Builder
		for file := range rules.Generate(read(t, "testdata/small"), rules.Options{Evaluate: evaluate, Job: "slojourn"}) {
			for _, g := range decode(t, file.Rules()).Groups {
				for _, r := range g.Rules {
					if r.Alert != "" {
						labels := strings.Trim(fmt.Sprint(r.Labels), "map[]") // ordered by name
						fmt.Fprintln(&got, r.Alert, strings.ReplaceAll(labels, ":", "="))
					}
				}
			}
		}
		if diff := cmp.Diff(strings.ReplaceAll(want, "source:newrelic", "source=newrelic"), got.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", evaluate, diff)
		}
	}
}

// TestNoHold leaves out what older servers do not know.
func TestNoHold(t *testing.T) {
	t.Parallel()
	set, held := read(t, "testdata/small"), map[bool]int{}
	for _, without := range []bool{false, true} {
		for file := range rules.Generate(set, rules.Options{Evaluate: rules.Events, NoHold: without}) {
			for _, g := range decode(t, file.Rules()).Groups {
				for _, r := range g.Rules {
					if r.Hold != "" {
						held[without]++
					}
				}
			}
		}
	}
	if held[false] == 0 || held[true] > 0 {
		t.Errorf("%d rules are held, %d without", held[false], held[true])
	}
}

// TestOneDocument has the same groups in one file as in many.
func TestOneDocument(t *testing.T) {
	t.Parallel()
	one, groups := []byte(rules.Header+"groups:\n"), 0
	for file := range rules.Generate(read(t, "testdata/small"), rules.Options{Evaluate: rules.Events}) {
		one = append(one, file.Groups()...)
		groups += len(decode(t, file.Rules()).Groups)
	}
	if got := len(decode(t, one).Groups); got != groups || got == 0 {
		t.Errorf("%d groups in one file, %d in all files", got, groups)
	}
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		rules.ManifestFile("pay"): true, rules.ManifestFile(rules.Fleet): true,
		rules.RulesFile("pay"): false, rules.TestFile("pay"): false, "notes.txt": false,
	} {
		if got := rules.IsManifest(name); got != want {
			t.Errorf("IsManifest(%q) = %t, want %t", name, got, want)
		}
	}
}
