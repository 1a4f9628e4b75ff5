package sourcetest

import (
	"context"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// whole cuts the history out, with time around it in which nothing happened.
func whole() []slo.Minute { return []slo.Minute{begin - 30, begin + length + 30} }

// hours cuts two hours out.
func hours() []slo.Minute { return []slo.Minute{begin, begin + 60, begin + 120} }

// minutes returns every minute from first to last.
func minutes(first, last slo.Minute) []slo.Minute {
	var list []slo.Minute
	for m := first; m <= last; m++ {
		list = append(list, m)
	}
	return list
}

// asked are requests with the answers that are right.
type asked struct {
	requests []sources.Request
	sums     [][]sources.Sum
	loose    []bool // the events behind the counts may be others
}

func (s tested) asking(indicators []indicator, cuts ...[]slo.Minute) asked {
	var a asked
	for _, i := range indicators {
		for _, c := range cuts {
			a.requests = append(a.requests, sources.Request{SLO: i.slo(), Cuts: slices.Clone(c)})
			a.sums = append(a.sums, s.sums(i, c))
			a.loose = append(a.loose, i.looseRows)
		}
	}
	return a
}

// check compares answers with the right ones.
func (a asked) check(r reporter, answers []sources.Answer) {
	r.Helper()
	if len(answers) != len(a.requests) {
		r.Errorf("%d answers to %d requests", len(answers), len(a.requests))
		return
	}
	for n, answer := range answers {
		id, cuts, want := a.requests[n].SLO.ID, a.requests[n].Cuts, a.sums[n]
		switch {
		case answer.Err != nil:
			r.Errorf("request %d, %s: %v", n, id, answer.Err)
		case len(answer.Sums) != len(want):
			r.Errorf("request %d, %s: %d counts between %d cuts", n, id, len(answer.Sums), len(cuts))
		default:
			if i := a.wrong(n, answer.Sums); i >= 0 {
				r.Errorf("request %d, %s: got %+v from minute %d to %d, want %+v", n, id, answer.Sums[i], cuts[i], cuts[i+1], want[i])
			}
		}
	}
}

// wrong returns the first span of a request that was counted wrongly, -1 for
// none.
func (a asked) wrong(request int, got []sources.Sum) int {
	if len(got) != len(a.sums[request]) {
		return 0
	}
	for i, want := range a.sums[request] {
		if a.loose[request] {
			want.Rows = got[i].Rows
		}
		if got[i] != want {
			return i
		}
	}
	return -1
}

// checkCounts asks for everything at once and compares each answer.
func checkCounts(ctx context.Context, r reporter, source tested, indicators []indicator, cuts ...[]slo.Minute) {
	r.Helper()
	a := source.asking(indicators, cuts...)
	a.check(r, source.Source.Counts(ctx, a.requests))
}

func checkOrder(ctx context.Context, r reporter, source tested) {
	checkCounts(ctx, r, source, []indicator{
		byBad(refund), byBad(checkout), byBad(checkout).where("shop", "a"), byBad(edge), byBad(checkout).where("shop", "b"),
		byGood(checkout), byBad(refund, checkout), byBad(refund),
	}, whole(), hours(), []slo.Minute{begin + 60, begin + 120})

	asked := []indicator{byBad(refund), byBad(checkout), byBad(edge), byBad(refund, checkout), byBad(refund)}
	extents := source.Source.Extents(ctx, now(), slos(asked))
	if len(extents) != len(asked) {
		r.Errorf("%d extents of %d SLOs", len(extents), len(asked))
		return
	}
	for n, want := range []slo.Minute{begin + 60, begin, cut - 2, begin, begin + 60} {
		if extents[n].Err != nil || extents[n].Span.Start != want {
			r.Errorf("extent %d begins with minute %d, want %d (error %v)", n, extents[n].Span.Start, want, extents[n].Err)
		}
	}
}

// checkHalfOpen looks at events on the first and last milliseconds of spans.
func checkHalfOpen(ctx context.Context, r reporter, source tested) {
	checkCounts(ctx, r, source, []indicator{byBad(edge), byGood(edge)},
		[]slo.Minute{cut - 2, cut - 1, cut, cut + 1, cut + 2},
		[]slo.Minute{cut - 1, cut}, []slo.Minute{cut, cut + 1}, []slo.Minute{cut - 1, cut + 1},
		[]slo.Minute{cut - 60, cut}, []slo.Minute{cut, cut + 60})
}

// checkSums compares single minutes with spans of many lengths.
func checkSums(ctx context.Context, r reporter, source tested) {
	end := begin + length
	checkCounts(ctx, r, source, []indicator{byBad(checkout), byGood(checkout).where("shop", "a")},
		minutes(begin, end),
		[]slo.Minute{begin, begin + 1, begin + 3, begin + 10, begin + 60, begin + 61, end},
		[]slo.Minute{end - 120, end - 30, end - 5, end},
		[]slo.Minute{begin - 1_000, begin + 7, end - 1, end + 60},
		[]slo.Minute{begin, end})
}

// checkLong asks for more minutes than a source may be able to ask for at once,
// and for steps of which none is a part of an hour.
func checkLong(ctx context.Context, r reporter, source tested) {
	var sevens []slo.Minute
	for m := begin - 1_300; m < begin+length+100; m += 7 {
		sevens = append(sevens, m)
	}
	checkCounts(ctx, r, source, []indicator{byBad(checkout), byBad(edge)},
		minutes(begin-1_400, begin+length+20), sevens, []slo.Minute{begin - 1_399, begin - 1, begin + length})
}

func checkForms(ctx context.Context, r reporter, source tested) {
	checkCounts(ctx, r, source, []indicator{
		byBad(checkout), byGood(checkout), byBad(checkout).where("shop", "b"), byGood(checkout).where("shop", "b"), byGood(refund, edge),
	}, whole())
}

func checkRaw(ctx context.Context, r reporter, source tested) {
	checkCounts(ctx, r, source, []indicator{all(checkout), all(refund, edge)}, whole(), hours())
}

func checkZero(ctx context.Context, r reporter, source tested) {
	checkCounts(ctx, r, source, []indicator{byBad(checkout), byGood(checkout)},
		[]slo.Minute{begin - 20, begin - 10, begin}, []slo.Minute{begin + length, begin + length + 9})
	checkCounts(ctx, r, source, []indicator{byBad(absent), byGood(absent), byBad(checkout).where("shop", "none")}, whole(), hours())
}

func checkNothingAsked(ctx context.Context, r reporter, source tested) {
	if got := source.Source.Counts(ctx, nil); len(got) > 0 {
		r.Errorf("%d answers to no requests", len(got))
	}
	if got := source.Source.Extents(ctx, now(), nil); len(got) > 0 {
		r.Errorf("%d extents of no SLOs", len(got))
	}
	checkCounts(ctx, r, source, []indicator{byBad(checkout), byBad(absent)}, nil, []slo.Minute{}, []slo.Minute{begin}, []slo.Minute{begin, begin + 60})
}

func weighted() []indicator {
	return []indicator{byBad(checkout).byItems(), byGood(checkout).byItems(), byBad(checkout).where("shop", "b").byItems(), all(refund, edge).byItems()}
}

// checkWeights counts items to three decimals, and the events behind them.
func checkWeights(ctx context.Context, r reporter, source tested) {
	checkCounts(ctx, r, source, weighted(), whole(), hours(), minutes(begin, begin+length))
}

func large() []indicator { return []indicator{byBad(freight).byItems()} }

func checkLarge(ctx context.Context, r reporter, source tested) {
	checkCounts(ctx, r, source, large(), minutes(begin, begin+2*heavy), []slo.Minute{begin, begin + heavy})
}

// checkTooLarge asks for more than floats can hold: what a source cannot say
// exactly is an error, and no number that is nearly right.
func checkTooLarge(ctx context.Context, r reporter, source tested) {
	a := source.asking(large(), []slo.Minute{begin, begin + 2*heavy})
	answers := source.Source.Counts(ctx, a.requests)
	if len(answers) != 1 {
		r.Errorf("%d answers to a request", len(answers))
		return
	}
	if got := answers[0]; got.Err == nil && a.wrong(0, got.Sums) >= 0 || got.Err != nil && got.Sums != nil {
		r.Errorf("got %+v and the error %v, want %+v or an error alone", got.Sums, got.Err, a.sums[0])
	}
}

func sliced() []indicator {
	return []indicator{
		perSlice(time.Minute, "", checkout), perSlice(5*time.Minute, "", checkout), perSlice(30*time.Minute, slo.EmptyBad, checkout),
		perSlice(5*time.Minute, slo.EmptyGood, checkout).where("shop", "b"), perSlice(time.Hour, "", refund),
	}
}

// checkSlices asks for slices between cuts on which none begins: a slice
// belongs to its first minute, wherever the cuts are.
func checkSlices(ctx context.Context, r reporter, source tested) {
	first := begin.Floor(60) + 60
	checkCounts(ctx, r, source, sliced(), []slo.Minute{first, first + 60, first + 120}, []slo.Minute{begin + 1, begin + 2, begin + 64, begin + 67, begin + 120},
		minutes(begin, begin+length), []slo.Minute{begin + length, begin + length + 20, begin + length + 61})
	asked := sliced()
	for n, extent := range source.Source.Extents(ctx, now(), slos(asked)) {
		want := asked[n].sli.Closed(asked[n].first(source.events))
		if extent.Err != nil || extent.Span.Start != want || extent.Span.End != asked[n].sli.Closed(extent.Span.End) {
			r.Errorf("%s can be measured in %v, want whole slices from %d on (error %v)", asked[n].id, extent.Span, want, extent.Err)
		}
	}
}

func queried() []indicator {
	return []indicator{
		byQueries("count(*)", checkout, false), byQueries("count(*)", checkout, true),
		byQueries("sum(items)", checkout, false), byQueries("count(*)", refund, false),
	}
}

func checkQueries(ctx context.Context, r reporter, source tested) {
	checkCounts(ctx, r, source, queried(), whole(), hours(), minutes(begin+10, begin+40))
}

// checkNeeds asks for the same in each urgency, and in all of them at once.
func checkNeeds(ctx context.Context, r reporter, source tested) {
	a := source.asking([]indicator{byBad(checkout), byGood(checkout), byBad(refund)}, whole(), hours())
	for n := range a.requests {
		a.requests[n].Need = []sources.Need{sources.Correction, sources.Backfill, sources.Fresh}[n%3]
	}
	a.check(r, source.Source.Counts(ctx, a.requests))
	for _, need := range []sources.Need{sources.Correction, sources.Backfill} {
		for n := range a.requests {
			a.requests[n].Need = need
		}
		a.check(r, source.Source.Counts(ctx, a.requests))
	}
}
