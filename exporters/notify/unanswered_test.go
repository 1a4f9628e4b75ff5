package notify

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// TestUnanswered tells a receiver that may have taken a message from one that has
// not.
func TestUnanswered(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(nil)
	closed.Close()
	for _, c := range []struct {
		name    string
		address string // that of answer when it is ""
		answer  http.HandlerFunc
		want    bool
	}{
		{"refused connection", closed.URL, nil, false},
		{"error", "", answering(http.StatusInternalServerError, "sorry"), false},
		{"throttled", "", throttling("1"), false},
		{"hung up", "", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, true},
		{"no answer", "", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			address := c.address
			if c.answer != nil {
				address = newReceiver(t, c.answer).URL
			}
			sink := Open(notifierOf("webhook", address, slo.English), secretsOf(address), Options{Timeout: 500 * time.Millisecond})
			err := sink.Send(t.Context(), deliveryOf(aboutStep()))
			if _, got := errors.AsType[*UnansweredError](err); got != c.want || err == nil {
				t.Errorf("got %t, want %t: %v", got, c.want, err)
			}
		})
	}
}
