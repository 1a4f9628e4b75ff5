package push_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/push"
	"github.com/slojourn/slojourn/exporters/grafana/push/grafanatest"
	"github.com/slojourn/slojourn/internal/secret"
)

// TestAgain lets requests fail in ways that pass, also after they were done.
func TestAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status, times int
		after         string // Retry-After
		done          bool   // what was asked for was done before the failure
		want          string // of the error
		down          bool   // it is about all
		waited        string
	}{
		"503 twice":            {status: 503, times: 2, waited: "[1s 2s]"},
		"429 with a wait":      {status: 429, times: 1, after: "7", waited: "[7s]"},
		"429 with a long wait": {status: 429, times: 1, after: "3600", want: "answered 429 Too Many Requests", down: true, waited: "[]"},
		"502 after it is done": {status: 502, times: 1, done: true, waited: "[1s]"},
		"504 for ever":         {status: 504, times: 100, want: "answered 504 Gateway Timeout", down: true, waited: "[1s 2s 4s]"},
		"500":                  {status: 500, times: 1, want: "answered 500 Internal Server Error", waited: "[]"},
	} {
		for _, method := range []string{http.MethodPost, http.MethodDelete, http.MethodPut} {
			t.Run(name+"/"+method, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, nil)
				files := []grafana.File{journey("pay", "payments", nil), journey("old", "payments", nil)}
				w.push(t, files, push.Options{})
				files = []grafana.File{journey("pay", "payments", retitled("Paying"))}
				files[0].Folder.Title = "Payments"
				left := test.times
				w.Intercept = func(rw http.ResponseWriter, r *http.Request) bool {
					if r.Method != method || left == 0 {
						return false
					}
					left--
					if test.done {
						w.Serve(httptest.NewRecorder(), r)
					}
					if test.after != "" {
						rw.Header().Set("Retry-After", test.after)
					}
					rw.WriteHeader(test.status)
					return true
				}
				plan, err := w.client.Plan(t.Context(), slices.Values(files), push.Options{Prune: true, PruneLimit: 1})
				if err != nil {
					t.Fatal(err)
				}
				err = w.client.Apply(t.Context(), plan)
				if _, down := errors.AsType[*push.UnreachableError](err); down != test.down {
					t.Errorf("got %v", err)
				}
				item := map[string]push.Item{http.MethodPost: plan.Dashboards[0], http.MethodDelete: plan.Dashboards[1], http.MethodPut: plan.Folders[0]}[method]
				switch {
				case test.want == "" && (item.Err != nil || !item.Done):
					t.Errorf("it failed: %v", item.Err)
				case test.want != "" && (item.Err == nil || !strings.Contains(item.Err.Error(), test.want)):
					t.Errorf("got %v, want %s", item.Err, test.want)
				}
				var waited []string
				for _, d := range w.waited {
					waited = append(waited, d.String())
				}
				if got := "[" + strings.Join(waited, " ") + "]"; got != test.waited {
					t.Errorf("it waited %s, want %s", got, test.waited)
				}
			})
		}
	}
}

// many are the dashboards of a set.
func many(n int, change func(*grafana.Dashboard)) []grafana.File {
	var files []grafana.File
	for i := range n {
		files = append(files, journey(fmt.Sprintf("j%02d", i), "payments", change))
	}
	return files
}

// outcomes counts how the dashboards of a plan ended.
func outcomes(plan *push.Plan) map[push.Outcome]int {
	count := map[push.Outcome]int{}
	for i := range plan.Dashboards {
		count[plan.Dashboards[i].Outcome()]++
	}
	return count
}

// TestDown asks a Grafana that is down no oftener than it takes to know that.
func TestDown(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	w := newWorld(t, nil)
	w.push(t, many(20, nil), push.Options{})
	w.Intercept = func(rw http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost {
			return false
		}
		asked.Add(1)
		rw.WriteHeader(http.StatusServiceUnavailable)
		return true
	}
	plan, err := w.client.Plan(t.Context(), slices.Values(many(20, retitled("Changed"))), push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = w.client.Apply(t.Context(), plan)
	if _, down := errors.AsType[*push.UnreachableError](err); !down || asked.Load() > 4*4 {
		t.Errorf("it was asked %d times: %v", asked.Load(), err)
	}
	if got := outcomes(plan); got[push.HasFailed] == 0 || got[push.HasFailed] > 4 || got[push.WasNotTried] < 16 {
		t.Errorf("got %v", got)
	}
	w.Intercept = func(rw http.ResponseWriter, r *http.Request) bool {
		asked.Add(1)
		rw.WriteHeader(http.StatusBadGateway)
		return true
	}
	asked.Store(0)
	if _, err := w.client.Plan(t.Context(), slices.Values(many(20, nil)), push.Options{}); err == nil || asked.Load() != 4 {
		t.Errorf("it was asked %d times: %v", asked.Load(), err)
	}
}

// TestOverloaded waits for a Grafana that is overloaded again and again, but not for ever.
func TestOverloaded(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	w := newWorld(t, nil)
	w.push(t, many(1, nil), push.Options{})
	w.Intercept = func(rw http.ResponseWriter, r *http.Request) bool {
		if asked.Add(1)%2 == 0 {
			return false
		}
		rw.Header().Set("Retry-After", "25")
		rw.WriteHeader(http.StatusTooManyRequests)
		return true
	}
	var err error
	for range 10 {
		if _, err = w.client.Plan(t.Context(), slices.Values(many(1, nil)), push.Options{}); err != nil {
			break
		}
	}
	total := time.Duration(0)
	for _, d := range w.waited {
		total += d
	}
	if err == nil || !strings.Contains(err.Error(), "429") || total != 100*time.Second {
		t.Errorf("it waited %s: %v", total, err)
	}
}

// TestInterruptedSave ends a push, by hand or by an answer, while saves are under way: what
// was sent is waited for and counted, what was not sent is not tried.
func TestInterruptedSave(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		refuse bool
		files  []grafana.File
	}{
		"by hand":      {files: many(20, nil)},
		"by an answer": {files: many(20, nil), refuse: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var sent atomic.Int64
			w := newWorld(t, func(s *grafanatest.Server) {
				s.Intercept = func(rw http.ResponseWriter, r *http.Request) bool {
					if r.URL.Path != "/api/dashboards/db" {
						return false
					}
					switch sent.Add(1) {
					case 1, 2, 3: // which are answered after the fourth has ended it all
						<-ctx.Done()
					case 4:
						cancel()
						if test.refuse {
							rw.WriteHeader(http.StatusUnauthorized)
							return true
						}
					}
					return false
				}
			})
			plan, err := w.client.Plan(t.Context(), slices.Values(test.files), push.Options{})
			if err != nil {
				t.Fatal(err)
			}
			pushing := ctx
			if test.refuse {
				pushing = t.Context()
			}
			if err = w.client.Apply(pushing, plan); err == nil {
				t.Error("it has not ended")
			}
			got, there := outcomes(plan), len(w.Dashboards())
			if got[push.WasCreated] != there || there < 3 || int64(got[push.WasCreated]+got[push.HasFailed]) != sent.Load() ||
				got[push.WasNotTried] != 20-int(sent.Load()) {
				t.Errorf("%d are there, %d were sent, and it says %v", there, sent.Load(), got)
				for i := range plan.Dashboards {
					if err := plan.Dashboards[i].Err; err != nil {
						t.Log(err)
					}
				}
			}
		})
	}
}

// TestNotAsked sends nothing when it was interrupted before.
func TestNotAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	plan, err := w.client.Plan(t.Context(), slices.Values(many(3, nil)), push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.client.Apply(ctx, plan); !errors.Is(err, context.Canceled) || len(w.Requests()) > 0 || outcomes(plan)[push.WasNotTried] != 3 {
		t.Errorf("got %v and %v", err, outcomes(plan))
	}
}

// TestProbe wants something that is no Grafana not to be one without dashboards.
func TestProbe(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		health, other http.HandlerFunc
		want          string
	}{
		"another service":         {jsonOf(404, `{"message":"no Route matched with those values"}`), nil, "404 Not Found: no Route matched with those values: is the address complete"},
		"pages":                   {jsonOf(404, "<html>"), nil, "404 Not Found, and not as Grafana does: is the address complete"},
		"another JSON":            {jsonOf(200, `{"status":"up"}`), nil, "what answered is no Grafana: is the address complete"},
		"a proxy before the rest": {jsonOf(200, `{"database":"ok"}`), jsonOf(404, "404 page not found"), "404 Not Found: 404 page not found, and not as Grafana does"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/api/health" {
				test.health(w, r)
			} else {
				test.other(w, r)
			}
		}))
		t.Cleanup(server.Close)
		plan, err := (&world{}).newClient(t, push.ClientOptions{URL: server.URL, Secret: secret.Of(token)}).
			Plan(t.Context(), slices.Values([]grafana.File{journey("pay", "payments", nil)}), push.Options{})
		if _, ok := errors.AsType[*push.UnreachableError](err); !ok || !strings.Contains(err.Error(), test.want) || plan == nil || len(plan.Dashboards) > 0 {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}

func jsonOf(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}
}
