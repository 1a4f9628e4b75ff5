package newrelic

import (
	"context"
	"fmt"
	"strings"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

// checkValues counts every SLI over the last day, or the last hour of metrics,
// of which a query gives no more.
func (e *examiner) checkValues(ctx context.Context) {
	requests := make([]sources.Request, len(e.slos))
	for i, s := range e.slos {
		end := s.SLI.Closed(slo.MinuteAt(e.now.Add(-Lag(e.config, s.SLI))))
		start := s.SLI.Closed(max(0, end-minutesCounted(s.SLI)))
		requests[i] = sources.Request{SLO: s, Need: sources.Backfill}
		if start < end {
			requests[i].Cuts = []slo.Minute{start, end}
		}
	}
	lost := failures{}
	for i, answer := range e.Counts(ctx, requests) {
		s := e.slos[i]
		lost.add(answer.Err, "what "+s.ID+" counts", []string{s.ID})
		if answer.Err == nil && len(answer.Sums) == 1 && !e.blamed[s.ID] {
			e.checkCounts(s, answer.Sums[0].Counts)
		}
	}
	e.unanswered(lost)
}

func minutesCounted(sli slo.SLI) slo.Minute {
	if isMetric(eventTypes(sli)) {
		return metricMinutes
	}
	return minutesOfDay
}

// checkCounts says what is odd about the counts of an SLI.
func (e *examiner) checkCounts(s *slo.SLO, counts slo.Counts) {
	period := "day"
	if isMetric(eventTypes(s.SLI)) {
		period = "hour"
	}
	number := counts.Total / s.SLI.Unit()
	all := fmt.Sprintf("%d valid %s of the last %s", number, unitName(s.SLI, number), period)
	isGood := s.SLI.Bad.Len() == 0 && (s.SLI.Queries == nil || s.SLI.Queries.Bad.Len() == 0)
	switch {
	case !counts.Consistent():
		e.report(CheckOneSided, diag.Error, sliSpan(s.SLI), []string{s.ID}, "let good or bad count some of what the total counts, and nothing else",
			"more is counted as good or bad than there is: such minutes are not measured")
	case counts.Total == 0:
		e.noMatch(s, period)
	case counts.Bad == 0 && isGood:
		e.report(CheckOneSided, diag.Info, sliSpan(s.SLI), []string{s.ID}, "right if nothing failed; else look at how failures show", "good held for all of %s", all)
	case counts.Bad == 0:
		e.report(CheckOneSided, diag.Info, sliSpan(s.SLI), []string{s.ID}, "right if nothing failed; else look at how failures show", "bad held for none of %s", all)
	case counts.Bad == counts.Total && isGood:
		e.report(CheckOneSided, diag.Warning, sliSpan(s.SLI), []string{s.ID}, "look at what good events look like", "good held for none of %s", all)
	case counts.Bad == counts.Total:
		e.report(CheckOneSided, diag.Warning, sliSpan(s.SLI), []string{s.ID}, "look at what good events look like", "bad held for all of %s", all)
	}
}

// unitName is what an SLI counts.
func unitName(sli slo.SLI, n int64) string {
	name := "event"
	if sli.Slice != nil {
		name = "slice"
	}
	if n != 1 {
		name += "s"
	}
	return name
}

// noMatch reports an SLI without valid events whose event types have some.
func (e *examiner) noMatch(s *slo.SLO, period string) {
	types := eventTypes(s.SLI)
	if isMetric(types) {
		e.report(CheckNoMatch, diag.Warning, sliSpan(s.SLI), []string{s.ID}, "look at the name of the metric and at the conditions",
			"nothing was counted in the last %s: the metric has no points, or the conditions match none", period)
		return
	}
	if day := e.dayOf(types); day > 0 {
		span := sliSpan(s.SLI)
		if s.SLI.Where.Len() > 0 {
			span = s.SLI.Where.Whole()
		}
		e.report(CheckNoMatch, diag.Warning, span, []string{s.ID}, "compare the values in the conditions with those of some events: SELECT * FROM "+strings.Join(types, ", "),
			"none of %d events of %s in the last %s is valid: there is nothing to measure", day, strings.Join(types, ", "), period)
	}
}
