package simulator

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// counting is a maker that remembers which hours it made.
type counting struct {
	*Retail
	mu   sync.Mutex
	made map[hourKey]int
}

func (c *counting) make(kin []string, hour int64) map[string]*table {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made[hourKey{kin[0], hour}]++
	return c.Retail.make(kin, hour)
}

func newCounting(most int64) (*Store, *counting) {
	c := &counting{Retail: newRetail(), made: map[hourKey]int{}}
	store := NewStore()
	store.scenario = newScenario(c, most)
	return store, c
}

// TestScenarioMakesWhatIsAsked: hours are made when a query needs them, once
// for all types of a kin, and not again while they are kept.
func TestScenarioMakesWhatIsAsked(t *testing.T) {
	t.Parallel()
	store, c := newCounting(scenarioBytes)
	if len(c.made) != 0 {
		t.Errorf("%d hours are made before anybody asks", len(c.made))
	}
	for range 3 {
		number1(t, store, "SELECT count(*) FROM MobileRequest, MobileRequestError"+since(90*time.Minute, 90*time.Minute))
	}
	if len(c.made) != 2 {
		t.Errorf("%d hours are made for one and a half, want 2", len(c.made))
	}
	for key, n := range c.made {
		if n != 1 {
			t.Errorf("%v was made %d times", key, n)
		}
	}
	number1(t, store, "SELECT count(*) FROM Unknown"+since(90*time.Minute, 90*time.Minute))
	if len(c.made) != 2 {
		t.Error("a type that is not made made something")
	}
}

// TestScenarioForgets: the memory is bounded, what was forgotten is made again
// the same, and what was used last is kept.
func TestScenarioForgets(t *testing.T) {
	t.Parallel()
	const most = 200_000
	store, c := newCounting(most)
	query := "SELECT sum(duration) FROM Transaction" + since(48*time.Hour, 48*time.Hour)
	first := number1(t, store, query)
	if again := number1(t, store, query); again != first {
		t.Errorf("%v at first, then %v", first, again)
	}
	s := store.scenario
	if s.bytes > most || s.bytes == 0 {
		t.Errorf("%d bytes are kept, at most %d may be", s.bytes, most)
	}
	kept := int64(0)
	for e := s.order.Front(); e != nil; e = e.Next() {
		kept += e.Value.(*hour).bytes
	}
	if kept != s.bytes || s.order.Len() != len(s.kept) {
		t.Errorf("%d bytes in %d hours are kept, %d and %d are counted", kept, s.order.Len(), s.bytes, len(s.kept))
	}
	last := since(10*time.Minute, 10*time.Minute)
	number1(t, store, "SELECT count(*) FROM Transaction"+last)
	before := len(c.made)
	number1(t, store, "SELECT count(*) FROM Log"+last)
	sum := 0
	for _, n := range c.made {
		sum += n
	}
	number1(t, store, "SELECT count(*) FROM Transaction"+last)
	after := 0
	for _, n := range c.made {
		after += n
	}
	if after != sum || len(c.made) != before+1 {
		t.Error("the hour that was used last was forgotten")
	}
}

// TestScenarioAtOnce: several queries at a time see the same, also while hours
// are forgotten.
func TestScenarioAtOnce(t *testing.T) {
	t.Parallel()
	store, _ := newCounting(300_000)
	results := make([]string, 8)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			found, err := store.evaluate("SELECT count(*), sum(duration), uniqueCount(name) FROM Transaction, MobileRequest"+since(24*time.Hour, 24*time.Hour),
				setting{nowMillis: afterwards()})
			results[i] = fmt.Sprint(found.rows, err)
		})
	}
	group.Wait()
	if slices.ContainsFunc(results, func(r string) bool { return r != results[0] }) {
		t.Errorf("different answers: %v", results)
	}
}

// TestScenarioBesideEvents: events that are added to a scenario are seen with
// its own.
func TestScenarioBesideEvents(t *testing.T) {
	t.Parallel()
	store := newRetail().Store()
	query := "SELECT count(*) FROM Log" + since(time.Hour, time.Hour)
	before := number1(t, store, query)
	if err := store.Add("Log", retailEnd().Add(-30*time.Minute).UnixMilli(), Attribute{"level", String("WARN")}); err != nil {
		t.Fatal(err)
	}
	if after := number1(t, store, query); before == 0 || after != before+1 {
		t.Errorf("%v events, with one more %v", before, after)
	}
}

// TestScenarioEndsNow: a range that reaches into the future makes nothing
// there.
func TestScenarioEndsNow(t *testing.T) {
	t.Parallel()
	store, c := newCounting(scenarioBytes)
	end := retailEnd().Truncate(time.Hour)
	query := fmt.Sprintf("SELECT count(*) FROM Log SINCE %d UNTIL %d", end.Add(-time.Hour).UnixMilli(), end.Add(1e6*time.Hour).UnixMilli())
	if _, err := store.evaluate(query, setting{nowMillis: end.UnixMilli()}); err != nil || len(c.made) != 1 {
		t.Errorf("%d hours are made up to now, want 1 (error %v)", len(c.made), err)
	}
}
