package push_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/push"
	"github.com/slojourn/slojourn/exporters/grafana/push/grafanatest"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/internal/secret"
)

// still is a Grafana without a network, for the time of a bubble. Once a plan is made, way
// answers in place of it, unless it is nil or returns neither an answer nor an error.
type still struct {
	*grafanatest.Server
	client *push.Client
	way    func(r *http.Request) (*http.Response, error)
}

func newStill(t *testing.T) *still {
	t.Helper()
	client, err := push.NewClient(push.ClientOptions{URL: "http://grafana.test", Secret: secret.Of(token)})
	if err != nil {
		t.Fatal(err)
	}
	s := &still{Server: grafanatest.New(token), client: client}
	push.Over(client, s)
	return s
}

// RoundTrip sends a request and answers it.
func (s *still) RoundTrip(r *http.Request) (*http.Response, error) {
	httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
	if s.way != nil {
		if response, err := s.way(r); response != nil || err != nil {
			return response, err
		}
	}
	return s.answer(r), nil
}

func (s *still) answer(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	s.Serve(w, r)
	return w.Result()
}

// apply plans and applies, and returns how long the latter took.
func (s *still) apply(t *testing.T, ctx context.Context, files []grafana.File, way func(r *http.Request) (*http.Response, error)) (*push.Plan, time.Duration, error) {
	t.Helper()
	s.way = nil
	plan, err := s.client.Plan(t.Context(), slices.Values(files), push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.way = way
	start := time.Now()
	err = s.client.Apply(ctx, plan)
	return plan, time.Since(start), err
}

func saves(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == "/api/dashboards/db"
}

// hang waits for the end of a request.
func hang(r *http.Request) error {
	<-r.Context().Done()
	return r.Context().Err()
}

// TestSlow ends a push whose changes are not answered in time, or are cut one after the
// other, also when each was done: the rest would take hours.
func TestSlow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		done     bool
		cut      time.Duration // after which a change is cut; 0 when it is not answered
		every    int64         // of how many changes one ends that way
		says     string
		most     time.Duration
		from, to int // how many are sent; 0 for all
	}{
		"not answered, done":     {true, 0, 1, "did not answer within 30s", 30 * time.Second, 4, 4},
		"not answered, not done": {false, 0, 1, "did not answer within 30s", 30 * time.Second, 4, 4},
		"cut late, done":         {true, 29 * time.Second, 1, "the connection was cut (EOF)", 58 * time.Second, 5, 8},
		"cut late, not done":     {false, 29 * time.Second, 1, "the connection was cut (EOF)", 58 * time.Second, 5, 8},
		"cut, done":              {true, time.Millisecond, 1, "the connection was cut (EOF)", time.Second, 5, 8},
		"every second cut, done": {true, time.Millisecond, 2, "", time.Second, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStill(t)
				var sent atomic.Int64
				plan, took, err := s.apply(t, t.Context(), many(50, nil), func(r *http.Request) (*http.Response, error) {
					if !saves(r) || sent.Add(1)%test.every != 0 {
						return nil, nil
					}
					if test.done {
						s.answer(r)
					}
					if test.cut == 0 {
						return nil, hang(r)
					}
					time.Sleep(test.cut)
					return nil, io.EOF
				})
				got := outcomes(plan)
				if test.to == 0 {
					if err != nil || got[push.WasCreated] != 50 {
						t.Errorf("got %v: %v", got, err)
					}
					return
				}
				as := push.HasFailed
				if test.done {
					as = push.WasCreated
				}
				if _, down := errors.AsType[*push.UnreachableError](err); !down || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "it was done all the same, and the push ends") != test.done {
					t.Errorf("it ends with %v", err)
				}
				if n := int(sent.Load()); n < test.from || n > test.to || got[as] != n || got[push.WasNotTried] != 50-n || took > test.most {
					t.Errorf("after %v %d were sent: %v", took, n, got)
				}
				_, _, err = s.apply(t, t.Context(), many(1, retitled("Changed")), func(r *http.Request) (*http.Response, error) {
					if !saves(r) {
						return nil, nil
					}
					s.answer(r)
					return nil, io.EOF
				})
				if err != nil {
					t.Errorf("the next push, of one that is cut, ends with %v", err)
				}
			})
		})
	}
}

// TestSentBefore counts as failed, with the reason, what was sent before the push ended and
// was not answered: whether by hand or by an answer to another one.
func TestSentBefore(t *testing.T) {
	t.Parallel()
	for name, byHand := range map[string]bool{"by hand": true, "by an answer": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStill(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var sent atomic.Int64
				plan, _, err := s.apply(t, ctx, many(20, nil), func(r *http.Request) (*http.Response, error) {
					if !saves(r) {
						return nil, nil
					}
					if sent.Add(1) == 4 {
						time.Sleep(time.Second)
						if !byHand {
							return &http.Response{StatusCode: http.StatusUnauthorized, Body: http.NoBody}, nil
						}
						cancel()
					}
					time.Sleep(2 * time.Second)
					return nil, io.EOF
				})
				if err == nil {
					t.Error("it has not ended")
				}
				if got := outcomes(plan); got[push.HasFailed] != 4 || got[push.WasNotTried] != 16 {
					t.Errorf("got %v", got)
				}
				cut := 0
				for i := range plan.Dashboards {
					if err := plan.Dashboards[i].Err; err != nil && strings.Contains(err.Error(), "the connection was cut (EOF)") && strings.Contains(err.Error(), notKnown) {
						cut++
					}
				}
				if want := map[bool]int{true: 4, false: 3}[byHand]; cut != want {
					t.Errorf("%d say that they were cut, want %d", cut, want)
				}
			})
		})
	}
}

// TestInterruptedLook looks once, and for a few seconds, whether a change was done after
// which the push was interrupted, or during the look.
func TestInterruptedLook(t *testing.T) {
	t.Parallel()
	overloaded := func(after string) func(*http.Request) (*http.Response, error) {
		return func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {after}}, Body: http.NoBody}, nil
		}
	}
	for name, test := range map[string]struct {
		look   func(r *http.Request) (*http.Response, error)
		during bool // the look, after a second of it
		took   time.Duration
		looks  int64
		want   push.Outcome
	}{
		"Grafana is there":       {nil, false, 0, 1, push.WasCreated},
		"503, for a while":       {overloaded("30"), false, 0, 1, push.HasFailed},
		"503":                    {overloaded(""), false, 0, 1, push.HasFailed},
		"no answer":              {func(r *http.Request) (*http.Response, error) { return nil, hang(r) }, false, 5 * time.Second, 1, push.HasFailed},
		"503, then interrupted":  {overloaded("30"), true, time.Second, 2, push.HasFailed},
		"hangs, and interrupted": {func(r *http.Request) (*http.Response, error) { return nil, hang(r) }, true, 6 * time.Second, 2, push.HasFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStill(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var looks atomic.Int64
				plan, took, err := s.apply(t, ctx, many(1, nil), func(r *http.Request) (*http.Response, error) {
					switch {
					case saves(r):
						s.answer(r)
						if test.during {
							time.AfterFunc(time.Second, cancel)
						} else {
							cancel()
						}
						return nil, io.EOF
					case r.Method != http.MethodGet:
						return nil, nil
					}
					looks.Add(1)
					if test.look == nil {
						return nil, nil
					}
					return test.look(r)
				})
				if err == nil || took != test.took || looks.Load() != test.looks {
					t.Errorf("it took %v and %d looks, want %v and %d: %v", took, looks.Load(), test.took, test.looks, err)
				}
				item := plan.Dashboards[0]
				if item.Outcome() != test.want {
					t.Errorf("it is %s: %v", item.Outcome(), item.Err)
				}
				if item.Err != nil && (!strings.Contains(item.Err.Error(), "EOF") || !strings.Contains(item.Err.Error(), notKnown)) {
					t.Errorf("got %v", item.Err)
				}
			})
		})
	}
}

// TestOwnConflict blames nobody for what an earlier attempt of the same push did, also when
// the push was interrupted meanwhile, or when what is there cannot be read.
func TestOwnConflict(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method, uid string
		readable    bool
		item        func(*push.Plan) *push.Item
	}{
		"dashboard":                  {http.MethodPost, uid.Of("pay"), true, func(p *push.Plan) *push.Item { return &p.Dashboards[0] }},
		"dashboard, unreadable":      {http.MethodPost, uid.Of("pay"), false, func(p *push.Plan) *push.Item { return &p.Dashboards[0] }},
		"new dashboard, unreadable":  {http.MethodPost, uid.Of("buy"), false, func(p *push.Plan) *push.Item { return &p.Dashboards[1] }},
		"folder":                     {http.MethodPut, uid.Folder("payments"), true, func(p *push.Plan) *push.Item { return &p.Folders[0] }},
		"folder, unreadable":         {http.MethodPut, uid.Folder("payments"), false, func(p *push.Plan) *push.Item { return &p.Folders[0] }},
		"new folder, and unreadable": {http.MethodPost, uid.Folder("shop"), false, func(p *push.Plan) *push.Item { return &p.Folders[1] }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, plan := ready(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var sent, unreadable atomic.Int64
			w.intercept(test.method, test.uid, func(rw http.ResponseWriter, r *http.Request) {
				if sent.Add(1) == 1 {
					w.Serve(httptest.NewRecorder(), r)
					rw.WriteHeader(http.StatusBadGateway)
					return
				}
				if !test.readable {
					unreadable.Store(1)
				}
				cancel()
				w.Serve(rw, r)
			})
			change := w.Intercept
			w.Intercept = func(rw http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodGet && unreadable.Load() > 0 {
					rw.WriteHeader(http.StatusInternalServerError)
					return true
				}
				return change(rw, r)
			}
			if err := w.client.Apply(ctx, plan); !errors.Is(err, context.Canceled) {
				t.Errorf("it ends with %v", err)
			}
			switch item := test.item(plan); {
			case test.readable && (!item.Done || item.Err != nil):
				t.Errorf("it was done: %v", item.Err)
			case !test.readable && (item.Err == nil || !strings.Contains(item.Err.Error(), "whether somebody else has saved it or an earlier attempt of this push is not known")):
				t.Errorf("nobody knows: %v", item.Err)
			}
		})
	}
}
