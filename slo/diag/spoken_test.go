package diag_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo/diag"
)

// place is no phrase and no error, but can be said as one.
type place string

func (p place) String() string      { return "file " + string(p) }
func (p place) Phrase() diag.Phrase { return diag.Say("file %s", string(p)) }

// TestSpoken says errors in another language, by themselves, within others and within phrases.
func TestSpoken(t *testing.T) {
	t.Parallel()
	french := diag.Language{"find %s (%v)": "%s introuvable (%v)", "%v; nothing is done": "%v ; rien n'est fait", "file %s": "le fichier %s", "fond (%v)": "friand (%v)"}
	short := diag.Say("fond (%v)", fs.ErrNotExist).Err()
	lost := diag.Say("find %s (%v)", place("a"), fs.ErrNotExist).Err()
	for _, test := range []struct {
		err             error
		english, french string
	}{
		{lost, "find file a (file does not exist)", "le fichier a introuvable (file does not exist)"},
		{fmt.Errorf("twice: %w!", lost), "twice: find file a (file does not exist)!", "twice: le fichier a introuvable (file does not exist)!"},
		{fmt.Errorf("fond (file does not exist): %w", short), "fond (file does not exist): fond (file does not exist)", "fond (file does not exist): friand (file does not exist)"},
		{fs.ErrNotExist, "file does not exist", "file does not exist"},
		{diag.Say("%v; nothing is done", lost).Err(), "find file a (file does not exist); nothing is done", "le fichier a introuvable (file does not exist) ; rien n'est fait"},
	} {
		phrase := diag.Of(test.err)
		if got := phrase.String(); got != test.english || test.err.Error() != test.english {
			t.Errorf("got %q, and the error %q, want %q", got, test.err, test.english)
		}
		if got := phrase.In(french); got != test.french {
			t.Errorf("got %q, want %q", got, test.french)
		}
		if !errors.Is(test.err, fs.ErrNotExist) {
			t.Errorf("%v wraps no error", test.err)
		}
	}
	if err := errors.Unwrap(diag.Say("alone").Err()); err != nil {
		t.Errorf("wraps %v", err)
	}
	if twice := diag.Say("alone").Err(); errors.Is(twice, diag.Say("alone").Err()) || !errors.Is(twice, twice) {
		t.Error("an error is another one, or not itself")
	}
}

// TestPhraseShowsOnlyItsText formats a phrase of which an edit hides something.
func TestPhraseShowsOnlyItsText(t *testing.T) {
	t.Parallel()
	phrase := diag.Say("the key %s is wrong", "NRAK-1").Edited(func(text string) string { return strings.ReplaceAll(text, "NRAK-1", "…") })
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
		for _, shown := range []any{phrase, &phrase, []diag.Phrase{phrase}, struct{ Phrase diag.Phrase }{phrase}} {
			if got := fmt.Sprintf(verb, shown); strings.Contains(got, "NRAK") {
				t.Errorf("%s of %T shows %s", verb, shown, got)
			}
		}
	}
	if got := fmt.Sprintf("%-5s|%q", diag.Say("a"), diag.Say("b")); got != `a    |"b"` {
		t.Errorf("got %s", got)
	}
}
