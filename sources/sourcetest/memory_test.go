package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// memory is a source of a list of events. Each mistake makes it wrong in one
// way; without any it keeps the contract.
type memory struct {
	mistake mistake

	mu     sync.Mutex
	events []Event
	first  []Event                   // as they were when it was opened
	kept   map[string]sources.Answer // of earlier requests
	buffer []sources.Sum             // of the answer before
	busy   sync.Mutex
	asked  int // the largest number of requests that were looked up at a time
	stall  stall
	quit   chan struct{}
}

// stall is a place where everybody waits once so many have passed.
type stall struct {
	mu      sync.Mutex
	on      bool
	left    int
	stalled chan struct{}
	resumed chan struct{}
}

func (s *stall) begin(answers int) (<-chan struct{}, func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on, s.left, s.stalled, s.resumed = true, answers, make(chan struct{}), make(chan struct{})
	return s.stalled, sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.on = false
		close(s.resumed)
	})
}

func (s *stall) isOn() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.on
}

// pass waits until the stall is over, or with ctx.
func (s *stall) pass(ctx context.Context) error {
	s.mu.Lock()
	s.left--
	waits, resumed := s.on && s.left < 0, s.resumed
	if waits && s.left == -1 {
		close(s.stalled)
	}
	s.mu.Unlock()
	if !waits {
		return ctx.Err()
	}
	select {
	case <-resumed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// mostAtOnce is how many requests may be looked up at a time.
const mostAtOnce = 50

func newMemory(events []Event, made mistake) *memory {
	return &memory{mistake: made, events: slices.Clone(events), first: slices.Clone(events), kept: map[string]sources.Answer{}, quit: make(chan struct{})}
}

// refused cannot be measured by any source: memory does not know the function.
func refused() slo.SLI {
	return slo.SLI{From: located([]string{checkout}), Bad: text("unknown(failed)")}
}

func (m *memory) subject() Subject {
	return Subject{
		Source: m, Add: m.add, Refused: refused(), Stall: m.stall.begin,
		Exceeded: func() error {
			m.mu.Lock()
			defer m.mu.Unlock()
			if m.asked > mostAtOnce {
				return fmt.Errorf("%d requests at a time, and %d are allowed", m.asked, mostAtOnce)
			}
			return nil
		},
	}
}

func (m *memory) add(events []Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.events = append(m.events, events...)
}

// Watch implements [sources.Watcher].
func (m *memory) Watch(slos []*slo.SLO) []*slo.SLO {
	byTypes := map[string]*slo.SLO{}
	watched := make([]*slo.SLO, len(slos))
	for n, s := range slos {
		types := slices.Sorted(slices.Values(s.SLI.EventTypes()))
		id := "all of " + strings.Join(types, ", ")
		switch {
		case m.mistake == nobodyWatches:
			continue
		case m.mistake == watchesTheSLO:
			watched[n] = s
			continue
		case m.mistake == watchesOne:
			id, types = "all", []string{checkout}
		}
		if byTypes[id] == nil {
			byTypes[id] = of(id, slo.SLI{From: located(types)})
		}
		watched[n] = byTypes[id]
	}
	return watched
}

func (m *memory) Extents(ctx context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	m.mu.Lock()
	defer m.mu.Unlock()
	extents := make([]sources.Extent, len(slos))
	for n, s := range slos {
		extents[n] = m.extent(ctx, slo.MinuteAt(now)-3, s.SLI)
	}
	if m.mistake == manyAreCut && len(extents) > 100 {
		extents = extents[:100]
	}
	return extents
}

func (m *memory) extent(ctx context.Context, newest slo.Minute, sli slo.SLI) sources.Extent {
	valid := typed(sli.EventTypes())
	events := m.events
	if m.mistake == extentsAreKept {
		events = m.first
	}
	first := slo.Minute(0)
	for _, e := range events {
		if (valid(e) || m.mistake == firstOfAll) && (first == 0 || e.minute() < first) {
			first = e.minute()
		}
	}
	extent := sources.Extent{Span: slo.Span{Start: newest, End: newest}}
	switch {
	case ctx.Err() != nil && m.mistake != endless:
		extent.Err = ctx.Err()
	case len(sli.From) == 0:
		extent.Err = errors.New("no event type")
	case first == 0 && m.mistake == emptyIsError:
		extent.Err = errors.New("no events")
	case first == 0 && m.mistake == emptyTurnsRound:
		extent.Span.End--
	case first == 0:
		extent.Never = m.mistake != neverIsSilent
	case m.mistake == sinceEver:
		extent.Span.Start = newest - 1440
	case m.mistake == untilNow:
		extent.Span = slo.Span{Start: first, End: newest + 60}
	case m.mistake == halfASlice:
		extent.Span.Start = first
	default:
		extent.Span = slo.Span{Start: sli.Closed(first), End: sli.Closed(newest)}
	}
	if extent.Err != nil && m.mistake == errorIsNoEnd {
		extent.Span = slo.Span{}
	}
	return extent
}

func (m *memory) Counts(ctx context.Context, requests []sources.Request) []sources.Answer {
	if m.mistake == oneAtATime {
		if !m.busy.TryLock() {
			return failing(len(requests), errors.New("busy"))
		}
		defer m.busy.Unlock()
		runtime.Gosched() // to those that wait for their turn
	}
	if m.mistake == deaf {
		ctx = context.WithoutCancel(ctx)
	}
	var answers []sources.Answer
	for chunk := range slices.Chunk(requests, m.atOnce(requests)) {
		interrupted := m.stall.pass(ctx)
		if interrupted != nil && m.mistake == leavesBehind {
			go func() { <-m.quit }()
		}
		answers = append(answers, m.answers(chunk, interrupted)...)
	}
	wrong := slices.ContainsFunc(answers, func(a sources.Answer) bool { return a.Err != nil })
	switch {
	case m.mistake == oneForAll && wrong:
		return failing(len(answers), errors.New("one of them is wrong"))
	case m.mistake == backwards:
		slices.Reverse(answers)
	case m.mistake == missingAnswer && len(answers) > 0, m.mistake == manyAreCut && len(answers) > 100:
		answers = answers[:len(answers)-1]
	}
	return answers
}

// atOnce is how many of the requests are looked up at a time.
func (m *memory) atOnce(requests []sources.Request) int {
	if m.mistake == greedy {
		return max(1, len(requests))
	}
	return mostAtOnce
}

// answers looks requests up, unless the call was interrupted.
func (m *memory) answers(requests []sources.Request, interrupted error) []sources.Answer {
	stalled := m.stall.isOn()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = max(m.asked, len(requests))
	answers := make([]sources.Answer, len(requests))
	for n, r := range requests {
		switch {
		case m.mistake == freshOnly && r.Need != sources.Fresh:
			answers[n] = m.fail(r, errors.New("not now"))
		case interrupted == nil || m.mistake == endless:
			answers[n] = m.answer(r)
		case m.mistake == halfSums && stalled:
			answers[n].Sums = make([]sources.Sum, max(0, len(r.Cuts)-1))
		default:
			answers[n] = m.fail(r, interrupted)
		}
		if m.mistake == answersAreKept && answers[n].Err == nil {
			key := fmt.Sprint(r.SLO.ID, r.Cuts)
			if kept, known := m.kept[key]; known {
				answers[n] = kept
			}
			m.kept[key] = answers[n]
		}
	}
	return answers
}

func (m *memory) fail(r sources.Request, err error) sources.Answer {
	answer := sources.Answer{Err: err}
	if m.mistake == partial {
		answer.Sums = make([]sources.Sum, max(0, len(r.Cuts)-1))
	}
	return answer
}
