package backtest_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/backtest"
	"github.com/slojourn/slojourn/slo"
)

// sunday is when runs of these tests begin.
var sunday = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// minute is an instant, in minutes since then.
func minute(m int) time.Time { return sunday.Add(time.Duration(m) * time.Minute) }

// page is one that people were told of, from a minute to another one; to < 0 still
// fires at the end.
func page(id, objective string, from, to int) backtest.Episode {
	e := backtest.Episode{
		Key:   alert.Key{ID: id, Objective: objective, Kind: alert.Burn, Severity: slo.Page},
		Owner: "shop", Start: minute(from), Since: minute(from), Sent: true,
	}
	if to >= 0 {
		end := minute(to)
		e.End = &end
	}
	return e
}

// with changes an episode.
func with(e backtest.Episode, change func(*backtest.Episode)) backtest.Episode {
	change(&e)
	return e
}

// day is a run of a day with episodes.
func day(episodes ...backtest.Episode) *backtest.Run {
	return &backtest.Run{From: minute(0), To: minute(1440), Minutes: 1441, Episodes: episodes}
}

// TestComparePairs finds what both runs have.
func TestComparePairs(t *testing.T) {
	t.Parallel()
	ticket := func(e *backtest.Episode) { e.Severity = slo.Ticket }
	for _, test := range []struct {
		name          string
		before, after []backtest.Episode
		gained, lost  []int
		kept          []backtest.Pair
	}{
		{name: "the same", before: []backtest.Episode{page("a", "28d", 10, 20)}, after: []backtest.Episode{page("a", "28d", 10, 20)}, kept: []backtest.Pair{{}}},
		{name: "later", before: []backtest.Episode{page("a", "28d", 10, 40)}, after: []backtest.Episode{page("a", "28d", 17, 60)}, kept: []backtest.Pair{{Later: 7}}},
		{name: "earlier", before: []backtest.Episode{page("a", "28d", 10, 40)}, after: []backtest.Episode{page("a", "28d", 4, 12)}, kept: []backtest.Pair{{Later: -6}}},
		{name: "14 minutes apart", before: []backtest.Episode{page("a", "28d", 10, 20)}, after: []backtest.Episode{page("a", "28d", 34, 60)}, kept: []backtest.Pair{{Later: 24}}},
		{name: "15 minutes apart", before: []backtest.Episode{page("a", "28d", 10, 20)}, after: []backtest.Episode{page("a", "28d", 35, 60)}, gained: []int{0}, lost: []int{0}},
		{name: "15 minutes before", before: []backtest.Episode{page("a", "28d", 35, 60)}, after: []backtest.Episode{page("a", "28d", 10, 20)}, gained: []int{0}, lost: []int{0}},
		{name: "at the end", before: []backtest.Episode{page("a", "28d", 10, -1)}, after: []backtest.Episode{page("a", "28d", 1400, -1)}, kept: []backtest.Pair{{Later: 1390}}},
		{name: "one for two", before: []backtest.Episode{page("a", "28d", 10, 100)}, after: []backtest.Episode{page("a", "28d", 20, 30), page("a", "28d", 60, 70)}, gained: []int{1}, kept: []backtest.Pair{{Later: 10}}},
		{
			name: "near one another", before: []backtest.Episode{page("a", "28d", 10, 20), page("a", "28d", 25, 30)},
			after: []backtest.Episode{page("a", "28d", 10, 20), page("a", "28d", 25, 30)}, kept: []backtest.Pair{{}, {Before: 1, After: 1}},
		},
		{
			name: "of several ids", before: []backtest.Episode{page("a", "28d", 10, 20), page("b", "28d", 11, 20), page("a", "28d", 500, 510)},
			after:  []backtest.Episode{page("b", "28d", 12, 20), page("c", "28d", 12, 20), page("a", "28d", 501, 510)},
			gained: []int{1}, lost: []int{0}, kept: []backtest.Pair{{Before: 1, After: 0, Later: 1}, {Before: 2, After: 2, Later: 1}},
		},
		{name: "another id", before: []backtest.Episode{page("a", "28d", 10, 20)}, after: []backtest.Episode{page("b", "28d", 10, 20)}, gained: []int{0}, lost: []int{0}},
		{name: "another severity", before: []backtest.Episode{page("a", "28d", 10, 20)}, after: []backtest.Episode{with(page("a", "28d", 10, 20), ticket)}, gained: []int{0}, lost: []int{0}},
		{
			name: "another kind", before: []backtest.Episode{page("a", "28d", 10, 20)},
			after: []backtest.Episode{with(page("a", "28d", 10, 20), func(e *backtest.Episode) { e.Kind = alert.NoTraffic })}, gained: []int{0}, lost: []int{0},
		},
		{
			name:   "that nobody was told of",
			before: []backtest.Episode{with(page("a", "28d", 10, 20), func(e *backtest.Episode) { e.Observe = true })},
			after:  []backtest.Episode{page("a", "28d", 10, 20), with(page("a", "28d", 30, 40), func(e *backtest.Episode) { e.Sent = false })},
			gained: []int{0},
		},
		{name: "renamed", before: []backtest.Episode{page("was", "28d", 10, 20)}, after: []backtest.Episode{page("is", "28d", 10, 20)}, kept: []backtest.Pair{{}}},
		{name: "over another window", before: []backtest.Episode{page("only", "28d", 10, 20)}, after: []backtest.Episode{page("only", "7d", 10, 20)}, kept: []backtest.Pair{{}}},
		{name: "over another window of several", before: []backtest.Episode{page("two", "28d", 10, 20)}, after: []backtest.Episode{page("two", "7d", 10, 20)}, gained: []int{0}, lost: []int{0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			before, after := day(test.before...), day(test.after...)
			before.Objectives = []backtest.Objective{{ID: "only", Name: "28d"}, {ID: "two", Name: "28d"}, {ID: "two", Name: "month"}}
			after.Objectives = []backtest.Objective{{ID: "only", Name: "7d"}, {ID: "two", Name: "7d"}, {ID: "two", Name: "month"}}
			c := backtest.Compare(before, after, map[string]string{"was": "is"})
			empty := func(list []int) []int { return append([]int{}, list...) }
			want := backtest.Comparison{Gained: empty(test.gained), Lost: empty(test.lost), Kept: append([]backtest.Pair{}, test.kept...), Objectives: c.Objectives}
			if diff := cmp.Diff(want, c, ratios); diff != "" {
				t.Errorf("want/got:\n%s", diff)
			}
		})
	}
}

// ratios compares them exactly.
var ratios = cmp.Comparer(func(a, b burnrate.Ratio) bool { return a == b })

// TestCompareObjectives lists those of both runs, with what each would have asked of
// people.
func TestCompareObjectives(t *testing.T) {
	t.Parallel()
	ticket := func(e *backtest.Episode) { e.Severity = slo.Ticket }
	before := day(page("a", "28d", 10, 20), page("was", "28d", 30, 40), with(page("was", "28d", 50, 60), ticket), page(alert.SourceID("nr"), "", 50, 60))
	after := day(page("a", "28d", 10, 20), page("a", "28d", 100, 120), with(page("is", "7d", 50, 60), ticket), with(page("a", "28d", 300, 310), func(e *backtest.Episode) { e.Observe = true }))
	before.Objectives = []backtest.Objective{
		{ID: "a", Name: "28d", Consumed: burnrate.RatioOf(0.5), Worst: burnrate.RatioOf(2)},
		{ID: "gone", Name: "28d", Consumed: burnrate.RatioOf(0.5)},
		{ID: "was", Name: "28d"},
	}
	after.Objectives = []backtest.Objective{
		{ID: "a", Name: "28d", Consumed: burnrate.RatioOf(0.75), Worst: burnrate.RatioOf(1)},
		{ID: "a", Name: "month"},
		{ID: "is", Name: "7d", Consumed: burnrate.RatioOf(0.75)},
	}
	at := func(i int) *int { return &i }
	want := []backtest.ObjectiveChange{
		{ID: "a", Name: "28d", Before: at(0), After: at(0), Pages: [2]int{1, 2}, Consumed: burnrate.RatioOf(0.25), Worst: burnrate.RatioOf(-1)},
		{ID: "a", Name: "month", After: at(1)},
		{ID: "gone", Name: "28d", Before: at(1)},
		{ID: "is", Name: "7d", Before: at(2), After: at(2), Pages: [2]int{1, 0}, Tickets: [2]int{1, 1}},
	}
	got := backtest.Compare(before, after, map[string]string{"was": "is"})
	if diff := cmp.Diff(want, got.Objectives, ratios); diff != "" {
		t.Errorf("want/got:\n%s", diff)
	}
	if diff := cmp.Diff(backtest.Comparison{Gained: []int{1}, Lost: []int{1, 3}, Kept: []backtest.Pair{{}, {Before: 2, After: 2}}}, got, ratios,
		cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "Objectives" }, cmp.Ignore())); diff != "" {
		t.Errorf("want/got:\n%s", diff)
	}
}

// drawnRun has episodes of some alerts, those of each one after the other, as in a run.
func drawnRun(r *rapid.T, ids ...string) *backtest.Run {
	run := day()
	for _, id := range ids {
		for _, objective := range []string{"28d", "month"}[:rapid.IntRange(1, 2).Draw(r, "objectives")] {
			run.Objectives = append(run.Objectives, backtest.Objective{ID: id, Name: objective})
			for m := 0; ; {
				from := m + rapid.IntRange(0, 40).Draw(r, "after")
				to := from + rapid.IntRange(0, 40).Draw(r, "lasts")
				if to > 200 {
					break
				}
				e := page(id, objective, from, to)
				e.Observe = rapid.IntRange(0, 9).Draw(r, "observed") == 0
				run.Episodes = append(run.Episodes, e)
				m = to + 1
			}
		}
	}
	slices.SortStableFunc(run.Episodes, func(a, b backtest.Episode) int { return a.Start.Compare(b.Start) })
	return run
}

// TestCompareProperties holds for any two runs: nothing is forgotten or counted twice,
// nothing differs from itself, and the other way round what was gained is lost.
func TestCompareProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		before, after := drawnRun(r, "a", "b", "was"), drawnRun(r, "a", "c", "is")
		c := backtest.Compare(before, after, map[string]string{"was": "is"})
		told := func(run *backtest.Run) (list []int) {
			for i := range run.Episodes {
				if run.Episodes[i].Told() {
					list = append(list, i)
				}
			}
			return list
		}
		old, now := slices.Clone(c.Lost), slices.Clone(c.Gained)
		for _, p := range c.Kept {
			old, now = append(old, p.Before), append(now, p.After)
			was, is := before.Episodes[p.Before], after.Episodes[p.After]
			if was.End.Add(15*time.Minute).Compare(is.Start) <= 0 || is.End.Add(15*time.Minute).Compare(was.Start) <= 0 {
				t.Fatalf("%v and %v are a quarter of an hour apart", was, is)
			}
		}
		slices.Sort(old)
		slices.Sort(now)
		if !slices.Equal(old, told(before)) || !slices.Equal(now, told(after)) {
			t.Fatalf("%v and %v, told of were %v and %v", old, now, told(before), told(after))
		}
		back := backtest.Compare(after, before, map[string]string{"is": "was"})
		if !slices.Equal(back.Gained, c.Lost) || !slices.Equal(back.Lost, c.Gained) {
			t.Fatalf("back: %v, %v; want %v, %v", back.Gained, back.Lost, c.Lost, c.Gained)
		}
		for _, p := range back.Kept {
			if !slices.Contains(c.Kept, backtest.Pair{Before: p.After, After: p.Before, Later: 0 - p.Later}) {
				t.Fatalf("back: %v of %v", p, c.Kept)
			}
		}
		same := backtest.Compare(before, before, nil)
		if len(same.Gained)+len(same.Lost) > 0 || slices.ContainsFunc(same.Kept, func(p backtest.Pair) bool { return p.Before != p.After || p.Later != 0 }) {
			t.Fatalf("compared with itself: %+v", same)
		}
		if len(same.Objectives) != len(before.Objectives) {
			t.Fatalf("%d objectives, there are %d", len(same.Objectives), len(before.Objectives))
		}
	})
}

// ExampleCompare says what a looser target would have spared people.
func ExampleCompare() {
	before := day(page("pay", "28d", 10, 40), page("pay", "28d", 600, 630))
	after := day(page("pay", "28d", 603, 630))
	c := backtest.Compare(before, after, nil)
	fmt.Println("lost", c.Lost, "gained", c.Gained, "later by", c.Kept[0].Later, "minutes")
	// Output: lost [0] gained [] later by 3 minutes
}
