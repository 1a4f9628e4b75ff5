package main

import (
	"context"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
)

// question is what is asked: one side, or those before and after a change, and what
// really went wrong.
type question struct {
	sides     []*side
	renamed   map[string]string // ids before the change to those after it
	incidents []slo.Incident
	judged    bool              // incidents were given, though perhaps none
	notices   []burnrate.Notice // about the change
	open      []io.Closer
}

// asItIs is how the specs are called that the paths lead to.
const asItIs = "as it is"

// side is a set, and the minutes that it is replayed over.
type side struct {
	name     string
	set      *slo.Set
	all      []string // ids of everything that is measured, also what was not chosen
	records  engine.Records
	failures []burnrate.Failure
	notices  []burnrate.Notice
}

// close ends what was opened, the last one first.
func (q *question) close() error {
	var failure error
	for _, c := range slices.Backward(q.open) {
		if err := c.Close(); err != nil && failure == nil {
			failure = failed(err)
		}
	}
	q.open = nil
	return failure
}

// read reads the specs, those before the change, and the incidents.
func (b *backtesting) read(ctx context.Context) (question, error) {
	result, err := measurable(b.env, b.trusted, b.paths)
	if err != nil {
		return question{}, err
	}
	q := question{judged: b.incidentsFile != ""}
	before := result
	if b.change.against != "" {
		if before, err = b.loadAgainst(ctx); err != nil {
			return q, err
		}
		if before.Findings.Failed() { // what it is warned of is over
			return q, refuse(b.env, before)
		}
		if err := holdsSomething(before.Set); err != nil {
			return q, err
		}
	}
	if before != result {
		q.renamed = renamedIn(result.Set)
	}
	if q.judged {
		if q.incidents, err = b.readIncidents(both(before.Set, result.Set)); err != nil {
			return q, err
		}
	}
	sets := []*slo.Set{before.Set, result.Set}
	if err := b.choose(sets, q.renamed); err != nil {
		return q, err
	}
	after := &side{set: sets[1], all: measuredIDs(result.Set)}
	q.sides = []*side{{set: sets[0], all: measuredIDs(before.Set)}, after}
	switch {
	case b.change.against != "":
		q.sides[0].name, after.name = b.change.against, strings.Join(b.paths, " ")
	case b.change.any():
		q.sides[0].name, after.name = asItIs, b.change.String()
		if after.set, err = b.change.apply(after.set, result.Set.IDs()); err != nil {
			return q, err
		}
		q.notices = b.warn(q.sides[0].set, after.set)
	default:
		after.name = asItIs
		q.sides = q.sides[1:]
	}
	return q, nil
}

// readIncidents reads the file of incidents, and prints what is wrong with it.
func (b *backtesting) readIncidents(set *slo.Set) ([]slo.Incident, error) {
	in, name := b.env.stdin, "<stdin>"
	if b.incidentsFile != "-" {
		if err := isFile(b.incidentsFile); err != nil {
			return nil, err
		}
		file, err := os.Open(b.incidentsFile)
		if err != nil {
			return nil, failed(err)
		}
		defer file.Close() //nolint:errcheck // only read from
		in, name = file, b.incidentsFile
	}
	file, err := spec.Read(in, name)
	if err != nil {
		return nil, failed(err)
	}
	incidents, findings := spec.DecodeIncidents(file)
	if !findings.Failed() {
		findings.Add(slo.CheckIncidents(set, incidents)...)
	}
	findings.Sort()
	files := []spec.File{file}
	load.Redact(findings, files)
	if err := printFindings(b.env.stderr, b.env, visible(findings), load.Lines(files)); err != nil {
		return nil, failed(err)
	}
	if findings.Failed() {
		return nil, &exitError{code: exitFindings}
	}
	return incidents, nil
}

// both has the ids of two sets, to look for patterns in.
func both(before, after *slo.Set) *slo.Set {
	if before == after {
		return after
	}
	set := *after
	set.SLOs, set.Journeys = slices.Concat(after.SLOs, before.SLOs), slices.Concat(after.Journeys, before.Journeys)
	return &set
}

// underBoth adds to patterns the other name of what was renamed and that they match.
func underBoth(patterns []string, renamed map[string]string) []string {
	matches := func(id string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool { return slo.MatchID(pattern, id) })
	}
	all := slices.Clone(patterns)
	for _, old := range slices.Sorted(maps.Keys(renamed)) {
		if matches(old) {
			all = append(all, renamed[old])
		}
		if matches(renamed[old]) {
			all = append(all, old)
		}
	}
	return all
}

// underNames returns the incidents with the patterns of all names of what they hurt.
func (q *question) underNames() []slo.Incident {
	if len(q.renamed) == 0 {
		return q.incidents
	}
	list := slices.Clone(q.incidents)
	for i := range list {
		list[i].SLOs = underBoth(list[i].SLOs, q.renamed)
	}
	return list
}

// choose leaves in each set what --slo asks for.
func (b *backtesting) choose(sets []*slo.Set, renamed map[string]string) error {
	if len(b.only) == 0 {
		return nil
	}
	var ids []string
	for _, set := range sets {
		ids = append(ids, set.IDs()...)
	}
	for _, pattern := range b.only {
		if err := matchesSome("--slo", pattern, ids); err != nil {
			return err
		}
	}
	for n, set := range sets {
		sets[n] = chosen(set, underBoth(b.only, renamed))
	}
	return nil
}

// chosen returns the journeys and SLOs of some ids, and the steps of the journeys.
func chosen(set *slo.Set, patterns []string) *slo.Set {
	wanted := func(id string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool { return slo.MatchID(pattern, id) })
	}
	part := *set
	part.SLOs, part.Journeys = nil, nil
	steps := map[*slo.SLO]bool{}
	for _, j := range set.Journeys {
		if !wanted(j.ID) {
			continue
		}
		part.Journeys = append(part.Journeys, j)
		for _, step := range j.Steps {
			steps[step.SLO] = true
		}
	}
	for _, s := range set.SLOs {
		if steps[s] || wanted(s.ID) {
			part.SLOs = append(part.SLOs, s)
		}
	}
	return &part
}

// matchesSome wants a pattern that matches an id.
func matchesSome(flag, pattern string, ids []string) error {
	if slices.ContainsFunc(ids, func(id string) bool { return slo.MatchID(pattern, id) }) {
		return nil
	}
	if near, found := diag.Nearest(pattern, ids); found {
		return usage("%s: there is no journey, step or SLO %q; did you mean %s?", flag, pattern, near)
	}
	return usage("%s: there is no journey, step or SLO %q; slojourn eval lists them", flag, pattern)
}
