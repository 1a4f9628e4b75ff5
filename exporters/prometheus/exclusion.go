package prometheus

import (
	"slices"

	"github.com/slojourn/slojourn/slo"
)

func collectExclusions(c *content, b *batch) {
	if len(c.view.Set.Exclusions) == 0 {
		return
	}
	newest := make([]slo.Minute, len(c.subjects))
	for i := range c.subjects {
		newest[i] = c.newest(&c.subjects[i])
	}
	if len(newest) == 0 {
		return
	}
	within := slo.Span{Start: slices.Min(newest), End: slices.Max(newest) + 1}
	for _, e := range c.view.Set.Exclusions {
		// A rule may have to be followed from long ago, so that is done once for all
		// that the exclusion is about.
		var spans []slo.Span
		looked := false
		for i := range c.subjects {
			s := &c.subjects[i]
			if !e.Applies(s.status.ID, s.status.Owner) {
				continue
			}
			if !looked {
				spans, looked = e.Spans(within), true
			}
			holds := slices.ContainsFunc(spans, func(span slo.Span) bool { return span.Start <= newest[i] && newest[i] < span.End })
			b.add(oneIf(holds), label{"effect", string(e.Effect)}, label{"exclusion", e.Name}, label{"id", s.status.ID},
				label{"journey", s.journey}, label{"step", s.step})
		}
	}
}

// newest returns the newest minute that a subject's windows hold: for one without
// objectives, the minute that ended with the view.
func (c *content) newest(s *subject) slo.Minute {
	end := slo.MinuteAt(c.view.Snapshot.At)
	for i := range s.status.Objectives {
		if own := s.status.Objectives[i].Window.Span.End; i == 0 || own > end {
			end = own
		}
	}
	return end - 1
}
