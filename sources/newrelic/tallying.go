package newrelic

import (
	"maps"
	"slices"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

// tallying sums what one part says between the cuts of one request.
type tallying struct {
	cuts    []slo.Minute
	sums    []sources.Sum
	invalid map[int]sources.Sum
	minutes map[slo.Minute]sources.Sum // of a request of several parts, which are summed together
	notes   []string
	err     error
}

// add books a bucket. What a slice counts belongs to its first minute; all other
// buckets lie between two cuts as a whole.
func (t *tallying) add(bucket slo.Span, r reading) {
	t.note(r.note)
	if t.minutes != nil {
		t.minutes[bucket.Start] = r.Sum
		return
	}
	at, exact := slices.BinarySearch(t.cuts, bucket.Start)
	if !exact {
		at--
	}
	if at >= 0 && at < len(t.sums) {
		sum := t.sums[at].Add(r.Sum)
		switch {
		case !r.Counts.Consistent() || !r.Rows.Consistent():
			t.refuse(at, r.Sum)
		case !countable(sum.Counts) || !countable(sum.Rows):
			t.err = diag.Say("New Relic answered with more than %d events between two minutes, which cannot be", int64(maxInteger)).Err()
		default:
			t.sums[at] = sum
		}
	}
	for i := max(at, 0); i < len(t.sums) && t.cuts[i] < bucket.End; i++ {
		t.sums[i].Minutes += slo.Span{Start: t.cuts[i], End: t.cuts[i+1]}.Intersect(bucket).Len()
	}
}

// countable reports whether sums are small enough to be exact.
func countable(c slo.Counts) bool {
	return max(c.Total, c.Bad, -c.Total, -c.Bad) <= maxInteger
}

// refuse keeps what cannot be: a sum of it and others might look right. It is
// the answer for the whole time between two cuts.
func (t *tallying) refuse(at int, sum sources.Sum) {
	if t.invalid == nil {
		t.invalid = map[int]sources.Sum{}
	}
	if _, known := t.invalid[at]; !known {
		t.invalid[at] = sum
	}
}

func (t *tallying) note(text string) {
	if text != "" && !slices.Contains(t.notes, text) {
		t.notes = append(t.notes, text)
	}
}

// newTallying returns one that holds nothing. A single one is all that its
// request asks for.
func newTallying(cuts []slo.Minute, single bool) *tallying {
	t := &tallying{cuts: cuts, sums: make([]sources.Sum, max(0, len(cuts)-1))}
	if !single {
		t.minutes = map[slo.Minute]sources.Sum{}
	}
	return t
}

// joined adds the minutes of all parts of a request. What one of them has not
// measured is not measured.
func joined(cuts []slo.Minute, parts []*tallying) *tallying {
	all := newTallying(cuts, true)
	for _, t := range parts {
		if t.err != nil {
			return t
		}
		for _, note := range t.notes {
			all.note(note)
		}
	}
	for _, minute := range slices.Sorted(maps.Keys(parts[0].minutes)) {
		sum, known := parts[0].minutes[minute], true
		for _, other := range parts[1:] {
			added, measured := other.minutes[minute]
			sum, known = sum.Add(added), known && measured
		}
		if known {
			all.add(slo.Span{Start: minute, End: minute + 1}, reading{Sum: sum})
		}
	}
	return all
}

// answer is what a request gets.
func (t *tallying) answer() sources.Answer {
	if t.err != nil {
		return sources.Answer{Err: t.err}
	}
	for i, invalid := range t.invalid {
		t.sums[i].Counts, t.sums[i].Rows = invalid.Counts, invalid.Rows
	}
	return sources.Answer{Sums: t.sums, Notes: t.notes}
}
