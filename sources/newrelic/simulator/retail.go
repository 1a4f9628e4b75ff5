package simulator

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"
)

// RetailOptions choose the traffic of the scenario retail.
type RetailOptions struct {
	// Seed chooses one of many equal histories.
	Seed uint64
	// End is the instant that [RetailHistory] leads up to; its fraction of a
	// minute is cut off. There is no traffic before that history, and it goes
	// on behind End.
	End time.Time
	// Memory is how many bytes of the events that were made are kept, so that
	// they need not be made again; 0 is 32 MiB.
	Memory int64
	// RealClock lets the shop live by the real clock. Otherwise its clock shows
	// the same at every End, so that End moves the events and changes nothing
	// else about them: the same seed gives the same events at the same
	// distances from any End.
	RealClock bool
	// Drills lets something go wrong behind End every half an hour or so, for
	// those who watch: see [RetailDrills].
	Drills bool
}

// closing is the minute that a history leads up to by the shop's own clock: six
// in the evening of Sunday 22 November 2026 in Tokyo. The clock is set to it at
// End, so that the incidents always fall into the same traffic and weigh the
// same: ten minutes of outage at lunch fail more orders than two hours at
// night.
const closing = 29_922_300

// RetailHistory is how far back the traffic reaches: five weeks. By the real
// clock the incidents come again every five weeks.
const RetailHistory = 35 * 24 * time.Hour

const historyMinutes = int64(RetailHistory / time.Minute)

// Retail makes the events of a shop in Japan: what its app, its web pages, its
// services and the checks of it report. Each minute of each stream depends on
// the seed, the stream and the time by the shop's clock alone. It is safe for
// concurrent use.
type Retail struct {
	seed      uint64
	ahead     int64 // how many minutes the shop's clock is ahead of the real one
	begin     int64 // the first minute with traffic, by the real clock
	end       int64 // of the history, by the real clock
	streams   []stream
	incidents []Incident
	drills    []Incident
	memory    int64
}

// NewRetail returns the scenario.
func NewRetail(options RetailOptions) *Retail {
	end := minuteOf(options.End)
	r := &Retail{
		seed: options.Seed, begin: max(0, end-historyMinutes), end: end, streams: streams(), incidents: RetailIncidents(), memory: options.Memory,
	}
	if options.Drills {
		r.drills = RetailDrills()
	}
	if !options.RealClock {
		r.ahead = closing - end
	}
	return r
}

// Store returns a store with the events of the shop, which are made when they
// are asked for.
func (r *Retail) Store() *Store {
	s := NewStore()
	s.scenario = newScenario(r, cmp.Or(r.memory, scenarioBytes))
	return s
}

// Event is an event that a stream made.
type Event struct {
	Type       string
	Millis     int64 // since 1970 UTC
	Arrives    int64 // when it can be seen at first, in the same unit
	Attributes []Attribute
	Truth      Truth
}

// Truth is what really happened, whatever attributes say of it: how many
// requests a shopper would count, and how many of them went badly.
type Truth struct{ Total, Bad int64 }

// Minute returns the events of one stream in the minute that holds at, in no
// particular order.
func (r *Retail) Minute(s Stream, at time.Time) []Event {
	return r.appendMinute(nil, newDraw(), s, minuteOf(at))
}

// Truth returns what happened in a stream in the minute that holds at. It is
// counted by what makes the events, and not by what queries them.
func (r *Retail) Truth(s Stream, at time.Time) Truth {
	var sum Truth
	for _, e := range r.Minute(s, at) {
		sum.Total += e.Truth.Total
		sum.Bad += e.Truth.Bad
	}
	return sum
}

func (r *Retail) appendMinute(events []Event, d *draw, s Stream, minute int64) []Event {
	if minute < r.begin {
		return events
	}
	shop := minute + r.ahead
	d.source.Seed(mix(r.seed^uint64(s)<<56), mix(uint64(shop)))
	d.minute, d.shop = minute, shop
	d.trouble = under(d.trouble[:0], r.incidents, s, shop-closing, historyMinutes)
	if minute >= r.end {
		d.trouble = under(d.trouble, r.drills, s, minute-r.end, drillMinutes)
	}
	first := len(events)
	events = r.streams[s-1].events(events, d)
	for i := range events[first:] {
		events[first+i].Arrives = d.arrival(events[first+i])
	}
	return events
}

// under appends the incidents that a stream is in so many minutes after the end
// of the history, when they come again every so many.
func under(list []trouble, incidents []Incident, s Stream, after, again int64) []trouble {
	for _, i := range incidents {
		length := int64(i.Length / time.Minute)
		since := after + int64(i.BeforeEnd/time.Minute)
		since = (since%again + again) % again
		if since < length && i.concerns(s) {
			list = append(list, trouble{i, since, length})
		}
	}
	return list
}

// Under returns the drills that are under way at an instant.
func (r *Retail) Under(at time.Time) []Incident {
	var list []Incident
	after := minuteOf(at) - r.end
	for _, i := range r.drills {
		begin := int64(-i.BeforeEnd / time.Minute)
		if since := after%drillMinutes - begin; after >= 0 && since >= 0 && since < int64(i.Length/time.Minute) {
			list = append(list, i)
		}
	}
	return list
}

// kin implements [maker]: streams that report the same types are made
// together.
func (r *Retail) kin(eventType string) []string {
	for _, s := range r.streams {
		if slices.Contains(s.types, eventType) {
			return s.types
		}
	}
	return nil
}

func (r *Retail) types() []string {
	var types []string
	for _, s := range r.streams {
		types = append(types, s.types...)
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// hours implements [maker]: the traffic has a beginning and no end.
func (r *Retail) hours() (first, last int64) { return r.begin / 60, 1 << 40 }

func (r *Retail) make(kin []string, hour int64) map[string]*table {
	d := newDraw()
	tables := map[string]*table{}
	var events []Event
	for minute := hour * 60; minute < hour*60+60; minute++ {
		events = events[:0]
		for i, s := range r.streams {
			if s.types[0] == kin[0] {
				events = r.appendMinute(events, d, Stream(i+1), minute)
			}
		}
		slices.SortStableFunc(events, func(a, b Event) int { return cmp.Compare(a.Millis, b.Millis) })
		for _, e := range events {
			t := tables[e.Type]
			if t == nil {
				t = newTable(e.Type, newPool())
				tables[e.Type] = t
			}
			t.add(e.Millis, e.Arrives, e.Attributes)
		}
	}
	return tables
}

func minuteOf(at time.Time) int64 { return floor(at.UnixMilli(), 60_000) / 60_000 }

// mix spreads neighbouring numbers over all 64 bits (the finaliser of
// SplitMix64), so that neighbouring minutes have nothing in common.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// draw is what the events of one minute of a stream are drawn from.
type draw struct {
	source  *rand.PCG
	random  *rand.Rand
	minute  int64 // by the real clock
	shop    int64 // the same minute by the shop's clock
	trouble []trouble
	room    []Attribute // for the events to come
	rooms   int         // how many events there was room for the last time
}

func newDraw() *draw {
	source := rand.NewPCG(0, 0)
	return &draw{source: source, random: rand.New(source)}
}

// mostAttributes is the largest number of attributes of an event.
const mostAttributes = 8

// event returns an event of a type at a moment of the minute, without
// attributes yet.
func (d *draw) event(eventType string, millis int64) Event {
	if len(d.room) < mostAttributes {
		d.rooms = min(max(4, 2*d.rooms), 512)
		d.room = make([]Attribute, d.rooms*mostAttributes)
	}
	e := Event{Type: eventType, Millis: d.minute*60_000 + millis, Attributes: d.room[:0:mostAttributes]}
	d.room = d.room[mostAttributes:]
	return e
}
