package push_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/push"
	"github.com/slojourn/slojourn/exporters/grafana/push/grafanatest"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/slo"
)

// TestRequests compares what is sent with golden files: when nothing is there, when nothing
// has changed, when something has, and when something is deleted.
func TestRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	files := []grafana.File{journey("pay", "payments", nil), journey("buy", "shop", nil)}
	w.push(t, files, push.Options{})
	w.golden(t, "create.json")

	w.push(t, files, push.Options{Prune: true, PruneLimit: 5})
	if requests := w.Requests(); len(requests) > 0 {
		t.Errorf("nothing has changed, and still it sent %v", requests)
	}

	files[0] = journey("pay", "payments", func(d *grafana.Dashboard) { d.Panels[1].Targets[0].Expr = "burn > 1" })
	files[0].Folder.Title = "Payments"
	w.push(t, files[:1], push.Options{Prune: true, PruneLimit: 1})
	w.golden(t, "update.json")
}

// golden compares the requests that were sent, ordered by what they are about.
func (w *world) golden(t *testing.T, name string) {
	t.Helper()
	requests := w.Requests()
	for i := range requests {
		for j := range i {
			if string(requests[i].Path)+string(requests[i].Body) < string(requests[j].Path)+string(requests[j].Body) {
				requests[i], requests[j] = requests[j], requests[i]
			}
		}
	}
	got, err := json.MarshalIndent(requests, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestGuard goes through who has done what to a dashboard of ours, on each kind of Grafana.
func TestGuard(t *testing.T) {
	t.Parallel()
	const cannotTell = "it differs from what slojourn has saved: changed by hand, or shown by Grafana in a later schema; its versions, which would tell, cannot be read (last saved by alice)"
	pay := uid.Of("pay")
	mine := func(c map[string]any) { c["title"] = "mine" }
	again := func(w *world) { w.push(t, []grafana.File{journey("pay", "payments", retitled("Pay"))}, push.Options{}) }
	for name, test := range map[string]struct {
		before func(w *world)
		same   bool // what is pushed has not changed
		want   push.Action
		reason string
		but12  string // refused for that where Grafana shows a later schema
	}{
		"missing":                   {before: func(w *world) { w.Remove(pay) }, want: push.Create},
		"not changed":               {same: true, want: push.Keep},
		"changed":                   {want: push.Update},
		"edited":                    {before: func(w *world) { w.Edit(pay, "wider", mine) }, want: push.Refused, reason: `it was changed by hand: version 2 by alice, "wider"`},
		"edited, and not changed":   {before: func(w *world) { w.Edit(pay, "", mine) }, same: true, want: push.Refused, reason: "it was changed by hand: version 2 by alice"},
		"edited, versions denied":   {before: func(w *world) { w.Edit(pay, "", mine); w.Denied = []string{"dashboards:write"} }, want: push.Refused, reason: cannotTell},
		"edited, not told yet":      {before: func(w *world) { w.Edit(pay, "", mine); w.Lags = true }, want: push.Refused, reason: cannotTell},
		"edited by hand of a bot":   {before: func(w *world) { w.Edit(pay, "slojourn: created [0123456789abcdef]", mine) }, want: push.Refused, reason: `it was changed by hand: version 2 by alice, "slojourn: created [0123456789abcdef]"`},
		"edited, the message stays": {before: func(w *world) { w.Patch(pay, mine) }, want: push.Refused, reason: "it was changed by hand: version 2 by alice"},
		"restored":                  {before: func(w *world) { again(w); w.Restore(pay, 1) }, want: push.Refused, reason: `it was changed by hand: version 3 by alice, "Restored from version 1"`},
		"restored, the message stays": {before: func(w *world) {
			first := w.Dashboards()[pay].Content
			again(w)
			w.Patch(pay, func(c map[string]any) { maps.Copy(c, first) })
		}, want: push.Refused, reason: "it was changed by hand: version 3 by alice"},
		"restored, versions denied":  {before: func(w *world) { again(w); w.Restore(pay, 1); w.Denied = []string{"dashboards:write"} }, want: push.Update, but12: cannotTell},
		"restored to what is wanted": {before: func(w *world) { again(w); w.Restore(pay, 1) }, same: true, want: push.Keep, but12: `it was changed by hand: version 3 by alice, "Restored from version 1"`},
		"created again by hand":      {before: func(w *world) { content := w.Dashboards()[pay].Content; w.Remove(pay); w.Save(content, "", "mine") }, want: push.Update, but12: `it was changed by hand: version 1 by alice, "mine"`},
		"description taken over":     {before: func(w *world) { w.Edit(pay, "", func(c map[string]any) { c["description"] = "mine" }) }, want: push.Refused, reason: `slojourn has not made what is there: "Journey pay", saved by alice`},
		"somebody's of that uid":     {before: func(w *world) { w.Remove(pay); w.Save(map[string]any{"uid": pay, "title": "mine"}, "", "") }, want: push.Refused, reason: `slojourn has not made what is there: "mine", saved by alice`},
		"provisioned":                {before: func(w *world) { w.Provision(pay) }, want: push.Refused, reason: "Grafana has it from files, and saves no other"},
		"provisioned, not changed":   {before: func(w *world) { w.Provision(pay) }, same: true, want: push.Refused, reason: "Grafana has it from files, and saves no other"},
	} {
		for kind, change := range map[string]func(*grafanatest.Server){
			"11.3": nil,
			"9.4":  func(s *grafanatest.Server) { s.Before113 = true },
			"12":   func(s *grafanatest.Server) { s.Migrates = true },
			"13":   func(s *grafanatest.Server) { s.Since13, s.Migrates = true, true },
		} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, change)
				first := []grafana.File{journey("pay", "payments", nil)}
				w.push(t, first, push.Options{})
				if test.before != nil {
					test.before(w)
				}
				files := first
				if !test.same {
					files = []grafana.File{journey("pay", "payments", retitled("Paying"))}
				}
				plan, err := w.client.Plan(t.Context(), slices.Values(files), push.Options{})
				if err != nil {
					t.Fatal(err)
				}
				want, reason := test.want, test.reason
				if w.Migrates && test.but12 != "" {
					want, reason = push.Refused, test.but12
				}
				if got := plan.Dashboards[0]; got.Action != want || got.Reason != reason {
					t.Errorf("got  %s: %s\nwant %s: %s", got.Action, got.Reason, want, reason)
				}
				w.Requests()
				if err := w.client.Apply(t.Context(), plan); err != nil {
					t.Error(err)
				}
				if requests := w.Requests(); (want == push.Refused || want == push.Keep) && len(requests) > 0 {
					t.Errorf("it sent %d requests, the first to %s", len(requests), requests[0].Path)
				}
				w.Denied, w.Lags = nil, false
				if forced := w.push(t, files, push.Options{Forced: func(name, _ string) bool { return name == "pay" }}); forced.Dashboards[0].Action == push.Refused &&
					!strings.HasPrefix(name, "provisioned") {
					t.Error("it is refused although it is named")
				}
				if got := w.Dashboards()[pay]; !strings.HasPrefix(name, "provisioned") && got.Content["title"] != files[0].Dashboard.Title {
					t.Errorf("after it was forced the title is %v", got.Content["title"])
				}
			})
		}
	}
}

// TestMeanwhile changes what is there between the plan and what is done.
func TestMeanwhile(t *testing.T) {
	t.Parallel()
	pay := uid.Of("pay")
	for name, meanwhile := range map[string]func(w *world){
		"saved":   func(w *world) { w.Edit(pay, "", func(c map[string]any) { c["title"] = "mine" }) },
		"created": func(w *world) { w.Remove(pay); w.Save(map[string]any{"uid": pay, "title": "mine"}, "", "") },
	} {
		for kind, prune := range map[string]bool{"update": false, "delete": true} {
			w := newWorld(t, nil)
			w.push(t, []grafana.File{journey("pay", "payments", nil)}, push.Options{})
			if name == "created" { // with another version than was read
				w.push(t, []grafana.File{journey("pay", "payments", retitled("Pay"))}, push.Options{})
			}
			files := []grafana.File{journey("pay", "payments", retitled("Paying"))}
			if prune {
				files = []grafana.File{journey("buy", "shop", nil)}
			}
			plan, err := w.client.Plan(t.Context(), slices.Values(files), push.Options{Prune: prune, PruneLimit: 1})
			if err != nil {
				t.Fatal(err)
			}
			meanwhile(w)
			if err := w.client.Apply(t.Context(), plan); err != nil {
				t.Error(err)
			}
			last := plan.Dashboards[len(plan.Dashboards)-1]
			if last.Err == nil || !strings.Contains(last.Err.Error(), "push again") || last.Done {
				t.Errorf("%s, %s: %v", name, kind, last.Err)
			}
			if got := w.Dashboards()[pay].Content["title"]; got != "mine" {
				t.Errorf("%s, %s: the title is %v", name, kind, got)
			}
		}
	}
}

// TestPrune deletes what is ours and not in the set, and nothing else.
func TestPrune(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	var files []grafana.File
	for _, id := range []string{"a", "b", "c", "d"} {
		files = append(files, journey(id, "payments", nil))
	}
	w.push(t, files, push.Options{})
	w.Edit(uid.Of("b"), "mine now", func(c map[string]any) { c["title"] = "mine" })
	copied := w.Dashboards()[uid.Of("a")].Content
	copied["uid"] = "copy"
	w.Save(copied, "", "")
	w.Save(map[string]any{"uid": "other", "title": "other", "tags": []any{"slojourn"}}, "", "")

	plan := w.push(t, files[:1], push.Options{Prune: true, PruneLimit: 1})
	if plan.Count(push.Refused) != 3 || len(w.Dashboards()) != 6 {
		t.Errorf("above the limit: %d refused, %d dashboards", plan.Count(push.Refused), len(w.Dashboards()))
	}
	plan = w.push(t, files[:1], push.Options{Prune: true, PruneLimit: 2})
	for id, want := range map[string]bool{uid.Of("a"): true, uid.Of("b"): true, uid.Of("c"): false, uid.Of("d"): false, "copy": true, "other": true} {
		if _, there := w.Dashboards()[id]; there != want {
			t.Errorf("%s: %t, want %t", id, there, want)
		}
	}
	if plan.Count(push.Refused) != 1 {
		t.Errorf("%d refused", plan.Count(push.Refused))
	}
	w.push(t, files[:1], push.Options{Prune: true, PruneLimit: 2, Forced: func(_, of string) bool { return of == uid.Of("b") }})
	if _, there := w.Dashboards()[uid.Of("b")]; there {
		t.Error("what was edited is there although it was named")
	}
}

// TestPrunePages has more dashboards than a page of a search.
func TestPrunePages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for i := range 1001 {
		w.Save(map[string]any{"uid": "a" + string(rune('0'+i/100)) + string(rune('0'+i/10%10)) + string(rune('0'+i%10)), "title": "x", "tags": []any{"slojourn"}}, "", "")
	}
	old := journey("pay", "payments", nil) // its uid is after those
	w.push(t, []grafana.File{old}, push.Options{})
	plan := w.push(t, []grafana.File{journey("buy", "shop", nil)}, push.Options{Prune: true, PruneLimit: 1})
	if n := plan.Count(push.Delete); n != 1 {
		t.Errorf("%d deleted", n)
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.push(t, []grafana.File{journey("pay", "payments", nil)}, push.Options{})
	half := 0.5
	changed := journey("pay", "payments", func(d *grafana.Dashboard) {
		d.Title, d.Description = "Paying", "How paying goes."
		d.Templating.List[0].Multi = true
		d.Panels[0].Targets = []grafana.Target{target("sum(budget)"), {RefID: "B", Expr: "more"}}
		d.Panels[0].FieldConfig = &grafana.FieldConfig{Defaults: grafana.FieldDefaults{Max: &half}}
		d.Panels[1].ID, d.Panels[1].GridPos.Y = 3, 4
		d.Panels = append(d.Panels, &grafana.Panel{ID: 2, Title: "Burn rate", Type: grafana.TypeStat})
	})
	plan := w.push(t, []grafana.File{changed}, push.Options{})
	want := []string{
		`title: "Journey pay" → "Paying"`,
		`description: "How it goes." → "How paying goes."`,
		`panel "Budget": fieldConfig: none → {"defaults":{"max":0.5},"overrides":null}`,
		`panel "Budget": query A: expr: "budget{id=\"pay\"}" → "sum(budget)"`,
		`panel "Budget": query B added: "more"`,
		`panel "Burn rate" moved`,
		`panel "Burn rate" (2) added`,
		`variable "label": multi: false → true`,
	}
	if diff := cmp.Diff(want, plan.Dashboards[0].Changes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	saved := w.Dashboards()[uid.Of("pay")].Message
	digest, _ := grafana.Signed(changed.Dashboard.Description, uid.Of("pay"))
	if want := "slojourn: 1 panel added, 2 panels changed, title, description, templating changed [" + digest + " v2]"; saved != want {
		t.Errorf("the message is %q, want %q", saved, want)
	}

	renamed := journey("pay", "payments", func(d *grafana.Dashboard) {
		d.Panels[0].Title, d.Panels[1].Title, d.Panels[1].Type = "Budget left", "Burn", grafana.TypeBars
	})
	w.push(t, []grafana.File{journey("pay", "payments", nil)}, push.Options{})
	plan = w.push(t, []grafana.File{renamed}, push.Options{})
	want = []string{`panel "Budget" is now "Budget left"`, `panel "Burn" added`, `panel "Burn rate" removed`}
	if diff := cmp.Diff(want, plan.Dashboards[0].Changes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	many := journey("pay", "payments", func(d *grafana.Dashboard) {
		for i := range 20 {
			d.Panels = append(d.Panels, &grafana.Panel{ID: i + 3, Title: "More\x1b[31m", Type: grafana.TypeStat})
		}
	})
	plan = w.push(t, []grafana.File{many}, push.Options{})
	lines := plan.Dashboards[0].Changes
	if last := lines[len(lines)-1]; len(lines) != 12 || !strings.HasPrefix(last, "… and ") {
		t.Errorf("%d lines, the last of them %q", len(lines), last)
	}
	if all := strings.Join(lines, "\n"); strings.Contains(all, "\x1b") {
		t.Errorf("a title reaches the terminal: %q", all)
	}
}

// TestNames wants a dashboard to be called by the id of what it is about.
func TestNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	var files []grafana.File
	for _, name := range []string{"overview", "journey.pay", "slo.api.v2", "step.a.b.c"} {
		of := map[string]string{"journey.pay": uid.Of("pay"), "slo.api.v2": uid.Of("api.v2"), "step.a.b.c": uid.Of("a.b/c"), "overview": uid.Overview}[name]
		d := &grafana.Dashboard{UID: of, Title: name}
		grafana.Sign(d, slo.English)
		files = append(files, grafana.File{Name: name, Folder: team("x"), Dashboard: d})
	}
	plan := w.push(t, files, push.Options{})
	for i, want := range []string{"overview", "pay", "api.v2", "a.b/c"} {
		if got := plan.Dashboards[i].Name; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
