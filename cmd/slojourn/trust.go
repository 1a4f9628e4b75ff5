package main

import (
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/file"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// trust is what the operator allows specs to reach.
type trust struct {
	config     string
	secretsDir string
	hosts      []string
}

func configFlag(cmd *cobra.Command, t *trust) {
	cmd.Flags().StringVar(&t.config, "config", "", "the operator's folder of specs, such as Sources; it and the paths are one set")
}

func hostFlag(cmd *cobra.Command, t *trust) {
	cmd.Flags().StringArrayVar(&t.hosts, "allow-host", nil, "another host (or host:port) that a Source's endpoint may name")
}

func secretsFlag(cmd *cobra.Command, t *trust) {
	cmd.Flags().StringVar(&t.secretsDir, "secrets-dir", "", "folder that files with secrets are read from")
}

// checkConfig wants the operator's folder to be one.
func (t *trust) checkConfig() error {
	if info, err := os.Stat(t.config); err != nil || !info.IsDir() {
		return usage("--config %s: not a folder", t.config)
	}
	return nil
}

// operators finds the operator's folder.
func (t *trust) operators() []spec.Found {
	found, _ := spec.ReadPaths([]string{t.config}, nil) // the problems are in what was found
	found[0].Operators = true
	return found
}

// check reports endpoints that a key must not be sent to: a host has to be New
// Relic's, this machine, or allowed, and New Relic's has to be encrypted.
func (t *trust) check(d slo.Declarations) diag.List {
	var findings diag.List
	for _, source := range d.Sources {
		u, err := url.Parse(source.Endpoint.Value)
		if err != nil || u.Host == "" {
			continue // none, or reported already
		}
		host := strings.ToLower(u.Hostname())
		switch {
		case isLoopback(host):
		case slices.Contains(t.hosts, host), slices.Contains(t.hosts, u.Host):
		case !strings.HasSuffix(host, ".newrelic.com") && !strings.HasSuffix(host, ".nr-data.net"):
			findings.Errorf(diag.CodeHost, source.Endpoint.Span, diag.Say("correct it, or let the operator allow it with --allow-host %s", host),
				"the endpoint's host %s is neither New Relic's nor this machine", host)
		case u.Scheme != "https":
			findings.Errorf(diag.CodeHost, source.Endpoint.Span, diag.Say("write https://"), "the endpoint would send the key without encryption")
		}
	}
	return findings
}

// operatorsOnly reports Sources and Notifiers that stand in other files than the
// operator's: who writes specs must not decide whom a daemon asks with which key,
// nor whom it tells.
func operatorsOnly(folder string, operators []spec.File) func(slo.Declarations) diag.List {
	own := map[string]bool{}
	for _, file := range operators {
		own[file.Name] = true
	}
	return func(d slo.Declarations) diag.List {
		var findings diag.List
		report := func(kind string, m slo.Metadata) {
			span := m.Name.Span
			if span.File == "" { // it has no name
				span = m.Origin
			}
			if !own[span.File] {
				findings.Errorf(diag.CodeOperator, span, diag.Say("move it to a file below %s, or ask who runs slojourn to", folder),
					"a %s has its place in the operator's folder", kind)
			}
		}
		for _, s := range d.Sources {
			report("Source", s.Metadata)
		}
		for _, n := range d.Notifiers {
			report("Notifier", n.Metadata)
		}
		return findings
	}
}

// open makes a source of every declared one that something of a set is measured
// with. ids are those of everything that is measured, also outside of the set
// when it is a part of a larger one. What one source lacks is an error of what
// it measures; the others are not held back by it.
func (t *trust) open(set *slo.Set, ids []string, env environment) openSources {
	open := t.opener(env)
	opened := openSources{}
	for _, s := range usedSources(set) {
		if s.File != nil {
			opened[s.Name] = file.New(s, ids)
			continue
		}
		source, err := open(s)
		if err != nil {
			opened[s.Name] = unavailable(s, err)
			continue
		}
		opened[s.Name] = source
	}
	return opened
}

// usedSources are those of a set that something of it is measured with.
func usedSources(set *slo.Set) []*slo.Source {
	used := map[*slo.Source]bool{}
	for _, s := range set.Measured() {
		used[s.Source] = true
	}
	return slices.DeleteFunc(slices.Clone(set.Sources), func(s *slo.Source) bool { return !used[s] })
}

// unavailable stands for a source that lacks something.
func unavailable(s *slo.Source, err error) sources.Source {
	return sources.Unavailable(fmt.Errorf("%s: source %s: %w", s.Origin, s.Name, err))
}

// openSources are sources by name.
type openSources map[string]sources.Source

// close closes the connections of all sources.
func (o openSources) close() {
	for _, source := range o {
		if closer, ok := source.(interface{ Close() }); ok {
			closer.Close()
		}
	}
}

// resolver reads secrets from where specs may have them.
func (t *trust) resolver(env environment) secret.Resolver {
	return secret.Resolver{Getenv: env.getenv, Dir: t.secretsDir}
}

// opener returns a function that makes a source of an account. All of them share their limits, since they may share a key or an account.
func (t *trust) opener(env environment) func(*slo.Source) (*newrelic.Source, error) {
	resolver := t.resolver(env)
	limits := nerdgraph.NewLimits(nerdgraph.LimitOptions{})
	return func(s *slo.Source) (*newrelic.Source, error) {
		key, err := resolver.Resolve(s.NewRelic.APIKey)
		if err != nil {
			return nil, err
		}
		return account(s.NewRelic, key, limits, env), nil
	}
}

// account makes a source of an account.
func account(config slo.NewRelic, key secret.Value, limits *nerdgraph.Limits, env environment) *newrelic.Source {
	return newrelic.New(config, nerdgraph.New(nerdgraph.Options{
		Region: config.Region, Endpoint: config.Endpoint, Key: key, Limits: limits,
	}), env.now)
}
