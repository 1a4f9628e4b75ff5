package simulator

import (
	"fmt"
	"math"
	"sync"
	"time"
)

// Of a query that goes on behind its answer New Relic says how often to ask
// for it, until when, and how long its results are there. The numbers are those
// of its examples.
const (
	pollAfter    = time.Second
	pollUntil    = 10 * time.Minute // since it began; the longest time a query may take
	resultsStay  = 10 * time.Minute // since it ended
	maxUnderWay  = 300              // queries that are kept, a limit of the simulator's own
	asyncDefault = 10 * time.Second // how long a query of the fault async goes on
)

// underWay is a query that was answered before it ended.
type underWay struct {
	id     string
	owner  string // the accounts that it asks, and through which it is polled
	result *result
	begun  time.Time
	ends   time.Time
}

// backlog holds the queries that go on, and those that ended, until their
// results are gone.
type backlog struct {
	mu      sync.Mutex
	begun   int64
	queries map[string]*underWay
}

// begin keeps the result of a query until it may be seen, and puts it under an
// id.
func (b *backlog) begin(owner string, r *result, now time.Time, length time.Duration) *queryError {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, u := range b.queries {
		if u.isGone(now) {
			delete(b.queries, id)
		}
	}
	if len(b.queries) >= maxUnderWay {
		return tooMany(fmt.Sprintf("%sat most %d asynchronous queries are kept; poll for fewer at a time", prefix, maxUnderWay))
	}
	b.begun++
	r.underWay = &underWay{
		id:    fmt.Sprintf("a1b2c3d4-0000-4000-8000-%012x", b.begun),
		owner: owner, result: r, begun: now, ends: now.Add(length),
	}
	if b.queries == nil {
		b.queries = map[string]*underWay{}
	}
	b.queries[r.underWay.id] = r.underWay
	return nil
}

// poll returns the query of an id, whether it ended or not. How New Relic words
// the errors is not known.
func (b *backlog) poll(owner, id string, now time.Time) (*result, *queryError) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u := b.queries[id]
	switch {
	case u == nil || u.owner != owner || u.isGone(now):
		return nil, &queryError{message: "The query ID is unknown in this account, or its results have expired", code: "NOT_FOUND"}
	case u.goesOn(now) && !now.Before(u.begun.Add(pollUntil)):
		return nil, timedOut()
	}
	return u.result, nil
}

// goesOn reports whether there are no results yet. A query that is not
// asynchronous has ended when it is answered.
func (u *underWay) goesOn(now time.Time) bool { return u != nil && now.Before(u.ends) }

func (u *underWay) isGone(now time.Time) bool { return !now.Before(u.ends.Add(resultsStay)) }

// progressField is a member of queryProgress. It is null for a query that was
// never asynchronous.
func progressField(value func(u *underWay, now time.Time) any) *field {
	return &field{resolve: func(r *resolver, parent any, _ map[string]any) (any, *queryError) {
		u := parent.(*result).underWay
		if u == nil {
			return nil, nil
		}
		return value(u, r.now), nil
	}}
}

// newProgressType returns the type of queryProgress.
func newProgressType() *objectType {
	whileGoingOn := func(value func(u *underWay, now time.Time) time.Duration) *field {
		return progressField(func(u *underWay, now time.Time) any {
			if !u.goesOn(now) {
				return nil
			}
			return seconds(value(u, now))
		})
	}
	return &objectType{name: "NrdbQueryProgress", fields: map[string]*field{
		"completed": {resolve: func(r *resolver, parent any, _ map[string]any) (any, *queryError) {
			return !parent.(*result).underWay.goesOn(r.now), nil
		}},
		"queryId":       progressField(func(u *underWay, _ time.Time) any { return u.id }),
		"retryAfter":    whileGoingOn(func(*underWay, time.Time) time.Duration { return pollAfter }),
		"retryDeadline": whileGoingOn(func(u *underWay, now time.Time) time.Duration { return u.begun.Add(pollUntil).Sub(now) }),
		"resultExpiration": progressField(func(u *underWay, now time.Time) any {
			if u.goesOn(now) {
				return seconds(resultsStay)
			}
			return seconds(u.ends.Add(resultsStay).Sub(now))
		}),
	}}
}

// seconds returns a length of time in whole seconds, a part of one as another.
func seconds(d time.Duration) float64 { return math.Ceil(d.Seconds()) }

// nrqlQueryProgress polls for a query of an account.
func (r *resolver) nrqlQueryProgress(parent any, args map[string]any) (any, *queryError) {
	return r.poll([]int64{parent.(int64)}, args)
}

func (r *resolver) poll(accounts []int64, args map[string]any) (any, *queryError) {
	if r.survey {
		r.polls++
		return nothingThere{}, nil
	}
	found, err := r.simulator.backlog.poll(owner(accounts), args["queryId"].(string), r.now)
	if err != nil {
		return nil, err
	}
	return found, nil
}

// owner names the accounts that a query asks, which are in order.
func owner(accounts []int64) string { return fmt.Sprint(accounts) }
