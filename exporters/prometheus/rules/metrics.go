package rules

import (
	"fmt"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
)

// everyMinute is how often the engine judges, and so do rules that judge themselves.
const everyMinute = time.Minute

// byMetrics is the rule that passes on the verdict of the engine. A threshold on a
// burn rate would not do: the guard, the hold, and that a journey's page is below
// that of its step have no words in PromQL, and what the engine holds back must not
// come in by another door.
//
// It is max, so that two replicas, or two addresses of one, are one alert, with no
// labels but the rule's own.
func byMetrics(j *judged) *rule {
	return &rule{
		alert: j.Kind.Name(), expr: "max(" + firing(j.Key) + ") == 1", labels: labelsOf(j.Notification),
		annotations: j.annotations(j.burnByMetrics, nil),
	}
}

func firing(k alert.Key, more ...string) string {
	return "slojourn_alert_firing{" + strings.Join(append([]string{selector(k)}, more...), ",") + "}"
}

// burnByMetrics is the burn rate over a window.
func (j *judged) burnByMetrics(window string) string { return "max(" + burnOf(j.Key, window) + ")" }

func burnOf(k alert.Key, window string) string {
	return fmt.Sprintf("slojourn_burn_rate{id=%q,objective=%q,window=%q}", k.ID, k.Objective, window)
}

// selector is the labels that a key has in slojourn_alert_firing.
func selector(k alert.Key) string {
	objective := ""
	if k.Objective != "" {
		objective = fmt.Sprintf(",objective=%q", k.Objective)
	}
	return fmt.Sprintf("id=%q,kind=%q%s,severity=%q", k.ID, k.Kind, objective, k.Severity)
}

func budgetOf(k alert.Key) string {
	return fmt.Sprintf("slojourn_error_budget_remaining_ratio{id=%q,objective=%q}", k.ID, k.Objective)
}

// labelsOf is the labels of a notification but the alert's name, which a rule has
// elsewhere.
func labelsOf(n alert.Notification) map[string]string {
	labels := n.LabelSet()
	delete(labels, "alertname")
	return labels
}
