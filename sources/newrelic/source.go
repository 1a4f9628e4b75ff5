package newrelic

import (
	"context"
	"time"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// Source measures SLIs in one New Relic account. It implements
// [sources.Source]. It may be used concurrently.
type Source struct {
	config   slo.NewRelic
	client   *nerdgraph.Client
	now      func() time.Time
	sleep    func(context.Context, time.Duration) error
	parsed   *parsed
	culprits *culprits
	watching *watching
}

var _ sources.Source = (*Source)(nil)

// New returns a source that asks through client. What New Relic refuses is left
// alone for a while by the clock now.
func New(config slo.NewRelic, client *nerdgraph.Client, now func() time.Time) *Source {
	return &Source{config, client, now, sleep, &parsed{}, &culprits{}, &watching{}}
}

// Close closes the connections that no call uses.
func (s *Source) Close() { s.client.Close() }

// sleep waits, or fails with the context.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
