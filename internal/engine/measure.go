package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Evaluate measures every SLO of the set and returns how they stood at the
// instant at, seen from now. Windows end with the newest closed minute: at,
// or now less the source's lag when that is earlier, and for slices the end of
// the last whole one. measuring maps the names of the set's sources to what
// asks them.
func Evaluate(ctx context.Context, set *slo.Set, measuring map[string]sources.Source, now, at time.Time) burnrate.Snapshot {
	measured, notices := measure(ctx, set, measuring, now, at)
	snapshot := burnrate.Evaluate(set, at, measured)
	slices.SortStableFunc(notices, func(a, b burnrate.Notice) int { return cmp.Compare(a.ID, b.ID) })
	snapshot.Notices = notices
	return snapshot
}

var errNoSource = errors.New("no source measures it: declare a Source")

func measure(ctx context.Context, set *slo.Set, measuring map[string]sources.Source, now, at time.Time) (map[string]burnrate.Measurement, []burnrate.Notice) {
	extents := map[string]sources.Extent{}
	bySource := map[string]*group{}
	all := set.Measured()
	for _, s := range all {
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
	together(bySource, func(g *group) { g.extents = g.source.Extents(ctx, now, g.slos) })
	for _, g := range bySource {
		for i, s := range g.slos {
			extents[s.ID] = g.extents[i]
		}
	}
	measured := map[string]burnrate.Measurement{}
	spans := map[string]slo.Span{}
	for _, s := range all {
		e := extents[s.ID]
		e.Span.End = s.SLI.Closed(min(e.Span.End, slo.MinuteAt(at)))
		e.Span.Start = min(e.Span.Start, e.Span.End)
		extents[s.ID], spans[s.ID] = e, e.Span
		measured[s.ID] = burnrate.Measurement{End: e.Span.End, Err: e.Err}
	}
	cuts := burnrate.Cuts(set, spans)
	together(bySource, func(g *group) { g.count(ctx, extents, cuts) })
	var notices []burnrate.Notice
	for _, g := range bySource {
		for id, m := range g.measured {
			measured[id] = m
		}
		notices = append(notices, g.notices...)
	}
	return measured, notices
}

// group is the SLOs that one source measures, and what came of it.
type group struct {
	source   sources.Source
	slos     []*slo.SLO
	extents  []sources.Extent // of slos
	measured map[string]burnrate.Measurement
	notices  []burnrate.Notice
}

// together does something with all groups at once.
func together(groups map[string]*group, do func(*group)) {
	var wait sync.WaitGroup
	for _, g := range groups {
		wait.Go(func() { do(g) })
	}
	wait.Wait()
}

// count asks for everything that the SLOs with an extent need.
func (g *group) count(ctx context.Context, extents map[string]sources.Extent, cuts map[string][]slo.Minute) {
	var requests []sources.Request
	for _, s := range g.slos {
		if extents[s.ID].Err == nil {
			requests = append(requests, sources.Request{SLO: s, Cuts: cuts[s.ID]})
		}
	}
	g.measured = map[string]burnrate.Measurement{}
	for i, answer := range g.source.Counts(ctx, requests) {
		s, extent := requests[i].SLO, extents[requests[i].SLO.ID]
		m := burnrate.Measurement{End: extent.Span.End, Err: answer.Err}
		if m.Err == nil {
			m.Series, m.Err = burnrate.SeriesOf(extent.Span, cuts[s.ID], sums(answer.Sums))
		}
		g.measured[s.ID] = m
		g.notice(s, extent, answer)
	}
}

func sums(measured []sources.Sum) []burnrate.Sum {
	list := make([]burnrate.Sum, len(measured))
	for i, s := range measured {
		list[i] = burnrate.Sum(s)
	}
	return list
}

// notice says what should be known about an SLO that was measured.
func (g *group) notice(s *slo.SLO, extent sources.Extent, answer sources.Answer) {
	if answer.Err != nil {
		return
	}
	add := func(format string, args ...any) {
		g.notices = append(g.notices, burnrate.Notice{ID: s.ID, Message: fmt.Sprintf(format, args...)})
	}
	for _, note := range answer.Notes {
		add("%s", note)
	}
	if extent.Never {
		add("%s", neverSeen(s))
		return
	}
	var all sources.Sum
	for _, sum := range answer.Sums {
		all = all.Add(sum)
	}
	// Zero in a few minutes is no traffic; zero as far back as anything was
	// asked for is more often a name that is wrong.
	if all.Rows.Total == 0 && all.Minutes >= quiet && s.Source.File == nil {
		add("no event was valid in all the %s that were measured: are the names and values in where right?", slo.FormatDuration(time.Duration(all.Minutes)*time.Minute))
	}
}

// neverSeen says of an SLO that there is nothing at all to measure it by, and what
// that probably comes from.
func neverSeen(s *slo.SLO) string {
	switch {
	case s.Source.File != nil:
		return s.Source.File.Path + " has no row of this id: is it spelt there as it is here?"
	case s.SLI.Form() == slo.FormQueries:
		return "there never was an event of the types that its queries name, as far back as they are kept: are the names right?"
	default:
		return "there never was an event of " + strings.Join(s.SLI.EventTypes(), ", ") + ", as far back as they are kept: is the name right?"
	}
}

// quiet is how many minutes without any valid event are remarkable.
const quiet = 24 * 60
