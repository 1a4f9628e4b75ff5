package main

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// trust is what the operator allows specs to reach.
type trust struct {
	secretsDir string
	hosts      []string
}

func trustFlags(cmd *cobra.Command) *trust {
	t := &trust{}
	cmd.Flags().StringVar(&t.secretsDir, "secrets-dir", "", "folder that files with secrets are read from")
	cmd.Flags().StringArrayVar(&t.hosts, "allow-host", nil, "another host (or host:port) that a Source's endpoint may name")
	return t
}

// open makes a source of every declared one that something is measured with.
func (t *trust) open(set *slo.Set, env environment) (map[string]sources.Source, error) {
	used := map[string]bool{}
	for _, s := range set.SLOs {
		if s.Source != nil {
			used[s.Source.Name] = true
		}
	}
	resolver := secret.Resolver{Getenv: env.getenv, Dir: t.secretsDir}
	opened := map[string]sources.Source{}
	for _, s := range set.Sources {
		if !used[s.Name] {
			continue
		}
		if err := t.checkEndpoint(s.NewRelic.Endpoint); err != nil {
			return nil, failed(fmt.Errorf("%s: source %s: %w", s.Origin, s.Name, err))
		}
		key, err := resolver.Resolve(s.NewRelic.APIKey)
		if err != nil {
			return nil, failed(fmt.Errorf("%s: source %s: %w", s.Origin, s.Name, err))
		}
		opened[s.Name] = newrelic.New(s.NewRelic, nerdgraph.New(nerdgraph.Options{
			Region: s.NewRelic.Region, Endpoint: s.NewRelic.Endpoint, Key: key,
		}))
	}
	return opened, nil
}

// checkEndpoint refuses to send a key to a host that is neither New Relic's,
// nor this machine, nor allowed. Beyond this machine it must be encrypted.
func (t *trust) checkEndpoint(endpoint string) error {
	if endpoint == "" {
		return nil
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return fmt.Errorf("the endpoint is not an address")
	}
	host := u.Hostname()
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	if slices.Contains(t.hosts, host) || slices.Contains(t.hosts, u.Host) {
		return nil
	}
	if !newRelicHost(host) {
		return fmt.Errorf("the endpoint's host %s is neither New Relic's nor this machine: allow it with --allow-host %s", host, host)
	}
	if u.Scheme != "https" {
		return fmt.Errorf("the endpoint would send the key without encryption: write https://")
	}
	return nil
}

func newRelicHost(host string) bool {
	return strings.HasSuffix(host, ".newrelic.com") || strings.HasSuffix(host, ".nr-data.net")
}
