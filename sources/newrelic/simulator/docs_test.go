package simulator

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDocumentedFaults compares the table of faults on the page with the one
// in the code, and that of limits with what is kept.
func TestDocumentedFaults(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/simulator.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for _, kind := range FaultKinds() {
		fmt.Fprintf(&want, "| `%s%s` | %s |\n", kind.Name, kind.Value, kind.Help)
	}
	_, got, _ := strings.Cut(string(page), "| fault | what happens |\n|---|---|\n")
	got, _, _ = strings.Cut(got, "\n\n")
	if diff := cmp.Diff(want.String(), got+"\n"); diff != "" {
		t.Errorf("the faults of docs/simulator.md (-code +page)\n%s", diff)
	}
	for _, number := range []string{
		`{"success":true,"uuid":"` + (&intake{}).id(1) + `"}`,
		"larger than 1,000,000 bytes", "at most 30:", "At most 300 queries are kept", "for 10 minutes\nafter that", "more than 100,000 POSTs in a minute",
		"up to 4,096 characters", fmt.Sprintf("at most %d of them", maxEventMembers-1),
		fmt.Sprintf("%d requests of a key at a time", maxConcurrent),
		"3,000 queries of an account a minute", fmt.Sprintf("%d times the same query of a key a minute", maxSameMinute),
		"100,000,000,000 inspected events",
	} {
		if !strings.Contains(string(page), number) {
			t.Errorf("docs/simulator.md does not say %q", number)
		}
	}
}
