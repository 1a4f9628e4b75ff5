package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/exporters/notify"
	remotewrite "github.com/slojourn/slojourn/exporters/prometheus/remote"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/server"
	"github.com/slojourn/slojourn/internal/telemetry"
	"github.com/slojourn/slojourn/internal/term"
)

// daemon measures specs until it is told to stop, keeps what it has measured, and
// answers HTTP.
type daemon struct {
	clock     engine.Clock
	log       *slog.Logger
	status    *term.Status // nil without a terminal
	columns   func() int   // of the terminal
	dir       string       // of the ledger
	listen    []string
	webConfig string // path of a web configuration, "" for none
	specs     engine.Specs
	resolve   notify.Resolve // of secrets of notifiers
	removed   []string       // patterns of ids that may go at the start
	// ready returns what is missing until the daemon is ready.
	ready func(engine.Progress) error
	// reloads puts other specs in force; nil keeps the ones there are.
	reloads *reloader
	// lifecycle lets whoever reaches the port have the specs reloaded.
	lifecycle bool
	// receiver is sent every minute, as sending says; nil for none.
	receiver *remotewrite.ClientOptions
	sending  remotewrite.Options
	// beside runs beside the rest until its context ends; nil for nothing.
	beside func(ctx context.Context, view func() *engine.View)
}

// run returns nil once ctx has ended and everything that was begun has.
func (d *daemon) run(ctx context.Context) (err error) {
	shown, history, registry := &face{ready: d.ready}, newArchive(), prometheus.NewRegistry()
	s, err := server.New(d.serves(shown, history, registry))
	if err != nil {
		return &exitError{exitUsage, err}
	}
	listeners, err := server.Listen(ctx, d.listen...)
	if err != nil {
		return failed(err)
	}
	serving := false
	defer func() {
		for _, l := range listeners {
			if !serving {
				l.Close() //nolint:errcheck // nobody was answered
			}
		}
	}()
	book, err := ledger.Open(ctx, d.dir, ledger.Options{})
	if err != nil {
		return startFailed(ctx, err)
	}
	defer func() {
		if closed := book.Close(); closed != nil && err == nil {
			err = failed(fmt.Errorf("close the ledger: %w", closed))
		}
		if err == nil {
			d.log.Info("stopped")
		}
	}()
	courier, err := newCourier(ctx, book, notify.CourierOptions{
		Clock: d.clock, Log: d.log, Recipients: recipients(d.specs.Set, d.resolve, d.log), Alive: judging(shown.judged, d.clock.Now),
	})
	if err != nil {
		return startFailed(ctx, err)
	}
	ticks, clock := telemetry.NewTicks(), newWakingClock(d.clock)
	options := engine.Options{
		Ledger: book, Clock: clock, Deliver: courier.Accept, Log: d.log, Maintain: maintenance(book, d.log), Ticked: func(took time.Duration, err error) {
			if ctx.Err() == nil { // else it was told to stop
				ticks.Note(took, err)
			}
		},
	}
	var e *engine.Engine
	changes, err := adopt(d.specs, d.removed, func(specs engine.Specs) (changes []lineage.Change, err error) {
		e, changes, err = engine.New(ctx, options, specs)
		return changes, err
	})
	if err != nil {
		return startFailed(ctx, err)
	}
	n := newNarrator(d.log, d.status, d.columns, d.clock.Now)
	n.adopt(d.specs)
	send, sending, err := d.remoteWriter(book, e.View)
	if err != nil {
		return failed(err)
	}
	if err := d.measureItself(registry, append(sending, ticks, telemetry.Engine{View: e.View, Sources: n.sources, Ledger: book.Info},
		telemetry.Outbox{Stats: courier.Stats, Now: d.clock.Now})...); err != nil {
		return failed(err)
	}
	shown.engine, shown.courier = e, courier
	history.open(book)
	d.log.Info("the ledger is open", "folder", d.dir)
	logChanges(d.log, changes)
	d.log.Info("measuring begins", sizes(d.specs)...)
	serving = true
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return s.Serve(running, listeners...) })
	group.Go(func() error { return e.Run(running) })
	group.Go(func() error { courier.Run(running); return nil })
	group.Go(func() error { n.run(running, e.View); return nil })
	group.Go(func() error { send(running); return nil })
	if d.beside != nil {
		group.Go(func() error { d.beside(running, e.View); return nil })
	}
	if r := d.reloads; r != nil {
		r.engine, r.log, r.now = e, d.log, d.clock.Now
		r.adopted = func(specs engine.Specs) {
			n.adopt(specs)
			courier.Adopt(recipients(specs.Set, d.resolve, d.log))
			clock.wake() // what is new is measured at once, and not in the next minute
		}
		group.Go(func() error { r.run(running); return nil })
	}
	group.Go(func() error {
		<-running.Done()
		if ctx.Err() != nil {
			d.log.Info("told to stop")
		}
		history.close()
		return nil
	})
	if err := group.Wait(); err != nil {
		return failed(err)
	}
	return nil
}

// startFailed is the end of a daemon that could not begin, or was told to stop
// before.
func startFailed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	if _, refused := errors.AsType[*engine.RemovalError](err); refused {
		err = fmt.Errorf("%w: start with --allow-removal ID; * stands for any characters. Is a folder of specs not there? Is --shard that of before?", err)
	}
	return failed(err)
}

// serves says what the server shows and allows.
func (d *daemon) serves(shown *face, history *archive, registry *prometheus.Registry) server.Options {
	version, _ := build()
	options := server.Options{
		Engine: shown, Alerts: shown, Ledger: history, Page: shown.Page, Metrics: registry, Registerer: registry, WebConfig: d.webConfig, Version: version, Logger: d.log,
	}
	if d.reloads != nil {
		options.Lifecycle, options.Reload = d.lifecycle, d.reloads.ask
	}
	return options
}

// measureItself registers the metrics of the daemon itself.
func (d *daemon) measureItself(registry *prometheus.Registry, all ...prometheus.Collector) error {
	version, revision := build()
	about := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "slojourn_build_info", Help: "1, with what this program was built from.",
		ConstLabels: prometheus.Labels{"version": version, "revision": revision, "goversion": runtime.Version()},
	})
	about.Set(1)
	all = append(all, about, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if d.reloads != nil {
		d.reloads.notes = telemetry.NewReloads(d.clock.Now())
		all = append(all, d.reloads.notes)
	}
	for _, c := range all {
		if err := registry.Register(c); err != nil {
			return fmt.Errorf("register metrics: %w", err)
		}
	}
	return nil
}

// maintenance keeps the ledger small, and says when the clock is doubted.
func maintenance(book *ledger.Ledger, log *slog.Logger) func(context.Context, time.Time) error {
	doubted := false
	return func(ctx context.Context, now time.Time) error {
		did, err := book.Maintain(ctx, now)
		if did.Packed+did.Retired+did.Dropped > 0 {
			log.Debug("the ledger was packed", "hours", did.Packed, "retired_days", did.Retired, "dropped_days", did.Dropped)
		}
		if did.Doubted && !doubted {
			log.Warn("the clock may be ahead: what would be too old by it is kept", "now", now, "taken_for_now", did.Present)
		}
		doubted = did.Doubted
		return err
	}
}

// statusOn returns a status line on a terminal that can show one, else nil, and where
// the log goes: above that line, or to stderr.
func statusOn(env environment) (*term.Status, io.Writer) {
	if file, ok := env.stderr.(*os.File); ok && term.IsTerminal(file) && env.getenv("TERM") != "dumb" {
		status := term.NewStatus(file)
		return status, status
	}
	return nil, env.stderr
}
