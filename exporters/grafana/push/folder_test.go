package push_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/push"
	"github.com/slojourn/slojourn/exporters/grafana/push/grafanatest"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
)

// TestFolders is about where dashboards lie.
func TestFolders(t *testing.T) {
	t.Parallel()
	pay, payments, shop := uid.Of("pay"), uid.Folder("payments"), uid.Folder("shop")
	t.Run("another owner", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		w.push(t, []grafana.File{journey("pay", "payments", nil)}, push.Options{})
		plan := w.push(t, []grafana.File{journey("pay", "shop", nil)}, push.Options{})
		if got := w.Dashboards()[pay].Folder; got != shop {
			t.Errorf("it lies in %s", got)
		}
		if diff := cmp.Diff([]string{`moves to folder "Team shop"`}, plan.Dashboards[0].Changes); diff != "" {
			t.Error(diff)
		}
		if len(w.Folders()) != 2 {
			t.Errorf("folders %v: the empty one is gone", w.Folders())
		}
	})
	t.Run("moved by hand", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		w.push(t, []grafana.File{journey("pay", "payments", nil)}, push.Options{})
		w.Folder("mine", "Favourites")
		w.Save(w.Dashboards()[pay].Content, "mine", "moved")
		w.push(t, []grafana.File{journey("pay", "payments", retitled("Paying"))}, push.Options{})
		if got := w.Dashboards()[pay]; got.Folder != "mine" || got.Content["title"] != "Paying" {
			t.Errorf("it lies in %s, with the title %s", got.Folder, got.Content["title"])
		}
	})
	t.Run("into a folder with a name like ours", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		w.push(t, []grafana.File{journey("pay", "payments", nil)}, push.Options{})
		w.Folder("slojourn-favourites", "Favourites")
		w.Save(w.Dashboards()[pay].Content, "slojourn-favourites", "moved")
		plan := w.push(t, []grafana.File{journey("pay", "payments", retitled("Paying"))}, push.Options{})
		if got := w.Dashboards()[pay]; got.Folder != "slojourn-favourites" || plan.Dashboards[0].Folder != "Favourites" {
			t.Errorf("it lies in %s", got.Folder)
		}
	})
	t.Run("title", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		file := journey("pay", "payments", nil)
		w.push(t, []grafana.File{file}, push.Options{})
		file.Folder.Title = "Payments"
		w.push(t, []grafana.File{file}, push.Options{})
		if got := w.Folders()[payments]; got != "Payments" {
			t.Errorf("it is named %q", got)
		}
		w.Folder(payments, "Mine")
		plan := w.push(t, []grafana.File{file}, push.Options{})
		if got := plan.Folders[0]; got.Action != push.Refused || got.Reason != `alice has named it "Mine"` || w.Folders()[payments] != "Mine" {
			t.Errorf("%s: %s", got.Action, got.Reason)
		}
		w.push(t, []grafana.File{file}, push.Options{Forced: func(_, uid string) bool { return uid == payments }})
		if got := w.Folders()[payments]; got != "Payments" {
			t.Errorf("it is named %q, although it was forced", got)
		}
	})
	t.Run("another of the title", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, func(s *grafanatest.Server) { s.Before113 = true })
		w.Folder("mine", "Team payments")
		plan := w.push(t, []grafana.File{journey("pay", "payments", nil), journey("buy", "shop", nil)}, push.Options{})
		if err := plan.Folders[0].Err; err == nil || !strings.Contains(err.Error(), "before 11.3 allows one") {
			t.Errorf("the folder: %v", err)
		}
		if err := plan.Dashboards[0].Err; err == nil || err.Error() != `its folder "Team payments" could not be read or created` {
			t.Errorf("the dashboard: %v", err)
		}
		if !plan.Dashboards[1].Done {
			t.Error("the dashboard of another team was held up")
		}
	})
	t.Run("renamed meanwhile", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		file := journey("pay", "payments", nil)
		w.push(t, []grafana.File{file}, push.Options{})
		file.Folder.Title = "Payments"
		plan, err := w.client.Plan(t.Context(), slices.Values([]grafana.File{file}), push.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w.Folder(payments, "Mine")
		if err := w.client.Apply(t.Context(), plan); err != nil || plan.Folders[0].Err == nil || w.Folders()[payments] != "Mine" {
			t.Errorf("%v, %v, %v", err, plan.Folders[0].Err, w.Folders())
		}
	})
}

// TestFolderOfEditor pushes as an Editor into Grafana 13, which says of a folder that is
// missing what it says of one that may not be read.
func TestFolderOfEditor(t *testing.T) {
	t.Parallel()
	files := []grafana.File{journey("pay", "payments", nil)}
	w := newWorld(t, func(s *grafanatest.Server) { s.Since13 = true })
	plan := w.push(t, files, push.Options{})
	if got := plan.Folders[0].Outcome(); got != push.WasCreated || plan.Dashboards[0].Outcome() != push.WasCreated {
		t.Errorf("the folder: %s: %v", got, plan.Folders[0].Err)
	}
	if plan = w.push(t, files, push.Options{}); plan.Folders[0].Action != push.Keep {
		t.Errorf("the second time: %s", plan.Folders[0].Action)
	}
	for _, since13 := range []bool{false, true} {
		w.Since13, w.Denied = since13, []string{"folders:read"}
		plan = w.push(t, files, push.Options{})
		if err := plan.Folders[0].Err; err == nil || !strings.Contains(err.Error(), "it is there already, and whoever pushes may not read it") {
			t.Errorf("one that may not be read: %v", err)
		}
	}
}

// TestFolderTitles goes through who has named a folder.
func TestFolderTitles(t *testing.T) {
	t.Parallel()
	payments := uid.Folder("payments")
	first := journey("pay", "payments", nil)
	for name, test := range map[string]struct {
		before func(w *world)
		want   push.Action
	}{
		"the same account":       {func(w *world) { w.push(t, []grafana.File{first}, push.Options{}) }, push.Update},
		"another account":        {func(w *world) { w.push(t, []grafana.File{first}, push.Options{}); w.Login = "sa-new" }, push.Update},
		"one that saved nothing": {func(w *world) { named(t, w, "sa-new", "Once"); w.Login = "sa-newest" }, push.Refused},
		"one that saved dashboards": {func(w *world) {
			w.push(t, []grafana.File{first}, push.Options{})
			w.Login = "sa-new"
			once := journey("pay", "payments", retitled("Pay"))
			once.Folder.Title = "Once"
			w.push(t, []grafana.File{once}, push.Options{})
			w.Login = "sa-newest"
		}, push.Update},
		"the third of three":       {func(w *world) { named(t, w, "sa-new", "Once"); named(t, w, "sa-new", "Twice") }, push.Update},
		"by hand":                  {func(w *world) { named(t, w, "sa-new", "Once"); w.Folder(payments, "Mine") }, push.Refused},
		"created by hand":          {func(w *world) { w.Folder(payments, "Mine") }, push.Refused},
		"created and left by hand": {func(w *world) { w.Folder(payments, "Mine"); w.push(t, []grafana.File{first}, push.Options{}) }, push.Update},
		"empty, of ours": {func(w *world) {
			w.push(t, []grafana.File{first}, push.Options{})
			w.Remove(uid.Of("pay"))
		}, push.Update},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			test.before(w)
			file := first
			file.Folder.Title = "Payments"
			plan := w.push(t, []grafana.File{file}, push.Options{})
			if got := plan.Folders[0]; got.Action != test.want {
				t.Errorf("got %s: %s", got.Action, got.Reason)
			}
		})
	}
}

// named pushes with an account and a title of the folder.
func named(t *testing.T, w *world, login, title string) {
	t.Helper()
	file := journey("pay", "payments", nil)
	if len(w.Dashboards()) == 0 {
		w.push(t, []grafana.File{file}, push.Options{})
	}
	w.Login, file.Folder.Title = login, title
	w.push(t, []grafana.File{file}, push.Options{})
}

// TestTeamOfTwoSets pushes two sets that call one team differently: with one account the
// last one wins, with two the title stays.
func TestTeamOfTwoSets(t *testing.T) {
	t.Parallel()
	one, other := journey("pay", "payments", nil), journey("buy", "payments", nil)
	other.Folder.Title = "Payments"
	for name, logins := range map[string][2]string{"one account": {"sa", "sa"}, "two accounts": {"sa", "sa-other"}} {
		w := newWorld(t, nil)
		last := ""
		for range 3 {
			for i, file := range []grafana.File{one, other} {
				w.Login = logins[i]
				if plan := w.push(t, []grafana.File{file}, push.Options{}); plan.Folders[0].Action != push.Refused {
					last = file.Folder.Title
				} else if logins[0] == logins[1] {
					t.Errorf("%s: %s", name, plan.Folders[0].Reason)
				}
				if got := w.Folders()[uid.Folder("payments")]; got != last {
					t.Errorf("%s: the title is %q, want %q", name, got, last)
				}
			}
		}
		for _, file := range []grafana.File{one, other} {
			if got := w.Dashboards()[file.Dashboard.UID].Folder; got != file.Folder.UID {
				t.Errorf("%s: it lies in %s", name, got)
			}
		}
	}
}
