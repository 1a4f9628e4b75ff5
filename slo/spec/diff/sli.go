package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// sli compares what is measured, and what becomes of the minutes that were.
func (c *comparison) sli(b, a measured) {
	subject, place := a.subject, a.about.Origin
	var defaults diag.Span // where they make new indicators
	if was, is := sourceName(b.source), sourceName(a.source); was != is && b.sli != nil && a.sli != nil {
		defaults = byDefaults(b.about.DefaultSource, a.about.DefaultSource)
		c.add(Change{
			Kind: SourceChanged, Weight: Changes, Subject: subject, Before: diag.Verbatim(was), After: diag.Verbatim(is), Place: cmp.Or(defaults, place), defaults: defaults,
		})
	}
	kept := b.indicator == a.indicator && a.indicator != ""
	switch {
	case b.sli == nil && a.sli == nil:
		return
	case b.sli == nil || a.sli == nil || b.sli.Form() != a.sli.Form():
		c.add(Change{Kind: SLIForm, Weight: Changes, Subject: subject, Before: diag.Verbatim(sliText(b.sli)), After: diag.Verbatim(sliText(a.sli)), Place: sliPlace(a.sli, place)})
	default:
		c.parts(subject, place, b.sli, a.sli, kept)
	}
	c.history(b, a, kept, defaults)
}

func sourceName(s *slo.Source) string {
	if s == nil {
		return ""
	}
	return s.Name
}

// part is one of what an SLI is made of.
type part struct {
	kind   Kind
	detail string // the key, where the kind has several
	text   string
	place  diag.Span
}

// partsOf takes an SLI apart, always into the same parts.
func partsOf(s *slo.SLI) []part {
	of := func(kind Kind, detail string, t diag.Text) part { return part{kind, detail, t.String(), t.Whole()} }
	from := part{kind: SLIFrom, text: strings.Join(slices.Compact(slices.Sorted(slices.Values(s.EventTypes()))), ", ")}
	if len(s.From) > 0 {
		from.place = s.From[0].Span
	}
	lag := part{kind: SLILag, place: s.Lag.Span}
	if s.Lag.Value > 0 {
		lag.text = slo.FormatDuration(s.Lag.Value)
	}
	queries, slice := slo.Queries{}, slo.Slice{}
	every := part{kind: SLISlice, detail: "every"}
	if s.Queries != nil {
		queries = *s.Queries
	}
	if s.Slice != nil {
		slice = *s.Slice
		every.text, every.place = slo.FormatDuration(slice.Every.Value), slice.Every.Span
	}
	return []part{
		from, of(SLIWhere, "", s.Where), of(SLIGood, "", s.Good), of(SLIBad, "", s.Bad), of(SLICount, "", s.Count),
		of(SLIQuery, "total", queries.Total), of(SLIQuery, "good", queries.Good), of(SLIQuery, "bad", queries.Bad),
		every, of(SLISlice, "value", slice.Value), of(SLISlice, "good", slice.Good),
		{kind: SLISlice, detail: "empty", text: string(slice.Empty)},
		lag,
	}
}

// parts compares those of two SLIs of one form. kept says that they are the same
// indicator: then the same is only spelt in another way, and blanks and the breaks of
// lines say nothing at all.
func (c *comparison) parts(subject Subject, place diag.Span, b, a *slo.SLI, kept bool) {
	before := partsOf(b)
	for i, is := range partsOf(a) {
		was := before[i]
		same := was.text == is.text || kept && oneLine(was.text) == oneLine(is.text)
		if same {
			continue
		}
		change := Change{Kind: is.kind, Weight: Changes, Subject: subject, Detail: is.detail, Before: written(was.text), After: written(is.text), Place: is.place}
		if kept && is.kind != SLILag { // which is not what is measured, but when
			change.Kind, change.Weight = SLISpelling, Neutral
			if is.detail == "" {
				change.Detail = strings.TrimPrefix(string(is.kind), "sli-")
			}
		}
		if !change.Place.Start.Known() {
			change.Place = place
		}
		c.add(change)
	}
}

// sliText is an SLI on one line.
func sliText(s *slo.SLI) string {
	if s == nil {
		return ""
	}
	var texts []string
	for _, p := range partsOf(s) {
		name := strings.TrimPrefix(string(p.kind), "sli-")
		if p.detail != "" {
			name = p.detail
		}
		if p.text != "" {
			texts = append(texts, name+": "+oneLine(p.text))
		}
	}
	return strings.Join(texts, "; ")
}

// sliPlace is where an SLI begins, as far as that is known.
func sliPlace(s *slo.SLI, otherwise diag.Span) diag.Span {
	if s != nil {
		for _, p := range partsOf(s) {
			if p.text != "" && p.place.Start.Known() {
				return p.place
			}
		}
	}
	return otherwise
}

// history says what becomes of older minutes, at the place of what is the cause: that in
// Defaults, if it is known.
func (c *comparison) history(b, a measured, kept bool, defaults diag.Span) {
	change := Change{Kind: HistoryKept, Weight: Changes, Subject: a.subject, Place: cmp.Or(defaults, a.about.Origin), defaults: defaults}
	restarts := a.history.Mode == slo.Restart
	switch {
	case kept && restarts && b.history.Mode != slo.Restart:
		change.Kind, change.Weight, change.After = HistoryRestarted, Loses, written(a.history.Reason)
		change.Notes = []diag.Phrase{diag.Say("from when the SLI changed last")}
	case kept && b.history != a.history:
		change.Kind, change.Weight, change.Before, change.After = HistoryChanged, Neutral, diag.Verbatim(historyText(b.history)), diag.Verbatim(historyText(a.history))
	case kept, b.sli == nil, a.sli == nil: // a journey that was or is composed of its steps has no minutes of its own
		return
	case b.indicator == "" || a.indicator == "":
		if b.sli != nil && sliText(b.sli) == sliText(a.sli) && b.history == a.history {
			return // neither is known, and nothing else differs
		}
		change.Notes = []diag.Phrase{diag.Say("whether it is another indicator cannot be told, as one of the SLIs has errors")}
	case restarts:
		change.Kind, change.Weight, change.After = HistoryRestarted, Loses, written(a.history.Reason)
		change.Notes = []diag.Phrase{diag.Say("windows begin with the new indicator")}
	default:
		change.Notes = []diag.Phrase{diag.Say("windows are marked as long as they hold minutes of both")}
	}
	c.add(change)
}

func historyText(h slo.History) string {
	if h.Reason == "" {
		return string(h.Mode)
	}
	return string(h.Mode) + ": " + oneLine(h.Reason)
}
