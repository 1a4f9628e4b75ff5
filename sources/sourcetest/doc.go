// Package sourcetest holds the tests that every implementation of
// [sources.Source] passes.
//
// A package that implements a source fills it with what happened, and runs the
// suite:
//
//	func TestSource(t *testing.T) {
//		sourcetest.Suite{
//			Open: func(t *testing.T, history sourcetest.History) sourcetest.Subject {
//				store := newStore(t, history.Events)
//				return sourcetest.Subject{Source: store.source(), Add: store.add}
//			},
//			Lacks: map[sourcetest.Capability]string{
//				sourcetest.Slices: "the store has no aggregates but count and sum",
//			},
//		}.Run(t)
//	}
//
// What a source cannot do by its nature stands in Lacks, with the reason, and
// the tests of it are skipped in the open: go test -v shows them. Everything else
// is tested, so that a capability cannot be forgotten.
//
// The source keeps events for at least two days, takes no longer than an hour to
// see them, and does not look at the clock. How it fails, tries again and
// recovers is its own matter and not tested here.
package sourcetest
