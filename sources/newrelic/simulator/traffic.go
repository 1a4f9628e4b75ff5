package simulator

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// RetailOptions choose the traffic that is made.
type RetailOptions struct {
	// Seed chooses one of many equal histories.
	Seed uint64
	// End is the instant the history leads up to; its fraction of a minute is
	// cut off. It moves the events and changes nothing else about them: the
	// same seed gives the same events at the same distances from any End.
	End time.Time
}

// closing is the minute that every history leads up to by the shop's own
// clock: six in the evening of Sunday 22 November 2026 in Tokyo. The clock is
// set to it at End, whatever the real time, so that the incidents always fall
// into the same traffic and weigh the same: ten minutes of outage at lunch fail
// more orders than two hours at night.
const closing = 29_922_300

// RetailHistory is how far back the traffic reaches: four weeks, and two
// hours for the windows that lie before their first minute.
const RetailHistory = 28*24*time.Hour + 2*time.Hour

// Retail returns a store with the history of a shop: search and barcode in
// its app, and the services that put into the basket, order, pay and send a
// receipt, about half a million events in all.
func Retail(options RetailOptions) *Store {
	store := NewStore()
	t := NewTraffic(options)
	t.Fill(store, options.End.Add(-RetailHistory), options.End)
	return store
}

// Traffic makes the events of the shop. Each minute of each stream depends on
// the seed, the stream and the distance from the end alone, so that a history
// can be continued, or a part of it made again, at any place.
type Traffic struct {
	seed      uint64
	ahead     int64 // how many minutes the shop's clock is ahead of the real one
	incidents []Incident
	source    *rand.PCG
	random    *rand.Rand
	buffer    []Event
}

// NewTraffic returns a generator. It is not safe for concurrent use.
func NewTraffic(options RetailOptions) *Traffic {
	source := rand.NewPCG(0, 0)
	return &Traffic{
		seed:      options.Seed,
		ahead:     closing - minuteOf(options.End),
		incidents: RetailIncidents(),
		source:    source,
		random:    rand.New(source),
	}
}

// Event is an event that a stream made.
type Event struct {
	Type       string
	Millis     int64 // since 1970 UTC
	Attributes []Attribute
}

// Fill adds the events of the whole minutes [from, until) to a store, in
// order of time.
func (t *Traffic) Fill(store *Store, from, until time.Time) {
	for minute := minuteOf(from); minute < minuteOf(until); minute++ {
		t.buffer = t.buffer[:0]
		for _, stream := range Streams() {
			t.buffer = t.appendMinute(t.buffer, stream, minute)
		}
		slices.SortStableFunc(t.buffer, func(a, b Event) int { return cmp.Compare(a.Millis, b.Millis) })
		for _, e := range t.buffer {
			if err := store.Add(e.Type, e.Millis, e.Attributes...); err != nil {
				panic("simulator: retail traffic that cannot be stored: " + err.Error())
			}
		}
	}
}

// Minute returns the events of one stream in the minute that holds at, in no
// particular order.
func (t *Traffic) Minute(stream Stream, at time.Time) []Event {
	return t.appendMinute(nil, stream, minuteOf(at))
}

func (t *Traffic) appendMinute(events []Event, stream Stream, minute int64) []Event {
	if minute < 0 { // timestamps begin with 1970
		return events
	}
	shop := minute + t.ahead
	t.source.Seed(mix(t.seed^uint64(stream)<<56), mix(uint64(shop)))
	trouble := t.trouble(stream, shop)
	for range poisson(t.random, meanRate*wave(shop)) {
		millis := minute*60_000 + t.random.Int64N(60_000)
		events = append(events, stream.event(t.random, millis, trouble))
	}
	return events
}

// trouble returns the incident a stream is in at a minute of the shop's clock,
// or none.
func (t *Traffic) trouble(stream Stream, shop int64) Incident {
	for _, i := range t.incidents {
		start := closing - int64(i.BeforeEnd/time.Minute)
		if i.Stream == stream && shop >= start && shop < start+int64(i.Length/time.Minute) {
			return i
		}
	}
	return Incident{}
}

func minuteOf(at time.Time) int64 {
	millis := at.UnixMilli()
	minute := millis / 60_000
	if millis < 0 && millis%60_000 != 0 {
		minute--
	}
	return minute
}

// mix spreads neighbouring numbers over all 64 bits (the finaliser of
// SplitMix64), so that neighbouring minutes have nothing in common.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
