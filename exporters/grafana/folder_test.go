package grafana

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag/hostile"
)

// TestFoldersAndTitles has two teams of one title, a team of the name and the title that
// the folder of everything has, and dashboards of one title in a folder, or of its title.
func TestFoldersAndTitles(t *testing.T) {
	t.Parallel()
	about := func(owner, title string) slo.About { return slo.About{Owner: owner, Title: title} }
	set := &slo.Set{
		Teams: []*slo.Team{
			{Name: "cards", Title: "Payments"}, {Name: "plain"}, {Name: "search"}, {Name: "points", Title: "Payments"}, {Name: "slojourn", Title: "Service levels"},
		},
		SLOs: []*slo.SLO{
			{ID: "a", Kind: slo.KindSLO, About: about("cards", "Pay")},
			{ID: "b", Kind: slo.KindSLO, About: about("cards", "Pay")},
			{ID: "c", Kind: slo.KindSLO, About: about("cards", "Pay (b)")},
			{ID: "d", Kind: slo.KindSLO, About: about("points", "Pay")},
			{ID: "e", Kind: slo.KindSLO, About: about("slojourn", "\n\x1b $owner")},
			{ID: "f", Kind: slo.KindSLO, About: about("", "Service levels: Review")},
			{ID: "g", Kind: slo.KindSLO, About: about("plain", "f")},
			{ID: "h", Kind: slo.KindSLO, About: about("cards", "Not here"), Elsewhere: true},
			{ID: "i", Kind: slo.KindSLO, About: about("search", "Search")},
			{ID: "search", Kind: slo.KindSLO, About: about("search", "")},
			{ID: "j/s", Kind: slo.KindStep, About: about("cards", "")},
		},
	}
	set.Journeys = []*slo.Journey{{ID: "j", About: about("cards", "j/s"), Steps: []slo.Step{{Name: "s", SLO: set.SLOs[10]}}}}
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
		{"Payments (cards)", "cards", "slo.b", "Pay (b)"},
		{"Payments (cards)", "cards", "slo.c", "Pay (b) (c)"},
		{"Payments (points)", "points", "slo.d", "Pay"},
		{"Service levels (slojourn)", "slojourn.team", "slo.e", "� $\u2060owner"},
		{"Service levels", "slojourn", "slo.f", "Service levels: Review (f)"},
		{"plain", "plain", "slo.g", "f"},
		{"search", "search", "slo.i", "Search (i)"},
		{"Payments (cards)", "cards", "journey.j", "j/s (j)"},
		{"Payments (cards)", "cards", "step.j.s", "j/s"},
		{"search", "search", "slo.search", "search (search)"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFolderTitlesAreUnique, also with names beside them, as elements of paths, in
// addresses, and for those who take small and capital letters for one.
func TestFolderTitlesAreUnique(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("決済", 50)
	for _, test := range []struct {
		name, fleet string
		titles      map[string]string // by name of the team
		want        map[string]string
	}{
		{
			"twice, and once with a name beside it", "en",
			map[string]string{"a": "Payments", "b": "Payments", "c": "Payments (a)"},
			map[string]string{"a": "Payments (a)", "b": "Payments (b)", "c": "Payments (a) (c)"},
		},
		{"names that end others", "en", map[string]string{"a": "X (b)", "b": "X", "c": "X"}, map[string]string{"a": "X (b) (a)", "b": "X (b)", "c": "X (c)"}},
		{"capitals", "en", map[string]string{"a": "PAYMENTS", "b": "Payments"}, map[string]string{"a": "PAYMENTS (a)", "b": "Payments (b)"}},
		{"a name", "en", map[string]string{"a": "B", "b": ""}, map[string]string{"a": "B (a)", "b": "b (b)"}},
		{"that of everything", "en", map[string]string{"a": "service levels", "b": "Service levels (a)"}, map[string]string{"a": "service levels (a)", "b": "Service levels (a) (b)"}},
		{"that of everything in Japanese", "ja", map[string]string{"a": "サービスレベル", "b": "Service levels"}, map[string]string{"a": "サービスレベル (a)", "b": "Service levels"}},
		{"Grafana's own", "en", map[string]string{"a": "GENERAL"}, map[string]string{"a": "GENERAL (a)"}},
		{"Grafana's own by name", "ja", map[string]string{"general": ""}, map[string]string{"general": "general (general)"}},
		{"one element of a path", "en", map[string]string{"a": "Web/Shop", "b": "Web-Shop"}, map[string]string{"a": "Web/Shop (a)", "b": "Web-Shop (b)"}},
		{"addresses", "en", map[string]string{"a": "Web Shop", "b": "Web-Shop", "c": "Web, shop?"}, map[string]string{"a": "Web Shop (a)", "b": "Web-Shop (b)", "c": "Web, shop? (c)"}},
		{"hidden folders", "en", map[string]string{"a": ".Web", "b": "Web", "c": ".."}, map[string]string{"a": ".Web (a)", "b": "Web (b)", "c": ".."}},
		{
			"long ones that differ at their end", "en",
			map[string]string{"a": long + "a", "b": long + "b"},
			map[string]string{"a": long[:177] + "… (a)", "b": long[:177] + "… (b)"},
		},
	} {
		set := &slo.Set{}
		for name, title := range test.titles {
			set.Teams = append(set.Teams, &slo.Team{Name: name, Title: title})
			set.SLOs = append(set.SLOs, &slo.SLO{ID: name + ".slo", Kind: slo.KindSLO, About: slo.About{Owner: name}})
		}
		got, elements := map[string]string{}, map[string]string{}
		for f := range Generate(set, Options{Locale: slo.Locale(test.fleet)}) {
			if f.Folder.Name != uid.Fleet {
				got[f.Folder.Name] = f.Folder.Title
			}
			element := strings.ToLower(f.Folder.Element())
			if other, taken := elements[element]; taken && other != f.Folder.UID || len(element) > 255 {
				t.Errorf("%s: %q is the element of two folders, or has %d bytes", test.name, element, len(element))
			}
			elements[element] = f.Folder.UID
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestFoldersOfHostileTeams have titles that Grafana takes, as the dashboards in them.
func TestFoldersOfHostileTeams(t *testing.T) {
	t.Parallel()
	set := &slo.Set{}
	texts := hostile.Texts()
	texts["variables"] = strings.Repeat("x", 82) + strings.Repeat("$a", 100)
	for _, text := range texts {
		for range 2 {
			name := "team-" + strconv.Itoa(len(set.Teams)) + strings.Repeat("x", 54)
			set.Teams = append(set.Teams, &slo.Team{Name: name, Title: text})
			for _, id := range []string{name + "/a" + strings.Repeat("x", 60), name + "/b" + strings.Repeat("x", 60)} {
				set.SLOs = append(set.SLOs, &slo.SLO{ID: id, Kind: slo.KindSLO, About: slo.About{Owner: name, Title: text}})
			}
		}
	}
	elements := map[string]string{}
	for f := range Generate(set, Options{Locale: slo.English}) {
		for _, title := range []string{f.Folder.Title, f.Dashboard.Title} {
			if n := utf8.RuneCountInString(title); n > 189 {
				t.Errorf("%q has %d characters", title, n)
			}
		}
		element := f.Folder.Element()
		if other, taken := elements[strings.ToLower(element)]; taken && other != f.Folder.UID {
			t.Errorf("%q is the element of two folders", element)
		}
		elements[strings.ToLower(element)] = f.Folder.UID
		if element == "" || len(element) > 255 || strings.HasPrefix(element, ".") || strings.Contains(element, "/") || strings.ContainsFunc(element, unicode.IsControl) || !utf8.ValidString(element) {
			t.Errorf("%q is no element of a path", element)
		}
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
