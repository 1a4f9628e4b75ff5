package dialogue_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/dialogue"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/hostile"
)

// talk has a dialogue with what is typed, and returns what the terminal shows without an
// echo, each answer's place being marked.
func talk(t *testing.T, typed string, options dialogue.Options, with func(*dialogue.Dialogue) (string, error)) (answer, screen string, err error) {
	t.Helper()
	if options.Width == 0 {
		options.Width = 60
	}
	var out bytes.Buffer
	answer, err = with(dialogue.New(strings.NewReader(typed), &out, options))
	return answer, strings.ReplaceAll(out.String(), "> ", "> ↵\n"), err
}

func short(answer string) (string, error) {
	if answer == "" || len(answer) > 5 {
		return "", errors.New("write one to five letters, since more than that does not fit into the table")
	}
	return strings.ToUpper(answer), nil
}

// TestAsk asks until the answer is right, and says what is wrong.
func TestAsk(t *testing.T) {
	t.Parallel()
	ask := func(d *dialogue.Dialogue) (string, error) {
		return d.Ask(dialogue.Question{Text: "What is it called?", Help: "A word.", Default: "usual", Check: short})
	}
	tests := map[string]struct{ typed, want, screen string }{
		"right":   {"ab\n", "AB", "\nWhat is it called?\nA word.\n[usual] > ↵\n"},
		"default": {" \n", "USUAL", "\nWhat is it called?\nA word.\n[usual] > ↵\n"},
		"wrong": {
			"abcdef\nc\n", "C",
			"\nWhat is it called?\nA word.\n[usual] > ↵\n! write one to five letters, since more than that does not\n  fit into the table\n[usual] > ↵\n",
		},
		"without an end of line": {"ab", "AB", "\nWhat is it called?\nA word.\n[usual] > ↵\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, screen, err := talk(t, test.typed, dialogue.Options{Locale: slo.English}, ask)
			if diff := cmp.Diff(test.screen, screen); diff != "" || answer != test.want || err != nil {
				t.Errorf("got %q, error %v (-want +got):\n%s", answer, err, diff)
			}
		})
	}
}

// TestEnd is an end before the answer, and other failures are those of the terminal.
func TestEnd(t *testing.T) {
	t.Parallel()
	ask := func(d *dialogue.Dialogue) (string, error) {
		return d.Ask(dialogue.Question{Text: "What?", Check: short})
	}
	if _, screen, err := talk(t, "", dialogue.Options{}, ask); !errors.Is(err, dialogue.ErrEnded) || !strings.HasSuffix(screen, "> ↵\n\n") {
		t.Errorf("error %v, shown %q", err, screen)
	}
	if _, _, err := talk(t, "much too long", dialogue.Options{}, ask); !errors.Is(err, dialogue.ErrEnded) {
		t.Errorf("error %v", err)
	}
	hungUp := errors.New("hung up")
	if _, err := ask(dialogue.New(io.MultiReader(strings.NewReader("ab"), broken{hungUp}), io.Discard, dialogue.Options{})); !errors.Is(err, hungUp) {
		t.Errorf("error %v", err)
	}
	if _, err := ask(dialogue.New(strings.NewReader("ab\n"), broken{hungUp}, dialogue.Options{})); !errors.Is(err, hungUp) {
		t.Errorf("error %v", err)
	}
}

// broken fails at everything.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error)  { return 0, b.err }
func (b broken) Write([]byte) (int, error) { return 0, b.err }

// TestConfirm takes yes and no in both languages.
func TestConfirm(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]bool{"\n": false, "y\n": true, "Yes\n": true, "no\n": false, "はい\n": true, "いいえ\n": false, "perhaps\ny\n": true} {
		for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
			_, _, err := talk(t, typed, dialogue.Options{Locale: locale}, func(d *dialogue.Dialogue) (string, error) {
				got, err := d.Confirm("Another one?", false)
				if got != want {
					t.Errorf("%q in %s: got %t", typed, locale, got)
				}
				return "", err
			})
			if err != nil {
				t.Errorf("%q: %v", typed, err)
			}
		}
	}
}

func numbered(n int) []dialogue.Option {
	var options []dialogue.Option
	for i := range n {
		options = append(options, dialogue.Option{Value: fmt.Sprintf("api-%02d", i+1), Note: "many"})
	}
	return options
}

// TestChoose takes a number or a name; a part of one narrows the list down, and Enter
// turns the page.
func TestChoose(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		n           int
		usual       string
		other       bool
		typed, want string
		holds       []string // on the screen
		lacks       string
	}{
		"number":                   {3, "", false, "2\n", "api-02", []string{"2  api-02 (many)\n", "Write a number.\n"}, "Enter"},
		"name":                     {3, "", false, "api-03\n", "api-03", nil, "nothing"},
		"default":                  {3, "api-02", false, "\n", "api-02", []string{"[api-02] > "}, "Enter"},
		"in capitals":              {3, "", false, "API-03\n", "api-03", nil, "nothing"},
		"narrowed to one":          {3, "api-01", false, "i-03\n\n", "api-03", []string{"[api-03] > "}, ""},
		"no such number":           {3, "", false, "7\n0\n-1\n1\n", "api-01", []string{"! nothing in the list holds 7\n", "holds -1"}, ""},
		"a part":                   {30, "", false, "-2\n3\n", "api-22", []string{" 1  api-20 (many)\n", "10  api-29 (many)\n"}, "api-30"},
		"in other letters":         {30, "", false, "PI-21\n\n", "api-21", []string{"[api-21] > "}, ""},
		"the only one":             {1, "", false, "\n", "api-01", []string{"[api-01] > "}, "Enter"},
		"next page":                {25, "", false, "\n\n23\n", "api-23", []string{"20  api-20", "25  api-25", "of 15 more", "of 5 more", "all of them again"}, ""},
		"around":                   {12, "", false, "\n\n1\n", "api-01", []string{"12  api-12"}, ""},
		"all again":                {25, "", false, "-0\n\n25\n", "", []string{"again"}, ""},
		"something else":           {12, "", true, "=new\n", "NEW", []string{"or = and what is not in the list"}, ""},
		"else, said without =":     {3, "", true, "new\n=new\n", "NEW", []string{"write =new if you mean it all the same"}, ""},
		"else, and wrong":          {3, "", true, "=much too long\n=new\n", "NEW", []string{"! write one to five letters"}, ""},
		"a part, all the same":     {12, "", true, "=api\n", "API", nil, "nothing"},
		"nothing else may be":      {3, "", false, "=new\n1\n", "api-01", []string{"holds =new"}, ""},
		"a name that is a number":  {3, "", true, "=2\n", "2", nil, ""},
		"not there on other pages": {25, "", false, "xyz\n13\n", "api-13", []string{"holds xyz"}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := dialogue.Choice{Text: "Which one?", Options: numbered(test.n), Default: test.usual}
			if test.other {
				c.Other = short
			}
			answer, screen, err := talk(t, test.typed, dialogue.Options{Locale: slo.English, Width: 120}, func(d *dialogue.Dialogue) (string, error) { return d.Choose(c) })
			if test.want == "" { // the list was narrowed to nine, so that 25 is none of them at first
				test.want = "api-25"
			}
			if answer != test.want || err != nil {
				t.Errorf("got %q, error %v:\n%s", answer, err, screen)
			}
			for _, text := range test.holds {
				if !strings.Contains(screen, text) {
					t.Errorf("the screen lacks %q:\n%s", text, screen)
				}
			}
			if test.lacks != "" && strings.Contains(screen, test.lacks) {
				t.Errorf("the screen has %q:\n%s", test.lacks, screen)
			}
		})
	}
}

// TestLabels shows another text than is chosen, and takes it as an answer as well.
func TestLabels(t *testing.T) {
	t.Parallel()
	c := dialogue.Choice{Text: "Which one?", Options: []dialogue.Option{{Label: "all of them"}, {Value: "a", Label: "a: the first"}, {Value: "b"}}}
	for typed, want := range map[string]string{"1\n": "", "all of them\n": "", "a\n": "a", "a: the first\n": "a", "first\n\n": "a"} {
		answer, screen, err := talk(t, typed, dialogue.Options{Locale: slo.English}, func(d *dialogue.Dialogue) (string, error) { return d.Choose(c) })
		if answer != want || err != nil || !strings.Contains(screen, "1  all of them\n2  a: the first\n3  b\n") {
			t.Errorf("%q: got %q, error %v:\n%s", typed, answer, err, screen)
		}
	}
}

// TestWidth keeps to narrow terminals, and says everything there.
func TestWidth(t *testing.T) {
	t.Parallel()
	for _, width := range []int{1, 20, 40} {
		for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
			c := dialogue.Choice{Text: "Where is it measured, and why there?", Help: "As close to the user as can be.", Options: numbered(12), Other: short}
			_, screen, err := talk(t, "none of it\n\n=new\n", dialogue.Options{Locale: locale, Width: width}, func(d *dialogue.Dialogue) (string, error) {
				d.Say("A few words before.")
				return d.Choose(c)
			})
			if err != nil || !strings.Contains(strings.Join(strings.Fields(screen), " "), "Where is it measured, and why there?") {
				t.Errorf("error %v:\n%s", err, screen)
			}
			for line := range strings.Lines(screen) {
				if term.Width(strings.TrimRight(line, "\n")) > max(width, 20)+4 {
					t.Errorf("%d columns, and a line is %q", width, line)
				}
			}
		}
	}
}

// TestColor makes questions bold, and nothing else, and only where that is wanted.
func TestColor(t *testing.T) {
	t.Parallel()
	ask := func(d *dialogue.Dialogue) (string, error) {
		return d.Ask(dialogue.Question{Text: "What?", Help: "A word.", Check: short})
	}
	_, plain, _ := talk(t, "a\n", dialogue.Options{}, ask)
	_, colored, _ := talk(t, "a\n", dialogue.Options{Color: true}, ask)
	if strings.Contains(plain, "\x1b") || strings.Replace(plain, "What?", "\x1b[1mWhat?\x1b[0m", 1) != colored {
		t.Errorf("got %q and %q", plain, colored)
	}
}

// TestHostile moves no cursor with what others wrote, nor with what was typed.
func TestHostile(t *testing.T) {
	t.Parallel()
	for name, text := range hostile.Texts() {
		c := dialogue.Choice{Text: text, Help: text, Options: []dialogue.Option{{Value: text, Note: text}, {Value: "b"}}}
		typed := strings.ReplaceAll(text, "\n", " ") + "\nb\n"
		_, screen, err := talk(t, typed, dialogue.Options{Locale: slo.English}, func(d *dialogue.Dialogue) (string, error) {
			d.Say("%s", text)
			return d.Choose(c)
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.ContainsAny(screen, "\x1b\x07\x00\x08\r\u202e") || !utf8.ValidString(screen) || strings.Contains(screen, hostile.Key) {
			t.Errorf("%s: shown %.300q", name, screen)
		}
	}
}
