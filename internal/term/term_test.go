package term_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/slojourn/slojourn/internal/term"
)

func TestBar(t *testing.T) {
	t.Parallel()
	tests := []struct {
		share float64
		want  string
	}{
		{0, "    "}, {-3, "    "}, {0.001, "▏   "}, {0.25, "█   "}, {0.5, "██  "}, {0.53, "██  "}, {0.54, "██▏ "}, {0.999, "███▉"}, {1, "████"}, {7, "████"},
	}
	for _, test := range tests {
		if got := term.Bar(test.share, 4); got != test.want {
			t.Errorf("Bar(%v, 4) = %q, want %q", test.share, got, test.want)
		}
	}
}

// TestFit gives exactly the width asked for, also where a wide character would
// be cut in half.
func TestFit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text, left, right string
	}{
		{"ab", "ab   ", "   ab"},
		{"abcde", "abcde", "abcde"},
		{"abcdef", "abcd…", "abcd…"},
		{"", "     ", "     "},
		{"会員", "会員 ", " 会員"},
		{"会員証", "会員…", "会員…"},
		{"a会員証", "a会… ", " a会…"},
		{"e\u0301", "e\u0301    ", "    e\u0301"},
	}
	for _, test := range tests {
		if got := term.Fit(test.text, 5); got != test.left || term.Width(got) != 5 {
			t.Errorf("Fit(%q, 5) = %q, want %q", test.text, got, test.left)
		}
		if got := term.FitRight(test.text, 5); got != test.right || term.Width(got) != 5 {
			t.Errorf("FitRight(%q, 5) = %q, want %q", test.text, got, test.right)
		}
	}
}

// TestColor needs a terminal; files, pipes and buffers are none.
func TestColor(t *testing.T) {
	t.Parallel()
	none := func(string) string { return "" }
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close() //nolint:errcheck // nothing was written
	if term.Color(&bytes.Buffer{}, none) || term.Color(null, none) {
		t.Error("colour without a terminal")
	}
}
