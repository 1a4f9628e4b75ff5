package newrelic

import (
	"context"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

// checkValues counts every SLI over the last day, or the last hour of metrics,
// of which a query gives no more.
func (e *examiner) checkValues(ctx context.Context) {
	requests := make([]sources.Request, len(e.slos))
	for i, s := range e.slos {
		end := s.SLI.Closed(slo.MinuteAt(e.at.Add(-Lag(e.config, s.SLI))))
		start := s.SLI.Closed(max(0, end-minutesCounted(s.SLI)))
		requests[i] = sources.Request{SLO: s, Need: sources.Backfill}
		if start < end {
			requests[i].Cuts = []slo.Minute{start, end}
		}
	}
	lost := failures{}
	var unmatched []*slo.SLO
	for i, answer := range e.Counts(ctx, requests) {
		s := e.slos[i]
		lost.add(answer.Err, diag.Say("what %s counts", s.ID), []string{s.ID})
		switch {
		case answer.Err != nil, len(answer.Sums) != 1, e.blamed[s.ID]:
		case answer.Sums[0].Counts == slo.Counts{}:
			if types := eventTypes(s.SLI); isMetric(types) || e.dayOf(types) > 0 {
				unmatched = append(unmatched, s)
			}
		default:
			e.checkCounts(s, answer.Sums[0].Counts)
		}
	}
	e.unanswered(lost)
	e.noMatch(ctx, unmatched)
}

func minutesCounted(sli slo.SLI) slo.Minute {
	if isMetric(eventTypes(sli)) {
		return metricMinutes
	}
	return minutesOfDay
}

// checkCounts says what is odd about the counts of an SLI that has some.
func (e *examiner) checkCounts(s *slo.SLO, counts slo.Counts) {
	period := diag.Say("day")
	if isMetric(eventTypes(s.SLI)) {
		period = diag.Say("hour")
	}
	number := counts.Total / s.SLI.Unit()
	all := diag.Say("%d valid %s of the last %s", number, unitName(s.SLI, number), period)
	isGood := s.SLI.Bad.Len() == 0 && (s.SLI.Queries == nil || s.SLI.Queries.Bad.Len() == 0)
	switch {
	case !counts.Consistent():
		e.report(CheckOneSided, diag.Error, sliSpan(s.SLI), []string{s.ID}, diag.Say("let good or bad count some of what the total counts, and nothing else"),
			"more is counted as good or bad than there is: such minutes are not measured")
	case counts.Bad == 0 && isGood:
		e.report(CheckOneSided, diag.Info, sliSpan(s.SLI), []string{s.ID}, diag.Say("right if nothing failed; else look at how failures show"), "good held for all of %s", all)
	case counts.Bad == 0:
		e.report(CheckOneSided, diag.Info, sliSpan(s.SLI), []string{s.ID}, diag.Say("right if nothing failed; else look at how failures show"), "bad held for none of %s", all)
	case counts.Bad == counts.Total && isGood:
		e.report(CheckOneSided, diag.Warning, sliSpan(s.SLI), []string{s.ID}, diag.Say("look at what good events look like"), "good held for none of %s", all)
	case counts.Bad == counts.Total:
		e.report(CheckOneSided, diag.Warning, sliSpan(s.SLI), []string{s.ID}, diag.Say("look at what good events look like"), "bad held for all of %s", all)
	}
}

// unitName is what an SLI counts.
func unitName(sli slo.SLI, n int64) diag.Phrase {
	switch {
	case sli.Slice != nil && n == 1:
		return diag.Say("slice")
	case sli.Slice != nil:
		return diag.Say("slices")
	case n == 1:
		return diag.Say("event")
	}
	return diag.Say("events")
}
