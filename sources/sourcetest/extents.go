package sourcetest

import (
	"context"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// checkFailedExtent looks at an extent with an error. It must be empty and end
// within the hour before the end of one that could be measured, or after it.
func checkFailedExtent(r reporter, failed sources.Extent, end slo.Minute) {
	r.Helper()
	if span := failed.Span; span.Start != span.End || span.End < end-60 || span.End > slo.MinuteAt(now()) {
		r.Errorf("the extent with the error %v is %v, want an empty one that ends like others, with %d", failed.Err, span, end)
	}
}

func checkExtents(ctx context.Context, r reporter, source tested) {
	asked := []indicator{byBad(checkout), byGood(checkout).where("shop", "b"), byBad(edge), byBad(checkout, absent)}
	extents := source.Source.Extents(ctx, now(), slos(asked))
	if len(extents) != len(asked) {
		r.Errorf("%d extents of %d SLOs", len(extents), len(asked))
		return
	}
	newest := slo.MinuteAt(now())
	for n, extent := range extents {
		if first := asked[n].first(source.events); extent.Err != nil || extent.Never || extent.Span.Start != first {
			r.Errorf("extent %d begins with minute %d, want %d (error %v)", n, extent.Span.Start, first, extent.Err)
		}
		if extent.Span.End > newest || extent.Span.End < newest-60 {
			r.Errorf("extent %d ends with minute %d, want one of the hour before %d", n, extent.Span.End, newest)
		}
	}
}

func checkEmptyExtent(ctx context.Context, r reporter, source tested) {
	extents := source.Source.Extents(ctx, now(), slos([]indicator{byBad(absent)}))
	if len(extents) != 1 || extents[0].Err != nil || extents[0].Span.Start != extents[0].Span.End || !extents[0].Never {
		r.Errorf("got %v, want one empty extent of what never happened", extents)
	}
}
