package push

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/slojourn/slojourn/internal/httpclient"
)

// Limits of a request and its answer.
const (
	answerTime = 30 * time.Second
	maxAnswer  = 32 << 20 // bytes
	attempts   = 4
	firstWait  = time.Second      // then twice as long each time
	mostWait   = 30 * time.Second // that Grafana can ask for; it is not asked again when that is more
)

// patient asks again when a server is overloaded or about to start. What is asked again
// may have been done the first time: whoever changes something looks after a conflict. A
// change that was sent is waited for, even when its context ends: it is done or not, and
// whoever asked is to know. Where that is not known, as the connection was cut or there was
// no answer in time, the error is an [unsureError].
type patient struct {
	next  http.RoundTripper
	wait  func(context.Context, time.Duration) error
	org   int64
	agent string
}

// UnansweredError says that there was no whole answer within a time.
type UnansweredError struct{ Within time.Duration }

func (e *UnansweredError) Error() string {
	return "did not answer within " + e.Within.String() + ": is it overloaded, or does a proxy in between hold requests up?"
}

// RoundTrip returns an answer that has been read.
func (p *patient) RoundTrip(request *http.Request) (*http.Response, error) {
	var body []byte
	if request.Body != nil {
		var err error
		body, err = io.ReadAll(request.Body)
		request.Body.Close() //nolint:errcheck // it was read
		if err != nil {
			return nil, err
		}
	}
	if err := request.Context().Err(); err != nil { // its cause may be the answer to another one
		return nil, err
	}
	var sent atomic.Bool
	for attempt, pause := 1, firstWait; ; attempt, pause = attempt+1, 2*pause {
		response, err := p.once(request, body, &sent)
		if err != nil && request.Method != http.MethodGet && sent.Load() {
			return nil, &unsureError{err}
		}
		if err != nil || attempt == attempts || !passes(response.StatusCode) {
			return response, err
		}
		asked := httpclient.RetryAfter(response.Header, time.Now(), time.Hour)
		if asked > mostWait || request.Context().Value(inHaste{}) != nil {
			return response, nil
		}
		if p.wait(request.Context(), max(pause, asked)) != nil {
			return response, nil // which is all that is known
		}
	}
}

// passes reports whether a failure is one that passes.
func passes(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// once sends a request. It says in tried whether there was a connection to send it on:
// then it may have arrived, whatever went wrong.
func (p *patient) once(request *http.Request, body []byte, tried *atomic.Bool) (*http.Response, error) {
	asking := request.Context()
	if request.Method != http.MethodGet {
		asking = context.WithoutCancel(asking)
	}
	within, cancel := context.WithTimeout(asking, answerTime)
	defer cancel()
	sent := request.Clone(httptrace.WithClientTrace(within, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { tried.Store(true) }}))
	sent.Header.Set("User-Agent", p.agent)
	if p.org != 0 {
		sent.Header.Set("X-Grafana-Org-Id", strconv.FormatInt(p.org, 10))
	}
	sent.Body, sent.ContentLength, sent.TransferEncoding = http.NoBody, 0, nil
	if len(body) > 0 {
		sent.Body, sent.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
	response, err := p.next.RoundTrip(sent)
	if err == nil {
		var text []byte
		text, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
		response.Body.Close() //nolint:errcheck // it was read
		response.Body = io.NopCloser(bytes.NewReader(text))
		if len(text) > maxAnswer {
			return nil, fmt.Errorf("answered with more than %d MiB", maxAnswer>>20)
		}
	}
	switch {
	case err == nil:
		return response, nil
	case asking.Err() != nil:
		return nil, asking.Err()
	case errors.Is(within.Err(), context.DeadlineExceeded):
		return nil, &UnansweredError{answerTime}
	}
	return nil, err
}
