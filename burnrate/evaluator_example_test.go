package burnrate_test

import (
	"fmt"
	"iter"
	"log"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// A minute fails, time goes on, and late events correct it.
func ExampleEvaluator() {
	target, err := slo.ParseTarget("90%")
	if err != nil {
		log.Fatal(err)
	}
	set := &slo.Set{SLOs: []*slo.SLO{{
		ID: "pay", Kind: slo.KindSLO,
		Objectives: []slo.Objective{{Name: "1h", Target: target, Window: slo.Rolling(60)}},
	}}}
	// The ledger has minutes 1,000 to 1,099, of ten events each. In minute 1,095
	// all of them were bad.
	minutes := map[slo.Minute][]burnrate.Row{}
	for minute := slo.Minute(1000); minute < 1100; minute++ {
		minutes[minute] = []burnrate.Row{burnrate.Counted(slo.Counts{Total: 10})}
	}
	minutes[1095][0].Counts.Bad, minutes[1095][0].Rows.Bad = 10, 10
	feed := func(wanted ...slo.Minute) iter.Seq2[burnrate.Record, error] {
		return func(yield func(burnrate.Record, error) bool) {
			for _, minute := range wanted {
				if !yield(burnrate.Record{Minute: minute, Rows: minutes[minute]}, nil) {
					return
				}
			}
		}
	}
	e := burnrate.NewEvaluator(set)
	show := func() {
		o := e.Snapshot(e.Ends()[0].Time()).Statuses[0].Objectives[0]
		fmt.Printf("at %d: %d bad of %d in 1h, burn rate over 5m %v\n", e.Ends()[0], o.Window.Counts.Bad, o.Window.Counts.Total, o.Burn[0].Rate)
	}

	extent := slo.Span{Start: 1000, End: 1096}
	cuts := burnrate.LoadCuts(set, map[string]slo.Span{"pay": extent})["pay"]
	sums := make([]burnrate.Sum, len(cuts)-1)
	for i := range sums {
		for minute := cuts[i]; minute < cuts[i+1]; minute++ {
			row := minutes[minute][0]
			sums[i] = burnrate.Sum{Counts: sums[i].Counts.Add(row.Counts), Rows: sums[i].Rows.Add(row.Rows), Minutes: sums[i].Minutes + 1}
		}
	}
	series, err := burnrate.SeriesOf(extent, cuts, sums)
	if err != nil {
		log.Fatal(err)
	}
	if err := e.Load(map[string]burnrate.Series{"pay": series}); err != nil {
		log.Fatal(err)
	}
	show()
	for ends := e.Ends(); ends[0] < 1100; {
		ends[0]++
		if err := e.Advance(ends, feed(e.Needs(ends)...)); err != nil {
			log.Fatal(err)
		}
	}
	show()
	e.Correct(1095, 0, minutes[1095][0], burnrate.Counted(slo.Counts{Total: 12, Bad: 2}))
	show()
	// Output:
	// at 1096: 10 bad of 600 in 1h, burn rate over 5m 2
	// at 1100: 10 bad of 600 in 1h, burn rate over 5m 2
	// at 1100: 2 bad of 602 in 1h, burn rate over 5m 0.384615384615
}

// Of an SLO that is new, half a day is known by the hour and no minute yet. Then
// a minute of the first hour comes, in place of the whole.
func ExampleEvaluator_SetCoarse() {
	target, err := slo.ParseTarget("90%")
	if err != nil {
		log.Fatal(err)
	}
	e := burnrate.NewEvaluator(&slo.Set{SLOs: []*slo.SLO{{
		ID: "pay", Kind: slo.KindSLO,
		Objectives: []slo.Objective{{Name: "1d", Target: target, Window: slo.Rolling(24 * 60)}},
	}}})
	const end = slo.Minute(6000)
	nothing, err := burnrate.SeriesOf(slo.Span{Start: end, End: end}, nil, nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := e.Load(map[string]burnrate.Series{"pay": nothing}); err != nil {
		log.Fatal(err)
	}
	counts := slo.Counts{Total: 500, Bad: 5}
	var hours []burnrate.Coarse
	for hour := end - 12*60; hour < end; hour += 60 {
		hours = append(hours, burnrate.Coarse{Hour: hour, Sum: burnrate.Sum{Counts: counts, Rows: counts, Minutes: 60}})
	}
	show := func() {
		o := e.Snapshot(end.Time()).Statuses[0].Objectives[0]
		fmt.Printf("%d bad of %d in %d minutes, %d of them by the hour; consumed %v\n",
			o.Window.Counts.Bad, o.Window.Counts.Total, o.Window.Measured, o.Approximate, o.Budget.Consumed)
	}
	if err := e.SetCoarse(0, hours); err != nil {
		log.Fatal(err)
	}
	show()
	e.Correct(hours[0].Hour, 0, burnrate.Row{}, burnrate.Counted(slo.Counts{Total: 8}))
	show()
	// Output:
	// 60 bad of 6000 in 720 minutes, 720 of them by the hour; consumed 0.05
	// 55 bad of 5508 in 661 minutes, 660 of them by the hour; consumed 0.047794347712
}
