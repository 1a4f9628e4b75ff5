package remote

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/internal/secret"
)

const token = "tok/en+0123456789"

func newTestClient(t *testing.T, o ClientOptions) *Client {
	t.Helper()
	c, err := NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// TestSend says who sends what.
func TestSend(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body string
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body) //nolint:errcheck // a test
		got, body = r, string(data)
	}))
	defer receiver.Close()
	for _, test := range []struct{ user, authorization string }{
		{"", "Bearer " + token},
		{"ops", "Basic " + base64.StdEncoding.EncodeToString([]byte("ops:"+token))},
	} {
		c := newTestClient(t, ClientOptions{URL: receiver.URL + "/push?tenant=7", Version: "1.2.3", User: test.user, Secret: func() (secret.Value, error) { return secret.Of(token), nil }})
		if err := c.Send(t.Context(), []byte("body")); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf", "X-Prometheus-Remote-Write-Version": "0.1.0",
			"User-Agent": "slojourn/1.2.3", "Authorization": test.authorization,
		} {
			if got.Header.Get(name) != want {
				t.Errorf("%s: %q, want %q", name, got.Header.Get(name), want)
			}
		}
		if got.Method != "POST" || got.URL.String() != "/push?tenant=7" || body != "body" {
			t.Errorf("%s %s: %q", got.Method, got.URL, body)
		}
	}
	c := newTestClient(t, ClientOptions{URL: receiver.URL, Secret: func() (secret.Value, error) { return secret.Value{}, errors.New("SLOJOURN_T is not set") }})
	if err := c.Send(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "is not known: SLOJOURN_T is not set") {
		t.Errorf("without a secret: %v", err)
	}
}

// TestSendFails tells refusals from what may be better later, and repeats no secret,
// whatever the receiver says.
func TestSendFails(t *testing.T) {
	t.Parallel()
	const queried = "KEY-IN-THE-QUERY"
	refused, throttled := &RefusedError{}, &ThrottledError{}
	for _, test := range []struct {
		status  int
		header  http.Header
		refused bool
		after   time.Duration // -1 when it does not throttle
		want    string
	}{
		{400, nil, true, -1, " answered 400 Bad Request: out of bounds [secret] [secret] [secret] end"},
		{413, nil, true, -1, "413 Request Entity Too Large"},
		{422, nil, true, -1, "422"},
		{401, nil, false, -1, "401 Unauthorized"},
		{404, nil, false, -1, "404 Not Found"},
		{308, http.Header{"Location": {"/elsewhere"}}, false, -1, "308 Permanent Redirect, which is not followed"},
		{500, nil, false, -1, "500 Internal Server Error"},
		{429, http.Header{"Retry-After": {"17"}}, false, 17 * time.Second, "429 Too Many Requests"},
		{503, http.Header{"Retry-After": {"Sun, 22 Nov 2026 12:00:07 GMT"}, "Date": {"Sun, 22 Nov 2026 12:00:00 GMT"}}, false, 7 * time.Second, "503"},
		{503, http.Header{"Retry-After": {"99999999999"}}, false, time.Hour, "503"},
		{429, http.Header{"Retry-After": {"99999999999999999999"}}, false, time.Hour, "429"},
		{429, http.Header{"Retry-After": {"-99999999999999999999"}}, false, 0, "429"},
		{429, http.Header{"Retry-After": {"soon"}}, false, 0, "429"},
	} {
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				t.Error("a redirect was followed")
			}
			for name, values := range test.header {
				w.Header()[name] = values
			}
			w.WriteHeader(test.status)
			_, basic, _ := strings.Cut(r.Header.Get("Authorization"), " ")
			io.WriteString(w, "out of\nbounds "+token+" "+basic+" "+queried+" end"+strings.Repeat("x", 1000)) //nolint:errcheck // a test
		}))
		c := newTestClient(t, ClientOptions{URL: receiver.URL + "/?key=" + queried, User: "ops", Secret: func() (secret.Value, error) { return secret.Of(token), nil }})
		err := c.Send(t.Context(), nil)
		receiver.Close()
		after := time.Duration(-1)
		if errors.As(err, &throttled) {
			after = throttled.After
		}
		if err == nil || errors.As(err, &refused) != test.refused || after != test.after || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%d: %v, refused %v, after %s", test.status, err, errors.As(err, &refused), after)
			continue
		}
		if said := err.Error(); strings.Contains(said, token) || strings.Contains(said, queried) || strings.Contains(said, "\n") || len(said) > 400 {
			t.Errorf("%d: %q", test.status, said)
		}
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	c := newTestClient(t, ClientOptions{URL: gone.URL + "/?key=" + queried})
	if err := c.Send(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "cannot be reached: ") || strings.Contains(err.Error(), queried) {
		t.Errorf("nobody is there: %v", err)
	}
}

// TestSendStops does not wait for a receiver that hangs.
func TestSendStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		cancel()
		<-release
	}))
	defer receiver.Close()
	defer close(release)
	if err := newTestClient(t, ClientOptions{URL: receiver.URL}).Send(ctx, nil); err == nil {
		t.Error("it was taken")
	}
}

// TestCheckURL refuses addresses without repeating them.
func TestCheckURL(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://mimir.example.com/api/v1/push": "",
		"http://127.0.0.1:9090/api/v1/write":    "",
		"mimir.example.com":                     "is no address",
		"ftp://hunter2.example.com":             "is no address",
		"https://:9090/hunter2":                 "is no address",
		"https://ops:hunter2@example.com/":      "must not hold a user or password",
		"https://example.com/#hunter2":          "#fragment",
		"https://example.com:99999/hunter2":     "the port",
		"https://example.com:0/hunter2":         "the port",
		"https://example.com:65535/":            "",
		"https://[::1]:1/":                      "",
		"https://hunter2\x7f/":                  "is no address",
	} {
		_, err := CheckURL(address)
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2")) {
			t.Errorf("%q: %v", address, err)
		}
	}
}
