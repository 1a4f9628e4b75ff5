package grafana

import (
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
		fence, _, _ := strings.Cut(block, "\n")
		if strings.Count(block, fence) != 2 {
			t.Errorf("%s: the block of code ends within", name)
		}
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
