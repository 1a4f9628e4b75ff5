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
	rows    []Row
	mistake mistake
}

const (
	idsAreMixed    mistake = "rows of all ids are added"
	gapsAreZero    mistake = "a minute without a row is measured"
	lastIsLeft     mistake = "an extent ends with the last row and not behind it"
	rowOnCutBefore mistake = "a row on a cut belongs to the earlier span"
)

func (s table) of(id string) []Row {
	return slices.DeleteFunc(slices.Clone(s.rows), func(r Row) bool { return r.ID != id && s.mistake != idsAreMixed })
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
					sum = sum.Add(sources.Sum{Counts: row.Counts, Rows: row.Counts, Minutes: 1})
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

// TestCountsFindMistakes runs every check of sources of counts over those with
// one mistake each, and lists which checks notice.
func TestCountsFindMistakes(t *testing.T) {
	t.Parallel()
	for made, want := range map[mistake][]string{
		none:           nil,
		idsAreMixed:    {order, halfOpen, sums, forms, raw, zero, nothing, cuts, extents, noEvents},
		gapsAreZero:    {order, halfOpen, sums, forms, raw, zero, nothing},
		lastIsLeft:     {extents},
		rowOnCutBefore: {order, halfOpen, sums, forms, raw, zero},
	} {
		t.Run(string(made), func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range contract() {
				r := &recorder{}
				if !c.reads {
					c.check(t.Context(), r, subject{table{rows(), made}, indicator.measured})
				}
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

func TestRunCounts(t *testing.T) {
	t.Parallel()
	RunCounts(t, func(_ *testing.T, rows []Row) sources.Source { return table{rows, none} })
}
