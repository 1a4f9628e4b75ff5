package engine

import (
	"context"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Past goes through what is kept, and says at some instants what an [Engine] would have
// said of them: a [Replay] with meters, with the budgets of calendar windows that were
// over, and with the alerts of the ledger. Meters are 0 at From and have every minute
// since then, whenever it was measured. An alert fires as long as the ledger says that it
// did; what nobody was told of does not. Whether anybody looked, [View.Judged] says: before
// the first tick, and while no engine ran, nobody did.
//
// From the newest tick on it says what [Kept] does.
type Past struct {
	Set     *slo.Set
	Records Records // all methods see one commit, and are called one at a time
	Lag     Lag
	From    time.Time     // the first instant, a whole minute
	To      time.Time     // the last one, a whole minute, not before From
	Every   time.Duration // between instants, whole minutes, at least one; To is looked at as well
	// Progress is told how many minutes are over, and of how many; nil is not told.
	Progress func(done, all int64)
}

// Run has see look at a view of each instant, of which the set, the snapshot, the
// alerts that fire, and whose alerts were judged are there. It holds until see returns. An error of see ends the run.
func (p *Past) Run(ctx context.Context, see func(View) error) error {
	r := &Replay{Set: p.Set, Records: p.Records, Lag: p.Lag, From: p.From, To: p.To, Progress: p.Progress, every: max(1, slo.Minute(p.Every/time.Minute))}
	replaying, err := r.begin(ctx)
	if err != nil {
		return err
	}
	told, err := episodesOf(p.Set, replaying.kept, replaying.sampled.tick)
	if err != nil {
		return err
	}
	told.never = neverJudged(p.Set, replaying.changes)
	former := &formerBudgets{}
	return replaying.run(ctx, func(s burnrate.Snapshot) error {
		if err := former.sumAll(ctx, replaying, s.Statuses); err != nil {
			return errorf("sum the windows that are over", err)
		}
		s.Previous = former.show(replaying.whole, s.Statuses)
		view := View{Set: p.Set, Snapshot: s, Judged: told.judgedAt(slo.MinuteAt(s.At))}
		view.Alerts.State.At, view.Alerts.State.Alerts = s.At, told.at(slo.MinuteAt(s.At))
		return see(view)
	})
}

// sumAll sums all windows that ended before those of statuses.
func (b *formerBudgets) sumAll(ctx context.Context, p *replaying, statuses []burnrate.Status) error {
	b.show(p.whole, statuses) // which says where they end
	r := &recalling{since: p.kept.Since}
	for k := range b.list {
		if former := &b.list[k]; former.summed != former.border {
			r.waiting = append(r.waiting, former)
		}
	}
	if len(r.waiting) == 0 {
		return nil
	}
	r.begin(p.whole)
	slices.SortStableFunc(r.waiting, func(a, b *formerBudget) int { return int(a.border - b.border) })
	for len(r.waiting) > 0 {
		list, _ := r.next(pastTurn)
		if err := r.sum(ctx, p.Records, list); err != nil {
			return err
		}
		for _, former := range list {
			former.summed = former.border
		}
	}
	return nil
}

// pastTurn is how many columns are summed at once: there is nobody who waits.
const pastTurn = 1 << 14

// PastSpan returns which instants a [Past] may go over: from the first minute of a set
// that is kept as a minute, see [FirstMinute], to that of the newest tick. It is false
// when no minute is kept: then both are the minute of the newest commit, zero without one.
func PastSpan(ctx context.Context, set *slo.Set, records Records, lag Lag) (from, to time.Time, kept bool, err error) {
	first, any, err := FirstMinute(ctx, set, records)
	if err != nil {
		return time.Time{}, time.Time{}, false, err
	}
	whole, state, _, err := keptState(ctx, set, records)
	if err != nil {
		return time.Time{}, time.Time{}, false, err
	}
	if !any {
		from = state.At.Truncate(time.Minute)
		return from, from, false, nil
	}
	_, tick, err := reachedBy(ctx, whole, records, state, lag)
	return first.Time(), max(first, tick).Time(), true, err
}
