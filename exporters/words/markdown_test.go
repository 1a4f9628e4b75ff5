package words

import (
	"strings"
	"testing"
)

// TestMarkdown escapes what means something, and leaves the rest readable.
func TestMarkdown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                     "",
		"Pay with the app's barcode":           "Pay with the app's barcode",
		"バーコードで払う":                             "バーコードで払う",
		"checkout/pay-by-card, 99.9% 28d":      "checkout/pay-by-card, 99.9% 28d",
		"burns at 16.8 (factor 14.4)":          "burns at 16.8 (factor 14.4)",
		"**bold** _it_ `code` ~~gone~~":        `\*\*bold\*\* \_it\_ \` + "`code\\`" + ` \~\~gone\~\~`,
		"# title":                              `\# title`,
		"- item - more":                        `\- item - more`,
		"+ item":                               `\+ item`,
		"1. item 2. more":                      `1\. item 2. more`,
		"12) item":                             `12\) item`,
		"1.5 items":                            "1.5 items",
		"2026.":                                `2026\.`,
		"===":                                  `\===`,
		"--- ":                                 `\---`,
		"> quote":                              `\> quote`,
		"a | b":                                `a \| b`,
		"a\nb\r\n\r\n# c":                      `a b \# c`,
		"\n\n    code":                         "code",
		"[click](https://evil.example)":        `\[click\](https\://evil.example)`,
		"![image](x)":                          `\!\[image\](x)`,
		"<script>alert(1)</script>":            `\<script\>alert(1)\</script\>`,
		"<!-- gone":                            `\<\!-- gone`,
		"&lt;b&gt; &#64;":                      `\&lt;b\&gt; \&\#64;`,
		"https://evil.example www.evil.x":      `https\://evil.example www\.evil.x`,
		"WWW.evil":                             `WWW\.evil`,
		"@everyone me@example.com":             "@\u2060everyone me@\u2060example.com",
		`\*`:                                   `\\\*`,
		"$x^2$ {{x}}":                          `\$x\^2\$ \{\{x\}\}`,
		"a\x1b[2J\u202eb":                      "a�\\[2J�b",
		"key NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZA": "key NRAK-…",
		"a\xffb":                               "a�b",
	} {
		if got := Markdown(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestMarkdownLinks links to the web only, and lets nothing out of the address.
func TestMarkdownLinks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ title, address, want string }{
		{"Wiki", "https://wiki.example.com/a?b=c&d=e", "[Wiki](https://wiki.example.com/a?b=c&d=e)"},
		{"", "http://wiki.example.com/", "[wiki.example.com](http://wiki.example.com/)"},
		{"a](b", "https://x.example/(a)_<b>|c`[d]", `[a\](b](https://x.example/%28a%29%5F%3Cb%3E%7Cc%60%5Bd%5D)`},
		{"run", "javascript:alert(1)", "run: javascript:alert(1)"},
		{"run", "JaVaScRiPt://x/%0aalert(1)", `run: JaVaScRiPt\://x/%0aalert(1)`},
		{"in", "https://me:secret@x.example/", `in: https\://…x.example/`},
		{"bad", "http://[::1", `bad: http\://\[::1`},
		{"none", "/relative", "none: /relative"},
		{"break", "https://x.example/a b\nc", `break: https\://x.example/a b c`},
	} {
		got := MarkdownLink(test.title, test.address)
		if got != test.want {
			t.Errorf("%q to %q: got %q, want %q", test.title, test.address, got, test.want)
		}
		if strings.Contains(got, "secret") {
			t.Errorf("got %q", got)
		}
	}
}
