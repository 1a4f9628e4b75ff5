package sourcetest

import (
	"fmt"
	"math"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Event is something that happened and that the source under test has to know.
type Event struct {
	Type       string
	Millis     int64          // since 1970 UTC
	Attributes map[string]any // strings, booleans and float64; an absent one is null
}

// The event types of the history. There are no events of the type absent.
const (
	checkout = "Checkout"
	refund   = "Refund"
	edge     = "Edge"
	freight  = "Freight" // few and heavy
	absent   = "Absent"
)

// begin is the minute of the first event, and length how many minutes the
// history takes. It is asked for at the instant that now returns. None of them
// is a border of anything longer than a minute.
const (
	begin  slo.Minute = 29_543_537 // 2026-03-04T08:17:00Z
	length slo.Minute = 180
)

func now() time.Time { return (begin + 290).Time().Add(30 * time.Second) }

// cut is the minute around which the events of the type edge lie.
const cut = begin + 90

// tills is how many tills there are.
const tills = 26

// history returns what has happened before a test begins, in no order of time.
func history() []Event {
	var events []Event
	add := func(eventType string, millis int64, i int) {
		attributes := map[string]any{"shop": "a", "till": till(i % tills)}
		if i%5 > 2 {
			attributes["shop"] = "b"
		}
		if i%3 < 2 { // a third of the events does not say whether it failed
			attributes["failed"] = i%3 == 0
		}
		if i%11 > 0 { // some do not say how much they weigh
			attributes["items"] = float64(i%7*1_250+i%4) / 1_000
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
	for i := range 2 * heavy {
		events = append(events, Event{freight, (begin + slo.Minute(i)).Millis() + 7, map[string]any{"failed": i == 0, "items": heaviest}})
	}
	return events
}

// So many events of the heaviest weight are just below 2^53 thousandths, up to
// which floats hold every whole number; there are twice as many. The weight is a
// sum of few powers of 2, so that no float loses a part of it.
const (
	heavy    = 9
	heaviest = 999_999_999_999.25
)

// late returns what arrives when a test lets it: an event that is earlier than
// all others of its type, some among them, and one of another type.
func late() []Event {
	var events []Event
	for i, minute := range []slo.Minute{-2, 5, 5, 6, 100} {
		events = append(events, Event{checkout, (begin + minute).Millis() + int64(i), map[string]any{"shop": "a", "failed": i%2 == 0, "items": 2.5}})
	}
	return append(events, Event{refund, (begin + 70).Millis(), map[string]any{"shop": "b"}})
}

func till(n int) string { return fmt.Sprintf("till-%d", n) }

// weight is what the attribute items says, in thousandths.
func (e Event) weight() int64 {
	items, _ := e.Attributes["items"].(float64)
	return int64(math.Round(items * slo.Thousandths))
}

// minute is the one that an event belongs to.
func (e Event) minute() slo.Minute { return slo.MinuteAt(time.UnixMilli(e.Millis)) }

func failed(e Event) bool { return e.Attributes["failed"] == true }

// notGood is what a good condition leaves: also what does not say.
func notGood(e Event) bool { return e.Attributes["failed"] != false }
