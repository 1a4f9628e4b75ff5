package newrelic_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/slojourn/slojourn/sources"
)

// TestClockIsAhead asks for minutes that have not happened by New Relic's clock,
// as this machine's is wrong. They would be measured as empty.
func TestClockIsAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := openShop(t, lastMinute-60)
		answers := s.source.Counts(t.Context(), []sources.Request{
			{SLO: s.slos[0], Cuts: every(1, lastMinute-70, lastMinute-60)},
			{SLO: s.slos[1], Cuts: every(1, lastMinute-10, lastMinute)},
		})
		if answers[0].Err != nil || answers[0].Sums[0].Minutes != 1 {
			t.Errorf("what has happened: %+v", answers[0])
		}
		const want = "ahead of New Relic's, so that minutes would be measured before they are over: set it right"
		if err := answers[1].Err; err == nil || !strings.Contains(err.Error(), want) || len(answers[1].Sums) > 0 {
			t.Errorf("what has not: %+v", answers[1])
		}
	})
}
