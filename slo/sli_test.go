package slo_test

import (
	"testing"

	"github.com/slojourn/slojourn/slo"
)

// TestFormatCount is exact, also where a float64 is not.
func TestFormatCount(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		count, unit int64
		want        string
	}{
		{0, 1, "0"},
		{2_500, 1, "2500"},
		{0, slo.Thousandths, "0"},
		{2_500, slo.Thousandths, "2.5"},
		{2_000, slo.Thousandths, "2"},
		{1, slo.Thousandths, "0.001"},
		{-500, slo.Thousandths, "-0.5"},
		{10_010, slo.Thousandths, "10.01"},
		{9_007_199_254_740_993_001, slo.Thousandths, "9007199254740993.001"},
	} {
		if got := slo.FormatCount(test.count, test.unit); got != test.want {
			t.Errorf("%d in units of 1/%d is %q, want %q", test.count, test.unit, got, test.want)
		}
	}
}
