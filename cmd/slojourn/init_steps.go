package main

import (
	"context"
	"slices"

	"github.com/slojourn/slojourn/internal/dialogue"
	"github.com/slojourn/slojourn/internal/draft"
)

// steps are those of flags, else those that are asked for one after the other.
func (i *initiation) steps(ctx context.Context, j *draft.Journey) error {
	var names []string
	for _, text := range i.flags.steps {
		step, err := parseStep(text, names)
		if err != nil {
			return usage("--step %q: %w", text, err)
		}
		names = append(names, step.Name)
		j.Steps = append(j.Steps, step)
	}
	if len(j.Steps) > 0 {
		return nil
	}
	i.dialogue.Say("")
	i.dialogue.Say("%s", i.words.steps)
	i.countEvents(ctx)
	for more := true; more; {
		step, err := i.step(ctx, names)
		if err != nil {
			return err
		}
		names = append(names, step.Name)
		j.Steps = append(j.Steps, step)
		if more, err = i.dialogue.Confirm(i.words.another, false); err != nil {
			return err
		}
	}
	return nil
}

// step asks for one step.
func (i *initiation) step(ctx context.Context, names []string) (draft.Step, error) {
	layer, err := i.layer()
	if err != nil {
		return draft.Step{}, err
	}
	step := draft.Step{Layer: layer, Values: draft.Values{}}
	for _, field := range layer.Fields {
		value, err := i.field(ctx, layer, field, step.Values)
		if err != nil {
			return step, err
		}
		if value != "" {
			step.Values[field.Key] = value
		}
	}
	step.Name, err = i.dialogue.Ask(dialogue.Question{
		Text: i.words.stepName, Help: i.words.stepNameHelp, Default: unused(layer.Slug(step.Values), layer.Name, names),
		Check: i.spoken(func(answer string) (string, error) {
			name, err := draft.CheckName(answer)
			if err == nil && slices.Contains(names, name) {
				return "", i.words.stepTaken(name)
			}
			return name, err
		}),
	})
	return step, err
}

// layer asks where a step is measured.
func (i *initiation) layer() (draft.Layer, error) {
	c := dialogue.Choice{Text: i.words.layer}
	for _, layer := range draft.Layers() {
		option := dialogue.Option{Value: layer.Name, Label: layer.Name + ": " + layer.Title(i.locale)}
		if i.account != nil && i.account.events != nil {
			option.Note = i.words.events(i.account.events[layer.Name], layer.Name == "metric")
		}
		c.Options = append(c.Options, option)
	}
	name, err := i.dialogue.Choose(c)
	if err != nil {
		return draft.Layer{}, err
	}
	layer, _ := draft.LayerNamed(name) // it was in the list
	return layer, nil
}

// field asks for a value, if the account can be asked with a list to choose from.
func (i *initiation) field(ctx context.Context, layer draft.Layer, field draft.Field, values draft.Values) (string, error) {
	question, help, none := layer.Question(i.locale, field)
	if options := i.proposals(ctx, layer, field, values); len(options) > 0 {
		if field.Optional {
			options = append([]dialogue.Option{{Label: none}}, options...)
		}
		return i.dialogue.Choose(dialogue.Choice{Text: question, Help: help, Options: options, Other: i.spoken(field.Check)})
	}
	if field.Optional {
		help += i.words.empty(none)
	}
	return i.dialogue.Ask(dialogue.Question{Text: question, Help: help, Default: field.Default, Check: i.spoken(field.Check)})
}
