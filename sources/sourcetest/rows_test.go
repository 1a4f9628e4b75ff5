package sourcetest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// table is a source of nothing but rows. Each mistake makes it wrong in one way.
type table struct {
	byID    map[string][]Row
	mistake mistake
}

func newTable(rows []Row, made mistake) table {
	s := table{map[string][]Row{}, made}
	for _, r := range rows {
		if made == idsAreMixed {
			r.ID = ""
		}
		s.byID[r.ID] = append(s.byID[r.ID], r)
	}
	return s
}

const (
	idsAreMixed    mistake = "rows of all ids are added"
	gapsAreZero    mistake = "a minute without a row is measured"
	lastIsLeft     mistake = "an extent ends with the last row and not behind it"
	rowOnCutBefore mistake = "a row on a cut belongs to the earlier span"
)

func (s table) of(id string) []Row {
	if s.mistake == idsAreMixed {
		id = ""
	}
	return s.byID[id]
}

func (s table) Extents(ctx context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	extents := make([]sources.Extent, len(slos))
	for n, asked := range slos {
		end := slo.MinuteAt(now)
		extents[n] = sources.Extent{Span: slo.Span{Start: end, End: end}, Err: ctx.Err()}
		if rows := s.of(asked.ID); len(rows) == 0 {
			extents[n].Never = true
		} else if ctx.Err() == nil {
			byMinute := func(a, b Row) int { return int(a.Minute - b.Minute) }
			extents[n].Span = slo.Span{Start: slices.MinFunc(rows, byMinute).Minute, End: slices.MaxFunc(rows, byMinute).Minute + 1}
			if s.mistake == lastIsLeft {
				extents[n].Span.End -= 61
			}
		}
	}
	return extents
}

func (s table) Counts(ctx context.Context, requests []sources.Request) []sources.Answer {
	answers := make([]sources.Answer, len(requests))
	for n, r := range requests {
		if answers[n].Err = ctx.Err(); answers[n].Err != nil {
			continue
		}
		rows := s.of(r.SLO.ID)
		for i := 1; i < len(r.Cuts); i++ {
			span := slo.Span{Start: r.Cuts[i-1], End: r.Cuts[i]}
			if span.Len() == 0 {
				answers[n] = sources.Answer{Err: errors.New("the cuts do not rise")}
				break
			}
			if s.mistake == rowOnCutBefore {
				span = slo.Span{Start: span.Start + 1, End: span.End + 1}
			}
			var sum sources.Sum
			for _, row := range rows {
				if span.Start <= row.Minute && row.Minute < span.End {
					sum = sum.Add(sources.Sum{Counts: row.Counts, Rows: row.Events, Minutes: 1})
				}
			}
			if s.mistake == gapsAreZero {
				sum.Minutes = span.Len()
			}
			answers[n].Sums = append(answers[n].Sums, sum)
		}
	}
	return answers
}

// TestCountsFindMistakes runs every check that needs no more over sources of
// counts with one mistake each, and lists which checks notice.
func TestCountsFindMistakes(t *testing.T) {
	t.Parallel()
	for made, want := range map[mistake][]string{
		none:           nil,
		idsAreMixed:    {order, halfOpen, sums, days, forms, raw, zero, nothing, weights, slicing, queries, hundreds, atOnce, keeping, needs, cuts, extents, noEvents},
		gapsAreZero:    {order, halfOpen, sums, days, forms, raw, zero, nothing, weights, slicing, queries, hundreds, atOnce, keeping, needs, cuts},
		lastIsLeft:     {slicing, extents},
		rowOnCutBefore: {order, halfOpen, sums, days, forms, raw, zero, weights, exact, tooLarge, slicing, queries, hundreds, atOnce, keeping, needs, cuts},
	} {
		t.Run(string(made), func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range contract() {
				if slices.ContainsFunc(c.needs, func(needed Capability) bool { return lackedByCounts()[needed] != "" }) {
					continue
				}
				r := &recorder{}
				h := c.history()
				c.run(t.Context(), r, tested{Subject: Subject{Source: newTable(h.Rows(), made)}, events: h.Events, byID: true})
				if len(r.found) > 0 {
					got = append(got, c.name)
					t.Logf("%s: %s", c.name, r.found[0])
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("checks that fail (-want +got):\n%s", diff)
			}
		})
	}
}

func lackedByCounts() map[Capability]string {
	return map[Capability]string{
		Conditions: "rows have ids", Late: "all rows are there", Watching: "all rows are there",
		Refusals: "nobody is asked", Stalls: "nobody is asked", Limits: "nobody is asked",
	}
}

func TestRunCounts(t *testing.T) {
	t.Parallel()
	Suite{
		Open:  func(_ *testing.T, h History) Subject { return Subject{Source: newTable(h.Rows(), none)} },
		Lacks: lackedByCounts(),
	}.Run(t)
}
