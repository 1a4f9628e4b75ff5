package engine

import (
	"cmp"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// failing says how the sources answer, from what was read in a tick.
func (e *Engine) failing(read []*request, now time.Time) []burnrate.SourceState {
	byFeed := e.byFeed(read)
	var states []burnrate.SourceState
	for _, f := range e.feeds {
		at := slices.IndexFunc(e.specs.Set.Sources, func(s *slo.Source) bool { return s.Name == f.name })
		if at < 0 {
			continue
		}
		state := burnrate.SourceState{Name: f.name, Owner: e.specs.Set.Sources[at].Owner, Since: e.alerts.State.Failing[f.name]}
		state.Notify = e.specs.Set.NotifiersOf(state.Owner)
		switch err, asked := f.refusal(byFeed[f]); {
		case asked && err == nil:
			state.Since = time.Time{}
		case err != nil:
			state.Message = err.Error()
			if state.Since.IsZero() {
				state.Since = now
			}
		}
		states = append(states, state)
	}
	slices.SortFunc(states, func(a, b burnrate.SourceState) int { return cmp.Compare(a.Name, b.Name) })
	return states
}

// refusal returns the first error of a feed that answers nothing but errors which
// are not up to single queries, nil when it answers anything, and whether it was
// asked at all.
func (f *feed) refusal(read []*request) (first error, asked bool) {
	note := func(err error) bool {
		asked = true
		if err != nil && first == nil && !sources.IsSingle(err) {
			first = err
		}
		return err == nil
	}
	for _, r := range read {
		if r.need == sources.Fresh && note(r.answer.Err) {
			return nil, true
		}
	}
	if asked {
		return first, true
	}
	for _, i := range f.indicators { // it was not known what to ask for
		if i.err == nil {
			return nil, false
		}
		note(i.err)
	}
	return first, first != nil
}
