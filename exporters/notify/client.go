package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/slojourn/slojourn/internal/httpclient"
	"github.com/slojourn/slojourn/internal/secret"
)

// Limits of what a receiver may answer.
const (
	maxAnswer  = 64 << 10 // bytes that are read
	maxExcerpt = 200      // characters that an error quotes
)

// client posts JSON to receivers. It follows no redirects, and what it says of
// failures names neither addresses nor secrets.
type client struct {
	http    *http.Client
	timeout time.Duration
}

func newClient(transport http.RoundTripper, timeout time.Duration) *client {
	if transport == nil {
		transport = httpclient.NewTransport(httpclient.Options{Dial: 5 * time.Second, Idle: 4})
	}
	if timeout == 0 {
		timeout = 10 * time.Second
	}
	return &client{http: httpclient.New(transport), timeout: timeout}
}

// request is a document for a receiver.
type request struct {
	to     string // how errors call the receiver
	url    string
	header http.Header
	body   []byte
	hidden []secret.Value // what the receiver may repeat and errors must not
}

// post sends a request and returns the answer. The error says that there is none,
// or that it could not be read.
func (c *client) post(ctx context.Context, r request) (answer, error) {
	within, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	// What is wrong with an address is not said, since it would be repeated.
	sent, err := http.NewRequestWithContext(within, http.MethodPost, r.url, bytes.NewReader(r.body))
	if err != nil || sent.URL.Host == "" || sent.URL.Scheme != "https" && sent.URL.Scheme != "http" {
		return answer{}, fmt.Errorf("%s: the address is not one of http or https", r.to)
	}
	for name, values := range r.header {
		sent.Header[name] = values
	}
	sent.Header.Set("Content-Type", "application/json")
	sent.Header.Set("User-Agent", "slojourn")
	received, err := c.http.Do(sent)
	if err != nil {
		return answer{}, c.unreachable(ctx, within, r, err)
	}
	defer received.Body.Close() //nolint:errcheck // only read from
	body, err := io.ReadAll(io.LimitReader(received.Body, maxAnswer))
	// A status says enough when what follows it is cut off.
	if err != nil && received.StatusCode < http.StatusMultipleChoices {
		return answer{}, c.unreachable(ctx, within, r, err)
	}
	return answer{to: r.to, status: received.StatusCode, header: received.Header, body: string(body), hidden: r.hidden}, nil
}

// unreachable says why there is no answer.
func (c *client) unreachable(ctx, within context.Context, r request, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", r.to, context.Cause(ctx))
	case within.Err() != nil:
		return &UnansweredError{fmt.Errorf("%s did not answer within %s", r.to, c.timeout)}
	}
	failure := fmt.Errorf("%s cannot be reached: %s", r.to, excerptOf(httpclient.Reason(err).Error(), r.hidden))
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return failure
	}
	return &UnansweredError{failure}
}

// excerptOf returns the beginning of a text that others wrote, without secrets and without
// what could do something where it is shown.
func excerptOf(text string, hidden []secret.Value) string {
	return cut(inert(httpclient.Excerpt(text, hidden)), maxExcerpt)
}

// hostOf returns the host of an address, "" when there is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
