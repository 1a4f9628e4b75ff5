package nerdgraph

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/slojourn/slojourn/internal/httpclient"
	"github.com/slojourn/slojourn/slo/diag"
)

const (
	once    = 1 // what will fail again
	twice   = 2 // what may have been an accident
	patient = 4 // what New Relic may well recover from

	firstPause   = 500 * time.Millisecond // before the second attempt; it doubles
	longestPause = firstPause << (patient - 1)
	longestAfter = time.Minute          // longer than this no call waits for a server
	mostAfter    = 365 * 24 * time.Hour // that a server can ask for
)

// pause returns how long to wait before attempt n+1, for n of at least 1: what
// the server asks, and after it up to twice as long with every attempt, spread
// so that clients do not come back together. Before the third attempt that is
// between 0.5 and 1 s.
func pause(n int, after time.Duration) time.Duration {
	return after + httpclient.Pause(n, firstPause, longestPause, rand.Float64())
}

// again decides whether attempt n, which ended with x, is worth another, and
// after how long. What the caller has to know about that goes into the
// failure.
func (x *exchange) again(ctx context.Context, n int) (time.Duration, bool) {
	if n >= x.tries {
		return 0, false
	}
	if x.after > longestAfter {
		if x.failure != nil {
			x.failure.Message = diag.Say("%s, and asks to wait %v", x.failure.Message, x.after)
		}
		return 0, false
	}
	wait := pause(n, x.after)
	if deadline, ok := ctx.Deadline(); ok && time.Now().Add(wait).After(deadline) {
		return 0, false
	}
	return wait, true
}

// sleep waits, or ends with the context.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// triesOf says how often a request is worth sending that met a transport's
// error: more than once only if it cannot have been answered. Requests only
// read, so one that was sent twice does no harm.
func triesOf(err error) int {
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return once
	}
	if operation, ok := errors.AsType[*net.OpError](err); ok && operation.Op == "dial" {
		return patient
	}
	for _, broken := range []error{syscall.ECONNRESET, syscall.EPIPE, io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(err, broken) {
			return patient
		}
	}
	return once
}

// triesOfStatus says how often a request is worth sending that is answered
// with a status. A used up quota lasts longer than any call.
func triesOfStatus(status int, kind Kind) int {
	switch status {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		if kind != Quota {
			return patient
		}
	}
	return once
}
