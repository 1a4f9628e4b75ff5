package grafana

import (
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo"
)

// factors are those of what can fire in the shop.
const factors = `
slojourn_alert_factor{id="pay",journey="pay",objective="28d",severity="page",long="1h",short="5m"} 13.44
slojourn_alert_factor{id="pay",journey="pay",objective="28d",severity="ticket",long="3d",short="6h"} 1
slojourn_alert_factor{id="buy",journey="buy",objective="28d",severity="page",long="1h",short="5m"} 13.44
slojourn_alert_factor{id="lost",journey="lost",objective="28d",severity="page",long="1h",short="5m"} 13.44
`

// judgedShop is the shop at a time at which the alerts of some ids were judged.
func judgedShop(t *testing.T, judged ...string) query.Data {
	t.Helper()
	var kept strings.Builder
	for line := range strings.Lines(shop) {
		is := !strings.HasPrefix(line, metricFiring)
		for _, id := range judged {
			is = is || strings.Contains(line, `{id="`+id+`",`)
		}
		if is {
			kept.WriteString(line)
		}
	}
	data := query.NewSamples(5 * time.Minute)
	for _, instance := range []string{"a", "b"} {
		add(t, data, kept.String(), instance, now().Add(-time.Minute))
		add(t, data, factors, instance, now().Add(-time.Minute))
	}
	return data
}

// TestNumbersOfAlertsThatNobodyJudged are not said to be quiet: neither all of them, nor those that are
// chosen. What has no alerts is.
func TestNumbersOfAlertsThatNobodyJudged(t *testing.T) {
	t.Parallel()
	m := newMaker(shopSet(t), Options{Locale: slo.English})
	const newRelic, source = "source:newrelic", "page | source:newrelic |  | source |  | slojourn-overview"
	journeys := func(pay, buy, lost string) []string {
		return []string{
			"Pay | payments | 28d | 0.995 | 0.5 | 2 | 0.0025 | 1 | 1 | " + pay + " | d-pay",
			"Pay | payments | month | 0.99 | 0.75 |  | -1 | 0.5 |  | 0 | d-pay",
			"buy | orders | 28d | 0.995 | 0.125 | -1 |  |  |  | " + buy + " | d-buy",
			"dark | members | 28d | 0.995 |  | -2 | -2 | 0 | 4 | 0 | d-dark",
			"lost | orders | 28d | 0.995 | -0.25 |  |  |  |  | " + lost + " | d-lost",
			"lost | orders | quarter | 0.9 |  |  |  |  |  | 0 | d-lost",
		}
	}
	owner := func(name string) map[string]string { return map[string]string{"owner": name} }
	for _, test := range []struct {
		judged    []string
		panel     string
		variables map[string]string
		want      []string
	}{
		{nil, "Pages firing", nil, []string{"-1"}},
		{nil, "Tickets open", nil, []string{"-1"}},
		{nil, "Pages firing", owner("members"), []string{"0"}},
		{nil, "Sources down", owner("members"), []string{"-1"}},
		{nil, "Firing now", nil, []string{" | not known |  |  |  | slojourn-overview"}},
		{nil, "Firing now", owner("members"), []string{" | nothing is firing |  |  |  | slojourn-overview"}},
		{nil, "Journeys, least budget left first", nil, journeys("-1", "-1", "-1")},
		{[]string{"pay", newRelic}, "Pages firing", nil, []string{"1"}},
		{[]string{"pay", newRelic}, "Pages firing", owner("orders"), []string{"-1"}},
		{[]string{"pay", newRelic}, "Sources down", nil, []string{"1"}},
		{[]string{"pay", newRelic}, "Firing now", owner("orders"), []string{source}},
		{[]string{"pay"}, "Firing now", owner("orders"), []string{" | not known |  |  |  | slojourn-overview"}},
		{[]string{"pay", newRelic}, "Journeys, least budget left first", nil, journeys("2", "-1", "-1")},
		{[]string{"buy"}, "Pages firing", nil, []string{"0"}},
		{[]string{"buy"}, "Tickets open", nil, []string{"1"}},
		{[]string{"buy"}, "Journeys, least budget left first", nil, journeys("-1", "1", "-1")},
	} {
		checkPanelOf(t, judgedShop(t, test.judged...), m.overview(), test.panel, test.variables, test.want)
	}
	for _, test := range []struct {
		judged, ids []string
		want        string
	}{
		{nil, []string{"pay", "pay/till"}, "-1"},
		{[]string{"pay"}, []string{"pay", "pay/till"}, "1"},
		{[]string{"pay"}, []string{"lost"}, "-1"},
		{nil, []string{"dark"}, "0"},
		{[]string{"buy"}, []string{"buy"}, "0"},
	} {
		d := &Dashboard{Panels: []*Panel{m.fires(test.ids, slo.Page)}}
		checkPanelOf(t, judgedShop(t, test.judged...), d, "Pages firing", nil, []string{test.want})
	}
}
