package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/telemetry"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// How often a daemon looks whether its specs have changed. They are read whole
// each time: that finds every change, also where folders are swapped by links as
// Kubernetes does, or where a volume tells nobody about changes. It takes a
// hundredth of a processor at the most.
const (
	lookEvery   = 5 * time.Second
	lookSettled = time.Second // until what has changed is looked at once more
	lookShare   = 100
	retryReload = time.Minute // after an error that is not one of the specs
)

// reloader puts other specs in force when they have changed or somebody asks for
// it: all of them, or none.
type reloader struct {
	files  *specFiles
	engine *engine.Engine
	log    *slog.Logger
	notes  *telemetry.Reloads
	now    func() time.Time
	hangup <-chan os.Signal
	every  time.Duration
	// adopted is told which specs are in force from now on.
	adopted func(engine.Specs)

	inForce digest
	seen    digest    // at the last look
	tried   digest    // by the last reload
	retry   time.Time // when what was tried is tried again; zero for never

	asked chan reloadRequest
	ended chan struct{}
}

type reloadRequest struct {
	removed []string
	answer  chan error // has room
}

// newReloader follows specs of which a candidate is in force.
func newReloader(files *specFiles, inForce digest, every time.Duration, hangup <-chan os.Signal) *reloader {
	return &reloader{
		files: files, hangup: hangup, every: every, inForce: inForce, seen: inForce, tried: inForce,
		asked: make(chan reloadRequest), ended: make(chan struct{}),
	}
}

// run reloads until ctx ends.
func (r *reloader) run(ctx context.Context) {
	defer close(r.ended)
	timer := time.NewTimer(r.every)
	defer timer.Stop()
	for {
		pause := r.every
		select {
		case <-ctx.Done():
			return
		case <-r.hangup:
			r.log.Info("reload asked for by SIGHUP")
			_ = r.reload(ctx, nil) // it is in the log
		case request := <-r.asked:
			request.answer <- r.reload(ctx, request.removed)
		case <-timer.C:
			pause = r.follow(ctx)
		}
		timer.Reset(pause)
	}
}

// ask has the specs reloaded and waits for that. removed are patterns of ids that
// may go.
func (r *reloader) ask(ctx context.Context, removed []string) error {
	request := reloadRequest{removed, make(chan error, 1)}
	select {
	case r.asked <- request:
	case <-ctx.Done():
		return ctx.Err()
	case <-r.ended:
		return errors.New("slojourn ends")
	}
	select {
	case err := <-request.answer:
		return err
	case <-ctx.Done():
		return fmt.Errorf("the reload goes on, and the log says what comes of it: %w", ctx.Err())
	}
}

// follow reloads when the specs have changed and nobody is changing them any more.
// It returns after how long to look again.
func (r *reloader) follow(ctx context.Context) time.Duration {
	began := time.Now()
	found := r.files.look()
	pause := max(r.every, lookShare*time.Since(began))
	settled := found == r.seen
	r.seen = found
	again := !r.retry.IsZero() && !time.Now().Before(r.retry)
	switch {
	case found == r.tried && !again:
	case !settled:
		return min(pause, lookSettled)
	default:
		_ = r.reload(ctx, nil) // it is in the log
	}
	return pause
}

// reload puts what there is in force. What it returns is for who has asked: the
// log has it too.
func (r *reloader) reload(ctx context.Context, removed []string) error {
	began := r.now()
	c, err := r.files.load()
	r.tried, r.retry = c.print, time.Time{}
	switch {
	case err != nil:
		logFindings(r.log, c.result)
		r.notes.Note(telemetry.Invalid, began, 0)
		r.log.Error("the specs cannot be used, those of before stay in force", "error", err)
		return withFindings(err, c.result)
	case c.print == r.inForce:
		r.files.drop(c)
		r.notes.Note(telemetry.Unchanged, began, 0)
		r.log.Info("the specs are those that are in force")
		return nil
	}
	logFindings(r.log, c.result)
	changes, err := adopt(c.specs, removed, func(specs engine.Specs) ([]lineage.Change, error) { return r.engine.Reload(ctx, specs) })
	if removal, refused := errors.AsType[*engine.RemovalError](err); refused {
		r.files.drop(c)
		r.notes.Note(telemetry.Refused, began, len(removal.IDs()))
		r.log.Error("the specs lack too much, those of before stay in force", "reason", removal.Error(), "ids", listed(removal.IDs()), "remedy", allowRemoval)
		return fmt.Errorf("%w\n%s", err, allowRemoval)
	}
	if err != nil {
		r.files.drop(c)
		if ctx.Err() != nil {
			return errors.New("slojourn ends")
		}
		r.retry = time.Now().Add(retryReload)
		r.notes.Note(telemetry.Failed, began, 0)
		r.log.Error("the specs could not be put in force, those of before stay", "error", err)
		return err
	}
	r.files.use(c)
	r.inForce = c.print
	r.notes.Note(telemetry.Applied, began, 0)
	r.adopted(c.specs)
	logChanges(r.log, changes)
	warnUnheard(r.log, c.specs.Set)
	r.log.Info("other specs are in force", sizes(c.specs)...)
	return nil
}

// allowRemoval says how a refusal is overruled.
const allowRemoval = "if they are to go, POST /-/reload?removed=ID with --enable-lifecycle, or start again with --allow-removal ID; * stands for any characters"

// adopt has an engine take specs. Of what they lack, ids that match a pattern may
// go.
func adopt(specs engine.Specs, allowed []string, take func(engine.Specs) ([]lineage.Change, error)) ([]lineage.Change, error) {
	changes, err := take(specs)
	removal, refused := errors.AsType[*engine.RemovalError](err)
	if !refused || len(allowed) == 0 {
		return changes, err
	}
	for _, id := range removal.IDs() {
		if slices.ContainsFunc(allowed, func(pattern string) bool { return slo.MatchID(pattern, id) }) {
			specs.Removed = append(specs.Removed, id)
		}
	}
	return take(specs)
}

// withFindings adds the findings to an error that they are the reason of.
func withFindings(err error, result *load.Result) error {
	if !errors.Is(err, errFindings) {
		return err
	}
	var text strings.Builder
	if err := render.Text(&text, visible(result.Findings), render.Options{Lines: result.Lines()}); err != nil {
		return err
	}
	return errors.New(strings.TrimSpace(text.String()))
}

// logFindings says what is wrong with specs, but for mere traits.
func logFindings(log *slog.Logger, result *load.Result) {
	if result == nil {
		return
	}
	for _, d := range visible(result.Findings) {
		level := slog.LevelWarn
		if d.Severity == diag.Error {
			level = slog.LevelError
		}
		log.Log(context.Background(), level, "finding in the specs", "code", string(d.Code), "file", d.Span.File,
			"line", d.Span.Start.Line, "column", d.Span.Start.Column, "finding", d.Message, "hint", d.Hint)
	}
}
