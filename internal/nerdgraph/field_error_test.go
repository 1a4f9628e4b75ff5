package nerdgraph

import "testing"

func TestUnder(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		path []any
		want bool
	}{
		{nil, true},
		{[]any{"actor"}, true},
		{[]any{"actor", "account"}, true},
		{[]any{"actor", "account", "q1"}, true},
		{[]any{"actor", "account", "q1", "results", 0.0}, true},
		{[]any{"actor", "account", "q10"}, false},
		{[]any{"actor", "account", "q"}, false},
		{[]any{"actor", "user"}, false},
		{[]any{"q1"}, false},
		{[]any{1.0, nil}, false},
	} {
		if got := (FieldError{Path: test.path}).Under("actor", "account", "q1"); got != test.want {
			t.Errorf("an error at %v is under actor, account, q1: got %t, want %t", test.path, got, test.want)
		}
	}
}
