package spec

import (
	"slices"

	"github.com/slojourn/slojourn/slo/diag"

	"github.com/slojourn/slojourn/slo"
)

var journeySpec = &definition{
	what: diag.Say("the journey"),
	keys: slices.Concat(
		descriptive,
		objectiveKeys,
		[]key{
			{
				name: "compose", value: oneOf(slo.Series, slo.Worst, slo.Weighted, slo.Pooled, slo.Measured), example: "series",
				fallback: diag.Verbatim("`series`"),
				doc:      "How the steps make the journey; `measured` needs an `sli` of its own, which the steps explain.",
			},
			alertsKey,
		},
		consequences,
		[]key{
			{
				name: "sli", value: objectOf(sliDefinition), example: sliExample, onlyWith: &word{"compose", string(slo.Measured), diag.Say("move it into a step")},
				doc: "What is measured.",
			},
			historyKey("sli", diag.Say("move it into the step whose sli has changed")),
			acceptKey,
			{name: "steps", value: list(objectOf(stepDefinition)), required: true, doc: "The parts of the journey, in order; at least one."},
		},
	),
	choices: []choice{oneObjective, anObjective},
}

var sloSpec = &definition{
	what: diag.Say("the SLO"),
	keys: slices.Concat(
		descriptive,
		objectiveKeys,
		[]key{alertsKey},
		consequences,
		[]key{
			{name: "sli", value: objectOf(sliDefinition), required: true, example: sliExample, doc: "What is measured."},
			historyKey("", diag.Phrase{}),
			acceptKey,
		},
	),
	choices: []choice{oneObjective, anObjective},
}

// descriptive and consequences are what journeys and SLOs share.
var descriptive = []key{
	{
		name: "description", value: of(shapeText), example: "A shopper who cannot pay leaves the basket at the till.",
		doc: "What it is, and why it matters.",
	},
	{
		name: "stage", value: oneOf(slo.Active, slo.Observe), example: "observe", fallback: diag.Verbatim("`active`"),
		doc: "`observe` measures and shows, and notifies nobody.",
	},
}

var consequences = []key{
	{
		name: "whenSpent", value: of(shapeText), example: "No releases of the payment services until half the budget is back.",
		doc: "What happens when the error budget is spent.",
	},
	{name: "runbook", value: of(shapeLink), example: "https://wiki.example.com/pay", doc: "Where it is written what to do when it alerts."},
	{name: "links", value: list(objectOf(linkDefinition)), doc: "Other pages about it."},
}

var linkDefinition = &definition{what: diag.Say("the link"), keys: []key{
	{name: "title", value: of(shapeLine), example: "Payment board", doc: "What the page is called."},
	{name: "url", value: of(shapeLink), required: true, example: "https://board.example.com/pay", doc: "Its address."},
}}

// objectiveKeys are two ways to write objectives. The choices demand one of
// them, or forbid both.
var (
	objectiveKeys = []key{
		{
			name: "objective", value: either(of(shapeTarget), objectOf(objectiveDefinition)), example: "99.5%",
			doc: "How good it must be: a target alone, or a mapping.",
		},
		{
			name: "objectives", value: list(either(of(shapeTarget), objectOf(objectiveDefinition))),
			doc: "Several objectives instead; alerts are judged for the first, and for others that say `alerts`.",
		},
	}
	oneObjective = choice{keys: []string{"objective", "objectives"}, both: diag.Say("keep one of them")}
	anObjective  = choice{
		keys: oneObjective.keys, neither: diag.Say("has no objective"),
		neitherHint: diag.Say("write objective: {target: 99.9%%, window: 28d}, or objective: 99.9%% where Defaults have a window"),
	}
)

var objectiveDefinition = &definition{what: diag.Say("the objective"), keys: []key{
	{name: "name", value: of(shapeName), example: "contract", fallback: diag.Say("the window"), doc: "What tells it from the other objectives."},
	{
		name: "target", value: of(shapeTarget), required: true, example: "99.9%",
		doc: "The share of valid events that must be good; `%` may be left out from 50 on.",
	},
	{
		name: "window", value: of(shapeWindow), example: "28d", fallback: diag.Say("that of Defaults"),
		doc: "Over which time: rolling from `1m` to `90d`, or `day`, `week`, `month`, `quarter` or `year` of the calendar.",
	},
	{
		name: "timeZone", value: of(shapeZone), example: "Asia/Tokyo", fallback: diag.Say("that of Defaults"),
		doc: "Where a calendar window begins; IANA.",
	},
	alertsKey,
}}

var alertsKey = key{
	name: "alerts", value: of(shapeAlerts), example: "paging", fallback: diag.Say("what the next thing around it says, at last Defaults"),
	doc: "The name of an AlertPolicy, or `none`.",
}

var stepDefinition = &definition{
	what: diag.Say("the step"),
	keys: slices.Concat(
		[]key{
			{name: "name", value: of(shapeName), required: true, example: "authorise", doc: "Unique in the journey; the step's id is `journey/step`."},
			{name: "title", value: of(shapeLine), example: "The card is charged", doc: "What people call it."},
			{name: "description", value: of(shapeText), example: "The bank says yes.", doc: "What it is, and why it matters."},
			{name: "owner", value: reference("Team"), example: "payments", fallback: diag.Say("the journey's"), doc: "The team that owns the step."},
			{name: "weight", value: of(shapeNumber), example: "2", fallback: diag.Verbatim("1"), doc: "Its part in a journey with `compose: weighted`."},
		},
		objectiveKeys,
		[]key{
			alertsKey,
			{name: "sli", value: objectOf(sliDefinition), example: sliExample, doc: "What is measured."},
			historyKey("", diag.Phrase{}),
			{name: "slo", value: reference("SLO"), example: "receipt-delivery", doc: "A shared SLO instead of an `sli`; it brings its own owner, objectives and alerts."},
			acceptKey,
		},
	),
	choices: []choice{
		oneObjective,
		{
			keys: []string{"slo", "sli"}, both: sharedHint, neither: diag.Say("has neither sli nor slo"),
			neitherHint: diag.Say("write sli: %s, or slo: and the name of an SLO", sliExample),
		},
		{keys: []string{"slo", "owner"}, both: sharedHint},
		{keys: []string{"slo", "objective"}, both: sharedHint},
		{keys: []string{"slo", "objectives"}, both: sharedHint},
		{keys: []string{"slo", "alerts"}, both: sharedHint},
		{keys: []string{"slo", "history"}, both: diag.Say("move it into the SLO, whose sli it is about")},
	},
}

// historyKey is about the sli that it stands beside. Where there may be none,
// beside names it, and alone says what to do then.
func historyKey(beside string, alone diag.Phrase) key {
	return key{
		name: "history", value: objectOf(historyDefinition), example: "{mode: restart, reason: Health checks were counted until now.}",
		fallback: diag.Verbatim("`{mode: splice}`"), beside: beside, alone: alone,
		doc: "What becomes of older minutes when the `sli` has changed.",
	}
}

var historyDefinition = &definition{what: diag.Verbatim("history"), keys: []key{
	{
		name: "mode", value: oneOf(slo.Splice, slo.Restart), example: "splice", fallback: diag.Verbatim("`splice`"),
		doc: "`splice` goes on from the minutes of the earlier `sli`; `restart` begins anew.",
	},
	{
		name: "reason", value: of(shapeText), example: "Health checks were counted until now.",
		onlyWith: &word{"mode", string(slo.Restart), diag.Say("remove it")}, doc: "Why older minutes do not count.",
	},
}}

var sharedHint = diag.Say("remove it: the shared SLO brings its own")

var queriesHint = diag.Say("remove it: the queries below nrql say everything")

const sliExample = "{from: Transaction, bad: error IS TRUE}"

var sliDefinition = &definition{
	what: diag.Say("the sli"),
	keys: []key{
		{
			name: "source", value: reference("Source"), example: "newrelic", fallback: diag.Say("that of Defaults, else the only Source"),
			doc: "Where it is measured.",
		},
		{
			name: "from", value: either(of(shapeEventTypes), list(of(shapeEventTypes))), example: "Transaction",
			doc: "Which event types, with commas between them or as a list.",
		},
		{
			name: "where", value: of(shapeCondition), example: "appName = 'payment-api'", fallback: diag.Say("all events"),
			doc: "Which of the events are valid.",
		},
		{name: "good", value: of(shapeCondition), example: "error IS FALSE OR error IS NULL", doc: "Which valid events are good."},
		{name: "bad", value: of(shapeCondition), example: "error IS TRUE", doc: "Which valid events are bad, instead of `good`."},
		{
			name: "count", value: of(shapeAggregate), example: "sum(items)", fallback: diag.Verbatim("`count(*)`"),
			doc: "How much an event counts: `count(*)`, or `sum(…)` of an attribute.",
		},
		{name: "nrql", value: objectOf(queriesDefinition), doc: "Whole queries, instead of `from` and conditions."},
		{
			name: "slice", value: objectOf(sliceDefinition),
			doc: "Slices of time that are good or bad as a whole, instead of `good` or `bad`.",
		},
		{
			name: "lag", value: of(shapeDuration), example: "10m", fallback: diag.Say("the source's `queryLag`"),
			doc: "How long until these events can be queried, at most 1d.",
		},
	},
	choices: []choice{
		{
			keys: []string{"nrql", "from"}, both: queriesHint, neither: diag.Say("has no from"),
			neitherHint: diag.Say("write from: and the event types, such as from: Transaction"),
		},
		{keys: []string{"nrql", "where"}, both: queriesHint},
		{keys: []string{"nrql", "good"}, both: queriesHint},
		{keys: []string{"nrql", "bad"}, both: queriesHint},
		{keys: []string{"nrql", "count"}, both: queriesHint},
		{keys: []string{"nrql", "slice"}, both: queriesHint},
		{keys: []string{"slice", "good"}, both: diag.Say("remove it: good of the slice says when a slice is good")},
		{keys: []string{"slice", "bad"}, both: diag.Say("remove it: good of the slice says when a slice is good")},
		{keys: []string{"slice", "count"}, both: diag.Say("remove it: a slice counts as one")},
		{keys: []string{"good", "bad"}, both: diag.Say("keep one of them; the other follows from it")},
		{
			keys: []string{"good", "bad", "nrql", "slice"}, neither: diag.Say("has neither good nor bad"),
			neitherHint: diag.Say("write bad: and what makes an event bad, such as bad: error IS TRUE; or good:"),
		},
	},
}

var queriesDefinition = &definition{
	what: diag.Verbatim("nrql"),
	keys: []key{
		{
			name: "total", value: of(shapeQuery), required: true, example: "SELECT count(*) FROM Transaction WHERE appName = 'payment-api'",
			doc: "Counts the valid events: a query for one number that adds up over time; the time range is added to it.",
		},
		{name: "good", value: of(shapeQuery), example: "SELECT count(*) FROM Transaction WHERE appName = 'payment-api' AND duration < 1", doc: "Counts the good ones."},
		{name: "bad", value: of(shapeQuery), example: "SELECT count(*) FROM TransactionError WHERE appName = 'payment-api'", doc: "Counts the bad ones, instead of `good`."},
	},
	choices: []choice{{
		keys: []string{"good", "bad"}, both: diag.Say("keep one of them; the other follows from it"),
		neither: diag.Say("has neither good nor bad"), neitherHint: diag.Say("write bad: and a query that counts the bad events, or good:"),
	}},
}

var sliceDefinition = &definition{what: diag.Say("the slice"), keys: []key{
	{name: "every", value: of(shapeEvery), required: true, example: "1m", doc: "How long a slice is: from `1m` to `1h`, a divisor of an hour."},
	{
		name: "value", value: of(shapeAggregate), required: true, example: "percentile(duration, 95)",
		doc: "What is computed from the valid events of a slice; any aggregate of NRQL.",
	},
	{
		name: "good", value: of(shapeSliceTest), required: true, example: "value <= 0.8",
		doc: "When a slice is good: a condition on `value`.",
	},
	{
		name: "empty", value: oneOf(slo.EmptyGood, slo.EmptyBad), example: "bad", fallback: diag.Say("not counted"),
		doc: "What a slice without valid events is.",
	},
}}
