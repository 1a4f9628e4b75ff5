package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/slo"
)

// samples is at how many instants it is shown how much of a budget was left: a page
// draws a line, a document says it once a day.
func (b *backtesting) samples(from, to time.Time) int {
	const most = 200
	switch b.format {
	case "html":
		return most
	case "json":
		return min(most, 1+max(1, int(to.Sub(from)/(24*time.Hour))))
	}
	return 0
}

// replay makes the document of all sides.
func (b *backtesting) replay(ctx context.Context, q *question, progress *progress) (report.Backtest, error) {
	doc := report.Backtest{Schema: report.BacktestSchema, TimeZone: b.zone.String(), Night: b.night.String(), Origin: "source"}
	if b.kept() {
		doc.Origin = "ledger"
	}
	var err error
	if doc.From, doc.To, err = b.span(ctx, q.sides); err != nil {
		return doc, err
	}
	for _, s := range q.sides {
		run, err := b.runSide(ctx, q, s, doc.From, doc.To, progress)
		if err != nil {
			return doc, b.notReplayed(ctx, err)
		}
		doc.Runs = append(doc.Runs, run)
		doc.Failures = merged(doc.Failures, s.failures)
		doc.Notices = merged(doc.Notices, s.notices)
	}
	doc.Notices = merged(doc.Notices, q.notices)
	if len(doc.Runs) == 2 {
		comparison := backtest.Compare(&doc.Runs[0].Run, &doc.Runs[1].Run, q.renamed)
		doc.Comparison = &comparison
	}
	return doc, nil
}

// notReplayed makes the end of the command of an error.
func (b *backtesting) notReplayed(ctx context.Context, err error) error {
	if b.dir != "" {
		return ledgerFailed(ctx, b.dir, err)
	}
	return failed(err)
}

// runSide replays one side, and says what follows from it.
func (b *backtesting) runSide(ctx context.Context, q *question, s *side, from, to time.Time, progress *progress) (report.BacktestRun, error) {
	incidents := q.underNames()
	recorder := backtest.NewRecorder(backtest.Options{Incidents: incidents, From: from, To: to, Samples: b.samples(from, to)})
	replay := engine.Replay{
		Set: s.set, Records: s.records, Lag: lagOf, From: from, To: to,
		Progress: progress.replaying(from, len(s.set.Measured())),
	}
	var last burnrate.Snapshot
	err := replay.Run(ctx, func(snapshot burnrate.Snapshot) error {
		recorder.See(snapshot)
		last = snapshot
		return nil
	})
	if err != nil {
		return report.BacktestRun{}, err
	}
	if b.kept() { // else what was measured has said why it was not
		s.failures, s.notices = last.Failures, last.Notices
	}
	run := report.BacktestRun{Name: s.name, Run: recorder.Run()}
	periods, err := engine.Periods(ctx, s.set, s.records, lagOf, to)
	if err != nil {
		return run, err
	}
	if q.judged {
		judgement := backtest.Judge(&run.Run, incidents)
		run.Judgement = &judgement
	}
	run.Toil = backtest.ToilOf(&run.Run, b.zone, b.night)
	run.Advice = backtest.Advise(&run.Run, run.Judgement, periods)
	for i := range q.incidents { // as they were written
		run.Judgement.Incidents[i].SLOs = q.incidents[i].SLOs
	}
	return run, nil
}

// merged joins what was said of ids, each once, ordered by id.
func merged[T interface {
	~struct{ ID, Message string }
	comparable
}](said, more []T) []T {
	for _, one := range more {
		if !slices.Contains(said, one) {
			said = append(said, one)
		}
	}
	slices.SortStableFunc(said, func(a, b T) int {
		x, y := struct{ ID, Message string }(a), struct{ ID, Message string }(b)
		return strings.Compare(x.ID, y.ID)
	})
	return said
}

// span returns the first and the last minute to go through: what was asked for, if that
// is kept.
func (b *backtesting) span(ctx context.Context, sides []*side) (from, to time.Time, err error) {
	var first, last time.Time
	older := false
	for _, s := range sides {
		known, err := s.kept(ctx)
		if err != nil {
			return from, to, b.notReplayed(ctx, err)
		}
		older = older || known.older
		if known.first.IsZero() {
			continue
		}
		if first.IsZero() || known.first.Before(first) {
			first = known.first
		}
		if known.last.After(last) {
			last = known.last
		}
	}
	switch {
	case first.IsZero() && older:
		return from, to, usage("all that is kept of these specs and times is quarter-hours, which say nothing of short windows: minutes are kept for 100 days, so begin later")
	case !last.After(first):
		return from, to, b.nothing(sides)
	}
	if to = b.to; to.IsZero() {
		to = last
	}
	if from = b.from; from.IsZero() {
		if from = to.AddDate(0, 0, -mostDays); from.Before(first) {
			from = first
		}
	}
	switch {
	case from.Before(first) && older:
		err = usage("--from %s is before the first minute that is kept, %s: what is older is kept as quarter-hours, which say nothing of short windows", slo.MinuteAt(from), slo.MinuteAt(first))
	case from.Before(first):
		err = usage("--from %s is before the first minute that is known, %s", slo.MinuteAt(from), slo.MinuteAt(first))
	case to.After(last):
		err = usage("--to %s is after the newest minute that is known, %s", slo.MinuteAt(to), slo.MinuteAt(last))
	case !from.Before(last):
		err = usage("--from %s is not before the newest minute that is known, %s", slo.MinuteAt(from), slo.MinuteAt(last))
	case !to.After(from):
		err = usage("there is nothing between %s and %s: what is known goes from %s to %s", slo.MinuteAt(from), slo.MinuteAt(to), slo.MinuteAt(first), slo.MinuteAt(last))
	}
	return from, to, err
}

// notMeasuredError is the end when nothing could be measured.
type notMeasuredError struct{ failures []burnrate.Failure }

func (e *notMeasuredError) Error() string { return "nothing could be measured" }

// nothing is the end of the command when no minute is known.
func (b *backtesting) nothing(sides []*side) error {
	var failures []burnrate.Failure
	for _, s := range sides {
		failures = merged(failures, s.failures)
	}
	switch {
	case len(failures) > 0:
		return &notMeasuredError{failures}
	case b.kept():
		return failed(errors.New("the ledger has no minute of these specs: has slojourn serve read them, and does it write this ledger?"))
	}
	return failed(errors.New("the Sources have no minute of these specs: slojourn eval says more"))
}

// extent is what is known of a set.
type extent struct {
	first time.Time // the first minute that is kept as one, of anything; zero when there is none
	older bool      // something older is kept as quarter-hours
	last  time.Time // up to when everything was measured, as the instant in which it was
}

// kept returns the extent of what is known of a side.
func (s *side) kept(ctx context.Context) (extent, error) {
	kept, err := s.records.State(ctx)
	if err != nil {
		return extent{}, err
	}
	lineages, err := lineage.All(kept)
	if err != nil {
		return extent{}, err
	}
	lags := map[string]time.Duration{}
	begin, known := slo.Minute(0), false
	for _, m := range s.set.Measured() {
		since, measured := kept.Since[m.Indicator]
		if l, adopted := lineages[m.ID]; adopted {
			since, measured = l.Since(kept.Since)
		}
		if !measured {
			continue
		}
		if !known || since < begin {
			begin, known = since, true
		}
		lags[m.ID], _ = lagOf(m)
	}
	snapshot, err := engine.Kept(ctx, s.set, s.records, lagOf, kept.At)
	if err != nil {
		return extent{}, err
	}
	s.failures = merged(s.failures, snapshot.Failures)
	if !known {
		return extent{}, nil
	}
	first, isKept, err := engine.FirstMinute(ctx, s.set, s.records)
	if err != nil {
		return extent{}, err
	}
	e := extent{older: !isKept || begin < first}
	if isKept {
		e.first = first.Time()
	}
	for i := range snapshot.Statuses {
		status := &snapshot.Statuses[i]
		lag, measured := lags[status.ID]
		if !measured || len(status.Objectives) == 0 {
			continue
		}
		if end := status.Objectives[0].Window.Span.End.Time().Add(lag); end.After(e.last) {
			e.last = end
		}
	}
	e.last = e.last.Truncate(time.Minute)
	return e, nil
}
