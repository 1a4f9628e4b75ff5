package diff_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo/spec/diff"
)

// TestBudgetsOfGroups has each budget of several alike changes once, the smallest first.
func TestBudgetsOfGroups(t *testing.T) {
	t.Parallel()
	budget := func(before, after time.Duration) diff.Budget { return diff.Budget{Before: before, After: after} }
	for folder, want := range map[string][]diff.Budget{
		"defaults-window": { // 99.95%, twice 99.9%, and 99.5%
			budget(20*time.Minute+10*time.Second, 21*time.Minute+36*time.Second),
			budget(40*time.Minute+19*time.Second, 43*time.Minute+12*time.Second),
			budget(3*time.Hour+21*time.Minute+36*time.Second, 3*time.Hour+36*time.Minute),
		},
		"defaults-time-zone": {budget(43*time.Minute+12*time.Second, 43*time.Minute+12*time.Second)}, // twice 99.9%
	} {
		before, err := os.ReadFile("testdata/" + folder + "/before.yaml")
		if err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile("testdata/" + folder + "/after.yaml")
		if err != nil {
			t.Fatal(err)
		}
		changes := compare(read(t, "before.yaml", before), read(t, "after.yaml", after))
		if len(changes) != 1 || !slices.Equal(changes[0].Budgets, want) {
			t.Errorf("%s: got %+v, want one change with the budgets %v", folder, changes, want)
		}
	}
}
