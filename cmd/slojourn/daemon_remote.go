package main

import (
	"context"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/burnrate/ledger"
	remotewrite "github.com/slojourn/slojourn/exporters/prometheus/remote"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/internal/telemetry"
	"github.com/slojourn/slojourn/slo"
)

// remoteWrite is where a daemon sends minutes, as its flags say.
type remoteWrite struct {
	address  string // "" for nowhere
	user     string
	password string // env:NAME or file:NAME
	token    string // the same
	caFile   string
	from     string
	labels   []string
}

func remoteWriteFlags(cmd *cobra.Command, r *remoteWrite) {
	flags := cmd.Flags()
	flags.StringVar(&r.address, "remote-write", "", "address that every minute is sent to once, by Prometheus' remote write")
	flags.StringVar(&r.token, "remote-write-token-from", "", "where the bearer token for --remote-write is: env:NAME, or file:NAME below --secrets-dir")
	flags.StringVar(&r.user, "remote-write-user", "", "user that --remote-write wants to know")
	flags.StringVar(&r.password, "remote-write-password-from", "", "where the user's password is: env:NAME, or file:NAME below --secrets-dir")
	flags.StringVar(&r.caFile, "remote-write-ca-file", "", "file of certificates (PEM) that --remote-write is trusted by, in place of the system's")
	flags.StringVar(&r.from, "remote-write-from", "", "first instant to send when nothing was sent there before, in RFC 3339 (default: what closes from now on)")
	flags.StringArrayVar(&r.labels, "remote-write-label", nil, "label NAME=VALUE of every series, such as of a replica (may be repeated)")
}

// options returns what a writer and its client need, and nil when nothing is sent.
// Errors do not show what was written, where it may be a secret.
func (r *remoteWrite) options(resolver secret.Resolver, now time.Time) (*remotewrite.ClientOptions, remotewrite.Options, error) {
	var o remotewrite.Options
	if r.address == "" {
		for _, flag := range []struct {
			name  string
			given bool
		}{
			{"token-from", r.token != ""},
			{"user", r.user != ""},
			{"password-from", r.password != ""},
			{"ca-file", r.caFile != ""},
			{"from", r.from != ""},
			{"label", len(r.labels) > 0},
		} {
			if flag.given {
				return nil, o, usage("--remote-write-%s is for --remote-write, which is missing", flag.name)
			}
		}
		return nil, o, nil
	}
	version, _ := build()
	client := &remotewrite.ClientOptions{URL: r.address, Version: version, User: r.user}
	u, err := remotewrite.CheckURL(r.address)
	if err != nil {
		return nil, o, usage("--remote-write %w", err)
	}
	from, flag := r.password, "--remote-write-password-from"
	if r.token != "" {
		from, flag = r.token, "--remote-write-token-from"
	}
	ref, isReference := referenceTo(from)
	switch {
	case r.token != "" && r.user+r.password != "":
		return nil, o, usage("--remote-write-token-from and --remote-write-user say in two ways who sends: leave one of them out")
	case (r.user == "") != (r.password == ""):
		return nil, o, usage("--remote-write-user and --remote-write-password-from belong together")
	case strings.Contains(r.user, ":"):
		return nil, o, usage("--remote-write-user cannot hold a colon: name where the password is with --remote-write-password-from")
	case from != "" && !isReference:
		return nil, o, usage("%s names where the secret is: write env:NAME or file:NAME, with the name and not what it holds", flag) // and never what was written
	case from != "" && u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, o, usage("--remote-write would send the secret without encryption: write https://")
	}
	if isReference {
		client.Secret = func() (secret.Value, error) { return resolver.Resolve(ref) }
		if _, err := client.Secret(); err != nil { // better now than in a log
			return nil, o, usage("%s: %w", flag, err)
		}
	}
	if client.Roots, err = rootsIn("--remote-write-ca-file", r.caFile); err != nil {
		return nil, o, err
	}
	if o.Labels, err = labelsIn(r.labels); err != nil {
		return nil, o, err
	}
	if r.from != "" {
		at, err := instantOf("--remote-write-from", r.from, time.Time{})
		if err != nil {
			return nil, o, err
		}
		if o.From = slo.MinuteAt(at); !o.From.Time().Equal(at) || o.From <= 0 {
			return nil, o, usage("--remote-write-from %s is no whole minute since 1970, and minutes are what the ledger keeps", r.from)
		}
		if at.After(now) {
			return nil, o, usage("--remote-write-from %s is still to come, it is %s: nothing would be sent until then", r.from, now.UTC().Format(time.RFC3339))
		}
	}
	return client, o, nil
}

// labelsIn reads labels that stand beside those of the series.
func labelsIn(pairs []string) (map[string]string, error) {
	labels := map[string]string{}
	for _, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		_, twice := labels[name]
		switch {
		case !found || value == "" || !model.LegacyValidation.IsValidLabelName(name):
			return nil, usage("--remote-write-label %q is no label: write NAME=VALUE, with letters, digits and _ in the name", pair)
		case strings.HasPrefix(name, "__"), name == "id", name == "journey", name == "step", name == "outcome", name == "indicator":
			return nil, usage("--remote-write-label %q: the name is taken, use another one", pair)
		case twice:
			return nil, usage("--remote-write-label: %s stands there twice", name)
		case !model.LabelValue(value).IsValid():
			return nil, usage("--remote-write-label %s: its value is not UTF-8", name)
		}
		labels[name] = value
	}
	return labels, nil
}

// feedsOf returns what of a view can be sent.
func feedsOf(view func() *engine.View) func(time.Time) []remotewrite.Feed {
	return func(now time.Time) []remotewrite.Feed {
		v := view()
		if v == nil {
			return nil
		}
		progress := remotewrite.Progress{Watermarks: map[string]slo.Minute{}, Filling: v.Progress.Waiting+v.Progress.Filling > 0}
		for _, m := range v.Snapshot.Meters {
			progress.Watermarks[m.ID] = m.Watermark
		}
		return remotewrite.Feeds(v.Set, progress, now)
	}
}

// remoteWriter returns what sends the minutes of a ledger until its context ends, and
// the metrics of that. Without a receiver it does nothing.
func (d *daemon) remoteWriter(book *ledger.Ledger, view func() *engine.View) (func(context.Context), []prometheus.Collector, error) {
	if d.receiver == nil {
		return func(context.Context) {}, nil, nil
	}
	client, err := remotewrite.NewClient(*d.receiver)
	if err != nil {
		return nil, nil, err
	}
	options := d.sending
	options.Ledger, options.Sender, options.Clock, options.Log, options.Feeds = book, client, d.clock, d.log, feedsOf(view)
	w := remotewrite.New(options)
	stats := telemetry.Remote(func() telemetry.RemoteStats { return telemetry.RemoteStats(w.Stats()) })
	return func(ctx context.Context) {
		w.Run(ctx)
		client.Close()
	}, []prometheus.Collector{stats}, nil
}
