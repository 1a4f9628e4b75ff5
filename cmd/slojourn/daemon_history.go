package main

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/internal/server"
	"github.com/slojourn/slojourn/slo"
)

// archive gives away history from the ledger of a daemon, which may not be closed
// meanwhile.
type archive struct {
	using sync.RWMutex // for reading, while something is exported
	book  *ledger.Ledger
	ended chan struct{}
}

func newArchive() *archive { return &archive{ended: make(chan struct{})} }

// open begins, before anybody asks.
func (a *archive) open(book *ledger.Ledger) { a.book = book }

// close ends what is being exported, and waits for it.
func (a *archive) close() {
	close(a.ended)
	a.using.Lock()
	defer a.using.Unlock()
	a.book = nil
}

// Export implements [server.Ledger].
func (a *archive) Export(ctx context.Context, w io.Writer, asked server.History) error {
	a.using.RLock()
	defer a.using.RUnlock()
	if a.book == nil {
		return errStopping
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-a.ended:
			cancel(errStopping)
		case <-ctx.Done():
		}
	}()
	err := exportHistory(ctx, a.book.Reader, w, asked)
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

var errStopping = errors.New("slojourn was told to stop")

// exportHistory writes what a ledger has of SLOs and indicators: what they were
// measured by before, too, and the lineages that say when.
func exportHistory(ctx context.Context, book *ledger.Reader, w io.Writer, asked server.History) error {
	pinned, err := book.Pinned(ctx)
	if err != nil {
		return err
	}
	defer pinned.Close() //nolint:errcheck // only read from
	kept, err := pinned.State(ctx)
	if err != nil {
		return err
	}
	lineages, err := lineage.All(kept)
	if err != nil {
		return err
	}
	wanted := map[slo.IndicatorID]bool{}
	for _, id := range asked.Indicators {
		wanted[id] = true
	}
	leading := lineage.Leading(lineages, asked.IDs, wanted)
	for _, l := range leading {
		for _, id := range l.Indicators() {
			wanted[id] = true
		}
	}
	there, err := pinned.Indicators(ctx)
	if err != nil {
		return err
	}
	options := ledger.ExportOptions{Indicators: []slo.IndicatorID{}, Span: asked.Span, Entries: func(kind, key string) bool {
		_, leads := leading[key]
		return kind == lineage.Kind && leads
	}}
	for _, id := range there {
		if wanted[id] {
			options.Indicators = append(options.Indicators, id)
		}
	}
	return pinned.Export(ctx, w, options)
}
