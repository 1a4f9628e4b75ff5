package newrelic_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// pack of SLOs that are asked for in one query.
func (s *shop) pack(n int) []*slo.SLO {
	var slos []*slo.SLO
	for i := range n {
		slos = append(slos, &slo.SLO{ID: fmt.Sprintf("slo-%02d", i), SLI: slo.SLI{
			From: types("Transaction"), Where: plain(fmt.Sprintf("name != 'name-%02d'", i)), Bad: plain("error IS TRUE"),
		}})
	}
	return slos
}

// TestCulprits packs twenty SLOs, of which New Relic refuses one or two. The
// others get their numbers at once, and the next time nobody notices any more.
func TestCulprits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := openShop(t, lastMinute+3)
		s.slos, s.cuts = s.pack(20), []slo.Minute{lastMinute - 1, lastMinute}
		right := s.counts(t)
		queries := func(do func()) int64 {
			before := s.simulator.Stats().Queries
			do()
			return s.simulator.Stats().Queries - before
		}
		if n := queries(func() { s.counts(t) }); n != 1 {
			t.Fatalf("twenty SLOs take %d queries, want 1", n)
		}
		s.inject(t, "syntax;contains=name-07,syntax;contains=name-13")
		var got []sources.Answer
		check := func(when string, refused map[int]string) {
			t.Helper()
			for i, answer := range got {
				message, isRefused := refused[i]
				switch {
				case isRefused && (answer.Err == nil || !strings.Contains(answer.Err.Error(), message)):
					t.Errorf("%s: SLO %d has the error %v, want one with %q", when, i, answer.Err, message)
				case !isRefused && (answer.Err != nil || !slices.Equal(answer.Sums, right[i].Sums)):
					t.Errorf("%s: SLO %d is %v, want %v", when, i, answer, right[i])
				}
			}
		}
		// Each of the two is found by halving: of 20, 10, 5, 3 and 2, the other
		// half is answered.
		n := queries(func() { got = s.counts(t) })
		check("at first", map[int]string{7: "NRQL Syntax Error", 13: "NRQL Syntax Error"})
		if n > 2*4 {
			t.Errorf("%d queries were answered until they were found", n)
		}
		n = queries(func() { got = s.counts(t) })
		check("then", map[int]string{7: "(refused at 15:03:00Z, asked again from 15:18:00Z on)", 13: "NRQL Syntax Error"})
		if n != 1 {
			t.Errorf("then it takes %d queries, want 1", n)
		}
		time.Sleep(15 * time.Minute)
		s.inject(t, "syntax;contains=name-13")
		n = queries(func() { got = s.counts(t) })
		check("after a quarter of an hour", map[int]string{13: "NRQL Syntax Error"})
		if n != 2 { // the one that is still refused is asked, but not evaluated
			t.Errorf("after a quarter of an hour %d queries are answered, want 2: the pack and the one that recovered", n)
		}
		n = queries(func() { got = s.counts(t) })
		check("when one has recovered", map[int]string{13: "refused at 15:18:00Z"})
		if n != 1 {
			t.Errorf("when one has recovered it takes %d queries, want 1", n)
		}
	})
}

// TestSlowQueries cuts up the time of a query that is too much, and then the
// pack: the SLO that is too much on its own fails alone.
func TestSlowQueries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := openShop(t, lastMinute+3)
		s.slos = s.pack(6)
		s.cuts = []slo.Minute{lastMinute - 8, lastMinute - 4, lastMinute - 1, lastMinute}
		right := s.counts(t)
		s.inject(t, "timeout;contains=TIMESERIES")
		if got := s.differences(right, s.counts(t)); got != "right" {
			t.Errorf("in single buckets: %s", got)
		}
		s.inject(t, "timeout;times=3")
		if got := s.differences(right, s.counts(t)); got != "right" {
			t.Errorf("after three cuts: %s", got)
		}
		s.cuts = []slo.Minute{lastMinute - 1, lastMinute}
		right = s.counts(t)
		s.inject(t, "timeout;contains=name-03")
		if got := s.differences(right, s.counts(t)); got != "right; slo-03: New Relic: NRDB query duration exceeded the set timeout" {
			t.Errorf("one that is too much: %s", got)
		}
	})
}

// TestBorderOfRetention finds the minute from which on events are kept, with
// few queries, and does not believe a zero before it.
func TestBorderOfRetention(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := openShop(t, lastMinute+3)
		s.slos = s.pack(2)
		s.cuts = []slo.Minute{lastMinute - 400, lastMinute - 200, lastMinute - 100, lastMinute}
		right := s.counts(t)
		s.inject(t, "beyond-retention=150m30s") // until 14:33:30 minus 2:30, in minutes from the end: 147.5
		before := s.simulator.Stats().Queries
		for _, answer := range s.counts(t) {
			if answer.Err != nil {
				t.Fatal(answer.Err)
			}
			if answer.Sums[2] != right[0].Sums[2] || answer.Sums[0].Minutes != 0 || answer.Sums[0].Rows.Total != 0 || answer.Sums[1].Minutes != 47 {
				t.Errorf("got %v, want what is kept of %v: 47 minutes of the second", answer.Sums, right[0].Sums)
			}
			if len(answer.Notes) != 1 {
				t.Errorf("the notes are %q", answer.Notes)
			}
		}
		if n := s.simulator.Stats().Queries - before; n > 20 {
			t.Errorf("it took %d queries", n)
		}
	})
}

// TestSlowAtTheBorder lets single queries fail while the border of retention is
// looked for: whatever is cut up, every minute counts once.
func TestSlowAtTheBorder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := openShop(t, lastMinute+3)
		s.slos = s.pack(3)
		s.cuts = []slo.Minute{lastMinute - 400, lastMinute - 200, lastMinute - 100, lastMinute - 7, lastMinute}
		const border = "beyond-retention=150m30s"
		s.inject(t, border)
		right := s.counts(t)
		for _, fault := range []string{"timeout", "omitted", "syntax"} {
			for every := 1; every <= 12; every++ {
				s.inject(t, fmt.Sprintf("%s,%s;every=%d;times=1", border, fault, every))
				if got := s.differences(right, s.counts(t)); got != s.differences(right, right) {
					t.Errorf("%s at the query %d: %s", fault, every, got)
				}
				time.Sleep(20 * time.Minute) // budgets are full again, and nothing is refused any more
				right = func() []sources.Answer { s.inject(t, border); return s.counts(t) }()
			}
		}
	})
}

// TestSlowFirstEvents cuts up the time in which the first event is looked for.
func TestSlowFirstEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := openShop(t, lastMinute+3)
		s.slos = s.pack(1)
		right := s.extents(t)
		for _, fault := range []string{"timeout;times=1", "timeout;times=5", "omitted;times=3", "timeout;every=2;times=4"} {
			s.inject(t, fault)
			if got := s.extents(t); got[0] != right[0] {
				t.Errorf("%s: got %v, want %v", fault, got[0], right[0])
			}
		}
	})
}
