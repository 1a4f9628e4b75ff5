package engine

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo"
)

// TestMinutes adds and removes spans, and compares with a list of minutes.
func TestMinutes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const most = 60
		var set minutes
		var want [most]bool
		span := rapid.Custom(func(t *rapid.T) slo.Span {
			start := rapid.IntRange(0, most-1).Draw(t, "start")
			return slo.Span{Start: slo.Minute(start), End: slo.Minute(rapid.IntRange(start, most).Draw(t, "end"))}
		})
		for range rapid.IntRange(0, 20).Draw(t, "changes") {
			s, adds := span.Draw(t, "span"), rapid.Bool().Draw(t, "adds")
			if adds {
				set.add(s)
			} else {
				set.remove(s)
			}
			for m := s.Start; m < s.End; m++ {
				want[m] = adds
			}
			count := int64(0)
			for m, in := range want {
				if in {
					count++
				}
				if set.hold(slo.Minute(m)) != in {
					t.Fatalf("minute %d: %t, want %t; %v", m, !in, in, set.spans)
				}
			}
			if set.len() != count || set.empty() != (count == 0) {
				t.Fatalf("%d minutes, empty %t, want %d: %v", set.len(), set.empty(), count, set.spans)
			}
			for i, s := range set.spans {
				if s.Len() == 0 || i > 0 && s.Start <= set.spans[i-1].End {
					t.Fatalf("not apart, or empty: %v", set.spans)
				}
			}
			asked := span.Draw(t, "asked")
			inside := int64(0)
			for _, s := range set.within(asked) {
				if s.Len() == 0 || s.Intersect(asked) != s {
					t.Fatalf("%v is not within %v", s, asked)
				}
				inside += s.Len()
			}
			for m := asked.Start; m < asked.End; m++ {
				if want[m] {
					inside--
				}
			}
			if inside != 0 {
				t.Fatalf("%v within %v misses %d minutes of %v", set.within(asked), asked, -inside, set.spans)
			}
		}
	})
}
