package simulator

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Attribute is a named value of an event.
type Attribute struct {
	Name  string
	Value Value
}

// Store holds events by type, column by column, ordered by time. It may also
// have a scenario, whose events are made when they are asked for. It is safe
// for concurrent use; an event that was added is seen by every later query.
type Store struct {
	mu       sync.RWMutex
	tables   map[string]*table
	pool     *pool
	scenario *scenario // nil for none
}

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{tables: map[string]*table{}, pool: newPool()}
}

// Add stores one event. Its time is in milliseconds since 1970 UTC; null
// values are left out, as an absent attribute is null; of two values for one
// attribute the later stays. Events may come in any order. A name that New
// Relic does not take, or a number that is not finite, is refused and nothing
// is stored.
func (s *Store) Add(eventType string, timestampMillis int64, attributes ...Attribute) error {
	return s.add(eventType, timestampMillis, always, attributes)
}

// AddArriving is Add for an event that no query sees before another time, in
// milliseconds since 1970 UTC.
func (s *Store) AddArriving(eventType string, timestampMillis, arrivesMillis int64, attributes ...Attribute) error {
	return s.add(eventType, timestampMillis, arrivesMillis, attributes)
}

func (s *Store) add(eventType string, millis, arrives int64, attributes []Attribute) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tables[eventType]
	if t == nil {
		if err := checkEventType(eventType); err != nil {
			return err
		}
	}
	for i, a := range attributes {
		if t != nil && t.find(i, a.Name) != nil {
			continue
		}
		if err := checkAttribute(a.Name); err != nil {
			return err
		}
	}
	for _, a := range attributes {
		if a.Value.kind == number && (math.IsNaN(a.Value.number) || math.IsInf(a.Value.number, 0)) {
			return fmt.Errorf("attribute %s is %v: only finite numbers can be stored", a.Name, a.Value.number)
		}
	}
	if t == nil {
		t = newTable(eventType, s.pool)
		s.tables[eventType] = t
	}
	t.add(millis, arrives, attributes)
	return nil
}

// Len returns the number of events of all types that were added.
func (s *Store) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n := 0
	for _, t := range s.tables {
		n += len(t.times)
	}
	return n
}

// types returns the types that there may be events of. The store is locked.
func (s *Store) types() []string {
	types := slices.Collect(maps.Keys(s.tables))
	if s.scenario != nil {
		types = append(types, s.scenario.types()...)
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// reads returns the tables that may hold events of a type with times in
// [begin, end) that can be seen now. The store is locked.
func (s *Store) reads(eventType string, begin, end, nowMillis int64) iter.Seq[*table] {
	return func(yield func(*table) bool) {
		if s.scenario != nil {
			// What a scenario makes arrives later than it happened.
			for t := range s.scenario.reads(eventType, begin, min(end, nowMillis)) {
				if !yield(t) {
					return
				}
			}
		}
		if t := s.tables[eventType]; t != nil {
			yield(t)
		}
	}
}

// read calls do while nobody writes and every table is in order of time.
func (s *Store) read(do func()) {
	for {
		s.mu.RLock()
		if s.sorted() {
			defer s.mu.RUnlock()
			do()
			return
		}
		s.mu.RUnlock()
		s.mu.Lock()
		for _, t := range s.tables {
			t.sort()
		}
		s.mu.Unlock()
	}
}

func (s *Store) sorted() bool {
	for _, t := range s.tables {
		if !t.sorted {
			return false
		}
	}
	return true
}

// maxName is the length names have to stay below.
const maxName = 255

func checkEventType(name string) error {
	if name == "" || len(name) >= maxName {
		return fmt.Errorf("the event type %q must have 1 to %d characters", shorten(name), maxName-1)
	}
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' && c != ':' {
			return fmt.Errorf("the event type %q may hold only letters, digits, : and _", shorten(name))
		}
	}
	return nil
}

func checkAttribute(name string) error {
	switch {
	case name == "" || len(name) >= maxName:
		return fmt.Errorf("the attribute name %q must have 1 to %d characters", shorten(name), maxName-1)
	case name == "timestamp" || name == "eventType":
		return fmt.Errorf("%s is not an attribute that can be set beside the event's own", name)
	case !utf8.ValidString(name):
		return fmt.Errorf("the attribute name %q must be valid UTF-8", shorten(name))
	}
	for _, c := range name {
		if unicode.IsControl(c) {
			return fmt.Errorf("the attribute name %q must not hold control characters", shorten(name))
		}
	}
	return nil
}

// shorten keeps hostile names from filling the screen.
func shorten(name string) string {
	if len(name) > 80 {
		return name[:80] + "…"
	}
	return name
}
