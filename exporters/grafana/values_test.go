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
	objectives := []slo.Objective{{Name: "28d", Window: window}}
	batch := &slo.SLO{ID: "batch", Kind: slo.KindSLO, Objectives: objectives}
	return &slo.Set{SLOs: []*slo.SLO{batch}, Journeys: []*slo.Journey{{ID: "pay", Objectives: objectives, About: slo.About{Labels: map[string]string{"product": "app"}}}}}
}

// shown returns what a panel shows: a number for a stat, and the rows of a table by the
// titles of its columns.
func shown(t *testing.T, p *Panel, variables map[string]string) []string {
	t.Helper()
	data := shopData(t)
	var list []string
	type row map[string]string
	rows := map[string]row{}
	var keys []string
	for _, target := range p.Targets {
		samples, err := data.At(target.Query, now(), query.Binding{Variables: variables, Range: 28 * 24 * time.Hour, Step: time.Minute, RateStep: 4 * time.Minute})
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
		{panel: "Newest minute, age", want: []string{"1800"}},
		{panel: "Journeys, least budget left first", want: []string{
			"Pay | payments | 28d | 0.995 | 0.5 | 2 | 0.0025 | 1 | 1 | 2 | d-pay",
			"Pay | payments | month | 0.99 | 0.75 |  |  | 0.5 |  | 0 | d-pay",
			"buy | orders | 28d | 0.995 | 0.125 |  |  |  |  | 1 | d-buy",
			"dark | members | 28d | 0.995 |  |  |  | 0 | 4 | 0 | d-dark",
			"lost | orders | 28d | 0.995 | -0.25 |  |  |  |  | 0 | d-lost",
			"lost | orders | quarter | 0.9 |  |  |  |  |  | 0 | d-lost",
		}},
		{panel: "SLOs that are in no journey, least budget left first", variables: map[string]string{"journey": "pay"}, want: []string{
			"batch | data | 28d | 0.9 | 1 |  |  |  |  | 0 | d-batch",
		}},
		{panel: "What fires now", want: []string{
			"page | Pay | 28d | burn | payments | d-pay",
			"page | source:newrelic |  | source |  | slojourn-overview",
			"ticket | Pay | 28d | burn | payments | d-pay",
			"ticket | buy | 28d | budget | orders | d-buy",
		}},
		{panel: "What fires now", variables: map[string]string{"owner": "nobody"}, want: []string{"page | source:newrelic |  | source |  | slojourn-overview"}},
		{panel: "Budget left over time: the journeys that have least", want: []string{"-0.25", "0.125", "0.5"}},
	} {
		checkPanel(t, m.overview(), test.panel, test.variables, test.want)
	}
}

// TestTablesThatAreEmpty have a row that says so.
func TestTablesThatAreEmpty(t *testing.T) {
	t.Parallel()
	m := newMaker(shopSet(t), Options{Locale: slo.English})
	nobody := map[string]string{"owner": "nobody"}
	for panel, want := range map[string]string{
		"Steps that spent most of a journey's budget": "nothing was spent |  |  |  | 0 | slojourn-review",
		"How long alerts fired":                       "no alert fired in this time |  | 0 |  | slojourn-review",
		"What was not measured":                       "everything was measured |  |  | 0 | slojourn-review",
		"Targets that may be too loose":               "none: all budgets were used |  |  | 0 | slojourn-review",
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
			"Pay | payments | month | 0.99 | 0.75 | 0.25 | 50 |  | 0.5 | d-pay",
			"buy | orders | 28d | 0.995 | 0.125 |  |  |  |  | d-buy",
			"dark | members | 28d | 0.995 |  |  |  |  | 0 | d-dark",
			"lost | orders | 28d | 0.995 | -0.25 | -0.75 | 50 |  |  | d-lost",
			"lost | orders | quarter | 0.9 |  |  |  |  |  | d-lost",
		}},
		{"Steps that spent most of a journey's budget", []string{
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
		{"How long alerts fired", []string{"Pay | payments | 1 | 1 | d-pay", "buy | orders | 0 | 1 | d-buy"}},
		{"What was not measured", []string{"Pay | month | payments | 0.5 | d-pay", "dark | 28d | members | 1 | d-dark"}},
		{"Targets that may be too loose", []string{"Mail | 28d | mailers | 0.875 | d-mail", "batch | 28d | data | 1 | d-batch"}},
		{"SLOs that are in no journey, least budget left first", []string{"batch | data | 28d | 0.9 | 1 |  |  |  |  | d-batch"}},
	} {
		checkPanel(t, m.review(), test.panel, nil, test.want)
	}
}

func checkPanel(t *testing.T, d *Dashboard, title string, variables map[string]string, want []string) {
	t.Helper()
	i := slices.IndexFunc(d.Panels, func(p *Panel) bool { return p.Title == title && p.Type != TypeRow })
	if i < 0 {
		t.Errorf("there is no panel %q", title)
		return
	}
	if diff := cmp.Diff(want, shown(t, d.Panels[i], variables)); diff != "" {
		t.Errorf("%s with %v (-want +got):\n%s", title, variables, diff)
	}
}
