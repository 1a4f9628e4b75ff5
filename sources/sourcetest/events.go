package sourcetest

import (
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

// Event is something that happened and that the source under test has to know.
type Event struct {
	Type       string
	Millis     int64          // since 1970 UTC
	Attributes map[string]any // strings and booleans; an absent one is null
}

// The event types of the history. There are no events of the type absent.
const (
	checkout = "Checkout"
	refund   = "Refund"
	edge     = "Edge"
	absent   = "Absent"
)

// begin is the minute of the first event, and length how many minutes the
// history takes. It is asked for at the instant that now returns.
const (
	begin  slo.Minute = 29_543_537 // 2026-03-04T08:17:00Z
	length slo.Minute = 180
)

func now() time.Time { return (begin + 290).Time().Add(30 * time.Second) }

// cut is the minute around which the events of the type edge lie.
const cut = begin + 90

// history returns the events of all tests, in no order of time.
func history() []Event {
	var events []Event
	add := func(eventType string, millis int64, i int) {
		attributes := map[string]any{"shop": "a"}
		if i%5 > 2 {
			attributes["shop"] = "b"
		}
		if i%3 < 2 { // a third of the events does not say whether it failed
			attributes["failed"] = i%3 == 0
		}
		events = append(events, Event{eventType, millis, attributes})
	}
	const span = int64(length)*60_000 - 41_500
	for i := range 240 {
		add(checkout, begin.Millis()+41_500+int64(i)*7_919_123%span, i)
	}
	for i := range 7 {
		add(refund, (begin+60).Millis()+1_000+int64(i)*600_001, i)
	}
	for i, offset := range []int64{-60_001, -60_000, -1, 0, 0, 1, 59_999, 60_000} {
		add(edge, cut.Millis()+offset, i)
	}
	return events
}

// indicator is an SLI together with what it means for an event.
type indicator struct {
	id    string // of the SLO that it is measured for
	sli   slo.SLI
	valid func(Event) bool
	bad   func(Event) bool
}

func failed(e Event) bool { return e.Attributes["failed"] == true }

// notGood is what a good condition leaves: also what does not say.
func notGood(e Event) bool { return e.Attributes["failed"] != false }

// byBad measures events that fail, byGood those that do not.
func byBad(eventTypes ...string) indicator {
	return indicator{named("bad", eventTypes), slo.SLI{From: located(eventTypes), Bad: text("failed IS TRUE")}, typed(eventTypes), failed}
}

func byGood(eventTypes ...string) indicator {
	return indicator{named("good", eventTypes), slo.SLI{From: located(eventTypes), Good: text("failed IS FALSE")}, typed(eventTypes), notGood}
}

// all measures events without a condition.
func all(eventTypes ...string) indicator {
	return indicator{named("all", eventTypes), slo.SLI{From: located(eventTypes)}, typed(eventTypes), func(Event) bool { return false }}
}

// inShop narrows an indicator to one shop.
func (i indicator) inShop(shop string) indicator {
	valid := i.valid
	i.id += "-" + shop
	i.sli.Where = text("shop = '" + shop + "'")
	i.valid = func(e Event) bool { return valid(e) && e.Attributes["shop"] == shop }
	return i
}

// named makes an id, such as bad-refund-checkout.
func named(what string, eventTypes []string) string {
	return strings.ToLower(what + "-" + strings.Join(eventTypes, "-"))
}

func typed(eventTypes []string) func(Event) bool {
	return func(e Event) bool {
		for _, eventType := range eventTypes {
			if e.Type == eventType {
				return true
			}
		}
		return false
	}
}

func text(s string) diag.Text {
	return diag.PlainText(s, "sourcetest", diag.Position{Line: 1, Column: 1})
}

func located(names []string) []diag.Located[string] {
	var list []diag.Located[string]
	for _, name := range names {
		list = append(list, diag.At(name, text(name).Whole()))
	}
	return list
}

// slo is an SLO with the indicator's SLI.
func (i indicator) slo() *slo.SLO { return of(i.id, i.sli) }

func of(id string, sli slo.SLI) *slo.SLO { return &slo.SLO{ID: id, Kind: slo.KindSLO, SLI: sli} }

// sums says what a source has to answer, by looking at every event.
func (i indicator) sums(cuts []slo.Minute) []sources.Sum {
	sums := make([]sources.Sum, max(0, len(cuts)-1))
	for n := range sums {
		sums[n].Minutes = int64(cuts[n+1] - cuts[n])
	}
	for _, e := range history() {
		if !i.valid(e) {
			continue
		}
		for n := range sums {
			if e.Millis < cuts[n].Millis() || e.Millis >= cuts[n+1].Millis() {
				continue
			}
			c := slo.Counts{Total: 1}
			if i.bad(e) {
				c.Bad = 1
			}
			sums[n] = sums[n].Add(sources.Sum{Counts: c, Rows: c})
		}
	}
	return sums
}
