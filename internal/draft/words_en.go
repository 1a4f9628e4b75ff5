package draft

import "fmt"

func english() *words {
	return &words{
		head: `A first draft of a journey, written by slojourn init. Change whatever does not fit.
Lines that begin with # are for people: delete those you no longer need.

Next, in this folder:
  slojourn validate .   finds mistakes, and says what to write instead
  slojourn doctor .     looks whether New Relic has these events
  slojourn eval .       measures, and prints how much of the error budget is left`,
		name:  "The id, in commands, metrics and alerts. To rename it later, add renamedFrom: [OLD-NAME].",
		title: "What people call it.",
		owner: "The Team that answers for the journey as a whole.",
		observe: func(alerted bool) string {
			text := `observe: it is measured and shown, and nobody is alerted. Give it about four weeks. When the
numbers match what users say, `
			if alerted {
				return text + "delete this line: the alert policy of the Defaults then holds."
			}
			return text + "write \"alerts: paging\" in place of this line."
		},
		promise: func(window string) string {
			text := "The promise: this share of what users try has to go well. The rest is the error budget,\nwhich may be spent on releases, experiments and bad luck. "
			if window == "" {
				return text + "The window is that of the Defaults."
			}
			return text + window + " means the last " + window[:len(window)-1] + " days."
		},
		past: func(weeks []Week) string {
			first, share := summary(weeks)
			if share == "" {
				return ""
			}
			return fmt.Sprintf("In the %d days up to %s it was %s.", len(first.Hours)/24, Moment(first.End()), share)
		},
		whenSpent: `What stops when the budget is spent. Agree on it before it happens, and write it here:
  whenSpent: No releases of these services until half the budget is back.`,
		steps: `What users do, in order: three to seven steps, each with one team that can mend it. The
journey is as good as all of its steps together: 99.9% and 99.8% make 99.7%.`,
		ownTarget: `If another team mends this step, or it needs a target of its own, write here:
  owner: TEAM
  objective: 99.9%`,
		from:    "The event types it is measured by.",
		sampled: "Agents may send only some of these events, which validate would mention. It is accepted here:\ndelete this if totals matter to you.",
		alike:   "Good and bad events are sampled alike, so the share stays right; only totals come out too low.",
		valid:   "Which events count. Leave out what is not your fault: robots, wrong passwords, declined cards.",
		good:    "Which of them are good. All others are bad, also those that lack an attribute.",
		bad:     "Which of them are bad. All others are good, also those that lack an attribute.",
		queries: "How many there were, and how many of them were bad: sums, as averages cannot be added up.",
		where:   "The Source it is measured with.",
		team:    "Who owns what. Other files refer to a Team by its name.",
		contact: "Where people reach the team:\n  spec: {contact: \"#channel\"}",
		source: `Where it is measured. All files of a folder share one Source, so keep it when you delete the
journey. slojourn serve --config DIR takes Sources from that folder alone.`,
		account:  "The number of the New Relic account: in its menu under Administration, or in the address bar.",
		region:   "Its data centre: US, EU, JP or Gov.",
		key:      "Where the key is, and never the key itself: a user key, which begins with NRAK-.",
		endpoint: "Another NerdGraph than New Relic's, such as slojourn simulator. Delete it for the real one.",
		retention: `How long the account keeps events. Older answers are not believed:
  retention: {default: 8d}`,

		layers: map[string]layerWords{
			"mobile": {
				title: "requests of a mobile app",
				comment: `Measured in the mobile app, the network included. Requests that failed have an event type of
their own: both types belong together.`,
				verdict: "A request that never reached a server has no status.",
			},
			"page": {
				title:   "pages in the browser",
				comment: "Measured in the browser: how long a page took to load. What never loaded does not report.",
				verdict: "In seconds: where users give up, not where the graph is today.",
			},
			"ajax": {
				title:   "AJAX requests of pages in the browser",
				comment: "Measured in the browser: requests that pages send.",
				verdict: "0 is a request that was blocked or cut off.",
			},
			"backend": {
				title:   "transactions of a service",
				comment: "Measured in the service: complete, but blind to what never reaches it.",
				verdict: "Many agents set error only when it is true, and leave it out otherwise.",
			},
			"synthetic": {
				title:   "a synthetic check",
				comment: "Measured by a robot, day and night: it also sees outages while nobody is there.",
				verdict: "",
			},
			"log": {
				title:   "lines of a log",
				comment: "Measured by the log, for what reports in no other way.",
				verdict: "Some programs write severity or log.level in the place of level.",
			},
			"metric": {
				title:   "metrics that count",
				comment: "Measured by two metrics: one counts everything, the other one the failures.",
			},
		},
		fields: map[string]fieldWords{
			"app":            {"Which application?", "Its name in New Relic (appName).", ""},
			"mobile/path":    {"Which requests?", "What their path begins with, such as /v2/search; % stands for anything.", ""},
			"mobile/slow":    {"After how many seconds is a request too slow?", "Where users give up.", "a slow request is still a good one"},
			"page/url":       {"Which pages?", "A part of their address, such as /search; % stands for anything.", "all pages"},
			"page/slow":      {"After how many seconds is a page too slow?", "Where users give up.", ""},
			"ajax/url":       {"Which requests?", "A part of their address, such as /api/search; % stands for anything.", ""},
			"transaction":    {"Which transaction?", "Its full name, such as WebTransaction/Action/placeOrder.", ""},
			"backend/slow":   {"After how many seconds is a transaction too slow?", "Where users give up.", "a slow transaction is still a good one"},
			"monitor":        {"Which monitor?", "Its name in New Relic (monitorName).", ""},
			"log/service":    {"The log of which service?", "Its service.name.", ""},
			"message":        {"Which lines?", "A part of their message; % stands for anything.", "all lines"},
			"total":          {"Which metric counts everything?", "A count whose values can be added up, such as checkout.requests.", ""},
			"bad":            {"Which metric counts the failures?", "A count as well, such as checkout.failures.", ""},
			"metric/service": {"Of which service?", "Its service.name.", "all that report these metrics"},
		},
		refusals: map[Refusal]string{
			Empty:       "an answer is needed",
			TooLong:     "that is longer than 300 characters",
			NotText:     "that holds characters that cannot be seen, such as those of arrow keys",
			Active:      "leave out mentions (@here, <!channel>) and templates ({{): they would act where the text is sent",
			NotName:     "use at most 63 lower-case letters, digits and hyphens, with a letter or digit at both ends, such as order-online",
			NotSeconds:  "write seconds, such as 0.8, or milliseconds, such as 800ms; at most an hour",
			NotTarget:   "write a percentage above 0 and below 100, such as 99.5%, and not a share such as 0.995",
			NotAccount:  "write the number of the account, such as 1234567",
			NoBackticks: "NRQL cannot write a name with a backtick",
			Secret:      "that looks like a secret, which has no place in a file: revoke it, as it may have been seen",
			NotKey:      "write env:NAME, with a name that begins with NEW_RELIC_ or SLOJOURN_, or file:NAME; never the key itself",
		},
	}
}

// summary returns the first week that has events, and the good share of all; "" without
// any.
func summary(weeks []Week) (first Week, share string) {
	for _, w := range weeks {
		if w.Sum().Total > 0 {
			return w, Composed(weeks)
		}
	}
	return Week{}, ""
}
