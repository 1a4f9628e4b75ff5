package spec

import (
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// language is every kind in the order of the reference. Nothing writes to it.
var language = []kind{
	document("Source", "Where SLIs are measured: an account of New Relic, or a file of counts.", named, sourceSpec, specNeeded),
	document("Team", "Who owns journeys, steps and SLOs.", named, teamSpec, specOptional),
	document("Journey", "What a user tries to get done, as ordered steps.", owned, journeySpec, specNeeded),
	document("SLO", "An SLI with objectives and an owner, which journeys can share.", owned, sloSpec, specNeeded),
	document("AlertPolicy", "When an objective raises alerts, and how urgent they are.", named, policySpec, specNeeded),
	document("Notifier", "Where alerts are sent.", named, notifierSpec, specNeeded),
	document("Exclusion", "Agreed time that does not count.", named, exclusionSpec, specNeeded),
	document("Defaults", "What holds in its folder and below, at most once a folder; the nearest one upward wins as a whole.",
		unnamed, defaultsSpec, specNeeded),
}

// How the documents of the kinds differ: in their metadata, and in whether
// they need a spec.
type (
	naming int
	need   int
)

const (
	named   naming = iota + 1 // a name
	owned                     // a name and an owner
	unnamed                   // neither

	specNeeded need = iota + 1
	specOptional
)

func document(name, doc string, naming naming, spec *definition, need need) kind {
	return kind{name: name, doc: doc, document: &definition{what: diag.Say("the document"), keys: []key{
		{
			name: "apiVersion", value: oneOf(APIVersion), required: true, example: APIVersion,
			doc: "The version of the language.",
		},
		{name: "kind", value: oneOf(name), required: true, example: name, doc: "What the document describes."},
		{
			name: "metadata", value: objectOf(metadata(naming)), required: naming != unnamed,
			doc: "What it is called and whose it is.",
		},
		{name: "spec", value: objectOf(spec), required: need == specNeeded, doc: "What it says."},
	}}}
}

func metadata(naming naming) *definition {
	d := &definition{what: diag.Verbatim("metadata")}
	if naming != unnamed {
		d.keys = append(d.keys, key{
			name: "name", value: of(shapeName), required: true, example: "barcode-payment",
			doc: "What others refer to: at most 63 lower-case letters, digits and hyphens.",
		})
	}
	d.keys = append(
		d.keys,
		key{
			name: "title", value: of(shapeLine), example: "Pay with the app's barcode at the till",
			doc: "What people call it.",
		},
		key{
			name: "owner", value: reference("Team"), required: naming == owned, example: "payments",
			doc: "The team that owns it.",
		},
		key{
			name: "labels", value: mapping("label", labelKey, of(shapeLine)), example: "{product: shop-app}",
			doc: "Words of your own to group and filter by.",
		},
	)
	if naming == owned {
		d.keys = append(d.keys, key{
			name: "renamedFrom", value: list(of(shapeName)), example: "[receipts]",
			doc: "Names it had before, so that its alerts go on under the new one.",
		})
	}
	return d
}

var sourceSpec = &definition{
	what: diag.Say("the source"),
	keys: []key{
		{name: "newRelic", value: objectOf(newRelic), doc: "An account of New Relic."},
		{name: "file", value: objectOf(countsFile), doc: "A file of counts, for backfill and for trying things out."},
	},
	choices: []choice{{
		keys: []string{"newRelic", "file"}, both: diag.Say("write a Source for each of them"), neither: diag.Say("has neither newRelic nor file"),
		neitherHint: diag.Say("write newRelic: and its keys below it, or file: {path: counts.csv}"),
	}},
}

var countsFile = &definition{what: diag.Verbatim("file"), keys: []key{
	{
		name: "path", value: of(shapeCountsPath), required: true, example: "counts.csv",
		doc: "Where it is, below the folder of the spec: a name that ends in `.csv` or `.ndjson`, also with `.gz` behind it.",
	},
}}

var newRelic = &definition{what: diag.Verbatim("newRelic"), keys: []key{
	{
		name: "accountId", value: of(shapeInteger), required: true, example: "1234567",
		doc: "The number of the account that is asked.",
	},
	{
		name: "region", value: oneOf(slo.Regions()...), example: "JP", fallback: diag.Verbatim("`US`"),
		doc: "New Relic's data centre, which decides the address.",
	},
	{
		name: "apiKey", value: objectOf(secretReference), required: true, example: "{env: NEW_RELIC_API_KEY}",
		doc: "Where the user key is read from; the key itself never stands in a file.",
	},
	{
		name: "endpoint", value: of(shapeAddress), example: "http://127.0.0.1:8800/graphql", fallback: diag.Say("the region's"),
		doc: "Another NerdGraph, such as the simulator.",
	},
	{
		name: "queryLag", value: of(shapeDuration), example: "3m", fallback: diag.Verbatim("`3m`"),
		doc: "How long until events can be queried, at most 1d; at least 5m is used for `SyntheticCheck`, `Log` and `Mobile…`.",
	},
	{
		name: "lateness", value: of(shapeDuration), example: "6h", fallback: diag.Verbatim("`6h`"),
		doc: "How long after that events may still arrive and must be counted.",
	},
	{
		name: "retention", value: mapping("event type, or `default`", nil, of(shapeKept)), example: "{default: 8d, Metric: 30d}",
		fallback: diag.Verbatim("`{default: 8d, Metric: 30d}`"),
		doc:      "How long events are kept, by event type; answers about older time are not believed.",
	},
}}

var secretReference = &definition{
	what: diag.Say("the reference to a secret"),
	keys: []key{
		{
			name: "env", value: of(shapeVariable), example: "NEW_RELIC_API_KEY",
			doc: "An environment variable whose name begins with `NEW_RELIC_` or `SLOJOURN_`.",
		},
		{
			name: "file", value: of(shapePath), example: "newrelic-key",
			doc: "A file below the folder that `--secrets-dir` names.",
		},
	},
	choices: []choice{{
		keys: []string{"env", "file"}, both: diag.Say("keep one of them"), neither: diag.Say("names neither env nor file"),
		neitherHint: diag.Say("write {env: NEW_RELIC_API_KEY}, or {file: NAME} for a file below the folder of secrets"),
	}},
}

var teamSpec = &definition{what: diag.Say("the team"), keys: []key{
	{name: "contact", value: of(shapeLine), example: `"#payments"`, doc: "Where the team is reached; quote a name that begins with #."},
	{
		name: "notify", value: list(reference("Notifier")), example: "[payments-slack]",
		doc: "Where alerts about what the team owns are sent.",
	},
	{
		name: "codeOwners", value: list(of(shapeCodeOwner)), example: `["@shop/payments"]`,
		doc: "Who reviews the team's specs on GitHub: `@user`, `@org/team` or an e-mail address, in quotes; for `generate codeowners`.",
	},
}}

var defaultsSpec = &definition{what: diag.Verbatim("Defaults"), keys: []key{
	{name: "source", value: reference("Source"), example: "newrelic", doc: "Measures SLIs that name no source."},
	{name: "window", value: of(shapeWindow), example: "28d", doc: "For objectives that name no window."},
	{name: "timeZone", value: of(shapeZone), example: "Asia/Tokyo", doc: "For calendar windows that name no time zone."},
	{
		name: "alerts", value: of(shapeAlerts), example: "paging",
		doc: "For objectives for which nothing nearer says `alerts`: the name of an AlertPolicy, or `none`.",
	},
}}
