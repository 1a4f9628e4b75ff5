package nerdgraph

import (
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/slojourn/slojourn/internal/secret"
)

// TestQueryLeavesNothingBehind: a bubble fails when goroutines remain in it.
func TestQueryLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	for status, requests := range map[int]int{http.StatusOK: 1, http.StatusServiceUnavailable: patient} {
		synctest.Test(t, func(t *testing.T) {
			closed := 0
			c := unhurried(Options{Key: secret.Of(key), Transport: roundTripper(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: status, Body: &body{strings.NewReader(`{"data":{}}`), &closed}}, nil
			})})
			if _, _, err := ask(t.Context(), c); (err == nil) != (status == http.StatusOK) {
				t.Errorf("status %d: got the error %v", status, err)
			}
			if closed != requests {
				t.Errorf("status %d: of %d answers %d were closed", status, requests, closed)
			}
		})
	}
}

// body counts how often it is closed.
type body struct {
	io.Reader
	closed *int
}

func (b *body) Close() error {
	*b.closed++
	return nil
}

// TestCloseLeavesNothing counts connections and goroutines of a real transport,
// after calls that end in every way. It does not run beside others, as it could
// not tell their goroutines from its own.
func TestCloseLeavesNothing(t *testing.T) {
	large := strings.Repeat(" ", 1<<20)
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		kind   Kind // 0 for none
	}{
		"answered":        {answered(http.StatusOK, `{"data":{}}`), 0},
		"errors in band":  {answered(http.StatusOK, `{"data":null,"errors":[{"message":"no"}]}`), 0},
		"wrong key":       {answered(http.StatusUnauthorized, large), Unauthorized},
		"fault":           {answered(http.StatusBadGateway, large), ServerFault},
		"malformed":       {answered(http.StatusOK, "<html>"+large), Malformed},
		"too large":       {answered(http.StatusOK, large+large), Malformed},
		"past a deadline": {silence(t, ""), Deadline},
		"half an answer":  {silence(t, `{"data":`), Deadline},
		"interrupted":     {nil, Interrupted},
		"truncated": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, `{"data":`) //nolint:errcheck // breaks off anyway
		}, Malformed},
		"connection closed": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, Unreachable},
		"redirect":          {answered(http.StatusFound, ""), Rejected},
	} {
		t.Run(name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if test.kind == Deadline {
				ctx, cancel = context.WithTimeout(ctx, 100*ms)
				defer cancel()
			}
			if test.answer == nil {
				wait := silence(t, "")
				test.answer = func(w http.ResponseWriter, r *http.Request) {
					cancel()
					wait(w, r)
				}
			}
			var open atomic.Int64
			s := httptest.NewUnstartedServer(test.answer)
			s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				switch state {
				case http.StateNew:
					open.Add(1)
				case http.StateClosed:
					open.Add(-1)
				}
			}
			s.Start()
			c := unhurried(Options{Endpoint: s.URL, Key: secret.Of(key)})
			c.maxAnswer = 3 << 19 // 1.5 MiB
			for range 3 {
				if _, _, err := ask(ctx, c); test.kind == 0 && err != nil {
					t.Error(err)
				} else if failure, _ := err.(*Error); test.kind != 0 && (failure == nil || failure.Kind != test.kind) { //nolint:errorlint // as promised
					t.Errorf("got the error %v, want kind %v", err, test.kind)
				}
			}
			c.Close()
			// The server notices a moment later that a connection was closed.
			for range 1000 {
				if open.Load() == 0 {
					break
				}
				time.Sleep(ms)
			}
			if n := open.Load(); n > 0 {
				t.Errorf("%d connections stay open", n)
			}
			s.Close()
			goleak.VerifyNone(t, before)
		})
	}
}

// TestBombsAreNotUnpacked: the bound holds for what is decompressed.
func TestBombsAreNotUnpacked(t *testing.T) {
	t.Parallel()
	const size = 64 << 20
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("the client accepts %q", r.Header.Get("Accept-Encoding"))
		}
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		defer packed.Close() //nolint:errcheck // the client is gone
		blanks := []byte(strings.Repeat(" ", 1<<20))
		for range size >> 20 {
			packed.Write(blanks) //nolint:errcheck // the client is gone
		}
		io.WriteString(packed, `{"data":{}}`) //nolint:errcheck // the client is gone
	})
	_, _, err := ask(t.Context(), s.client())
	checkFailure(t, err, Malformed, http.StatusOK, "is larger than 67108864 bytes")
	if got := s.requests.Load(); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	body := `{"data":{"actor":{}},"errors":[{"message":"` + strings.Repeat("m", 1500) + `"}]}`
	for _, compressed := range []bool{false, true} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", "Tue, 24 Nov 2026 10:20:30 GMT")
			out := io.Writer(w)
			if compressed {
				w.Header().Set("Content-Encoding", "gzip")
				packed := gzip.NewWriter(w)
				defer packed.Close() //nolint:errcheck // the client's loss
				out = packed
			}
			io.WriteString(out, body) //nolint:errcheck // the client's loss
		})
		var data accounts
		answer, err := s.client().Query(t.Context(), Call{Document: document}, &data)
		if err != nil {
			t.Fatal(err)
		}
		if want := time.Date(2026, 11, 24, 10, 20, 30, 0, time.UTC); !answer.Date.Equal(want) {
			t.Errorf("compressed %t: the date is %v, want %v", compressed, answer.Date, want)
		}
		if answer.Bytes != int64(len(body)) || len(answer.Errors) != 1 {
			t.Errorf("compressed %t: got %d bytes, %d errors, want %d, 1", compressed, answer.Bytes, len(answer.Errors), len(body))
		}
	}
	synctest.Test(t, func(t *testing.T) {
		s := play(step{status: http.StatusOK, body: good.body, header: http.Header{"Date": {"tomorrow"}}})
		answer, err := s.client().Query(t.Context(), Call{}, &accounts{})
		if err != nil || !answer.Date.IsZero() {
			t.Errorf("without a clock of the server's the date is %v, the error %v", answer.Date, err)
		}
	})
}
