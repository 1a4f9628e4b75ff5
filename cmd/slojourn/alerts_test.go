package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tell runs alerts at the end of the story.
func tell(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	s := shop{now: storyEnd()}
	env, _, _ := s.environment()
	env.stdout, env.stderr = &out, &errs
	code = run(t.Context(), env, append([]string{"alerts"}, args...))
	return code, out.String(), errs.String()
}

// TestAlertsOfTheStory prints everything that a ledger tells of alerts.
func TestAlertsOfTheStory(t *testing.T) {
	t.Parallel()
	dir := told(t)
	for name, args := range map[string][]string{
		"alerts.txt":          nil,
		"alerts.json":         {"-o", "json"},
		"alerts-show.txt":     {"show", "barcode-payment/authorise"},
		"alerts-show.json":    {"show", "barcode-payment/authorise", "-o", "json"},
		"alerts-show.md":      {"show", "barcode-payment/authorise", "-o", "markdown"},
		"alerts-journey.md":   {"show", "barcode-payment", "-o", "markdown"},
		"alerts-observed.txt": {"--id", "fill-*", "--since", "1h"},
	} {
		args = append(args, "--data-dir", dir, alertSpecs)
		code, stdout, stderr := tell(t, args...)
		if code != 0 || stderr != "" {
			t.Errorf("%s: exit code %d, stderr %q", name, code, stderr)
		}
		compareGolden(t, "testdata/alerts/"+name, stdout)
	}
}

func compareGolden(t *testing.T, path, got string) {
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
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

var _ = strings.Contains
