package grafana

import (
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	metrics "github.com/slojourn/slojourn/exporters/prometheus"
	"github.com/slojourn/slojourn/slo"
)

// over makes an objective over a window in a zone, "" for none.
func over(t testing.TB, window, zone string, alerts *slo.AlertPolicy) slo.Objective {
	t.Helper()
	w, err := slo.ParseWindow(window)
	if err != nil {
		t.Fatal(err)
	}
	if zone != "" {
		location, err := slo.LoadTimeZone(zone)
		if err != nil {
			t.Fatal(err)
		}
		w = w.In(location)
	}
	target, err := slo.ParseTarget("99.9%")
	if err != nil {
		t.Fatal(err)
	}
	return slo.Objective{Name: strings.TrimSpace(window + " " + zone), Target: target, Window: w, Alerts: alerts}
}

// TestAsInMetrics compares how windows are spelt, what can fire, and which tiers there are
// with what is exported of the same objectives.
func TestAsInMetrics(t *testing.T) {
	t.Parallel()
	paging := slo.BuiltInPolicies()[0]
	twice := *paging
	twice.Tiers = append(slices.Clone(paging.Tiers), paging.Tiers[0])
	twice.Tiers[len(twice.Tiers)-1].Budget = slo.Percentage{} // differs in its factor alone
	twice.Tiers[len(twice.Tiers)-1].Burn = twice.Tiers[3].Burn
	ticket := paging.Tiers[0]
	ticket.Severity = slo.Ticket
	twice.Tiers = append(twice.Tiers, ticket)
	quiet := slo.AlertPolicy{Name: "quiet", NoData: &slo.NoData{After: time.Hour, Severity: slo.Page}}
	objectives := []slo.Objective{
		over(t, "28d", "", &twice), over(t, "month", "UTC", nil), over(t, "month", "Asia/Tokyo", &quiet), over(t, "month", "Europe/Paris", nil),
		over(t, "90m", "", slo.BuiltInPolicies()[1]), over(t, "day", "", nil),
	}
	set := &slo.Set{SLOs: []*slo.SLO{{ID: "pay", Kind: slo.KindSLO, Objectives: objectives}}}
	view := metrics.View{Set: set, Snapshot: burnrate.Evaluate(set, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), nil)}
	exported := map[string]map[string]bool{}
	for f := range view.Families(metricTarget, metricFiring, metricFactor) {
		for _, m := range f.Metric {
			var labels []string
			for _, l := range m.Label {
				if l.GetName() != "id" {
					labels = append(labels, l.GetName()+"="+l.GetValue())
				}
			}
			if exported[f.GetName()] == nil {
				exported[f.GetName()] = map[string]bool{}
			}
			exported[f.GetName()][strings.Join(labels, " ")] = true
		}
	}
	shown := map[string]map[string]bool{metricTarget: {}, metricFiring: {}, metricFactor: {}}
	for i, spelt := range spellings(objectives) {
		o := objectives[i]
		shown[metricTarget]["objective="+o.Name+" window="+spelt] = true
		if o.Alerts == nil {
			continue
		}
		for _, a := range alarms(o.Alerts) {
			shown[metricFiring]["kind="+string(a.kind)+" objective="+o.Name+" severity="+string(a.severity)] = true
		}
		for _, tier := range tiersOf(o) {
			shown[metricFactor]["long="+tier.long+" objective="+o.Name+" severity="+string(tier.severity)+" short="+tier.short] = true
		}
	}
	if diff := cmp.Diff(exported, shown); diff != "" {
		t.Errorf("(-exported +shown):\n%s", diff)
	}
	if factor := tiersOf(objectives[0])[0].spelt; factor != "13.44×" {
		t.Errorf("the factor of 2%% of 28 days in an hour is %s", factor)
	}
}

func TestRecent(t *testing.T) {
	t.Parallel()
	week, day := slo.BuiltInPolicies()[1], slo.BuiltInPolicies()[2]
	minutes := &slo.AlertPolicy{Name: "minutes", Tiers: []slo.Tier{{Severity: slo.Page, Long: 20 * time.Minute, Short: 5 * time.Minute}}}
	for _, test := range []struct {
		o    slo.Objective
		want string
	}{
		{over(t, "28d", "", nil), "1h"}, // the usual windows
		{over(t, "28d", "", slo.BuiltInPolicies()[0]), "1h"},
		{over(t, "1d", "", day), "1h"},
		{over(t, "7d", "", week), "1h"},
		{over(t, "1d", "", minutes), "20m"},
	} {
		if got := recent(test.o).String(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.o.Name, got, test.want)
		}
	}
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		of   *big.Rat
		most int
		want string
	}{
		{big.NewRat(1344, 100), 3, "13.44"}, {big.NewRat(1, 1), 3, "1"}, {big.NewRat(20, 3), 3, "6.667"}, {big.NewRat(100, 1), 0, "100"}, {big.NewRat(1, 1000), 9, "0.001"},
	} {
		if got := decimal(test.of, test.most); got != test.want {
			t.Errorf("%v is %s, want %s", test.of, got, test.want)
		}
	}
}

func TestOneOf(t *testing.T) {
	t.Parallel()
	for want, ids := range map[string][]string{`m{id="pay"}`: {"pay"}, `m{id=~"pay|pay/authorise"}`: {"pay", "pay/authorise"}} {
		if got := query.PromQL(query.Metric("m", oneOf(ids))); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// TestThresholdsOfAge turns orange only when events had the time that they need.
func TestThresholdsOfAge(t *testing.T) {
	t.Parallel()
	set := shops(t)
	m := newMaker(set, Options{Locale: slo.English})
	for id, want := range map[string][]float64{
		"receipt":     {13 * 60, 30 * 60}, // a lag of 3 minutes, and noData after half an hour
		"browse/list": {14 * 60, 30 * 60}, // and slices of a minute
		"pay/print":   {13 * 60},          // nobody is told
	} {
		var got []float64
		for _, step := range m.subject(id).make().titled(t, "Newest measurement").FieldConfig.Defaults.Thresholds.Steps[1:] {
			got = append(got, *step.Value)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

// TestExclusionsOfADashboard lists those that are about it or its steps, the latest first,
// and how many more there are.
func TestExclusionsOfADashboard(t *testing.T) {
	t.Parallel()
	set := shops(t)
	m := newMaker(set, Options{Locale: slo.English})
	names := func(covers ...owned) []string {
		var list []string
		for _, e := range m.excluded(covers) {
			list = append(list, e.Name)
		}
		return list
	}
	for _, test := range []struct {
		covers []owned
		want   []string
	}{
		{[]owned{{"pay/authorise", "payments"}}, []string{"bank-maintenance"}},
		{[]owned{{"receipt", "sre"}}, []string{"strike"}},
		{[]owned{{"pay", "payments"}, {"pay/authorise", "payments"}, {"receipt", "sre"}}, []string{"bank-maintenance", "strike"}},
		{[]owned{{"pay", "payments"}}, nil},
	} {
		if diff := cmp.Diff(test.want, names(test.covers...)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.covers, diff)
		}
	}
	first := *set.Exclusions[0]
	for range 10 {
		set.Exclusions = append(set.Exclusions, &first)
	}
	text := m.subject("pay/authorise").make().Panels[0].Options.(TextOptions).Content
	if items := strings.Count(text, "\n- **"); items != 8 || !strings.Contains(text, "- and 3 more") {
		t.Errorf("%d are listed:\n%s", items, text)
	}
}
