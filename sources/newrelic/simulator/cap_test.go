package simulator

import (
	"fmt"
	"strings"
	"testing"
)

// TestCapped: so many of each minute and host are kept, wherever a query
// begins, of the types that agents cap.
func TestCapped(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	for minute := range 3 {
		for i := range 5 {
			for _, host := range []string{"a", "b"} {
				fmt.Fprintf(&lines, "Span @%dms \"host\":%q,\"i\":%d\n", minute*60_000+i*1000, host, i)
			}
			fmt.Fprintf(&lines, "Span @%dms \"i\":%d\nTransaction @%dms\n", minute*60_000+i*1000, i, minute*60_000+i*1000)
		}
	}
	store := storeOf(t, lines.String())
	for _, test := range []struct {
		fault, query, want string
	}{
		{"capped=2", "SELECT count(*) AS n FROM Span", `[{"n":18}]`}, // 3 minutes, 2 hosts and those without one
		{"capped=2", "SELECT count(*) AS n FROM Span WHERE host = 'a'", `[{"n":6}]`},
		{"capped=2", "SELECT max(i) AS n FROM Span", `[{"n":1}]`},
		{"capped=2", "SELECT count(*) AS n FROM Transaction", `[{"n":15}]`},
		{"capped", "SELECT count(*) AS n FROM Span", `[{"n":45}]`},
		// From the second second of the first minute on, one of the two is left.
		{"capped=2", fmt.Sprint("SELECT count(*) AS n FROM Span SINCE ", midnight+1000, " UNTIL ", midnight+60_000), `[{"n":3}]`},
	} {
		var q question
		for _, f := range faults(t, test.fault) {
			f.effect.query(&q)
		}
		found, err := store.evaluate(test.query, setting{nowMillis: now, view: q.view})
		if err != nil {
			t.Errorf("%s: %v", test.query, err)
			continue
		}
		if got := string(encode(found.rows)); got != test.want {
			t.Errorf("%s, %s\n got %s\nwant %s", test.fault, test.query, got, test.want)
		}
	}
}
