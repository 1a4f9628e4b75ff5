package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/httpclient"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// remote is a running serve, and how it is asked.
type remote struct {
	address  string
	user     string
	password string // env:NAME or file:NAME
	caFile   string
}

func remoteFlags(cmd *cobra.Command) *remote {
	r := &remote{}
	cmd.Flags().StringVar(&r.address, "server", "", "address of a running serve, such as https://slo.example.com: print what it says")
	cmd.Flags().StringVar(&r.user, "user", "", "user that --server wants to know")
	cmd.Flags().StringVar(&r.password, "password-from", "", "where the user's password is: env:NAME, or file:NAME below --secrets-dir")
	cmd.Flags().StringVar(&r.caFile, "ca-file", "", "file of certificates (PEM) that --server is trusted by, in place of the system's")
	return r
}

// Limits of an answer: a state of 100,000 SLOs, over a slow line.
const (
	dialTime    = 10 * time.Second
	answerTime  = 2 * time.Minute
	answerBytes = 1 << 30
	errorBytes  = 64 << 10
)

// check refuses what has no meaning beside --server.
func (r *remote) check(given func(flag string) bool, args []string) error {
	for _, flag := range []string{"at", "explain", "config", "allow-host"} {
		if given(flag) {
			return usage("--server prints what the server says now, of its own specs: leave out --%s, or use --data-dir", flag)
		}
	}
	if len(args) > 0 {
		return usage("--server prints what the server says of its own specs: leave out %q", args[0])
	}
	return r.checkAccess(given)
}

// checkAccess refuses an address and a password that cannot be.
func (r *remote) checkAccess(given func(flag string) bool) error {
	ref, isReference := referenceTo(r.password)
	switch {
	case (r.user == "") != (r.password == ""):
		return usage("--user and --password-from belong together")
	case strings.Contains(r.user, ":"):
		return usage("--user cannot hold a colon: name where the password is with --password-from")
	case r.password != "" && !isReference:
		return usage("--password-from names where the password is: write env:NAME or file:NAME, with the name and not what it holds") // and never what was written
	case given("secrets-dir") && ref.File == "":
		return usage("--secrets-dir is for --password-from file:NAME only")
	}
	_, err := r.endpoint("")
	return err
}

// endpoint is the address of a document. Errors do not show what was written, as
// it may hold a password.
func (r *remote) endpoint(path string) (*url.URL, error) {
	u, err := url.Parse(r.address)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return nil, usage("--server is no address of a server: write it as in http://127.0.0.1:8080 or https://slo.example.com")
	case u.User != nil:
		return nil, usage("--server must not hold a user or password: use --user and --password-from")
	case u.RawQuery != "", u.ForceQuery, u.Fragment != "":
		return nil, usage("--server is an address without a query: everything is asked for")
	case r.user != "" && u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, usage("--server would send the password without encryption: write https://")
	}
	return u.JoinPath(path), nil
}

// evalRemote prints the document of a server.
func evalRemote(ctx context.Context, env environment, r *remote, secretsDir, format string) error {
	endpoint, body, err := r.ask(ctx, env, secretsDir, "api/v1/slos", nil)
	if err != nil {
		return err
	}
	document, err := report.Read(body)
	if err != nil {
		return foreign(endpoint, err)
	}
	if format == "json" {
		err = render.Encode(env.stdout, json.RawMessage(body))
	} else {
		err = document.Table(env.stdout, term.Color(env.stdout, env.getenv))
	}
	if err != nil {
		return failed(err)
	}
	return printFailures(env.stderr, document.Failures())
}

// ask returns a document of a server, and its address.
func (r *remote) ask(ctx context.Context, env environment, secretsDir, path string, query url.Values) (*url.URL, []byte, error) {
	endpoint, err := r.endpoint(path)
	if err != nil {
		return nil, nil, err
	}
	endpoint.RawQuery = query.Encode()
	client, err := r.client()
	if err != nil {
		return nil, nil, err
	}
	defer client.CloseIdleConnections()
	body, err := r.get(ctx, env, client, endpoint.String(), secretsDir)
	if ctx.Err() != nil {
		return nil, nil, failed(errors.New("interrupted"))
	}
	if err != nil {
		return nil, nil, failed(fmt.Errorf("ask %s: %w", endpoint, err))
	}
	return endpoint, body, nil
}

// foreign says that an answer is not that of a server of ours.
func foreign(endpoint *url.URL, err error) error {
	return failed(fmt.Errorf("%s does not answer as slojourn serve does: %w", endpoint, err))
}

// get returns what the server answers.
func (r *remote) get(ctx context.Context, env environment, client *http.Client, endpoint, secretsDir string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint, nil)
	if err != nil {
		return nil, err
	}
	if err := r.identify(request, env, secretsDir); err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, unanswered(err)
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	if response.StatusCode != http.StatusOK {
		return nil, refused(response)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, answerBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the answer broke off: %w", err)
	case len(body) > answerBytes:
		return nil, fmt.Errorf("the answer is larger than %d bytes", answerBytes)
	}
	return body, nil
}

// identify says in a request who asks.
func (r *remote) identify(request *http.Request, env environment, secretsDir string) error {
	if r.user == "" {
		return nil
	}
	resolver := secret.Resolver{Getenv: env.getenv, Dir: secretsDir}
	ref, _ := referenceTo(r.password) // which was checked
	password, err := resolver.Resolve(ref)
	if err != nil {
		return err
	}
	request.SetBasicAuth(r.user, password.Reveal())
	return nil
}

// client follows no redirect, which could lead a password elsewhere.
func (r *remote) client() (*http.Client, error) {
	roots, err := rootsIn("--ca-file", r.caFile)
	if err != nil {
		return nil, err
	}
	client := httpclient.New(httpclient.NewTransport(httpclient.Options{Dial: dialTime, Idle: 1, Roots: roots}))
	client.Timeout = answerTime
	return client, nil
}

// unanswered says why there is no answer, and what may help.
func unanswered(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // the address is named anyway
	}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w: does slojourn serve run there?", err)
	case untrusted:
		return fmt.Errorf("%w; --ca-file names certificates to trust", err)
	case plain:
		return fmt.Errorf("%w: is it http://?", err)
	}
	return err
}

// refused says what a server answers in place of the document.
func refused(response *http.Response) error {
	status := response.Status
	if response.StatusCode/100 == 3 {
		return fmt.Errorf("%s: redirects are not followed: name the address it leads to", status)
	}
	if response.StatusCode == http.StatusUnauthorized {
		if user, _, given := response.Request.BasicAuth(); given {
			return fmt.Errorf("%s: the server does not take the password of the user %q; --user and --password-from name others", status, user)
		}
		return fmt.Errorf("%s: --user and --password-from name who asks", status)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, errorBytes))
	if err != nil {
		return errors.New(status)
	}
	var document struct {
		Errors []struct {
			Message string `json:"message"`
		} `json:"errors"`
	}
	var lines []string
	if json.Unmarshal(data, &document) == nil {
		for _, e := range document.Errors {
			lines = append(lines, e.Message)
		}
	} else if media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); media == "text/plain" {
		line, _, _ := strings.Cut(strings.TrimSpace(string(data)), "\n")
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return errors.New(status)
	}
	return fmt.Errorf("%s: %s", status, shownText(strings.Join(lines, "; ")))
}

// shownText cuts what a server says.
func shownText(text string) string {
	const most = 500
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
