package remote

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slojourn/slojourn/internal/httpclient"
	"github.com/slojourn/slojourn/internal/secret"
)

// ClientOptions say where requests go and who sends them.
type ClientOptions struct {
	URL     string // as [CheckURL] wants it
	Version string // of the program, which the receiver is told
	User    string // "" without a user
	// Secret returns the password of the user, or without a user the bearer token. It
	// is asked for every request, so that one that was exchanged is used at once; nil
	// when the receiver does not want to know who asks.
	Secret func() (secret.Value, error)
	Roots  *x509.CertPool // that the receiver is trusted by; nil for the system's
}

// Client posts requests to a receiver. It follows no redirects, and what it says of
// failures names the host alone and no secret.
type Client struct {
	http    *http.Client
	options ClientOptions
	to      string         // how errors call the receiver
	hidden  []secret.Value // what they must not repeat
}

// Limits of a request and its answer.
const (
	dialTime   = 5 * time.Second
	answerTime = 30 * time.Second
	maxAnswer  = 16 << 10 // bytes that are read
	mostWait   = time.Hour
)

// CheckURL reads the address of a receiver. An error says what is wrong with it, and
// does not repeat it: it may hold a secret.
func CheckURL(address string) (*url.URL, error) {
	u, err := httpclient.ParseURL(address, "a receiver", "https://mimir.example.com/api/v1/push")
	switch {
	case err != nil:
		return nil, err
	case u.Fragment != "":
		return nil, errors.New("holds a #fragment, which is sent to nobody: leave it out")
	}
	return u, nil
}

// NewClient returns a client. It opens no connection and reads no secret.
func NewClient(o ClientOptions) (*Client, error) {
	u, err := CheckURL(o.URL)
	if err != nil {
		return nil, fmt.Errorf("the receiver %w", err)
	}
	c := &Client{options: o, to: "the receiver at " + u.Host, http: httpclient.New(httpclient.NewTransport(httpclient.Options{Dial: dialTime, Idle: 1, Roots: o.Roots}))}
	if u.RawQuery != "" {
		c.hidden = append(c.hidden, secret.Of(u.RawQuery))
		for _, values := range u.Query() {
			for _, value := range values {
				if value != "" {
					c.hidden = append(c.hidden, secret.Of(value))
				}
			}
		}
	}
	return c, nil
}

// Key stands for the receiver among others, and shows nothing of its address.
func (c *Client) Key() string { return key(c.options.URL) }

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// RefusedError says that a receiver does not want what it was sent, so that the same
// again is not of use.
type RefusedError struct{ Err error }

func (e *RefusedError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *RefusedError) Unwrap() error { return e.Err }

// ThrottledError says when a receiver wants to be asked again.
type ThrottledError struct {
	After time.Duration
	Err   error
}

func (e *ThrottledError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *ThrottledError) Unwrap() error { return e.Err }

// Send posts the body of a request. A [RefusedError] is about what it holds, other
// errors are about who sends it, where to and when.
func (c *Client) Send(ctx context.Context, body []byte) error {
	within, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	request, err := http.NewRequestWithContext(within, http.MethodPost, c.options.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New(c.to + " has an address that cannot be asked") // the error repeats it
	}
	request.Header.Set("Content-Encoding", "snappy")
	request.Header.Set("Content-Type", "application/x-protobuf")
	request.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	request.Header.Set("User-Agent", "slojourn/"+c.options.Version)
	hidden, err := c.identify(request)
	if err != nil {
		return err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return c.unreachable(within, hidden, err)
	}
	defer response.Body.Close()                                     //nolint:errcheck // only read from
	text, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer)) // the status says enough
	return c.failure(response, string(text), hidden, time.Now())
}

// identify says in a request who sends it, and returns what must not be repeated.
func (c *Client) identify(request *http.Request) ([]secret.Value, error) {
	if c.options.Secret == nil {
		return c.hidden, nil
	}
	value, err := c.options.Secret()
	if err != nil {
		return nil, fmt.Errorf("who sends to %s is not known: %w", strings.TrimPrefix(c.to, "the "), err)
	}
	if c.options.User != "" {
		request.SetBasicAuth(c.options.User, value.Reveal())
	} else {
		request.Header.Set("Authorization", "Bearer "+value.Reveal())
	}
	return append(httpclient.Hidden(c.options.User, value), c.hidden...), nil
}

func (c *Client) unreachable(within context.Context, hidden []secret.Value, err error) error {
	if errors.Is(within.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("%s did not answer within %s", c.to, answerTime)
	}
	return fmt.Errorf("%s cannot be reached: %s", c.to, httpclient.Excerpt(httpclient.Reason(err).Error(), hidden))
}

// failure returns nil for an answer of 2xx.
func (c *Client) failure(response *http.Response, text string, hidden []secret.Value, now time.Time) error {
	status := response.StatusCode
	if status/100 == 2 {
		return nil
	}
	err := errors.New(httpclient.Answered(c.to, status, httpclient.Excerpt(text, hidden)))
	switch status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return &RefusedError{err}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return &ThrottledError{httpclient.RetryAfter(response.Header, now, mostWait), err}
	}
	return err
}
