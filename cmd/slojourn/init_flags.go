package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/internal/draft"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// usualKey is where a new Source has its key unless somebody says otherwise.
const usualKey = "env:NEW_RELIC_API_KEY"

// usualTarget is proposed where nothing is known of the past.
const usualTarget = "99.5%"

// usualWindow holds where no Defaults have one: four of each weekday.
const usualWindow, usualWindowMinutes = "28d", slo.Minute(28 * 24 * 60)

// checkFlags looks at all that was given, and says all that is wrong with it.
func (i *initiation) checkFlags() error {
	var wrong []error
	check := func(flag string, value *string, check func(string) (string, error)) {
		if *value == "" {
			return
		}
		checked, err := check(*value)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("--%s: %w", flag, err))
			return
		}
		*value = checked
	}
	f := &i.flags
	check("title", &f.title, draft.CheckText)
	check("name", &f.name, draft.CheckName)
	check("owner", &f.owner, draft.CheckName)
	check("target", &f.target, draft.CheckTarget)
	check("source", &f.source, draft.CheckName)
	check("account", &f.account, draft.CheckAccount)
	check("region", &f.region, checkRegion)
	check("key-from", &f.key, checkKey)
	var names []string
	for _, text := range f.steps {
		step, err := parseStep(text, names)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("--step %q: %w", text, err))
			continue
		}
		names = append(names, step.Name)
	}
	if len(wrong) > 0 {
		return &exitError{exitUsage, errors.Join(wrong...)}
	}
	return nil
}

// unwritten refuses what is about a Source that is written, where none is.
func (f initFlags) unwritten() error {
	var wrong []error
	for _, of := range []struct{ flag, value string }{{"region", f.region}, {"key-from", f.key}, {"endpoint", f.endpoint}} {
		if of.value != "" {
			wrong = append(wrong, fmt.Errorf("--%s is about a Source that is written, and there is one: name the account of another one with --account", of.flag))
		}
	}
	if len(wrong) > 0 {
		return &exitError{exitUsage, errors.Join(wrong...)}
	}
	return nil
}

func checkRegion(text string) (string, error) {
	for _, region := range slo.Regions() {
		if strings.EqualFold(text, string(region)) {
			return string(region), nil
		}
	}
	return "", fmt.Errorf("%q is no region; use US, EU, JP or Gov", text)
}

// keyVariable is what variables with keys are called: see [secret.Resolver].
var keyVariable = regexp.MustCompile(`^(NEW_RELIC|SLOJOURN)_[A-Z0-9_]+$`)

// checkKey wants a reference to a key. What else was typed may be the key itself, and is
// not repeated.
func checkKey(text string) (string, error) {
	text = strings.TrimSpace(text)
	ref, is := referenceTo(text)
	if text == "" {
		return "", draft.Empty
	}
	if _, err := draft.CheckText(text); err != nil || !is || ref.File == "" && !keyVariable.MatchString(ref.Env) {
		return "", draft.NotKey
	}
	return text, nil
}

// parseStep reads a step, which is LAYER:NAME:KEY=VALUE,KEY=VALUE. names are those of the
// steps before.
func parseStep(text string, names []string) (draft.Step, error) {
	var step draft.Step
	parts := strings.SplitN(text, ":", 3)
	layer, found := draft.LayerNamed(parts[0])
	if !found {
		return step, fmt.Errorf("there is no layer %q; use %s", parts[0], join(layerNames()))
	}
	if len(parts) < 3 {
		return step, fmt.Errorf("it is not LAYER:NAME:KEY=VALUE,…; write %s", exampleStep(layer))
	}
	step.Layer = layer
	given, err := pairs(parts[2])
	if err != nil {
		return step, err
	}
	if owner := given["owner"]; owner != "" {
		if step.Owner, err = draft.CheckName(owner); err != nil {
			return step, fmt.Errorf("owner: %w", err)
		}
	}
	delete(given, "owner")
	if step.Values, err = valuesOf(layer, given); err != nil {
		return step, err
	}
	if step.Name = parts[1]; step.Name == "" {
		step.Name = unused(layer.Slug(step.Values), layer.Name, names)
	}
	if _, err := draft.CheckName(step.Name); err != nil {
		return step, fmt.Errorf("its name: %w", err)
	}
	if slices.Contains(names, step.Name) {
		return step, fmt.Errorf("another step is called %s; choose another name", step.Name)
	}
	return step, nil
}

// valuesOf checks what was given for the fields of a layer.
func valuesOf(layer draft.Layer, given map[string]string) (draft.Values, error) {
	values := draft.Values{}
	var missing []string
	for _, field := range layer.Fields {
		value, err := field.Check(given[field.Key])
		switch {
		case errors.Is(err, draft.Empty):
			missing = append(missing, field.Key+"=…")
		case err != nil:
			return nil, fmt.Errorf("%s: %w", field.Key, err)
		case value != "":
			values[field.Key] = value
		}
		delete(given, field.Key)
	}
	if unknown := slices.Sorted(maps.Keys(given)); len(unknown) > 0 {
		return nil, noSuchKey(layer, unknown[0])
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("%s missing; write %s", strings.Join(missing, " and ")+plural(len(missing), " is", " are"), exampleStep(layer))
	}
	return values, nil
}

func noSuchKey(layer draft.Layer, key string) error {
	keys := []string{"owner"}
	for _, field := range layer.Fields {
		keys = append(keys, field.Key)
	}
	if near, found := diag.Nearest(key, keys); found {
		return fmt.Errorf("the layer %s has no key %q; did you mean %s?", layer.Name, key, near)
	}
	return fmt.Errorf("the layer %s has no key %q; use %s", layer.Name, key, join(keys))
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// pairs reads KEY=VALUE,KEY=VALUE, quoted as in CSV.
func pairs(text string) (map[string]string, error) {
	given := map[string]string{}
	if text == "" {
		return given, nil
	}
	reader := csv.NewReader(strings.NewReader(text))
	fields, err := reader.Read()
	if err != nil || reader.InputOffset() < int64(len(text)) {
		return nil, errors.New(`its quotes are wrong: write "KEY=VALUE" around what holds a comma, and "" for a quote in there`)
	}
	for _, field := range fields {
		key, value, found := strings.Cut(field, "=")
		if !found {
			return nil, fmt.Errorf(`%q is not KEY=VALUE; if it belongs to a value with a comma, write "KEY=VALUE" around all of it`, field)
		}
		if _, twice := given[key]; twice {
			return nil, fmt.Errorf("%s stands there twice", key)
		}
		given[key] = value
	}
	return given, nil
}

func layerNames() []string {
	var names []string
	for _, layer := range draft.Layers() {
		names = append(names, layer.Name)
	}
	return names
}

// exampleStep shows what a layer needs.
func exampleStep(layer draft.Layer) string {
	var keys []string
	for _, field := range layer.Fields {
		if !field.Optional {
			keys = append(keys, field.Key+"=…")
		}
	}
	return layer.Name + ":NAME:" + strings.Join(keys, ",")
}

// unused is a name that no other step has.
func unused(name, layer string, names []string) string {
	if name == "" {
		name = layer
	}
	for n, free := 2, name; ; n++ {
		if !slices.Contains(names, free) {
			return free
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}
