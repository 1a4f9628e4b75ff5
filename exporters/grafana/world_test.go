package grafana

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/diag/hostile"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// example loads a story of the examples.
func example(t testing.TB, name string) *slo.Set {
	t.Helper()
	result, err := load.Load([]string{filepath.Join("../../examples", name)}, nil, newrelic.Key, newrelic.Check)
	if err != nil {
		t.Fatal(err)
	}
	return result.Set
}

// drawSet draws journeys and SLOs that share some of each other, with texts that people
// write and those of [hostile.Texts].
func drawSet(t *rapid.T) *slo.Set {
	texts := hostile.Texts()
	title := rapid.OneOf(rapid.SampledFrom([]string{"", "", "Pay", "Pay (pay-1)", "決済", "$owner"}), rapid.Map(rapid.SampledFrom(slices.Sorted(maps.Keys(texts))), func(key string) string { return texts[key] }))
	set := &slo.Set{Policies: slo.BuiltInPolicies()}
	for _, name := range []string{"payments", "slojourn", "search"} {
		set.Teams = append(set.Teams, &slo.Team{Name: name, Title: title.Draw(t, "title of a team"), Contact: title.Draw(t, "contact")})
	}
	slices.SortFunc(set.Teams, func(a, b *slo.Team) int { return cmp.Compare(a.Name, b.Name) })
	about := func() slo.About {
		return slo.About{
			Title: title.Draw(t, "title"), Owner: rapid.SampledFrom([]string{"", "payments", "slojourn", "search"}).Draw(t, "owner"),
			Description: title.Draw(t, "description"), WhenSpent: title.Draw(t, "when spent"), Stage: slo.Active,
			Runbook: rapid.SampledFrom([]string{"", "https://wiki.example/?q=$owner&r=[[x]]"}).Draw(t, "runbook"),
			Labels:  rapid.SampledFrom([]map[string]string{nil, {"product": "app"}, {"cost-center": "1", "cost_center": "2"}}).Draw(t, "labels"),
			Links:   []slo.Link{{Title: title.Draw(t, "link"), URL: "https://wiki.example/"}},
		}
	}
	add := func(id string, kind slo.Kind) *slo.SLO {
		s := &slo.SLO{ID: id, Kind: kind, About: about(), Objectives: drawObjectives(t), Source: &slo.Source{Name: "newrelic"}}
		s.SLI = drawSLI(t)
		set.SLOs = append(set.SLOs, s)
		return s
	}
	var shared []*slo.SLO
	for i := range rapid.IntRange(0, 3).Draw(t, "SLOs") {
		s := add(fmt.Sprintf("own-%d", i), slo.KindSLO)
		if rapid.IntRange(0, 4).Draw(t, "elsewhere") == 0 {
			s.Elsewhere, s.Objectives = true, nil
		}
		shared = append(shared, s)
	}
	one, err := slo.ParseDecimal("1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "journeys") {
		j := &slo.Journey{ID: fmt.Sprintf("pay-%d", i), About: about(), Objectives: drawObjectives(t)}
		j.Compose = rapid.SampledFrom([]slo.Compose{slo.Series, slo.Worst, slo.Weighted, slo.Pooled}).Draw(t, "compose")
		for k := range rapid.SampledFrom([]int{1, 1, 2, 3, 9}).Draw(t, "steps") {
			name := fmt.Sprintf("step-%d", k)
			if len(shared) > 0 && rapid.IntRange(0, 3).Draw(t, "shared") == 0 {
				j.Steps = append(j.Steps, slo.Step{Name: name, Title: title.Draw(t, "title of a step"), Weight: one, SLO: rapid.SampledFrom(shared).Draw(t, "SLO")})
				continue
			}
			j.Steps = append(j.Steps, slo.Step{Name: name, Weight: one, SLO: add(j.ID+"/"+name, slo.KindStep)})
		}
		set.Journeys = append(set.Journeys, j)
	}
	slices.SortFunc(set.SLOs, func(a, b *slo.SLO) int { return cmp.Compare(a.ID, b.ID) })
	if len(set.SLOs) > 0 && rapid.Bool().Draw(t, "exclusion") {
		from := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		set.Exclusions = []*slo.Exclusion{{Name: "moving", SLOs: []string{"*"}, From: from, To: from.Add(time.Hour), Effect: slo.Drop, Reason: title.Draw(t, "reason"), ApprovedBy: title.Draw(t, "approved by")}}
	}
	return set
}

func drawSLI(t *rapid.T) slo.SLI {
	text := func(s string) diag.Text { return diag.PlainText(s, "a.yaml", diag.Position{Line: 1, Column: 1}) }
	return slo.SLI{
		From:  []diag.Located[string]{{Value: "Transaction"}},
		Where: text(rapid.SampledFrom([]string{"appName = 'shop'", "name = '$owner' OR name = '```' OR name = '[[x]]'", "name LIKE '決済%'"}).Draw(t, "where")),
		Bad:   text("error IS TRUE"),
	}
}

// drawObjectives draws up to two objectives, each over another window.
func drawObjectives(t *rapid.T) []slo.Objective {
	tokyo, err := slo.LoadTimeZone("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	var list []slo.Objective
	for _, text := range rapid.SampledFrom([][]string{{"28d"}, {"28d"}, nil, {"28d", "7d"}, {"month"}, {"month", "90m"}, {"1d", "quarter"}}).Draw(t, "windows") {
		window, err := slo.ParseWindow(text)
		if err != nil {
			t.Fatal(err)
		}
		target, err := slo.ParseTarget(rapid.SampledFrom([]string{"99.9%", "99.995%", "50%"}).Draw(t, "target"))
		if err != nil {
			t.Fatal(err)
		}
		o := slo.Objective{Name: text, Target: target, Window: window.In(tokyo)}
		if rapid.Bool().Draw(t, "alerts") {
			o.Alerts = rapid.SampledFrom(slo.BuiltInPolicies()).Draw(t, "policy")
		}
		list = append(list, o)
	}
	return list
}
