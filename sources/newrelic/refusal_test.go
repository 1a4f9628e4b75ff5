package newrelic

import (
	"errors"
	"testing"
	"time"
)

// TestRefusalFromTheFuture was noted by a clock that was ahead: it holds nothing
// up once the clock is right.
func TestRefusalFromTheFuture(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	r := &refusal{at, errors.New("NRQL Syntax Error")}
	for _, test := range []struct {
		now   time.Time
		waits bool
	}{
		{at, true},
		{at.Add(askAgain - time.Second), true},
		{at.Add(askAgain), false},
		{at.Add(-72 * time.Hour), false},
	} {
		if err := r.wait(test.now); (err != nil) != test.waits {
			t.Errorf("at %v the error is %v", test.now, err)
		}
	}
}
