package push

import (
	"context"
	"errors"
	"testing"
)

// TestLate ends a push in which a change had no answer in time, also when Grafana answers
// the look: what comes next would wait as long.
func TestLate(t *testing.T) {
	t.Parallel()
	late := &unsureError{&UnreachableError{&UnansweredError{answerTime}}}
	for _, there := range []bool{false, true} {
		err := (&Client{}).settled(t.Context(), late, func(context.Context) (bool, error) { return there, nil })
		if _, down := errors.AsType[*UnreachableError](err); down == there {
			t.Errorf("done: %t: %v", there, err)
		}
	}
}
