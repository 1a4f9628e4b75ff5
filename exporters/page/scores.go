package page

import (
	"slices"

	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/slo"
)

// scoreKey is what a score is of.
type scoreKey struct {
	severity    slo.Severity
	long, short string
}

func (b *builder) scores() *table {
	if b.last.Judgement == nil {
		return nil
	}
	var keys []scoreKey
	for _, list := range [][]backtest.Score{b.last.Judgement.Sent, b.last.Judgement.Tiers} {
		for _, s := range list {
			keys = append(keys, scoreKey{s.Severity, s.Long, s.Short})
		}
	}
	if before := b.doc.Runs[0].Judgement; before != nil && b.compare {
		for _, s := range before.Tiers {
			if k := (scoreKey{s.Severity, s.Long, s.Short}); !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	heads := []cell{text(b.t.What), numeric(b.t.Fired), numeric(b.t.Precision), numeric(b.t.Recall), numeric(b.t.Delay)}
	var rows [][]cell
	for _, k := range keys {
		name := b.t.Severity(k.severity) + " " + safe(k.long+"/"+k.short)
		if k.long == "" {
			name = b.t.Sent(k.severity)
		}
		of := func(value func(*backtest.Score) string) string {
			return b.change(func(r *report.BacktestRun) string {
				if s := scoreOf(r.Judgement, k); s != nil {
					return value(s)
				}
				return none
			})
		}
		rows = append(rows, []cell{
			text(name),
			numeric(of(func(s *backtest.Score) string { return count(int64(s.Fired)) })),
			{Text: of(func(s *backtest.Score) string { return share(s.Precision) }), Class: "n", Note: b.note(k, func(s *backtest.Score) string { return b.of(s.True, s.Fired) })},
			{Text: of(func(s *backtest.Score) string { return share(s.Recall) }), Class: "n", Note: b.note(k, func(s *backtest.Score) string { return b.of(s.Found, s.Expected) })},
			{Text: of(b.delay), Class: "n", Note: b.note(k, func(s *backtest.Score) string {
				if s.Delays == nil || s.Delays.Least == s.Delays.Most {
					return ""
				}
				return b.minutes(s.Delays.Least) + " – " + b.minutes(s.Delays.Most)
			})},
		})
	}
	t := b.tableOf(heads, rows, mostScores, b.paper.below)
	return &t
}

// of says what a ratio is of, "" for nothing.
func (b *builder) of(n, of int) string {
	if of == 0 {
		return ""
	}
	return b.t.Of(n, of)
}

// note is what stands below a ratio: what it is of, in the run that the page is about.
func (b *builder) note(k scoreKey, value func(*backtest.Score) string) string {
	if s := scoreOf(b.last.Judgement, k); s != nil {
		return value(s)
	}
	return ""
}

// delay is the median of the delays.
func (b *builder) delay(s *backtest.Score) string {
	if s.Delays == nil {
		return none
	}
	return b.minutes(s.Delays.Median)
}

func scoreOf(j *backtest.Judgement, k scoreKey) *backtest.Score {
	if j == nil {
		return nil
	}
	for _, list := range [][]backtest.Score{j.Sent, j.Tiers} {
		for i := range list {
			if s := &list[i]; s.Severity == k.severity && s.Long == k.long && s.Short == k.short {
				return s
			}
		}
	}
	return nil
}
