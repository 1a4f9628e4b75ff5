package ledger

import (
	"fmt"
	"io"
	"testing"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// BenchmarkExport exports two hours of minutes that are not packed, of which
// each chunk holds all indicators. What a minute of an indicator takes must not
// grow with their number.
func BenchmarkExport(b *testing.B) {
	formats := map[string]func(*Reader, *testing.B) error{
		"ndjson": func(r *Reader, b *testing.B) error { return r.Export(b.Context(), io.Discard, ExportOptions{}) },
		"openmetrics": func(r *Reader, b *testing.B) error {
			return r.ExportOpenMetrics(b.Context(), io.Discard, nil, ExportOptions{})
		},
	}
	for _, indicators := range []int{100, 1_000, 5_000} {
		const minutes = 120
		l := openIn(b, b.TempDir())
		traffic := newLoad(indicators)
		rows := make([]burnrate.Row, indicators)
		for m := range slo.Minute(minutes) {
			traffic.rows(benchStart+m, rows)
			commit(b, l, traffic.ids(), benchStart+m, rows)
		}
		for _, format := range []string{"ndjson", "openmetrics"} {
			b.Run(fmt.Sprintf("%s/indicators=%d", format, indicators), func(b *testing.B) {
				b.ReportAllocs()
				before := cpuTime(b)
				for b.Loop() {
					if err := formats[format](l.Reader, b); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((cpuTime(b)-before).Nanoseconds())/float64(b.N)/float64(indicators*minutes), "cpu-ns/pair")
			})
		}
		closeLedger(b, l)
	}
}
