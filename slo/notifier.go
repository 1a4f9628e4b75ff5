package slo

import (
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// Notifier is where alerts are sent. Exactly one of Alertmanager, Slack,
// Webhook and PagerDuty is set.
type Notifier struct {
	Name         string
	Title        string
	Owner        string
	Alertmanager *Alertmanager
	Slack        *Slack
	Webhook      *Webhook
	PagerDuty    *PagerDuty
	Locale       Locale
	Heartbeat    time.Duration // 0 sends none
	Origin       diag.Span
}

// Alertmanager is a Prometheus Alertmanager, or several of one cluster.
type Alertmanager struct{ URLs []diag.Located[string] }

// Slack is an incoming webhook of Slack.
type Slack struct{ Webhook SecretRef }

// Webhook is a program that takes alerts as JSON.
type Webhook struct {
	URL     diag.Located[string]
	HMACKey SecretRef // signs what is sent; the zero SecretRef when nothing does
}

// PagerDuty is a service of PagerDuty.
type PagerDuty struct{ RoutingKey SecretRef }

// Locale is the language of messages. The zero Locale is invalid.
type Locale string

// The languages of messages.
const (
	English  Locale = "en"
	Japanese Locale = "ja"
)
