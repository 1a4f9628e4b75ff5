package remote

import (
	"maps"
	"slices"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// Feed is the SLOs of a source, and up to when their minutes can be sent.
type Feed struct {
	Source string
	IDs    []string   // ordered
	Ready  slo.Minute // the first minute that may still change; 0 while that is not known

	Filling bool // minutes before it are being read
}

// How many minutes a minute that was not measured is waited for when it does not
// change any more: sources may be down, and some are asked every 5 minutes. While the
// history is filled in, as after a stop, that takes its time.
const (
	patience        = 15
	patienceFilling = 6 * 60
)

// Progress is how far measuring is.
type Progress struct {
	// Watermarks are what is behind the newest minute that was measured, by the ids of
	// SLOs; one may be missing.
	Watermarks map[string]slo.Minute
	Filling    bool // older minutes are being read
}

// Feeds returns the feeds of what a set measures, ordered by source, at an instant.
// What another shard of a fleet exports is left out.
//
// A minute is ready when the lateness of its source is over and it was measured, or
// was not for another 15 minutes, or for 6 hours while the history is filled in. In
// the place of now a file has the end of its newest row.
func Feeds(set *slo.Set, p Progress, now time.Time) []Feed {
	bySource := map[string][]*slo.SLO{}
	for _, s := range set.Measured() {
		if s.Source != nil && s.Indicator != "" && !s.Elsewhere {
			bySource[s.Source.Name] = append(bySource[s.Source.Name], s)
		}
	}
	var feeds []Feed
	for _, name := range slices.Sorted(maps.Keys(bySource)) {
		feeds = append(feeds, feedOf(name, bySource[name], p, now))
	}
	return feeds
}

// feedOf is the feed of the SLOs of a source. Nothing is ready of a file without rows.
func feedOf(name string, slos []*slo.SLO, p Progress, now time.Time) Feed {
	source := slos[0].Source
	late := slo.MinuteAt(now.Add(-source.NewRelic.Lateness))
	if source.File != nil {
		newest := slo.Minute(0)
		for _, s := range slos {
			newest = max(newest, p.Watermarks[s.ID])
		}
		late = min(late, newest)
	}
	waits := slo.Minute(patience)
	if p.Filling {
		waits = patienceFilling
	}
	f := Feed{Source: name, Ready: late, Filling: p.Filling}
	for _, s := range slos {
		f.IDs = append(f.IDs, s.ID)
		f.Ready = min(f.Ready, max(s.SLI.Closed(min(p.Watermarks[s.ID], late)), s.SLI.Closed(late)-waits))
	}
	f.Ready = max(0, f.Ready)
	slices.Sort(f.IDs)
	return f
}
