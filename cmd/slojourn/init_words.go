package main

import (
	"github.com/slojourn/slojourn/internal/draft"
	"github.com/slojourn/slojourn/slo"
)

// initWords are what init asks and says, in one language.
type initWords struct {
	welcome                      string
	title, titleHelp             string
	name, nameHelp               string
	owner, ownerHelp             string
	source                       string
	account, accountHelp, region string
	key, keyHelp                 string
	steps, layer, another        string
	stepName, stepNameHelp       string
	empty                        func(none string) string // what an empty answer means, behind a sentence
	nameTaken, fileTaken         string                   // formats of the name or path
	stepTaken                    func(name string) error
	target                       func(window string) string // "" is that of Defaults
	targetHelp                   func(met bool) string      // met: the proposal is one that was met

	looking    func(account int64) string
	measuring  string
	events     func(n int64, metric bool) string // of a layer, lately
	count      func(n int64) string
	without    func(reason string) string
	unmeasured func(step, reason string) string
	week       func(step string, week draft.Week) string
	together   func(share string) string

	interrupted, ended, refused string
	unwritten                   func(path string, reason error) string
	// done says what was written and what comes next; arguments are those of the
	// commands, variable is where the key has to be for them, "" when that need not
	// be said.
	done func(path, arguments, variable string) string
}

func initWordsIn(locale slo.Locale) initWords {
	if locale == slo.Japanese {
		return initJapanese()
	}
	return initEnglish()
}

// initCommands are what comes next, with what each does.
func initCommands(arguments, validate, doctor, eval string) string {
	text := ""
	for _, line := range [][2]string{{"validate", validate}, {"doctor", doctor}, {"eval", eval}} {
		text += "  slojourn " + line[0] + " " + arguments + "\n      " + line[1] + "\n"
	}
	return text
}
