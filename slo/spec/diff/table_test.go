package diff_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo/spec/diff"
)

// TestTableOfKinds keeps the table in the documentation equal to the kinds and the weights
// that they have in testdata. With -update it is written.
func TestTableOfKinds(t *testing.T) {
	t.Parallel()
	const path, head = "../../../docs/diff.md", "<!-- kinds -->\n| kind | says | weights |\n|---|---|---|\n"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	seen := weights(t)
	var rows strings.Builder
	for _, k := range diff.Kinds() {
		var names []string
		for _, w := range diff.Weights() {
			if seen[k.Kind][w] {
				names = append(names, string(w))
			}
		}
		fmt.Fprintf(&rows, "| `%s` | %s | %s |\n", k.Kind, k.Says, strings.Join(names, ", "))
	}
	before, rest, found := strings.Cut(string(page), head)
	if !found {
		t.Fatalf("%s has no table of kinds", path)
	}
	_, after, _ := strings.Cut("\n"+rest, "\n\n")
	golden(t, path, before+head+rows.String()+"\n"+after)
}
