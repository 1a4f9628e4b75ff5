package lineage

import (
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo"
)

// Leading returns the lineages of some ids, as [slo.MatchID] reads their patterns,
// and those that are measured by one of some indicators at present: whatever leads
// up to what such SLOs are measured by.
func Leading(all map[string]Lineage, ids []string, indicators map[slo.IndicatorID]bool) map[string]Lineage {
	named := map[string]bool{}
	var patterns []string
	for _, id := range ids {
		if named[id] = true; strings.Contains(id, "*") {
			patterns = append(patterns, id)
		}
	}
	leading := map[string]Lineage{}
	for id, l := range all {
		matches := func(pattern string) bool { return slo.MatchID(pattern, id) }
		if named[id] || indicators[l.Present.Indicator] || slices.ContainsFunc(patterns, matches) {
			leading[id] = l
		}
	}
	return leading
}

// Indicators returns what the SLO is measured by and was measured by, also behind a
// restart: a definition that comes back has its older minutes again.
func (l Lineage) Indicators() []slo.IndicatorID {
	ids := []slo.IndicatorID{l.Present.Indicator}
	for _, s := range l.Past {
		ids = append(ids, s.Indicator)
	}
	return ids
}
