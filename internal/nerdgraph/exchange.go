package nerdgraph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/internal/httpclient"
	"github.com/slojourn/slojourn/slo/diag"
)

// serviceName tells New Relic who asks.
const serviceName = "slojourn"

// exchange is the transport of one attempt. Whatever happens, the official
// client sees a success without errors, so that it neither retries nor drops
// anything; what really happened is kept here. It sees a success without data,
// since it would parse an answer several times over, which takes more time and
// memory than everything else about a call.
type exchange struct {
	ctx       context.Context //nolint:containedctx // the client drops the caller's, so it travels here
	next      http.RoundTripper
	maxAnswer int64

	data    json.RawMessage
	answer  Answer
	failure *Error
	tries   int           // how many attempts the outcome is worth
	after   time.Duration // how long the server asks to wait before the next
}

// RoundTrip implements [http.RoundTripper].
func (x *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	x.data = x.send(r)
	const body = `{"data":{}}`
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

// send returns the data of the answer. The failure or the errors are kept.
func (x *exchange) send(r *http.Request) json.RawMessage {
	response, err := x.next.RoundTrip(x.prepared(r))
	if err != nil {
		x.fail(triesOf(err), x.transportError(r.URL, err))
		return nil
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	x.readHeader(response.Header)
	body, err := io.ReadAll(io.LimitReader(response.Body, x.maxAnswer+1))
	x.answer.Bytes = int64(len(body))
	var answer struct {
		Data   json.RawMessage `json:"data"`
		Errors []FieldError    `json:"errors"`
	}
	status := response.StatusCode
	switch {
	case err != nil && x.ctx.Err() != nil:
		x.fail(once, x.transportError(r.URL, err))
		return nil
	case err != nil && status == http.StatusOK:
		x.fail(twice, &Error{Kind: Malformed, Status: status, Message: diag.Say("the answer of %s breaks off: %v", r.URL.Host, err)})
		return nil
	case x.answer.Bytes > x.maxAnswer:
		x.fail(once, &Error{Kind: Malformed, Status: status, Message: diag.Say("the answer of %s is larger than %d bytes", r.URL.Host, x.maxAnswer)})
		return nil
	}
	decodeErr := json.Unmarshal(body, &answer)
	if failure := statusError(status, r.URL, answer.Errors); failure != nil {
		x.fail(triesOfStatus(status, failure.Kind), failure)
		return nil
	}
	if decodeErr != nil {
		x.fail(twice, &Error{Kind: Malformed, Status: status, Message: unreadable(r.URL.Host, body)})
		return nil
	}
	// Notices about old fields come as errors beside usable data.
	x.answer.Errors = slices.DeleteFunc(answer.Errors, func(e FieldError) bool {
		return strings.HasPrefix(e.Message, "This field is deprecated!")
	})
	if hasData(answer.Data) {
		return answer.Data
	}
	if len(x.answer.Errors) == 0 {
		x.fail(twice, &Error{Kind: Malformed, Status: status, Message: diag.Say("the answer of %s holds neither data nor errors", r.URL.Host)})
		return nil
	}
	if !slices.ContainsFunc(x.answer.Errors, func(e FieldError) bool {
		kind := e.kind()
		return kind != RateLimited && kind != ServerFault
	}) {
		x.tries = patient // of the whole document, and nothing came
	}
	return nil
}

// prepared gives the request the caller's context, and takes from it what the
// official client reads from the environment: who asks.
func (x *exchange) prepared(r *http.Request) *http.Request {
	r = r.Clone(x.ctx)
	r.Header.Del("X-Query-Source-Capability-Id")
	r.Header.Set("X-Query-Source-Component-Id", serviceName)
	r.Header.Set("NewRelic-Requesting-Services", serviceName)
	return r
}

// readHeader keeps the server's clock, and when it wants to be asked again.
func (x *exchange) readHeader(header http.Header) {
	now := time.Now()
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		x.answer.Date, now = date, date
	}
	x.after = httpclient.RetryAfter(header, now, mostAfter)
}

// fail keeps why there is no answer, and how many attempts that is worth.
func (x *exchange) fail(tries int, failure *Error) {
	failure.After = x.after
	x.tries, x.failure = tries, failure
}

// unreadable says what is wrong with an answer that is none of NerdGraph.
func unreadable(host string, body []byte) diag.Phrase {
	if json.Valid(body) || !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return diag.Say("the answer of %s is not one of NerdGraph: correct the endpoint, or a proxy in between", host)
	}
	return diag.Say("the answer of %s cannot be read: its JSON is damaged or breaks off", host)
}

// hasData reports whether the data of an answer is more than null.
func hasData(data json.RawMessage) bool { return len(data) > 0 && string(data) != "null" }

// transportError says why no answer came. It leaves out the request, which
// holds the key.
func (x *exchange) transportError(address *url.URL, err error) *Error {
	netError, isNet := errors.AsType[net.Error](err)
	switch {
	case x.ctx.Err() != nil:
		return contextError(x.ctx, diag.Say("%s did not answer in time", address.Host))
	case isNet && netError.Timeout():
		return &Error{Kind: Unreachable, Message: diag.Say("%s cannot be reached in time: %v", address.Host, err)}
	default:
		return &Error{Kind: Unreachable, Message: diag.Say("%s cannot be reached: %v", address.Host, err)}
	}
}

// contextError says that a context is over: by the caller, or by its deadline,
// for which there are words of its own.
func contextError(ctx context.Context, late diag.Phrase) *Error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &Error{Kind: Deadline, Message: late}
	}
	return &Error{Kind: Interrupted, Message: diag.Say("interrupted")}
}

// statusError says what a status means for a caller; nil is a success. A wrong
// key comes with different ones.
func statusError(status int, address *url.URL, fields []FieldError) *Error {
	fault := func(kind Kind, what diag.Phrase) *Error {
		return &Error{Kind: kind, Status: status, Message: what}
	}
	quoting := func(kind Kind, what diag.Phrase) *Error {
		if len(fields) > 0 && fields[0].Message != "" {
			what = diag.Say("%s: %s", what, fields[0].Message)
		}
		return fault(kind, what)
	}
	badKey := slices.ContainsFunc(fields, func(e FieldError) bool { return e.kind() == Unauthorized })
	switch {
	case status == http.StatusUnauthorized, badKey:
		return fault(Unauthorized, diag.Say("%s refuses the API key (%d): use a valid user key", address.Host, status))
	case status == http.StatusOK:
		return nil
	case status == http.StatusForbidden:
		return quoting(kindAmong(fields, Forbidden, NoAccount), diag.Say("%s forbids this (403)", address.Host))
	case status == http.StatusTooManyRequests:
		return quoting(kindAmong(fields, RateLimited, Quota), diag.Say("%s takes no more requests now (429)", address.Host))
	case status >= 500:
		return quoting(ServerFault, diag.Say("%s failed (%d)", address.Host, status))
	case status >= 300 && status < 400:
		return fault(Rejected, diag.Say("%s redirects elsewhere (%d), which is not followed: correct the endpoint", address.Host, status))
	case status == http.StatusNotFound:
		return fault(Rejected, diag.Say("%s has no NerdGraph at %s (404): correct the endpoint", address.Host, address.Path))
	}
	return quoting(kindAmong(fields, Rejected, InvalidQuery, NoAccount, Quota), diag.Say("%s refused the request (%d)", address.Host, status))
}

// kindAmong returns the kind of the first error that has one of those that a
// status may stand for, and the usual one otherwise.
func kindAmong(fields []FieldError, usual Kind, kinds ...Kind) Kind {
	for _, e := range fields {
		if kind := e.kind(); slices.Contains(kinds, kind) {
			return kind
		}
	}
	return usual
}
