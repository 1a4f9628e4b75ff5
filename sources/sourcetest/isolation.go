package sourcetest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// many are more SLIs than fit into one query of any source.
func many() []indicator {
	var list []indicator
	for n := range tills {
		at := till(n)
		list = append(list,
			byBad(checkout).where("till", at), byGood(checkout).where("till", at), all(checkout).where("till", at),
			byBad(refund, edge).where("till", at), byGood(edge).where("till", at), byBad(refund).where("till", at),
			byBad(checkout, refund).where("till", at), byGood(checkout, edge).where("till", at))
	}
	return list
}

// checkMany asks for hundreds of SLIs, and twice for each.
func checkMany(ctx context.Context, r reporter, source tested) {
	checkCounts(ctx, r, source, many(), whole(), hours())
	asked := many()
	extents := source.Source.Extents(ctx, now(), slos(asked))
	if len(extents) != len(asked) {
		r.Errorf("%d extents of %d SLOs", len(extents), len(asked))
		return
	}
	for n, extent := range extents {
		if want := asked[n].first(source.events); extent.Err != nil || extent.Span.Start != want {
			r.Errorf("the extent of %s begins with minute %d, want %d (error %v)", asked[n].id, extent.Span.Start, want, extent.Err)
			return
		}
	}
}

// checkAtOnce calls from several goroutines. The race detector looks on where
// it is on.
func checkAtOnce(ctx context.Context, r reporter, source tested) {
	asked := indicators()
	begun := make(chan struct{})
	var group sync.WaitGroup
	for n := range 8 {
		mine := append(slices.Clone(asked[n:]), asked[:n]...)
		group.Go(func() {
			<-begun
			for range 5 {
				checkCounts(ctx, r, source, mine[:4], whole(), hours())
				for i, extent := range source.Source.Extents(ctx, now(), slos(mine[:4])) {
					if extent.Err != nil {
						r.Errorf("extent of %s: %v", mine[i].id, extent.Err)
					}
				}
			}
		})
	}
	close(begun)
	group.Wait()
}

// checkKept looks at answers again after other calls.
func checkKept(ctx context.Context, r reporter, source tested) {
	first, second := source.asking([]indicator{byBad(checkout)}, hours()), source.asking([]indicator{byBad(edge)}, hours())
	given := source.Source.Counts(ctx, first.requests)
	second.check(r, source.Source.Counts(ctx, second.requests))
	first.check(r, given)
	for n, request := range first.requests {
		if !slices.Equal(request.Cuts, hours()) {
			r.Errorf("the cuts of request %d were changed to %v", n, request.Cuts)
		}
	}
}

func checkWrongCuts(ctx context.Context, r reporter, source tested) {
	request := sources.Request{SLO: byBad(checkout).slo()}
	request.Cuts = []slo.Minute{begin + 60, begin}
	checkWrong(ctx, r, source, "cuts that fall", request)
	request.Cuts = []slo.Minute{begin, begin + 60, begin + 60, begin + 120}
	checkWrong(ctx, r, source, "a cut that stands twice", request)
}

func checkWrongSLI(ctx context.Context, r reporter, source tested) {
	right := byBad(checkout)
	unreadable, both, nowhere := right.sli, right.sli, right.sli
	unreadable.Bad = text("failed IS IS")
	both.Good = text("failed IS FALSE")
	nowhere.From = nil
	for what, sli := range map[string]slo.SLI{
		"a condition that cannot be read": unreadable,
		"both good and bad":               both,
		"no event type":                   nowhere,
	} {
		checkWrong(ctx, r, source, what, sources.Request{SLO: of("wrong", sli), Cuts: hours()})
	}
	extents := source.Source.Extents(ctx, now(), []*slo.SLO{right.slo(), of("wrong", nowhere), right.slo()})
	if len(extents) != 3 || extents[0].Err != nil || extents[1].Err == nil || extents[2].Err != nil || extents[2].Span.Start != begin {
		r.Errorf("the extents with one of no event type in the middle are %v", extents)
		return
	}
	checkFailedExtent(r, extents[1], extents[0].Span.End)
}

// checkRefused asks for what is refused, beside SLIs that it would share a
// query with, and once more.
func checkRefused(ctx context.Context, r reporter, source tested) {
	for n := range 2 {
		checkWrong(ctx, r, source, fmt.Sprintf("a refused SLI, time %d", n+1), sources.Request{SLO: of("refused", source.Refused), Cuts: hours()})
	}
}

// checkWrong puts a wrong request between right ones.
func checkWrong(ctx context.Context, r reporter, source tested, what string, wrong sources.Request) {
	r.Helper()
	right := source.asking([]indicator{byBad(checkout), byGood(checkout).where("shop", "a"), byBad(edge), byBad(checkout)}, hours())
	const at = 2
	answers := source.Source.Counts(ctx, slices.Insert(slices.Clone(right.requests), at, wrong))
	if len(answers) != len(right.requests)+1 {
		r.Errorf("%s: %d answers to %d requests", what, len(answers), len(right.requests)+1)
		return
	}
	if got := answers[at]; got.Err == nil || got.Sums != nil {
		r.Errorf("%s: got counts %v and the error %v, want an error alone", what, got.Sums, got.Err)
	}
	for n, answer := range slices.Delete(answers, at, at+1) {
		if answer.Err != nil || right.wrong(n, answer.Sums) >= 0 {
			r.Errorf("%s: the request %d beside it got %v and the error %v", what, n, answer.Sums, answer.Err)
		}
	}
}
