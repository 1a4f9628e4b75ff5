package newrelic

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Cost is what it takes to measure SLOs of one source minute by minute: one
// query a minute for each pack, over the minute that has closed, and one for
// each set of event types that looks for late events. What was late is counted
// again on top of that.
type Cost struct {
	SLOs   int
	Packs  []PackCost // ordered by event types
	Probes int        // sets of event types that are looked at for late events
	// Refused holds, by id, what cannot be measured at all.
	Refused map[string]error
}

// PackCost is one query that is asked every minute, or every few minutes when it
// is about slices.
type PackCost struct {
	Types []string // event types that it reads
	Query string   // without its times
	Bytes int      // of the query, at most
	Every int64    // minutes
	SLOs  []string // ids of what it measures, in order
}

// AliasesPerRequest is how many queries travel in one HTTP request.
const AliasesPerRequest = aliasesPerRequest

// Lookbacks is how many times, on average, every event is inspected to look for
// late ones. With a lateness of 6h, a day of ticks looks back over 1 × 2,880, 23
// × 360, 72 × 60, 192 × 15 and 1,152 × 3 minutes: 21,816 / 1,440 = 15.15.
func Lookbacks(config slo.NewRelic) float64 {
	const ticks = 24 * 60
	total := int64(0)
	for end := slo.Minute(1); end <= ticks; end++ {
		total += sources.Lookback(end-1, end, config.Lateness)
	}
	return float64(total) / ticks
}

// CostOf plans a minute of measuring.
func CostOf(config slo.NewRelic, slos []*slo.SLO, minute slo.Minute) Cost {
	cost := Cost{SLOs: len(slos), Refused: map[string]error{}}
	r := &run{source: New(config, nil, nil), wants: map[wantKey]*want{}, byPart: map[*part]*want{}}
	ids := map[*want][]string{}
	probed := map[string]bool{}
	for _, s := range slos {
		every := slo.Minute(1)
		if s.SLI.Slice != nil {
			every = slo.Minute(s.SLI.Slice.Minutes())
		}
		end := s.SLI.Closed(minute - slo.Minute(Lag(config, s.SLI)/time.Minute))
		request := sources.Request{SLO: s, Cuts: []slo.Minute{end - every, end}}
		parts, err := r.source.prepare(request)
		if err != nil {
			cost.Refused[s.ID] = err
			continue
		}
		for _, p := range parts {
			r.want(p, request, len(parts) == 1)
			w := r.wants[wantKey{p.key(), request.Need}]
			ids[w] = append(ids[w], s.ID)
		}
		if types := eventTypes(s.SLI); !isMetric(types) {
			probed[strings.Join(types, ",")] = true
		}
	}
	cost.Probes = len(probed)
	for _, j := range r.jobs(minute.Time()) {
		made := PackCost{
			Types: slices.Compact(slices.Sorted(slices.Values(j.statement.query.EventTypes()))), Query: j.statement.query.String(),
			Bytes: len(j.statement.text(longestPiece())), Every: j.piece.span.Len(),
		}
		for _, p := range j.pack.parts {
			made.SLOs = append(made.SLOs, ids[r.byPart[p]]...)
		}
		slices.Sort(made.SLOs)
		made.SLOs = slices.Compact(made.SLOs)
		cost.Packs = append(cost.Packs, made)
	}
	slices.SortStableFunc(cost.Packs, func(a, b PackCost) int {
		return cmp.Or(slices.Compare(a.Types, b.Types), slices.Compare(a.SLOs, b.SLOs))
	})
	return cost
}
