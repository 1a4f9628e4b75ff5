package nerdgraph

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo/diag"
)

const (
	defaultRequests = 5              // New Relic recommends at most five heavy ones
	mostRequests    = 25             // New Relic refuses more
	DefaultQueries  = 3000 / 2       // half of what an account may ask in a minute
	DefaultRecords  = 100e9 / 2      // half of what an account may inspect in an hour
	mostRecords     = int64(1) << 53 // floats count exactly so far
)

// LimitOptions are the budgets. What is not above 0 is the default.
type LimitOptions struct {
	Requests int   // under way at once with one key: 5; more than 25 count as 25
	Queries  int   // NRQL queries of an account in a minute: 1,500
	Records  int64 // inspected records of an account in an hour: 50e9

	// Processes is how many processes share these budgets, with the same keys and
	// accounts: 1. Each takes its part of them, and sends at least one request at once.
	Processes int
}

// Limits are the budgets that all clients of a process share: how many
// requests are under way with one key, and how much is asked of one account.
// They may be used concurrently.
//
// Calls that have to wait form one queue, the most urgent first and otherwise
// in the order they came. A call overtakes those that wait for another key or
// account, and no others, so a large one is not held up by small ones.
type Limits struct {
	options LimitOptions

	mu       sync.Mutex
	underWay map[keyHash]int
	accounts map[int64]budgets
	queue    []*waiter
}

// keyHash stands for a key, which must not be kept where it could be printed.
type keyHash [sha256.Size]byte

func hashOf(key secret.Value) keyHash { return sha256.Sum256([]byte(key.Reveal())) }

// budgets are those of one account.
type budgets struct{ queries, records bucket }

// waiter is a call that waits to be sent.
type waiter struct {
	key     keyHash
	account int64 // 0 if it takes nothing from an account
	queries float64
	leave   float64
	lacks   bool          // its account lacks something, and not only requests have to end
	looks   chan struct{} // holds a value once that has become so
	ready   chan struct{} // closed once it may be sent
}

// NewLimits returns full budgets.
func NewLimits(options LimitOptions) *Limits {
	if options.Requests <= 0 {
		options.Requests = defaultRequests
	}
	options.Requests = min(options.Requests, mostRequests)
	if options.Queries <= 0 {
		options.Queries = DefaultQueries
	}
	if options.Records <= 0 {
		options.Records = DefaultRecords
	}
	options.Records = min(options.Records, mostRecords)
	processes := max(1, options.Processes)
	options.Requests = max(1, options.Requests/processes)
	options.Queries = max(1, options.Queries/processes)
	options.Records = max(1, options.Records/int64(processes))
	return &Limits{options: options, underWay: map[keyHash]int{}, accounts: map[int64]budgets{}}
}

// acquire waits until a call may be sent, and takes what it needs. The release
// returned ends the request. It fails at once when the wait cannot end before
// the deadline of the context, and otherwise with the context.
func (l *Limits) acquire(ctx context.Context, key keyHash, call Call) (release func(), failure *Error) {
	if ctx.Err() != nil {
		return nil, contextError(ctx, diag.Say("the deadline was over before the call"))
	}
	w := newWaiter(key, call)
	l.join(w)
	for {
		now := time.Now()
		missing := l.admit(w, now)
		if deadline, ok := ctx.Deadline(); ok && missing.after > 0 && now.Add(missing.after).After(deadline) && l.leave(w) {
			return nil, missing.failure()
		}
		var later <-chan time.Time // never, if only requests have to end
		if missing.after > 0 {
			later = time.After(missing.after)
		}
		select {
		case <-w.ready:
			return func() { l.release(key) }, nil
		case <-w.looks: // others took what was there
		case <-later:
		case <-ctx.Done():
			if !l.leave(w) { // it was let through at this moment
				l.release(key)
			}
			return nil, l.overdue(ctx, missing)
		}
	}
}

// overdue is the error of a call whose context ended while it waited.
func (l *Limits) overdue(ctx context.Context, missing shortage) *Error {
	switch {
	case !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return contextError(ctx, diag.Phrase{})
	case missing.after > 0:
		return missing.failure()
	}
	return &Error{Kind: Throttled, Message: diag.Say(
		"no request could be sent before the deadline: at most %d may be under way with one key", l.options.Requests)}
}

func newWaiter(key keyHash, call Call) *waiter {
	w := &waiter{key: key, looks: make(chan struct{}, 1), ready: make(chan struct{})}
	if call.Account != 0 && call.Queries > 0 {
		w.account, w.queries = call.Account, float64(call.Queries)
	}
	if call.Leave > 0 { // which NaN is not
		w.leave = min(call.Leave, 1)
	}
	return w
}

// look makes a call find out anew what it waits for.
func (w *waiter) look() {
	select {
	case w.looks <- struct{}{}:
	default: // it will
	}
}

// join puts a call into the queue, behind those as urgent as it.
func (l *Limits) join(w *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	behind := slices.IndexFunc(l.queue, func(other *waiter) bool { return other.leave > w.leave })
	if behind < 0 {
		behind = len(l.queue)
	}
	l.queue = slices.Insert(l.queue, behind, w)
}

// leave takes a call out of the queue and reports whether it was there.
func (l *Limits) leave(w *waiter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.queue, w)
	if i < 0 {
		return false
	}
	l.queue = slices.Delete(l.queue, i, i+1)
	l.pass(time.Now())
	return true
}

// release says that a request has ended.
func (l *Limits) release(key keyHash) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.underWay[key]--; l.underWay[key] == 0 {
		delete(l.underWay, key)
	}
	l.pass(time.Now())
}

// admit lets through who may go, and returns what w still waits for.
func (l *Limits) admit(w *waiter, now time.Time) shortage {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pass(now)
	i := slices.Index(l.queue, w)
	if i < 0 || !w.lacks {
		return shortage{}
	}
	ahead := 0.0
	for _, other := range l.queue[:i] {
		if other.account == w.account && other.lacks {
			ahead += other.queries
		}
	}
	return l.budgets(w.account).shortage(now, w, ahead)
}

// pass lets through the calls that may go. Behind one that its account lacks
// something for, no other takes from the account. Requests need no such rule:
// those behind never need fewer free ones.
func (l *Limits) pass(now time.Time) {
	closed := map[int64]bool{}
	l.queue = slices.DeleteFunc(l.queue, func(w *waiter) bool {
		lacked := w.lacks
		w.lacks = w.account != 0 && (closed[w.account] || l.budgets(w.account).shortage(now, w, 0).after > 0)
		if w.lacks {
			closed[w.account] = true
			if !lacked {
				w.look()
			}
			return false
		}
		free := l.options.Requests - l.underWay[w.key]
		if float64(free) < max(1, w.leave*float64(l.options.Requests)) {
			return false
		}
		l.underWay[w.key]++
		if w.account != 0 {
			l.budgets(w.account).queries.take(now, w.queries)
		}
		close(w.ready)
		return true
	})
}

// budgets returns those of an account, which are full at first.
func (l *Limits) budgets(account int64) budgets {
	b, ok := l.accounts[account]
	if !ok {
		b = budgets{newBucket(l.options.Queries, time.Minute, diag.Say("a minute")), newBucket(int(l.options.Records), time.Hour, diag.Say("an hour"))}
		l.accounts[account] = b
	}
	return b
}

// inspected books records that a call turned out to have cost.
func (l *Limits) inspected(account, records int64) {
	if account == 0 || records <= 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.budgets(account).records.take(time.Now(), float64(records))
}

// shortage is what an account lacks before a call may be sent.
type shortage struct {
	after   time.Duration // until it is there; 0 if nothing lacks
	account int64
	leave   float64
	budget  bucket
	what    diag.Phrase
}

// shortage returns what lacks longest until a call may be sent behind others
// that ask so many queries.
func (b budgets) shortage(now time.Time, w *waiter, ahead float64) shortage {
	level := func(b bucket, least float64) float64 { return max(w.leave*b.size(), min(least, b.size())) }
	queries := shortage{b.queries.after(now, level(b.queries, w.queries)+ahead), w.account, w.leave, b.queries, diag.Say("NRQL queries")}
	records := shortage{b.records.after(now, level(b.records, 1)), w.account, w.leave, b.records, diag.Say("inspected records")}
	if queries.after >= records.after {
		return queries
	}
	return records
}

// failure is the error of a call that cannot wait for it.
func (s shortage) failure() *Error {
	used := diag.Say("is used up")
	if s.leave > 0 {
		used = diag.Say("has less than the %.3g%% left that this call leaves to others", s.leave*100)
	}
	return &Error{Kind: Throttled, After: s.after, Message: diag.Say(
		"the budget of account %d, %.0f %s %s, %s: the call could be sent in %v, after its deadline",
		s.account, s.budget.size(), s.what, s.budget.per, used, s.after.Round(time.Millisecond))}
}
