package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/revision"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// change is what differs between the two sets that are compared.
type change struct {
	against  string
	targets  []string
	policies []string
	edits    []edit
}

// edit changes the objectives that a pattern and a name choose: without a pattern the
// first one of everything, without a name the first one of each id.
type edit struct {
	flag      string
	pattern   string
	objective string
	target    slo.Target // valid, or
	policy    string
}

func (c *change) any() bool { return len(c.edits) > 0 }

// String says what is changed.
func (c *change) String() string {
	const most = 3
	var texts []string
	for _, text := range c.targets {
		texts = append(texts, "--target "+text)
	}
	for _, text := range c.policies {
		texts = append(texts, "--policy "+text)
	}
	if more := len(texts) - most; more > 0 {
		texts = append(texts[:most], fmt.Sprintf("%d more", more))
	}
	return strings.Join(texts, ", ")
}

// check reads --target and --policy.
func (c *change) check() error {
	for _, text := range c.targets {
		e, value, err := newEdit("--target", text)
		if err != nil {
			return err
		}
		if e.target, err = slo.ParseTarget(value); err != nil {
			return problem("--target "+text, err)
		}
		c.edits = append(c.edits, e)
	}
	for _, text := range c.policies {
		e, value, err := newEdit("--policy", text)
		if err != nil {
			return err
		}
		e.policy = value
		c.edits = append(c.edits, e)
	}
	return nil
}

// newEdit takes [ID[:OBJECTIVE]=]VALUE apart.
func newEdit(flag, text string) (edit, string, error) {
	which, value, found := strings.Cut(text, "=")
	if !found {
		which, value = "*", text
	}
	e := edit{flag: flag}
	e.pattern, e.objective, _ = strings.Cut(which, ":")
	if e.pattern == "" || value == "" || strings.HasSuffix(which, ":") {
		return e, "", usage("%s %q is not complete; write %s ID=VALUE, %[1]s ID:OBJECTIVE=VALUE, or the value alone for everything", flag, text, flag)
	}
	return e, value, nil
}

// apply returns a copy of a set with the change. all are the ids of what is there before
// some of it was chosen.
func (c *change) apply(set *slo.Set, all []string) (*slo.Set, error) {
	changed := copied(set)
	for _, e := range c.edits {
		if err := e.apply(changed, all); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

func (e *edit) apply(set *slo.Set, all []string) error {
	if err := matchesSome(e.flag, e.pattern, set.IDs()); err != nil {
		if slices.Contains(all, e.pattern) {
			return usage("%s: --slo leaves out %s", e.flag, e.pattern)
		}
		return err
	}
	policy, err := e.policyIn(set)
	if err != nil {
		return err
	}
	done := false
	var names []string
	each(set, func(id string, objectives []slo.Objective) {
		if !slo.MatchID(e.pattern, id) {
			return
		}
		for i := range objectives {
			o := &objectives[i]
			names = append(names, o.Name)
			if e.objective == "" && i > 0 || e.objective != "" && o.Name != e.objective {
				continue
			}
			done = true
			if e.target.Valid() {
				o.Target = e.target
			} else {
				o.Alerts = policy
			}
		}
	})
	switch {
	case done:
		return nil
	case len(names) == 0:
		return usage("%s: %s has no objective", e.flag, e.pattern)
	}
	slices.Sort(names)
	return usage("%s: %s has no objective %q; use %s", e.flag, e.pattern, e.objective, join(slices.Compact(names)))
}

// policyIn returns the policy that an edit names, nil for none.
func (e *edit) policyIn(set *slo.Set) (*slo.AlertPolicy, error) {
	if e.target.Valid() || e.policy == "none" {
		return nil, nil
	}
	var names []string
	for _, p := range set.Policies {
		if p.Name == e.policy {
			return p, nil
		}
		names = append(names, p.Name)
	}
	if near, found := diag.Nearest(e.policy, names); found {
		return nil, usage("%s: there is no alert policy %q; did you mean %s?", e.flag, e.policy, near)
	}
	names = append(names, "none")
	slices.Sort(names)
	return nil, usage("%s: there is no alert policy %q; use %s", e.flag, e.policy, join(names))
}

// each visits the objectives of every id, which may be changed.
func each(set *slo.Set, do func(id string, objectives []slo.Objective)) {
	for _, s := range set.SLOs {
		do(s.ID, s.Objectives)
	}
	for _, j := range set.Journeys {
		do(j.ID, j.Objectives)
	}
}

// copied returns a copy of a set whose objectives can be changed.
func copied(set *slo.Set) *slo.Set {
	c := *set
	copies := map[*slo.SLO]*slo.SLO{}
	of := func(s *slo.SLO) *slo.SLO {
		if copies[s] == nil {
			one := *s
			one.Objectives = slices.Clone(s.Objectives)
			copies[s] = &one
		}
		return copies[s]
	}
	c.SLOs = make([]*slo.SLO, len(set.SLOs))
	for i, s := range set.SLOs {
		c.SLOs[i] = of(s)
	}
	c.Journeys = make([]*slo.Journey, len(set.Journeys))
	for i, j := range set.Journeys {
		one := *j
		one.Objectives, one.Steps = slices.Clone(j.Objectives), slices.Clone(j.Steps)
		for k := range one.Steps {
			one.Steps[k].SLO = of(one.Steps[k].SLO)
		}
		c.Journeys[i] = &one
	}
	return &c
}

// warn says what makes no sense about a changed set that made sense before, and returns
// it for the document.
func (b *backtesting) warn(before, after *slo.Set) []burnrate.Notice {
	known := map[slo.Doubt]bool{}
	for _, doubt := range before.Doubts() {
		known[doubt] = true
	}
	var doubts []burnrate.Failure
	var notices []burnrate.Notice
	for _, doubt := range after.Doubts() {
		if !known[doubt] {
			doubts = append(doubts, burnrate.Failure(doubt))
			notices = append(notices, burnrate.Notice{ID: doubt.ID, Message: afterTheChange + doubt.Message})
		}
	}
	for _, line := range report.Grouped(doubts) {
		complain(b.env.stderr, afterTheChange+line)
	}
	return notices
}

// afterTheChange begins what is wrong with the changed set alone.
const afterTheChange = "after the change: "

// loadAgainst reads the specs before the change: those of a folder or a file, if there
// is one, and else those of a revision. The operator's folder is as it is now.
func (b *backtesting) loadAgainst(ctx context.Context) (*load.Result, error) {
	against := b.change.against
	if _, err := os.Stat(against); err == nil {
		return loadSet(environment{stderr: b.env.stderr, getenv: b.env.getenv}, b.trusted, []string{against})
	}
	found, config, err := foundIn(ctx, against, b.trusted, b.paths)
	if err != nil {
		return nil, usage("--against: %w", err)
	}
	result, err := load.Found(append(found, config...), newrelic.Key, newrelic.Check, b.trusted.check)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	return result, nil
}

// foundIn finds the specs of some paths in a revision, in the order of the paths, and the
// operator's folder as it is now.
func foundIn(ctx context.Context, against string, t *trust, paths []string) (found, config []spec.Found, err error) {
	found, err = revision.Read(ctx, against, paths)
	if err != nil || t.config == "" {
		return found, nil, err
	}
	return without(found, t.config), t.operators(), nil
}

// without leaves out files in and below a folder, which are read elsewhere.
func without(found []spec.Found, folder string) []spec.Found {
	real, err := filepath.Abs(folder)
	if err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	if err != nil {
		return found // its own problem says so
	}
	inside := func(file spec.File) bool {
		rest, err := filepath.Rel(real, filepath.FromSlash(file.Folder))
		return err == nil && filepath.IsLocal(rest)
	}
	for n := range found {
		before := len(found[n].Files)
		found[n].Files = slices.DeleteFunc(found[n].Files, inside)
		found[n].Before += before - len(found[n].Files)
	}
	return found
}

// renamedIn returns what ids were called before, to what they are called now.
func renamedIn(set *slo.Set) map[string]string {
	renamed := map[string]string{}
	former := lineage.Former(set)
	for _, id := range slices.Sorted(maps.Keys(former)) {
		for _, name := range former[id] {
			renamed[name] = id
		}
	}
	return renamed
}
