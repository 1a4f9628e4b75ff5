package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// alertmanager posts alerts to all instances of an Alertmanager, API v2. They tell
// each other what they have sent, but not which alerts there are.
type alertmanager struct {
	base
	urls      []string
	generator string
	partly    func(error)
	again     func(instance string)
	grace     time.Duration

	mu      sync.Mutex
	missing map[string]bool // of an address: that it did not take what another one took
}

// How long an alert stays that nobody resolves.
const briefly = time.Hour

func newAlertmanager(base base, a *slo.Alertmanager, options Options) *alertmanager {
	m := &alertmanager{base: base, generator: options.GeneratorURL, partly: options.Partly, again: options.Again, grace: time.Second, missing: map[string]bool{}}
	for _, url := range a.URLs {
		m.urls = append(m.urls, strings.TrimRight(url.Value, "/")+"/api/v2/alerts")
	}
	return m
}

// postable is an alert as Alertmanager takes it.
type postable struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt,omitzero"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
}

// Send posts an alert to every instance.
func (a *alertmanager) Send(ctx context.Context, d Delivery) error {
	n, message, err := a.written(d.Notification)
	if err != nil {
		return err
	}
	posted := postable{
		Labels: n.LabelSet(), Annotations: annotationsOf(n, message), StartsAt: n.Since.UTC(), GeneratorURL: a.generator,
	}
	for name, value := range posted.Labels {
		posted.Labels[name] = cut(oneLine(value), mostFact)
	}
	switch {
	case n.Kind == alert.Missed || n.Kind == alert.Test:
		posted.EndsAt = d.At.Add(briefly).UTC()
	case n.Change == alert.Resolved:
		posted.EndsAt = n.At.UTC()
	default:
		posted.EndsAt = d.EndsAt.UTC()
	}
	if !posted.EndsAt.IsZero() && posted.EndsAt.Before(posted.StartsAt) {
		posted.EndsAt = posted.StartsAt // a clock was set back; Alertmanager would refuse it
	}
	return a.post(ctx, d.At, posted)
}

// Resends is true: an alert that is not sent again is over for Alertmanager.
func (a *alertmanager) Resends() bool { return true }

// Beat posts an alert that fires for ever, for a watchdog that notices when it does
// not come any more.
func (a *alertmanager) Beat(ctx context.Context, at time.Time, every time.Duration) error {
	return a.post(ctx, at, postable{
		Labels:      map[string]string{"alertname": "SlojournHeartbeat", "notifier": a.name, "severity": "none"},
		Annotations: map[string]string{"summary": "slojourn is alive. When this stops, nobody is told of alerts."},
		StartsAt:    at.UTC(), EndsAt: at.Add(4 * every).UTC(), GeneratorURL: a.generator,
	})
}

// post sends an alert to all instances at once. It is delivered when one of them
// has taken it: one instance is enough to tell people, and those that are down get
// firing alerts with the next resend, so that sending it again at once to those
// which have it would help nobody. What is not delivered anywhere is tried again,
// unless every instance has refused it.
func (a *alertmanager) post(ctx context.Context, at time.Time, posted postable) error {
	body, err := json.Marshal([]postable{posted})
	if err != nil {
		return &PermanentError{fmt.Errorf("write the alert: %w", err)}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failures := make([]error, len(a.urls))
	var group sync.WaitGroup
	for i, url := range a.urls {
		group.Go(func() {
			failures[i] = a.postTo(ctx, at, url, body)
			if failures[i] == nil {
				// One that hangs must not hold up the next alerts.
				timer := time.AfterFunc(a.grace, cancel)
				context.AfterFunc(ctx, func() { timer.Stop() })
			}
		})
	}
	group.Wait()
	var failed []error
	for _, failure := range failures {
		if failure != nil {
			failed = append(failed, failure)
		}
	}
	if len(failed) == len(a.urls) {
		return together(failed)
	}
	for i, failure := range failures {
		a.note(a.urls[i], failure)
	}
	return nil
}

// note has somebody hear once that an instance did not take what another one took,
// and once that it takes alerts again: that of each alert and minute is too much.
func (a *alertmanager) note(url string, failure error) {
	a.mu.Lock()
	before := a.missing[url]
	a.missing[url] = failure != nil
	a.mu.Unlock()
	switch {
	case failure != nil && !before && a.partly != nil:
		a.partly(failure)
	case failure == nil && before && a.again != nil:
		a.again(hostOf(url))
	}
}

func (a *alertmanager) postTo(ctx context.Context, at time.Time, url string, body []byte) error {
	received, err := a.client.post(ctx, request{to: "Alertmanager at " + hostOf(url), url: url, body: body})
	switch {
	case err != nil:
		return err
	case received.status < 300 && received.page():
		return received.error()
	}
	return received.failure(at)
}

// together joins the failures of all instances. They are permanent when all of them
// are. When the others ask to wait, the shortest time is asked for.
func together(failures []error) error {
	if len(failures) == 1 {
		return failures[0]
	}
	permanent, throttled, wait := 0, 0, mostWait
	for _, failure := range failures {
		if _, ok := errors.AsType[*PermanentError](failure); ok {
			permanent++
		}
		if t, ok := errors.AsType[*ThrottledError](failure); ok {
			throttled++
			wait = min(wait, t.After)
		}
	}
	texts := make([]string, len(failures))
	for i, failure := range failures {
		texts[i] = failure.Error()
	}
	// Nothing is wrapped: what is permanent for one is not for all.
	joined := errors.New(strings.Join(texts, "; "))
	switch {
	case permanent == len(failures):
		return &PermanentError{joined}
	case throttled > 0 && permanent+throttled == len(failures):
		return &ThrottledError{wait, joined}
	}
	return joined
}

// annotationsOf says what Alertmanager passes on with an alert.
func annotationsOf(n alert.Notification, m Message) map[string]string {
	var links []string
	for _, l := range m.Links {
		links = append(links, l.Title+": "+l.URL)
	}
	annotations := map[string]string{}
	for name, value := range map[string]string{
		"summary": m.Title, "description": m.text(), "runbook_url": n.Subject.Runbook,
		"links": strings.Join(links, "\n"), "contact": oneLine(n.Subject.Contact), "when_spent": oneLine(n.Subject.WhenSpent),
	} {
		if value != "" {
			annotations[name] = value
		}
	}
	return annotations
}
