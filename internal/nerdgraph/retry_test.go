package nerdgraph

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/secret"
)

// step is what a script answers to one request.
type step struct {
	status int
	body   string
	header http.Header
	err    error
}

var (
	good   = step{status: http.StatusOK, body: `{"data":{"actor":{"account":{"a":1}}}}`}
	faulty = step{status: http.StatusServiceUnavailable}
)

// script is a transport that answers step by step, the last one for ever, and
// keeps when it was asked.
type script struct {
	steps []step
	start time.Time
	asked []time.Duration
}

func play(steps ...step) *script { return &script{steps: steps, start: time.Now()} }

func (s *script) RoundTrip(*http.Request) (*http.Response, error) {
	now := s.steps[min(len(s.asked), len(s.steps)-1)]
	s.asked = append(s.asked, time.Since(s.start))
	if now.err != nil {
		return nil, now.err
	}
	return &http.Response{StatusCode: now.status, Header: now.header, Body: io.NopCloser(strings.NewReader(now.body))}, nil
}

func (s *script) client() *Client { return New(Options{Key: secret.Of(key), Transport: s}) }

// checkPauses wants the requests to have come after pauses within bounds, each
// given as least and most.
func (s *script) checkPauses(t *testing.T, bounds ...time.Duration) {
	t.Helper()
	if len(s.asked) != 1+len(bounds)/2 {
		t.Errorf("%d requests, want %d", len(s.asked), 1+len(bounds)/2)
		return
	}
	for i := 0; i < len(bounds); i += 2 {
		if got := s.asked[i/2+1] - s.asked[i/2]; got < bounds[i] || got >= bounds[i+1] {
			t.Errorf("the pause before request %d is %v, want %v … %v", i/2+2, got, bounds[i], bounds[i+1])
		}
	}
}

const (
	ms  = time.Millisecond
	sec = time.Second
)

func TestRetriesPauseLongerEachTime(t *testing.T) {
	t.Parallel()
	seen := map[time.Duration]bool{}
	for range 10 {
		synctest.Test(t, func(t *testing.T) {
			s := play(faulty)
			_, _, err := ask(t.Context(), s.client())
			checkFailure(t, err, ServerFault, http.StatusServiceUnavailable, "failed (503)")
			s.checkPauses(t, 250*ms, 500*ms, 500*ms, sec, sec, 2*sec)
			seen[s.asked[1]] = true
		})
	}
	if len(seen) < 2 {
		t.Error("ten clients came back at the same instant")
	}
}

func TestRetriesSucceed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		reset := step{err: fmt.Errorf("read: %w", syscall.ECONNRESET)}
		s := play(reset, faulty, step{status: http.StatusTooManyRequests}, good)
		data, fieldErrors, err := ask(t.Context(), s.client())
		if err != nil || len(fieldErrors) > 0 || data.Actor.Account["a"] != 1.0 {
			t.Errorf("got %v, %v, %v", data, fieldErrors, err)
		}
		if len(s.asked) != 4 {
			t.Errorf("%d requests, want 4", len(s.asked))
		}
	})
}

// TestMalformedAnswersAreAskedForOnceMore even if they come after a fault.
func TestMalformedAnswersAreAskedForOnceMore(t *testing.T) {
	t.Parallel()
	cut := step{status: http.StatusOK, body: `{"data":{"act`}
	for _, test := range []struct {
		steps    []step
		requests int
		ok       bool
	}{
		{[]step{cut, good}, 2, true},
		{[]step{cut, cut, good}, 2, false},
		{[]step{faulty, cut, good}, 2, false},
		{[]step{cut, faulty, faulty, good}, 4, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := play(test.steps...)
			if _, _, err := ask(t.Context(), s.client()); (err == nil) != test.ok {
				t.Errorf("%v: got the error %v", test.steps, err)
			}
			if len(s.asked) != test.requests {
				t.Errorf("%v: %d requests, want %d", test.steps, len(s.asked), test.requests)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	// The fake clock of a bubble begins with the year 2000.
	const begin = "Sat, 01 Jan 2000 00:00:00 GMT"
	for _, test := range []struct {
		name   string
		header http.Header
		least  time.Duration // pause; 0 for no second request
		after  time.Duration
	}{
		{"seconds", http.Header{"Retry-After": {"7"}}, 7*sec + 250*ms, 7 * sec},
		{"blanks", http.Header{"Retry-After": {" 7 "}}, 7*sec + 250*ms, 7 * sec},
		{"a minute", http.Header{"Retry-After": {"60"}}, time.Minute + 250*ms, time.Minute},
		{"too long", http.Header{"Retry-After": {"61"}}, 0, 61 * sec},
		{"too long for a duration", http.Header{"Retry-After": {"9000000000000"}}, 0, 365 * 24 * time.Hour},
		{"a date", http.Header{"Retry-After": {"Sat, 01 Jan 2000 00:00:09 GMT"}}, 9*sec + 250*ms, 9 * sec},
		{"a date by another clock", http.Header{"Retry-After": {"Tue, 02 Jan 2001 10:00:05 GMT"}, "Date": {"Tue, 02 Jan 2001 10:00:00 GMT"}}, 5*sec + 250*ms, 5 * sec},
		{"a date far away", http.Header{"Retry-After": {"Sat, 01 Jan 2000 01:00:00 GMT"}}, 0, time.Hour},
		{"a date in the past", http.Header{"Retry-After": {"Fri, 31 Dec 1999 00:00:00 GMT"}, "Date": {begin}}, 250 * ms, 0},
		{"nothing", nil, 250 * ms, 0},
		{"zero", http.Header{"Retry-After": {"0"}}, 250 * ms, 0},
		{"negative", http.Header{"Retry-After": {"-5"}}, 250 * ms, 0},
		{"a key", http.Header{"Retry-After": {key}}, 250 * ms, 0},
		{"too large a number", http.Header{"Retry-After": {"99999999999999999999"}}, 0, 365 * 24 * time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				refused := step{status: http.StatusTooManyRequests, header: test.header}
				// No call waits beyond its deadline; what the server asks is told.
				ctx, cancel := context.WithTimeout(t.Context(), 100*ms)
				defer cancel()
				_, _, err := ask(ctx, play(refused).client())
				checkFailure(t, err, RateLimited, http.StatusTooManyRequests, "(429)")
				if failure, _ := errors.AsType[*Error](err); failure.After != test.after {
					t.Errorf("the error says to wait %v, want %v", failure.After, test.after)
				}
				s := play(refused, good)
				_, _, err = ask(t.Context(), s.client())
				if test.least == 0 {
					checkFailure(t, err, RateLimited, http.StatusTooManyRequests, fmt.Sprintf("(429), and asks to wait %v", test.after))
					s.checkPauses(t)
					return
				}
				if err != nil {
					t.Error(err)
				}
				s.checkPauses(t, test.least, test.least+250*ms)
			})
		})
	}
}

func TestRetriesEndBeforeTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 499*ms+sec)
		defer cancel()
		s := play(faulty)
		_, _, err := ask(ctx, s.client())
		checkFailure(t, err, ServerFault, http.StatusServiceUnavailable, "failed (503)")
		if len(s.asked) != 3 && len(s.asked) != 2 {
			t.Errorf("%d requests, want 2 or 3", len(s.asked))
		}
		if ctx.Err() != nil || time.Since(begin) != s.asked[len(s.asked)-1] {
			t.Errorf("the call took %v, but its last request came at %v", time.Since(begin), s.asked[len(s.asked)-1])
		}
		late := play(step{status: http.StatusServiceUnavailable, header: http.Header{"Retry-After": {"30"}}})
		_, _, err = ask(ctx, late.client())
		checkFailure(t, err, ServerFault, http.StatusServiceUnavailable, "failed (503)")
		late.checkPauses(t)
	})
}

func TestPausesEndWithTheirContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*ms, cancel)
		s := play(faulty)
		begin := time.Now()
		_, _, err := ask(ctx, s.client())
		checkFailure(t, err, Interrupted, 0, "interrupted")
		if got := time.Since(begin); got != 100*ms {
			t.Errorf("the call ended after %v, want 100ms", got)
		}
		s.checkPauses(t)
	})
}

func TestRetriesTakeFromTheBudgets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := play(faulty)
		c := New(Options{Transport: s, Limits: NewLimits(LimitOptions{Queries: 20})})
		ctx, cancel := context.WithTimeout(t.Context(), 10*sec)
		defer cancel()
		_, err := c.Query(ctx, Call{Account: 7, Queries: 10}, new(any))
		checkFailure(t, err, Throttled, 0, "account 7, 20 NRQL queries a minute")
		if len(s.asked) != 2 {
			t.Errorf("%d requests of 10 queries each from a budget of 20, want 2", len(s.asked))
		}
	})
}

func TestBrokenConnectionsAreTriedAgain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err   error
		tries int
	}{
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, 4},
		{&net.OpError{Op: "read", Err: syscall.ECONNRESET}, 4},
		{&net.OpError{Op: "write", Err: syscall.EPIPE}, 4},
		{io.EOF, 4},
		{io.ErrUnexpectedEOF, 4},
		{&net.OpError{Op: "dial", Err: &net.DNSError{Err: "server misbehaving", IsTemporary: true}}, 4},
		{&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}, 1},
		{errors.New("x509: certificate signed by unknown authority"), 1},
		{&net.OpError{Op: "read", Err: errors.New("odd")}, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := play(step{err: test.err})
			_, _, err := ask(t.Context(), s.client())
			checkFailure(t, err, Unreachable, 0, test.err.Error())
			if len(s.asked) != test.tries {
				t.Errorf("%v: %d requests, want %d", test.err, len(s.asked), test.tries)
			}
		})
	}
}

// TestErrorsInBand are tried again only if they are the whole answer.
func TestErrorsInBand(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		data    string
		classes []string
		tries   int
	}{
		{"too many", `null`, []string{"TOO_MANY_REQUESTS"}, 4},
		{"fault", `null`, []string{"SERVER_ERROR"}, 4},
		{"both", `null`, []string{"INTERNAL_SERVER_ERROR", "TOO_MANY_REQUESTS"}, 4},
		{"timeout", `null`, []string{"TIMEOUT"}, 1},
		{"refused", `null`, []string{"INVALID_INPUT"}, 1},
		{"one that will fail again", `null`, []string{"SERVER_ERROR", "INVALID_INPUT"}, 1},
		{"beside data", `{"actor":{"account":{"a":null,"b":1}}}`, []string{"TOO_MANY_REQUESTS"}, 1},
		{"beside a null account", `{"actor":{"account":null}}`, []string{"SERVER_ERROR"}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var fields []string
				var want []FieldError
				for _, class := range test.classes {
					fields = append(fields, fmt.Sprintf(`{"message":"no, %s","extensions":{"errorClass":%q}}`, key, class))
					want = append(want, FieldError{Message: "no, [secret]", Extensions: Extensions{ErrorClass: class}})
				}
				s := play(step{status: http.StatusOK, body: fmt.Sprintf(`{"data":%s,"errors":[%s]}`, test.data, strings.Join(fields, ","))})
				_, fieldErrors, err := ask(t.Context(), s.client())
				if diff := cmp.Diff(want, fieldErrors); diff != "" || err != nil {
					t.Errorf("error %v, errors (-want +got):\n%s", err, diff)
				}
				if len(s.asked) != test.tries {
					t.Errorf("%d requests, want %d", len(s.asked), test.tries)
				}
			})
		})
	}
}
