package spec

import "github.com/slojourn/slojourn/slo"

func (d *decoder) notifier(o *object) {
	n := slo.NotifierDeclaration{Metadata: o.metadata()}
	if body, ok := o.object("spec"); ok {
		if to, ok := body.object("alertmanager"); ok {
			n.Alertmanager = &slo.Alertmanager{URLs: to.texts("urls")}
		}
		if to, ok := body.object("slack"); ok {
			n.Slack = &slo.Slack{Webhook: to.secret("webhook").Value}
		}
		if to, ok := body.object("webhook"); ok {
			n.Webhook = &slo.Webhook{URL: to.text("url"), HMACKey: to.secret("hmacKey").Value}
		}
		if to, ok := body.object("pagerDuty"); ok {
			n.PagerDuty = &slo.PagerDuty{RoutingKey: to.secret("routingKey").Value}
		}
		n.Locale = wordOf[slo.Locale](body, "locale")
		n.Heartbeat = parsed(body, "heartbeat", parseSpan)
	}
	d.declared.Notifiers = append(d.declared.Notifiers, n)
}
