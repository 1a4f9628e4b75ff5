package main

import (
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// TestDeployRules has Prometheus read the alerts about slojourn itself. Each is in
// the table of the operations page, and asks for metrics that there are.
func TestDeployRules(t *testing.T) {
	t.Parallel()
	groups, errs := rulefmt.ParseFile(filepath.Join(deploy, "prometheus", "rules.yaml"), false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	operations, metrics := readFile(t, "../../docs/operations.md"), readFile(t, "../../docs/serve.md")
	named := regexp.MustCompile("(?m)^\\| `Slojourn").FindAllString(operations, -1)
	if len(groups.Groups) != 1 || len(groups.Groups[0].Rules) != len(named) {
		t.Errorf("%d groups, and %d alerts in the table", len(groups.Groups), len(named))
	}
	for _, r := range groups.Groups[0].Rules {
		if row := "| `" + r.Alert + "` | " + r.Labels["severity"] + " |"; !strings.Contains(operations, row) {
			t.Errorf("there is no row %s", row)
		}
		for _, name := range regexp.MustCompile(`slojourn_[a-z_]+`).FindAllString(r.Expr, -1) {
			if !strings.Contains(metrics, "| `"+name+"` |") {
				t.Errorf("%s asks for %s, which is not there", r.Alert, name)
			}
		}
	}
}
