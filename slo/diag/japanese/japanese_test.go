package japanese_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/japanese"
)

// TestEveryPhraseHasItsJapanese compares the language with the source: nothing is
// missing, and nothing is left over from phrases that are gone.
func TestEveryPhraseHasItsJapanese(t *testing.T) {
	t.Parallel()
	formats, language := said(t), japanese.Language()
	if len(formats) < 500 {
		t.Fatalf("only %d formats were found", len(formats))
	}
	for format, place := range formats {
		if _, known := language[format]; !known && !sameInAll(format) {
			t.Errorf("%s: %q has no Japanese", place, format)
		}
	}
	for format := range language {
		if formats[format] == "" {
			t.Errorf("%q has Japanese, and no phrase says it", format)
		}
	}
}

// sameInAll reports whether a format holds nothing to translate.
func sameInAll(format string) bool {
	words := strings.NewReplacer("NRQL", "", "YAML", "").Replace(verb.ReplaceAllString(format, ""))
	return !strings.ContainsFunc(words, unicode.IsLetter)
}

// verb matches a verb of package fmt: its flags, its index and its letter.
var verb = regexp.MustCompile(`%([-+ 0]*[\d.]*)(?:\[(\d+)\])?([a-zA-Z]|%)`)

// TestVerbsAgree demands the same arguments, written in the same way, of both sides.
func TestVerbsAgree(t *testing.T) {
	t.Parallel()
	for format, text := range japanese.Language() {
		english, translated := verbs(format), verbs(text)
		if format == "%s %d has no day %d" { // the name of a month, or its number
			english[0] = "1 d"
		}
		if strings.Contains(verb.ReplaceAllString(text, ""), "%") {
			t.Errorf("the Japanese of %q holds a %% that is no verb: %q", format, text)
		}
		if !slices.Equal(english, translated) {
			t.Errorf("%q has the verbs %q, and its Japanese %q has %q", format, english, text, translated)
		}
	}
}

// verbs lists the verbs of a format with the numbers of their arguments, each once, in order.
func verbs(format string) []string {
	var list []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[3] == "%" {
			continue
		}
		if m[2] != "" {
			fmt.Sscan(m[2], &next) //nolint:errcheck // digits
		}
		list = append(list, fmt.Sprintf("%d %s", next, m[1]+m[3]))
		next++
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// TestStyle finds blanks where none belong, and full stops and signs of another style.
func TestStyle(t *testing.T) {
	t.Parallel()
	const letters = `[\p{Han}\p{Hiragana}\p{Katakana}ー、。]`
	odd := regexp.MustCompile(letters + ` +` + letters + `|[（）：！？]`)
	for format, text := range japanese.Language() {
		if text == format {
			t.Errorf("%q is not translated", format)
		}
		stops := strings.HasSuffix(format, ".") && !strings.HasSuffix(format, "..")
		if stops != strings.HasSuffix(text, "。") {
			t.Errorf("%q is said in %q: one of them ends with a full stop", format, text)
		}
		if at := odd.FindString(text); at != "" {
			t.Errorf("%q is said in %q: look at %q", format, text, at)
		}
	}
}

func TestPhrasesInJapanese(t *testing.T) {
	t.Parallel()
	language := japanese.Language()
	tests := []struct {
		phrase diag.Phrase
		want   string
	}{
		{diag.Say("%s must be %s, not %s", diag.Say("the step"), diag.Say("a mapping"), diag.Say("a list")), "ステップはリストではなく、マッピングでなければなりません"},
		{diag.Say("%s must be %s, not %s", diag.Verbatim("sli"), diag.Say("a mapping"), diag.Say("a list")), "sli はリストではなく、マッピングでなければなりません"},
		{diag.Say("NRQL: %s", diag.Say("%s, %s", diag.Say("no event can be bad"), diag.Say("as the condition always holds"))), "NRQL: この条件は常に成り立つため、bad になるイベントがありません"},
		{diag.Joined([]diag.Phrase{diag.Say("%d errors", 2), diag.Say("1 warning")}), "エラー 2 件、警告 1 件"},
		{diag.Joined([]string{"a", "b"}), "a, b"},
		{diag.Verbatim("the step"), "the step"},
		{diag.Say("remove it").Edited(strings.ToUpper), "削除してください"},
		{diag.Phrase{}, ""},
	}
	for _, tt := range tests {
		if got := tt.phrase.In(language); got != tt.want {
			t.Errorf("%q is said in %q, want %q", tt.phrase, got, tt.want)
		}
		if got := tt.phrase.In(nil); got != tt.phrase.String() {
			t.Errorf("%q is said in English as %q", tt.phrase, got)
		}
	}
}
