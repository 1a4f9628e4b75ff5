package preview

import (
	"bytes"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/exporters/prometheus"
	"github.com/slojourn/slojourn/slo"
)

// fleetOf is journeys of ten steps each, with many SLOs in all, and how they stand.
func fleetOf(b testing.TB, slos int) prometheus.View {
	b.Helper()
	target, err := slo.ParseTarget("99.9%")
	if err != nil {
		b.Fatal(err)
	}
	objectives := []slo.Objective{{Name: "28d", Target: target, Window: slo.Rolling(28 * 1440), Alerts: slo.BuiltInPolicies()[0]}}
	set := &slo.Set{Sources: []*slo.Source{{Name: "newrelic"}}, Policies: slo.BuiltInPolicies()}
	for i := range slos / 10 {
		about := slo.About{Title: fmt.Sprintf("What shoppers do, part %d", i), Owner: fmt.Sprintf("team-%02d", i%20), Stage: slo.Active}
		j := &slo.Journey{ID: fmt.Sprintf("journey-%04d", i), About: about, Compose: slo.Series, Objectives: objectives}
		for k := range 10 {
			s := &slo.SLO{ID: fmt.Sprintf("%s/step-%d", j.ID, k), Kind: slo.KindStep, About: slo.About{Owner: about.Owner, Stage: slo.Active}, Source: set.Sources[0], Objectives: objectives}
			j.Steps, set.SLOs = append(j.Steps, slo.Step{Name: fmt.Sprintf("step-%d", k), SLO: s}), append(set.SLOs, s)
		}
		set.Journeys = append(set.Journeys, j)
	}
	extent, extents, measured := slo.Span{Start: slo.MinuteAt(end) - 29*1440, End: slo.MinuteAt(end)}, map[string]slo.Span{}, map[string]burnrate.Measurement{}
	for _, s := range set.Measured() {
		extents[s.ID] = extent
	}
	v := prometheus.View{Set: set}
	for id, cuts := range burnrate.Cuts(set, extents) {
		rows := make([]burnrate.Row, len(cuts)-1)
		for i := range rows {
			n := int64(cuts[i+1] - cuts[i])
			rows[i] = burnrate.Counted(slo.Counts{Total: 2000 * n, Bad: n})
		}
		series, err := burnrate.NewSeries(extent, cuts, rows)
		if err != nil {
			b.Fatal(err)
		}
		measured[id] = burnrate.Measurement{Series: series, End: extent.End}
	}
	v.Snapshot = burnrate.Evaluate(set, end, measured)
	for _, s := range set.SLOs {
		v.Snapshot.Meters = append(v.Snapshot.Meters, burnrate.Meter{ID: s.ID, Unit: 1, Watermark: extent.End})
	}
	return v
}

// sampled is what a fleet exported every half an hour of a day.
func sampled(v prometheus.View, metrics, newest []string) (data Data, samples int) {
	const every, span = 30 * time.Minute, 24 * time.Hour
	read := query.NewSamples(every, metrics...)
	read.Expect(int(span/every) + 1)
	read.KeepNewest(newest...)
	var labels []query.Label
	for ago := span; ago >= 0; ago -= every {
		for family := range v.Families(metrics...) {
			for _, m := range family.GetMetric() {
				labels = labels[:0]
				for _, l := range m.GetLabel() {
					labels = append(labels, query.Label{Name: l.GetName(), Value: l.GetValue()})
				}
				read.AddLabels(family.GetName(), labels, end.Add(-ago), m.GetGauge().GetValue()+m.GetCounter().GetValue()) // it is one of them
				samples++
			}
		}
	}
	return Data{Data: read, Every: every}, samples
}

// filesOf are the places of all files.
func filesOf(b *Book) []int {
	list := make([]int, len(b.files))
	for i := range list {
		list[i] = i
	}
	return list
}

// TestNewestAreEnough draws the same pages with all samples, and without those that Newest says
// nobody reads.
func TestNewestAreEnough(t *testing.T) {
	t.Parallel()
	v := fleetOf(t, 20)
	book := bookOf(t, slices.Collect(grafana.Generate(v.Set, grafana.Options{Locale: slo.English})), slo.English)
	for i := range book.files {
		metrics := query.MetricsOf(book.Expressions(i)...)
		newest, err := book.Newest([]int{i}, metrics)
		if err != nil {
			t.Fatal(err)
		}
		if len(newest) == 0 {
			t.Errorf("%s reads older samples of everything", book.files[i].Name)
		}
		var pages [2][]byte
		for n, list := range [][]string{nil, newest} {
			data, _ := sampled(v, metrics, list)
			if pages[n], err = book.Page(i, data); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(pages[0], pages[1]) {
			t.Errorf("%s is another page without the older samples of %v", book.files[i].Name, newest)
		}
	}
}

// BenchmarkBook reads the samples of fleets, and draws the pages of everything, and a hundred of
// one thing: those take little more in a fleet that is larger.
func BenchmarkBook(b *testing.B) {
	const everything, pages = 2, 100
	drawn := map[int]time.Duration{}
	for _, slos := range []int{100, 1000} {
		v := fleetOf(b, slos)
		book := bookOf(b, slices.Collect(grafana.Generate(v.Set, grafana.Options{Locale: slo.English})), slo.English)
		var read []query.Expr
		for i := range book.files {
			read = append(read, book.Expressions(i)...)
		}
		metrics := query.MetricsOf(read...)
		newest, err := book.Newest(filesOf(book), metrics)
		if err != nil {
			b.Fatal(err)
		}
		data, samples := sampled(v, metrics, newest)
		draw := func(from, to int) {
			for i := from; i < to; i++ {
				if _, err := book.Page(i, data); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.Run(fmt.Sprintf("%d-SLOs/samples", slos), func(b *testing.B) {
			took := timed(b, func() { sampled(v, metrics, newest) })
			b.ReportMetric(float64(took.Nanoseconds())/float64(samples), "cpu-ns/sample")
		})
		b.Run(fmt.Sprintf("%d-SLOs/everything", slos), func(b *testing.B) {
			took := timed(b, func() { draw(0, everything) })
			b.ReportMetric(float64(took.Microseconds())/1000/everything, "cpu-ms/page")
		})
		b.Run(fmt.Sprintf("%d-SLOs/pages", slos), func(b *testing.B) {
			drawn[slos] = timed(b, func() { draw(everything, everything+pages) })
			b.ReportMetric(float64(drawn[slos].Microseconds())/1000/pages, "cpu-ms/page")
			if before := drawn[slos/10]; before > 0 {
				b.ReportMetric(float64(drawn[slos])/float64(before), "growth/10x")
			}
		})
	}
}

// timed returns the time of the processor that one call takes, as others are at work too.
func timed(b *testing.B, f func()) time.Duration {
	b.Helper()
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		f()
	}
	return (cpu(b) - before) / time.Duration(b.N)
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
