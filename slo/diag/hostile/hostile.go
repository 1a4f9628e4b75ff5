// Package hostile has texts that could do harm where findings and messages are
// shown: in a terminal, in a log of continuous integration, in a JSON document, in a
// chat. Whatever shows texts of others is tested with all of them.
package hostile

import "strings"

// Key looks like a key of New Relic.
const Key = "NRAK-0123456789ABCDEFGHIJKLMNOPQ"

// Texts returns the texts by what they try.
func Texts() map[string]string {
	return map[string]string{
		"escape sequences":  "\x1b[2J\x1b]0;title\x07",
		"control bytes":     "a\x00b\x08\x7f\u0085\u009b31m",
		"bidi":              "admin\u202e\u2066 // \u2069",
		"line breaks":       "a\nb\r\nc\rd\u2028e\u2029f\vg\fh",
		"workflow command":  "\n::error file=x.go,line=1::owned",
		"command, no break": "::error::owned %0A::warning::too",
		"command v1":        "##[error]owned",
		"logging command":   "a ##vso[task.setvariable variable=PATH]/evil",
		"escaped already":   "%0A%0D%25%3A%2C &lt;!here&gt; &amp;amp;",
		"separators":        "a:b,c=d::e",
		"markup":            "[click](https://evil.example) <script>alert(1)</script> <!channel> {0} {{x}}",
		"mentions":          "<!here><!channel|all> <@U012AB3CD> <#C012AB3CD> <!subteam^S1> @here @channel @everyone",
		"links":             "<https://evil.example|Runbook> https://evil.example/ <mailto:a@evil.example|b>",
		"letters":           "*bold* _thin_ ~gone~ `code` ```block``` :bomb: :+1: > quote\n> quote",
		"template":          `{{ .Secret }} {{template "x" .}} {{{ $x }}} ${HOME} $(id) %s %n`,
		"json":              `","severity":"none","x":["` + "\\u0000\\",
		"key":               Key,
		"invalid UTF-8":     "a\xff\xc3(",
		"very long":         strings.Repeat("x:,%", 50_000),
		"very long, wide":   strings.Repeat("決済<&🧨", 4_000),
		"empty":             "",
	}
}
