package main

import (
	"context"
	"errors"
	"time"

	"github.com/slojourn/slojourn/exporters/report"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo/diag"
)

// history replays both sides over a ledger. It is nil when one of them has nothing that
// could have been measured.
func (d *differing) history(ctx context.Context, r *compared, renamed map[string]string) (*report.Backtest, error) {
	for _, result := range []*load.Result{r.before, r.after} {
		if len(result.Set.IDs()) == 0 {
			d.complain(diag.Say("the history says nothing, as one of both has no Journey and no SLO"))
			return nil, nil
		}
	}
	b := d.backtest
	b.zone = time.UTC
	q := question{renamed: renamed, sides: []*side{
		{name: d.base, set: r.before.Set, all: measuredIDs(r.before.Set)},
		{name: "the specs", set: r.after.Set, all: measuredIDs(r.after.Set)},
	}}
	progress := newProgress(d.env)
	defer progress.end()
	if err := b.measure(ctx, &q, progress); err != nil {
		return nil, errors.Join(err, q.close())
	}
	doc, err := b.replay(ctx, &q, progress)
	if closed := q.close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		return nil, err
	case ctx.Err() != nil:
		return nil, ctx.Err() // what is printed would have been asked for no more
	}
	return &doc, nil
}
