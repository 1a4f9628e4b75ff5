package push_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/push"
	"github.com/slojourn/slojourn/exporters/grafana/push/grafanatest"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
)

var update = flag.Bool("update", false, "rewrite golden files")

const token = "glsa_0123456789abcdefS3cr3t"

// world is a Grafana and a client of it.
type world struct {
	*grafanatest.Server
	url    string
	client *push.Client

	mu     sync.Mutex
	waited []time.Duration
}

func newWorld(t *testing.T, change func(*grafanatest.Server)) *world {
	t.Helper()
	w := &world{Server: grafanatest.New(token)}
	if change != nil {
		change(w.Server)
	}
	server := httptest.NewServer(w.Server)
	t.Cleanup(server.Close)
	w.url = server.URL
	w.client = w.newClient(t, push.ClientOptions{URL: w.url})
	return w
}

func (w *world) newClient(t *testing.T, o push.ClientOptions) *push.Client {
	t.Helper()
	if o.Secret.Reveal() == "" {
		o.Secret = secret.Of(token)
	}
	o.Version = "1.2.3"
	o.Wait = func(_ context.Context, d time.Duration) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.waited = append(w.waited, d)
		return nil
	}
	client, err := push.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// push plans and applies, and wants no error about all.
func (w *world) push(t interface {
	Helper()
	Fatal(args ...any)
}, files []grafana.File, o push.Options,
) *push.Plan {
	t.Helper()
	plan, err := w.client.Plan(context.Background(), slices.Values(files), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.client.Apply(context.Background(), plan); err != nil {
		t.Fatal(err)
	}
	return plan
}

// team is the folder of one.
func team(name string) grafana.Folder {
	return grafana.Folder{UID: uid.Folder(name), Title: "Team " + name, Name: name}
}

// journey is a small dashboard of one, signed; change is what is special.
func journey(id, owner string, change func(d *grafana.Dashboard)) grafana.File {
	d := &grafana.Dashboard{
		UID: uid.Of(id), Title: "Journey " + id, Description: "How it goes.", Tags: []string{"slojourn"}, Timezone: "browser",
		SchemaVersion: grafana.SchemaVersion, Time: grafana.TimeRange{From: "now-28d", To: "now"},
		Templating: grafana.Templating{List: []grafana.Variable{{Name: "label", Type: "query"}}},
		Panels: []*grafana.Panel{
			{ID: 1, Type: grafana.TypeStat, Title: "Budget", GridPos: grafana.GridPos{W: 12, H: 4}, Targets: []grafana.Target{target(`budget{id="` + id + `"}`)}},
			{ID: 2, Type: grafana.TypeGraph, Title: "Burn rate", GridPos: grafana.GridPos{W: 12, H: 4, X: 12}, Targets: []grafana.Target{target("burn")}},
		},
	}
	if change != nil {
		change(d)
	}
	grafana.Sign(d, slo.English)
	return grafana.File{Name: "journey." + id, Folder: team(owner), Dashboard: d}
}

func target(expr string) grafana.Target {
	return grafana.Target{RefID: "A", Expr: expr, Format: "time_series", Range: true}
}

func retitled(title string) func(*grafana.Dashboard) {
	return func(d *grafana.Dashboard) { d.Title = title }
}

// bodyOf reads the body of a request, which can be read again.
func bodyOf(r *http.Request) string {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return ""
	}
	r.Body = io.NopCloser(bytes.NewReader(text))
	return string(text)
}
