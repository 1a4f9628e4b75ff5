package simulator

import (
	"fmt"
	"hash/maphash"
	"math"
	"sync"
	"time"
)

// Limits of New Relic on how much is asked. Those on a single query are errors
// of the query, see [parse].
const (
	maxConcurrent     = 25              // requests of a user at a time
	maxQueriesMinute  = 3_000           // queries of an account
	maxSameMinute     = 120             // queries of one text and user
	maxPostsMinute    = 100_000         // POSTs of events to an account
	maxInspectedHours = 100_000_000_000 // events that an account's queries inspect
)

// limiter counts what is asked in the minute and the hour of the clock that is
// running. New Relic does not say where its minutes begin.
type limiter struct {
	mu        sync.Mutex
	minute    int64
	queries   map[int64]int   // by account
	same      map[uint64]int  // by the digest of key and text
	posts     map[int64]int64 // of events, by account
	hour      int64
	inspected map[int64]int64 // by account
	seed      maphash.Seed
}

func newLimiter() *limiter { return &limiter{seed: maphash.MakeSeed()} }

// at begins new counts when a minute or an hour is over.
func (l *limiter) at(now time.Time) {
	if minute := now.Unix() / 60; minute != l.minute || l.queries == nil {
		l.minute, l.queries, l.same, l.posts = minute, map[int64]int{}, map[uint64]int{}, map[int64]int64{}
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
		digest := maphash.String(l.seed, x.key.Text+"\x00"+q.text)
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
	for _, account := range q.accounts {
		l.queries[account]++
	}
	most := int64(maxInspectedHours)
	switch {
	case q.inspectedLimit > 0:
		most = q.inspectedLimit
	case noLimits:
		most = math.MaxInt64
	}
	for _, account := range q.accounts {
		switch {
		case l.queries[account] > maxQueriesMinute && !noLimits:
			return tooMany(fmt.Sprintf("Account %d made more than %d queries in a minute", account, maxQueriesMinute))
		case l.inspected[account] >= most:
			return tooMany(fmt.Sprintf("Account %d reached its limit of %d inspected records an hour", account, most))
		}
	}
	return nil
}

// inspect books what a query inspected, to each of its accounts its part.
func (l *limiter) inspect(accounts []int64, events int64, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at(now)
	for i, account := range accounts {
		l.inspected[account] += part(events, i, len(accounts))
	}
}

// part is what one of n accounts has in the events that a query inspected. New
// Relic does not say how it books them; the parts are equal, and add up.
func part(events int64, i, n int) int64 {
	return events*int64(i+1)/int64(n) - events*int64(i)/int64(n)
}

// post counts a POST of events, and returns how many there are beyond those
// that an account may send in a minute.
func (l *limiter) post(account int64, now time.Time) (excess int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at(now)
	l.posts[account]++
	return l.posts[account] - maxPostsMinute
}
