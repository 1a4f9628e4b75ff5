package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/slojourn/slojourn/internal/dialogue"
	"github.com/slojourn/slojourn/internal/draft"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// How long somebody waits for names, and for a week of numbers.
const (
	lookTime    = 20 * time.Second
	measureTime = time.Minute
)

// weekHours is how much of the past is measured.
const weekHours = 7 * 24

// initAccount is an account that can be asked.
type initAccount struct {
	source *newrelic.Source
	config slo.NewRelic
	events map[string]int64 // of each layer; nil when they were not counted
}

// open makes it possible to ask the account. That it cannot be is said, and no error; an
// endpoint that must not be sent a key is one.
func (i *initiation) open(ctx context.Context, j draft.Journey) error {
	if i.offline {
		return nil
	}
	source, err := i.openable(j)
	if err != nil || source == nil {
		return err
	}
	opened, err := i.trusted.opener(i.env)(source)
	if err != nil {
		i.without(err)
		return nil
	}
	i.account = &initAccount{source: opened, config: source.NewRelic}
	return ctx.Err()
}

// openable is the Source that the steps will be measured with, as it will be read; nil
// when it is not at hand.
func (i *initiation) openable(j draft.Journey) (*slo.Source, error) {
	declared := i.around.set.Sources
	if j.Source != nil {
		file := spec.File{Name: i.place.path(j.Name), Folder: i.place.real(), Data: j.Source.YAML(i.locale), Named: true}
		result := load.Files([]spec.File{file}, newrelic.Key, i.trusted.check)
		if err := refuse(i.env, result); err != nil {
			return nil, err
		}
		declared = result.Set.Sources
	}
	if at := slices.IndexFunc(declared, func(s *slo.Source) bool { return s.Name == i.measuredWith && s.File == nil }); at >= 0 {
		return declared[at], nil
	}
	return nil, nil
}

// without goes on without the account, and says why.
func (i *initiation) without(reason error) {
	if i.account != nil {
		i.account.source.Close()
		i.account = nil
	}
	i.say(i.words.without(diag.Of(reason).In(i.env.language())))
}

// say says something that is no question.
func (i *initiation) say(text string) {
	if i.dialogue == nil {
		complain(i.env.stderr, text)
		return
	}
	i.dialogue.Say("")
	i.dialogue.Say("%s", text)
}

// countEvents counts what there is to measure each layer by.
func (i *initiation) countEvents(ctx context.Context) {
	if i.account == nil {
		return
	}
	i.say(i.words.looking(i.account.config.AccountID))
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	var types [][]string
	for _, layer := range draft.Layers() {
		types = append(types, layer.Types)
	}
	counted, err := i.account.source.Events(ctx, types)
	if err != nil {
		i.without(err)
		return
	}
	i.account.events = map[string]int64{}
	for n, layer := range draft.Layers() {
		i.account.events[layer.Name] = counted[n]
	}
}

// proposals are the values of a field that the account has, the busiest first.
func (i *initiation) proposals(ctx context.Context, layer draft.Layer, field draft.Field, values draft.Values) []dialogue.Option {
	if i.account == nil || field.Attribute == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	found, err := i.account.source.Busiest(ctx, layer.Types, field.Attribute, layer.Within(field, values))
	if err != nil {
		i.without(err)
		return nil
	}
	events := map[string]int64{}
	for _, value := range found {
		if text, err := field.Check(value.Text); err == nil { // addresses of one path are one
			events[text] += value.Events
		}
	}
	var options []dialogue.Option
	for text, n := range events {
		options = append(options, dialogue.Option{Value: text, Note: i.words.count(n)})
	}
	slices.SortFunc(options, func(a, b dialogue.Option) int {
		return cmp.Or(cmp.Compare(events[b.Value], events[a.Value]), cmp.Compare(a.Value, b.Value))
	})
	return options
}

// measure counts what the steps were in the last seven days, and says so. Those that
// could not be measured are left out.
func (i *initiation) measure(ctx context.Context, j draft.Journey) []draft.Week {
	if i.account == nil {
		return nil
	}
	i.say(i.words.measuring)
	ctx, cancel := context.WithTimeout(ctx, measureTime)
	defer cancel()
	j.Target = usualTarget
	_, result := i.with(j)
	var weeks []draft.Week
	var requests []sources.Request
	var names []string
	for _, step := range j.Steps {
		at := slices.IndexFunc(result.Set.SLOs, func(s *slo.SLO) bool { return s.ID == j.Name+"/"+step.Name })
		if at < 0 {
			continue // the file has an error, which is said before it is written
		}
		cuts := i.hours(step.Layer, result.Set.SLOs[at].SLI)
		requests = append(requests, sources.Request{SLO: result.Set.SLOs[at], Cuts: cuts, Need: sources.Backfill})
		names = append(names, step.Name)
	}
	for n, answer := range i.account.source.Counts(ctx, requests) {
		if answer.Err != nil {
			i.say(i.words.unmeasured(names[n], diag.Of(answer.Err).In(i.env.language())))
			continue
		}
		week := draft.Week{Start: requests[n].Cuts[0], Unit: requests[n].SLO.SLI.Unit()}
		for _, sum := range answer.Sums {
			week.Hours = append(week.Hours, sum.Counts)
		}
		i.say(i.words.week(names[n], week))
		weeks = append(weeks, week)
	}
	if len(weeks) > 1 {
		i.say(i.words.together(draft.Composed(weeks)))
	}
	return weeks
}

// hours are the cuts of the last whole hours that can be measured.
func (i *initiation) hours(layer draft.Layer, sli slo.SLI) []slo.Minute {
	config := i.account.config
	end := slo.MinuteAt(i.env.now().Add(-newrelic.Lag(config, sli))).Floor(int64(draft.HourMinutes))
	kept := slo.Minute(config.Retention.Of(layer.Types)/time.Hour) - 1 // its oldest hour is gone in part
	var cuts []slo.Minute
	for at := end - min(weekHours, max(kept, 1))*draft.HourMinutes; at <= end; at += draft.HourMinutes {
		cuts = append(cuts, at)
	}
	return cuts
}
