package newrelic_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// choosing is a source that a handler answers.
func choosing(t *testing.T, handler http.Handler, now time.Time) *newrelic.Source {
	t.Helper()
	config := slo.NewRelic{
		AccountID: 1, Region: slo.US, QueryLag: slo.DefaultQueryLag,
		Retention: slo.Retention{Default: slo.DefaultRetention, ByType: map[string]time.Duration{"Metric": slo.MetricRetention}},
	}
	source := newrelic.New(config, nerdgraph.New(nerdgraph.Options{
		Endpoint: "http://nerdgraph.test/graphql", Key: secret.Of("NRAK-1"), Transport: inProcess{handler},
	}), func() time.Time { return now })
	t.Cleanup(source.Close)
	return source
}

// TestBusiest finds what the simulated shop has, the busiest first.
func TestBusiest(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	shop := simulator.NewRetail(simulator.RetailOptions{Seed: 1, End: end})
	source := choosing(t, simulator.New(shop.Store(), simulator.Options{Now: func() time.Time { return end }}), end)
	tests := map[string]struct {
		types     []string
		attribute string
		where     nrql.Expr
		want      []string // at the beginning
	}{
		"applications": {[]string{"Transaction"}, "appName", nil, []string{"basket-api", "order-api", "payment-api"}},
		"of two types": {
			[]string{"MobileRequest", "MobileRequestError"},
			"requestPath",
			&nrql.Binary{Op: nrql.Eq, X: &nrql.Name{Value: "appName"}, Y: &nrql.String{Value: "shop-app"}},
			[]string{"/v2/barcode", "/v2/search"},
		},
		"metrics":    {[]string{"Metric"}, "metricName", nil, []string{"points.failures", "points.requests"}},
		"of none":    {[]string{"PageAction"}, "actionName", nil, nil},
		"of numbers": {[]string{"AjaxRequest"}, "httpResponseCode", nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values, err := source.Busiest(t.Context(), test.types, test.attribute, test.where)
			if err != nil {
				t.Fatal(err)
			}
			found := map[string]bool{}
			for i, v := range values {
				found[v.Text] = i < len(test.want)
				if i > 0 && v.Events > values[i-1].Events || v.Events <= 0 {
					t.Errorf("the order is %v", values)
				}
			}
			for _, want := range test.want {
				if !found[want] {
					t.Errorf("%q is not among the first of %v", want, values)
				}
			}
			if len(test.want) == 0 && len(values) > 0 {
				t.Errorf("got %v", values)
			}
		})
	}
}

// TestEvents counts what there is of some types, and of those that are not there.
func TestEvents(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	store := simulator.NewStore()
	for _, at := range []time.Time{end.AddDate(0, 0, -8), end.AddDate(0, 0, -6), end.Add(-time.Minute)} {
		if err := store.Add("Transaction", at.UnixMilli()); err != nil {
			t.Fatal(err)
		}
	}
	source := choosing(t, simulator.New(store, simulator.Options{Now: func() time.Time { return end }}), end)
	got, err := source.Events(t.Context(), [][]string{{"Transaction"}, {"PageView"}, {"Metric"}})
	if diff := cmp.Diff([]int64{2, 0, 0}, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

// TestBusiestOfOddAnswers takes what can be chosen, and refuses what is no answer.
func TestBusiestOfOddAnswers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		results string
		want    []newrelic.Value
		fails   string
	}{
		"several":  {`[{"facet":"a","events":1},{"facet":"b","events":2.0},{"facet":"c","events":2}]`, []newrelic.Value{{Text: "b", Events: 2}, {Text: "c", Events: 2}, {Text: "a", Events: 1}}, ""},
		"no text":  {`[{"facet":null,"events":3},{"facet":5,"events":3},{"facet":["a"],"events":3},{"events":3}]`, nil, ""},
		"a key":    {`[{"facet":"NRAK-1","events":3},{"facet":"NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZA","events":3}]`, nil, ""},
		"no count": {`[{"facet":"a"}]`, nil, "without a count"},
		"negative": {`[{"facet":"a","events":-1}]`, nil, "without a count"},
		"no rows":  {`["a"]`, nil, "cannot be read"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := choosing(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, `{"data":{"actor":{"account":{"q0":{"results":`+test.results+`}}}}}`) //nolint:errcheck // the client's loss
			}), time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
			got, err := source.Busiest(t.Context(), []string{"Transaction"}, "appName", nil)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if (err != nil) != (test.fails != "") || err != nil && !strings.Contains(err.Error(), test.fails) {
				t.Errorf("error %v, want %q", err, test.fails)
			}
		})
	}
}
