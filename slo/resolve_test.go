package slo_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// The helpers write declarations as files would.
func at[T any](value T, line int) diag.Located[T] {
	p := diag.Position{Line: line, Column: 1}
	return diag.At(value, diag.Span{File: "f", Start: p, End: p})
}

// noKey is for sets that nothing measures.
func noKey(*slo.Source, slo.SLI) slo.IndicatorID { return "" }

func named(name string, line int, owner string) slo.Metadata {
	m := slo.Metadata{Name: at(name, line), Folder: "/specs"}
	if owner != "" {
		m.Owner = at(owner, line)
	}
	return m
}

func sli(source string) *slo.SLIDeclaration {
	text := diag.PlainText("error IS TRUE", "f", diag.Position{Line: 1, Column: 1})
	s := &slo.SLIDeclaration{SLI: slo.SLI{From: []diag.Located[string]{at("Transaction", 1)}, Bad: text}}
	if source != "" {
		s.Source = at(source, 1)
	}
	return s
}

func objective(t *testing.T, target, window string) slo.ObjectiveDeclaration {
	t.Helper()
	parsed, err := slo.ParseTarget(target)
	if err != nil {
		t.Fatal(err)
	}
	o := slo.ObjectiveDeclaration{Target: at(parsed, 1)}
	if window != "" {
		w, err := slo.ParseWindow(window)
		if err != nil {
			t.Fatal(err)
		}
		o.Window = at(w, 1)
	}
	return o
}

func messages(list diag.List) []string {
	var texts []string
	for _, d := range list {
		texts = append(texts, d.Severity.String()+" "+string(d.Code)+" "+d.Message.String())
	}
	return texts
}

func TestResolve(t *testing.T) {
	t.Parallel()
	d := slo.Declarations{
		Teams:   []slo.TeamDeclaration{{Metadata: named("web", 1, "")}, {Metadata: named("pay", 2, "")}},
		Sources: []slo.SourceDeclaration{{Metadata: named("eu", 3, "")}, {Metadata: named("jp", 4, "")}},
		Defaults: []slo.DefaultsDeclaration{
			{Metadata: slo.Metadata{Folder: "/specs"}, Source: at("jp", 5), Window: at(slo.Rolling(60), 5)},
			{Metadata: slo.Metadata{Folder: "/specs/eu"}, Source: at("eu", 6), Window: at(slo.Rolling(120), 6)},
		},
		SLOs: []slo.SLODeclaration{{
			Metadata: named("receipt", 7, "pay"), SLI: sli("eu"),
			Objectives: []slo.ObjectiveDeclaration{objective(t, "99%", "7d"), objective(t, "99.9%", "")},
		}},
		Journeys: []slo.JourneyDeclaration{{
			Metadata: named("shop", 8, "web"), Objectives: []slo.ObjectiveDeclaration{objective(t, "99%", "")},
			Steps: []slo.StepDeclaration{
				{Metadata: named("search", 9, ""), SLI: sli("")},
				{Metadata: named("print", 10, ""), SLO: at("receipt", 10)},
			},
		}},
	}
	d.Journeys[0].Folder = "/specs/eu/tills"
	set, findings := slo.Resolve(d, noKey)
	if len(findings) > 0 {
		t.Fatalf("findings: %v", messages(findings))
	}
	var got []string
	for _, s := range set.SLOs {
		line := s.ID + " " + string(s.Kind) + " " + s.About.Owner + " " + s.Source.Name
		for _, o := range s.Objectives {
			line += " " + o.Name + "=" + o.Target.String() + "/" + o.Window.String()
		}
		got = append(got, line)
	}
	for _, j := range set.Journeys {
		line := j.ID + " " + string(j.Compose) + " " + j.Objectives[0].Window.String()
		for _, step := range j.Steps {
			line += " " + step.Name + "=" + step.SLO.ID
		}
		got = append(got, line)
	}
	want := []string{
		"receipt slo pay eu 7d=99%/7d 1h=99.9%/1h", // the folder's own Defaults
		"shop/search step web eu",                  // the nearest Defaults upward, and the journey's owner
		"shop series 2h search=shop/search print=receipt",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestResolveFindings(t *testing.T) {
	t.Parallel()
	team := []slo.TeamDeclaration{{Metadata: named("web", 1, "")}}
	one := func(name string, line int) slo.SLODeclaration {
		return slo.SLODeclaration{Metadata: named(name, line, "web"), SLI: sli(""), Objectives: []slo.ObjectiveDeclaration{objective(t, "99%", "7d")}}
	}
	journey := func(name string, line int, steps ...slo.StepDeclaration) slo.JourneyDeclaration {
		return slo.JourneyDeclaration{Metadata: named(name, line, "web"), Objectives: []slo.ObjectiveDeclaration{objective(t, "99%", "7d")}, Steps: steps}
	}
	source := []slo.SourceDeclaration{{Metadata: named("nr", 1, "")}}
	tests := []struct {
		name string
		in   slo.Declarations
		want []string
	}{
		{
			"no source",
			slo.Declarations{Teams: team, SLOs: []slo.SLODeclaration{one("a", 2)}},
			[]string{"info SLO011 no Source is declared, so references to sources are not checked"},
		},
		{"two sources and no choice", slo.Declarations{
			Teams: team, Sources: []slo.SourceDeclaration{{Metadata: named("a", 1, "")}, {Metadata: named("b", 1, "")}},
			SLOs: []slo.SLODeclaration{one("a", 2)},
		}, []string{"error SLO005 several sources are declared and nothing says which one measures this"}},
		{"journey and SLO of one name", slo.Declarations{
			Teams: team, Sources: source, SLOs: []slo.SLODeclaration{one("a", 2)}, Journeys: []slo.JourneyDeclaration{journey("a", 3)},
		}, []string{`error SLO010 journey or SLO "a" is defined twice`}},
		{"teams, sources, Defaults and objectives twice", slo.Declarations{
			Teams:   append(team, slo.TeamDeclaration{Metadata: named("web", 2, "")}),
			Sources: append(source, slo.SourceDeclaration{Metadata: named("nr", 3, "")}),
			Defaults: []slo.DefaultsDeclaration{
				{Metadata: slo.Metadata{Folder: "/specs", Origin: at("", 4).Span}}, {Metadata: slo.Metadata{Folder: "/specs", Origin: at("", 5).Span}},
			},
			SLOs: []slo.SLODeclaration{{
				Metadata: named("a", 6, "web"), SLI: sli(""),
				Objectives: []slo.ObjectiveDeclaration{objective(t, "99%", "24h"), objective(t, "99.9%", "1d")},
			}},
		}, []string{
			`error SLO010 two objectives are named "1d"`, `error SLO010 team "web" is defined twice`,
			`error SLO010 source "nr" is defined twice`, "error SLO010 this folder has a second document of kind Defaults",
		}},
		{"unknown owners", slo.Declarations{
			Teams: team, Sources: []slo.SourceDeclaration{{Metadata: named("nr", 1, "wbe")}},
			Journeys: []slo.JourneyDeclaration{journey("j", 3, slo.StepDeclaration{Metadata: named("s", 4, "nobody"), SLI: sli("nr")})},
		}, []string{`error SLO011 unknown team "wbe"`, `error SLO011 unknown team "nobody"`}},
		{"steps", slo.Declarations{
			Teams: team, Sources: source,
			Journeys: []slo.JourneyDeclaration{journey("j", 2,
				slo.StepDeclaration{Metadata: named("s", 3, ""), SLI: sli("")},
				slo.StepDeclaration{Metadata: named("s", 4, ""), SLI: sli("")},
				slo.StepDeclaration{Metadata: named("x", 5, ""), SLO: at("j", 5)},
				slo.StepDeclaration{Metadata: named("y", 6, ""), SLO: at("missing", 6)},
			)},
		}, []string{
			`error SLO010 step "s" is defined twice`, "error SLO011 a step can share an SLO, never a journey or a step",
			`error SLO011 unknown SLO "missing"`,
		}},
		{"unknown source", slo.Declarations{
			Teams: team, Sources: source, SLOs: []slo.SLODeclaration{{Metadata: named("a", 2, "web"), SLI: sli("rn"), Objectives: []slo.ObjectiveDeclaration{objective(t, "99%", "7d")}}},
		}, []string{`error SLO011 unknown source "rn"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, findings := slo.Resolve(test.in, noKey)
			if diff := cmp.Diff(test.want, messages(findings)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestHintsAreBounded: each looks through all names.
func TestHintsAreBounded(t *testing.T) {
	t.Parallel()
	d := slo.Declarations{Teams: []slo.TeamDeclaration{{Metadata: named("shop", 1, "")}}}
	for i := range 150 {
		d.Teams = append(d.Teams, slo.TeamDeclaration{Metadata: named(fmt.Sprintf("team-%03d", i), i+2, "shpo")})
	}
	_, findings := slo.Resolve(d, noKey)
	hints := map[string]int{}
	for _, f := range findings {
		hints[f.Hint.String()]++
	}
	want := map[string]int{"did you mean shop?": 100, "add a document of kind Team": 50}
	if diff := cmp.Diff(want, hints); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCheckName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a", "0", "pay-now", strings.Repeat("x", 63)} {
		if err := slo.CheckName(name); err != nil {
			t.Errorf("CheckName(%q): %v", name, err)
		}
	}
	for _, name := range []string{"", "-a", "a-", "Pay", "a_b", "a/b", "é", strings.Repeat("x", 64), "a\n"} {
		if err := slo.CheckName(name); err == nil {
			t.Errorf("CheckName(%q) takes it", name)
		}
	}
}
