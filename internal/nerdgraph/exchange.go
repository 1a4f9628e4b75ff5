package nerdgraph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// exchange is the transport of one call. Whatever happens, the official
// client sees a success without errors, so that it neither retries nor drops
// anything; what really happened is kept here.
type exchange struct {
	ctx       context.Context //nolint:containedctx // the client drops the caller's, so it travels here
	next      http.RoundTripper
	maxAnswer int64
	errors    []FieldError
	failure   *Error
}

// RoundTrip implements [http.RoundTripper].
func (x *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	data := x.send(r)
	body, err := json.Marshal(map[string]json.RawMessage{"data": data})
	if err != nil {
		return nil, fmt.Errorf("prepare the answer: %w", err)
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)),
	}, nil
}

// send returns the data of the answer. The failure or the errors are kept.
func (x *exchange) send(r *http.Request) json.RawMessage {
	response, err := x.next.RoundTrip(r.WithContext(x.ctx))
	if err != nil {
		x.failure = x.transportError(r.URL, err)
		return nil
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	body, err := io.ReadAll(io.LimitReader(response.Body, x.maxAnswer+1))
	switch {
	case err != nil:
		x.failure = x.transportError(r.URL, err)
		return nil
	case int64(len(body)) > x.maxAnswer:
		x.failure = &Error{Malformed, response.StatusCode, fmt.Sprintf("the answer of %s is larger than %d bytes", r.URL.Host, x.maxAnswer)}
		return nil
	}
	var answer struct {
		Data   json.RawMessage `json:"data"`
		Errors []FieldError    `json:"errors"`
	}
	decodeErr := json.Unmarshal(body, &answer)
	if x.failure = statusError(response.StatusCode, r.URL, answer.Errors); x.failure != nil {
		return nil
	}
	if decodeErr != nil {
		x.failure = &Error{Malformed, response.StatusCode, fmt.Sprintf("the answer of %s is not one of NerdGraph: correct the endpoint, or a proxy in between", r.URL.Host)}
		return nil
	}
	// Notices about old fields come as errors beside usable data.
	x.errors = slices.DeleteFunc(answer.Errors, func(e FieldError) bool {
		return strings.HasPrefix(e.Message, "This field is deprecated!")
	})
	if len(x.errors) == 0 && !hasData(answer.Data) {
		x.failure = &Error{Malformed, response.StatusCode, fmt.Sprintf("the answer of %s holds neither data nor errors", r.URL.Host)}
		return nil
	}
	return answer.Data
}

// hasData reports whether the data of an answer is more than null.
func hasData(data json.RawMessage) bool { return len(data) > 0 && string(data) != "null" }

// transportError says why no answer came. It leaves out the request, which
// holds the key.
func (x *exchange) transportError(address *url.URL, err error) *Error {
	netError, isNet := errors.AsType[net.Error](err)
	switch {
	case errors.Is(x.ctx.Err(), context.DeadlineExceeded), isNet && netError.Timeout():
		return &Error{Timeout, 0, fmt.Sprintf("%s did not answer in time", address.Host)}
	case x.ctx.Err() != nil:
		return &Error{Unreachable, 0, "interrupted"}
	default:
		return &Error{Unreachable, 0, fmt.Sprintf("%s cannot be reached: %v", address.Host, err)}
	}
}

// statusError says what a status means for a caller; nil is a success. A wrong
// key comes with different ones.
func statusError(status int, address *url.URL, fields []FieldError) *Error {
	said := ""
	if len(fields) > 0 {
		said = ": " + fields[0].Message
	}
	badKey := slices.ContainsFunc(fields, func(e FieldError) bool { return e.Extensions.OldErrorCode == badAPIKey })
	switch {
	case status == http.StatusUnauthorized, badKey:
		return unauthorized(status, address)
	case status == http.StatusForbidden:
		return &Error{Forbidden, status, fmt.Sprintf("%s forbids this (403)%s", address.Host, said)}
	case status == http.StatusTooManyRequests:
		return &Error{RateLimited, status, fmt.Sprintf("%s takes no more requests now (429)%s", address.Host, said)}
	case status >= 500:
		return &Error{ServerFault, status, fmt.Sprintf("%s failed (%d)%s", address.Host, status, said)}
	case status >= 300 && status < 400:
		return &Error{Rejected, status, fmt.Sprintf("%s redirects elsewhere (%d), which is not followed: correct the endpoint", address.Host, status)}
	case status == http.StatusNotFound:
		return &Error{Rejected, status, fmt.Sprintf("%s has no NerdGraph at %s (404): correct the endpoint", address.Host, address.Path)}
	case status != http.StatusOK:
		return &Error{Rejected, status, fmt.Sprintf("%s refused the request (%d)%s", address.Host, status, said)}
	}
	return nil
}

func unauthorized(status int, address *url.URL) *Error {
	return &Error{Unauthorized, status, fmt.Sprintf("%s refuses the API key (%d): use a valid user key", address.Host, status)}
}
