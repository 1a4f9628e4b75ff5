package simulator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// struck tells for each of n requests whether it was struck by a fault that
// answers 503: "x" is yes and "." no.
func struck(t testing.TB, s *Simulator, n int) string {
	t.Helper()
	var b strings.Builder
	for range n {
		status, _ := post(t, s, "k", `{"query":"{ actor { user { id } } }"}`)
		b.WriteByte(map[int]byte{200: '.', 503: 'x'}[status])
	}
	return b.String()
}

func TestFaultRate(t *testing.T) {
	t.Parallel()
	run := func(seed uint64, text string, n int) string {
		return struck(t, New(NewStore(), Options{Now: clock, NoLimits: true, Seed: seed, Faults: faults(t, text)}), n)
	}
	const n = 2000
	first := run(1, "503;rate=5%", n)
	if got := strings.Count(first, "x"); got < 60 || got > 140 {
		t.Errorf("5%% of %d requests struck %d times, want about 100", n, got)
	}
	if again := run(1, "503;rate=5%", n); again != first {
		t.Errorf("the same seed strikes at others\n first %s\nsecond %s", first, again)
	}
	if other := run(2, "503;rate=5%", n); other == first {
		t.Error("another seed strikes at the same")
	}
	// What stands beside it changes nothing.
	if beside := run(1, "503;rate=5%,skew=1s;rate=50%", n); beside != first {
		t.Errorf("another fault beside it changes when it strikes\nalone  %s\nbeside %s", first, beside)
	}
	// Two of one text draw for themselves, so together they strike more often.
	if two := strings.Count(run(1, "503;rate=5%,503;rate=5%", n), "x"); two <= strings.Count(first, "x") {
		t.Errorf("two faults strike %d times, one of them %d times", two, strings.Count(first, "x"))
	}
	if got := run(1, "503;rate=1", 20); got != strings.Repeat("x", 20) {
		t.Errorf("a rate of 1 strikes at %s", got)
	}
	// First every, then rate, then times.
	every := run(1, "503;every=4;rate=0.5", n)
	for i, c := range every {
		if c == 'x' && (i+1)%4 != 0 {
			t.Fatalf("with every=4 request %d was struck", i+1)
		}
	}
	if got := strings.Count(every, "x"); got < 200 || got > 300 {
		t.Errorf("half of each fourth of %d struck %d times, want about 250", n, got)
	}
	some := run(1, "503;rate=5%;times=3", n)
	third := 0
	for range 3 {
		third += strings.IndexByte(first[third:], 'x') + 1
	}
	if want := first[:third] + strings.Repeat(".", n-third); some != want {
		t.Errorf("with times=3\n got %s\nwant %s", some, want)
	}
}

// Faults that are set again begin again.
func TestFaultRateBeginsAnew(t *testing.T) {
	t.Parallel()
	s := New(NewStore(), Options{Now: clock, NoLimits: true, Seed: 7, Faults: faults(t, "503;rate=0.5")})
	first := struck(t, s, 50)
	s.SetFaults(faults(t, "503;rate=0.5"))
	if diff := cmp.Diff(first, struck(t, s, 50)); diff != "" {
		t.Errorf("(-first +second)\n%s", diff)
	}
}
