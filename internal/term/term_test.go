package term_test

import (
	"bytes"
	"os"
	"slices"
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

func TestWrap(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want []string
	}{
		{"", []string{""}},
		{"one two", []string{"one two"}},
		{"one two three", []string{"one two", "three"}},
		{"to be or not to be", []string{"to be or", "not to", "be"}},
		{"a b/c", []string{"a b/c"}},
		{"on journey/step", []string{"on", "journey/", "step"}},
		{"a ab/c/defgh i", []string{"a ab/c/", "defgh i"}},
		{"unbreakable", []string{"unbreakable"}},
		{"会員証 提示", []string{"会員証", "提示"}},
		{"a 会員証を提示", []string{"a 会員証", "を提示"}},
		{"会員証を、提示", []string{"会員証", "を、提示"}},
		{"会員証（を", []string{"会員証", "（を"}},
		{"会員証slo: a", []string{"会員証", "slo: a"}},
		{"か\u3099か\u3099か\u3099か\u3099か\u3099", []string{"か\u3099か\u3099か\u3099か\u3099", "か\u3099"}},
	}
	for _, test := range tests {
		if got := term.Wrap(test.text, 8); !slices.Equal(got, test.want) {
			t.Errorf("Wrap(%q, 8) = %q, want %q", test.text, got, test.want)
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
