package slo_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

func percent(t *testing.T, text string) slo.Percentage {
	t.Helper()
	p, err := slo.ParsePercentage(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func team(name string) slo.TeamDeclaration { return slo.TeamDeclaration{Metadata: named(name, 1, "")} }

// TestResolveAlerts follows alerts from the objective outward, and only for
// the first objective.
func TestResolveAlerts(t *testing.T) {
	t.Parallel()
	tier := slo.Tier{Severity: slo.Page, Budget: percent(t, "2%"), Long: time.Hour, Short: 5 * time.Minute}
	own := func(name string) slo.PolicyDeclaration {
		return slo.PolicyDeclaration{Metadata: named(name, 1, ""), Tiers: []slo.Tier{tier}}
	}
	with := func(target, window, alerts string) slo.ObjectiveDeclaration {
		o := objective(t, target, window)
		if alerts != "" {
			o.Alerts = at(alerts, 1)
		}
		return o
	}
	step := func(name, alerts string, objectives ...slo.ObjectiveDeclaration) slo.StepDeclaration {
		s := slo.StepDeclaration{Metadata: named(name, 1, ""), SLI: sli(""), Objectives: objectives}
		if alerts != "" {
			s.Alerts = at(alerts, 1)
		}
		return s
	}
	d := slo.Declarations{
		Teams:    []slo.TeamDeclaration{team("web")},
		Sources:  []slo.SourceDeclaration{{Metadata: named("nr", 1, "")}},
		Policies: []slo.PolicyDeclaration{own("a"), own("b"), own("c")},
		Defaults: []slo.DefaultsDeclaration{{Metadata: slo.Metadata{Folder: "/specs"}, Alerts: at("paging", 1)}},
		SLOs:     []slo.SLODeclaration{{Metadata: named("shared", 1, "web"), SLI: sli(""), Objectives: []slo.ObjectiveDeclaration{with("99%", "28d", "")}}},
		Journeys: []slo.JourneyDeclaration{{
			Metadata: named("j", 1, "web"), Descriptive: slo.Descriptive{Alerts: at("a", 1)}, Compose: at(slo.Worst, 1),
			Objectives: []slo.ObjectiveDeclaration{with("99%", "28d", ""), with("99%", "30d", ""), with("99%", "60d", "b")},
			Steps: []slo.StepDeclaration{
				step("journeys", "", with("99%", "28d", "")),
				step("own", "b", with("99%", "28d", "")),
				step("objectives", "b", with("99%", "28d", "c")),
				step("none", "none", with("99%", "28d", "")),
				step("off", "b", with("99%", "28d", "none")),
			},
		}},
	}
	set, findings := slo.Resolve(d, noKey)
	if len(findings) > 0 {
		t.Fatalf("findings: %v", messages(findings))
	}
	got := map[string]string{}
	note := func(id string, objectives []slo.Objective) {
		for _, o := range objectives {
			name := "none"
			if o.Alerts != nil {
				name = o.Alerts.Name
			}
			got[id+" "+o.Name] = name
		}
	}
	for _, s := range set.SLOs {
		note(s.ID, s.Objectives)
	}
	note("j", set.Journeys[0].Objectives)
	want := map[string]string{
		"shared 28d": "paging", "j 28d": "a", "j 30d": "none", "j 60d": "b", "j/journeys 28d": "a", "j/own 28d": "b",
		"j/objectives 28d": "c", "j/none 28d": "none", "j/off 28d": "none",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestResolvePolicy fills in what a policy leaves out: guard and hold are
// those of paging, and everything else is off.
func TestResolvePolicy(t *testing.T) {
	t.Parallel()
	set, findings := slo.Resolve(slo.Declarations{Policies: []slo.PolicyDeclaration{
		{Metadata: named("bare", 1, "")},
		{
			Metadata:  named("full", 2, ""),
			Guard:     slo.GuardDeclaration{MinEvents: at(int64(0), 2)},
			Hold:      slo.HoldDeclaration{Ticket: at(2*time.Hour, 2)},
			NoTraffic: &slo.QuietDeclaration{After: at(20*time.Minute, 2)},
			NoData:    &slo.QuietDeclaration{After: at(time.Hour, 2), Severity: at(slo.Page, 2)},
		},
	}}, noKey)
	if len(findings) > 0 {
		t.Fatalf("findings: %v", messages(findings))
	}
	byName := map[string]*slo.AlertPolicy{}
	for _, p := range set.Policies {
		byName[p.Name] = p
	}
	bare, full := byName["bare"], byName["full"]
	if bare.Guard != slo.DefaultGuard() || bare.Hold != slo.DefaultHold() || bare.NoTraffic != nil || bare.NoData != nil || bare.BudgetSpent != nil {
		t.Errorf("a policy that writes nothing is %+v", bare)
	}
	got := []any{full.Guard.MinEvents, full.Guard.MinBad, full.Hold, full.NoTraffic.After, full.NoTraffic.Below.String(), full.NoTraffic.Severity, *full.NoData}
	want := []any{
		int64(0), int64(3),
		slo.Hold{Page: 15 * time.Minute, Ticket: 2 * time.Hour},
		20 * time.Minute, "5%", slo.Page,
		slo.NoData{After: time.Hour, Severity: slo.Page},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTierOfMany reports a tier once for all that have the same target and
// window, with a few of them.
func TestTierOfMany(t *testing.T) {
	t.Parallel()
	place := at("", 9).Span
	d := slo.Declarations{
		Teams: []slo.TeamDeclaration{team("web")}, Sources: []slo.SourceDeclaration{{Metadata: named("nr", 1, "")}},
		Policies: []slo.PolicyDeclaration{{Metadata: named("own", 1, ""), Tiers: []slo.Tier{
			{Severity: slo.Page, Budget: percent(t, "2%"), Long: time.Hour, Short: 5 * time.Minute, Span: place},
		}}},
	}
	for i, target := range []string{"90%", "90%", "90%", "90%", "80%"} {
		o := objective(t, target, "28d")
		o.Target.Span, o.Alerts = at("", 20+i).Span, at("own", 20+i)
		d.SLOs = append(d.SLOs, slo.SLODeclaration{Metadata: named(strings.Repeat("a", i+1), 20+i, "web"), SLI: sli(""), Objectives: []slo.ObjectiveDeclaration{o}})
	}
	_, findings := slo.Resolve(d, noKey)
	if len(findings) != 2 {
		t.Fatalf("findings: %v", messages(findings))
	}
	for i, related := range []int{1, 3} { // of the one of 80 %, and of the four of 90 %
		f := findings[i]
		if f.Code != diag.CodeUnreachable || f.Span != place || len(f.Related) != related {
			t.Errorf("%+v", f)
		}
	}
}

func TestResolveNotify(t *testing.T) {
	t.Parallel()
	web := team("web")
	web.Notify = []diag.Located[string]{at("chat", 2), at("caht", 3)}
	set, findings := slo.Resolve(slo.Declarations{
		Teams: []slo.TeamDeclaration{web}, Notifiers: []slo.NotifierDeclaration{{Metadata: named("chat", 1, "web"), Slack: &slo.Slack{}}},
	}, noKey)
	if diff := cmp.Diff([]string{`error SLO011 unknown notifier "caht"`}, messages(findings)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if notify := set.Teams[0].Notify; len(notify) != 1 || notify[0] != set.Notifiers[0] || notify[0].Locale != slo.English {
		t.Errorf("notify: %+v", notify)
	}
	beating := func(d slo.NotifierDeclaration) slo.NotifierDeclaration {
		d.Metadata, d.Heartbeat = named("chat", 1, ""), at(time.Minute, 4)
		return d
	}
	const useless = "warning SLO033 the heartbeat changes nothing, as Slack and PagerDuty do not notice when it stops"
	for want, d := range map[string]slo.NotifierDeclaration{
		"slack: " + useless:     {Slack: &slo.Slack{}},
		"pagerDuty: " + useless: {PagerDuty: &slo.PagerDuty{}},
		"webhook: ":             {Webhook: &slo.Webhook{}},
		"alertmanager: ":        {Alertmanager: &slo.Alertmanager{}},
	} {
		_, findings = slo.Resolve(slo.Declarations{Notifiers: []slo.NotifierDeclaration{beating(d)}}, noKey)
		if _, want, _ := strings.Cut(want, ": "); strings.Join(messages(findings), "; ") != want {
			t.Errorf("%q, want %q", messages(findings), want)
		}
	}
	_, findings = slo.Resolve(slo.Declarations{Teams: []slo.TeamDeclaration{web, team("ops")}}, noKey)
	if diff := cmp.Diff([]string{"info SLO011 no Notifier is declared, so references to notifiers are not checked"}, messages(findings)); diff != "" {
		t.Errorf("without any notifier (-want +got):\n%s", diff)
	}
}

// TestResolveIndicators asks for the key of every SLI, with its source.
func TestResolveIndicators(t *testing.T) {
	t.Parallel()
	key := func(source *slo.Source, s slo.SLI) slo.IndicatorID {
		return slo.IndicatorID(source.Name + "/" + s.Bad.String())
	}
	o := []slo.ObjectiveDeclaration{objective(t, "99%", "28d")}
	set, findings := slo.Resolve(slo.Declarations{
		Teams: []slo.TeamDeclaration{team("web")}, Sources: []slo.SourceDeclaration{{Metadata: named("nr", 1, "")}},
		SLOs: []slo.SLODeclaration{{Metadata: named("a", 2, "web"), SLI: sli(""), Objectives: o}},
		Journeys: []slo.JourneyDeclaration{{
			Metadata: named("j", 3, "web"), Objectives: o, Compose: at(slo.Measured, 3), SLI: sli(""),
			Steps: []slo.StepDeclaration{{Metadata: named("s", 4, ""), SLI: sli("")}},
		}},
	}, key)
	if len(findings) > 0 {
		t.Fatalf("findings: %v", messages(findings))
	}
	want := slo.IndicatorID("nr/error IS TRUE")
	if got := []slo.IndicatorID{set.SLOs[0].Indicator, set.SLOs[1].Indicator, set.Journeys[0].Indicator}; !cmp.Equal(got, []slo.IndicatorID{want, want, want}) {
		t.Errorf("indicators: %v", got)
	}
}

// TestResolveFile keeps SLOs with equal SLIs apart that a file holds counts of,
// and expects nothing of New Relic.
func TestResolveFile(t *testing.T) {
	t.Parallel()
	o := []slo.ObjectiveDeclaration{objective(t, "99%", "28d")}
	source := slo.SourceDeclaration{Metadata: named("counts", 1, ""), File: at("data/counts.csv", 1)}
	set, findings := slo.Resolve(slo.Declarations{
		Teams: []slo.TeamDeclaration{team("web")}, Sources: []slo.SourceDeclaration{source},
		SLOs: []slo.SLODeclaration{
			{Metadata: named("a", 2, "web"), SLI: sli(""), Objectives: o},
			{Metadata: named("b", 3, "web"), SLI: sli(""), Objectives: o},
		},
		Journeys: []slo.JourneyDeclaration{{
			Metadata: named("j", 4, "web"), Objectives: o, Compose: at(slo.Measured, 4), SLI: sli(""),
			Steps: []slo.StepDeclaration{{Metadata: named("s", 5, ""), SLI: sli("")}},
		}},
	}, func(*slo.Source, slo.SLI) slo.IndicatorID { return "equal" })
	if len(findings) > 0 {
		t.Fatalf("findings: %v", messages(findings))
	}
	got := []slo.IndicatorID{set.SLOs[0].Indicator, set.SLOs[1].Indicator, set.SLOs[2].Indicator, set.Journeys[0].Indicator}
	want := []slo.IndicatorID{"file:data/counts.csv:a", "file:data/counts.csv:b", "file:data/counts.csv:j/s", "file:data/counts.csv:j"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("indicators (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&slo.Source{Name: "counts", File: &slo.File{Path: "data/counts.csv", Folder: "/specs"}}, set.Sources[0]); diff != "" {
		t.Errorf("the source (-want +got):\n%s", diff)
	}
}

// TestTierBorders reports a factor that everything failing just reaches, as a
// tier fires only above it, and not one that just spends the budget.
func TestTierBorders(t *testing.T) {
	t.Parallel()
	for burn, want := range map[string][]string{
		"9.999": nil, "1": nil,
		"10":    {"warning SLO037 the tier of 1h can never fire: it needs a burn rate above 10, and at a target of 90% everything failing burns at 10"},
		"0.999": {"warning SLO038 the tier of 1h fires while the target is met: over 28d it fires above a burn rate of 0.999, and 1 just spends the budget"},
	} {
		factor, err := slo.ParseDecimal(burn)
		if err != nil {
			t.Fatal(err)
		}
		o := objective(t, "90%", "28d")
		o.Alerts = at("own", 3)
		_, findings := slo.Resolve(slo.Declarations{
			Teams: []slo.TeamDeclaration{team("web")}, Sources: []slo.SourceDeclaration{{Metadata: named("nr", 1, "")}},
			Policies: []slo.PolicyDeclaration{{Metadata: named("own", 1, ""), Tiers: []slo.Tier{
				{Severity: slo.Page, Burn: factor, Long: time.Hour, Short: 5 * time.Minute, Span: at("", 2).Span},
			}}},
			SLOs: []slo.SLODeclaration{{Metadata: named("a", 3, "web"), SLI: sli(""), Objectives: []slo.ObjectiveDeclaration{o}}},
		}, noKey)
		if diff := cmp.Diff(want, messages(findings)); diff != "" {
			t.Errorf("burn %s (-want +got):\n%s", burn, diff)
		}
	}
}

// TestSliceBorders demands that five slices fit the shortest window.
func TestSliceBorders(t *testing.T) {
	t.Parallel()
	for short, want := range map[time.Duration]string{10 * time.Minute: "", 9 * time.Minute: "write every: 1m", 4 * time.Minute: "use an alert policy with longer windows"} {
		o := objective(t, "99%", "28d")
		o.Alerts = at("own", 3)
		sliced := sli("")
		sliced.Slice = &slo.Slice{Every: at(2*time.Minute, 3)}
		_, findings := slo.Resolve(slo.Declarations{
			Teams: []slo.TeamDeclaration{team("web")}, Sources: []slo.SourceDeclaration{{Metadata: named("nr", 1, "")}},
			Policies: []slo.PolicyDeclaration{{Metadata: named("own", 1, ""), Tiers: []slo.Tier{
				{Severity: slo.Page, Budget: percent(t, "2%"), Long: time.Hour, Short: short},
			}}},
			SLOs: []slo.SLODeclaration{{Metadata: named("a", 3, "web"), SLI: sliced, Objectives: []slo.ObjectiveDeclaration{o}}},
		}, noKey)
		if want == "" && len(findings) > 0 || want != "" && (len(findings) != 1 || findings[0].Code != diag.CodeSlice || !strings.HasPrefix(findings[0].Hint.String(), want)) {
			t.Errorf("short: %v: %v, want %q", short, findings, want)
		}
	}
}
