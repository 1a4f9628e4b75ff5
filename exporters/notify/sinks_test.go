package notify

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// TestBodies compares what each sink sends of a page, its end, a ticket about a
// journey, missed alerts and a test, in both languages.
func TestBodies(t *testing.T) {
	t.Parallel()
	chosen := []string{"burn-firing", "burn-resolved-recovered", "burn-firing-journey", "budget-raised", "missed-firing", "test-firing"}
	for _, kind := range sinkKinds {
		r := newReceiver(t, accepting(kind))
		for _, locale := range []slo.Locale{slo.English, slo.Japanese} {
			for _, s := range samples() {
				if !slices.Contains(chosen, s.name) || locale == slo.Japanese && s.name != "burn-firing" {
					continue
				}
				checkGolden(t, filepath.Join("testdata", "bodies", kind, s.name+"."+string(locale)+".json"), sent(t, r, kind, s.n, locale))
				if got := r.last().header.Get("Content-Type"); got != "application/json" {
					t.Errorf("%s: content type %q", kind, got)
				}
			}
		}
		want := map[string]string{"alertmanager": "/am/api/v2/alerts", "slack": slackPath, "webhook": "/hook", "pagerDuty": "/v2/enqueue"}[kind]
		for _, request := range r.got() {
			if request.path != want {
				t.Errorf("%s: posted to %s, want %s", kind, request.path, want)
			}
		}
		if got := sinkOf(kind, r.URL, slo.English).Resends(); got != (kind == "alertmanager") {
			t.Errorf("%s: resends %t", kind, got)
		}
	}
}

// TestAnswers wants each status to be taken for what it is, and the error to name
// the receiver and hold neither secret nor address.
func TestAnswers(t *testing.T) {
	t.Parallel()
	const (
		taken     = "taken"
		again     = "again"
		permanent = "permanent"
		throttled = "throttled"
	)
	type expectation map[string]string // by kind of sink; "" for all others
	for _, test := range []struct {
		name   string
		status int
		header http.Header
		body   string
		want   expectation
		wait   time.Duration
		text   string // in the error
	}{
		{name: "ok", status: 200, body: "ok", want: expectation{"": taken, "pagerDuty": again}},
		{name: "accepted", status: 202, body: "ok", want: expectation{"": taken}},
		{name: "a page in between", status: 200, body: "<html>Log in</html>", want: expectation{"": again, "webhook": taken}, text: "Log in"},
		{name: "a redirect", status: 302, header: http.Header{"Location": {"/elsewhere"}}, want: expectation{"": again}, text: "302 Found, which is not followed"},
		{name: "bad request", status: 400, body: "invalid_blocks\r\n\x1b[2J", want: expectation{"": permanent}, text: "400 Bad Request: invalid_blocks �[2J"},
		{name: "wrong key", status: 401, want: expectation{"": again}},
		{name: "forbidden", status: 403, body: "action_prohibited", want: expectation{"": again}, text: "action_prohibited"},
		{name: "not there", status: 404, body: "no_service", want: expectation{"": again}, text: "no_service"},
		{name: "gone", status: 410, body: "channel_is_archived", want: expectation{"": permanent}},
		{name: "too large", status: 413, want: expectation{"": permanent}},
		{name: "throttled", status: 429, want: expectation{"": throttled}},
		{name: "throttled for a while", status: 429, header: http.Header{"Retry-After": {"30"}}, want: expectation{"": throttled}, wait: 30 * time.Second},
		{
			name: "throttled until", status: 429, want: expectation{"": throttled}, wait: 90 * time.Second,
			header: http.Header{"Retry-After": {"Sun, 22 Nov 2026 10:01:30 GMT"}, "Date": {"Sun, 22 Nov 2026 10:00:00 GMT"}},
		},
		{name: "throttled for ever", status: 429, header: http.Header{"Retry-After": {"99999999"}}, want: expectation{"": throttled}, wait: time.Hour},
		{name: "throttled beyond numbers", status: 429, header: http.Header{"Retry-After": {"99999999999999999999"}}, want: expectation{"": throttled}, wait: time.Hour},
		{name: "throttled oddly", status: 429, header: http.Header{"Retry-After": {"-5"}}, want: expectation{"": throttled}},
		{name: "broken", status: 500, body: "boom", want: expectation{"": again}, text: "500 Internal Server Error: boom"},
		{name: "down", status: 503, want: expectation{"": again}},
		{name: "down for a while", status: 503, header: http.Header{"Retry-After": {"7"}}, want: expectation{"": throttled}, wait: 7 * time.Second},
		{name: "an odd status", status: 799, want: expectation{"": again}, text: "answered 799"},
	} {
		for _, kind := range sinkKinds {
			t.Run(test.name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
					for name, values := range test.header {
						w.Header()[name] = values
					}
					answering(test.status, test.body)(w, nil)
				})
				err := sinkOf(kind, r.URL, slo.English).Send(t.Context(), deliveryOf(aboutStep()))
				got, wait := classOf(err)
				want, special := test.want[kind]
				if !special {
					want = test.want[""]
				}
				if got != want || wait != test.wait {
					t.Errorf("%s, to wait %s, want %s and %s: %v", got, wait, want, test.wait, err)
				}
				if err != nil {
					checkError(t, err, r.URL+slackPath)
					if !strings.Contains(err.Error(), test.text) {
						t.Errorf("the error is %q, want one with %q", err, test.text)
					}
				}
				if n := len(r.got()); n != 1 {
					t.Errorf("%d requests, want 1: a redirect was followed, or it was tried again", n)
				}
			})
		}
	}
}

// classOf says what an error means to whoever delivers.
func classOf(err error) (string, time.Duration) {
	if err == nil {
		return "taken", 0
	}
	if _, ok := errors.AsType[*PermanentError](err); ok {
		return "permanent", 0
	}
	if t, ok := errors.AsType[*ThrottledError](err); ok {
		return "throttled", t.After
	}
	return "again", 0
}

// checkError wants an error to be short, on one line, and without secrets.
func checkError(t testing.TB, err error, address string) {
	t.Helper()
	text := err.Error()
	for _, hidden := range []string{hmacKey, routingKey, slackPath, "s3cr3t", address, "/hook", "/v2/enqueue", "\n", "\x1b"} {
		if strings.Contains(text, hidden) {
			t.Errorf("the error %q holds %q", text, hidden)
		}
	}
	if units(text) > maxExcerpt+200 {
		t.Errorf("the error has %d characters: %q", units(text), text)
	}
}

// TestEchoes wants no secret in an error, however a receiver repeats it.
func TestEchoes(t *testing.T) {
	t.Parallel()
	for _, kind := range sinkKinds {
		r := newReceiver(t, func(w http.ResponseWriter, request *http.Request) {
			answering(400, request.URL.Path+" "+strings.ToUpper(hmacKey)+" "+strings.ToLower(routingKey)+" s3cr3t\\u0053"+"3cr3tS3cr3t "+hmacKey)(w, request)
		})
		err := sinkOf(kind, r.URL, slo.English).Send(t.Context(), deliveryOf(aboutStep()))
		if err == nil {
			t.Fatalf("%s: no error", kind)
		}
		own := map[string]string{"slack": "s3cr3t", "webhook": "hmac-0123456789", "pagerDuty": "R0UT1NGK3Y"}[kind]
		if own != "" && strings.Contains(strings.ToUpper(err.Error()), strings.ToUpper(own)) {
			t.Errorf("%s: the error holds the secret: %v", kind, err)
		}
	}
}

// TestUnreachable wants an error that is tried again and names no address.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	for _, kind := range sinkKinds {
		const nobody = "http://127.0.0.1:1" // a port that no other test is given
		err := sinkOf(kind, nobody, slo.English).Send(t.Context(), deliveryOf(aboutStep()))
		if class, _ := classOf(err); class != "again" {
			t.Errorf("%s: %s: %v", kind, class, err)
		}
		checkError(t, err, nobody+slackPath)
		if !strings.Contains(err.Error(), "cannot be reached") {
			t.Errorf("%s: the error is %q", kind, err)
		}
		hung := newReceiver(t, func(_ http.ResponseWriter, request *http.Request) { <-request.Context().Done() })
		sink := Open(notifierOf(kind, hung.URL, slo.English), secretsOf(hung.URL), Options{PagerDuty: hung.URL, Timeout: 50 * time.Millisecond})
		err = sink.Send(t.Context(), deliveryOf(aboutStep()))
		if class, _ := classOf(err); class != "again" || !strings.Contains(err.Error(), "did not answer within 50ms") {
			t.Errorf("%s: %s: %v", kind, class, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := sink.Send(ctx, deliveryOf(aboutStep())); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, interrupted: %v", kind, err)
		}
	}
}

// TestSecrets wants a secret to be read each time, and one that is missing to be
// tried again with its place named.
func TestSecrets(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"slack", "webhook", "pagerDuty"} {
		r := newReceiver(t, accepting(kind))
		asked, missing := 0, true
		resolve := func(ref slo.SecretRef) (secret.Value, error) {
			if asked++; missing {
				return secret.Value{}, errors.New(ref.String() + " is not set")
			}
			return secretsOf(r.URL)(ref)
		}
		sink := Open(notifierOf(kind, r.URL, slo.English), resolve, Options{PagerDuty: r.URL})
		err := sink.Send(t.Context(), deliveryOf(aboutStep()))
		if class, _ := classOf(err); class != "again" || !strings.Contains(err.Error(), "environment variable SLOJOURN_") {
			t.Errorf("%s without its secret: %s: %v", kind, class, err)
		}
		missing = false
		if err := sink.Send(t.Context(), deliveryOf(aboutStep())); err != nil || asked != 2 || len(r.got()) != 1 {
			t.Errorf("%s with its secret: %v, asked %d times, %d requests", kind, err, asked, len(r.got()))
		}
	}
	for _, address := range []string{"", "hooks.slack.com/services/x", "file:///etc/passwd", "https://\x7f/", "https:///x"} {
		resolve := func(slo.SecretRef) (secret.Value, error) { return secret.Of(address), nil }
		err := Open(notifierOf("slack", "", slo.English), resolve, Options{}).Send(t.Context(), deliveryOf(aboutStep()))
		if err == nil || err.Error() != "Slack: the address is not one of http or https" {
			t.Errorf("the address %q: %v", address, err)
		}
	}
}

// TestInstances posts to several instances of Alertmanager, of which some fail.
func TestInstances(t *testing.T) {
	t.Parallel()
	fine := answering(200, "")
	hangs := func(_ http.ResponseWriter, request *http.Request) { <-request.Context().Done() }
	for _, test := range []struct {
		name    string
		answers []http.HandlerFunc
		want    string
		wait    time.Duration
		partly  int
	}{
		{"all", []http.HandlerFunc{fine, fine}, "taken", 0, 0},
		{"one is down", []http.HandlerFunc{answering(500, ""), fine, fine}, "taken", 0, 1},
		{"one refuses", []http.HandlerFunc{fine, answering(400, "")}, "taken", 0, 1},
		{"one hangs", []http.HandlerFunc{fine, hangs}, "taken", 0, 1},
		{"all are down", []http.HandlerFunc{answering(500, ""), answering(502, "")}, "again", 0, 0},
		{"all refuse", []http.HandlerFunc{answering(400, ""), answering(413, "")}, "permanent", 0, 0},
		{"one refuses, one is down", []http.HandlerFunc{answering(400, ""), answering(502, "")}, "again", 0, 0},
		{"one refuses, one asks to wait", []http.HandlerFunc{answering(400, ""), throttling("20")}, "throttled", 20 * time.Second, 0},
		{"both ask to wait", []http.HandlerFunc{throttling("20"), throttling("10")}, "throttled", 10 * time.Second, 0},
		{"one asks to wait, one is down", []http.HandlerFunc{throttling("20"), answering(502, "")}, "again", 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			n := &slo.Notifier{Name: "ops", Locale: slo.English, Alertmanager: &slo.Alertmanager{}}
			var receivers []*receiver
			for _, answer := range test.answers {
				r := newReceiver(t, answer)
				receivers = append(receivers, r)
				n.Alertmanager.URLs = append(n.Alertmanager.URLs, diag.Located[string]{Value: r.URL})
			}
			var partly []error
			sink := Open(n, nil, Options{Timeout: time.Hour, Partly: func(err error) { partly = append(partly, err) }}).(*alertmanager)
			sink.grace = 0
			if test.name != "one hangs" {
				sink.grace = time.Hour // they answer
			}
			err := sink.Send(t.Context(), deliveryOf(aboutStep()))
			if got, wait := classOf(err); got != test.want || wait != test.wait {
				t.Errorf("%s, to wait %s, want %s and %s: %v", got, wait, test.want, test.wait, err)
			}
			if len(partly) != test.partly {
				t.Errorf("heard of %d instances that did not take it, want %d: %v", len(partly), test.partly, partly)
			}
			if test.name == "one hangs" {
				return // it may be given up before it has read anything
			}
			for i, r := range receivers {
				if len(r.got()) != 1 {
					t.Errorf("instance %d has had %d requests", i, len(r.got()))
				}
			}
		})
	}
}

// TestInstanceGone says once that an instance is gone, and once that it is back.
func TestInstanceGone(t *testing.T) {
	t.Parallel()
	var status atomic.Int64
	status.Store(http.StatusServiceUnavailable)
	one := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(one.Close)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(int(status.Load())) }))
	t.Cleanup(other.Close)
	n := &slo.Notifier{Name: "am", Alertmanager: &slo.Alertmanager{URLs: []diag.Located[string]{{Value: one.URL}, {Value: other.URL}}}}
	partly, again := 0, 0
	sink := Open(n, nil, Options{Partly: func(error) { partly++ }, Again: func(string) { again++ }}).(*alertmanager)
	sink.grace = time.Hour
	for _, step := range []struct{ status, partly, again int }{{503, 1, 0}, {503, 1, 0}, {200, 1, 1}, {200, 1, 1}, {500, 2, 1}} {
		status.Store(int64(step.status))
		if err := sink.Send(t.Context(), deliveryOf(aboutStep())); err != nil {
			t.Fatal(err)
		}
		if partly != step.partly || again != step.again {
			t.Errorf("at %d it was said %d and %d times, want %d and %d", step.status, partly, again, step.partly, step.again)
		}
	}
}

func throttling(seconds string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", seconds)
		answering(429, "")(w, r)
	}
}

// TestAlertmanagerTimes wants alerts to begin and end when they did, or when they
// may be forgotten.
func TestAlertmanagerTimes(t *testing.T) {
	t.Parallel()
	early := resolved(aboutStep(), alert.Recovered)
	early.At = early.Since.Add(-time.Minute) // a clock was set back
	d := func(n alert.Notification) Delivery {
		return Delivery{Notification: n, At: firedAt.Add(3 * time.Hour), EndsAt: firedAt.Add(3*time.Hour + 4*time.Minute), Attempt: 7}
	}
	for _, test := range []struct {
		name     string
		d        Delivery
		from, to string
	}{
		{"firing", d(aboutStep()), "09:00", "12:04"},
		{"resolved", d(resolved(aboutStep(), alert.Recovered)), "09:00", "10:35"},
		{"resolved before it fired", d(early), "09:00", "09:00"},
		{"missed", d(aboutMissed(1)), "09:00", "13:00"},
		{"test", d(aboutTest()), "09:00", "13:00"},
	} {
		r := newReceiver(t, nil)
		if err := sinkOf("alertmanager", r.URL, slo.English).Send(t.Context(), test.d); err != nil {
			t.Fatal(err)
		}
		var posted []postable
		if err := json.Unmarshal(r.got()[0].body, &posted); err != nil || len(posted) != 1 {
			t.Fatalf("%v in %s", err, r.got()[0].body)
		}
		if from, to := posted[0].StartsAt.Format("15:04"), posted[0].EndsAt.Format("15:04"); from != test.from || to != test.to {
			t.Errorf("%s: from %s to %s, want %s and %s", test.name, from, to, test.from, test.to)
		}
	}
}

// TestSignature compares with what openssl and Python make of the same.
func TestSignature(t *testing.T) {
	t.Parallel()
	const body = `{"schema":"slojourn.notification/v1","notifier":"payments-slack","kind":"heartbeat","at":"2026-11-22T09:00:00Z","every":"1m"}`
	const want = "f9a82fa12034e80b9b119662a21739d0fd79bb8ca9ac4ed37a1f7e7f941f7bc7"
	if got := signature(secret.Of(hmacKey), "1795338000", []byte(body)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	r := newReceiver(t, nil)
	if err := sinkOf("webhook", r.URL, slo.English).Send(t.Context(), deliveryOf(aboutStep())); err != nil {
		t.Fatal(err)
	}
	last := r.last()
	timestamp := last.header.Get("Slojourn-Timestamp")
	if want := strconv.FormatInt(deliveryOf(aboutStep()).At.Unix(), 10); timestamp != want {
		t.Errorf("timestamp %s, want %s", timestamp, want)
	}
	if got, want := last.header.Get("Slojourn-Signature"), "v1="+signature(secret.Of(hmacKey), timestamp, last.body); got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
	n := notifierOf("webhook", r.URL, slo.English)
	n.Webhook.HMACKey = slo.SecretRef{}
	if err := Open(n, nil, Options{}).Send(t.Context(), deliveryOf(aboutStep())); err != nil || r.last().header.Get("Slojourn-Signature") != "" {
		t.Errorf("without a key: %v, %v", err, r.last().header)
	}
}

// TestHeartbeats wants them from those that have a use for them.
func TestHeartbeats(t *testing.T) {
	t.Parallel()
	for _, kind := range sinkKinds {
		r := newReceiver(t, accepting(kind))
		beater, beats := sinkOf(kind, r.URL, slo.English).(Beater)
		if want := kind == "alertmanager" || kind == "webhook"; beats != want {
			t.Errorf("%s beats: %t", kind, beats)
		}
		if !beats {
			continue
		}
		if err := beater.Beat(t.Context(), firedAt, 90*time.Second); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		checkGolden(t, filepath.Join("testdata", "bodies", kind, "heartbeat.json"), indented(t, r.got()[0].body))
	}
}

// TestMessageNames wants one name of a message whenever it is sent, and another
// one for each message.
func TestMessageNames(t *testing.T) {
	t.Parallel()
	names := map[string]string{}
	for _, s := range samples() {
		if s.name == "noData-firing" || s.name == "budget-firing-forecast" || strings.HasPrefix(s.name, "missed") ||
			strings.Contains(s.name, "-resolved-") && !strings.HasSuffix(s.name, "recovered") {
			continue // of the same alert as another sample
		}
		id := messageID(s.n)
		if other, twice := names[id]; twice {
			t.Errorf("%s and %s have one name", other, s.name)
		}
		names[id] = s.name
		if again := messageID(s.n); again != id {
			t.Errorf("%s is called %s and %s", s.name, id, again)
		}
	}
	local := aboutStep()
	local.At = local.At.In(time.FixedZone("", 9*60*60))
	if diff := cmp.Diff(messageID(aboutStep()), messageID(local)); diff != "" {
		t.Errorf("the name depends on the zone of a clock:\n%s", diff)
	}
}
