package engine

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// readings counts how often minutes are read.
type readings struct {
	*ledger.Ledger
	count int
}

func (r *readings) Minutes(ctx context.Context, ids []slo.IndicatorID, span slo.Span) iter.Seq2[burnrate.Record, error] {
	r.count++
	return r.Ledger.Minutes(ctx, ids, span)
}

// TestCompare finds what has changed of requests for spans of all kinds, and reads
// an hour once for all of them.
func TestCompare(t *testing.T) {
	t.Parallel()
	l, err := ledger.Open(t.Context(), t.TempDir(), ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nothing is read afterwards
	const hours, indicators = 5, 40
	random := rand.New(rand.NewPCG(1, 2))
	start := slo.MinuteAt(time.Date(2026, 3, 4, 8, 0, 0, 0, time.UTC))
	now := (start + hours*60 + 5).Time()
	row := func(total int64) burnrate.Row { return burnrate.Counted(slo.Counts{Total: total}) }
	f := &feed{}
	batch := burnrate.Batch{}
	for k := range indicators {
		i := &indicator{id: slo.IndicatorID(fmt.Sprint("i", k)), slo: &slo.SLO{Source: &slo.Source{NewRelic: slo.NewRelic{Retention: slo.Retention{Default: 24 * time.Hour}}}}}
		f.indicators = append(f.indicators, i)
		batch.Indicators = append(batch.Indicators, i.id)
	}
	kept := map[slo.Minute][]burnrate.Row{}
	for m := start; m < start+hours*60; m++ {
		rows := make([]burnrate.Row, indicators)
		for k := range rows {
			if random.IntN(10) > 0 && m%17 != 0 {
				rows[k] = row(int64(random.IntN(3)))
			}
		}
		kept[m] = rows
		batch.Records = append(batch.Records, burnrate.Record{Minute: m, Rows: rows})
	}
	if err := l.Commit(t.Context(), burnrate.Tick{At: now, Measured: []burnrate.Batch{batch}}); err != nil {
		t.Fatal(err)
	}
	var requests []*request
	want := map[string]burnrate.Row{} // before, by request and minute
	for n := range 200 {
		k := random.IntN(indicators)
		from := start + slo.Minute(random.IntN(hours*60-1))
		r := &request{indicator: f.indicators[k], span: slo.Span{Start: from, End: min(from+1+slo.Minute(random.IntN(150)), start+hours*60)}}
		for m := r.span.Start; m < r.span.End; m++ {
			read := row(kept[m][k].Counts.Total + int64(random.IntN(2)))
			r.answer.Sums = append(r.answer.Sums, sources.Sum{Counts: read.Counts, Rows: read.Rows, Minutes: 1})
			if read != kept[m][k] {
				want[fmt.Sprint(n, " ", m)] = kept[m][k]
			}
		}
		requests = append(requests, r)
	}
	counted := &readings{Ledger: l}
	e := &Engine{ledger: counted}
	if err := e.compare(t.Context(), f, requests, now); err != nil {
		t.Fatal(err)
	}
	for n, r := range requests {
		for c, change := range r.changes {
			key := fmt.Sprint(n, " ", change.minute)
			if before, changed := want[key]; !changed || before != change.before || c > 0 && r.changes[c-1].minute >= change.minute {
				t.Fatalf("request %d for %v: %+v", n, r.span, change)
			}
			delete(want, key)
		}
		if r.settled.len() != r.span.Len() {
			t.Errorf("%d of %d minutes are settled", r.settled.len(), r.span.Len())
		}
	}
	if len(want) > 0 {
		t.Errorf("%d changes were not found", len(want))
	}
	if counted.count > hours {
		t.Errorf("minutes were read %d times", counted.count)
	}
}
