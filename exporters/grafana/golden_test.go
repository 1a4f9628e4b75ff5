package grafana

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", file, diff)
	}
}

// TestDashboardsOfEverything has the overview and the review of a set that has SLOs of no
// journey, and of one with calendar windows.
func TestDashboardsOfEverything(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		example string
		locale  slo.Locale
	}{{"alerts-and-exclusions", slo.English}, {"calendar-month-tokyo", slo.Japanese}} {
		for f := range Generate(example(t, test.example), Options{Locale: test.locale}) {
			if f.Name == "overview" || f.Name == "review" {
				golden(t, f.Name+"."+string(test.locale)+".json", f.Dashboard.JSON())
			}
		}
	}
}
