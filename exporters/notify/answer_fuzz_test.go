package notify

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/slojourn/slojourn/slo"
)

// roundTripper answers without a network.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// FuzzAnswer lets receivers answer anything. Whatever it is, the error has a class
// that fits the status, a time to wait that is bounded, and a text that is short,
// on one line, and without secrets.
func FuzzAnswer(f *testing.F) {
	f.Add(uint8(0), 200, "", "", "")
	f.Add(uint8(1), 200, "", "", "ok")
	f.Add(uint8(1), 429, "30", "", "rate_limited")
	f.Add(uint8(1), 200, "", "", "<html>\r\nLog in")
	f.Add(uint8(2), 503, "Sun, 22 Nov 2026 10:01:30 GMT", "Sun, 22 Nov 2026 10:00:00 GMT", "\x1b[2J\xff"+hmacKey)
	f.Add(uint8(3), 400, "", "", `{"status":"invalid event","message":"Event object is invalid","errors":["x"]}`+routingKey)
	f.Add(uint8(3), 429, "99999999999999999999", "x", strings.Repeat("決", 1000)+slackPath)
	f.Add(uint8(0), 302, "-1", "", "<!here> @channel {{")
	toldTo := map[string][]string{
		"slack": {slackPath, "s3cr3t"}, "webhook": {hmacKey, "/hook"}, "pagerDuty": {routingKey, "/v2/enqueue"},
	}
	f.Fuzz(func(t *testing.T, which uint8, status int, retryAfter, date, body string) {
		if status < 200 || status > 999 {
			return // net/http would not give it to us
		}
		kind := sinkKinds[int(which)%len(sinkKinds)]
		for _, hidden := range []string{hmacKey, routingKey, slackPath, "s3cr3t", "/hook", "/v2/enqueue"} {
			if strings.Contains(body, hidden) && !slices.Contains(toldTo[kind], hidden) {
				return // the receiver was never told it
			}
		}
		transport := roundTripper(func(r *http.Request) (*http.Response, error) {
			header := http.Header{"Retry-After": {retryAfter}, "Date": {date}, "Location": {body}}
			return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
		})
		const address = "http://receiver.test"
		sink := Open(notifierOf(kind, address, slo.English), secretsOf(address), Options{Transport: transport})
		err := sink.Send(t.Context(), deliveryOf(aboutTest()))
		class, wait := classOf(err)
		switch {
		case wait < 0 || wait > time.Hour:
			t.Errorf("to wait %s", wait)
		case status < 300 && class != "taken" && class != "again":
			t.Errorf("status %d is %s", status, class)
		case status == 429 && class != "throttled":
			t.Errorf("status %d is %s", status, class)
		case status == 400 && class != "permanent":
			t.Errorf("status %d is %s", status, class)
		case (status < 400 || status >= 500) && class == "permanent", status >= 300 && class == "taken":
			t.Errorf("status %d is %s", status, class)
		}
		if err == nil {
			return
		}
		checkError(t, err, address)
		if text := err.Error(); !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool {
			return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
		}) {
			t.Errorf("the error is %q", text)
		}
	})
}
