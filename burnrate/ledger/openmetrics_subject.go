package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/slo"
)

// subject is what a history is of: an SLO, or an indicator that no SLO has.
type subject struct {
	labels string // as they stand between braces
	unit   int64  // of its counts, see [slo.SLI.Unit]; 0 when it is not known
	parts  []stretch
}

// stretch is the minutes of an indicator that belong to a subject.
type stretch struct {
	indicator slo.IndicatorID
	place     int // of the indicator, among those that are read at once
	slo.Span
	unit lineage.Conversion
}

// subjects returns what is exported: the SLOs by their ids, and then the
// indicators without one, in the order in which they came.
func (h *historian) subjects(ctx context.Context, patterns []string, options ExportOptions) ([]subject, error) {
	chosen, err := h.chosen(options)
	if err != nil {
		return nil, err
	}
	lineages, err := h.lineages(ctx)
	if err != nil {
		return nil, err
	}
	wanted, owned := map[slo.IndicatorID]bool{}, map[slo.IndicatorID]bool{}
	for _, id := range chosen {
		wanted[id] = true
	}
	var all []subject
	for _, id := range slices.Sorted(maps.Keys(lineages)) {
		l := lineages[id]
		for _, indicator := range l.Indicators() {
			owned[indicator] = true
		}
		matches := func(pattern string) bool { return slo.MatchID(pattern, id) }
		if patterns != nil && !slices.ContainsFunc(patterns, matches) {
			continue
		}
		labels, err := labelsOf(id)
		if err != nil {
			return nil, err
		}
		s := subject{labels: labels, unit: l.Present.Unit}
		for _, part := range l.Stretches() {
			if wanted[part.Indicator] {
				s.parts = append(s.parts, stretch{indicator: part.Indicator, Span: part.Span, unit: lineage.ConversionTo(s.unit, part.Unit)})
			}
		}
		if len(s.parts) > 0 {
			all = append(all, s)
		}
	}
	for _, id := range chosen {
		if owned[id] || patterns != nil {
			continue
		}
		label, err := label("indicator", string(id))
		if err != nil {
			return nil, err
		}
		all = append(all, subject{labels: label, parts: []stretch{{indicator: id, Span: slo.Span{Start: firstMinute, End: lastMinute}}}})
	}
	return all, nil
}

// lineages returns those that the ledger keeps, without what is damaged when that may
// be left out.
func (h *historian) lineages(ctx context.Context) (map[string]lineage.Lineage, error) {
	var kept burnrate.Kept
	err := h.eachEntry(ctx, func(e burnrate.Entry) error {
		kept.Entries = append(kept.Entries, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return lineage.All(kept)
}

// labelsOf returns the labels of an SLO. That of a step says what it is a step of.
func labelsOf(id string) (string, error) {
	labels, err := label("id", id)
	journey, step, isStep := slo.CutID(id)
	if err != nil || !isStep {
		return labels, err
	}
	ofJourney, _ := label("journey", journey) // both are UTF-8, as the id is
	ofStep, _ := label("step", step)
	return labels + "," + ofJourney + "," + ofStep, nil
}

func label(name, value string) (string, error) {
	if !utf8.ValidString(value) {
		return "", fmt.Errorf("the %s %q is not UTF-8, and cannot be exported", name, value)
	}
	return name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value) + `"`, nil
}
