package newrelic

import (
	"fmt"
	"slices"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// tallying sums what one part says between the cuts of one request.
type tallying struct {
	cuts    []slo.Minute
	sums    []sources.Sum
	single  bool // it is all that the request asks for
	invalid map[int]sources.Sum
	notes   []string
	err     error
}

// add books a bucket. What a slice counts belongs to its first minute; all other
// buckets lie between two cuts as a whole.
func (t *tallying) add(bucket slo.Span, r reading) {
	t.note(r.note)
	at, exact := slices.BinarySearch(t.cuts, bucket.Start)
	if !exact {
		at--
	}
	if at >= 0 && at < len(t.sums) {
		sum := t.sums[at].Add(r.Sum)
		switch {
		case t.single && !(r.Counts.Consistent() && r.Rows.Consistent()):
			t.refuse(at, r.Sum)
		case !countable(sum.Counts) || !countable(sum.Rows):
			t.err = fmt.Errorf("New Relic answered with more than %d events between two minutes, which cannot be", int64(maxInteger))
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

// together makes an answer of the parts of a request. Where one of them has a
// gap that the others have not, nothing is known.
func together(cuts []slo.Minute, parts []*tallying) sources.Answer {
	answer := sources.Answer{Sums: make([]sources.Sum, max(0, len(cuts)-1))}
	for n, t := range parts {
		if t.err != nil {
			return sources.Answer{Err: t.err}
		}
		for _, note := range t.notes {
			if !slices.Contains(answer.Notes, note) {
				answer.Notes = append(answer.Notes, note)
			}
		}
		for i, sum := range t.sums {
			if invalid, known := t.invalid[i]; known {
				sum.Counts, sum.Rows = invalid.Counts, invalid.Rows
			}
			if n > 0 && sum.Minutes != answer.Sums[i].Minutes {
				sum, answer.Sums[i] = sources.Sum{}, sources.Sum{}
			}
			minutes := sum.Minutes
			answer.Sums[i] = answer.Sums[i].Add(sum)
			answer.Sums[i].Minutes = minutes
		}
	}
	return answer
}
