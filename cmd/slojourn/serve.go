package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/term"
)

// serveOptions are the flags of serve.
type serveOptions struct {
	trust     trust
	listen    []string
	dir       string
	webConfig string
	lifecycle bool
	removed   []string
	shard     string
	format    string
	level     string
	remote    remoteWrite
}

func newServe(env environment) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve --data-dir DIR [paths…]",
		Short: "Measure every minute, keep it, and answer over HTTP",
		Long: `serve reads the given files and folders (default: the current folder) as one set,
measures every SLI of it once a minute, fills in the history that the Sources
still have, and keeps all of it in the ledger of --data-dir. When an alert fires or
resolves it tells the Notifiers of the owner's Team. It answers over HTTP: the state
of every SLO, alerts, metrics of SLOs and about itself, health and readiness. With
--remote-write every minute is sent once, when it does not change any more.

With --config, Sources and Notifiers are taken from that folder alone: in the
paths they are errors. When files change, and on SIGHUP, the set is read again and
put in force as a whole; when there is a mistake in it, or much of it is gone, the
set of before stays.

It logs to stderr and ends on SIGINT or SIGTERM. Exit code 1 means that the specs
have errors, 3 that it could not begin: another process has the ledger, a port is
in use, or the disk fails. What a Source does not answer, and a disk that fails
later, do not end it.`,
		Example: "  slojourn serve --data-dir /var/lib/slojourn --config /etc/slojourn specs",
	}
	var o serveOptions
	flags := cmd.Flags()
	flags.StringArrayVar(&o.listen, "listen", []string{"127.0.0.1:8080"}, "address to listen on; port 0 takes a free one (may be repeated)")
	flags.StringVar(&o.dir, "data-dir", "", "folder of the ledger; it is made when it is not there")
	configFlag(cmd, &o.trust)
	flags.Lookup("config").Usage = "the operator's folder of specs, the only one with Sources and Notifiers; it and the paths are one set"
	hostFlag(cmd, &o.trust)
	secretsFlag(cmd, &o.trust)
	flags.BoolVar(&o.lifecycle, "enable-lifecycle", false, "let whoever reaches the port have the specs reloaded with POST /-/reload")
	flags.StringVar(&o.webConfig, "web-config", "", "file with certificates and passwords for HTTP, as Prometheus takes it")
	flags.StringArrayVar(&o.removed, "allow-removal", nil, "id of an SLO that may be gone at this start, with * for any characters (may be repeated)")
	flags.StringVar(&o.shard, "shard", "", "serve the k-th of n parts of the set, as k/n; n processes serve all of it")
	flags.StringVar(&o.format, "log-format", "text", "format of the log: text or json")
	flags.StringVar(&o.level, "log-level", "info", "what is logged: debug, info, warn or error, and what is worse")
	remoteWriteFlags(cmd, &o.remote)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return runServe(cmd.Context(), env, &o, args) }
	return cmd
}

func runServe(ctx context.Context, env environment, o *serveOptions, paths []string) error {
	if o.dir == "" {
		return usage("--data-dir DIR is missing: name the folder that the ledger is kept in")
	}
	if err := checkListen(o.listen); err != nil {
		return err
	}
	part, err := parseShard(o.shard)
	if err != nil {
		return err
	}
	client, sending, err := o.remote.options(o.trust.resolver(env), env.now())
	if err != nil {
		return err
	}
	status, out := statusOn(env)
	log, err := newLogger(out, o.format, o.level)
	if err != nil {
		return err
	}
	hangup := make(chan os.Signal, 1) // before anything, as it would end the process
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	files := newSpecFiles(env, &o.trust, paths, part)
	if err := files.check(); err != nil {
		return err
	}
	var first candidate
	err = interruptible(ctx, func() (err error) {
		first, err = files.load()
		return err
	})
	switch {
	case ctx.Err() != nil:
		return nil // it was told to stop
	case errors.Is(err, errFindings):
		return refuse(env, first.result)
	case err != nil:
		return err
	}
	files.use(first)
	defer files.close()
	version, revision := build()
	log.Info("slojourn begins", "version", version, "revision", revision, "pid", os.Getpid())
	logFindings(log, first.result)
	part.tell(log, first.specs.Set)
	warnOpen(log, o)
	warnUnheard(log, first.specs.Set)
	d := daemon{
		clock: wallClock{env.now}, log: log, status: status, columns: func() int { return term.Columns(env.stderr) },
		dir: o.dir, listen: o.listen, webConfig: o.webConfig, specs: first.specs, resolve: o.trust.resolver(env).Resolve, removed: o.removed, ready: engine.Progress.Ready,
		reloads: newReloader(files, first.print, lookEvery, hangup), lifecycle: o.lifecycle,
		receiver: client, sending: sending,
	}
	return d.run(ctx)
}

// warnOpen says that others may read, where they may.
func warnOpen(log *slog.Logger, o *serveOptions) {
	for _, address := range o.listen {
		host, _, err := net.SplitHostPort(address)
		if err == nil && o.webConfig == "" && !isLoopback(host) {
			log.Warn("everybody who reaches this address may read everything, over plain HTTP: set passwords and certificates with --web-config",
				"address", address, "lifecycle", o.lifecycle)
		}
	}
}
