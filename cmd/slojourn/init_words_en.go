package main

import (
	"fmt"

	"github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/internal/draft"
)

func initEnglish() initWords {
	return initWords{
		welcome: "This writes a first journey: something that users try to get done, as steps that are measured. " +
			"Enter takes what stands in brackets; Ctrl-C leaves, and nothing is written.",
		title:     "What do users try to get done?",
		titleHelp: "In their words, such as: Pay with the app's barcode at the till.",
		name:      "What is its id?",
		nameHelp:  "It stands in commands, metrics and alerts: lower-case letters, digits and hyphens.",
		owner:     "Which team owns it?",
		ownerHelp: "A short name, such as payments.",
		source:    "What is it measured with?",
		account:   "Which New Relic account is it measured in?", accountHelp: "Its number.",
		region:       "In which region is the account?",
		key:          "Where is its user key?",
		keyHelp:      "The name of an environment variable or file; never the key itself.",
		steps:        "Now the steps. The one that hurts most when it fails is enough to begin with.",
		layer:        "Where is the step measured? As close to the user as the numbers can be trusted.",
		another:      "Another step?",
		stepName:     "What is the step called?",
		stepNameHelp: "Lower-case letters, digits and hyphens.",
		empty:        func(none string) string { return " Empty: " + none + "." },
		nameTaken:    "the folder has %s already; choose another name",
		fileTaken:    "%s exists already, and is never overwritten; choose another name",
		stepTaken:    func(name string) error { return fmt.Errorf("another step is called %s; choose another name", name) },
		target: func(window string) string {
			if window == "" {
				return "Which share has to be good, in the window of the Defaults?"
			}
			return "Which share has to be good, in the last " + window[:len(window)-1] + " days?"
		},
		targetHelp: func(met bool) string {
			if met {
				return "What stands in brackets would have been met."
			}
			return "Any will do to begin with: nobody is alerted yet, and the numbers of the first weeks will tell."
		},

		looking:   func(account int64) string { return fmt.Sprintf("Looking at what account %d has …", account) },
		measuring: "Measuring the last seven days …",
		events: func(n int64, metric bool) string {
			switch {
			case metric && n == 0:
				return "none in the last hour"
			case metric:
				return words.Count(n) + " values in the last hour"
			case n == 0:
				return "none in the last 7 days"
			}
			return words.Count(n) + " in the last 7 days"
		},
		count: words.Count,
		without: func(reason string) string {
			return fmt.Sprintf("New Relic cannot be asked for names and numbers, so it goes on without: %s", reason)
		},
		unmeasured: func(step, reason string) string {
			return fmt.Sprintf("%s could not be measured: %s", step, reason)
		},
		week: func(step string, week draft.Week) string {
			if week.Total() == 0 {
				return fmt.Sprintf("%s: there was nothing to count in %s. Look at the names: NRQL takes any.", step, englishDays(week))
			}
			text := fmt.Sprintf("%s: of %s in %s, %s were good", step, words.Count(week.Total()), englishDays(week), draft.Share(week.Sum()))
			if begin, worst, found := week.Worst(); found {
				return text + fmt.Sprintf("; the worst hour, from %s, had %s.", draft.Moment(begin), draft.Share(worst))
			}
			return text + "."
		},
		together: func(share string) string { return "All steps together: " + share + "." },

		interrupted: "interrupted; nothing was written",
		ended:       "the input ended before all questions were answered; nothing was written",
		refused:     "nothing was written, as it would have these mistakes; choose other answers",
		unwritten:   func(path string, reason error) string { return fmt.Sprintf("write %s: %v", path, reason) },
		done: func(path, arguments, variable string) string {
			text := path + " is written. It explains itself; change what does not fit. Next:\n\n" +
				initCommands(arguments, "finds mistakes", "looks whether New Relic has these events", "prints how much of the error budget is left")
			if variable != "" {
				text += "\nThe last two ask New Relic, and need the key in " + variable + ".\n"
			}
			return text
		},
	}
}

func englishDays(week draft.Week) string {
	if days := len(week.Hours) / 24; days > 1 {
		return fmt.Sprintf("the last %d days", days)
	}
	return fmt.Sprintf("the last %d hours", len(week.Hours))
}
