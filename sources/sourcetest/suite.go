package sourcetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Suite runs the tests of the contract over a kind of source.
type Suite struct {
	// Open returns a source that knows the given history and nothing else. It
	// is called once for each test; tests run at the same time.
	Open func(t *testing.T, history History) Subject
	// Lacks says what the source does not promise, each with the reason. Tests
	// that need it are skipped with that reason; whatever is not named here is
	// tested.
	Lacks map[Capability]string
}

// History is what happened, in the two forms in which sources keep it. A source
// takes one of them, and lacks [Conditions] when that is the rows.
type History struct {
	Events []Event
	asked  []indicator
}

// Rows returns what every SLO that a test asks for counts, minute by minute, in
// no order of time.
func (h History) Rows() []Row { return rows(h.Events, h.asked) }

// Capability is something that a source may do without.
type Capability string

// The capabilities. A source that has one of the last five fills in the field of
// [Subject] that goes with it.
const (
	// Conditions: it reads what an SLI says. Without it, a source keeps counts
	// of SLOs by their ids. A minute without a row was then not measured.
	Conditions Capability = "conditions"
	Weights    Capability = "weights" // count: sum(…)
	Slices     Capability = "slices"  // SLIs of slices
	Queries    Capability = "queries" // SLIs of whole queries
	// Late: what arrives after it was asked is in its next answer.
	Late Capability = "late"
	// Watching: it is a [sources.Watcher], by which late events are found.
	Watching Capability = "watching"
	// Refusals: what it asks may refuse an SLI that can be read.
	Refusals Capability = "refusals"
	// Stalls: what it asks may keep it waiting.
	Stalls Capability = "stalls"
	// Limits: what it asks bounds how much it may be asked.
	Limits Capability = "limits"
)

func capabilities() []Capability {
	return []Capability{Conditions, Weights, Slices, Queries, Late, Watching, Refusals, Stalls, Limits}
}

// Subject is a source that is tested, and what the tests may do behind its back.
type Subject struct {
	Source sources.Source
	// Add lets events arrive (Late).
	Add func([]Event)
	// Refused is an SLI that can be read and that is refused when the source
	// asks for it (Refusals).
	Refused slo.SLI
	// Stall lets the next answers through that what is behind the source gives,
	// and holds all others back until resume is called. stalled is closed once
	// something is held back (Stalls).
	Stall func(answers int) (stalled <-chan struct{}, resume func())
	// Exceeded returns an error once the source has asked for more at a time
	// than it may (Limits).
	Exceeded func() error
}

// Run runs every test that the source does not lack something for.
func (s Suite) Run(t *testing.T) {
	for lacked, why := range s.Lacks {
		if !slices.Contains(capabilities(), lacked) || why == "" {
			t.Fatalf("Lacks[%q] = %q: want one of %q, and the reason", lacked, why, capabilities())
		}
	}
	for _, c := range contract() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, needed := range c.needs {
				if why, lacks := s.Lacks[needed]; lacks {
					t.Skipf("not promised are %s: %s", needed, why)
				}
			}
			_, byID := s.Lacks[Conditions]
			_, unlimited := s.Lacks[Limits]
			history := c.history()
			subject := tested{Subject: s.Open(t, history), events: history.Events, byID: byID, patience: time.Minute, linger: time.Minute}
			if missing := subject.missing(c.needs, unlimited); missing != "" {
				t.Fatalf("the subject has nothing for the capability %s: fill it in, or say in Lacks why it cannot be", missing)
			}
			c.run(t.Context(), t, subject)
		})
	}
}

// tested is a subject in the hands of a test.
type tested struct {
	Subject
	events   []Event       // that happened so far
	byID     bool          // it keeps counts by ids
	patience time.Duration // how long it may take to notice that nobody waits
	linger   time.Duration // how long what it started may go on
}

// missing names a capability that a test needs and the subject has nothing for.
func (s tested) missing(needs []Capability, unlimited bool) Capability {
	_, watches := s.Source.(sources.Watcher)
	for needed, there := range map[Capability]bool{
		Late: s.Add != nil, Watching: watches, Refusals: s.Refused.Form() != slo.FormEvents || len(s.Refused.From) > 0, Stalls: s.Stall != nil,
	} {
		if slices.Contains(needs, needed) && !there {
			return needed
		}
	}
	if !unlimited && s.Exceeded == nil {
		return Limits
	}
	return ""
}

// add lets more events happen.
func (s *tested) add(events []Event) {
	s.Add(events)
	s.events = slices.Concat(s.events, events)
}

// sums says what the source has to answer.
func (s tested) sums(i indicator, cuts []slo.Minute) []sources.Sum {
	sums := i.sums(s.events, cuts)
	for n := range sums {
		if s.byID {
			sums[n].Minutes = slo.Span{Start: cuts[n], End: cuts[n+1]}.Intersect(i.measured(s.events)).Len()
		}
	}
	return sums
}

// reporter is what a check needs of a [testing.T].
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// clause is one part of what a source promises.
type clause struct {
	name  string
	check func(ctx context.Context, r reporter, source tested)
	needs []Capability
	asks  func() []indicator // that rows are needed of; nil for the usual ones
}

// history is what has happened before the clause is checked.
func (c clause) history() History {
	asked := indicators
	if c.asks != nil {
		asked = c.asks
	}
	return History{history(), asked()}
}

// run checks the clause, and that no limit was passed on the way.
func (c clause) run(ctx context.Context, r reporter, source tested) {
	r.Helper()
	c.check(ctx, r, source)
	if source.Exceeded != nil {
		if err := source.Exceeded(); err != nil {
			r.Errorf("the source asks for too much: %v", err)
		}
	}
}

// contract lists everything. A new clause is one line more.
func contract() []clause {
	reads := []Capability{Conditions}
	return []clause{
		{"answers come in the order of the requests", checkOrder, nil, nil},
		{"spans are half-open", checkHalfOpen, nil, nil},
		{"counts of spans add up", checkSums, nil, nil},
		{"days can be asked for in minutes", checkLong, nil, nil},
		{"what is not good is bad", checkForms, nil, nil},
		{"without a condition all events count, none as bad", checkRaw, nil, nil},
		{"nothing happened is zero", checkZero, nil, nil},
		{"nothing asked is nothing answered", checkNothingAsked, nil, nil},
		{"events weigh what they weigh", checkWeights, []Capability{Weights}, weighted},
		{"large sums are exact", checkLarge, []Capability{Weights}, large},
		{"sums that are too large are no numbers", checkTooLarge, []Capability{Weights}, large},
		{"slices lie on multiples of their length", checkSlices, []Capability{Slices}, sliced},
		{"whole queries count as they say", checkQueries, []Capability{Queries}, queried},
		{"hundreds of requests are answered", checkMany, nil, many},
		{"calls at the same time do not meet", checkAtOnce, nil, nil},
		{"answers stay as they were given", checkKept, nil, nil},
		{"what is needed less counts alike", checkNeeds, nil, nil},
		{"wrong cuts leave the other requests alone", checkWrongCuts, nil, nil},
		{"a wrong SLI leaves the others alone", checkWrongSLI, reads, nil},
		{"a refused SLI leaves the others alone", checkRefused, []Capability{Conditions, Refusals}, nil},
		{"an extent begins with the first event", checkExtents, nil, nil},
		{"an extent without events is empty", checkEmptyExtent, nil, nil},
		{"late events are in the next answer", checkLate, []Capability{Conditions, Late}, nil},
		{"late events are noticed", checkWatching, []Capability{Conditions, Late, Watching}, nil},
		{"nothing is measured once the context has ended", checkEnded, nil, nil},
		{"whoever waits is let go", checkStalled, []Capability{Stalls}, many},
		{"an interrupted call leaves nothing behind", checkLeft, []Capability{Stalls}, many},
	}
}
