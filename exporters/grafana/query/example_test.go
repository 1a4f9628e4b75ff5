package query_test

import (
	"fmt"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana/query"
)

// What is left of budgets, as the share that the worse of two replicas knows of.
func ExampleSamples() {
	worst := query.By(query.Min, query.Metric("slojourn_error_budget_remaining_ratio", query.Chosen("id", "journey")), "id")
	fmt.Println(query.PromQL(worst))

	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	samples := query.NewSamples(5*time.Minute, query.MetricsOf(worst)...)
	for i, replica := range []string{"a", "b"} {
		samples.Add("slojourn_error_budget_remaining_ratio", query.Labels{"id": "checkout", "replica": replica}, at, 0.75-float64(i)/4)
		samples.Add("slojourn_error_budget_remaining_ratio", query.Labels{"id": "search", "replica": replica}, at, 1)
	}
	found, err := samples.At(worst, at, query.Binding{Variables: map[string]string{"journey": "checkout"}})
	fmt.Println(found, err)
	// Output:
	// min by (id) (slojourn_error_budget_remaining_ratio{id=~"$journey"})
	// [{map[id:checkout] 0.5}] <nil>
}
