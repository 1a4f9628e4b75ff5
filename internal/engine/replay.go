package engine

import (
	"context"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// Replay goes through what is kept, minute by minute, as an [Engine] with a set would
// have seen it: each minute that lags behind is measured when it would have been. It is
// hindsight all the same: what came late, was corrected or was filled in is there at
// once, and sources never fail. What has no lag, as a file, ends with the instant.
//
// Of what is kept as quarter-hours, windows hold and let go the events as if they were
// spread over their minutes. What windows of a few minutes say is wrong there, so that a
// replay should not begin before [FirstMinute].
//
// It takes time for each SLO and minute, and memory for each SLO, however long it is:
// the hours in which minutes enter and leave windows are read one by one.
type Replay struct {
	Set     *slo.Set
	Records Records // all methods see one commit, and are called one at a time
	Lag     Lag
	From    time.Time // of the first snapshot, a whole minute
	To      time.Time // of the last one, a whole minute, not before From
	// Progress is told how many minutes are over, and of how many; nil is not told.
	Progress func(done, all int64)

	shard int        // how many SLOs and journeys are evaluated together at most; 0 for the usual
	every slo.Minute // how far apart the minutes are that a [Past] looks at; 0 for a replay of all
}

// Run has see look at a snapshot of each minute. Its statuses hold until see returns,
// as their memory is used again; its Failures and Notices stay. Those of the last one
// say what is not kept, as [Kept] does. An error of see ends the run. See and Progress
// are called by the goroutine that calls Run.
func (r *Replay) Run(ctx context.Context, see func(burnrate.Snapshot) error) error {
	p, err := r.begin(ctx)
	if err != nil {
		return err
	}
	return p.run(ctx, see)
}

// run shows minutes while those behind them are evaluated.
func (p *replaying) run(ctx context.Context, see func(burnrate.Snapshot) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	made := make(chan error, 1)
	var before slo.Span // what was made before, and was not looked at
	for n, minute := 0, p.first; before.Len() > 0 || minute <= p.last; n++ {
		next := slo.Span{Start: minute, End: min(minute+stepMinutes, p.last+1)}
		go func() { made <- p.make(ctx, next, n%2) }()
		err := p.show(ctx, before, (n+1)%2, see)
		if err != nil {
			cancel()
		}
		if failed := <-made; err == nil {
			err = failed
		}
		if err != nil {
			return err
		}
		before, minute = next, next.End
	}
	return nil
}

// stepMinutes is how many minutes are evaluated while those before them are looked
// at. Twice as many snapshots are in memory.
const stepMinutes = 5

// replaying is a replay that has begun.
type replaying struct {
	*Replay
	whole       *state // without windows
	kept        burnrate.Kept
	changes     []lineage.Change
	first, last slo.Minute
	shards      []*shard
	hours       *hourCache
	sources     []burnrate.SourceState
	statuses    []burnrate.Status // of all shards, in the order of ids
	sampled     *sampling         // nil when all minutes are looked at
}

// begin sums the windows of the first minute.
func (r *Replay) begin(ctx context.Context) (*replaying, error) {
	whole, kept, changes, err := keptState(ctx, r.Set, r.Records)
	if err != nil {
		return nil, err
	}
	p := &replaying{
		Replay: r, whole: whole, kept: kept, changes: changes, first: slo.MinuteAt(r.From), last: slo.MinuteAt(r.To), sources: r.sources(),
	}
	p.shards = shardsOf(whole, r.Lag, r.shard)
	if r.every > 0 {
		if p.sampled, err = newSampling(ctx, p); err != nil {
			return nil, err
		}
	}
	places := placesOf(p.shards)
	p.statuses = make([]burnrate.Status, len(places))
	ends := make([]slo.Minute, len(whole.measured))
	endAt := func(minute slo.Minute) {
		for _, s := range p.shards {
			for k, end := range s.endsAt(minute) {
				ends[s.columns[k]] = end
			}
		}
	}
	endAt(p.first)
	series, err := whole.series(ctx, spreading{r.Records}, kept.Since, ends)
	if err != nil {
		return nil, err
	}
	for _, s := range p.shards {
		if err := s.evaluator.Load(series); err != nil {
			return nil, err
		}
	}
	// Hours are known from the first minute on, and count once they are over.
	endAt(p.last)
	whole.ends = ends
	owner := make([]*shard, len(ends))
	column := make([]int, len(ends))
	for _, s := range p.shards {
		for k, c := range s.columns {
			owner[c], column[c] = s, k
		}
	}
	err = whole.eachCoarse(ctx, r.Records, func(c int, list []burnrate.Coarse) error {
		return owner[c].evaluator.SetCoarse(column[c], list)
	})
	p.hours = newHourCache(r.Records, p.shards, kept.Since)
	return p, err
}

// make evaluates the minutes of a span, in one of two places.
func (p *replaying) make(ctx context.Context, span slo.Span, place int) error {
	if span.Len() == 0 {
		return nil
	}
	var needs []slo.Minute
	for _, s := range p.shards {
		needs = append(needs, s.evaluator.Needs(s.endsAt(span.End-1))...)
	}
	if err := p.hours.read(ctx, needs); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, s := range p.shards {
		group.Go(func() error { return s.evaluate(ctx, span, place, p.hours) })
	}
	return group.Wait()
}

// show has see look at what was made in a place.
func (p *replaying) show(ctx context.Context, span slo.Span, place int, see func(burnrate.Snapshot) error) error {
	for minute := span.Start; minute < span.End; minute++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p.sampled != nil && !p.sampled.looks(minute) {
			continue
		}
		snapshot := burnrate.Snapshot{At: minute.Time(), Statuses: p.statuses, Sources: p.sources}
		for _, s := range p.shards {
			part := &s.made[place][minute-span.Start]
			for k, at := range s.places {
				p.statuses[at] = part.Statuses[k]
			}
			snapshot.Failures = append(snapshot.Failures, part.Failures...)
			if p.sampled != nil {
				p.sampled.join(&snapshot, s, part)
			}
		}
		if minute == p.last {
			p.whole.explain(&snapshot, p.kept, p.changes)
		}
		sortByID(&snapshot)
		if err := see(snapshot); err != nil {
			return err
		}
		if p.Progress != nil {
			p.Progress(int64(minute-p.first)+1, int64(p.last-p.first)+1)
		}
	}
	return nil
}

// sources returns those that measure something, which all answer.
func (r *Replay) sources() []burnrate.SourceState {
	measured := r.Set.Measured()
	var states []burnrate.SourceState
	for _, source := range r.Set.Sources {
		if slices.ContainsFunc(measured, func(m *slo.SLO) bool { return m.Source == source && m.Indicator != "" }) {
			states = append(states, burnrate.SourceState{Name: source.Name, Owner: source.Owner, Notify: r.Set.NotifiersOf(source.Owner)})
		}
	}
	return states
}
