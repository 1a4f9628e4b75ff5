package nerdgraph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/newrelic/newrelic-client-go/v2/pkg/config"
	"github.com/newrelic/newrelic-client-go/v2/pkg/nerdgraph"
	"github.com/newrelic/newrelic-client-go/v2/pkg/region"

	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// Options says how to reach NerdGraph.
type Options struct {
	Region    slo.Region
	Endpoint  string // another address than the region's; "" for the region's
	Key       secret.Value
	Transport http.RoundTripper // nil for one of its own
	Timeout   time.Duration     // of one request; 0 for 90 s
}

// maxAnswer bounds the bytes of an answer that are read.
const maxAnswer = 64 << 20

// Client asks one NerdGraph with one key. It may be used concurrently.
type Client struct {
	options   Options
	maxAnswer int64
}

// New returns a client. It opens no connection.
func New(options Options) *Client {
	if options.Transport == nil {
		options.Transport = newTransport()
	}
	if options.Timeout == 0 {
		options.Timeout = 90 * time.Second
	}
	if options.Endpoint == "" {
		options.Endpoint = Endpoint(options.Region)
	}
	return &Client{options, maxAnswer}
}

// newTransport has the standard library's settings without its global state.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   8,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}

// Endpoint returns New Relic's NerdGraph address for a region. Environment
// variables that redirect the official client have no effect.
func Endpoint(r slo.Region) string {
	name, err := region.Parse(string(r))
	if err != nil {
		name = region.Default
	}
	return region.Regions[name].NerdGraphURL()
}

// Query sends one GraphQL document and decodes the data of the answer into
// data. The answer's own errors come back as a list, with whatever data came
// beside them. The error is an [*Error] when there is no answer to read. No
// error holds the key, whatever the server says; data is as it came.
func (c *Client) Query(ctx context.Context, document string, variables map[string]any, data any) ([]FieldError, error) {
	fieldErrors, failure := c.query(ctx, document, variables, data)
	for i := range fieldErrors {
		fieldErrors[i].Message = c.masked(fieldErrors[i].Message)
	}
	if failure != nil {
		failure.Message = c.masked(failure.Message)
		return nil, failure
	}
	return fieldErrors, nil
}

func (c *Client) query(ctx context.Context, document string, variables map[string]any, data any) ([]FieldError, *Error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	call := &exchange{ctx: ctx, next: c.options.Transport, maxAnswer: c.maxAnswer}
	client, err := c.client(call)
	if err != nil {
		return nil, &Error{Kind: Rejected, Message: err.Error()}
	}
	var raw json.RawMessage
	err = client.QueryWithResponseAndContext(ctx, document, variables, &raw)
	if call.failure != nil {
		return nil, call.failure
	}
	if err != nil {
		return nil, &Error{Kind: Rejected, Message: fmt.Sprintf("the request cannot be sent: %v", err)}
	}
	if hasData(raw) {
		if err := json.Unmarshal(raw, data); err != nil {
			return nil, &Error{Kind: Malformed, Message: fmt.Sprintf("the answer has another shape than expected: %v", err)}
		}
	}
	return call.errors, nil
}

// masked removes keys from a text that others may have written: a server may
// well repeat what it was sent, also in another case.
func (c *Client) masked(text string) string {
	if key := strings.ToValidUTF8(c.options.Key.Reveal(), "\ufffd"); key != "" {
		text = regexp.MustCompile("(?i)"+regexp.QuoteMeta(key)).ReplaceAllLiteralString(text, c.options.Key.String())
	}
	return render.Mask(text)
}

// client makes an official client whose only transport is the given exchange.
func (c *Client) client(call *exchange) (nerdgraph.NerdGraph, error) {
	cfg := config.New()
	cfg.PersonalAPIKey = c.options.Key.Reveal()
	cfg.HTTPTransport = call
	cfg.Logger = silent{}
	// The context holds the deadline. A timeout of the client's would leave a
	// goroutine behind until it is over, since the client does not close the
	// answer's body.
	cfg.Timeout = new(time.Duration)
	reg := *region.Regions[region.US]
	reg.SetNerdGraphBaseURL(c.options.Endpoint)
	if err := cfg.SetRegion(&reg); err != nil {
		return nerdgraph.NerdGraph{}, fmt.Errorf("set the endpoint: %w", err)
	}
	return nerdgraph.New(cfg), nil
}

// silent drops what the official client logs: at its lowest level it would
// write whole requests and answers.
type silent struct{}

func (silent) Error(string, ...any) {}
func (silent) Warn(string, ...any)  {}
func (silent) Info(string, ...any)  {}
func (silent) Debug(string, ...any) {}
func (silent) Trace(string, ...any) {}
func (silent) SetLevel(string)      {}
