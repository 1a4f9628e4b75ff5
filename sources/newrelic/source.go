package newrelic

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Source measures SLIs in one New Relic account. It implements
// [sources.Source].
type Source struct {
	config slo.NewRelic
	client *nerdgraph.Client
}

var _ sources.Source = (*Source)(nil)

// New returns a source that asks through client.
func New(config slo.NewRelic, client *nerdgraph.Client) *Source {
	return &Source{config, client}
}

// Extents asks for the first event of every FROM set, as far back as events
// are kept. Nothing before it is measured: events that are gone, or that never
// were, look the same as zero.
func (s *Source) Extents(ctx context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	extents := make([]sources.Extent, len(slos))
	sets := map[string]int{} // FROM set and range to their query
	var queries []string
	asked := make([]int, len(slos))
	for i, measured := range slos {
		sli := measured.SLI
		types := fromSet(sli)
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
			queries = append(queries, firstQuery(types, extents[i].Span).String())
		}
		asked[i] = index
	}
	replies := s.ask(ctx, queries)
	for i := range extents {
		if asked[i] < 0 {
			continue
		}
		first, found, err := firstMinute(replies[asked[i]], extents[i].Span)
		switch {
		case err != nil:
			extents[i].Err = err
			extents[i].Span.Start = extents[i].Span.End
		case !found:
			extents[i].Span.Start, extents[i].Never = extents[i].Span.End, true
		default:
			extents[i].Span.Start = first
		}
	}
	return extents
}

// fromSet returns the event types of an SLI, sorted, each once.
func fromSet(sli slo.SLI) []string {
	return slices.Compact(slices.Sorted(slices.Values(sli.EventTypes())))
}

// firstMinute returns the minute of the first event in a span, if there is one.
func firstMinute(r reply, span slo.Span) (minute slo.Minute, found bool, err error) {
	if r.err != nil {
		return 0, false, r.err
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
	if millis < span.Start.Millis() || millis >= span.End.Millis() {
		return 0, false, fmt.Errorf("New Relic answered with a first event at %s, which is not within the time asked for",
			time.UnixMilli(millis).UTC().Format(time.RFC3339))
	}
	return slo.MinuteAt(time.UnixMilli(millis)), true, nil
}

// Counts measures every request with as few queries as its cuts allow.
func (s *Source) Counts(ctx context.Context, requests []sources.Request) []sources.Answer {
	answers := make([]sources.Answer, len(requests))
	type asked struct {
		request int
		piece   piece
		column  string
	}
	var all []asked
	var queries []string
	for i, r := range requests {
		parsed, err := parseRequest(r)
		if err != nil {
			answers[i].Err = err
			continue
		}
		_, column := parsed.counted()
		answers[i].Sums = make([]sources.Sum, max(0, len(r.Cuts)-1))
		for _, p := range plan(r.Cuts) {
			bucket := p.bucket
			if p.buckets() == 1 {
				bucket = 0
			}
			all = append(all, asked{i, p, column})
			queries = append(queries, parsed.query(p.span, bucket).String())
		}
	}
	for i, reply := range s.ask(ctx, queries) {
		answer := &answers[all[i].request]
		if answer.Err != nil {
			continue
		}
		if err := add(answer.Sums, requests[all[i].request].Cuts, all[i].piece, all[i].column, reply); err != nil {
			*answer = sources.Answer{Err: err}
		}
	}
	return answers
}

// add sums the buckets of a reply into the counts between the cuts. An answer
// that is not exactly what was asked for is not believed.
func add(sums []sources.Sum, cuts []slo.Minute, p piece, column string, r reply) error {
	if r.err != nil {
		return r.err
	}
	if int64(len(r.rows)) != p.buckets() {
		return fmt.Errorf("New Relic answered with %d rows where %d were asked for", len(r.rows), p.buckets())
	}
	for i, row := range r.rows {
		start := p.span.Start + slo.Minute(int64(i)*p.bucket)
		if p.buckets() > 1 {
			begin, err := row.integer("beginTimeSeconds")
			if err != nil {
				return err
			}
			if begin != int64(start)*60 {
				return fmt.Errorf("New Relic answered with a bucket at %s where %s was asked for",
					time.Unix(begin, 0).UTC().Format(time.RFC3339), start.Time().Format(time.RFC3339))
			}
		}
		c, err := row.counts(column)
		if err != nil {
			return err
		}
		if !c.Consistent() {
			return fmt.Errorf("New Relic answered with %d bad of %d valid events from %s to %s, which cannot be",
				c.Bad, c.Total, start.Time().Format(time.RFC3339), (start + slo.Minute(p.bucket)).Time().Format(time.RFC3339))
		}
		at, exact := slices.BinarySearch(cuts, start)
		if !exact {
			at--
		}
		sums[at] = sums[at].Add(sources.Sum{Counts: c, Rows: c, Minutes: p.bucket})
		if sums[at].Counts.Total > maxInteger {
			return fmt.Errorf("New Relic answered with more than %d events between two minutes, which cannot be", int64(maxInteger))
		}
	}
	return nil
}
