package ledger

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzLine parses anything. What is taken is JSON, and means the same to
// everybody.
func FuzzLine(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` { "a" : "b\n\u00e9" , "c":-12 } `, `{"a":"\ud83d\ude00"}`, `{"a":1,"a":2}`, `{"a":1e3}`, "{\"a\":\"\x01\"}", `{"a":"\`, `{"a":`, `{"a":1}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var l line
		if l.parse(data) != nil {
			return
		}
		got := map[string]any{}
		for _, field := range l.fields {
			if field.quote {
				got[field.key] = l.text(field.key)
			} else {
				got[field.key] = float64(l.number(field.key))
			}
		}
		if l.end() != nil {
			return
		}
		want := map[string]any{}
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatalf("%q was taken: %v", data, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-JSON +line):\n%s", data, diff)
		}
	})
}
