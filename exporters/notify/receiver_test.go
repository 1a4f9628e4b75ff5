package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// The secrets of tests.
const (
	hmacKey    = "hmac-0123456789-key"
	routingKey = "R0UT1NGK3Y0123456789ABCDEFGHIJKL"
	slackPath  = "/services/T0AAAAAAA/B0BBBBBBB/s3cr3tS3cr3tS3cr3t"
)

// receiver is what messages are sent to.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	requests []received
	answer   http.HandlerFunc // nil for 200 without a body
}

type received struct {
	path   string
	header http.Header
	body   []byte
}

func newReceiver(t testing.TB, answer http.HandlerFunc) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	r.requests = append(r.requests, received{request.URL.Path, request.Header, body})
	r.mu.Unlock()
	if r.answer != nil {
		r.answer(w, request)
	}
}

// got returns what has been received.
func (r *receiver) got() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received{}, r.requests...)
}

// last returns what was received last.
func (r *receiver) last() received {
	requests := r.got()
	return requests[len(requests)-1]
}

func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body) //nolint:errcheck // the client's loss
	}
}

// secretsOf resolves the secrets of tests; Slack's address is that of a receiver.
func secretsOf(address string) Resolve {
	return func(ref slo.SecretRef) (secret.Value, error) {
		switch ref.Env {
		case "SLOJOURN_SLACK":
			return secret.Of(address + slackPath), nil
		case "SLOJOURN_HMAC":
			return secret.Of(hmacKey), nil
		case "SLOJOURN_PAGERDUTY":
			return secret.Of(routingKey), nil
		}
		return secret.Value{}, errors.New(ref.String() + " is not set")
	}
}

// The kinds of sinks.
var sinkKinds = []string{"alertmanager", "slack", "webhook", "pagerDuty"}

// notifierOf declares a notifier of a kind at an address.
func notifierOf(kind, address string, locale slo.Locale) *slo.Notifier {
	n := &slo.Notifier{Name: "payments-slack", Locale: locale}
	switch kind {
	case "alertmanager":
		n.Alertmanager = &slo.Alertmanager{URLs: []diag.Located[string]{{Value: address + "/am/"}}}
	case "slack":
		n.Slack = &slo.Slack{Webhook: slo.SecretRef{Env: "SLOJOURN_SLACK"}}
	case "webhook":
		n.Webhook = &slo.Webhook{URL: diag.Located[string]{Value: address + "/hook"}, HMACKey: slo.SecretRef{Env: "SLOJOURN_HMAC"}}
	case "pagerDuty":
		n.PagerDuty = &slo.PagerDuty{RoutingKey: slo.SecretRef{Env: "SLOJOURN_PAGERDUTY"}}
	}
	return n
}

func sinkOf(kind, address string, locale slo.Locale) Sink {
	return Open(notifierOf(kind, address, locale), secretsOf(address), Options{PagerDuty: address + "/v2/enqueue"})
}

// accepting answers as the receiver of a kind does when all is well.
func accepting(kind string) http.HandlerFunc {
	switch kind {
	case "slack":
		return answering(http.StatusOK, "ok")
	case "pagerDuty":
		return answering(http.StatusAccepted, `{"status":"success","message":"Event processed","dedup_key":"a"}`)
	}
	return answering(http.StatusOK, "")
}

// deliveryOf is the first attempt at an instant.
func deliveryOf(n alert.Notification) Delivery {
	return Delivery{Notification: n, At: n.At.Add(3 * time.Second), EndsAt: n.At.Add(4 * time.Minute), Attempt: 1}
}

// sent returns what a sink posts about a notification, laid out for people and
// without the routing key.
func sent(t testing.TB, r *receiver, kind string, n alert.Notification, locale slo.Locale) string {
	t.Helper()
	if err := sinkOf(kind, r.URL, locale).Send(t.Context(), deliveryOf(n)); err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return strings.ReplaceAll(indented(t, r.last().body), routingKey, "ROUTING-KEY")
}

// indented lays JSON out for people.
func indented(t testing.TB, body []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, body, "", "  "); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return b.String() + "\n"
}
