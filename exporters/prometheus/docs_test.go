package prometheus

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/promql/parser"
)

// TestDocs compares docs/prometheus.md with what is exported: every metric has a row
// that names its type and its labels, and no query asks for others.
func TestDocs(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/prometheus.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	labels := map[string][]string{} // by metric
	for _, sample := range samples(t, written(t, NewPage(shop(t)), Scrape{Format: "text/plain; version=0.0.4"})) {
		name, rest, _ := strings.Cut(sample, "{")
		for _, l := range regexp.MustCompile(`([a-z_]+)="`).FindAllStringSubmatch(rest, -1) {
			labels[name] = append(labels[name], l[1])
		}
	}
	var names, rows []string
	for _, f := range families() {
		names = append(names, f.name)
		row := regexp.MustCompile("(?m)^\\| `" + f.name + "` \\| " + strings.ToLower(f.kind.String()) + " \\| ([^|]*)\\|").FindStringSubmatch(page)
		if row == nil {
			t.Errorf("%s has no row", f.name)
			continue
		}
		for _, l := range labels[f.name] {
			if !strings.HasPrefix(l, "label_") && !slices.Contains([]string{"id", "journey", "step"}, l) && !strings.Contains(row[1], "`"+l+"`") {
				t.Errorf("the row of %s does not name %s", f.name, l)
			}
		}
	}
	for _, row := range regexp.MustCompile("(?m)^\\| `(slojourn_[a-z_]+)` \\| (?:gauge|counter) ").FindAllStringSubmatch(page, -1) {
		rows = append(rows, row[1])
	}
	if diff := cmp.Diff(names, rows); diff != "" {
		t.Errorf("(-exported +rows):\n%s", diff)
	}
	for _, query := range queriesOf(t) {
		parsed, err := parser.NewParser(parser.Options{}).ParseExpr(query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		for _, selectors := range parser.ExtractSelectors(parsed) {
			for _, m := range selectors {
				if m.Name == "__name__" && !slices.Contains(names, m.Value) {
					t.Errorf("%s asks for %s", query, m.Value)
				}
			}
		}
	}
}

// queriesOf returns the queries on docs/prometheus.md.
func queriesOf(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile("../../docs/prometheus.md")
	if err != nil {
		t.Fatal(err)
	}
	var queries []string
	for _, block := range regexp.MustCompile("(?s)```promql\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		queries = append(queries, strings.TrimSpace(block[1]))
	}
	if len(queries) < 5 {
		t.Errorf("only %d queries are found", len(queries))
	}
	return queries
}
