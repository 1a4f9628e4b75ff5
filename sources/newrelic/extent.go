package newrelic

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// Extents asks for the first event of every FROM set, as far back as events
// are kept. Nothing before it is measured: events that are gone, or that never
// were, look the same as zero.
func (s *Source) Extents(ctx context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	extents := make([]sources.Extent, len(slos))
	asked := make([]*firstEvent, len(slos))
	sets := map[string]*firstEvent{} // by FROM set and range
	var order []*firstEvent
	for i, measured := range slos {
		types := eventTypes(measured.SLI)
		kept := s.config.Retention.Of(types)
		span := slo.Span{
			Start: max(0, slo.MinuteAt(now.Add(-kept))+1), // the first whole minute
			End:   slo.MinuteAt(now.Add(-Lag(s.config, measured.SLI))),
		}
		extents[i].Span = slo.Span{Start: span.End, End: span.End}
		switch {
		case len(types) == 0:
			extents[i].Err = errNoEventType
			continue
		case span.Len() == 0: // kept no longer than it takes to arrive
			continue
		}
		key := fmt.Sprint(types, span)
		if sets[key] == nil {
			sets[key] = &firstEvent{types: types, span: span}
			order = append(order, sets[key])
		}
		asked[i] = sets[key]
	}
	s.find(ctx, order)
	for i, first := range asked {
		switch {
		case first == nil:
		case first.err != nil:
			extents[i].Err = first.err
		case !first.found:
			extents[i].Never = true
		default:
			extents[i].Span = wholeSlices(slos[i].SLI, first.span, first.minute)
		}
	}
	return extents
}

// Ends implements [sources.Lagging].
func (s *Source) Ends(now time.Time, slos []*slo.SLO) []slo.Minute {
	ends := make([]slo.Minute, len(slos))
	for i, measured := range slos {
		ends[i] = measured.SLI.Closed(slo.MinuteAt(now.Add(-Lag(s.config, measured.SLI))))
	}
	return ends
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

// firstEvent is the first event of a FROM set within a span.
type firstEvent struct {
	types  []string
	span   slo.Span
	minute slo.Minute
	found  bool
	err    error
}

// find looks for the first event of each set. Of metrics, wide ranges tell only
// the hour of it.
func (s *Source) find(ctx context.Context, sets []*firstEvent) {
	s.findWithin(ctx, sets)
	var hours, metrics []*firstEvent
	for _, f := range sets {
		if f.found && isMetric(f.types) {
			hour := slo.Span{Start: f.minute, End: min(f.minute+metricMinutes, f.span.End)}
			hours, metrics = append(hours, &firstEvent{types: f.types, span: hour}), append(metrics, f)
		}
	}
	s.findWithin(ctx, hours)
	for i, exact := range hours {
		if metrics[i].err = exact.err; exact.found {
			metrics[i].minute = exact.minute
		}
	}
}

// findWithin asks once for each set. Where that is too much for New Relic, the
// time is cut in halves: the first event is that of the earliest half that has
// one.
func (s *Source) findWithin(ctx context.Context, sets []*firstEvent) {
	var asked []lookup
	for _, f := range sets {
		asked = append(asked, lookup{f, f.span, 0})
	}
	for len(asked) > 0 {
		calls := make([]call, len(asked))
		for i, l := range asked {
			calls[i].text = firstQuery(l.set.types, l.span).String()
		}
		var next []lookup
		for i, r := range s.ask(ctx, calls) {
			l := asked[i]
			if (isSlow(r.err) || r.omitted > 0) && l.cuts < maxSlowCuts && l.span.Len() > 1 {
				next = append(next, l.halves()...)
				continue
			}
			found := &firstEvent{types: l.set.types, span: l.span}
			found.read(r)
			l.set.merge(found)
		}
		asked = next
	}
}

// lookup looks for the first event of a set in a part of its span.
type lookup struct {
	set  *firstEvent
	span slo.Span
	cuts int // that made the part
}

func (l lookup) halves() []lookup {
	middle := l.span.Start + slo.Minute(l.span.Len()/2)
	return []lookup{
		{l.set, slo.Span{Start: l.span.Start, End: middle}, l.cuts + 1}, {l.set, slo.Span{Start: middle, End: l.span.End}, l.cuts + 1},
	}
}

// merge adds what was found in a part.
func (f *firstEvent) merge(part *firstEvent) {
	switch {
	case part.err != nil:
		f.err = part.err
	case part.found && (!f.found || part.minute < f.minute):
		f.minute, f.found = part.minute, true
	}
}

// read reads the answer to [firstQuery].
func (f *firstEvent) read(r reply) {
	switch {
	case r.err != nil:
		f.err = r.err
		return
	case r.omitted > 0:
		f.err = omittedError(r.omitted)
		return
	case len(r.rows) != 1:
		f.err = diag.Say("New Relic answered with %d rows for the first event, not 1", len(r.rows)).Err()
		return
	}
	row, err := readRow(r.rows[0])
	if err != nil || row.lacks(aliasFirst) {
		f.err = err
		return
	}
	millis, err := row.integer(aliasFirst)
	if millis > 0 && isMetric(f.types) { // a range of metrics begins where a rollup does
		millis = max(millis, f.span.Start.Millis())
	}
	switch {
	case err != nil:
		f.err = err
	case millis == 0:
	case millis < f.span.Start.Millis() || millis >= f.span.End.Millis():
		f.err = diag.Say("New Relic answered with a first event at %s, which is not within the time asked for",
			time.UnixMilli(millis).UTC().Format(time.RFC3339)).Err()
	default:
		f.minute, f.found = slo.MinuteAt(time.UnixMilli(millis)), true
	}
}

// aliasFirst is the name under which the time of the first event comes back.
const aliasFirst = "first"

// slowLag is the least query lag of event types that arrive late by nature.
const slowLag = 5 * time.Minute

// firstQuery asks for the time of the first event of a FROM set.
func firstQuery(eventTypes []string, span slo.Span) *nrql.Query {
	q := &nrql.Query{
		Select: []nrql.Column{{
			Expr:  &nrql.Call{Name: "min", Args: []nrql.Expr{&nrql.Name{Value: "timestamp"}}},
			Alias: aliasFirst,
		}},
		Since: &nrql.Epoch{Millis: span.Start.Millis()}, Until: &nrql.Epoch{Millis: span.End.Millis()},
	}
	for _, name := range eventTypes {
		q.From = append(q.From, &nrql.Name{Value: name})
	}
	return q
}

// Lag is how long until all events of an SLI can be queried: its own lag, or
// else the source's, which is too short for some types.
func Lag(config slo.NewRelic, sli slo.SLI) time.Duration {
	slow := slices.ContainsFunc(eventTypes(sli), func(name string) bool {
		return name == "SyntheticCheck" || name == "Log" || strings.HasPrefix(name, "Mobile")
	})
	switch {
	case sli.Lag.Value > 0:
		return sli.Lag.Value
	case slow:
		return max(config.QueryLag, slowLag)
	default:
		return config.QueryLag
	}
}
