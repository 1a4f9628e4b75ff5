package sources

import (
	"context"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Unavailable is a source that could not be opened: whatever it is asked, it
// answers with err.
func Unavailable(err error) Source { return unavailable{err} }

type unavailable struct{ err error }

func (u unavailable) Extents(_ context.Context, now time.Time, slos []*slo.SLO) []Extent {
	extents := make([]Extent, len(slos))
	for i := range extents {
		extents[i] = Extent{Span: slo.Span{Start: slo.MinuteAt(now), End: slo.MinuteAt(now)}, Err: u.err}
	}
	return extents
}

func (u unavailable) Counts(_ context.Context, requests []Request) []Answer {
	answers := make([]Answer, len(requests))
	for i := range answers {
		answers[i].Err = u.err
	}
	return answers
}
