package push

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-openapi/runtime"
	httptransport "github.com/go-openapi/runtime/client"
	"github.com/grafana/grafana-openapi-client-go/client/dashboards"
	"github.com/grafana/grafana-openapi-client-go/client/folders"
	"github.com/grafana/grafana-openapi-client-go/client/health"
	"github.com/grafana/grafana-openapi-client-go/client/search"
	"github.com/grafana/grafana-openapi-client-go/client/signed_in_user"

	"github.com/slojourn/slojourn/internal/httpclient"
	"github.com/slojourn/slojourn/internal/secret"
)

// ClientOptions say where Grafana is and who asks it.
type ClientOptions struct {
	URL     string       // as [CheckURL] wants it
	Version string       // of the program, which Grafana is told
	User    string       // "" to send Secret as a token
	Secret  secret.Value // token of a service account, or password of the user
	Org     int64        // id of the organization; 0 for that of the token or user
	Roots   *x509.CertPool
	// Wait waits between attempts, and returns an error when ctx ends first. nil waits by
	// the clock.
	Wait func(ctx context.Context, d time.Duration) error
}

// Client speaks with Grafana. It follows no redirects, what it says of failures shows no
// secret, and all its waits for a Grafana that is overloaded take two minutes at most.
type Client struct {
	dashboards dashboards.ClientService
	folders    folders.ClientService
	search     search.ClientService
	health     health.ClientService
	account    signed_in_user.ClientService
	http       *http.Client
	unanswered atomic.Int64 // changes in a row that had no answer
}

// CheckURL reads the address of Grafana. An error does not repeat it: it may hold a secret.
func CheckURL(address string) (*url.URL, error) {
	u, err := httpclient.ParseURL(address, "Grafana", "https://grafana.example.com")
	switch {
	case err != nil:
		return nil, err
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("holds more than an address: leave out what follows ? or #")
	}
	return u, nil
}

// NewClient returns a client. It opens no connection.
func NewClient(o ClientOptions) (*Client, error) {
	u, err := CheckURL(o.URL)
	if err != nil {
		return nil, errors.New("the URL " + err.Error())
	}
	auth := httptransport.BearerToken(o.Secret.Reveal())
	if o.User != "" {
		auth = httptransport.BasicAuth(o.User, o.Secret.Reveal())
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	client := httpclient.New(&patient{
		next: httpclient.NewTransport(httpclient.Options{Dial: 5 * time.Second, Idle: atOnce, Roots: o.Roots}),
		wait: (&allowance{left: mostWaits, wait: o.Wait}).Wait, org: o.Org, agent: "slojourn/" + o.Version,
	})
	inner := httptransport.NewWithClient(u.Host, strings.TrimSuffix(u.Path, "/")+"/api", []string{u.Scheme}, client)
	inner.Consumers = map[string]runtime.Consumer{"*/*": runtime.JSONConsumer()}
	inner.DefaultAuthentication = auth
	t := &transport{inner: inner, to: "Grafana at " + u.Host, hidden: httpclient.Hidden(o.User, o.Secret)}
	return &Client{
		dashboards: dashboards.New(t, nil), folders: folders.New(t, nil), search: search.New(t, nil),
		health: health.New(t, nil), account: signed_in_user.New(t, nil), http: client,
	}, nil
}

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// mostWaits is how long all waits of a client are together.
const mostWaits = 2 * time.Minute

// allowance is how long may still be waited.
type allowance struct {
	wait func(context.Context, time.Duration) error
	mu   sync.Mutex
	left time.Duration
}

// Wait waits, or returns an error at once when that would be longer than what is left.
func (a *allowance) Wait(ctx context.Context, d time.Duration) error {
	a.mu.Lock()
	if d > a.left {
		a.mu.Unlock()
		return errors.New("it was waited long enough")
	}
	a.left -= d
	a.mu.Unlock()
	return a.wait(ctx, d)
}
