package engine

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// blind is a world in which late events are not looked for.
type blind struct{ world odd }

func (b blind) Extents(ctx context.Context, now time.Time, slos []*slo.SLO) []sources.Extent {
	return b.world.Extents(ctx, now, slos)
}

func (b blind) Ends(now time.Time, slos []*slo.SLO) []slo.Minute { return b.world.Ends(now, slos) }

func (b blind) Counts(ctx context.Context, requests []sources.Request) []sources.Answer {
	return b.world.Counts(ctx, requests)
}

// TestPermissionIsLost answers with zeroes and without an error for some hours
// around midnight, when two days are looked back on: nothing that was measured
// changes, and in the end all is as it happened, also after starts in between.
func TestPermissionIsLost(t *testing.T) {
	for name, test := range map[string]struct {
		blind, starts bool
		ids           []string
	}{
		"found by all events": {false, false, []string{"pay", "search", "5m"}},
		"found by its own":    {true, false, []string{"pay", "search"}},
		"starts while it is":  {false, true, []string{"pay", "search"}},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && len(test.ids) < 3 {
				t.Skip("it takes as long as the first one")
			}
			inBubble(t, func(t *testing.T) {
				r := newRig(t, 60, test.ids...)
				time.Sleep(18*time.Hour + 40*time.Minute)
				lost := false
				world := odd{world: r.world, answer: func(_ context.Context, _ sources.Request, a *sources.Answer) {
					for k := range a.Sums {
						if lost {
							a.Sums[k].Counts, a.Sums[k].Rows = slo.Counts{}, slo.Counts{}
						}
					}
				}}
				specs := func() Specs {
					specs := r.specs()
					if specs.Sources["world"] = world; test.blind {
						specs.Sources["world"] = blind{world}
					}
					return specs
				}
				if _, err := r.engine.Reload(t.Context(), specs()); err != nil {
					t.Fatal(err)
				}
				r.minutes(45)
				lost = true
				before := slo.Span{Start: r.world.begin, End: slo.MinuteAt(time.Now().Add(-lag)) - 1}
				for range 20 {
					r.minutes(6)
					if wrong := r.wrong(before); len(wrong) > 0 {
						t.Fatalf("at %v %d minutes have changed, such as %s", time.Now(), len(wrong), wrong[0])
					}
					said := slices.ContainsFunc(r.engine.View().Snapshot.Notices, func(n burnrate.Notice) bool { return n.ID == "pay" && n.Message == vanished })
					if !said && !test.blind && !test.starts {
						t.Fatalf("at %v nobody is told: %v", time.Now(), r.engine.View().Snapshot.Notices)
					}
					if test.starts {
						engine, _, err := New(t.Context(), r.options(), specs())
						if err != nil {
							t.Fatal(err)
						}
						r.engine = engine
					}
				}
				lost = false
				r.minutes(100)
				r.whole()
				if wrong := r.wrong(before); len(wrong) > 0 {
					t.Errorf("%d minutes have changed, such as %s", len(wrong), wrong[0])
				}
				if n := r.engine.View().Snapshot.Notices; len(n) > 0 {
					t.Errorf("notices in the end: %v", n)
				}
			})
		})
	}
}

// TestOneMinuteIsLower takes over that there was less in a minute, and nothing in
// another one, as soon as two readings agree.
func TestOneMinuteIsLower(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 5, "pay")
		first := slo.MinuteAt(time.Now()) - 6
		more := slo.Counts{Total: 500, Bad: 3}
		wrong := true
		r.in(odd{answer: func(_ context.Context, q sources.Request, a *sources.Answer) {
			for i := range a.Sums {
				switch m := q.Cuts[i]; {
				case wrong && (m == first || m == first+2):
					a.Sums[i].Counts, a.Sums[i].Rows = more, more
				case m == first:
					a.Sums[i].Counts, a.Sums[i].Rows = slo.Counts{}, slo.Counts{}
				}
			}
		}})
		r.minutes(2)
		wrong = false
		r.minutes(30)
		var got []slo.Counts
		for record, err := range r.ledger.Minutes(t.Context(), []slo.IndicatorID{"pay"}, slo.Span{Start: first, End: first + 3}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, record.Rows[0].Counts)
		}
		if want := []slo.Counts{{}, r.world.happened("pay", first+1), r.world.happened("pay", first+2)}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

// TestPermissionComesBackInPart answers with zeroes for some minutes, and with half of
// the events until another reading agrees: in the end all is as it happened.
func TestPermissionComesBackInPart(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		r := newRig(t, 5, "pay", "search")
		r.minutes(20)
		share := int64(2)
		r.in(odd{answer: func(_ context.Context, _ sources.Request, a *sources.Answer) {
			for k := range a.Sums {
				c := a.Sums[k].Counts
				c = slo.Counts{Total: c.Total * share / 2, Bad: c.Bad * share / 2}
				a.Sums[k].Counts, a.Sums[k].Rows = c, c
			}
		}})
		for _, step := range []struct {
			share   int64
			minutes int
		}{{2, 10}, {0, 6}, {1, 40}, {2, 130}} {
			share = step.share
			r.minutes(step.minutes)
		}
		r.whole()
	})
}
