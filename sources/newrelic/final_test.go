package newrelic_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/slojourn/slojourn/slo"
)

// TestWhatWouldFailAgainIsNotAsked gives up when the first answers say that all
// others would be errors as well, and asks no more about what has failed.
func TestWhatWouldFailAgainIsNotAsked(t *testing.T) {
	t.Parallel()
	for fault, message := range map[string]string{
		"401": "refuses the API key", "forbidden-account=1": "not authorized", "inspected-limit=1": "reached its limit of 1 inspected", "account-null": "no data of account",
	} {
		synctest.Test(t, func(t *testing.T) {
			s := openShop(t, lastMinute+3)
			s.slos = nil
			for i := range 600 { // each of a FROM set of its own, so that nothing is packed
				s.slos = append(s.slos, &slo.SLO{ID: fmt.Sprint(i), SLI: slo.SLI{From: types("Transaction", fmt.Sprintf("Other%d", i)), Bad: plain("error IS TRUE")}})
			}
			s.inject(t, fault)
			for _, answer := range s.counts(t) {
				if answer.Err == nil || !strings.Contains(answer.Err.Error(), message) {
					t.Fatalf("%s: got %v and the error %v", fault, answer.Sums, answer.Err)
				}
			}
			if n := s.simulator.Stats().Requests; n > 10 {
				t.Errorf("%s: %d requests", fault, n)
			}
		})
	}
}
