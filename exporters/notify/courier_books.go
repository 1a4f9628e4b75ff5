package notify

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/internal/httpclient"
)

// books bring into the ledger what came of letters. What cannot be kept is tried
// again, in its order: the ledger never knows of a letter and not of one before.
type books struct {
	ledger Ledger
	clock  Clock
	log    *slog.Logger
	woken  chan struct{} // has room for one

	open *entries
}

// entries are those that are not durable yet.
type entries struct {
	mu   sync.Mutex
	list []burnrate.Entry
}

const longestKeeping = time.Minute // pause between two attempts

func newBooks(ledger Ledger, clock Clock, log *slog.Logger) books {
	return books{ledger: ledger, clock: clock, log: log, woken: make(chan struct{}, 1), open: &entries{}}
}

// note takes entries on that belong together.
func (b books) note(list ...burnrate.Entry) {
	if len(list) == 0 {
		return
	}
	b.open.mu.Lock()
	b.open.list = append(b.open.list, list...)
	b.open.mu.Unlock()
	wake(b.woken)
}

// run commits until ctx ends.
func (b books) run(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		err := b.commit(ctx)
		switch {
		case ctx.Err() != nil:
		case err == nil:
			if failures > 0 {
				b.log.Info("what was delivered is kept again")
			}
			failures = 0
			select {
			case <-b.woken:
			case <-ctx.Done():
			}
		default:
			if failures++; failures == 1 {
				b.log.Error("the ledger does not keep what was delivered, it is tried again", "error", err)
			}
			_ = b.clock.Sleep(ctx, httpclient.Pause(failures, firstPause, longestKeeping, 1)) // it ends with ctx
		}
	}
}

// last commits what is left when the process ends.
func (b books) last(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	if err := b.commit(limited); err != nil {
		b.log.Error("the ledger does not keep what was delivered, so that it will be sent again", "error", err)
	}
}

// commit makes everything durable that was noted up to now, in one transaction.
func (b books) commit(ctx context.Context) error {
	b.open.mu.Lock()
	list := b.open.list
	b.open.mu.Unlock()
	if len(list) == 0 {
		return nil
	}
	if err := b.ledger.Commit(ctx, burnrate.Tick{At: b.clock.Now(), Entries: list}); err != nil {
		return err
	}
	b.open.mu.Lock()
	b.open.list = b.open.list[len(list):]
	b.open.mu.Unlock()
	return nil
}
