package engine

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails when a test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// notForRaces leaves a test out of short runs, which look for races: what it does at once, the tests
// beside it do too, of fewer SLOs or minutes.
func notForRaces(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("there are no races in it but those of the tests beside it")
	}
}
