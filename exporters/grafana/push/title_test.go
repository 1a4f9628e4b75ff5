package push_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/push"
	"github.com/slojourn/slojourn/exporters/grafana/push/grafanatest"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
)

// TestTitles wants to be told what of titles Grafana before 11.3 does not allow.
func TestTitles(t *testing.T) {
	t.Parallel()
	for want, files := range map[string][]grafana.File{
		`folder "Team payments" has a dashboard of the title "Paying"`: {journey("pay", "payments", retitled("Paying")), journey("pay2", "payments", retitled("Paying"))},
		"the dashboard has the title of its folder":                    {journey("pay", "payments", nil), journey("pay2", "payments", retitled("Team payments"))},
	} {
		w := newWorld(t, func(s *grafanatest.Server) { s.Before113 = true })
		w.push(t, files[:1], push.Options{})
		plan := w.push(t, files, push.Options{})
		if err := plan.Dashboards[1].Err; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		if got := newWorld(t, nil).push(t, files, push.Options{}); got.Dashboards[1].Err != nil {
			t.Errorf("Grafana 11.3: %v", got.Dashboards[1].Err)
		}
	}
}

// TestTitlesChangePlaces gives dashboards and folders titles that others have at first, on
// a Grafana where titles are unique.
func TestTitlesChangePlaces(t *testing.T) {
	t.Parallel()
	named := func(titles ...string) []grafana.File {
		var files []grafana.File
		for i, title := range titles {
			files = append(files, journey(string(rune('a'+i)), "payments", retitled(title)))
		}
		return files
	}
	teams := func(titles ...string) []grafana.File {
		var files []grafana.File
		for i, title := range titles {
			file := journey(string(rune('a'+i)), string(rune('k'+i)), nil)
			file.Folder.Title = title
			files = append(files, file)
		}
		return files
	}
	for name, test := range map[string]struct{ before, after []grafana.File }{
		"two swap":         {named("x", "y"), named("y", "x")},
		"three in a ring":  {named("x", "y", "z"), named("y", "z", "x")},
		"two rings":        {named("x", "y", "v", "w"), named("y", "x", "w", "v")},
		"a chain":          {named("x", "y", "z"), named("y", "z", "new")},
		"of what goes":     {named("x", "y"), named("y")},
		"folders swap":     {teams("x", "y"), teams("y", "x")},
		"folders in chain": {teams("x", "y", "z"), teams("y", "z", "new")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(s *grafanatest.Server) { s.Before113 = true })
			w.push(t, test.before, push.Options{})
			o := push.Options{Prune: true, PruneLimit: 1}
			plan := w.push(t, test.after, o)
			for i := range plan.Dashboards {
				if got := plan.Dashboards[i]; got.Err != nil {
					t.Errorf("%s: %v", got.Title, got.Err)
				}
			}
			for _, f := range test.after {
				if got := w.Dashboards()[f.Dashboard.UID].Content["title"]; got != f.Dashboard.Title || w.Folders()[f.Folder.UID] != f.Folder.Title {
					t.Errorf("the title is %v in %q, want %q in %q", got, w.Folders()[f.Folder.UID], f.Dashboard.Title, f.Folder.Title)
				}
			}
			w.Requests()
			w.push(t, test.after, o)
			if requests := w.Requests(); len(requests) > 0 {
				t.Errorf("the second push sent %v", requests)
			}
		})
	}
}

// TestAside ends a push while titles change places: the next one brings them to an end.
func TestAside(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *grafanatest.Server) { s.Before113 = true })
	files := []grafana.File{journey("a", "payments", retitled("x")), journey("b", "payments", retitled("y"))}
	w.push(t, files, push.Options{})
	files = []grafana.File{journey("a", "payments", retitled("y")), journey("b", "payments", retitled("x"))}
	var down, up atomic.Bool
	w.Intercept = func(rw http.ResponseWriter, r *http.Request) bool {
		if up.Load() {
			return false
		}
		for of, d := range w.Dashboards() {
			if d.Content["title"] == of {
				down.Store(true)
			}
		}
		if down.Load() && r.Method == http.MethodPost {
			rw.WriteHeader(http.StatusUnauthorized)
			return true
		}
		return false
	}
	plan, err := w.client.Plan(t.Context(), slices.Values(files), push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.client.Apply(t.Context(), plan); err == nil || !down.Load() {
		t.Fatalf("nothing has stepped aside: %v", err)
	}
	up.Store(true)
	w.push(t, files, push.Options{})
	if got := w.Dashboards(); got[uid.Of("a")].Content["title"] != "y" || got[uid.Of("b")].Content["title"] != "x" {
		t.Errorf("got %v", got)
	}
}

// TestInterruptedAside interrupts a push right after one has made room for another: neither
// was not tried.
func TestInterruptedAside(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(s *grafanatest.Server) { s.Before113 = true })
	w.push(t, []grafana.File{journey("a", "payments", retitled("x")), journey("b", "payments", retitled("y"))}, push.Options{})
	plan, err := w.client.Plan(t.Context(), slices.Values([]grafana.File{
		journey("a", "payments", retitled("y")), journey("b", "payments", retitled("x")),
	}), push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.Intercept = func(rw http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(bodyOf(r), `"title":"`+uid.Of("a")+`"`) {
			cancel()
		}
		return false
	}
	if err := w.client.Apply(ctx, plan); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	for i, want := range []string{"it has made room for another title, and has not got its own yet", "has a dashboard of the title"} {
		if got := plan.Dashboards[i]; got.Outcome() != push.HasFailed || !strings.Contains(got.Err.Error(), want) {
			t.Errorf("%s: %s: %v", got.Name, got.Outcome(), got.Err)
		}
	}
}
