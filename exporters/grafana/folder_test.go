package grafana

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/slo"
)

// TestFoldersAndTitles has two teams of one title, a team of the name and the title that
// the folder of everything has, and dashboards of one title in a folder.
func TestFoldersAndTitles(t *testing.T) {
	t.Parallel()
	about := func(owner, title string) slo.About { return slo.About{Owner: owner, Title: title} }
	set := &slo.Set{
		Teams: []*slo.Team{
			{Name: "cards", Title: "Payments"}, {Name: "plain"}, {Name: "points", Title: "Payments"}, {Name: "slojourn", Title: "Service levels"},
		},
		SLOs: []*slo.SLO{
			{ID: "a", Kind: slo.KindSLO, About: about("cards", "Pay")},
			{ID: "b", Kind: slo.KindSLO, About: about("cards", "Pay")},
			{ID: "c", Kind: slo.KindSLO, About: about("cards", "Pay (b)")},
			{ID: "d", Kind: slo.KindSLO, About: about("points", "Pay")},
			{ID: "e", Kind: slo.KindSLO, About: about("slojourn", "\n\x1b $owner")},
			{ID: "f", Kind: slo.KindSLO, About: about("", "")},
			{ID: "g", Kind: slo.KindSLO, About: about("plain", "f")},
			{ID: "h", Kind: slo.KindSLO, About: about("cards", "Not here"), Elsewhere: true},
			{ID: "j/s", Kind: slo.KindStep, About: about("cards", "")},
		},
	}
	set.Journeys = []*slo.Journey{{ID: "j", About: about("cards", "j/s"), Steps: []slo.Step{{Name: "s", SLO: set.SLOs[8]}}}}
	var got [][4]string
	for f := range Generate(set, Options{Locale: slo.English}) {
		got = append(got, [4]string{f.Folder.Title, f.Folder.Name, f.Name, f.Dashboard.Title})
		if want := uid.Folder(f.Folder.Name); f.Folder.Name != "slojourn" && f.Folder.Name != "slojourn.team" && f.Folder.UID != want {
			t.Errorf("%s: got the folder %s, want %s", f.Name, f.Folder.UID, want)
		}
	}
	want := [][4]string{
		{"Service levels", "slojourn", "overview", "Service levels: overview"},
		{"Service levels", "slojourn", "review", "Service levels: review"},
		{"Payments (cards)", "cards", "slo.a", "Pay (a)"},
		{"Payments (cards)", "cards", "slo.b", "Pay (b) (b)"},
		{"Payments (cards)", "cards", "slo.c", "Pay (b) (c)"},
		{"Payments (points)", "points", "slo.d", "Pay"},
		{"Service levels (slojourn)", "slojourn.team", "slo.e", "� $\u2060owner"},
		{"Service levels", "slojourn", "slo.f", "f"},
		{"plain", "plain", "slo.g", "f"},
		{"Payments (cards)", "cards", "journey.j", "j/s (j)"},
		{"Payments (cards)", "cards", "step.j.s", "j/s"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestLabelsThatCanBeChosen takes those that most journeys and SLOs have.
func TestLabelsThatCanBeChosen(t *testing.T) {
	t.Parallel()
	labels := func(keys ...string) slo.About {
		about := slo.About{Labels: map[string]string{}}
		for _, key := range keys {
			about.Labels[key] = "x"
		}
		return about
	}
	set := &slo.Set{
		Journeys: []*slo.Journey{{ID: "j", About: labels("cost-center", "z", "a", "b", "c", "d", "e", "f", "g", "h")}},
		SLOs:     []*slo.SLO{{ID: "s", About: labels("cost_center", "z")}, {ID: "t", About: labels("elsewhere"), Elsewhere: true}},
	}
	want := []string{"label_a", "label_b", "label_c", "label_d", "label_e", "label_f", "label_cost_center", "label_z"}
	got := labelsOf(set)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
