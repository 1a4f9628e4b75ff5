package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
)

// pagerDuty sends events to the Events API v2 of PagerDuty.
type pagerDuty struct {
	base
	url string
	key slo.SecretRef
}

// pagerDutyURL is where PagerDuty takes events.
const pagerDutyURL = "https://events.pagerduty.com/v2/enqueue"

// What PagerDuty takes. Other fields have no limit of their own; the event has one.
const (
	pagerDutySummary = 1024      // characters
	pagerDutyField   = 1024      // characters, of our own choice
	pagerDutyEvent   = 512 << 10 // bytes
)

func newPagerDuty(base base, key slo.SecretRef, url string) *pagerDuty {
	return &pagerDuty{base, cmp.Or(url, pagerDutyURL), key}
}

// The parts of an event.
type (
	pagerDutyEvents struct {
		RoutingKey string            `json:"routing_key"`
		Action     string            `json:"event_action"`
		DedupKey   string            `json:"dedup_key"`
		Client     string            `json:"client"`
		Payload    *pagerDutyPayload `json:"payload,omitempty"`
		Links      []pagerDutyLink   `json:"links,omitempty"`
	}

	pagerDutyPayload struct {
		Summary   string    `json:"summary"`
		Source    string    `json:"source"`
		Severity  string    `json:"severity"`
		Timestamp time.Time `json:"timestamp"`
		Component string    `json:"component,omitempty"`
		Group     string    `json:"group,omitempty"`
		Class     string    `json:"class"`
		Details   any       `json:"custom_details,omitempty"`
	}

	pagerDutyLink struct {
		Href string `json:"href"`
		Text string `json:"text"`
	}
)

// Send sends an event: one that triggers an incident, or resolves it.
func (p *pagerDuty) Send(ctx context.Context, d Delivery) error {
	n, message, err := p.written(d.Notification)
	if err != nil {
		return err
	}
	key, err := p.secret(p.key)
	if err != nil {
		return err
	}
	body, err := pagerDutyBody(n, message, d.Notification.Episode(), key)
	if err != nil {
		return &PermanentError{fmt.Errorf("write the event: %w", err)}
	}
	received, err := p.client.post(ctx, request{to: "PagerDuty", url: p.url, body: body, hidden: []secret.Value{key}})
	switch {
	case err != nil:
		return err
	case received.status < 300 && received.status != http.StatusAccepted:
		return received.error() // something else than PagerDuty
	}
	return received.failure(d.At)
}

// Resends is false: an incident stays until it is resolved.
func (p *pagerDuty) Resends() bool { return false }

// pagerDutyBody writes an event.
func pagerDutyBody(n alert.Notification, m Message, episode string, key secret.Value) ([]byte, error) {
	event := pagerDutyEvents{RoutingKey: key.Reveal(), Action: "trigger", DedupKey: episode, Client: "slojourn"}
	if n.Change == alert.Resolved {
		event.Action = "resolve"
	}
	details := map[string]any{"summary": cut(m.Summary, mostText), "episode": episode}
	for _, f := range m.Facts {
		if told, twice := details[f.Name].(string); twice {
			f.Value = told + "; " + f.Value
		}
		details[f.Name] = cut(f.Value, pagerDutyField)
	}
	if len(m.Actions) > 0 {
		details["todo"] = m.Actions
	}
	event.Payload = &pagerDutyPayload{
		Summary: cut(m.Title, pagerDutySummary), Source: cut(cmp.Or(oneLine(n.ID), "slojourn"), pagerDutyField),
		Severity: pagerDutySeverity(n), Timestamp: n.At.UTC(),
		Component: cut(cmp.Or(n.Subject.Step, n.ID), pagerDutyField), Group: cut(cmp.Or(n.Subject.Journey, n.Labels.Owner), pagerDutyField),
		Class: string(n.Kind), Details: details,
	}
	for _, l := range m.Links {
		event.Links = append(event.Links, pagerDutyLink{l.URL, cut(l.Title, pagerDutyField)})
	}
	body, err := json.Marshal(event)
	if err == nil && len(body) > pagerDutyEvent {
		event.Payload.Details, event.Links = nil, nil // the summary says what matters
		body, err = json.Marshal(event)
	}
	return body, err
}

// pagerDutySeverity says how urgent it is in PagerDuty's words.
func pagerDutySeverity(n alert.Notification) string {
	switch {
	case n.Kind == alert.Test:
		return "info"
	case n.Severity == slo.Page:
		return "critical"
	}
	return "warning"
}
