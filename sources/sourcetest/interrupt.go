package sourcetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/sources"
)

func checkEnded(ctx context.Context, r reporter, source tested) {
	ended, end := context.WithCancel(ctx)
	end()
	a := source.asking([]indicator{byBad(checkout), byBad(refund)}, whole(), minutes(begin, begin+length))
	answers := source.Source.Counts(ended, a.requests)
	if len(answers) != len(a.requests) {
		r.Errorf("%d answers to %d requests", len(answers), len(a.requests))
	}
	for n, answer := range answers {
		if answer.Err == nil || answer.Sums != nil {
			r.Errorf("request %d: got %v and the error %v, want an error alone", n, answer.Sums, answer.Err)
		}
	}
	asked := slos([]indicator{byBad(checkout), byBad(absent)})
	extents := source.Source.Extents(ended, now(), asked)
	if len(extents) != 2 || extents[0].Err == nil || extents[1].Err == nil {
		r.Errorf("got the extents %v, want two errors", extents)
		return
	}
	for n, extent := range source.Source.Extents(ctx, now(), asked) {
		checkFailedExtent(r, extents[n], extent.Span.End)
	}
}

// checkStalled ends the context while the source waits for an answer: for the
// first one, and after some came. Then it asks for everything again.
func checkStalled(ctx context.Context, r reporter, source tested) {
	a := source.asking(many(), whole(), hours())
	for _, answers := range []int{0, 1, 3} {
		got, resume := source.interrupted(ctx, r, a, answers)
		a.checkInterrupted(r, got)
		resume()
		a.check(r, source.Source.Counts(ctx, a.requests))
	}
}

// checkLeft looks for goroutines of a call that was interrupted. They have the
// labels of the one that started them.
func checkLeft(ctx context.Context, r reporter, source tested) {
	label := rand.Text()
	pprof.Do(ctx, pprof.Labels("sourcetest", label), func(ctx context.Context) {
		_, resume := source.interrupted(ctx, r, source.asking(many(), whole()), 1)
		defer resume()
	})
	if c, closes := source.Source.(interface{ Close() }); closes {
		c.Close()
	}
	if remains(label, source.linger) {
		r.Errorf("the context has ended and the call is over, and goroutines of it go on")
	}
}

// interrupted asks, and ends the context once so many answers have come from
// behind the source.
func (s tested) interrupted(ctx context.Context, r reporter, a asked, answers int) (got []sources.Answer, resume func()) {
	interrupted, end := context.WithCancel(ctx)
	defer end()
	stalled, resume := s.Stall(answers)
	answered := make(chan []sources.Answer, 1)
	go func() { answered <- s.Source.Counts(interrupted, a.requests) }()
	select {
	case <-stalled:
	case got := <-answered:
		return got, resume // it had nothing more to ask for
	}
	end()
	select {
	case got := <-answered:
		if !slices.ContainsFunc(got, func(a sources.Answer) bool { return a.Err != nil }) {
			r.Errorf("the context ended after %d answers, and no request has an error", answers)
		}
		return got, resume
	case <-time.After(s.patience):
		r.Errorf("the context ended after %d answers, and the call goes on", answers)
		return failing(len(a.requests), context.Canceled), resume
	}
}

// checkInterrupted compares the answers of a call that was interrupted. None of
// them may hold a half of what there is.
func (a asked) checkInterrupted(r reporter, got []sources.Answer) {
	if len(got) != len(a.requests) {
		r.Errorf("%d answers to %d requests", len(got), len(a.requests))
		return
	}
	for n, answer := range got {
		if answer.Err != nil && answer.Sums != nil || answer.Err == nil && a.wrong(n, answer.Sums) >= 0 {
			r.Errorf("request %d was interrupted: got %v and the error %v, want %v or an error alone", n, answer.Sums, answer.Err, a.sums[n])
			return
		}
	}
}

func failing(n int, err error) []sources.Answer {
	answers := make([]sources.Answer, n)
	for i := range answers {
		answers[i].Err = err
	}
	return answers
}

// remains reports whether a goroutine with a label goes on for too long. Those
// that end do so soon after the call, and nothing says when.
func remains(label string, linger time.Duration) bool {
	for wait := time.Millisecond; ; wait *= 2 {
		var running bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&running, 1); err == nil && !strings.Contains(running.String(), label) {
			return false
		}
		if wait > linger {
			return true
		}
		time.Sleep(wait)
	}
}
