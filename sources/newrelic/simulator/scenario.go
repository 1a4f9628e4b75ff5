package simulator

import (
	"container/list"
	"iter"
	"sync"
)

// maker makes the events of a scenario, an hour at a time. What it makes
// depends on the hour alone. Types whose events come from the same requests
// are made together. It is safe for concurrent use.
type maker interface {
	// kin returns the types that are made together with a type, itself among
	// them; nil for a type that it does not make.
	kin(eventType string) []string
	// types returns every type that it makes.
	types() []string
	// hours returns the hours since 1970 UTC that may hold events, [first, last).
	hours() (first, last int64)
	// make returns a table of an hour for each type of a kin, by its name.
	make(kin []string, hour int64) map[string]*table
}

// scenario makes events when they are asked for. It keeps the hours that were
// used last, up to a limit of memory.
type scenario struct {
	maker
	most int64 // bytes

	mu    sync.Mutex
	kept  map[hourKey]*list.Element // of *hour
	order *list.List                // the hour that was used last comes first
	bytes int64
}

// hourKey names what is made at once: the first type of a kin, and the hour.
type hourKey struct {
	kin  string
	hour int64
}

// hour is what was made of an hour.
type hour struct {
	key    hourKey
	once   sync.Once
	tables map[string]*table
	bytes  int64
}

// scenarioBytes is how much memory the made events of a scenario may hold.
const scenarioBytes = 32 << 20

func newScenario(m maker, most int64) *scenario {
	return &scenario{maker: m, most: most, kept: map[hourKey]*list.Element{}, order: list.New()}
}

// reads returns the tables of a type for the hours that [begin, end) touches.
// It is endless like the scenario: the caller bounds it.
func (s *scenario) reads(eventType string, begin, end int64) iter.Seq[*table] {
	return func(yield func(*table) bool) {
		kin := s.kin(eventType)
		if kin == nil || end <= begin {
			return
		}
		first, last := s.hours()
		first, last = max(first, floor(begin, hourMillis)/hourMillis), min(last, floor(end-1, hourMillis)/hourMillis+1)
		for h := first; h < last; h++ {
			if t := s.hour(kin, h)[eventType]; t != nil && !yield(t) {
				return
			}
		}
	}
}

// hour returns the tables of an hour. Two that ask for one at a time wait for
// the same making.
func (s *scenario) hour(kin []string, at int64) map[string]*table {
	key := hourKey{kin[0], at}
	s.mu.Lock()
	element := s.kept[key]
	if element == nil {
		element = s.order.PushFront(&hour{key: key})
		s.kept[key] = element
	} else {
		s.order.MoveToFront(element)
	}
	s.mu.Unlock()

	h := element.Value.(*hour)
	h.once.Do(func() {
		h.tables = s.make(kin, at)
		bytes := int64(1) // it is made, also when it is empty
		for _, t := range h.tables {
			bytes += t.bytes()
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		h.bytes = bytes
		s.bytes += bytes
		s.forget(element)
	})
	return h.tables
}

// forget drops the hours that were used longest ago until the others fit. The
// newest stays, and hours that are still being made weigh nothing yet.
func (s *scenario) forget(newest *list.Element) {
	for e := s.order.Back(); e != nil && s.bytes > s.most; {
		before := e.Prev()
		if h := e.Value.(*hour); e != newest && h.bytes > 0 {
			s.order.Remove(e)
			delete(s.kept, h.key)
			s.bytes -= h.bytes
		}
		e = before
	}
}
