package newrelic

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// checkTypes looks at what is known of each event type as a whole.
func (e *examiner) checkTypes() {
	for _, c := range e.inOrder() {
		switch {
		case !c.counted:
		case c.events == 0:
			e.neverSeen(c)
		case c.day == 0:
			e.stoppedComing(c)
		default:
			e.checkSampling(c)
			e.checkLag(c)
		}
		if c.counted && c.events > 0 {
			e.checkRetention(c)
		}
	}
}

// ids are those of the SLOs that count a type.
func (c *census) ids() []string {
	var ids []string
	for _, s := range c.slos {
		ids = append(ids, s.ID)
	}
	return ids
}

// neverSeen reports a type without events: at each SLI, since each may mean
// another one.
func (e *examiner) neverSeen(c *census) {
	hint := diag.Say("look at what reports %s, and whether it reports to account %d", c.name, e.config.AccountID)
	if near, found := diag.Nearest(c.name, e.names); found {
		hint = diag.Say("did you mean %s? Names of event types are case-sensitive", near)
	}
	for _, s := range c.slos {
		severity, means := diag.Error, diag.Say("there is nothing to measure, and New Relic answers 0 and no error")
		_, documented := nrql.LookupEventType(c.name)
		if others := e.othersOf(s, c); len(others) > 0 {
			severity, means = diag.Warning, diag.Say("only %s is counted", strings.Join(others, ", "))
			if documented {
				severity = diag.Info // failed requests of a kind may well be rare
			}
		} else {
			e.blamed[s.ID] = true
		}
		e.report(CheckEventType, severity, typeSpan(s.SLI, c.name), []string{s.ID}, hint,
			"%s had no event in the last %s: %s", c.name, term.Duration(c.kept), means)
	}
}

// othersOf returns the other event types of an SLI that have events.
func (e *examiner) othersOf(s *slo.SLO, c *census) []string {
	return slices.DeleteFunc(eventTypes(s.SLI), func(name string) bool { return name == c.name || e.types[name].events == 0 })
}

// stoppedComing reports a type without events in the last day.
func (e *examiner) stoppedComing(c *census) {
	for _, s := range c.slos {
		severity := diag.Warning
		if len(e.othersOf(s, c)) > 0 {
			severity = diag.Info
		} else {
			e.blamed[s.ID] = true
		}
		e.report(CheckEventTypeStopped, severity, typeSpan(s.SLI, c.name), []string{s.ID},
			diag.Say("look at what reports it: whether it still runs, and whether the type has another name by now"),
			"%s had no event in the last day; the newest of %d is from %s: windows that begin after that are empty", c.name, c.events, moment(c.newest))
	}
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// typeSpan is where an SLI names an event type.
func typeSpan(sli slo.SLI, name string) diag.Span {
	for _, from := range sli.From {
		if from.Value == name {
			return from.Span
		}
	}
	for _, text := range wholeQueries(sli) {
		if at := strings.Index(text.String(), name); at >= 0 {
			return text.Span(at, at+len(name))
		}
	}
	return sliSpan(sli)
}

// wholeQueries returns the queries of an SLI; empty ones are not written.
func wholeQueries(sli slo.SLI) []diag.Text {
	if sli.Queries == nil {
		return nil
	}
	return []diag.Text{sli.Queries.Total, sli.Queries.Good, sli.Queries.Bad}
}

// sliSpan is where an SLI is written, as far as that is kept: at what tells good
// events from bad ones.
func sliSpan(sli slo.SLI) diag.Span {
	candidates := []diag.Text{sli.Bad, sli.Good}
	candidates = append(candidates, wholeQueries(sli)...)
	if sli.Slice != nil {
		candidates = append(candidates, sli.Slice.Good)
	}
	for _, text := range candidates {
		if text.Len() > 0 {
			return text.Whole()
		}
	}
	if len(sli.From) > 0 {
		return sli.From[0].Span
	}
	return diag.Span{}
}

// checkSampling compares the events that were kept with those that New Relic
// knows there were. A hundredth less is taken for rounding.
func (e *examiner) checkSampling(c *census) {
	if c.scaled <= c.day+c.day/100 {
		return
	}
	e.report(CheckSampling, diag.Warning, e.declared.Origin, c.ids(),
		diag.Say("let the agents keep more, or measure a metric, which is not sampled; error ratios still hold if good and bad events are kept alike"),
		"%s is sampled: of about %d events of the last day %d were kept (%s): totals, and what guards of alerts count, are too low by that",
		c.name, c.scaled, c.day, percent(c.day, c.scaled))
}

// percent writes a share of a whole, which is above 0, with one decimal.
func percent(part, whole int64) string {
	return strconv.FormatFloat(float64(part)/float64(whole)*100, 'f', 1, 64) + "%"
}

// missedEvents is how many events should have come since the newest one for
// their absence to mean something: at 12, with events that come one by one, the
// chance of none is e⁻¹² = 0.000006.
const missedEvents = 12

// checkLag looks for events that cannot be queried as soon as was declared.
func (e *examiner) checkLag(c *census) {
	age := e.at.Sub(c.newest)
	lag := time.Duration(0)
	for _, s := range c.slos {
		if l := Lag(e.config, s.SLI); lag == 0 || l < lag {
			lag = l
		}
	}
	missed := float64(c.hour) * age.Hours()
	if age <= lag || missed < missedEvents {
		return
	}
	e.report(CheckLag, diag.Warning, e.declared.Origin, c.ids(),
		diag.Say("if traffic has not ended, write a queryLag above that, or a lag at the SLIs"),
		"the newest event of %s is %s old, although %d came in the last hour: minutes are measured after %s, before their events are there",
		c.name, roughly(age), c.hour, term.Duration(lag))
}

// checkRetention compares what is kept with what was declared.
func (e *examiner) checkRetention(c *census) {
	missing := c.first.Sub(c.span.Start.Time())
	age := e.at.Sub(c.first)
	switch {
	case c.exceeds && missing > time.Hour:
		e.report(CheckRetention, diag.Error, e.declared.Origin, c.ids(),
			diag.Say("write retention: {%s: %s}", c.name, wholeUnits(age)),
			"retention says that %s is kept %s, and New Relic keeps less: the oldest event is from %s, %s ago; what is gone looks like no traffic",
			c.name, term.Duration(c.kept), moment(c.first), roughly(age))
	case c.exceeds, missing <= max(time.Hour, c.kept/20):
	default:
		e.report(CheckRetention, diag.Info, e.declared.Origin, c.ids(),
			diag.Say("if it is older than that, write retention: {%s: %s}", c.name, wholeUnits(age)),
			"the oldest event of %s is from %s, %s ago, although retention says %s: nothing before it is measured",
			c.name, moment(c.first), roughly(age), term.Duration(c.kept))
	}
}

// wholeUnits writes the whole days or else hours of an age as specs do. What lacks
// less than an hour to a day counts as one, as there is not always an event.
func wholeUnits(d time.Duration) string {
	d += time.Hour
	if days := d / (24 * time.Hour); days > 0 {
		return fmt.Sprintf("%dd", days)
	}
	return fmt.Sprintf("%dh", max(1, d/time.Hour))
}
