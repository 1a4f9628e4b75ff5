package report

import (
	"testing"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
)

// TestBurnText fits every burn rate into its column without cutting digits off.
func TestBurnText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		rate burnrate.Ratio
		want string
	}{
		{burnrate.Ratio{}, "–"},
		{burnrate.RatioOf(0), "0.00"},
		{burnrate.RatioOf(9.994), "9.99"},
		{burnrate.RatioOf(9.996), "10.0"},
		{burnrate.RatioOf(99.94), "99.9"},
		{burnrate.RatioOf(99.96), "100"},
		{burnrate.RatioOf(99_999.4), "99999"},
		{burnrate.RatioOf(99_999.6), "100k"},
		{burnrate.RatioOf(123_456), "123k"},
		{burnrate.RatioOf(999_499), "999k"},
		{burnrate.RatioOf(999_600), ">999k"},
		{burnrate.RatioOf(1e9), ">999k"},
	}
	for _, test := range tests {
		got := burnText(test.rate)
		if got != test.want || term.Width(got) > burnWidth {
			t.Errorf("burnText(%s) = %q, want %q", test.rate, got, test.want)
		}
	}
}

// TestSLIText shows as many digits as the target asks for and the column
// holds; a share that is not whole never looks whole.
func TestSLIText(t *testing.T) {
	t.Parallel()
	tests := []struct {
		bad, total int64
		target     string
		want       string
	}{
		{0, 10, "99%", "100%"},
		{0, 10, "99.999%", "100%"},
		{1, 1_000_000_000, "99%", "99.99%"},
		{1, 1_000_000_000, "99.9999%", "99.9999%"},
		{1, 100_000_000_000_000, "99.9999%", "99.9999%"},
		{3, 10_000, "99.95%", "99.970%"},
		{1, 3, "99%", "66.66%"},
		{10, 10, "99%", "0.00%"},
	}
	for _, test := range tests {
		errorRatio := burnrate.ErrorRatio(slo.Counts{Total: test.total, Bad: test.bad}).Rounded()
		if got := sliText(errorRatio, burnrate.RatioOf(1), test.target); got != test.want || term.Width(got) > sliWidth {
			t.Errorf("sliText of %d bad of %d at %s = %q, want %q", test.bad, test.total, test.target, got, test.want)
		}
	}
}
