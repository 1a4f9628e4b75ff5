package notify

import (
	"fmt"
	"net/http"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
)

// Resolve reads a secret. It is asked each time something is sent, so that a key
// that was exchanged is used at once.
type Resolve func(slo.SecretRef) (secret.Value, error)

// Options says how to reach receivers.
type Options struct {
	Transport http.RoundTripper // nil for one of its own
	Timeout   time.Duration     // of one request; 0 for 10 s
	// PagerDuty is the address of the Events API v2; "" for PagerDuty's own.
	PagerDuty string
	// GeneratorURL is where Alertmanager says that alerts come from; "" for nowhere.
	GeneratorURL string
	// Partly hears of an instance of Alertmanager that did not take what another one
	// took, once until it takes something again, and Again of its host when it does;
	// nil when nobody does. They may be called concurrently.
	Partly func(error)
	Again  func(instance string)
}

// Open returns the sink of a notifier. It opens no connection and reads no secret.
func Open(n *slo.Notifier, resolve Resolve, options Options) Sink {
	base := base{name: n.Name, writer: newWriter(n.Locale), client: newClient(options.Transport, options.Timeout), resolve: resolve}
	switch {
	case n.Alertmanager != nil:
		return newAlertmanager(base, n.Alertmanager, options)
	case n.Slack != nil:
		return &slack{base, n.Slack.Webhook}
	case n.Webhook != nil:
		return &webhook{base, n.Webhook.URL.Value, n.Webhook.HMACKey}
	default:
		return newPagerDuty(base, n.PagerDuty.RoutingKey, options.PagerDuty)
	}
}

// base is what all sinks have.
type base struct {
	name    string
	writer  *writer
	client  *client
	resolve Resolve
}

// secret reads a secret. That it is missing can be mended.
func (b *base) secret(ref slo.SecretRef) (secret.Value, error) {
	value, err := b.resolve(ref)
	if err != nil {
		return secret.Value{}, fmt.Errorf("read the secret of the notifier: %w", err)
	}
	return value, nil
}

// written returns a notification as it may be sent, with its message. What cannot
// be written now cannot be later.
func (b *base) written(n alert.Notification) (alert.Notification, Message, error) {
	clean, err := harmless(n)
	if err != nil {
		return clean, Message{}, &PermanentError{err}
	}
	message, err := b.writer.message(clean, b.name)
	if err != nil {
		return clean, Message{}, &PermanentError{err}
	}
	return clean, message, nil
}

// Written returns the message that people read about a notification, in the
// language of a notifier.
func Written(n alert.Notification, to *slo.Notifier) (Message, error) {
	b := base{name: to.Name, writer: newWriter(to.Locale)}
	_, message, err := b.written(n)
	return message, err
}
