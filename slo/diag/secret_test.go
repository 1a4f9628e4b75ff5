package diag_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo/diag"
)

func TestFindSecrets(t *testing.T) {
	t.Parallel()
	type part struct {
		Kept, Hidden string
		Certain      bool
	}
	tests := map[string][]part{
		"nothing: NRAK, NRQL-a, xoxb, trace 4bf92f3577b34da6": nil,
		"key NRAK-ABC_1, and NRII-x":                          {{"NRAK-", "ABC_1", true}, {"NRII-", "x", true}},
		"0123456789abcdef0123456789abcdef0123NRAL":            {{"", "0123456789abcdef0123456789abcdef0123NRAL", true}},
		"https://hooks.slack.com/services/T0/B0/x now":        {{"https://hooks.slack.com/", "services/T0/B0/x", true}},
		"xoxb-1234567890-a":                                   {{"xoxb-", "1234567890-a", true}},
		"https://me:secret@host/":                             {{"://", "me:secret@", true}},
		"'0123456789abcdef0123456789abcdef'":                  {{"", "0123456789abcdef0123456789abcdef", false}},
		"R0123456789ABCDEFGHIJKLMNOPQRSTU":                    {{"", "R0123456789ABCDEFGHIJKLMNOPQRSTU", false}},
		// Words, however long.
		"aaaabbbbccccddddaaaabbbbccccddddaaaabbbbccccddddaaaabbbbccccdddd RELIABILITYRELIABILITYRELIABILIT": nil,
	}
	for text, want := range tests {
		var got []part
		for _, s := range diag.FindSecrets(text) {
			got = append(got, part{text[s.Start:max(s.Start, s.Kept)], text[max(s.Start, s.Kept):s.End], s.Certain})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestHiddenSecrets(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"apiKey: {env: NEW_RELIC_API_KEY}, or {file: NAME}":       nil,
		"apiKey: ${NEW_RELIC_API_KEY}":                            nil,
		"webhook:\n  url: https://x/\n  hmacKey: {file: a/b}\nx:": nil,
		"apiKey:\nregion: EU":                                     nil,
		"did you mean `apiKey`? token = 'expired'":                nil,
		"- apiKey: a b # c\n  region: EU":                         {"a b"},
		"{apiKey: a, region: EU}":                                 {"a"},
		"api_key:\n  env: a\n  value: 'b'\nregion: EU":            {"a", "b"},
		`{"hmacKey": "a\"b", "x": 1}`:                             {`a\"b`},
		"apiKey: {env: A=b, file: x y, url: u} # token: c":        {"A=b", "x y", "c"},
		"+    webhook: [a, {value: b}]\n+    x: y":                {"a", "b"},
		"password:\nab\ncd: e":                                    {"ab"},
		"https://x/?token=a&b=c":                                  {"a"},
		"apiKey: NRAK-A b":                                        {"A b"},
	}
	for text, want := range tests {
		var got []string
		for _, s := range diag.HiddenSecrets(text) {
			got = append(got, text[s.Kept:s.End])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	for _, part := range []string{"token: ", "token: {", "token: [", "token:\n", "token: \"", "token: x, "} {
		diag.HiddenSecrets(strings.Repeat(part, 20_000)) // ends soon
	}
}

func FuzzHiddenSecrets(f *testing.F) {
	for _, text := range []string{"apiKey: {env: A=b, [c", "x_key:\n - '\\", "token: \"\\", "token: *", "password: &a !!b {#"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, s := range diag.HiddenSecrets(text) {
			if s.Start < at || s.Kept < s.Start || s.End < s.Kept || s.End > len(text) {
				t.Fatalf("%q: %+v behind %d", text, s, at)
			}
			at = s.End
		}
	})
}
