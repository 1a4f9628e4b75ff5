package push

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/internal/secret"
)

// TestLate ends a push in which a change had no answer in time, also when it was done and
// Grafana answers the look: what comes next would wait as long.
func TestLate(t *testing.T) {
	t.Parallel()
	late := &unsureError{&UnreachableError{&UnansweredError{answerTime}}}
	for _, there := range []bool{false, true} {
		err := (&Client{}).settled(t.Context(), late, func(context.Context) (bool, error) { return there, nil })
		_, down := errors.AsType[*UnreachableError](err)
		item := Item{Action: Create}
		ends := item.end(err)
		if !down || ends == nil || item.Done != there || (item.Err == nil) != there {
			t.Errorf("done: %t: %v, and of the item %t, %v", there, ends, item.Done, item.Err)
		}
	}
}

// TestUnsure wants no doubt about a request that changes nothing.
func TestUnsure(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]roundTrip{
		"cut": func(*http.Request) (*http.Response, error) { return nil, io.EOF },
		"a page": func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("<html>"))}, nil
		},
		"a list": func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("[1]"))}, nil
		},
	} {
		c, err := NewClient(ClientOptions{URL: "http://grafana.test", Secret: secret.Of("glsa_0123456789")})
		if err != nil {
			t.Fatal(err)
		}
		Over(c, answer)
		_, err = c.dashboard(t.Context(), "pay")
		if _, unsure := errors.AsType[*unsureError](err); unsure || err == nil {
			t.Errorf("%s: reading is unsure: %t: %v", name, unsure, err)
		}
		err = c.remove(t.Context(), &Item{UID: "pay"})
		if err == nil || !strings.Contains(err.Error(), "whether Grafana has done it is not known") {
			t.Errorf("%s: changing: %v", name, err)
		}
	}
}

// roundTrip answers requests that have a connection.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) {
	httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
	return f(r)
}
