// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

package rules_test

import (
	"log/slog"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"gopkg.in/yaml.v3"

	"github.com/slojourn/slojourn/exporters/kubernetes"
	"github.com/slojourn/slojourn/exporters/prometheus/rules"
)

// TestPrometheusReads has Prometheus' own code read the rules of all examples, plain
// and in manifests.
func TestPrometheusReads(t *testing.T) {
	t.Parallel()
	for _, folder := range sets(t) {
		for _, evaluate := range ways() {
			for file := range rules.Generate(read(t, folder), rules.Options{Evaluate: evaluate, Job: "slojourn"}) {
				name := folder + ", " + string(evaluate) + ", " + file.Name
				parse(t, name, file.Rules())
				var object struct {
					APIVersion string `yaml:"apiVersion"`
					Kind       string
					Spec       yaml.Node
				}
				if err := yaml.Unmarshal(file.Manifest(kubernetes.Metadata{}), &object); err != nil || object.Kind != "PrometheusRule" {
					t.Fatalf("%s: kind %q, %v", name, object.Kind, err)
				}
				spec, err := yaml.Marshal(&object.Spec)
				if err != nil {
					t.Fatal(err)
				}
				parse(t, name+" as a manifest", spec)
			}
		}
	}
}

func parse(t *testing.T, name string, text []byte) {
	t.Helper()
	groups, errs := rulefmt.Parse(text, false, model.LegacyValidation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	if len(errs) > 0 || len(groups.Groups) == 0 {
		t.Errorf("%s: %v\n%s", name, errs, text)
	}
}
