package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
)

// webhook posts documents of the schema slojourn.notification/v1.
type webhook struct {
	base
	url string
	key slo.SecretRef // the zero SecretRef when nothing is signed
}

// webhookSchema names the documents.
const webhookSchema = "slojourn.notification/v1"

// mostListed is how many events of missed alerts a document has.
const mostListed = 200

// document is what a program is told.
type document struct {
	Schema    string `json:"schema"`
	Notifier  string `json:"notifier"`
	MessageID string `json:"messageId"` // a second message of the same one says nothing new
	Episode   string `json:"episode"`   // of the alert from when it fires until it resolves
	AlertName string `json:"alertName"` // as Alertmanager knows it
	Attempt   int    `json:"attempt"`
	alert.Notification
	Text text `json:"text"`
}

// text is the message with its language.
type text struct {
	Locale slo.Locale `json:"locale"`
	Message
}

// heartbeat is what a program is told when there is nothing to tell.
type heartbeat struct {
	Schema   string    `json:"schema"`
	Notifier string    `json:"notifier"`
	Kind     string    `json:"kind"`
	At       time.Time `json:"at"`
	Every    string    `json:"every"`
}

// Send posts a notification.
func (w *webhook) Send(ctx context.Context, d Delivery) error {
	n, message, err := w.written(d.Notification)
	if err != nil {
		return err
	}
	n.Missed = n.Missed[:min(len(n.Missed), mostListed)]
	return w.post(ctx, d.At, document{
		Schema: webhookSchema, Notifier: w.name, MessageID: messageID(d.Notification), Episode: d.Notification.Episode(),
		AlertName: n.Kind.Name(), Attempt: d.Attempt, Notification: n, Text: text{w.writer.words.locale, message},
	})
}

// Resends is false: a program is told once.
func (w *webhook) Resends() bool { return false }

// Beat posts a heartbeat.
func (w *webhook) Beat(ctx context.Context, at time.Time, every time.Duration) error {
	return w.post(ctx, at, heartbeat{webhookSchema, w.name, "heartbeat", at.UTC(), slo.FormatDuration(every)})
}

func (w *webhook) post(ctx context.Context, at time.Time, document any) error {
	body, err := json.Marshal(document)
	if err != nil {
		return &PermanentError{fmt.Errorf("write the document: %w", err)}
	}
	r := request{to: "webhook at " + hostOf(w.url), url: w.url, header: http.Header{}, body: body}
	if w.key != (slo.SecretRef{}) {
		key, err := w.secret(w.key)
		if err != nil {
			return err
		}
		timestamp := strconv.FormatInt(at.Unix(), 10)
		r.header.Set("Slojourn-Timestamp", timestamp)
		r.header.Set("Slojourn-Signature", "v1="+signature(key, timestamp, body))
		r.hidden = []secret.Value{key}
	}
	received, err := w.client.post(ctx, r)
	if err != nil {
		return err
	}
	return received.failure(at)
}

// signature is the HMAC-SHA256 of timestamp, full stop and body, in hexadecimal
// digits.
func signature(key secret.Value, timestamp string, body []byte) string {
	sum := hmac.New(sha256.New, []byte(key.Reveal()))
	sum.Write([]byte(timestamp + "."))
	sum.Write(body)
	return hex.EncodeToString(sum.Sum(nil))
}

// messageID names a message: it is the same whenever the message is sent again,
// and no other one has it.
func messageID(n alert.Notification) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %s", n.Episode(), n.Change, n.At.UTC().Format(time.RFC3339Nano)))
	return hex.EncodeToString(sum[:16])
}
