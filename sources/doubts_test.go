package sources

import (
	"strconv"
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// TestSettledDoubtsHoldNothing: when a source has lost a part of everything there
// are millions of them, and a map never becomes smaller.
func TestSettledDoubtsHoldNothing(t *testing.T) {
	t.Parallel()
	var d Doubts
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	known, less := Sum{Counts: slo.Counts{Total: 9}, Rows: slo.Counts{Total: 9}, Minutes: 1}, Sum{Counts: slo.Counts{Total: 5}, Rows: slo.Counts{Total: 5}, Minutes: 1}
	judge := func(read Sum, want Verdict) {
		t.Helper()
		for n := range 100 {
			if got := d.Judge(Reading{Indicator: slo.IndicatorID(strconv.Itoa(n)), Minute: 1000, Known: known, Read: read, Kept: true}, at); got != want {
				t.Fatalf("the verdict on %d is %v, want %v", n, got, want)
			}
		}
		d.Forget(999)
	}
	judge(less, Doubt)
	if len(d.list) != 100 {
		t.Errorf("there are %d doubts", len(d.list))
	}
	at = at.Add(time.Hour)
	judge(less, Believe)
	known = less // it was kept
	judge(less, Same)
	if d.list != nil {
		t.Errorf("%d doubts are held", len(d.list))
	}
}
