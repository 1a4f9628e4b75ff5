package simulator

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkWideQuery is a query of a pack: 40 filtered counts over 28 days in
// buckets of two hours, and 200,000 events in them.
func BenchmarkWideQuery(b *testing.B) {
	const days, events = 28, 200_000
	store := NewStore()
	for i := range events {
		err := store.Add(
			"Transaction", midnight+int64(i)*days*24*hourMillis/events,
			Attribute{"name", String(fmt.Sprintf("action/%d", i%20))},
			Attribute{"duration", Number(float64(i%1000) / 1000)},
			Attribute{"error", Bool(i%97 == 0)},
		)
		if err != nil {
			b.Fatal(err)
		}
	}
	var columns []string
	for i := range 20 {
		columns = append(
			columns,
			fmt.Sprintf("filter(count(*), WHERE name = 'action/%d') AS t%d", i, i),
			fmt.Sprintf("filter(count(*), WHERE name = 'action/%d' AND (error IS TRUE OR duration > 0.8)) AS b%d", i, i),
		)
	}
	query := fmt.Sprintf("SELECT %s FROM Transaction WHERE name LIKE 'action/%%' SINCE %d UNTIL %d TIMESERIES 2 hours",
		strings.Join(columns, ", "), midnight, midnight+days*24*hourMillis)
	for b.Loop() {
		if got := ask(store, query, true); strings.HasPrefix(got, "error") {
			b.Fatal(got)
		}
	}
}
