package ledger

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// crashes is how many times a writer is killed: `make crash` asks for more.
func crashes(t testing.TB) int {
	text := os.Getenv("CRASHES")
	if text == "" {
		return 10
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("CRASHES is %q, and has to be a number above 0", text)
	}
	return n
}

// seedOf is the seed of a test's randomness: another one each time, unless
// CRASHSEED is set to repeat one.
func seedOf(t testing.TB) uint64 {
	seed := rand.Uint64() >> 1
	if text := os.Getenv("CRASHSEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 63); err != nil {
			t.Fatalf("CRASHSEED is %q, and has to be a number", text)
		}
	}
	t.Logf("to repeat it: CRASHSEED=%d", seed)
	return seed
}

// notForRaces leaves a test out of short runs, which look for races: one goroutine has its ledger, one
// thing after the other.
func notForRaces(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("its ledger is used by one goroutine")
	}
}
