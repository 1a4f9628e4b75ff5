package grafana

import (
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo/diag/hostile"
)

// variables are what Grafana replaces in texts.
var variables = regexp.MustCompile(`\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?}|\{\{`)

// TestTextsOfSpecsAreOnlyText has texts that try to be more, as they are written and as
// they are read after the Markdown is gone.
func TestTextsOfSpecsAreOnlyText(t *testing.T) {
	t.Parallel()
	texts := hostile.Texts()
	texts["variables"] = "$owner ${owner} ${owner:raw} [[owner]] [[[owner]]] $__from {{{x}}} costs $5 $$owner ${__data.fields.x}"
	texts["fence"] = "a\n```\n# b\n````\nc"
	unescape := regexp.MustCompile(`\\([[:punct:]])`)
	for name, text := range texts {
		for sink, shown := range map[string]string{"Markdown": escaped(text), "title": plain(text), "code": codeBlock(text), "link": link(text, "https://x.example/?q="+text)} {
			if found := variables.FindString(shown); found != "" {
				t.Errorf("%s as %s: %q would be replaced", name, sink, found)
			}
			if found := variables.FindString(unescape.ReplaceAllString(shown, "$1")); found != "" {
				t.Errorf("%s as %s: %q would be replaced after Markdown is read", name, sink, found)
			}
			if !utf8.ValidString(shown) || strings.ContainsAny(shown, "\x00\x1b\u202e\u2028\r") {
				t.Errorf("%s as %s: characters that are not shown are left: %q", name, sink, cut(shown, 200))
			}
			if sink != "code" && strings.Contains(shown, "\n") {
				t.Errorf("%s as %s: more than one line", name, sink)
			}
		}
		if got := utf8.RuneCountInString(plain(text)); got > 189 {
			t.Errorf("%s: a title of %d characters", name, got)
		}
		block := codeBlock(text)
		code, begins := strings.CutPrefix(block, "<pre><code>")
		code, ends := strings.CutSuffix(code, "</code></pre>")
		if !begins || !ends || strings.ContainsAny(code, "<>") || strings.Contains(html.UnescapeString(code), "\u2060") != strings.Contains(text, "\u2060") {
			t.Errorf("%s: the block of code ends within, or has what nobody wrote: %q", name, cut(block, 200))
		}
	}
}

// TestCodeIsCopiedAsItWasWritten, with all that would be a variable or markup.
func TestCodeIsCopiedAsItWasWritten(t *testing.T) {
	t.Parallel()
	const code = "FROM Log SELECT count(*)\n\nWHERE a RLIKE r'^[[a-z]]{{2}}$x|${y}' AND b < 1 AND c > 2 -- & &lt; $$ ``` **b** </code></pre> \\$z"
	block := codeBlock(code)
	copied := html.UnescapeString(strings.TrimSuffix(strings.TrimPrefix(block, "<pre><code>"), "</code></pre>"))
	if copied != code {
		t.Errorf("got %q, want %q", copied, code)
	}
	if found := variables.FindString(block); found != "" {
		t.Errorf("%q would be replaced", found)
	}
}

func TestPlainTextsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Pay with the app's barcode", "決済が完了した割合", "costs 5 $ or US$ 5", "a[0]"} {
		if got := plain(text); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
}
