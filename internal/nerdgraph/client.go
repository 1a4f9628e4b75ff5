package nerdgraph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/newrelic/newrelic-client-go/v2/pkg/config"
	"github.com/newrelic/newrelic-client-go/v2/pkg/nerdgraph"
	"github.com/newrelic/newrelic-client-go/v2/pkg/region"

	"github.com/slojourn/slojourn/internal/httpclient"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// Options says how to reach NerdGraph.
type Options struct {
	Region    slo.Region
	Endpoint  string // another address than the region's; "" for the region's
	Key       secret.Value
	Transport http.RoundTripper // nil for one of its own
	Timeout   time.Duration     // of one request; 0 for 90 s
	Limits    *Limits           // shared with other clients; nil for default ones of its own
}

// maxAnswer bounds the bytes of an answer that are read, decompressed.
const maxAnswer = 64 << 20

// Client asks one NerdGraph with one key. It may be used concurrently.
type Client struct {
	options   Options
	key       keyHash
	masked    func(string) string // removes keys from a text
	sleep     func(context.Context, time.Duration)
	maxAnswer int64
}

// New returns a client. It opens no connection.
func New(options Options) *Client {
	if options.Transport == nil {
		options.Transport = httpclient.NewTransport(httpclient.Options{Dial: 10 * time.Second, Idle: mostRequests})
	}
	if options.Timeout == 0 {
		options.Timeout = 90 * time.Second
	}
	if options.Endpoint == "" {
		options.Endpoint = Endpoint(options.Region)
	}
	if options.Limits == nil {
		options.Limits = NewLimits(LimitOptions{})
	}
	return &Client{options, hashOf(options.Key), masker(options.Key), sleep, maxAnswer}
}

// Close closes the connections that no call uses; those of calls under way end
// with the calls.
func (c *Client) Close() {
	if transport, ok := c.options.Transport.(interface{ CloseIdleConnections() }); ok {
		transport.CloseIdleConnections()
	}
}

// Inspected books what answers say that their queries cost: the records that
// they inspected. Once an account has used up its budget, calls wait.
func (c *Client) Inspected(account, records int64) { c.options.Limits.inspected(account, records) }

// Masked returns a text from the data of an answer without keys, and shortened.
func (c *Client) Masked(text string) string { return c.masked(text) }

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
// data. The answer's own errors come back in it, beside whatever data came
// with them. The error is an [*Error] when there is no answer to read. Neither
// holds the key, whatever the server says; data is as it came.
//
// The call waits for its budgets. What may well succeed later is sent up to
// four times, each time from the budgets, unless the context ends before: no
// connection, too many requests, a server's fault. An answer that cannot be
// understood is asked for once more.
func (c *Client) Query(ctx context.Context, call Call, data any) (Answer, error) {
	answer, failure := c.query(ctx, call, data)
	for i := range answer.Errors {
		answer.Errors[i] = answer.Errors[i].masked(c.masked)
	}
	if failure != nil {
		failure.Message = failure.Message.Edited(c.masked)
		return Answer{}, failure
	}
	return answer, nil
}

func (c *Client) query(ctx context.Context, call Call, data any) (Answer, *Error) {
	for n := 1; ; n++ {
		x := c.attempt(ctx, call)
		if wait, again := x.again(ctx, n); again {
			c.sleep(ctx, wait)
			continue
		}
		if x.failure != nil || !hasData(x.data) {
			return x.answer, x.failure
		}
		if err := json.Unmarshal(x.data, data); err != nil {
			return Answer{}, &Error{Kind: Malformed, Status: http.StatusOK, Message: diag.Say("the answer has another shape than expected: %v", err)}
		}
		return x.answer, nil
	}
}

// attempt sends a call once and returns what came of it.
func (c *Client) attempt(ctx context.Context, call Call) *exchange {
	x := &exchange{next: c.options.Transport, maxAnswer: c.maxAnswer}
	release, failure := c.options.Limits.acquire(ctx, c.key, call)
	if failure != nil {
		x.failure = failure
		return x
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	x.ctx = ctx
	client, err := c.client(x)
	if err != nil {
		x.failure = &Error{Kind: Rejected, Message: diag.Of(err)}
		return x
	}
	var nothing struct{} // the data is in the exchange
	err = client.QueryWithResponseAndContext(ctx, call.Document, call.Variables, &nothing)
	if err != nil && x.failure == nil {
		x.failure = &Error{Kind: Rejected, Message: diag.Say("the request cannot be sent: %v", err)}
	}
	return x
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
