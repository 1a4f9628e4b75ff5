package sourcetest

import (
	"context"
	"slices"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// checkLate asks the same twice, and lets events arrive in between.
func checkLate(ctx context.Context, r reporter, source tested) {
	asked := []indicator{byBad(checkout), byGood(checkout).where("shop", "a"), all(checkout), byBad(refund)}
	cuts := [][]slo.Minute{whole(), hours(), minutes(begin-5, begin+length)}
	checkCounts(ctx, r, source, asked, cuts...)
	checkStart := func() {
		r.Helper()
		for n, extent := range source.Source.Extents(ctx, now(), slos(asked)) {
			if want := asked[n].first(source.events); extent.Err != nil || extent.Span.Start != want {
				r.Errorf("the extent of %s begins with minute %d, want %d (error %v)", asked[n].id, extent.Span.Start, want, extent.Err)
			}
		}
	}
	checkStart()
	source.add(late())
	checkCounts(ctx, r, source, asked, cuts...)
	checkStart()
}

// checkWatching finds the minutes of late events in the way that a
// [sources.Watcher] is there for.
func checkWatching(ctx context.Context, r reporter, source tested) {
	asked := []indicator{byBad(checkout), byBad(refund), byGood(checkout).where("shop", "a"), byGood(refund, checkout)}
	early, refunded, last := slo.Span{Start: begin - 2, End: begin - 1}, slo.Span{Start: begin + 70, End: begin + 71}, slo.Span{Start: begin + 100, End: begin + 101}
	among := slo.Span{Start: begin + 5, End: begin + 7}
	want := [][]slo.Span{{early, among, last}, {refunded}, {early, among, last}, {early, among, refunded, last}}

	watched := source.Source.(sources.Watcher).Watch(slos(asked))
	if len(watched) != len(asked) || slices.Contains(watched, nil) {
		r.Errorf("%d of %d SLOs are watched: %v", len(watched), len(asked), watched)
		return
	}
	if watched[0] != watched[2] || watched[0] == watched[1] {
		r.Errorf("SLOs of the same event types are watched by one SLO, and no others: got %q", ids(watched))
	}
	before := source.read(ctx, r, watched)
	if again := source.read(ctx, r, source.Source.(sources.Watcher).Watch(slos(asked))); !slices.EqualFunc(before, again, slices.Equal) {
		r.Errorf("nothing has arrived, and what is watched has changed")
	}
	source.add(late())
	for n, after := range source.read(ctx, r, watched) {
		if got := sources.Changed(begin-5, before[n], after); !slices.Equal(got, want[n]) {
			r.Errorf("%s: the minutes %v have changed, want %v", asked[n].id, got, want[n])
		}
	}
}

// read counts the minutes around the history.
func (s tested) read(ctx context.Context, r reporter, watched []*slo.SLO) [][]sources.Sum {
	var requests []sources.Request
	for _, w := range watched {
		requests = append(requests, sources.Request{SLO: w, Cuts: minutes(begin-5, begin+length)})
	}
	sums := make([][]sources.Sum, len(watched))
	for n, answer := range s.Source.Counts(ctx, requests) {
		if answer.Err != nil {
			r.Errorf("%s: %v", watched[n].ID, answer.Err)
		}
		sums[n] = answer.Sums
	}
	return sums
}

func ids(slos []*slo.SLO) []string {
	var list []string
	for _, s := range slos {
		list = append(list, s.ID)
	}
	return list
}
