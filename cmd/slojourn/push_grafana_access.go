package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/exporters/grafana/push"
	"github.com/slojourn/slojourn/internal/secret"
)

// grafanaAccess is where Grafana is and who asks it, as flags say.
type grafanaAccess struct {
	url      string
	token    string // env:NAME or file:NAME
	user     string
	password string // the same
	caFile   string
	org      int64
}

func (a *grafanaAccess) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&a.url, "url", "", "address of Grafana, such as https://grafana.example.com")
	flags.StringVar(&a.token, "token-from", "", "where the token of a service account is: env:NAME, or file:NAME below --secrets-dir")
	flags.StringVar(&a.user, "user", "", "user to push as, in place of a token")
	flags.StringVar(&a.password, "password-from", "", "where the user's password is: env:NAME, or file:NAME below --secrets-dir")
	flags.StringVar(&a.caFile, "ca-file", "", "file of certificates (PEM) that Grafana is trusted by, in place of the system's")
	flags.Int64Var(&a.org, "org-id", 0, "id of the organization (default that of the token, or the user's current one)")
}

// options returns what a client needs. Errors do not show what was written, where it may
// be a secret.
func (a *grafanaAccess) options(resolver secret.Resolver) (push.ClientOptions, error) {
	version, _ := build()
	o := push.ClientOptions{URL: a.url, Version: version, User: a.user, Org: a.org}
	if a.url == "" {
		return o, usage("--url is missing: give the address of Grafana, as in --url https://grafana.example.com")
	}
	u, err := push.CheckURL(a.url)
	if err != nil {
		return o, usage("--url %w", err)
	}
	from, flag := a.password, "--password-from"
	if a.token != "" {
		from, flag = a.token, "--token-from"
	}
	ref, isReference := referenceTo(from)
	switch {
	case a.token != "" && a.user+a.password != "":
		return o, usage("--token-from and --user say in two ways who pushes: leave one of them out")
	case (a.user == "") != (a.password == ""):
		return o, usage("--user and --password-from belong together")
	case from == "":
		return o, usage("who pushes is missing: --token-from env:NAME says where the token of a service account is")
	case strings.Contains(a.user, ":"):
		return o, usage("--user cannot hold a colon: name where the password is with --password-from")
	case !isReference:
		return o, usage("%s names where the secret is: write env:NAME or file:NAME, with the name and not what it holds", flag) // and never what was written
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return o, usage("--url would send the secret without encryption: write https://")
	case a.org < 0:
		return o, usage("--org-id %d: the id of an organization is 1 or more", a.org)
	}
	if o.Secret, err = resolver.Resolve(ref); err != nil {
		return o, usage("%s: %w", flag, err)
	}
	o.Roots, err = rootsIn("--ca-file", a.caFile)
	return o, err
}
