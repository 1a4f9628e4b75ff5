package newrelic

import (
	"context"
	"fmt"
	"time"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Source measures SLIs in one New Relic account. It implements
// [sources.Source]. It may be used concurrently.
type Source struct {
	config   slo.NewRelic
	client   *nerdgraph.Client
	now      func() time.Time
	sleep    func(context.Context, time.Duration) error
	parsed   *parsed
	culprits *culprits
	watching *watching
}

var _ sources.Source = (*Source)(nil)

// New returns a source that asks through client. What New Relic refuses is left
// alone for a while by the clock now.
func New(config slo.NewRelic, client *nerdgraph.Client, now func() time.Time) *Source {
	return &Source{config, client, now, sleep, &parsed{}, &culprits{}, &watching{}}
}

// sleep waits, or fails with the context.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Extents asks for the first event of every FROM set, as far back as events
// are kept. Nothing before it is measured: events that are gone, or that never
// were, look the same as zero.
func (s *Source) Extents(ctx context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	extents := make([]sources.Extent, len(slos))
	sets := map[string]int{} // FROM set and range to their query
	var queries []call
	asked := make([]int, len(slos))
	for i, measured := range slos {
		sli := measured.SLI
		types := eventTypes(sli)
		kept := s.config.Retention.Of(types)
		extents[i].Span = slo.Span{
			Start: max(0, slo.MinuteAt(now.Add(-kept))+1), // the first whole minute
			End:   slo.MinuteAt(now.Add(-Lag(s.config, sli))),
		}
		if len(types) == 0 {
			extents[i].Err = errNoEventType
		}
		if extents[i].Err != nil || extents[i].Span.Len() == 0 { // kept no longer than it takes to arrive
			extents[i].Span.Start, asked[i] = extents[i].Span.End, -1
			continue
		}
		key := fmt.Sprint(types, extents[i].Span)
		index, known := sets[key]
		if !known {
			index = len(queries)
			sets[key] = index
			queries = append(queries, call{text: firstQuery(types, extents[i].Span).String()})
		}
		asked[i] = index
	}
	replies := s.ask(ctx, queries)
	for i := range extents {
		if asked[i] < 0 {
			continue
		}
		first, found, err := firstMinute(replies[asked[i]], extents[i].Span, isMetric(eventTypes(slos[i].SLI)))
		switch {
		case err != nil:
			extents[i].Err = err
			extents[i].Span.Start = extents[i].Span.End
		case !found:
			extents[i].Span.Start, extents[i].Never = extents[i].Span.End, true
		default:
			extents[i].Span = wholeSlices(slos[i].SLI, extents[i].Span, first)
		}
	}
	return extents
}

// wholeSlices is the part of a span from its first event on, in whole slices:
// one that began before events are kept is none.
func wholeSlices(sli slo.SLI, span slo.Span, first slo.Minute) slo.Span {
	start, end := sli.Closed(first), sli.Closed(span.End)
	if start < span.Start {
		start += slo.Minute(sli.Slice.Minutes())
	}
	return slo.Span{Start: min(start, end), End: end}
}

// firstMinute returns the minute of the first event in a span, if there is one.
// Ranges of metrics begin where a rollup does, which may be earlier.
func firstMinute(r reply, span slo.Span, metric bool) (minute slo.Minute, found bool, err error) {
	if r.err != nil {
		return 0, false, r.err
	}
	if r.omitted > 0 {
		return 0, false, omittedError(r.omitted)
	}
	if len(r.rows) != 1 {
		return 0, false, fmt.Errorf("New Relic answered with %d rows for the first event, not 1", len(r.rows))
	}
	if r.rows[0].lacks(aliasFirst) {
		return 0, false, nil
	}
	millis, err := r.rows[0].integer(aliasFirst)
	if err != nil || millis == 0 {
		return 0, false, err
	}
	if metric {
		millis = max(millis, span.Start.Millis())
	}
	if millis < span.Start.Millis() || millis >= span.End.Millis() {
		return 0, false, fmt.Errorf("New Relic answered with a first event at %s, which is not within the time asked for",
			time.UnixMilli(millis).UTC().Format(time.RFC3339))
	}
	return slo.MinuteAt(time.UnixMilli(millis)), true, nil
}
