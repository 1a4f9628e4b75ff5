package newrelic_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// keeper measures SLOs minute by minute and keeps what it measured, as a ledger
// would.
type keeper struct {
	shop   *shop
	kept   map[string]map[slo.Minute]sources.Sum // by id
	end    slo.Minute
	counts int // minutes of SLOs that were counted
}

// tick closes the minutes up to end.
func (k *keeper) tick(t *testing.T, end slo.Minute) {
	watched := k.shop.source.Watch(k.shop.slos)
	lookback := slo.Span{Start: end - slo.Minute(sources.Lookback(k.end, end, 6*time.Hour)), End: end}
	lookback.Start = max(firstMinute, lookback.Start)
	read := k.read(t, watched, lookback, sources.Fresh)
	for i, measured := range k.shop.slos {
		known := make([]sources.Sum, 0, lookback.Len())
		for m := lookback.Start; m < lookback.End; m++ {
			known = append(known, k.kept[watched[i].ID][m])
		}
		for _, span := range sources.Changed(lookback.Start, known, read[i]) {
			k.keep(measured.ID, span, k.read(t, k.shop.slos[i:i+1], span, sources.Correction)[0])
			k.counts += int(span.Len())
		}
	}
	for i := range watched {
		k.keep(watched[i].ID, lookback, read[i])
	}
	k.end = end
}

func (k *keeper) read(t *testing.T, slos []*slo.SLO, span slo.Span, need sources.Need) [][]sources.Sum {
	var requests []sources.Request
	for _, measured := range slos {
		request := sources.Request{SLO: measured, Need: need}
		for m := span.Start; m <= span.End; m++ {
			request.Cuts = append(request.Cuts, m)
		}
		requests = append(requests, request)
	}
	var sums [][]sources.Sum
	for _, answer := range k.shop.source.Counts(t.Context(), requests) {
		if answer.Err != nil {
			t.Fatal(answer.Err)
		}
		sums = append(sums, answer.Sums)
	}
	return sums
}

func (k *keeper) keep(id string, span slo.Span, sums []sources.Sum) {
	if k.kept[id] == nil {
		k.kept[id] = map[slo.Minute]sources.Sum{}
	}
	for i, sum := range sums {
		k.kept[id][span.Start+slo.Minute(i)] = sum
	}
}

// lateUntil is the end of the minutes that [TestLateEvents] measures.
const lateUntil = firstMinute + 130

// TestLateEvents measures hours in which a tenth of the events arrives late. In
// the end nothing is missing, and few minutes were counted twice.
func TestLateEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := openShop(t, firstMinute+3)
		s.slos = s.slos[:3] // logs, pay and search; slices close later than minutes
		s.inject(t, "late=Log:0.2%:25m,late=Transaction:1%:4m")
		k := &keeper{shop: s, kept: map[string]map[slo.Minute]sources.Sum{}, end: firstMinute}
		for end := firstMinute + 1; end <= lateUntil; end++ {
			time.Sleep(time.Minute)
			k.tick(t, end)
		}
		time.Sleep(2 * time.Hour)
		k.tick(t, lateUntil)
		k.tick(t, lateUntil+120)
		s.inject(t, "")
		for i, measured := range s.slos {
			want := k.read(t, s.slos[i:i+1], slo.Span{Start: firstMinute, End: lateUntil}, sources.Fresh)[0]
			got := make([]sources.Sum, 0, len(want))
			for m := firstMinute; m < lateUntil; m++ {
				got = append(got, k.kept[measured.ID][m])
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", measured.ID, diff)
			}
		}
		minutes := len(s.slos) * int(lateUntil-firstMinute+120)
		if again := k.counts - minutes; again < 5 || again > minutes/5 {
			t.Errorf("%d minutes were counted, %d of them again", k.counts, again)
		}
	})
}
