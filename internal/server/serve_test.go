package server

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
)

// listening is a server that [Server.Serve] runs.
type listening struct {
	addresses []string
	stop      context.CancelFunc
	served    chan error
	log       *logged
}

func listen(t *testing.T, options Options, limits limits, addresses ...string) listening {
	t.Helper()
	l := listening{served: make(chan error, 1), log: &logged{}}
	s := serverOf(t, options, limits, l.log)
	listeners, err := Listen(t.Context(), addresses...)
	if err != nil {
		t.Fatal(err)
	}
	for _, listener := range listeners {
		l.addresses = append(l.addresses, listener.Addr().String())
	}
	var ctx context.Context
	ctx, l.stop = context.WithCancel(t.Context())
	go func() { l.served <- s.Serve(ctx, listeners...) }()
	return l
}

// ended waits for the end, which has to be a good one.
func (l listening) ended(t *testing.T) {
	t.Helper()
	l.stop()
	if err := <-l.served; err != nil {
		t.Error(err)
	}
	for _, address := range l.addresses {
		if connection, err := net.Dial("tcp", address); err == nil {
			connection.Close()
			t.Errorf("%s is still listened on", address)
		}
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	l := listen(t, Options{}, usual(), "127.0.0.1:0", "127.0.0.1:0", "localhost:0")
	for _, address := range l.addresses {
		if got := ask(t, http.MethodGet, "http://"+address+"/-/healthy", nil); got.status != 200 {
			t.Errorf("%s: %+v", address, got)
		}
	}
	l.ended(t)
}

// TestServeEndsAtOnce although ctx ends before anything was served.
func TestServeEndsAtOnce(t *testing.T) {
	t.Parallel()
	s := serverOf(t, Options{}, usual(), io.Discard)
	listeners, err := Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(gone(), listeners...); err != nil {
		t.Error(err)
	}
	if _, err := listeners[1].Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the listener: %v", err)
	}
	if err := s.Serve(t.Context()); err == nil || !strings.Contains(err.Error(), "no address") {
		t.Errorf("without a listener: %v", err)
	}
}

// TestServeFails ends everything when one of the addresses cannot be served.
func TestServeFails(t *testing.T) {
	t.Parallel()
	s := serverOf(t, Options{}, usual(), io.Discard)
	listeners, err := Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listeners[1].Close()
	if err := s.Serve(t.Context(), listeners...); !errors.Is(err, net.ErrClosed) || !strings.Contains(err.Error(), "serve "+listeners[1].Addr().String()) {
		t.Errorf("got %v", err)
	}
	if _, err := listeners[0].Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the other listener: %v", err)
	}
}

func TestListenOnAllOrNone(t *testing.T) {
	t.Parallel()
	taken, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken[0].Close()
	free, err := Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free[0].Close()
	for address, want := range map[string]string{
		taken[0].Addr().String(): ": bind: address already in use",
		"127.0.0.1":              "missing port",
		"127.0.0.1:no-such":      "unknown port",
	} {
		got, err := Listen(t.Context(), free[0].Addr().String(), address)
		if err == nil || got != nil || !strings.HasPrefix(err.Error(), "listen on "+address+": ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "listen tcp") {
			t.Errorf("%s: got %v, %v", address, got, err)
		}
		again, err := Listen(t.Context(), free[0].Addr().String())
		if err != nil {
			t.Fatalf("%s: the first address is not free again: %v", address, err)
		}
		again[0].Close()
	}
}

// blocked is an engine whose snapshot takes until leave is closed.
func blocked() (engine still, entered, leave chan struct{}) {
	entered, leave = make(chan struct{}), make(chan struct{})
	return still{snapshot: func() (burnrate.Snapshot, bool) {
		close(entered)
		<-leave
		return burnrate.Snapshot{At: end.Time()}, true
	}}, entered, leave
}

// TestServeFinishes what is being answered when it is to end.
func TestServeFinishes(t *testing.T) {
	t.Parallel()
	engine, entered, leave := blocked()
	l := listen(t, Options{Engine: engine}, usual(), "127.0.0.1:0")
	answered := make(chan answer)
	go func() { answered <- ask(t, http.MethodGet, "http://"+l.addresses[0]+"/api/v1/slos", nil) }()
	<-entered
	l.stop()
	for { // until nothing new is taken
		connection, err := net.Dial("tcp", l.addresses[0])
		if err != nil {
			break
		}
		connection.Close()
	}
	close(leave)
	if got := <-answered; got.status != 200 || !strings.Contains(got.body, `"slos": []`) {
		t.Errorf("got %+v", got)
	}
	l.ended(t)
}

// TestServeCutsOff what takes too long, and says so.
func TestServeCutsOff(t *testing.T) {
	t.Parallel()
	engine, entered, leave := blocked()
	limits := usual()
	limits.grace = time.Millisecond
	l := listen(t, Options{Engine: engine}, limits, "127.0.0.1:0")
	failed := make(chan error)
	go func() {
		_, err := try(t.Context(), &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, http.MethodGet, "http://"+l.addresses[0]+"/api/v1/slos", nil)
		failed <- err
	}()
	<-entered
	l.ended(t)
	if err := <-failed; err == nil {
		t.Error("it was answered")
	}
	close(leave)
	if !strings.Contains(l.log.String(), "answers under way were cut off") {
		t.Errorf("it logs %s", l.log)
	}
}

// TestSlowClients closes connections that only hold on to something.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	limits := usual()
	limits.header, limits.read, limits.idle = 300*time.Millisecond, 300*time.Millisecond, 300*time.Millisecond
	l := listen(t, Options{Lifecycle: true, Reload: func(context.Context, []string) error { return nil }}, limits, "127.0.0.1:0")
	t.Cleanup(func() { l.ended(t) })
	for name, test := range map[string]struct{ sent, received string }{
		"says nothing":     {"", ""},
		"half a request":   {"GET / HTTP/1.1\r\nHost: a\r\n", ""},
		"half a header":    {"GET / HTTP/1.1\r\nHost: a\r\nX-", "HTTP/1.1 400 Bad Request"},
		"no body":          {"POST /-/reload HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		"half a body":      {"POST /-/reload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", "HTTP/1.1 400 Bad Request"},
		"asks once":        {"GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK"},
		"header too large": {"GET / HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("a", 80<<10), "HTTP/1.1 431 Request Header Fields Too Large"},
		"not HTTP":         {"\x16\x03\x01\x02\x00\x01\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		"two lengths":      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		"no host":          {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request: missing required Host header"},
		"zero in a header": {"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", "HTTP/1.1 400 Bad Request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connection, err := net.Dial("tcp", l.addresses[0])
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			if _, err := io.WriteString(connection, test.sent); err != nil {
				t.Error(err)
			}
			// The end comes from the other side, in whichever way.
			all, err := io.ReadAll(connection)
			if first, _, _ := strings.Cut(string(all), "\r\n"); first != test.received {
				t.Errorf("got %q, %v; want %q", first, err, test.received)
			}
		})
	}
}

// TestUsualLimits has none that is forgotten, which would be no limit.
func TestUsualLimits(t *testing.T) {
	t.Parallel()
	all := reflect.ValueOf(usual())
	for i := range all.NumField() {
		if all.Field(i).Int() <= 0 {
			t.Errorf("%s is %v", all.Type().Field(i).Name, all.Field(i))
		}
	}
	got, l := serverOf(t, Options{}, usual(), io.Discard).httpServer(), usual()
	if got.ReadHeaderTimeout != l.header || got.ReadTimeout != l.read || got.WriteTimeout != l.write || got.IdleTimeout != l.idle || got.MaxHeaderBytes != l.headerBytes {
		t.Errorf("the server of net/http has others: %+v", got)
	}
}
