package spec

import (
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

var policySpec = &definition{what: diag.Say("the alert policy"), keys: []key{
	{name: "tiers", value: list(objectOf(tierDefinition)), doc: "When a budget burns too fast: pairs of windows, each with its own rate."},
	{name: "guard", value: objectOf(guardDefinition), fallback: diag.Say("that of `paging`"), doc: "What keeps a few events at night from waking somebody."},
	{name: "hold", value: objectOf(holdDefinition), fallback: diag.Say("that of `paging`"), doc: "How long it must have been over before an alert resolves."},
	{name: "noTraffic", value: objectOf(noTrafficDefinition), fallback: diag.Say("off"), doc: "An alert when far fewer events come than usual."},
	{name: "noData", value: objectOf(noDataDefinition), fallback: diag.Say("off"), doc: "An alert when nothing could be measured."},
	{
		name: "budgetSpent", value: list(objectOf(spentDefinition)), fallback: diag.Say("off"),
		doc: "Tickets when so much of the budget is spent.",
	},
	acceptKey,
}}

var tierDefinition = &definition{
	what: diag.Say("the tier"),
	keys: []key{
		{name: "severity", value: oneOf(slo.Page, slo.Ticket), required: true, example: "page", doc: "`page` wakes somebody, `ticket` waits for the morning."},
		{
			name: "budget", value: of(shapePercentage), example: "2%",
			doc: "The share of the budget that is spent within `long`; the burn rate follows from it: budget × window / long.",
		},
		{name: "burn", value: of(shapeNumber), example: "13.44", doc: "The burn rate itself, instead of `budget`."},
		{name: "long", value: of(shapeSpan), required: true, example: "1h", doc: "The window that shows that it matters."},
		{name: "short", value: of(shapeSpan), required: true, example: "5m", doc: "The window that shows that it still goes on; shorter than `long`."},
	},
	choices: []choice{{
		keys: []string{"budget", "burn"}, both: diag.Say("keep one of them; the other follows from it"),
		neither: diag.Say("has neither budget nor burn"), neitherHint: diag.Say("write budget: 2%%, the share of the budget that is spent within long, or burn: and the burn rate"),
	}},
}

var guardDefinition = &definition{what: diag.Say("the guard"), keys: []key{
	{name: "minEvents", value: of(shapeCount), example: "10", fallback: diag.Verbatim("10"), doc: "Valid events that the long window must have; 0 for no matter how many."},
	{name: "minBad", value: of(shapeCount), example: "3", fallback: diag.Verbatim("3"), doc: "Bad events that the long window must have; 0 for no matter how many."},
	{
		name: "confidence", value: of(shapeConfidence), example: "95%", fallback: diag.Verbatim("`95%`"),
		doc: "How sure it must be that the burn rate is above the factor and not chance; 0% switches the test off.",
	},
}}

var holdDefinition = &definition{what: diag.Verbatim("hold"), keys: []key{
	{name: "page", value: of(shapeDuration), example: "15m", fallback: diag.Verbatim("`15m`"), doc: "For pages."},
	{name: "ticket", value: of(shapeDuration), example: "1h", fallback: diag.Verbatim("`1h`"), doc: "For tickets."},
}}

var noTrafficDefinition = &definition{what: diag.Verbatim("noTraffic"), keys: []key{
	{name: "after", value: of(shapeSpan), required: true, example: "10m", doc: "Over how long events are counted."},
	{name: "below", value: of(shapePercentage), example: "5%", fallback: diag.Verbatim("`5%`"), doc: "The share of the usual traffic at that time of day."},
	{name: "severity", value: oneOf(slo.Page, slo.Ticket), example: "page", fallback: diag.Verbatim("`page`"), doc: "How urgent it is."},
}}

var noDataDefinition = &definition{what: diag.Verbatim("noData"), keys: []key{
	{name: "after", value: of(shapeSpan), required: true, example: "30m", doc: "For how long nothing could be measured."},
	{name: "severity", value: oneOf(slo.Page, slo.Ticket), example: "ticket", fallback: diag.Verbatim("`ticket`"), doc: "How urgent it is."},
}}

var spentDefinition = &definition{what: diag.Say("the entry of budgetSpent"), keys: []key{
	{name: "at", value: of(shapePercentage), required: true, example: "80%", doc: "The share of the budget that is spent."},
}}

var notifierSpec = &definition{
	what: diag.Say("the notifier"),
	keys: []key{
		{name: "alertmanager", value: objectOf(alertmanagerDefinition), doc: "A Prometheus Alertmanager."},
		{name: "slack", value: objectOf(slackDefinition), doc: "A channel of Slack."},
		{name: "webhook", value: objectOf(webhookDefinition), doc: "A program of your own that takes alerts as JSON."},
		{name: "pagerDuty", value: objectOf(pagerDutyDefinition), doc: "A service of PagerDuty."},
		{name: "locale", value: oneOf(slo.English, slo.Japanese), example: "ja", fallback: diag.Verbatim("`en`"), doc: "The language of the messages."},
		{name: "heartbeat", value: of(shapeSpan), example: "1m", fallback: diag.Say("none"), doc: "How often to say that the engine is alive; of `alertmanager` and `webhook` only."},
	},
	choices: []choice{{
		keys: []string{"alertmanager", "slack", "webhook", "pagerDuty"}, both: diag.Say("write a Notifier for each of them"),
		neither: diag.Say("does not say where alerts go"), neitherHint: diag.Say("write one of alertmanager, slack, webhook and pagerDuty"),
	}},
}

var alertmanagerDefinition = &definition{what: diag.Verbatim("alertmanager"), keys: []key{
	{
		name: "urls", value: list(of(shapeAddress)), required: true, example: "[http://alertmanager.example.com:9093]",
		doc: "The addresses of all its instances.",
	},
}}

var slackDefinition = &definition{what: diag.Verbatim("slack"), keys: []key{
	{
		name: "webhook", value: objectOf(secretReference), required: true, example: "{env: SLOJOURN_SLACK_WEBHOOK}",
		doc: "Where the address of the incoming webhook is read from; it is a secret.",
	},
}}

var webhookDefinition = &definition{what: diag.Verbatim("webhook"), keys: []key{
	{name: "url", value: of(shapeAddress), required: true, example: "https://alerts.example.com/slojourn", doc: "The address that alerts are posted to."},
	{
		name: "hmacKey", value: objectOf(secretReference), example: "{env: SLOJOURN_HMAC_KEY}", fallback: diag.Say("not signed"),
		doc: "Where the key is read from that messages are signed with.",
	},
}}

var pagerDutyDefinition = &definition{what: diag.Verbatim("pagerDuty"), keys: []key{
	{
		name: "routingKey", value: objectOf(secretReference), required: true, example: "{env: SLOJOURN_PAGERDUTY_KEY}",
		doc: "Where the integration key of the service is read from.",
	},
}}

var exclusionSpec = &definition{
	what: diag.Say("the exclusion"),
	keys: []key{
		{
			name: "slos", value: list(of(shapeGlob)), example: "[barcode-payment/*]",
			doc: "What is excluded: patterns over ids, in which `*` stands for any characters. One that matches a journey covers its steps.",
		},
		{name: "owner", value: reference("Team"), example: "payments", doc: "Everything this team owns, instead of `slos`."},
		{
			name: "from", value: of(shapeInstant), required: true, example: "2026-11-22T01:00:00+09:00",
			doc: "When it begins; of a repeated one, when the first begins.",
		},
		{name: "to", value: of(shapeInstant), example: "2026-11-22T03:00:00+09:00", doc: "When it ends."},
		{name: "repeat", value: objectOf(repeatDefinition), doc: "When it comes again, instead of `to`."},
		{
			name: "effect", value: oneOf(slo.Drop, slo.CountAsGood), required: true, example: "drop",
			doc: "`drop` takes the minutes out of budgets; `good` keeps their events and counts none as bad.",
		},
		{name: "reason", value: of(shapeText), required: true, example: "The payment provider moves to a new data centre.", doc: "Why it does not count."},
		{name: "approvedBy", value: of(shapeLine), required: true, example: "Head of payments", doc: "Who agreed to it."},
	},
	choices: []choice{
		{
			keys: []string{"slos", "owner"}, both: diag.Say("keep one of them"), neither: diag.Say("does not say what is excluded"),
			neitherHint: diag.Say("write slos: and a list of ids, or owner: and the name of a Team"),
		},
		{
			keys: []string{"to", "repeat"}, both: diag.Say("keep one of them; duration of repeat says how long each is"), neither: diag.Say("does not say when it ends"),
			neitherHint: diag.Say("write to: 2026-11-22T03:00:00+09:00, or repeat: for one that comes again"),
		},
	},
}

var repeatDefinition = &definition{what: diag.Verbatim("repeat"), keys: []key{
	{
		name: "rrule", value: of(shapeRule), required: true, example: "FREQ=WEEKLY;BYDAY=SU",
		doc: "When it comes again, as a rule of RFC 5545; hourly at most.",
	},
	{name: "duration", value: of(shapeSpan), required: true, example: "2h", doc: "How long each is."},
	{
		name: "timeZone", value: of(shapeZone), example: "Asia/Tokyo", fallback: diag.Say("that of Defaults"),
		doc: "Whose clock the rule follows; IANA.",
	},
}}
