package server

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/slojourn/slojourn/burnrate"
)

// gone is the context of a client that went away.
func gone() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// TestPanic answers, logs and goes on.
func TestPanic(t *testing.T) {
	t.Parallel()
	engine := still{snapshot: func() (burnrate.Snapshot, bool) { panic("index out of range, key NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZA") }}
	own := prometheus.NewRegistry()
	url, log := served(t, Options{Engine: engine, Registerer: own})
	for range 2 {
		got := ask(t, http.MethodGet, url+"/api/v1/slos", nil)
		if d := read(t, got); got.status != 500 || d.Schema != errorSchema || d.Errors[0].Message != "slojourn made a mistake; its log says which" {
			t.Errorf("got %d, %s", got.status, got.body)
		}
		protected(t, got)
	}
	if text := log.String(); !strings.Contains(text, "a handler panicked") || !strings.Contains(text, "handler=/api/v1/slos") ||
		!strings.Contains(text, "guard_test.go") || strings.Contains(text, "NRAK-A") {
		t.Errorf("it logs %s", text)
	}
	if count, err := testutil.GatherAndCount(own, "slojourn_http_request_duration_seconds"); err != nil || count != 1 {
		t.Errorf("%d kinds of answers, %v", count, err)
	}
	if got := ask(t, http.MethodGet, url+"/-/healthy", nil); got.status != 200 {
		t.Errorf("afterwards: %d", got.status)
	}
}

// TestPanicHalfWay cuts the answer off.
func TestPanicHalfWay(t *testing.T) {
	t.Parallel()
	log := &logged{}
	s := serverOf(t, Options{}, usual(), log)
	for name, begin := range map[string]func(http.ResponseWriter){
		"a byte":   func(w http.ResponseWriter) { io.WriteString(w, "half") }, //nolint:errcheck // see what is received
		"a status": func(w http.ResponseWriter) { w.WriteHeader(http.StatusOK) },
		"aborted":  func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
	} {
		server := httptest.NewServer(s.guard(endpoint{path: "/" + name, serve: func(w http.ResponseWriter, _ *http.Request) {
			begin(w)
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			panic("half way")
		}}))
		if got, err := try(t.Context(), server.Client(), http.MethodGet, server.URL, nil); err == nil {
			t.Errorf("%s: got all of it: %d %q", name, got.status, got.body)
		}
		server.Close()
		if logs := strings.Contains(log.String(), "handler=\"/"+name+"\""); logs != (name != "aborted") {
			t.Errorf("%s: it logs %t, %s", name, logs, log)
		}
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	limits := usual()
	limits.bodyBytes = 100
	url, _ := servedWithin(t, Options{Lifecycle: true, Reload: func(context.Context, []string) error { return nil }}, limits)
	for _, test := range []struct {
		size    int
		chunked bool
		want    int
	}{
		{0, false, 200},
		{100, false, 200},
		{100, true, 200},
		{101, false, 413},
		{101, true, 413},
		{10 << 20, false, 413},
		{10 << 20, true, 413},
	} {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		got, err := try(t.Context(), client, http.MethodPost, url+"/-/reload", func(r *http.Request) {
			r.ContentLength = int64(test.size)
			if test.chunked {
				r.ContentLength = -1
			}
			r.Body = io.NopCloser(bytes.NewReader(make([]byte, test.size)))
		})
		if err != nil && test.size > 1<<20 {
			continue // the connection was closed while the client was still sending
		}
		if err != nil || got.status != test.want || test.want == 413 && got.body != "send no body, or one of at most 100 bytes\n" {
			t.Errorf("%d bytes, chunked %t: got %d, %v, %q", test.size, test.chunked, got.status, err, got.body)
		}
	}
}

// TestTurns answers only some at once, and those who ask something else all
// the time.
func TestTurns(t *testing.T) {
	t.Parallel()
	limits := usual()
	limits.atOnce, limits.turn = 2, time.Millisecond
	entered, leave := make(chan struct{}), make(chan struct{})
	url, _ := servedWithin(t, Options{Engine: still{snapshot: func() (burnrate.Snapshot, bool) {
		entered <- struct{}{}
		<-leave
		return burnrate.Snapshot{}, true
	}}}, limits)
	statuses := make(chan int)
	for range 2 {
		go func() { statuses <- ask(t, http.MethodGet, url+"/api/v1/slos", nil).status }()
		<-entered
	}
	got := ask(t, http.MethodGet, url+"/api/v1/slos", nil)
	if d := read(t, got); got.status != 503 || got.header.Get("Retry-After") != "1" || d.Errors[0].Message != "2 others are being answered; ask again later" {
		t.Errorf("a third: got %d, %s", got.status, got.body)
	}
	for _, path := range []string{"/metrics", "/-/healthy"} {
		if got := ask(t, http.MethodGet, url+path, nil); got.status != 200 {
			t.Errorf("%s: got %d", path, got.status)
		}
	}
	close(leave)
	for range 2 {
		if status := <-statuses; status != 200 {
			t.Errorf("one that had its turn: got %d", status)
		}
	}
}
