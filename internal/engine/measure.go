package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Evaluate measures every SLO of the set and returns how they stood at the
// instant at, seen from now. Windows end with the newest closed minute: at,
// or now less the source's lag when that is earlier. measuring maps the names
// of the set's sources to what asks them.
func Evaluate(ctx context.Context, set *slo.Set, measuring map[string]sources.Source, now, at time.Time) burnrate.Snapshot {
	return burnrate.Evaluate(set, at, measure(ctx, set, measuring, now, at))
}

var errNoSource = errors.New("no source measures it: declare a Source")

func measure(ctx context.Context, set *slo.Set, measuring map[string]sources.Source, now, at time.Time) map[string]burnrate.Measurement {
	bySource := map[string][]*slo.SLO{}
	measured := map[string]burnrate.Measurement{}
	for _, s := range set.SLOs {
		if s.Source == nil || measuring[s.Source.Name] == nil {
			// Without a source there is no lag to keep.
			measured[s.ID] = burnrate.Measurement{End: min(slo.MinuteAt(at), slo.MinuteAt(now)), Err: errNoSource}
			continue
		}
		bySource[s.Source.Name] = append(bySource[s.Source.Name], s)
	}
	// Journeys may span sources, and end with the slowest of them: all extents
	// have to be known before anything is counted.
	var mutex sync.Mutex
	each := func(do func(source sources.Source, slos []*slo.SLO) map[string]burnrate.Measurement) {
		var group sync.WaitGroup
		for name, slos := range bySource {
			group.Go(func() {
				result := do(measuring[name], slos)
				mutex.Lock()
				defer mutex.Unlock()
				for id, m := range result {
					measured[id] = m
				}
			})
		}
		group.Wait()
	}
	extents := map[string]sources.Extent{}
	each(func(source sources.Source, slos []*slo.SLO) map[string]burnrate.Measurement {
		slis := make([]slo.SLI, len(slos))
		for i, s := range slos {
			slis[i] = s.SLI
		}
		found := source.Extents(ctx, now, slis)
		mutex.Lock()
		defer mutex.Unlock()
		for i, s := range slos {
			found[i].Span.End = min(found[i].Span.End, slo.MinuteAt(at))
			extents[s.ID] = found[i]
		}
		return nil
	})
	ends := windowEnds(set, extents)
	each(func(source sources.Source, slos []*slo.SLO) map[string]burnrate.Measurement {
		return count(ctx, set, source, slos, extents, ends)
	})
	return measured
}

// windowEnds lists, for each SLO, the minutes its windows end with: its own
// and those of the journeys it is a step of.
func windowEnds(set *slo.Set, extents map[string]sources.Extent) map[string][]slo.Minute {
	end := func(id string) (slo.Minute, bool) {
		e, known := extents[id]
		return e.Span.End, known && e.Err == nil
	}
	ends := map[string][]slo.Minute{}
	for id := range extents {
		if own, ok := end(id); ok {
			ends[id] = append(ends[id], own)
		}
	}
	for _, j := range set.Journeys {
		if earliest, ok := burnrate.JourneyEnd(j, end); ok {
			for _, step := range j.Steps {
				ends[step.SLO.ID] = append(ends[step.SLO.ID], earliest)
			}
		}
	}
	return ends
}

// count asks one source for everything its SLOs need.
func count(ctx context.Context, set *slo.Set, source sources.Source, slos []*slo.SLO,
	extents map[string]sources.Extent, ends map[string][]slo.Minute,
) map[string]burnrate.Measurement {
	measured := map[string]burnrate.Measurement{}
	windows := burnrate.Windows(set)
	var asked []*slo.SLO
	var requests []sources.Request
	for _, s := range slos {
		extent := extents[s.ID]
		if extent.Err != nil {
			measured[s.ID] = burnrate.Measurement{End: extent.Span.End, Err: extent.Err}
			continue
		}
		asked = append(asked, s)
		requests = append(requests, sources.Request{
			SLI: s.SLI, Cuts: burnrate.Cuts(extent.Span, windows[s.ID], ends[s.ID]),
		})
	}
	for i, answer := range source.Counts(ctx, requests) {
		extent := extents[asked[i].ID].Span
		m := burnrate.Measurement{End: extent.End, Err: answer.Err}
		if m.Err == nil {
			m.Series, m.Err = burnrate.NewSeries(extent, requests[i].Cuts, answer.Counts)
		}
		measured[asked[i].ID] = m
	}
	return measured
}
