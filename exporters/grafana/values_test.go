package grafana

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"
	prom "github.com/prometheus/common/model"

	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo"
)

// now is when the panels are looked at.
func now() time.Time { return time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC) }

// shop is what two replicas export of a shop: four journeys with objectives, of which one
// was never measured, and one without; a shared SLO, and one of no journey.
const shop = `
slojourn_slo_info{id="pay",journey="pay",kind="journey",owner="payments",title="Pay",dashboard="d-pay",label_product="app"} 1
slojourn_slo_info{id="buy",journey="buy",kind="journey",owner="orders",dashboard="d-buy"} 1
slojourn_slo_info{id="lost",journey="lost",kind="journey",owner="orders",dashboard="d-lost"} 1
slojourn_slo_info{id="dark",journey="dark",kind="journey",owner="members",dashboard="d-dark"} 1
slojourn_slo_info{id="free",journey="free",kind="journey",owner="members",dashboard="d-free"} 1
slojourn_slo_info{id="pay/till",journey="pay",step="till",kind="step",owner="payments",title="At the till",dashboard="d-till"} 1
slojourn_slo_info{id="mail",kind="slo",owner="mailers",title="Mail",dashboard="d-mail"} 1
slojourn_slo_info{id="batch",kind="slo",owner="data",dashboard="d-batch"} 1
slojourn_journey_step_info{id="pay/till",journey="pay",step="till"} 1
slojourn_journey_step_info{id="mail",journey="pay",step="receipt"} 1
slojourn_objective_ratio{id="pay",journey="pay",objective="28d",window="28d"} 0.995
slojourn_objective_ratio{id="pay",journey="pay",objective="month",window="month"} 0.99
slojourn_objective_ratio{id="buy",journey="buy",objective="28d",window="28d"} 0.995
slojourn_objective_ratio{id="lost",journey="lost",objective="28d",window="28d"} 0.995
slojourn_objective_ratio{id="lost",journey="lost",objective="quarter",window="quarter"} 0.9
slojourn_objective_ratio{id="dark",journey="dark",objective="28d",window="28d"} 0.995
slojourn_objective_ratio{id="mail",objective="28d",window="28d"} 0.999
slojourn_objective_ratio{id="batch",objective="28d",window="28d"} 0.9
slojourn_error_budget_remaining_ratio{id="pay",journey="pay",objective="28d"} 0.5
slojourn_error_budget_remaining_ratio{id="pay",journey="pay",objective="month"} 0.75
slojourn_error_budget_previous_ratio{id="pay",journey="pay",objective="month"} 0.25
slojourn_error_budget_remaining_ratio{id="buy",journey="buy",objective="28d"} 0.125
slojourn_error_budget_remaining_ratio{id="lost",journey="lost",objective="28d"} -0.25
slojourn_error_budget_remaining_ratio{id="mail",objective="28d"} 0.875
slojourn_error_budget_remaining_ratio{id="batch",objective="28d"} 1
slojourn_burn_rate{id="pay",journey="pay",objective="28d",window="1h"} 2
slojourn_burn_rate{id="pay",journey="pay",objective="28d",window="28d"} 0.5
slojourn_error_ratio{id="pay",journey="pay",window="1h"} 0.01
slojourn_error_ratio{id="pay",journey="pay",window="28d"} 0.0025
slojourn_coverage_ratio{id="pay",journey="pay",window="28d"} 1
slojourn_coverage_ratio{id="pay",journey="pay",window="month"} 0.5
slojourn_coverage_ratio{id="dark",journey="dark",window="28d"} 0
slojourn_coverage_ratio{id="buy",journey="buy",window="1h"} 1
slojourn_coverage_ratio{id="dark",journey="dark",window="1h"} 0
slojourn_state{id="pay",journey="pay",objective="28d",state="measured"} 1
slojourn_state{id="pay",journey="pay",objective="28d",state="partial"} 0
slojourn_state{id="pay",journey="pay",objective="28d",state="no-traffic"} 0
slojourn_state{id="pay",journey="pay",objective="28d",state="no-data"} 0
slojourn_state{id="dark",journey="dark",objective="28d",state="measured"} 0
slojourn_state{id="dark",journey="dark",objective="28d",state="no-data"} 1
slojourn_alert_firing{id="pay",journey="pay",objective="28d",kind="burn",severity="page"} 1
slojourn_alert_firing{id="pay",journey="pay",objective="28d",kind="burn",severity="ticket"} 1
slojourn_alert_firing{id="buy",journey="buy",objective="28d",kind="burn",severity="page"} 0
slojourn_alert_firing{id="buy",journey="buy",objective="28d",kind="budget",severity="ticket"} 1
slojourn_alert_firing{id="source:newrelic",kind="source",severity="page"} 1
slojourn_alert_firing{id="source:newrelic",kind="source",severity="ticket"} 0
slojourn_journey_attribution_ratio{id="pay",journey="pay",objective="28d",cause="till"} 0.75
slojourn_journey_attribution_ratio{id="pay",journey="pay",objective="28d",cause="receipt"} 0.25
slojourn_watermark_timestamp_seconds{id="pay/till",journey="pay",step="till"} 1795942620
slojourn_watermark_timestamp_seconds{id="mail"} 1795941000
`

// earlier is what one of them exported 28 days before.
const earlier = `
slojourn_error_budget_remaining_ratio{id="pay",journey="pay",objective="28d"} 0.875
slojourn_error_budget_remaining_ratio{id="pay",journey="pay",objective="month"} 0
slojourn_error_budget_remaining_ratio{id="lost",journey="lost",objective="28d"} -0.75
slojourn_error_budget_remaining_ratio{id="lost",journey="lost",objective="quarter"} 0.5
slojourn_error_budget_remaining_ratio{id="buy",journey="buy",objective="28d"} 0.5
slojourn_coverage_ratio{id="pay",journey="pay",window="28d"} 0.9
slojourn_coverage_ratio{id="lost",journey="lost",window="28d"} 0.899
slojourn_coverage_ratio{id="buy",journey="buy",window="1h"} 1
`

func add(t *testing.T, to *query.Samples, text, instance string, at time.Time) {
	t.Helper()
	parser := expfmt.NewTextParser(prom.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for name, family := range families {
		for _, m := range family.GetMetric() {
			labels := query.Labels{"instance": instance}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			to.Add(name, labels, at, m.GetUntyped().GetValue())
		}
	}
}

func shopData(t *testing.T) query.Data {
	t.Helper()
	data := query.NewSamples(5 * time.Minute)
	add(t, data, earlier, "a", now().Add(-28*24*time.Hour))
	add(t, data, shop, "a", now().Add(-time.Minute))
	add(t, data, shop, "b", now().Add(-time.Minute))
	return data
}

// shopSet is that of the shop, as far as dashboards of everything depend on it.
func shopSet(t *testing.T) *slo.Set {
	t.Helper()
	window, err := slo.ParseWindow("28d")
	if err != nil {
		t.Fatal(err)
	}
	target, err := slo.ParseTarget("99.5%")
	if err != nil {
		t.Fatal(err)
	}
	objectives := []slo.Objective{{Name: "28d", Target: target, Window: window}}
	batch := &slo.SLO{ID: "batch", Kind: slo.KindSLO, Objectives: objectives}
	return &slo.Set{SLOs: []*slo.SLO{batch}, Journeys: []*slo.Journey{{ID: "pay", Objectives: objectives, About: slo.About{Labels: map[string]string{"product": "app"}}}}}
}

// shown returns what a panel shows: a number for a stat, and the rows of a table by the
// titles of its columns.
func shown(t *testing.T, data query.Data, p *Panel, with query.Binding) []string {
	t.Helper()
	var list []string
	type row map[string]string
	rows := map[string]row{}
	var keys []string
	for _, target := range p.Targets {
		samples, err := data.At(target.Query, now(), with)
		if err != nil {
			t.Fatalf("%s: %s: %v", p.Title, target.Expr, err)
		}
		for _, s := range samples {
			value := strconv.FormatFloat(s.Value, 'g', 4, 64)
			if p.Type != TypeTable {
				list = append(list, value)
				continue
			}
			key := fmt.Sprint(s.Labels)
			if rows[key] == nil {
				rows[key] = row{}
				keys = append(keys, key)
				for name, label := range s.Labels {
					rows[key][name] = label
				}
			}
			name := "Value #" + target.RefID
			if len(p.Targets) == 1 {
				name = "Value"
			}
			rows[key][name] = value
		}
	}
	if p.Type != TypeTable {
		return list
	}
	organize := p.Transformations[1].Options.(OrganizeOptions)
	columns := make([]string, len(organize.IndexByName))
	for name, at := range organize.IndexByName {
		columns[at] = name
	}
	for _, key := range keys {
		var cells []string
		for _, column := range columns {
			if organize.RenameByName[column] != "" || column == "dashboard" {
				cells = append(cells, rows[key][column])
			}
		}
		list = append(list, strings.Join(cells, " | "))
	}
	slices.Sort(list)
	return list
}

func TestWhatTheOverviewShows(t *testing.T) {
	t.Parallel()
	m := newMaker(shopSet(t), Options{Locale: slo.English})
	for _, test := range []struct {
		panel     string
		variables map[string]string
		want      []string
	}{
		{panel: "Healthy", want: []string{"1"}},
		{panel: "At risk", want: []string{"1"}},
		{panel: "Spent", want: []string{"1"}},
		{panel: "Unknown", want: []string{"1"}},
		{panel: "Healthy", variables: map[string]string{"owner": "orders"}, want: []string{"0"}},
		{panel: "Spent", variables: map[string]string{"label_product": "app"}, want: []string{"0"}},
		{panel: "Pages firing", want: []string{"1"}},
		{panel: "Tickets open", want: []string{"2"}},
		{panel: "Tickets open", variables: map[string]string{"journey": "buy"}, want: []string{"1"}},
		{panel: "Sources down", variables: map[string]string{"owner": "nobody"}, want: []string{"1"}},
		{panel: "Data age", want: []string{"1800"}},
		{panel: "Journeys, least budget left first", want: []string{
			"Pay | payments | 28d | 0.995 | 0.5 | 2 | 0.0025 | 1 | 1 | 2 | d-pay",
			"Pay | payments | month | 0.99 | 0.75 |  | -1 | 0.5 |  | 0 | d-pay",
			"buy | orders | 28d | 0.995 | 0.125 | -1 |  |  |  | 1 | d-buy",
			"dark | members | 28d | 0.995 |  | -2 | -2 | 0 | 4 | 0 | d-dark",
			"lost | orders | 28d | 0.995 | -0.25 |  |  |  |  | 0 | d-lost",
			"lost | orders | quarter | 0.9 |  |  |  |  |  | 0 | d-lost",
		}},
		{panel: "SLOs of no journey, least budget left first", variables: map[string]string{"journey": "pay"}, want: []string{
			"batch | data | 28d | 0.9 | 1 |  |  |  |  | 0 | d-batch",
		}},
		{panel: "Firing now", want: []string{
			"page | Pay | 28d | burn | payments | d-pay",
			"page | source:newrelic |  | source |  | slojourn-overview",
			"ticket | Pay | 28d | burn | payments | d-pay",
			"ticket | buy | 28d | budget | orders | d-buy",
		}},
		{panel: "Firing now", variables: map[string]string{"owner": "nobody"}, want: []string{"page | source:newrelic |  | source |  | slojourn-overview"}},
		{panel: "Budget left over time, lowest journeys", want: []string{"-0.25", "0.125", "0.5"}},
	} {
		checkPanel(t, m.overview(), test.panel, test.variables, test.want)
	}
}

// TestBurnRatesOverSeveralWindows has a policy without a window of an hour.
func TestBurnRatesOverSeveralWindows(t *testing.T) {
	t.Parallel()
	set := shopSet(t)
	slow := set.SLOs[0].Objectives[0]
	slow.Alerts = &slo.AlertPolicy{Tiers: []slo.Tier{{Severity: slo.Ticket, Long: 6 * time.Hour, Short: 20 * time.Minute}}}
	set.SLOs[0].Objectives = []slo.Objective{slow}
	data := query.NewSamples(5 * time.Minute)
	for window, value := range map[string]float64{"20m": 3, "6h": 4} {
		data.Add(metricBurn, query.Labels{"id": "batch", "objective": "28d", "window": window}, now(), value)
	}
	for window, value := range map[string]float64{"20m": 3, "1h": 1} {
		data.Add(metricBurn, query.Labels{"id": "pay", "objective": "28d", "window": window}, now(), value)
	}
	for _, id := range []string{"batch", "pay", "dark"} {
		data.Add(metricTarget, query.Labels{"id": id, "objective": "28d", "window": "28d"}, now(), 0.9)
		data.Add(metricCoverage, query.Labels{"id": id, "window": "1h"}, now(), 0)
	}
	rates, title := newMaker(set, Options{Locale: slo.English}).burningNow()
	if title != "Burn rate" {
		t.Errorf("the column is called %q", title)
	}
	found, err := data.At(rates, now(), query.Binding{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, s := range found {
		got[s.Labels["id"]] = s.Value
	}
	if diff := cmp.Diff(map[string]float64{"batch": 3, "pay": 1, "dark": withoutMinutes}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDecimalsOfTargets has as many as the target with most.
func TestDecimalsOfTargets(t *testing.T) {
	t.Parallel()
	set := shopSet(t)
	for text, want := range map[string]int{"99%": 0, "99.9%": 1, "99.9995%": 4} {
		target, err := slo.ParseTarget(text)
		if err != nil {
			t.Fatal(err)
		}
		set.SLOs[0].Objectives[0].Target = target
		m := newMaker(set, Options{})
		if got := m.targetDecimals(); got != want {
			t.Errorf("%s has %d decimals, want %d", text, got, want)
		}
		if got := m.errorDecimals(); got != max(3, want) {
			t.Errorf("errors for %s have %d decimals", text, got)
		}
	}
}

// TestLinesOfJourneys has a colour for each journey by its title, as long as there are few.
func TestLinesOfJourneys(t *testing.T) {
	t.Parallel()
	set := shopSet(t)
	objectives := set.Journeys[0].Objectives
	set.Journeys = nil
	for i := range 60 {
		set.Journeys = append(set.Journeys, &slo.Journey{ID: fmt.Sprintf("j-%02d", i), Objectives: objectives})
	}
	set.Journeys[1].About.Title, set.Journeys[2].About.Title = "Pay", "Pay $now" // the second may be a variable
	few := *set
	few.Journeys = set.Journeys[:4]
	p := newMaker(&few, Options{Locale: slo.English}).overview().titled(t, "Budget left over time, lowest journeys")
	var names, colours []string
	for _, o := range p.FieldConfig.Overrides {
		names, colours = append(names, o.Matcher.Options), append(colours, o.Properties[0].Value.(Color).FixedColor)
	}
	if diff := cmp.Diff([]string{"j-00", "Pay", "j-03"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	slices.Sort(colours)
	if len(slices.Compact(colours)) != 3 || slices.Contains(colours, vermilion) || slices.Contains(colours, orange) {
		t.Errorf("the colours are %v", colours)
	}
	p = newMaker(set, Options{Locale: slo.English}).overview().titled(t, "Budget left over time, lowest journeys")
	if fields := p.FieldConfig.Defaults; len(p.FieldConfig.Overrides) > 0 || fields.Color.Mode != "thresholds" || !strings.Contains(p.Description, "state") {
		t.Errorf("many lines have %d overrides and %v: %s", len(p.FieldConfig.Overrides), fields.Color, p.Description)
	}
}

// TestTablesThatAreEmpty have a row that says so.
func TestTablesThatAreEmpty(t *testing.T) {
	t.Parallel()
	m := newMaker(shopSet(t), Options{Locale: slo.English})
	nobody := map[string]string{"owner": "nobody"}
	for panel, want := range map[string]string{
		"Steps that used most of a journey's budget": "no step is known to have used any |  |  |  | 0 | slojourn-review",
		"How long alerts fired":                      "no alert fired in the time that is known |  | 0 | 0 | slojourn-review",
		"What was not measured":                      "everything was measured |  |  | 0 | slojourn-review",
		"Targets that may be too loose":              "none of those known for all this time |  |  | 0 | slojourn-review",
	} {
		checkPanel(t, m.review(), panel, nobody, []string{want})
	}
}

func TestWhatTheReviewShows(t *testing.T) {
	t.Parallel()
	m := newMaker(shopSet(t), Options{Locale: slo.English})
	for _, test := range []struct {
		panel string
		want  []string
	}{
		{"Journeys, least budget left first", []string{
			"Pay | payments | 28d | 0.995 | 0.5 | 0.875 | -37.5 | 0.0025 | 1 | d-pay",
			"Pay | payments | month | 0.99 | 0.75 | 0.25 | 50 | -1 | 0.5 | d-pay",
			"buy | orders | 28d | 0.995 | 0.125 |  |  |  |  | d-buy",
			"dark | members | 28d | 0.995 |  |  |  | -2 | 0 | d-dark",
			"lost | orders | 28d | 0.995 | -0.25 |  |  |  |  | d-lost",
			"lost | orders | quarter | 0.9 |  |  |  |  |  | d-lost",
		}},
		{"Steps that used most of a journey's budget", []string{
			"At the till | pay | 28d | payments | 0.375 | d-till",
			"Mail | pay | 28d | mailers | 0.125 | d-mail",
		}},
		{"Owners", []string{
			"data | 1 | 0 | 0 | 1",
			"mailers | 1 | 0 | 0 | 0.875",
			"members | 1 |  |  | ",
			"orders | 3 | 1 | 1 | -0.25",
			"payments | 2 | 0 | 0 | 0.5",
		}},
		{"What was not measured", []string{"Pay | month | payments | 0.5 | d-pay", "dark | 28d | members | 1 | d-dark"}},
		{"Targets that may be too loose", []string{"none of those known for all this time |  |  | 0 | slojourn-review"}},
		{"SLOs of no journey, least budget left first", []string{"batch | data | 28d | 0.9 | 1 |  |  |  |  | d-batch"}},
	} {
		checkPanel(t, m.review(), test.panel, nil, test.want)
	}
}

func checkPanel(t *testing.T, d *Dashboard, title string, variables map[string]string, want []string) {
	t.Helper()
	checkPanelOf(t, shopData(t), d, title, variables, want)
}

func checkPanelOf(t *testing.T, data query.Data, d *Dashboard, title string, variables map[string]string, want []string) {
	t.Helper()
	i := slices.IndexFunc(d.Panels, func(p *Panel) bool { return p.Title == title && p.Type != TypeRow })
	if i < 0 {
		t.Errorf("there is no panel %q", title)
		return
	}
	with := query.Binding{Variables: variables, Range: weeks, Step: time.Hour, RateStep: time.Hour + time.Minute}
	if diff := cmp.Diff(want, shown(t, data, d.Panels[i], with)); diff != "" {
		t.Errorf("%s with %v (-want +got):\n%s", title, variables, diff)
	}
}

// weeks is how long the time is that the review shows.
const weeks = 28 * 24 * time.Hour
