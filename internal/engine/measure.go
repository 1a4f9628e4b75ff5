package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Evaluate measures every SLO of the set and returns how they stood at the
// instant at, seen from now. Windows end with the newest closed minute: at,
// or now less the source's lag when that is earlier. measuring maps the names
// of the set's sources to what asks them. What this version cannot compute is
// a failure and not part of the result.
func Evaluate(ctx context.Context, set *slo.Set, measuring map[string]sources.Source, now, at time.Time) burnrate.Snapshot {
	set, refused := computable(set)
	snapshot := burnrate.Evaluate(set, at, measure(ctx, set, measuring, now, at))
	snapshot.Failures = append(snapshot.Failures, refused...)
	slices.SortStableFunc(snapshot.Failures, func(a, b burnrate.Failure) int { return cmp.Compare(a.ID, b.ID) })
	return snapshot
}

var errNoSource = errors.New("no source measures it: declare a Source")

func measure(ctx context.Context, set *slo.Set, measuring map[string]sources.Source, now, at time.Time) map[string]burnrate.Measurement {
	extents := map[string]sources.Extent{}
	bySource := map[string]*group{}
	for _, s := range set.Measured() {
		if s.Source == nil || measuring[s.Source.Name] == nil {
			extents[s.ID] = sources.Extent{Span: slo.Span{Start: slo.MinuteAt(now), End: slo.MinuteAt(now)}, Err: errNoSource}
			continue
		}
		g := bySource[s.Source.Name]
		if g == nil {
			g = &group{source: measuring[s.Source.Name]}
			bySource[s.Source.Name] = g
		}
		g.slos = append(g.slos, s)
	}
	// Journeys may span sources, and end with the slowest of them: all extents
	// have to be known before anything is counted.
	together(bySource, func(g *group) { g.findExtents(ctx, now) })
	for _, g := range bySource {
		for i, s := range g.slos {
			extents[s.ID] = g.extents[i]
		}
	}
	measured := map[string]burnrate.Measurement{}
	for id, e := range extents {
		e.Span.End = min(e.Span.End, slo.MinuteAt(at))
		extents[id] = e
		measured[id] = burnrate.Measurement{End: e.Span.End, Err: e.Err}
	}
	spans := map[string]slo.Span{}
	for id, e := range extents {
		spans[id] = e.Span
	}
	cuts := burnrate.Cuts(set, spans)
	together(bySource, func(g *group) { g.count(ctx, extents, cuts) })
	for _, g := range bySource {
		for id, m := range g.measured {
			measured[id] = m
		}
	}
	return measured
}

// group is the SLOs that one source measures, and what came of it.
type group struct {
	source   sources.Source
	slos     []*slo.SLO
	extents  []sources.Extent // of slos
	measured map[string]burnrate.Measurement
}

// together does something with all groups at once.
func together(groups map[string]*group, do func(*group)) {
	var wait sync.WaitGroup
	for _, g := range groups {
		wait.Go(func() { do(g) })
	}
	wait.Wait()
}

func (g *group) findExtents(ctx context.Context, now time.Time) {
	slis := make([]slo.SLI, len(g.slos))
	for i, s := range g.slos {
		slis[i] = s.SLI
	}
	g.extents = g.source.Extents(ctx, now, slis)
}

// count asks for everything that the SLOs with an extent need.
func (g *group) count(ctx context.Context, extents map[string]sources.Extent, cuts map[string][]slo.Minute) {
	var asked []string
	var requests []sources.Request
	for _, s := range g.slos {
		if extents[s.ID].Err == nil {
			asked = append(asked, s.ID)
			requests = append(requests, sources.Request{SLI: s.SLI, Cuts: cuts[s.ID]})
		}
	}
	g.measured = map[string]burnrate.Measurement{}
	for i, answer := range g.source.Counts(ctx, requests) {
		extent := extents[asked[i]].Span
		m := burnrate.Measurement{End: extent.End, Err: answer.Err}
		if m.Err == nil {
			m.Series, m.Err = burnrate.NewSeries(extent, cuts[asked[i]], counted(answer.Counts))
		}
		g.measured[asked[i]] = m
	}
}

// counted makes rows of what SLIs count that take every event as one.
func counted(counts []slo.Counts) []burnrate.Row {
	rows := make([]burnrate.Row, len(counts))
	for i, c := range counts {
		rows[i] = burnrate.Counted(c)
	}
	return rows
}
