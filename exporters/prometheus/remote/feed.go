package remote

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Feed is the SLOs of a source, and up to when their minutes can be sent.
type Feed struct {
	Source string
	IDs    []string   // ordered
	Ready  slo.Minute // the first minute that may still change
}

// patience is how many minutes a minute that was not measured is waited for when it
// does not change any more: sources may be down, and some are asked every 5 minutes.
const patience = 15

// Feeds returns the feeds of what a set measures, ordered by source, at an instant.
// watermarks are what is behind the newest minute that was measured, by the ids of
// SLOs; one may be missing. What another shard of a fleet exports is left out.
//
// A minute is ready when the lateness of its source is over, 0 for files, and when it
// was measured, or was not for another 15 minutes.
func Feeds(set *slo.Set, watermarks map[string]slo.Minute, now time.Time) []Feed {
	bySource := map[string]Feed{}
	for _, s := range set.Measured() {
		if s.Source == nil || s.Indicator == "" || s.Elsewhere {
			continue
		}
		late := slo.MinuteAt(now.Add(-s.Source.NewRelic.Lateness))
		ready := max(s.SLI.Closed(min(watermarks[s.ID], late)), s.SLI.Closed(late)-patience)
		f, known := bySource[s.Source.Name]
		if !known {
			f = Feed{Source: s.Source.Name, Ready: ready}
		}
		f.IDs, f.Ready = append(f.IDs, s.ID), min(f.Ready, ready)
		bySource[f.Source] = f
	}
	feeds := slices.Collect(maps.Values(bySource))
	slices.SortFunc(feeds, func(a, b Feed) int { return cmp.Compare(a.Source, b.Source) })
	for _, f := range feeds {
		slices.Sort(f.IDs)
	}
	return feeds
}
