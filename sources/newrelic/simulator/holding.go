package simulator

import (
	"iter"
	"slices"
)

// holding is a store that an account can query. All accounts share the events
// of the simulator's own store and have those that were sent to them beside it.
type holding struct {
	account int64
	store   *Store
}

// holdings is everything that a query reads.
type holdings []holding

// read calls do while nobody writes and every table is in order of time.
func (h holdings) read(do func()) {
	if len(h) == 0 {
		do()
		return
	}
	// One that several accounts share is locked once.
	others := slices.DeleteFunc(slices.Clone(h[1:]), func(other holding) bool { return other.store == h[0].store })
	h[0].store.read(func() { others.read(do) })
}

// types returns the types that there may be events of, sorted.
func (h holdings) types() []string {
	var types []string
	for _, holding := range h {
		types = append(types, holding.store.types()...)
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// reads returns the tables that may hold events of a type with times in
// [begin, end) that can be seen now, and the account of each.
func (h holdings) reads(eventType string, begin, end, nowMillis int64) iter.Seq2[int64, *table] {
	return func(yield func(int64, *table) bool) {
		for _, holding := range h {
			for t := range holding.store.reads(eventType, begin, end, nowMillis) {
				if !yield(holding.account, t) {
					return
				}
			}
		}
	}
}
