package push_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/push"
	"github.com/slojourn/slojourn/exporters/grafana/push/grafanatest"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
)

const notKnown = "it was sent, and whether Grafana has done it is not known: push again"

// breaking are ways in which a change ends without an answer of Grafana's.
var breaking = map[string]struct {
	answer func(http.ResponseWriter)
	says   string
	down   bool // nothing else is tried when it was not done
}{
	"cut":     {func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, "cannot be asked: the connection was cut (EOF)", false},
	"{}":      {func(w http.ResponseWriter) { fmt.Fprint(w, "{}") }, "the answer does not name", false},
	"another": {func(w http.ResponseWriter) { fmt.Fprint(w, `{"uid":"mine","status":"up"}`) }, "the answer does not name", false},
	"a list":  {func(w http.ResponseWriter) { fmt.Fprint(w, "[1]") }, "answered with JSON that Grafana does not write", false},
	"a page":  {func(w http.ResponseWriter) { fmt.Fprint(w, "<html>") }, "answered with something else than JSON", false},
	"502":     {func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }, "answered 502 Bad Gateway", true},
	"504":     {func(w http.ResponseWriter) { w.WriteHeader(http.StatusGatewayTimeout) }, "answered 504 Gateway Timeout", true},
}

// ready is a Grafana to which a push does one thing by each method and path, the dashboard
// of old being deleted, with what it is to be.
func ready(t *testing.T) (*world, *push.Plan) {
	t.Helper()
	w := newWorld(t, nil)
	w.push(t, []grafana.File{journey("pay", "payments", nil), journey("old", "payments", nil)}, push.Options{})
	files := []grafana.File{journey("pay", "payments", retitled("Paying")), journey("buy", "shop", nil)}
	files[0].Folder.Title = "Payments"
	plan, err := w.client.Plan(t.Context(), slices.Values(files), push.Options{Prune: true, PruneLimit: 1})
	if err != nil {
		t.Fatal(err)
	}
	return w, plan
}

// TestBroken looks whether a change was done of which there is no answer.
func TestBroken(t *testing.T) {
	t.Parallel()
	for change, find := range map[string]struct {
		method, uid string
		item        func(*push.Plan) *push.Item
	}{
		"folder created":    {http.MethodPost, uid.Folder("shop"), func(p *push.Plan) *push.Item { return &p.Folders[1] }},
		"folder renamed":    {http.MethodPut, uid.Folder("payments"), func(p *push.Plan) *push.Item { return &p.Folders[0] }},
		"dashboard created": {http.MethodPost, uid.Of("buy"), func(p *push.Plan) *push.Item { return &p.Dashboards[1] }},
		"dashboard updated": {http.MethodPost, uid.Of("pay"), func(p *push.Plan) *push.Item { return &p.Dashboards[0] }},
		"dashboard deleted": {http.MethodDelete, uid.Of("old"), func(p *push.Plan) *push.Item { return &p.Dashboards[2] }},
	} {
		for how, broken := range breaking {
			for _, done := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/%s/%t", change, how, done), func(t *testing.T) {
					t.Parallel()
					w, plan := ready(t)
					w.intercept(find.method, find.uid, func(rw http.ResponseWriter, r *http.Request) {
						if done {
							w.Serve(httptest.NewRecorder(), r)
						}
						broken.answer(rw)
					})
					err := w.client.Apply(t.Context(), plan)
					item := find.item(plan)
					_, down := errors.AsType[*push.UnreachableError](err)
					switch {
					case done && (err != nil || !item.Done || item.Err != nil):
						t.Errorf("it was done: %v, %v", err, item.Err)
					case !done && (item.Done || item.Err == nil || !strings.Contains(item.Err.Error(), broken.says) || !strings.Contains(item.Err.Error(), notKnown)):
						t.Errorf("it was not done: %v", item.Err)
					case !done && down != broken.down:
						t.Errorf("it was not done, and of all it says %v", err)
					}
				})
			}
		}
	}
}

// intercept answers in place of Grafana what changes a uid.
func (w *world) intercept(method, uid string, answer func(http.ResponseWriter, *http.Request)) {
	w.Intercept = func(rw http.ResponseWriter, r *http.Request) bool {
		if r.Method != method {
			return false
		}
		body := bodyOf(r)
		if !strings.HasSuffix(r.URL.Path, uid) && !strings.Contains(body, `"uid":"`+uid+`"`) {
			return false
		}
		answer(rw, r)
		return true
	}
}

// TestBrokenAndEdited takes for done only what was sent: neither what somebody has saved
// on top of it or another push in place of it, nor what is there already in another folder.
func TestBrokenAndEdited(t *testing.T) {
	t.Parallel()
	pay := uid.Of("pay")
	first := journey("pay", "payments", nil)
	for name, test := range map[string]struct {
		file grafana.File
		then func(w *world, r *http.Request)
	}{
		"edited after it": {journey("pay", "payments", retitled("Paying")), func(w *world, r *http.Request) {
			w.Serve(httptest.NewRecorder(), r)
			w.Edit(pay, "wider", func(c map[string]any) { c["title"] = "mine" })
		}},
		"saved again after it": {journey("pay", "payments", retitled("Paying")), func(w *world, r *http.Request) {
			w.Serve(httptest.NewRecorder(), r)
			w.Edit(pay, "the same", func(map[string]any) {})
		}},
		"edited before it": {journey("pay", "payments", retitled("Paying")), func(w *world, _ *http.Request) { w.Edit(pay, "wider", func(c map[string]any) { c["refresh"] = "1m" }) }},
		"pushed by another": {journey("pay", "payments", retitled("Paying")), func(w *world, _ *http.Request) {
			w.Save(contentOf(t, journey("pay", "payments", retitled("Pay"))), uid.Folder("payments"), "slojourn: title changed")
		}},
		"moved and not done": {journey("pay", "shop", nil), func(*world, *http.Request) {}},
		"moved by another":   {journey("pay", "shop", nil), func(w *world, _ *http.Request) { w.Edit(pay, "the same", func(map[string]any) {}) }},
	} {
		w := newWorld(t, nil)
		w.push(t, []grafana.File{first}, push.Options{})
		w.intercept(http.MethodPost, pay, func(_ http.ResponseWriter, r *http.Request) {
			test.then(w, r)
			panic(http.ErrAbortHandler)
		})
		plan := w.push(t, []grafana.File{test.file}, push.Options{})
		if got := plan.Dashboards[0]; got.Outcome() != push.HasFailed || !strings.Contains(got.Err.Error(), notKnown) {
			t.Errorf("%s: %s: %v", name, got.Outcome(), got.Err)
		}
	}
}

// contentOf is what is sent of a dashboard.
func contentOf(t *testing.T, file grafana.File) map[string]any {
	t.Helper()
	text, err := json.Marshal(file.Dashboard)
	if err != nil {
		t.Fatal(err)
	}
	var content map[string]any
	if err := json.Unmarshal(text, &content); err != nil {
		t.Fatal(err)
	}
	return content
}

// TestBrokenForAll ends when the look does not come through either, and counts what was
// done when the push was interrupted meanwhile.
func TestBrokenForAll(t *testing.T) {
	t.Parallel()
	w, plan := ready(t)
	w.Intercept = func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }
	err := w.client.Apply(t.Context(), plan)
	if _, down := errors.AsType[*push.UnreachableError](err); !down || !strings.Contains(err.Error(), notKnown) {
		t.Errorf("got %v", err)
	}

	w, plan = ready(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.intercept(http.MethodPut, uid.Folder("payments"), func(_ http.ResponseWriter, r *http.Request) {
		w.Serve(httptest.NewRecorder(), r)
		cancel()
		panic(http.ErrAbortHandler)
	})
	if err := w.client.Apply(ctx, plan); !errors.Is(err, context.Canceled) || !plan.Folders[0].Done {
		t.Errorf("interrupted: %v, %v", err, plan.Folders[0].Err)
	}
}

// TestNotSent does not look after a change that was never sent.
func TestNotSent(t *testing.T) {
	t.Parallel()
	fake := grafanatest.New(token)
	server := httptest.NewServer(fake)
	w := &world{Server: fake}
	w.client = w.newClient(t, push.ClientOptions{URL: server.URL})
	plan, err := w.client.Plan(t.Context(), slices.Values([]grafana.File{journey("pay", "payments", nil)}), push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server.Close()
	fresh := w.newClient(t, push.ClientOptions{URL: server.URL}) // without a connection that was left open
	if err := fresh.Apply(t.Context(), plan); err == nil || !strings.Contains(err.Error(), "connection refused: does Grafana run there") || strings.Contains(err.Error(), notKnown) {
		t.Errorf("got %v", err)
	}
}

// TestHidden pushes as somebody who may not read a dashboard that is there, into a Grafana
// that says it is not.
func TestHidden(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		denied []string
		want   string
	}{
		{[]string{"dashboards:read"}, "there is one of this uid that Grafana does not show: it was deleted recently, so look there; or whoever pushes may not read it, which takes the permission dashboards:read (Grafana at"},
		{[]string{"dashboards:read", "dashboards:write"}, "or the dashboard is there, where whoever pushes may not read it, which takes dashboards:read and dashboards:write"},
	} {
		for _, since13 := range []bool{false, true} {
			w := newWorld(t, func(s *grafanatest.Server) { s.Hides, s.Since13 = true, since13 })
			w.push(t, []grafana.File{journey("pay", "payments", nil)}, push.Options{})
			w.Denied = test.denied
			plan := w.push(t, []grafana.File{journey("pay", "payments", retitled("Paying"))}, push.Options{})
			if got := plan.Dashboards[0]; got.Action != push.Create || got.Err == nil || !strings.Contains(got.Err.Error(), test.want) {
				t.Errorf("without %v: %s: %v", test.denied, got.Action, got.Err)
			}
		}
	}
}
