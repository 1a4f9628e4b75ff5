package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// compared is what is compared.
type compared struct{ before, after *load.Result }

func (r *compared) baseErrors() int {
	n := 0
	for _, finding := range r.before.Findings {
		if finding.Severity == diag.Error {
			n++
		}
	}
	return n
}

// read reads both sides. The new one must have no errors. The old one may, or nobody
// could mend them; that is said, as what is wrong there may be missing in it.
func (d *differing) read(ctx context.Context) (compared, error) {
	var r compared
	trusted := d.backtest.trusted
	if trusted.config != "" {
		if err := trusted.checkConfig(); err != nil {
			return r, err
		}
	}
	var err error
	if _, missing := os.Stat(d.base); missing == nil {
		r, err = d.readFolder()
	} else {
		r, err = d.readRevision(ctx)
	}
	if err != nil {
		return r, err
	}
	if err := refuse(d.env, r.after); err != nil {
		return r, err
	}
	if n := r.baseErrors(); n > 0 {
		first := r.before.Findings[slices.IndexFunc(r.before.Findings, func(f diag.Diagnostic) bool { return f.Severity == diag.Error })]
		d.complain(diag.Say("%s cannot be read as a whole; errors: %d, the first at %s: %s", d.base, n, first.Span, first.Message))
	}
	return r, nil
}

// complain says something that a comparison suffers from.
func (d *differing) complain(p diag.Phrase) { complain(d.env.stderr, p.In(d.env.language())) }

// readFolder reads the old specs of a folder or a file. It may be empty, as when there were
// none.
func (d *differing) readFolder() (compared, error) {
	var r compared
	var err error
	if r.after, err = loadSet(d.env, d.backtest.trusted, d.backtest.paths); err != nil {
		return r, err
	}
	found, _ := spec.ReadPaths([]string{d.base}, nil) // the problems are in what was found
	var empty []bool
	if r.before, empty, err = d.load(found, d.config()); err == nil && empty[0] {
		d.complain(diag.Say("%s has no specs: everything counts as added", d.base))
	}
	return r, err
}

// config finds the operator's folder.
func (d *differing) config() []spec.Found {
	if d.backtest.trusted.config == "" {
		return nil
	}
	return d.backtest.trusted.operators()
}

// readRevision reads the paths now and as they were. A path that one side does not have is
// empty there.
func (d *differing) readRevision(ctx context.Context) (compared, error) {
	var r compared
	was, config, err := foundIn(ctx, d.base, d.backtest.trusted, d.backtest.paths)
	if err != nil {
		return r, usage("%w", err)
	}
	is, _ := spec.ReadPaths(d.backtest.paths, d.env.stdin) // the problems are in what was found
	var gone, absent []bool
	if r.before, absent, err = d.load(was, config); err != nil {
		return r, err
	}
	if r.after, gone, err = d.load(is, config); err != nil {
		return r, err
	}
	var problems []error
	for n := range is {
		switch {
		case gone[n] && absent[n]:
			problems = append(problems, fmt.Errorf("%s leads to no spec, now or in %s", is[n].Path, d.base))
		case gone[n]:
			d.complain(diag.Say("%s leads to no spec any more: what it held counts as removed", is[n].Path))
		case absent[n]:
			d.complain(diag.Say("%s leads to no spec: what is there now counts as added", was[n].Path))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return r, &exitError{exitUsage, err}
	}
	return r, nil
}

// load makes a set of what paths led to, and says of each whether it led to nothing.
func (d *differing) load(found, config []spec.Found) (*load.Result, []bool, error) {
	empty := make([]bool, len(found))
	for {
		var left []spec.Found
		for n, f := range found {
			if !empty[n] {
				left = append(left, f)
			}
		}
		result, err := load.Found(append(left, config...), newrelic.Key, newrelic.Check, d.backtest.trusted.check)
		if err == nil {
			return result, empty, nil
		}
		for _, problem := range separate(err) {
			path, is := errors.AsType[*spec.PathError](problem)
			n := -1
			if is && path.Empty() {
				n = slices.IndexFunc(found, func(f spec.Found) bool { return f.Path == path.Path })
			}
			if n < 0 || empty[n] {
				return nil, nil, &exitError{exitUsage, err}
			}
			empty[n] = true
		}
	}
}
