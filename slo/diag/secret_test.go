package diag_test

import (
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
