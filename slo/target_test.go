package slo_test

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo"
)

func TestParseTarget(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text, want string
		allowed    *big.Rat
	}{
		{"99.9%", "99.9%", big.NewRat(1, 1000)},
		{"99.9", "99.9%", big.NewRat(1, 1000)},
		{"99.95 %", "99.95%", big.NewRat(5, 10000)},
		{"99.950", "99.950%", big.NewRat(5, 10000)},
		{"99.999999999", "99.999999999%", big.NewRat(1, 100_000_000_000)},
		{"50", "50%", big.NewRat(1, 2)},
		{"49.9%", "49.9%", big.NewRat(501, 1000)},
		{"0.5%", "0.5%", big.NewRat(995, 1000)},
		{"099", "099%", big.NewRat(1, 100)},
	}
	for _, test := range tests {
		target, err := slo.ParseTarget(test.text)
		if err != nil {
			t.Errorf("ParseTarget(%q): %v", test.text, err)
			continue
		}
		if target.String() != test.want || target.AllowedRat().Cmp(test.allowed) != 0 {
			t.Errorf("ParseTarget(%q) = %s allowing %s, want %s allowing %s",
				test.text, target, target.AllowedRat(), test.want, test.allowed)
		}
	}
}

func TestParseTargetProblems(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, message, hint string }{
		{"0.999", "looks like a share", "did you mean 99.9%?"},
		{"0.9995", "looks like a share", "did you mean 99.95%?"},
		{"0.99", "looks like a share", "did you mean 99%?"},
		{"1", "looks like a share", "did you mean 99.9%?"},
		{"100", "leaves no error budget", "less than 100%"},
		{"100.0%", "leaves no error budget", "less than 100%"},
		{"101%", "leaves no error budget", "less than 100%"},
		{"45", "below 50", "write 45%"},
		{"0", "demands nothing", ""},
		{"0%", "demands nothing", ""},
		{"99.9999999999", "10 decimals", "at most 9"},
		{"", "not a percentage", ""},
		{"%", "not a percentage", ""},
		{"-1", "not a percentage", ""},
		{"1e2", "not a percentage", ""},
		{"99,9", "not a percentage", ""},
		{"٩٩%", "not a percentage", ""},
		{"0x63", "not a percentage", ""},
	}
	for _, test := range tests {
		_, err := slo.ParseTarget(test.text)
		problem, ok := errors.AsType[*slo.Problem](err)
		if !ok {
			t.Errorf("ParseTarget(%q): got %v, want a problem", test.text, err)
			continue
		}
		if !strings.Contains(problem.Message.String(), test.message) || !strings.Contains(problem.Hint.String(), test.hint) {
			t.Errorf("ParseTarget(%q): got %q, hint %q; want %q, hint %q", test.text, problem.Message, problem.Hint, test.message, test.hint)
		}
	}
}

// TestTargetIsExact compares with fractions: what is allowed is 1 - target to
// the last digit, and Ratio is the nearest float.
func TestTargetIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[5-9][0-9](\.[0-9]{1,9})?`).Draw(t, "target")
		target, err := slo.ParseTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		exact, _ := new(big.Rat).SetString(text)
		exact.Quo(exact, big.NewRat(100, 1))
		if ratio, _ := exact.Float64(); target.Ratio() != ratio {
			t.Errorf("Ratio of %s = %v, want %v", text, target.Ratio(), ratio)
		}
		exact.Sub(big.NewRat(1, 1), exact)
		if target.AllowedRat().Cmp(exact) != 0 {
			t.Errorf("%s allows %s, want %s", text, target.AllowedRat(), exact)
		}
		if ratio, _ := exact.Float64(); target.AllowedRatio() != ratio {
			t.Errorf("AllowedRatio of %s = %v, want %v", text, target.AllowedRatio(), ratio)
		}
	})
}

func FuzzParseTarget(f *testing.F) {
	for _, text := range []string{"99.9%", "0.999", "100", "", "99.999999999", "1e9"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		target, err := slo.ParseTarget(text)
		if err != nil {
			return
		}
		if allowed, of := target.Allowed(); allowed <= 0 || allowed >= of {
			t.Errorf("ParseTarget(%q) allows %d of %d", text, allowed, of)
		}
		again, err := slo.ParseTarget(target.String())
		if err != nil || again != target {
			t.Errorf("ParseTarget(%q) = %v, %v, want the same again", target, again, err)
		}
	})
}
