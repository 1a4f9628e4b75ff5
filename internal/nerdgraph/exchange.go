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
	"strings"
)

// maxAnswer bounds the size of an answer that is read.
const maxAnswer = 64 << 20

// exchange is the transport of one call. Whatever happens, the official
// client sees a success without errors, so that it neither retries nor drops
// anything; what really happened is kept here.
type exchange struct {
	ctx     context.Context //nolint:containedctx // the client drops the caller's, so it travels here
	next    http.RoundTripper
	errors  []FieldError
	failure *Error
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

func (x *exchange) send(r *http.Request) json.RawMessage {
	response, err := x.next.RoundTrip(r.WithContext(x.ctx))
	if err != nil {
		x.failure = transportError(x.ctx, r.URL, err)
		return nil
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		x.failure = transportError(x.ctx, r.URL, err)
		return nil
	case len(body) > maxAnswer:
		x.failure = &Error{Malformed, response.StatusCode, fmt.Sprintf("the answer of %s is larger than %d bytes", r.URL.Host, maxAnswer)}
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
		x.failure = &Error{Malformed, response.StatusCode, fmt.Sprintf("%s answered with something else than JSON: is it a NerdGraph address?", r.URL.Host)}
		return nil
	}
	for _, e := range answer.Errors {
		if e.Extensions.OldErrorCode == "BAD_API_KEY" {
			x.failure = unauthorized(response.StatusCode, r.URL)
			return nil
		}
		// Notices about old fields come as errors beside usable data.
		if !strings.HasPrefix(e.Message, "This field is deprecated!") {
			x.errors = append(x.errors, e)
		}
	}
	return answer.Data
}

// transportError says why no answer came. It leaves out the request, which
// holds the key.
func transportError(ctx context.Context, address *url.URL, err error) *Error {
	netError, isNet := errors.AsType[net.Error](err)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) || isNet && netError.Timeout() {
		return &Error{Timeout, 0, fmt.Sprintf("%s did not answer in time", address.Host)}
	}
	if ctx.Err() != nil {
		return &Error{Unreachable, 0, "interrupted"}
	}
	return &Error{Unreachable, 0, fmt.Sprintf("%s cannot be reached: %v", address.Host, err)}
}

func statusError(status int, address *url.URL, fields []FieldError) *Error {
	said := ""
	if len(fields) > 0 {
		said = ": " + fields[0].Message
	}
	switch {
	case status == http.StatusUnauthorized:
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
