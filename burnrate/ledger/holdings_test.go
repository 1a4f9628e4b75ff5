package ledger

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slojourn/slojourn/slo"
)

func TestHoldings(t *testing.T) {
	t.Parallel()
	l := openLedger(t)
	commitSample(t, l)
	m := slo.MinuteAt(noon())
	hour := Holding{"coarse hour", slo.Span{Start: m - 240, End: m - 180}, 1, 1, 0}
	for _, test := range []struct {
		later time.Duration
		want  []Holding
	}{
		{0, []Holding{{"minute", slo.Span{Start: m - 2, End: m}, 2, 3, 0}, hour}},
		{5 * time.Hour, []Holding{{"hour", slo.Span{Start: m - 2, End: m}, 1, 3, 0}, hour}},
		{102 * 24 * time.Hour, []Holding{hour, {"day of quarter-hours", slo.Span{Start: m - 15, End: m}, 1, 2, 0}}},
	} {
		if _, err := l.Maintain(t.Context(), noon().Add(test.later)); err != nil {
			t.Fatal(err)
		}
		got, err := l.Holdings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got, cmpopts.IgnoreFields(Holding{}, "Bytes")); diff != "" {
			t.Errorf("%v later (-want +got):\n%s", test.later, diff)
		}
		for _, h := range got {
			if h.Bytes < h.Rows*2 {
				t.Errorf("%d rows in %d bytes", h.Rows, h.Bytes)
			}
		}
	}
}
