package nerdgraph

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/secret"
)

// key must reach the server and show itself nowhere else.
const key = "NRAK-0123456789"

const document = `query($n: Int!) { actor { account(id: $n) { a: id } } }`

// server answers every request in one way and counts them.
type server struct {
	*httptest.Server
	requests atomic.Int64
}

func serve(t *testing.T, answer http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// client does not wait between attempts.
func (s *server) client() *Client {
	return unhurried(Options{Endpoint: s.URL + "/graphql", Key: secret.Of(key)})
}

// unhurried returns a client for which no time passes between attempts.
func unhurried(options Options) *Client {
	c := New(options)
	c.sleep = func(context.Context, time.Duration) {}
	return c
}

// answered writes a status and a body.
func answered(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body) //nolint:errcheck // the client's loss
	}
}

// accounts is what the tests ask for.
type accounts struct {
	Actor struct {
		Account map[string]any `json:"account"`
	} `json:"actor"`
}

func ask(ctx context.Context, c *Client) (accounts, []FieldError, error) {
	var data accounts
	answer, err := c.Query(ctx, Call{Document: document, Variables: map[string]any{"n": 7}}, &data)
	return data, answer.Errors, err
}

// checkFailure wants an *Error of one kind that does not hold the key.
func checkFailure(t *testing.T, err error, kind Kind, status int, message string) {
	t.Helper()
	failure, ok := err.(*Error) //nolint:errorlint // the type itself is promised
	if !ok {
		t.Fatalf("got %T %v, want an *Error", err, err)
	}
	if failure.Kind != kind || failure.Status != status {
		t.Errorf("got kind %v, status %d, want %v, %d: %v", failure.Kind, failure.Status, kind, status, err)
	}
	if !strings.Contains(err.Error(), message) {
		t.Errorf("got the error %q, want one with %q", err, message)
	}
	if strings.Contains(strings.ToUpper(fmt.Sprintf("%+v", failure)), key) {
		t.Errorf("the error holds the key: %v", err)
	}
}

func TestQuerySendsTheDocument(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var got struct {
			Query     string         `json:"query"`
			Variables map[string]any `json:"variables"`
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		if got.Query != document || !cmp.Equal(got.Variables, map[string]any{"n": 7.0}) {
			t.Errorf("the server got %+v", got)
		}
		if r.Method != http.MethodPost || r.URL.Path != "/graphql" || r.Header.Get("Api-Key") != key {
			t.Errorf("the server got %s %s with %v", r.Method, r.URL, r.Header)
		}
		answered(http.StatusOK, `{"data":{"actor":{"account":{"a":7,"b":"<&>"}}}}`)(w, r)
	})
	data, fieldErrors, err := ask(t.Context(), s.client())
	if err != nil || len(fieldErrors) > 0 {
		t.Fatalf("got the errors %v, %v", fieldErrors, err)
	}
	if diff := cmp.Diff(map[string]any{"a": 7.0, "b": "<&>"}, data.Actor.Account); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
}

func TestQueryKeepsDataBesideErrors(t *testing.T) {
	t.Parallel()
	s := serve(t, answered(http.StatusOK, `{
		"data": {"actor": {"account": {"q0": {"results": []}, "q1": null, "q10": 1}}},
		"errors": [
			{"message": "NRQL Syntax Error: unexpected 'FORM'", "path": ["actor", "account", "q1"],
			 "locations": [{"line": 1, "column": 2}],
			 "extensions": {"errorClass": "INVALID_INPUT", "errorCode": "NRDB:1102004", "nrqlErrorCode": "NRDB:1102004"}},
			{"message": "slow", "path": ["actor", "account", "q2", "results", 3], "extensions": {"errorClass": "TIMEOUT"}},
			{"message": "later", "path": ["actor", "account", "q3"], "extensions": {"errorClass": "TOO_MANY_REQUESTS"}},
			{"message": "odd", "path": ["actor", "account", "q4"], "extensions": {"errorClass": 7, "errorCode": {}}},
			{"message": "odder", "path": ["actor", "account", "q5"], "extensions": []},
			{"message": "This field is deprecated! Use another.", "path": ["actor", "account", "q0"]}]}`))
	data, fieldErrors, err := ask(t.Context(), s.client())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"q0": map[string]any{"results": []any{}}, "q1": nil, "q10": 1.0}, data.Actor.Account); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
	want := []FieldError{
		{
			"NRQL Syntax Error: unexpected 'FORM'",
			[]any{"actor", "account", "q1"},
			Extensions{ErrorClass: "INVALID_INPUT", ErrorCode: "NRDB:1102004", NRQLErrorCode: "NRDB:1102004"},
		},
		{"slow", []any{"actor", "account", "q2", "results", 3.0}, Extensions{ErrorClass: "TIMEOUT"}},
		{"later", []any{"actor", "account", "q3"}, Extensions{ErrorClass: "TOO_MANY_REQUESTS"}},
		{"odd", []any{"actor", "account", "q4"}, Extensions{}},
		{"odder", []any{"actor", "account", "q5"}, Extensions{}},
	}
	if diff := cmp.Diff(want, fieldErrors); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if got := s.requests.Load(); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

// TestQueryFailures also shows that only what may succeed later is sent again,
// and that the official client adds no attempts of its own.
func TestQueryFailures(t *testing.T) {
	t.Parallel()
	const badKey = `{"errors":[{"extensions":{"error_code":"BAD_API_KEY"},"message":"Bad API Key or no API Key provided"}]}`
	said := func(message string) string { return `{"errors":[{"message":"` + message + `"}]}` }
	for _, test := range []struct {
		name    string
		status  int
		body    string
		tries   int64
		kind    Kind
		message string
	}{
		{"wrong key", 401, badKey, 1, Unauthorized, "refuses the API key (401)"},
		{"wrong key without a body", 401, "", 1, Unauthorized, "refuses the API key (401)"},
		{"wrong key as a success", 200, badKey, 1, Unauthorized, "refuses the API key (200)"},
		{"wrong key as forbidden", 403, badKey, 1, Unauthorized, "refuses the API key (403)"},
		{"wrong key beside data", 200, `{"data":{"actor":null},` + badKey[1:], 1, Unauthorized, "refuses the API key"},
		{"payment required", 402, "", 1, Rejected, "refused the request (402)"},
		{"forbidden", 403, said("not you"), 1, Forbidden, "forbids this (403): not you"},
		{"not found", 404, "<html>", 1, Rejected, "no NerdGraph at /graphql (404)"},
		{"bad request", 400, said("no such field"), 1, Rejected, "refused the request (400): no such field"},
		{"too many", 429, said("at most 25"), 4, RateLimited, "takes no more requests now (429): at most 25"},
		{"too many without a body", 429, "", 4, RateLimited, "(429)"},
		{"too many, all data inspected", 429, said("the account exceeded its limit of inspected data"), 1, Quota, "inspected data"},
		{"a query refused", 400, said("NRQL Syntax Error: no"), 1, InvalidQuery, "refused the request (400): NRQL Syntax Error"},
		{"an account forbidden", 403, said("You are not authorized to query account 7"), 1, NoAccount, "forbids this (403)"},
		{"conflict", 409, "", 1, Rejected, "(409)"},
		{"gateway timeout", 504, "", 4, ServerFault, "failed (504)"},
		{"fault", 500, said("sorry"), 4, ServerFault, "failed (500): sorry"},
		{"not implemented", 501, "", 1, ServerFault, "failed (501)"},
		{"bad gateway", 502, "<html>", 4, ServerFault, "failed (502)"},
		{"unavailable", 503, "", 4, ServerFault, "failed (503)"},
		{"accepted only", 202, `{"data":{}}`, 1, Rejected, "(202)"},
		{"HTML", 200, "<html><body>Sign in</body></html>", 2, Malformed, "is not one of NerdGraph"},
		{"truncated", 200, `{"data":{"actor":{"acc`, 2, Malformed, "cannot be read: its JSON is damaged or breaks off"},
		{"two answers", 200, `{"data":{}}{"data":{}}`, 2, Malformed, "cannot be read: its JSON is damaged or breaks off"},
		{"a list", 200, `[]`, 2, Malformed, "is not one of NerdGraph"},
		{"errors that are none", 200, `{"data":{"actor":{}},"errors":"many"}`, 2, Malformed, "is not one of NerdGraph"},
		{"empty body", 200, "", 2, Malformed, "is not one of NerdGraph"},
		{"null", 200, "null", 2, Malformed, "neither data nor errors"},
		{"nothing", 200, "{}", 2, Malformed, "neither data nor errors"},
		{"null data", 200, `{"data":null}`, 2, Malformed, "neither data nor errors"},
		{"null data and a notice", 200, `{"data":null,"errors":[{"message":"This field is deprecated!"}]}`, 2, Malformed, "neither data nor errors"},
		{"data of another shape", 200, `{"data":{"actor":[]}}`, 1, Malformed, "another shape than expected"},
		{"the key repeated in another case", 400, said("I got " + strings.ToLower(key)), 1, Rejected, "I got [secret]"},
		{"another key", 403, said("not NRAA-9876543210, 0123456789abcdef0123456789abcdefFFFFNRAL"), 1, Forbidden, "not NRAA-…, …"},
		{"the key repeated", 400, said("I got " + key), 1, Rejected, "I got [secret]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, answered(test.status, test.body))
			_, fieldErrors, err := ask(t.Context(), s.client())
			checkFailure(t, err, test.kind, test.status, test.message)
			if len(fieldErrors) > 0 {
				t.Errorf("there are errors beside the failure: %v", fieldErrors)
			}
			if got := s.requests.Load(); got != test.tries {
				t.Errorf("%d requests, want %d", got, test.tries)
			}
		})
	}
}

func TestQueryFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	elsewhere := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the redirect was followed, with the key %q", r.Header.Get("Api-Key"))
	})
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/graphql", status)
		})
		_, _, err := ask(t.Context(), s.client())
		checkFailure(t, err, Rejected, status, "redirects elsewhere")
		if got := s.requests.Load(); got != 1 {
			t.Errorf("status %d: %d requests, want 1", status, got)
		}
	}
	if got := elsewhere.requests.Load(); got != 0 {
		t.Errorf("%d requests elsewhere, want none", got)
	}
}

func TestQueryBoundsTheAnswer(t *testing.T) {
	t.Parallel()
	body := `{"data":{"actor":{"account":{"a":1}}}}`
	s := serve(t, answered(http.StatusOK, body))
	c := s.client()
	if c.maxAnswer != 64<<20 {
		t.Errorf("the bound is %d bytes", c.maxAnswer)
	}
	c.maxAnswer = int64(len(body))
	if data, _, err := ask(t.Context(), c); err != nil || data.Actor.Account["a"] != 1.0 {
		t.Errorf("an answer of just the size: got %v and the error %v", data, err)
	}
	c.maxAnswer--
	_, _, err := ask(t.Context(), c)
	checkFailure(t, err, Malformed, http.StatusOK, fmt.Sprintf("is larger than %d bytes", len(body)-1))

	// A server that never stops is not read to its end.
	endless := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := bytes.Repeat([]byte(" "), 1<<10)
		for {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	c = endless.client()
	c.maxAnswer = 10 << 10
	_, _, err = ask(t.Context(), c)
	checkFailure(t, err, Malformed, http.StatusOK, "is larger than 10240 bytes")
}

func TestQueryThatBreaksOff(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, `{"data":{"actor"`) //nolint:errcheck // breaks off anyway
	})
	_, _, err := ask(t.Context(), s.client())
	checkFailure(t, err, Malformed, http.StatusOK, "breaks off: unexpected EOF")
	if got := s.requests.Load(); got != 2 {
		t.Errorf("%d requests, want 2", got)
	}
}

// silence answers nothing until the client is gone or the test ends.
func silence(t *testing.T, before string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) //nolint:errcheck // only then the server notices that the client goes
		if before != "" {
			io.WriteString(w, before)             //nolint:errcheck // the client's loss
			http.NewResponseController(w).Flush() //nolint:errcheck // as above
		}
		select {
		case <-r.Context().Done():
		case <-t.Context().Done():
		}
	}
}

func TestQueryHoldsItsDeadline(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{"no answer": "", "half an answer": `{"data":{`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, silence(t, before))
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, _, err := ask(ctx, s.client())
			checkFailure(t, err, Deadline, 0, "did not answer in time")
			if got := s.requests.Load(); got != 1 {
				t.Errorf("%d requests, want 1", got)
			}
		})
	}
	t.Run("of its options", func(t *testing.T) {
		t.Parallel()
		s := serve(t, silence(t, ""))
		c := New(Options{Endpoint: s.URL, Key: secret.Of(key), Timeout: 100 * time.Millisecond})
		_, _, err := ask(t.Context(), c)
		checkFailure(t, err, Deadline, 0, "did not answer in time")
	})
}

func TestQueryEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		cancel()
		silence(t, "")(w, r)
	})
	_, _, err := ask(ctx, s.client())
	checkFailure(t, err, Interrupted, 0, "interrupted")
	_, _, err = ask(ctx, s.client())
	checkFailure(t, err, Interrupted, 0, "interrupted")
	if got := s.requests.Load(); got != 1 {
		t.Errorf("%d requests, want 1: the context had ended before the second", got)
	}
}

func TestQueryThatCannotBeSent(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	good := serve(t, answered(http.StatusOK, `{"data":{}}`))
	for _, test := range []struct {
		name     string
		endpoint string
		key      string
		kind     Kind
		message  string
	}{
		{"nobody listens", "http://" + closed + "/graphql", key, Unreachable, closed + " cannot be reached"},
		{"not an address", "http://[::1", key, Rejected, "the request cannot be sent"},
		{"another protocol", "ftp://" + closed, key, Unreachable, "unsupported protocol scheme"},
		{"a key that cannot travel", good.URL, key + "\n" + key, Unreachable, "cannot be reached"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := ask(t.Context(), unhurried(Options{Endpoint: test.endpoint, Key: secret.Of(test.key)}))
			checkFailure(t, err, test.kind, 0, test.message)
		})
	}
}

func TestQueryConcurrently(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var got struct {
			Variables map[string]any `json:"variables"`
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		fmt.Fprintf(w, `{"data":{"actor":{"account":{"n":%v}}},"errors":[{"message":"%[1]v"}]}`, got.Variables["n"])
	})
	c := s.client()
	var group sync.WaitGroup
	for n := range 20 {
		group.Go(func() {
			var data accounts
			answer, err := c.Query(t.Context(), Call{Document: document, Variables: map[string]any{"n": n}}, &data)
			if err != nil || data.Actor.Account["n"] != float64(n) || len(answer.Errors) != 1 || answer.Errors[0].Message != fmt.Sprint(n) {
				t.Errorf("query %d: got %v, %v, %v", n, data, answer, err)
			}
		})
	}
	group.Wait()
}

// roundTripper is a transport without a network.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
