package simulator

import (
	"fmt"
	"hash/maphash"
	"sync"
	"time"
)

// Limits of New Relic on how much is asked. Those on a single query are errors
// of the query, see [parse].
const (
	maxConcurrent     = 25              // requests of a user at a time
	maxQueriesMinute  = 3_000           // queries of an account
	maxSameMinute     = 120             // queries of one text and user
	maxInspectedHours = 100_000_000_000 // events that an account's queries inspect
)

// limiter counts what is asked in the minute and the hour of the clock that is
// running. New Relic does not say where its minutes begin.
type limiter struct {
	mu        sync.Mutex
	minute    int64
	queries   map[int64]int  // by account
	same      map[uint64]int // by the digest of key and text
	hour      int64
	inspected map[int64]int64 // by account
	seed      maphash.Seed
}

func newLimiter() *limiter { return &limiter{seed: maphash.MakeSeed()} }

// at begins new counts when a minute or an hour is over.
func (l *limiter) at(now time.Time) {
	if minute := now.Unix() / 60; minute != l.minute || l.queries == nil {
		l.minute, l.queries, l.same = minute, map[int64]int{}, map[uint64]int{}
	}
	if hour := now.Unix() / 3600; hour != l.hour || l.inspected == nil {
		l.hour, l.inspected = hour, map[int64]int64{}
	}
}

// repeats counts the texts of a request, and reports whether one of them was
// sent more often than it may be.
func (l *limiter) repeats(x *exchange) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at(x.now)
	tooOften := false
	for _, q := range x.questions {
		digest := maphash.String(l.seed, x.key+"\x00"+q.text)
		l.same[digest]++
		tooOften = tooOften || l.same[digest] > maxSameMinute
	}
	return tooOften
}

// admit counts a query, or says why its account may not ask it. Without
// limits only the one of a fault counts.
func (l *limiter) admit(q *question, now time.Time, noLimits bool) *queryError {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at(now)
	l.queries[q.account]++
	if l.queries[q.account] > maxQueriesMinute && !noLimits {
		return tooMany(fmt.Sprintf("Account %d made more than %d queries in a minute", q.account, maxQueriesMinute))
	}
	most := int64(maxInspectedHours)
	switch {
	case q.inspectedLimit > 0:
		most = q.inspectedLimit
	case noLimits:
		return nil
	}
	if l.inspected[q.account] >= most {
		return tooMany(fmt.Sprintf("Account %d reached its limit of %d inspected records an hour", q.account, most))
	}
	return nil
}

// inspect books what a query of an account inspected.
func (l *limiter) inspect(account, events int64, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at(now)
	l.inspected[account] += events
}
