package push_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/push"
	"github.com/slojourn/slojourn/exporters/grafana/push/grafanatest"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/internal/secret"
)

// TestHistories pushes between edits by hand and changes of the set, on any Grafana, some
// of whose answers are lost on the way. What was saved by hand is never overwritten or
// deleted unless it is named; what was refused or not aside, Grafana has what the set says;
// a second push sends nothing; and a dry run and a push find the same.
func TestHistories(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := &story{hand: map[string]bool{}, set: map[string]int{}, w: &world{Server: grafanatest.New(token)}}
		s.w.Before113, s.w.Migrates = rapid.Bool().Draw(t, "before 11.3"), rapid.Bool().Draw(t, "migrates")
		s.w.Before116 = !s.w.Before113 && !s.w.Migrates && rapid.Bool().Draw(t, "before 11.6")
		s.w.Since13 = !s.w.Before113 && !s.w.Before116 && rapid.Bool().Draw(t, "since 13")
		server := httptest.NewServer(s.w.Server)
		defer server.Close()
		var err error
		if s.w.client, err = push.NewClient(push.ClientOptions{URL: server.URL, Secret: secret.Of(token)}); err != nil {
			t.Fatal(err)
		}
		defer s.w.client.Close()
		steps := []func(*rapid.T){s.change, s.change, s.edit, s.push, s.push, s.remove}
		s.change(t)
		for range rapid.IntRange(2, 10).Draw(t, "steps") {
			rapid.SampledFrom(steps).Draw(t, "step")(t)
		}
		s.push(t)
	})
}

// story is what was done to a Grafana.
type story struct {
	w    *world
	hand map[string]bool // uids whose newest version was saved by hand
	set  map[string]int  // what the set has: the look of each dashboard, and with that its owner
}

var ids = []string{"a", "b", "c", "d"}

func (s *story) change(t *rapid.T) {
	id := rapid.SampledFrom(ids).Draw(t, "id")
	if look := rapid.IntRange(-1, 3).Draw(t, "look"); look >= 0 {
		s.set[id] = look
	} else {
		delete(s.set, id)
	}
}

func (s *story) files() []grafana.File {
	var files []grafana.File
	for _, id := range slices.Sorted(maps.Keys(s.set)) {
		look := s.set[id]
		files = append(files, journey(id, []string{"payments", "shop"}[look/2], retitled(fmt.Sprintf("%s, %d", id, look))))
	}
	return files
}

// edit saves something by hand, by changing what is there or of its own.
func (s *story) edit(t *rapid.T) {
	of := uid.Of(rapid.SampledFrom(ids).Draw(t, "id"))
	change := func(c map[string]any) {
		c[rapid.SampledFrom([]string{"title", "refresh", "description"}).Draw(t, "field")] = "by hand"
	}
	switch d, there := s.w.Dashboards()[of]; {
	case there && rapid.Bool().Draw(t, "the message stays"):
		s.w.Patch(of, change)
	case there && d.Version > 1 && rapid.Bool().Draw(t, "restore"):
		s.w.Restore(of, rapid.IntRange(1, d.Version-1).Draw(t, "version"))
	case there:
		s.w.Edit(of, rapid.SampledFrom([]string{"", "better", "slojourn: created"}).Draw(t, "message"), change)
	default:
		s.w.Save(map[string]any{"uid": of, "title": "by hand", "tags": []any{"slojourn"}}, "", "")
	}
	s.hand[of] = true
}

func (s *story) remove(t *rapid.T) {
	of := uid.Of(rapid.SampledFrom(ids).Draw(t, "id"))
	s.w.Remove(of)
	delete(s.hand, of)
}

// losing cuts the connection of each n-th change after it was done; of none when n is 0. Of
// all it would end the push.
func (s *story) losing(n int64) func(http.ResponseWriter, *http.Request) bool {
	var changes atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) bool {
		if n == 0 || r.Method == http.MethodGet || changes.Add(1)%n != 0 {
			return false
		}
		answer := httptest.NewRecorder()
		s.w.Serve(answer, r)
		if answer.Code == http.StatusOK {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(answer.Code)
		w.Write(answer.Body.Bytes()) //nolint:errcheck // a test sees it
		return true
	}
}

func (s *story) push(t *rapid.T) {
	forced := ""
	if rapid.Bool().Draw(t, "forced") {
		forced = uid.Of(rapid.SampledFrom(ids).Draw(t, "forced id"))
	}
	o := push.Options{
		Prune: rapid.Bool().Draw(t, "prune"), PruneLimit: rapid.IntRange(0, 2).Draw(t, "limit"),
		Forced: func(_, of string) bool { return of == forced },
	}
	files := s.files()
	before := s.w.Dashboards()
	dry, err := s.w.client.Plan(context.Background(), slices.Values(files), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, s.w.Dashboards()); diff != "" {
		t.Fatalf("a plan changed something: %s", diff)
	}
	s.w.Requests()
	s.w.Intercept = s.losing(rapid.SampledFrom([]int64{0, 2, 3, 4}).Draw(t, "of how many answers one is lost"))
	plan := s.w.push(t, files, o)
	s.w.Intercept = nil
	after := s.w.Dashboards()
	for i := range plan.Dashboards {
		if got, want := plan.Dashboards[i].Action, dry.Dashboards[i].Action; got != want {
			t.Fatalf("%s: %s, and the dry run said %s", plan.Dashboards[i].Title, got, want)
		}
		if err := plan.Dashboards[i].Err; err != nil {
			t.Fatal(err)
		}
	}
	deleted := 0
	for of, d := range before {
		now, still := after[of]
		if !still {
			deleted++
		}
		if of != forced && s.hand[of] && (!still || now.Version != d.Version) {
			t.Fatalf("%s was saved by hand, and overwritten", of)
		}
		if !still && !o.Prune {
			t.Fatalf("%s was deleted without --prune", of)
		}
	}
	if deleted > o.PruneLimit {
		t.Fatalf("%d were deleted, of %d", deleted, o.PruneLimit)
	}
	for _, f := range files {
		of := f.Dashboard.UID
		if s.hand[of] && of != forced {
			continue
		}
		got, there := after[of]
		digest, _ := grafana.Signed(f.Dashboard.Description, of)
		description, _ := got.Content["description"].(string)
		if stored, _ := grafana.Signed(description, of); !there || stored != digest || !grafana.Intact(got.Content) || got.Folder != f.Folder.UID {
			t.Fatalf("%s is not what the set says: %v in %s", of, got.Content, got.Folder)
		}
		if got.By == grafanatest.Robot { // else what somebody has restored was just that
			delete(s.hand, of)
		}
	}
	for of := range s.hand {
		if _, still := after[of]; !still {
			delete(s.hand, of)
		}
	}
	s.w.Requests()
	s.w.push(t, files, o)
	if requests := s.w.Requests(); len(requests) > 0 {
		t.Fatalf("the second push sent %v", requests)
	}
}
