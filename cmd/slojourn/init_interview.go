package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/slojourn/slojourn/internal/dialogue"
	"github.com/slojourn/slojourn/internal/draft"
	"github.com/slojourn/slojourn/slo"
)

// interview asks for what flags do not say. Without a terminal, defaults are taken, and
// what has none is missing: all of it is said at once.
func (i *initiation) interview(ctx context.Context) (draft.Journey, error) {
	j := draft.Journey{Alerted: i.around.defaults.Alerts.Value != "" && i.around.defaults.Alerts.Value != "none"}
	if !i.around.defaults.Window.Value.Valid() {
		j.Window = usualWindow
	}
	if i.dialogue != nil {
		i.dialogue.Say("%s", i.words.welcome)
	}
	var err error
	if j.Title, err = i.text("title", i.flags.title, dialogue.Question{Text: i.words.title, Help: i.words.titleHelp, Check: draft.CheckText}); err != nil {
		return j, err
	}
	if j.Title != "" || i.flags.name != "" { // else it waits for the title
		if j.Name, err = i.text("name", i.flags.name, dialogue.Question{
			Text: i.words.name, Help: i.words.nameHelp, Default: i.proposedName(j.Title), Check: i.checkFree,
		}); err != nil {
			return j, err
		}
	}
	if j.Owner, err = i.owner(); err != nil {
		return j, err
	}
	if err := i.source(&j); err != nil {
		return j, err
	}
	if err := i.incomplete(); err != nil { // before anybody is asked over a network
		return j, err
	}
	if err := i.open(ctx, j); err != nil {
		return j, err
	}
	if err := i.steps(ctx, &j); err != nil {
		return j, err
	}
	j.Teams = i.newTeams(j)
	j.Measured = i.measure(ctx, j)
	j.Target, err = i.target(j)
	return j, err
}

// incomplete says everything that is missing.
func (i *initiation) incomplete() error {
	if i.dialogue == nil && len(i.flags.steps) == 0 {
		usual, _ := draft.LayerNamed("backend")
		i.lack("step", "how a step is measured, such as "+exampleStep(usual))
	}
	if len(i.missing) == 0 {
		return nil
	}
	return &exitError{exitUsage, errors.Join(append(i.missing, errors.New("without a terminal nothing can be asked: give these flags"))...)}
}

// lack notes a flag that is missing.
func (i *initiation) lack(flag, meaning string) {
	i.missing = append(i.missing, fmt.Errorf("--%s is missing: %s", flag, meaning))
}

// text is the answer of a flag, of the dialogue, or the default.
func (i *initiation) text(flag, given string, q dialogue.Question) (string, error) {
	check := q.Check
	switch {
	case given != "":
		checked, err := check(given)
		if err != nil {
			return "", usage("--%s: %w", flag, err)
		}
		return checked, nil
	case i.dialogue != nil:
		q.Check = i.spoken(check)
		return i.dialogue.Ask(q)
	case q.Default != "":
		checked, err := check(q.Default)
		if err != nil {
			i.lack(flag, err.Error())
		}
		return checked, nil
	}
	i.lack(flag, flagMeanings()[flag])
	return "", nil
}

// flagMeanings say what flags are for that may be missing.
func flagMeanings() map[string]string {
	return map[string]string{
		"title":   "what users try to get done, in their words",
		"name":    "the id of the journey: lower-case letters, digits and hyphens",
		"owner":   "the team that owns the journey",
		"account": "the number of the New Relic account, as the folder has no Source; or --source, if the operator has one",
	}
}

// spoken lets a check refuse in the language of the dialogue.
func (i *initiation) spoken(check func(string) (string, error)) func(string) (string, error) {
	return func(answer string) (string, error) {
		checked, err := check(answer)
		if refusal, is := errors.AsType[draft.Refusal](err); is {
			return "", errors.New(refusal.Text(i.locale))
		}
		return checked, err
	}
}

// proposedName is made of the title. A dialogue proposes only what is free; without one,
// the reason why it is not is said.
func (i *initiation) proposedName(title string) string {
	name := draft.Slug(title)
	if _, err := i.checkFree(name); err != nil && i.dialogue != nil {
		return ""
	}
	return name
}

// checkFree wants a name that neither a journey nor a file has.
func (i *initiation) checkFree(name string) (string, error) {
	name, err := draft.CheckName(name)
	switch {
	case err != nil:
		return "", err
	case slices.Contains(i.around.set.IDs(), name):
		return "", fmt.Errorf(i.words.nameTaken, name)
	case !i.place.stdout && taken(i.place.path(name)):
		return "", fmt.Errorf(i.words.fileTaken, i.place.path(name))
	}
	return name, nil
}

// owner is one of the teams there are, or a new one.
func (i *initiation) owner() (string, error) {
	q := dialogue.Question{Text: i.words.owner, Help: i.words.ownerHelp, Check: draft.CheckName}
	teams := i.around.set.Teams
	if i.flags.owner == "" && i.dialogue != nil && len(teams) > 0 {
		c := dialogue.Choice{Text: q.Text, Other: i.spoken(draft.CheckName)}
		for _, team := range teams {
			c.Options = append(c.Options, dialogue.Option{Value: team.Name, Note: team.Title})
		}
		return i.dialogue.Choose(c)
	}
	if len(teams) == 1 {
		q.Default = teams[0].Name
	}
	return i.text("owner", i.flags.owner, q)
}

// newTeams are the owners that have no Team yet, in order.
func (i *initiation) newTeams(j draft.Journey) []string {
	owners := []string{j.Owner}
	for _, step := range j.Steps {
		owners = append(owners, step.Owner)
	}
	slices.Sort(owners)
	return slices.DeleteFunc(slices.Compact(owners), func(owner string) bool { return owner == "" || i.around.set.Team(owner) != nil })
}

// source decides what the steps are measured with: a Source there is, or a new one.
func (i *initiation) source(j *draft.Journey) error {
	all, usual := i.around.set.Sources, i.around.defaults.Source.Value
	accounts := slices.DeleteFunc(slices.Clone(all), func(s *slo.Source) bool { return s.File != nil })
	name := i.flags.source
	switch {
	case i.flags.account != "" || len(accounts) == 0 && name == "":
		if name == "" {
			name = unused("newrelic", "", sourceNames(all))
		}
		if slices.Contains(sourceNames(all), name) {
			return usage("--source %s: there is a Source of that name; leave out --account, or choose another name", name)
		}
		if err := i.newSource(j, name); err != nil {
			return err
		}
	case len(accounts) == 0: // that of an operator, whose folder is not at hand
	case name != "" && !slices.Contains(sourceNames(accounts), name):
		return usage("--source %s: there is no such Source of a New Relic account; there are %s", name, join(sourceNames(accounts)))
	case name == "" && slices.Contains(sourceNames(accounts), usual):
		name = usual
	case name == "":
		var err error
		if name, err = i.chosenSource(accounts); err != nil {
			return err
		}
	}
	if j.Source == nil {
		if err := i.flags.unwritten(); err != nil {
			return err
		}
	}
	i.measuredWith = name
	if name != usual && (usual != "" || len(all) != 1 || all[0].Name != name) && !(len(all) == 0 && j.Source != nil) {
		j.SourceName = name
	}
	return nil
}

func sourceNames(declared []*slo.Source) []string {
	var names []string
	for _, s := range declared {
		names = append(names, s.Name)
	}
	return names
}

// chosenSource is the only Source, or the one that was chosen.
func (i *initiation) chosenSource(declared []*slo.Source) (string, error) {
	if len(declared) == 1 {
		return declared[0].Name, nil
	}
	if i.dialogue == nil {
		i.lack("source", "the Source to measure with: "+join(sourceNames(declared)))
		return "", nil
	}
	c := dialogue.Choice{Text: i.words.source}
	for _, s := range declared {
		c.Options = append(c.Options, dialogue.Option{Value: s.Name, Note: s.Title})
	}
	return i.dialogue.Choose(c)
}

// newSource asks for an account.
func (i *initiation) newSource(j *draft.Journey, name string) error {
	account, err := i.text("account", i.flags.account, dialogue.Question{Text: i.words.account, Help: i.words.accountHelp, Check: draft.CheckAccount})
	if err != nil {
		return err
	}
	region := i.flags.region
	if region == "" {
		region = string(slo.US)
		if i.dialogue != nil {
			c := dialogue.Choice{Text: i.words.region, Default: region}
			for _, r := range slo.Regions() {
				c.Options = append(c.Options, dialogue.Option{Value: string(r)})
			}
			if region, err = i.dialogue.Choose(c); err != nil {
				return err
			}
		}
	}
	key, err := i.text("key-from", i.flags.key, dialogue.Question{Text: i.words.key, Help: i.words.keyHelp, Default: usualKey, Check: checkKey})
	if err != nil {
		return err
	}
	ref, _ := referenceTo(key)
	number, _ := strconv.ParseInt(account, 10, 64) // 0 when it is missing, which is said
	j.Source = &draft.Source{Name: name, Account: number, Region: slo.Region(region), Key: ref, Endpoint: i.flags.endpoint}
	return nil
}

// target is the promise.
func (i *initiation) target(j draft.Journey) (string, error) {
	usual, met := draft.Suggest(j.Measured, i.windowMinutes())
	if !met {
		usual = usualTarget
	}
	return i.text("target", i.flags.target, dialogue.Question{
		Text: i.words.target(j.Window), Help: i.words.targetHelp(met), Default: usual, Check: draft.CheckTarget,
	})
}

// windowMinutes is the nominal length of the objective's window.
func (i *initiation) windowMinutes() slo.Minute {
	if w := i.around.defaults.Window.Value; w.Valid() {
		return slo.Minute(w.Minutes())
	}
	return usualWindowMinutes
}
