package dialogue

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/internal/term"
)

// TestWrap breaks at blanks and between wide characters, but not where Japanese does not.
func TestWrap(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                    {""},
		"one two three":       {"one two", "three"},
		"to be or not to be":  {"to be or", "not to be"},
		"unbreakable":         {"unbreakable"},
		"会員証を提示する":            {"会員証を提", "示する"},
		"会員証の提示。":             {"会員証の提", "示。"},
		"会員証の提。示":             {"会員証の", "提。示"},  // no line begins with a full stop
		"会員証の「提示」":            {"会員証の", "「提示」"}, // nor ends with an opening bracket
		"キー Enter を押す":        {"キー Enter", "を押す"},
		"会員がEnterで進む":         {"会員が", "Enterで進", "む"},
		"a/b/c/d/e/f/g":       {"a/b/c/d/e/f/g"},
		"  blanks   between ": {"blanks", "between"},
	} {
		if got := wrap(text, 10); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestWrapLosesNothing but blanks, and makes lines longer than they may be of what cannot be broken only.
func TestWrapLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab 会員証、。「」（）ー/. ")), 0, 40, -1).Draw(t, "text")
		width := rapid.IntRange(1, 20).Draw(t, "width")
		lines := wrap(text, width)
		strip := func(text string) string { return strings.Join(strings.Fields(text), "") }
		if strip(strings.Join(lines, "")) != strip(text) {
			t.Fatalf("%q became %q", text, lines)
		}
		for _, line := range lines {
			if term.Width(line) > width && (strings.Contains(line, " ") || len(parts(line)) > 1) {
				t.Fatalf("%q of %q is wider than %d", line, text, width)
			}
		}
	})
}
