package nerdgraph

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/secret"
)

// slow is a transport that takes some time to answer, and counts what is under
// way.
type slow struct {
	takes time.Duration

	mu             sync.Mutex
	underWay, most int
}

func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	s.add(1)
	defer s.add(-1)
	if sleep(r.Context(), s.takes); r.Context().Err() != nil {
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(`{"data":{}}`))}, nil
}

func (s *slow) add(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.underWay += n
	s.most = max(s.most, s.underWay)
}

// bench runs calls in a bubble and keeps when each ended.
type bench struct {
	t      *testing.T
	begin  time.Time
	group  sync.WaitGroup
	mu     sync.Mutex
	events []string
}

func newBench(t *testing.T) *bench { return &bench{t: t, begin: time.Now()} }

// call makes a call under a name. The next one comes after it.
func (b *bench) call(c *Client, name string, call Call) {
	b.group.Go(func() {
		_, err := c.Query(b.t.Context(), call, new(any))
		if err != nil {
			b.t.Errorf("call %s: %v", name, err)
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.events = append(b.events, fmt.Sprintf("%s %v", name, time.Since(b.begin)))
	})
	synctest.Wait()
}

// check waits for the calls, and wants them to have ended in this order.
func (b *bench) check(want ...string) {
	b.t.Helper()
	b.group.Wait()
	if diff := cmp.Diff(want, b.events); diff != "" {
		b.t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func clientOf(transport http.RoundTripper, limits *Limits, key string) *Client {
	return New(Options{Key: secret.Of(key), Transport: transport, Limits: limits})
}

func TestRequestsUnderWay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ option, processes, want int }{
		{0, 0, 5}, {-1, -1, 5}, {1, 1, 1}, {3, 1, 3}, {25, 1, 25}, {26, 1, 25}, {math.MaxInt, 1, 25}, {0, 2, 2}, {0, 6, 1}, {26, 2, 12},
	} {
		synctest.Test(t, func(t *testing.T) {
			limits := NewLimits(LimitOptions{Requests: test.option, Processes: test.processes})
			mine, other := &slow{takes: sec}, &slow{takes: sec}
			var group sync.WaitGroup
			for range 40 {
				// Each call has a client of its own: the limits are shared.
				group.Go(func() { clientOf(mine, limits, key).Query(t.Context(), Call{}, new(any)) })            //nolint:errcheck // counted
				group.Go(func() { clientOf(other, limits, "another-key").Query(t.Context(), Call{}, new(any)) }) //nolint:errcheck // counted
			}
			group.Wait()
			if mine.most != test.want || other.most != test.want {
				t.Errorf("option %d of %d processes: %d and %d requests were under way with two keys, want %d each", test.option, test.processes, mine.most, other.most, test.want)
			}
			if len(limits.underWay) > 0 || len(limits.queue) > 0 {
				t.Errorf("after all calls the limits hold %v and %v", limits.underWay, limits.queue)
			}
		})
	}
}

func TestQueriesOfAnAccount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := NewLimits(LimitOptions{Queries: 60})
		c, other := clientOf(&slow{}, limits, key), clientOf(&slow{}, limits, "another-key")
		b := newBench(t)
		b.call(c, "all", Call{Account: 7, Queries: 60})
		b.call(other, "another key", Call{Account: 7, Queries: 10})
		b.call(c, "next", Call{Account: 7, Queries: 5})
		b.call(c, "another account", Call{Account: 8, Queries: 60})
		b.call(c, "no queries", Call{Account: 7})
		b.call(c, "no account", Call{Queries: 1000})
		b.check("all 0s", "another account 0s", "no queries 0s", "no account 0s", "another key 10s", "next 15s")
	})
}

func TestDefaultBudgets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clientOf(&slow{}, nil, key)
		b := newBench(t)
		b.call(c, "a minute's", Call{Account: 7, Queries: 1500})
		b.call(c, "one more", Call{Account: 7, Queries: 25})
		b.group.Wait()
		c.Inspected(8, 50e9)
		b.call(c, "an hour's records", Call{Account: 8, Queries: 1, Leave: 0.5})
		b.check("a minute's 0s", "one more 1s", "an hour's records 30m1s")
	})
}

// TestMoreThanABudget: a call that asks more than a whole budget goes once it
// is full, and the next ones pay for it, at most as long as it takes to fill.
func TestMoreThanABudget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clientOf(&slow{}, NewLimits(LimitOptions{Queries: 60}), key)
		b := newBench(t)
		b.call(c, "one", Call{Account: 7, Queries: 1})
		b.call(c, "too many", Call{Account: 7, Queries: 90})
		b.call(c, "one more", Call{Account: 7, Queries: 1})
		b.call(c, "far too many", Call{Account: 8, Queries: math.MaxInt})
		b.call(c, "after it", Call{Account: 8, Queries: 1})
		b.check("one 0s", "far too many 0s", "too many 1s", "one more 32s", "after it 1m1s")
	})
}

func TestThrottledAtOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		use     func(context.Context, *Client)
		call    Call
		after   time.Duration
		message string
	}{
		{
			"queries", func(ctx context.Context, c *Client) { c.Query(ctx, Call{Account: 7, Queries: 60}, new(any)) }, //nolint:errcheck // the next call tells
			Call{Account: 7, Queries: 10},
			10 * sec,
			"the budget of account 7, 60 NRQL queries a minute, is used up: the call could be sent in 10s, after its deadline",
		},
		{
			"queries left to others", func(ctx context.Context, c *Client) { c.Query(ctx, Call{Account: 7, Queries: 45}, new(any)) }, //nolint:errcheck // the next call tells
			Call{Account: 7, Queries: 1, Leave: 0.5},
			15 * sec,
			"the budget of account 7, 60 NRQL queries a minute, has less than the 50% left that this call leaves to others: the call could be sent in 15s, after its deadline",
		},
		{
			"records", func(_ context.Context, c *Client) { c.Inspected(7, 5400) },
			Call{Account: 7, Queries: 1},
			30*time.Minute + sec,
			"the budget of account 7, 3600 inspected records an hour, is used up: the call could be sent in 30m1s, after its deadline",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limits := NewLimits(LimitOptions{Queries: 60, Records: 3600})
				c := clientOf(&slow{}, limits, key)
				test.use(t.Context(), c)
				begin := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), test.after-ms)
				defer cancel()
				_, err := c.Query(ctx, test.call, new(any))
				checkFailure(t, err, Throttled, 0, test.message)
				if failure, _ := errors.AsType[*Error](err); failure.After != test.after {
					t.Errorf("it is free again after %v, want %v", failure.After, test.after)
				}
				if time.Since(begin) != 0 || len(limits.queue) > 0 {
					t.Errorf("it failed after %v, and %d calls wait", time.Since(begin), len(limits.queue))
				}
				enough, cancel := context.WithTimeout(t.Context(), test.after+ms)
				defer cancel()
				if _, err := c.Query(enough, test.call, new(any)); err != nil || time.Since(begin) != test.after {
					t.Errorf("with enough time it was sent after %v, with the error %v", time.Since(begin), err)
				}
			})
		})
	}
}

// TestTheWaitCountsThoseAhead: a call knows that others take what fills up.
func TestTheWaitCountsThoseAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clientOf(&slow{}, NewLimits(LimitOptions{Queries: 60}), key)
		b := newBench(t)
		b.call(c, "all", Call{Account: 7, Queries: 60})
		b.call(c, "waits", Call{Account: 7, Queries: 20})
		ctx, cancel := context.WithTimeout(t.Context(), 25*sec)
		defer cancel()
		_, err := c.Query(ctx, Call{Account: 7, Queries: 10}, new(any))
		checkFailure(t, err, Throttled, 0, "in 30s, after its deadline")
		b.check("all 0s", "waits 20s")
	})
}

func TestLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clientOf(&slow{}, NewLimits(LimitOptions{Queries: 60}), key)
		b := newBench(t)
		patient := Call{Account: 7, Queries: 10, Leave: 0.5}
		for i := range 6 {
			b.call(c, fmt.Sprint("patient ", i), patient) // the first four find at least half
		}
		b.call(c, "urgent", Call{Account: 7, Queries: 20})
		// 0 are left; the patient wait for 30 each time.
		b.check("patient 0 0s", "patient 1 0s", "patient 2 0s", "patient 3 0s", "urgent 0s", "patient 4 30s", "patient 5 40s")
	})
}

func TestOddLeave(t *testing.T) {
	t.Parallel()
	for _, leave := range []float64{-1, 0, 1, 7, math.NaN(), math.Inf(1), math.Inf(-1)} {
		synctest.Test(t, func(t *testing.T) {
			c := clientOf(&slow{takes: sec}, nil, key)
			b := newBench(t)
			b.call(c, "call", Call{Account: 7, Queries: 1, Leave: leave})
			b.check("call 1s")
		})
	}
}

func TestUrgentCallsGoFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clientOf(&slow{takes: 10 * sec}, NewLimits(LimitOptions{Requests: 2}), key)
		b := newBench(t)
		b.call(c, "first", Call{})
		b.call(c, "second", Call{})
		b.call(c, "patient", Call{Leave: 0.3})
		b.call(c, "more patient", Call{Leave: 0.4})
		b.call(c, "urgent", Call{})
		b.call(c, "urgent too", Call{})
		b.group.Wait()
		// Two of a pair end at the same instant, in either order.
		at := map[string]string{}
		for _, event := range b.events {
			i := strings.LastIndex(event, " ")
			at[event[:i]] = event[i+1:]
		}
		want := map[string]string{"first": "10s", "second": "10s", "urgent": "20s", "urgent too": "20s", "patient": "30s", "more patient": "30s"}
		if diff := cmp.Diff(want, at); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
}

// TestRequestsAreLeftToUrgentCalls: long patient requests do not hold all
// places.
func TestRequestsAreLeftToUrgentCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := NewLimits(LimitOptions{Requests: 5})
		long, short := &slow{takes: time.Minute}, &slow{takes: sec}
		b := newBench(t)
		for range 10 {
			b.call(clientOf(long, limits, key), "patient", Call{Leave: 0.5})
		}
		if long.underWay != 3 {
			t.Errorf("%d patient requests are under way, want 3 of 5", long.underWay)
		}
		b.call(clientOf(short, limits, key), "urgent", Call{})
		b.group.Wait()
		if b.events[0] != "urgent 1s" {
			t.Errorf("the first to end is %s", b.events[0])
		}
	})
}

// TestLargeCallsAreNotHeldUp by small ones that would find what they need.
func TestLargeCallsAreNotHeldUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clientOf(&slow{}, NewLimits(LimitOptions{Queries: 60}), key)
		b := newBench(t)
		b.call(c, "most", Call{Account: 7, Queries: 55})
		b.call(c, "large", Call{Account: 7, Queries: 30})
		b.call(c, "small", Call{Account: 7, Queries: 1})
		b.call(c, "patient", Call{Account: 7, Queries: 1, Leave: 0.01})
		b.check("most 0s", "large 25s", "small 26s", "patient 27s")
	})
}

func TestInspectedRecords(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clientOf(&slow{}, NewLimits(LimitOptions{Records: 3600}), key)
		b := newBench(t)
		c.Inspected(7, 3599)
		b.call(c, "one left", Call{Account: 7, Queries: 1})
		c.Inspected(7, 10)
		b.call(c, "in debt", Call{Account: 7, Queries: 1})
		c.Inspected(0, 1e9)
		c.Inspected(7, -1e9)
		c.Inspected(8, math.MaxInt64)
		b.call(c, "hopelessly in debt", Call{Account: 8, Queries: 1})
		b.call(c, "no account", Call{Queries: 1})
		b.check("one left 0s", "no account 0s", "in debt 10s", "hopelessly in debt 1h0m1s")
	})
}

// TestDebtWhileWaiting: what is booked later delays those that wait, too.
func TestDebtWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clientOf(&slow{}, NewLimits(LimitOptions{Records: 3600}), key)
		c.Inspected(7, 3600+9)
		b := newBench(t)
		b.call(c, "waits", Call{Account: 7, Queries: 1})
		var err error
		ctx, cancel := context.WithTimeout(t.Context(), 15*sec)
		defer cancel()
		b.group.Go(func() { _, err = c.Query(ctx, Call{Account: 7, Queries: 1}, new(any)) })
		synctest.Wait()
		c.Inspected(7, 20)
		b.check("waits 30s")
		checkFailure(t, err, Throttled, 0, "inspected records")
	})
}

func TestWaitsEndWithTheirContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := NewLimits(LimitOptions{Requests: 1, Queries: 60})
		c := clientOf(&slow{takes: time.Minute}, limits, key)
		b := newBench(t)
		b.call(c, "first", Call{})
		ctx, cancel := context.WithTimeout(t.Context(), 2*sec)
		defer cancel()
		_, err := c.Query(ctx, Call{}, new(any))
		checkFailure(t, err, Throttled, 0, "at most 1 may be under way with one key")
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(3*sec, cancel)
		_, err = c.Query(ctx, Call{}, new(any))
		checkFailure(t, err, Interrupted, 0, "interrupted")
		_, err = c.Query(ctx, Call{}, new(any))
		checkFailure(t, err, Interrupted, 0, "interrupted")
		if got := time.Since(b.begin); got != 5*sec {
			t.Errorf("the calls ended after %v, want 5s", got)
		}
		if len(limits.queue) > 0 {
			t.Errorf("%d calls wait", len(limits.queue))
		}
		b.call(c, "second", Call{})
		b.check("first 1m0s", "second 2m0s")
	})
}

// TestThoseBehindGoOn when a large call at the head of the queue gives up.
func TestThoseBehindGoOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clientOf(&slow{}, NewLimits(LimitOptions{Queries: 60}), key)
		b := newBench(t)
		b.call(c, "most", Call{Account: 7, Queries: 59})
		ctx, cancel := context.WithCancel(t.Context())
		b.group.Go(func() { c.Query(ctx, Call{Account: 7, Queries: 60}, new(any)) }) //nolint:errcheck // interrupted
		synctest.Wait()
		b.call(c, "small", Call{Account: 7, Queries: 1})
		time.Sleep(500 * ms)
		cancel()
		b.check("most 0s", "small 500ms")
	})
}

// TestNothingIsLost when a call is let through while its context ends. Which
// comes first is up to chance, so it takes many rounds.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	limits := NewLimits(LimitOptions{Requests: 1})
	for range 5000 {
		first, failure := limits.acquire(t.Context(), keyHash{}, Call{})
		if failure != nil {
			t.Fatal(failure)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() {
			if release, failure := limits.acquire(ctx, keyHash{}, Call{}); failure == nil {
				release()
			}
		})
		group.Go(cancel)
		group.Go(first)
		group.Wait()
		if len(limits.underWay) > 0 || len(limits.queue) > 0 {
			t.Fatalf("after all calls the limits hold %v and %v", limits.underWay, limits.queue)
		}
	}
}

// TestOthersTakeTheQueries of a call that only waits for a request to end, as
// it was not clear when that would be. Then it is the first to get some.
func TestOthersTakeTheQueries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := NewLimits(LimitOptions{Requests: 1, Queries: 60})
		c, other := clientOf(&slow{takes: 10 * sec}, limits, key), clientOf(&slow{}, limits, "other-key")
		b := newBench(t)
		b.call(c, "first", Call{})
		b.call(c, "second", Call{Account: 7, Queries: 30})
		time.Sleep(sec)
		b.call(other, "all queries", Call{Account: 7, Queries: 60})
		b.call(other, "small", Call{Account: 7, Queries: 5}) // behind the second, which lacks 30 now
		b.check("all queries 1s", "first 10s", "small 36s", "second 41s")
	})
}

// TestThoseThatWaitForARequest hold up no others of their account.
func TestThoseThatWaitForARequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limits := NewLimits(LimitOptions{Requests: 1, Queries: 60})
		c, other := clientOf(&slow{takes: 30 * sec}, limits, key), clientOf(&slow{}, limits, "other-key")
		b := newBench(t)
		b.call(c, "first", Call{})
		b.call(c, "second", Call{Account: 7, Queries: 5})
		b.call(other, "others", Call{Account: 7, Queries: 50})
		ctx, cancel := context.WithTimeout(t.Context(), 12*sec)
		defer cancel()
		// 10 are left, and the second does not take its 5 of them for now.
		if _, err := other.Query(ctx, Call{Account: 7, Queries: 20}, new(any)); err != nil || time.Since(b.begin) != 10*sec {
			t.Errorf("got the error %v after %v, want none after 10s", err, time.Since(b.begin))
		}
		b.check("others 0s", "first 30s", "second 1m0s")
	})
}
