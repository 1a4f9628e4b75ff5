package rules_test

import (
	"slices"
	"testing"

	"github.com/slojourn/slojourn/exporters/kubernetes"
	"github.com/slojourn/slojourn/exporters/prometheus/rules"
)

// TestWrote knows every file that is written, under its own name alone.
func TestWrote(t *testing.T) {
	t.Parallel()
	for _, evaluate := range []rules.Evaluate{rules.Metrics, rules.Events} {
		for file := range rules.Generate(read(t, "testdata/small"), rules.Options{Evaluate: evaluate, Job: "slojourn"}) {
			manifest := slices.Concat([]byte(rules.Header), file.Manifest(kubernetes.Metadata{Namespace: "monitoring"}))
			for name, data := range map[string][]byte{rules.RulesFile(file.Name): file.Rules(), rules.TestFile(file.Name): file.Tests(), rules.ManifestFile(file.Name): manifest} {
				if data == nil {
					continue
				}
				if !rules.Wrote(name, data) {
					t.Errorf("%s %s is not known", evaluate, name)
				}
				for _, other := range []string{"my-" + name, "other.rules.yaml", "other.test.yaml", "other.yaml"} {
					if rules.Wrote(other, data) {
						t.Errorf("%s %s is known as %s", evaluate, name, other)
					}
				}
			}
		}
	}
}
