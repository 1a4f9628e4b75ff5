// Package sourcetest holds the tests that every implementation of
// [sources.Source] passes.
//
// A package that implements a source fills it with the events that it is given
// and lets the tests ask:
//
//	func TestSource(t *testing.T) {
//		sourcetest.Run(t, func(t *testing.T, events []sourcetest.Event) sources.Source {
//			store := newStore(t)
//			for _, e := range events {
//				store.add(e.Type, e.Millis, e.Attributes)
//			}
//			return store.source()
//		})
//	}
//
// A source that keeps counts of SLOs and no events is filled with rows instead:
// see [RunCounts].
//
// The source keeps events for at least a day, takes no longer than an hour to
// see them, and does not look at the clock. How it fails and recovers is its
// own matter and not tested here.
package sourcetest
