package newrelic

import (
	"fmt"
	"strings"
	"sync"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

var (
	_ sources.Watcher = (*Source)(nil)
	_ sources.Lagging = (*Source)(nil)
)

// Watch implements [sources.Watcher]. Data points of metrics are not watched:
// their count says nothing about a single metric, and ranges beyond an hour are
// answered from rollups.
func (s *Source) Watch(slos []*slo.SLO) []*slo.SLO {
	watched := make([]*slo.SLO, len(slos))
	for i, measured := range slos {
		if types := eventTypes(measured.SLI); len(types) > 0 && !isMetric(types) {
			watched[i] = s.watching.of(types)
		}
	}
	return watched
}

// watching keeps one SLO for each FROM set.
type watching struct {
	mu   sync.Mutex
	sets map[string]*slo.SLO
}

func (w *watching) of(types []string) *slo.SLO {
	w.mu.Lock()
	defer w.mu.Unlock()
	name := fmt.Sprintf("%q", types)
	if w.sets[name] == nil {
		made := &slo.SLO{ID: "all events of " + strings.Join(types, ", "), Kind: slo.KindSLO}
		for _, eventType := range types {
			made.SLI.From = append(made.SLI.From, diag.At(eventType, diag.Span{}))
		}
		if w.sets == nil {
			w.sets = map[string]*slo.SLO{}
		}
		w.sets[name] = made
	}
	return w.sets[name]
}
