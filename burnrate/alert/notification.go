package alert

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Notification is what an owner is told about an alert: what happened, and what
// they need to know beside it. It holds no message: every notifier writes its own.
type Notification struct {
	Event
	Subject Subject `json:"subject"`
	Missed  []Event `json:"missed,omitempty"` // of [Missed]: each firing is followed by its resolve
}

// Subject is what an alert is about, as the specs say it.
type Subject struct {
	Description  string   `json:"description,omitempty"`
	Journey      string   `json:"journey,omitempty"` // id, of a journey and of its steps
	JourneyTitle string   `json:"journeyTitle,omitempty"`
	Step         string   `json:"step,omitempty"`     // name, of a step
	Journeys     []string `json:"journeys,omitempty"` // ids of those that a shared SLO is a step of
	Target       string   `json:"target,omitempty"`   // 99.9%
	Window       string   `json:"window,omitempty"`   // 28d
	Policy       string   `json:"policy,omitempty"`
	OwnerTitle   string   `json:"ownerTitle,omitempty"`
	Contact      string   `json:"contact,omitempty"`
	WhenSpent    string   `json:"whenSpent,omitempty"`
	Runbook      string   `json:"runbook,omitempty"`
	Links        []Link   `json:"links,omitempty"`
}

// Link is a titled address.
type Link struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Episode names an alert from when it fires until it resolves: all messages about
// it have the same one, and later alerts of the same key another one. It is 32
// hexadecimal digits, the first half of a hash of the key, with the id as it was
// then, and of when it fired.
func (e Event) Episode() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %s",
		cmp.Or(e.Was, e.ID), e.Objective, e.Kind, e.Severity, e.Since.UTC().Format(time.RFC3339Nano)))
	return hex.EncodeToString(sum[:16])
}

// Name is the name of an alert of a kind, as Alertmanager and Prometheus' rules
// know it: ErrorBudgetBurn.
func (k Kind) Name() string {
	switch k {
	case Burn:
		return "ErrorBudgetBurn"
	case Budget:
		return "ErrorBudgetSpent"
	case NoTraffic:
		return "NoTraffic"
	case NoData:
		return "NoData"
	case Source:
		return "SourceMeasuresNothing"
	case Missed:
		return "AlertsMissed"
	case Test:
		return "NotificationTest"
	}
	return ""
}

// LabelSet is what tells the alert apart in Alertmanager. It is the same from when
// the alert fires until it resolves, and that of the rule that Prometheus has for
// the same alert. Labels without a value are left out.
func (n Notification) LabelSet() map[string]string {
	labels, id, journey, step := map[string]string{}, n.ID, n.Subject.Journey, n.Subject.Step
	if n.Was != "" {
		id = n.Was
		if journey != "" { // the id is that of a journey, or of its step
			journey, step, _ = slo.CutID(id)
		}
	}
	for name, value := range map[string]string{
		"alertname": n.Kind.Name(), "id": id, "journey": journey, "step": step,
		"objective": n.Objective, "kind": string(n.Kind), "severity": string(n.Severity), "owner": n.Labels.Owner,
	} {
		if value != "" {
			labels[name] = value
		}
	}
	return labels
}
