package sourcetest

import (
	"context"
	"slices"
	"testing"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Run runs the tests, each with a source of its own. open returns a source
// that knows the given events and no others.
func Run(t *testing.T, open func(t *testing.T, events []Event) sources.Source) {
	for _, c := range contract() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t.Context(), t, subject{open(t, history()), nil})
		})
	}
}

// RunCounts runs the tests with sources that keep counts of SLOs by their ids
// and do not know events. open returns a source that knows the given rows. A
// minute without a row was not measured, and an SLO without any never was.
func RunCounts(t *testing.T, open func(t *testing.T, rows []Row) sources.Source) {
	for _, c := range contract() {
		if c.reads {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t.Context(), t, subject{open(t, rows()), indicator.measured})
		})
	}
}

// subject is a source that is tested.
type subject struct {
	sources.Source
	measured func(indicator) slo.Span // of an indicator; nil when every minute is
}

// sums says what the source has to answer.
func (s subject) sums(i indicator, cuts []slo.Minute) []sources.Sum {
	sums := i.sums(cuts)
	for n := range sums {
		if s.measured != nil {
			sums[n].Minutes = slo.Span{Start: cuts[n], End: cuts[n+1]}.Intersect(s.measured(i)).Len()
		}
	}
	return sums
}

// reporter is what a check needs of a [testing.T].
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// clause is one part of what a source promises.
type clause struct {
	name  string
	check func(ctx context.Context, r reporter, source subject)
	reads bool // it is about what the SLI says, which a source of counts does not read
}

func contract() []clause {
	return []clause{
		{"answers come in the order of the requests", checkOrder, false},
		{"spans are half-open", checkHalfOpen, false},
		{"counts of spans add up", checkSums, false},
		{"what is not good is bad", checkForms, false},
		{"without a condition all events count, none as bad", checkRaw, false},
		{"nothing happened is zero", checkZero, false},
		{"nothing asked is nothing answered", checkNothingAsked, false},
		{"wrong cuts leave the other requests alone", checkWrongCuts, false},
		{"a wrong SLI leaves the others alone", checkWrongSLI, true},
		{"an extent begins with the first event", checkExtents, false},
		{"an extent without events is empty", checkEmptyExtent, false},
		{"nothing is measured once the context has ended", checkEnded, false},
	}
}

// whole cuts the history out, with time around it in which nothing happened.
func whole() []slo.Minute { return []slo.Minute{begin - 30, begin + length + 30} }

// minutes returns every minute from first to last.
func minutes(first, last slo.Minute) []slo.Minute {
	var list []slo.Minute
	for m := first; m <= last; m++ {
		list = append(list, m)
	}
	return list
}

// checkCounts asks for everything at once and compares each answer.
func checkCounts(ctx context.Context, r reporter, source subject, indicators []indicator, cuts ...[]slo.Minute) {
	r.Helper()
	var requests []sources.Request
	var want [][]sources.Sum
	for _, i := range indicators {
		for _, c := range cuts {
			requests = append(requests, sources.Request{SLO: i.slo(), Cuts: slices.Clone(c)})
			want = append(want, source.sums(i, c))
		}
	}
	answers := source.Counts(ctx, requests)
	if len(answers) != len(requests) {
		r.Errorf("%d answers to %d requests", len(answers), len(requests))
		return
	}
	for n, answer := range answers {
		switch {
		case answer.Err != nil:
			r.Errorf("request %d: %v", n, answer.Err)
		case len(answer.Sums) != len(want[n]):
			r.Errorf("request %d: %d counts between %d cuts", n, len(answer.Sums), len(requests[n].Cuts))
		default:
			compare(r, n, requests[n].Cuts, answer.Sums, want[n])
		}
	}
}

// compare reports the first span that was counted wrongly.
func compare(r reporter, request int, cuts []slo.Minute, got, want []sources.Sum) {
	r.Helper()
	for i := range got {
		if got[i] != want[i] {
			r.Errorf("request %d: got %+v from minute %d to %d, want %+v", request, got[i], cuts[i], cuts[i+1], want[i])
			return
		}
	}
}

func checkOrder(ctx context.Context, r reporter, source subject) {
	checkCounts(ctx, r, source, []indicator{
		byBad(refund), byBad(checkout), byBad(checkout).inShop("a"), byBad(edge), byBad(checkout).inShop("b"),
		byGood(checkout), byBad(refund, checkout), byBad(refund),
	}, whole(), []slo.Minute{begin, begin + 60, begin + 120}, []slo.Minute{begin + 60, begin + 120})

	asked := []indicator{byBad(refund), byBad(checkout), byBad(edge), byBad(refund, checkout), byBad(refund)}
	extents := source.Extents(ctx, now(), slos(asked))
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
func checkHalfOpen(ctx context.Context, r reporter, source subject) {
	checkCounts(ctx, r, source, []indicator{byBad(edge), byGood(edge)},
		[]slo.Minute{cut - 2, cut - 1, cut, cut + 1, cut + 2},
		[]slo.Minute{cut - 1, cut}, []slo.Minute{cut, cut + 1}, []slo.Minute{cut - 1, cut + 1},
		[]slo.Minute{cut - 60, cut}, []slo.Minute{cut, cut + 60})
}

// checkSums compares single minutes with spans of many lengths, some of them
// longer than a source may be able to ask for at once.
func checkSums(ctx context.Context, r reporter, source subject) {
	end := begin + length
	checkCounts(ctx, r, source, []indicator{byBad(checkout), byGood(checkout).inShop("a")},
		minutes(begin, end),
		[]slo.Minute{begin, begin + 1, begin + 3, begin + 10, begin + 60, begin + 61, end},
		[]slo.Minute{end - 120, end - 30, end - 5, end},
		[]slo.Minute{begin - 1_000, begin + 7, end - 1, end + 60},
		[]slo.Minute{begin, end},
		minutes(begin-400, end+20))
}

func checkForms(ctx context.Context, r reporter, source subject) {
	checkCounts(ctx, r, source, []indicator{
		byBad(checkout), byGood(checkout), byBad(checkout).inShop("b"), byGood(checkout).inShop("b"), byGood(refund, edge),
	}, whole())
}

func checkRaw(ctx context.Context, r reporter, source subject) {
	checkCounts(ctx, r, source, []indicator{all(checkout), all(refund, edge)}, whole(), []slo.Minute{begin, begin + 60, begin + 120})
}

func checkZero(ctx context.Context, r reporter, source subject) {
	checkCounts(ctx, r, source, []indicator{byBad(checkout), byGood(checkout)},
		[]slo.Minute{begin - 20, begin - 10, begin}, []slo.Minute{begin + length, begin + length + 9})
	checkCounts(ctx, r, source, []indicator{byBad(absent), byGood(absent), byBad(checkout).inShop("none")},
		whole(), []slo.Minute{begin, begin + 60, begin + 120})
}

func checkNothingAsked(ctx context.Context, r reporter, source subject) {
	if got := source.Counts(ctx, nil); len(got) > 0 {
		r.Errorf("%d answers to no requests", len(got))
	}
	if got := source.Extents(ctx, now(), nil); len(got) > 0 {
		r.Errorf("%d extents of no SLOs", len(got))
	}
	checkCounts(ctx, r, source, []indicator{byBad(checkout), byBad(absent)}, nil, []slo.Minute{}, []slo.Minute{begin}, []slo.Minute{begin, begin + 60})
}

func checkWrongCuts(ctx context.Context, r reporter, source subject) {
	request := sources.Request{SLO: byBad(checkout).slo()}
	request.Cuts = []slo.Minute{begin + 60, begin}
	checkWrong(ctx, r, source, "cuts that fall", request)
	request.Cuts = []slo.Minute{begin, begin + 60, begin + 60, begin + 120}
	checkWrong(ctx, r, source, "a cut that stands twice", request)
}

func checkWrongSLI(ctx context.Context, r reporter, source subject) {
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
		checkWrong(ctx, r, source, what, sources.Request{SLO: of("wrong", sli), Cuts: []slo.Minute{begin, begin + 60, begin + 120}})
	}
	extents := source.Extents(ctx, now(), []*slo.SLO{right.slo(), of("wrong", nowhere), right.slo()})
	if len(extents) != 3 || extents[0].Err != nil || extents[1].Err == nil || extents[2].Err != nil || extents[2].Span.Start != begin {
		r.Errorf("the extents with one of no event type in the middle are %v", extents)
		return
	}
	checkFailedExtent(r, extents[1], extents[0].Span.End)
}

// checkWrong puts a wrong request between right ones.
func checkWrong(ctx context.Context, r reporter, source subject, what string, wrong sources.Request) {
	r.Helper()
	right := byBad(checkout)
	fine := sources.Request{SLO: right.slo(), Cuts: []slo.Minute{begin, begin + 60, begin + 120}}
	answers := source.Counts(ctx, []sources.Request{fine, wrong, fine})
	if len(answers) != 3 {
		r.Errorf("%s: %d answers to 3 requests", what, len(answers))
		return
	}
	if answers[1].Err == nil || answers[1].Sums != nil {
		r.Errorf("%s: got counts %v and the error %v, want an error alone", what, answers[1].Sums, answers[1].Err)
	}
	for _, n := range []int{0, 2} {
		if answers[n].Err != nil || !slices.Equal(answers[n].Sums, source.sums(right, fine.Cuts)) {
			r.Errorf("%s: the request beside it got %v and the error %v", what, answers[n].Sums, answers[n].Err)
		}
	}
}

// checkFailedExtent looks at an extent with an error. It must be empty and end
// within the hour before the end of one that could be measured, or after it.
func checkFailedExtent(r reporter, failed sources.Extent, end slo.Minute) {
	r.Helper()
	if span := failed.Span; span.Start != span.End || span.End < end-60 || span.End > slo.MinuteAt(now()) {
		r.Errorf("the extent with the error %v is %v, want an empty one that ends like others, with %d", failed.Err, span, end)
	}
}

func checkExtents(ctx context.Context, r reporter, source subject) {
	asked := []indicator{byBad(checkout), byGood(checkout).inShop("b"), byBad(edge), byBad(checkout, absent)}
	extents := source.Extents(ctx, now(), slos(asked))
	if len(extents) != len(asked) {
		r.Errorf("%d extents of %d SLOs", len(extents), len(asked))
		return
	}
	newest := slo.MinuteAt(now())
	for n, extent := range extents {
		first := begin
		if n == 2 {
			first = cut - 2
		}
		if extent.Err != nil || extent.Never || extent.Span.Start != first {
			r.Errorf("extent %d begins with minute %d, want %d (error %v)", n, extent.Span.Start, first, extent.Err)
		}
		if extent.Span.End > newest || extent.Span.End < newest-60 {
			r.Errorf("extent %d ends with minute %d, want one of the hour before %d", n, extent.Span.End, newest)
		}
	}
}

func checkEmptyExtent(ctx context.Context, r reporter, source subject) {
	extents := source.Extents(ctx, now(), slos([]indicator{byBad(absent)}))
	if len(extents) != 1 || extents[0].Err != nil || extents[0].Span.Start != extents[0].Span.End || !extents[0].Never {
		r.Errorf("got %v, want one empty extent of what never happened", extents)
	}
}

func checkEnded(ctx context.Context, r reporter, source subject) {
	ended, end := context.WithCancel(ctx)
	end()
	requests := []sources.Request{{SLO: byBad(checkout).slo(), Cuts: whole()}, {SLO: byBad(refund).slo(), Cuts: minutes(begin, begin+length)}}
	answers := source.Counts(ended, requests)
	if len(answers) != len(requests) {
		r.Errorf("%d answers to %d requests", len(answers), len(requests))
	}
	for n, answer := range answers {
		if answer.Err == nil || answer.Sums != nil {
			r.Errorf("request %d: got %v and the error %v, want an error alone", n, answer.Sums, answer.Err)
		}
	}
	asked := slos([]indicator{byBad(checkout), byBad(absent)})
	extents := source.Extents(ended, now(), asked)
	if len(extents) != 2 || extents[0].Err == nil || extents[1].Err == nil {
		r.Errorf("got the extents %v, want two errors", extents)
		return
	}
	for n, extent := range source.Extents(ctx, now(), asked) {
		checkFailedExtent(r, extents[n], extent.Span.End)
	}
}

func slos(indicators []indicator) []*slo.SLO {
	var list []*slo.SLO
	for _, i := range indicators {
		list = append(list, i.slo())
	}
	return list
}
