package diag_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/slo/diag"
)

// german turns words around, and has Japanese in it for the sake of its blanks.
var german = diag.Language{
	"%s must be %s, not %q": "%[3]q ist nicht %[2]s: %[1]s",
	"a number":              "eine Zahl",
	"write %s":              "schreibe %s",
	"%s of %s":              "%s の %s です",
	"the step":              "ステップ",
}

func TestPhraseIn(t *testing.T) {
	t.Parallel()
	number := diag.Say("a number")
	tests := []struct {
		name            string
		phrase          diag.Phrase
		english, german string
	}{
		{"nothing", diag.Phrase{}, "", ""},
		{"verbatim", diag.Verbatim("a number, 100%"), "a number, 100%", "a number, 100%"},
		{"no arguments", number, "a number", "eine Zahl"},
		{"another order", diag.Say("%s must be %s, not %q", "at", number, "x"), "at must be a number, not \"x\"", "\"x\" ist nicht eine Zahl: at"},
		{"a phrase in a phrase in a phrase", diag.Say("write %s", diag.Say("write %s", number)), "write write a number", "schreibe schreibe eine Zahl"},
		{"not in the language", diag.Say("keep %d%% of %s", 2, number), "keep 2% of a number", "keep 2% of eine Zahl"},
		{"an error", diag.Say("write %v", errors.New("a number")), "write a number", "write a number"},
		{"names", diag.Say("%s of %s", "pay", "sli"), "pay of sli", "pay の sli です"},
		{"no blanks between Japanese letters", diag.Say("%s of %s", diag.Say("the step"), diag.Say("the step")), "the step of the step", "ステップのステップです"},
		{"blanks of names stay", diag.Say("%s of %s", diag.Verbatim("ス テ"), "ス テ"), "ス テ of ス テ", "ス テの ス テ です"},
		{"things", diag.Joined([]string{"a", "b"}), "a, b", "a, b"},
		{"one thing", diag.Joined([]string{"a"}), "a", "a"},
		{"no things", diag.Joined[string](nil), "", ""},
		{"phrases", diag.Joined([]diag.Phrase{number, diag.Say("the step")}), "a number, the step", "eine Zahl、ステップ"},
		{"Japanese phrases", diag.Joined([]diag.Phrase{diag.Say("the step"), diag.Say("the step")}), "the step, the step", "ステップ、ステップ"},
		{"Japanese phrases and others", diag.Joined([]diag.Phrase{diag.Verbatim("a"), diag.Say("the step"), diag.Verbatim("b"), diag.Verbatim("c")}), "a, the step, b, c", "a、ステップ、b、c"},
		{"inflected", number.Inflected("numbers"), "numbers", "eine Zahl"},
		{"inflected within", diag.Say("write %s", number.Inflected("numbers")), "write numbers", "schreibe eine Zahl"},
		{"edited", diag.Say("write %s", number).Edited(strings.ToUpper), "WRITE A NUMBER", "SCHREIBE EINE ZAHL"},
		{"edited twice", number.Edited(strings.ToUpper).Edited(func(s string) string { return s + "!" }), "A NUMBER!", "EINE ZAHL!"},
		{"edited verbatim", diag.Verbatim("at").Edited(strings.ToUpper), "AT", "AT"},
		{"edited within", diag.Say("write %s", number.Edited(strings.ToUpper)), "write A NUMBER", "schreibe EINE ZAHL"},
	}
	for _, tt := range tests {
		if got := tt.phrase.String(); got != tt.english {
			t.Errorf("%s: String() = %q, want %q", tt.name, got, tt.english)
		}
		if got := tt.phrase.In(nil); got != tt.english {
			t.Errorf("%s: In(nil) = %q, want %q", tt.name, got, tt.english)
		}
		if got := tt.phrase.In(german); got != tt.german {
			t.Errorf("%s: In(german) = %q, want %q", tt.name, got, tt.german)
		}
		if tt.phrase.Empty() != (tt.english == "") || !tt.phrase.Equal(diag.Verbatim(tt.english)) {
			t.Errorf("%s: Empty() = %t, and is not equal to what it says", tt.name, tt.phrase.Empty())
		}
	}
}
