package newrelic

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

func jobsOf(t *testing.T, requests ...sources.Request) []job {
	t.Helper()
	r := &run{source: New(config(), nil, nil), wants: map[wantKey]*want{}, byPart: map[*part]*want{}}
	for _, request := range requests {
		parts, err := r.source.prepare(request)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range parts {
			r.want(p, request, len(parts) == 1)
		}
	}
	return r.jobs(now())
}

// TestJobsComeInOrder of need, and of that the newest first.
func TestJobsComeInOrder(t *testing.T) {
	t.Parallel()
	events := sli("T", "", "bad: a = 1")
	backfill := counting(events, start-4000, start-2001, start)
	backfill.Need = sources.Backfill
	correction := counting(events, start-10, start-9)
	correction.Need = sources.Correction
	var got []string
	for _, j := range jobsOf(t, backfill, correction, counting(events, start-20, start-19), counting(sli("U", "", "bad: a = 1"), start-1, start)) {
		got = append(got, fmt.Sprintf("%d until %d", j.need, j.piece.span.End-start))
	}
	want := []string{"0 until 0", "0 until -19", "1 until -9", "2 until 0", "2 until -2001"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func queried(total, bad string) slo.SLI {
	return slo.SLI{Queries: &slo.Queries{Total: conditionText(total), Bad: conditionText(bad)}}
}

// TestWhatTravelsTogether counts the queries of some SLIs.
func TestWhatTravelsTogether(t *testing.T) {
	t.Parallel()
	where := func(s slo.SLI, condition string) slo.SLI {
		s.Where = conditionText(condition)
		return s
	}
	fast := sliced("average(a)", "value < 1", "")
	for _, test := range []struct {
		name string
		slis []slo.SLI
		want int
	}{
		{"equal SLIs", []slo.SLI{sli("T", "", "bad: a = 1"), sli("T", "", "bad: a=1")}, 1},
		{"one FROM set", []slo.SLI{sli("T,U", "x = 1", "bad: a = 1"), sli("U,T", "", "good: a = 1"), sli("T,U", "y = 1", "bad: a = 2")}, 1},
		{"two FROM sets", []slo.SLI{sli("T", "", "bad: a = 1"), sli("T,U", "", "bad: a = 1")}, 2},
		{"slices of one length and condition", []slo.SLI{where(fast, "x = 1"), where(sliced("max(b)", "value = 1", slo.EmptyBad), "x=1")}, 1},
		{"slices of other conditions", []slo.SLI{where(fast, "x = 1"), where(fast, "x = 2")}, 2},
		{"slices and events", []slo.SLI{fast, sli("T", "", "bad: a = 1")}, 2},
		{"queries of the same events", []slo.SLI{queried("SELECT count(*) FROM T WHERE x = 1", "SELECT sum(b) FROM T WHERE x = 1")}, 1},
		{"counts of other conditions, beside events", []slo.SLI{
			queried("SELECT count(*) FROM T WHERE x = 1", "SELECT count(*) FROM T WHERE x = 2"), sli("T", "", "bad: a = 1"),
		}, 1},
		{"sums, which are asked for minute by minute", []slo.SLI{
			queried("SELECT sum(a) FROM T WHERE x = 1", "SELECT sum(a) FROM T WHERE x = 2"), sli("T", "", "bad: a = 1"),
		}, 2},
		{"calculated numbers of other conditions", []slo.SLI{queried("SELECT sum(a) * 2 FROM T WHERE x = 1", "SELECT sum(a) * 2 FROM T WHERE x = 2")}, 2},
		{"queries with words of their own", []slo.SLI{queried("WITH lower(a) AS b SELECT count(b) FROM T", "SELECT count(*) FROM T")}, 2},
		{"queries of other events", []slo.SLI{queried("SELECT count(*) FROM T", "SELECT count(*) FROM U")}, 2},
	} {
		var requests []sources.Request
		for _, s := range test.slis {
			requests = append(requests, counting(s, start, start+5))
		}
		if got := len(jobsOf(t, requests...)); got != test.want {
			t.Errorf("%s: %d queries, want %d", test.name, got, test.want)
		}
	}
}

// TestMetricPieces lie between whole hours.
func TestMetricPieces(t *testing.T) {
	t.Parallel()
	var got []slo.Span
	for _, p := range (layout{bucket: 1, longest: metricMinutes}).pieces([]slo.Minute{50, 130, 200}) {
		got = append(got, p.span)
	}
	want := []slo.Span{{Start: 180, End: 200}, {Start: 120, End: 180}, {Start: 60, End: 120}, {Start: 50, End: 60}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestTimeLimit is as long as somebody waits, within what New Relic takes.
func TestTimeLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(config(), nil, time.Now)
		for wait, want := range map[time.Duration]int{0: 60, time.Second: 5, 30 * time.Second: 30, time.Hour: 60} {
			ctx := t.Context()
			if wait > 0 {
				limited, cancel := context.WithTimeout(ctx, wait)
				defer cancel()
				ctx = limited
			}
			if got := s.timeLimit(ctx); got != want {
				t.Errorf("somebody who waits %s gets a limit of %d s, want %d", wait, got, want)
			}
		}
	})
}

// TestBudgets books what queries cost, and lets what can wait do so first.
func TestBudgets(t *testing.T) {
	t.Parallel()
	events := make([]event, 1000)
	for i := range events {
		events[i] = event{"T", start.Millis() + int64(i), 500, ""}
	}
	server := httptest.NewServer(simulator.New(store(t, events), simulator.Options{}))
	t.Cleanup(server.Close)
	limits := nerdgraph.NewLimits(nerdgraph.LimitOptions{Records: 1500})
	source := New(config(), nerdgraph.New(nerdgraph.Options{Endpoint: server.URL + "/graphql", Key: secret.Of(key), Limits: limits}), time.Now)
	soon, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	ask := func(need sources.Need, n int) error {
		request := counting(sli("T", "", fmt.Sprintf("bad: status = %d", n)), start, start+1)
		request.Need = need
		return source.Counts(soon, []sources.Request{request})[0].Err
	}
	if err := ask(sources.Fresh, 1); err != nil { // leaves 500 of 1,500 records: less than half, and more than a quarter
		t.Fatal(err)
	}
	if err := ask(sources.Backfill, 2); !throttled(err) {
		t.Errorf("backfill gets %v, and should wait", err)
	}
	if err := ask(sources.Correction, 3); err != nil { // leaves a debt
		t.Errorf("a correction gets %v", err)
	}
	if err := ask(sources.Fresh, 4); !throttled(err) {
		t.Errorf("with a debt the newest minute gets %v, and should wait", err)
	}
}

func throttled(err error) bool {
	failure, ok := errors.AsType[*nerdgraph.Error](err)
	return ok && failure.Kind == nerdgraph.Throttled && strings.Contains(failure.Error(), "inspected")
}

// TestOneSLOWithTwoNeeds asks for the newest minute of an SLO and for older ones
// at once: each request gets its own.
func TestOneSLOWithTwoNeeds(t *testing.T) {
	t.Parallel()
	source, _ := open(t, config(), store(t, []event{{"T", start.Millis(), 500, ""}, {"T", (start + 5).Millis(), 200, ""}}))
	measured := measuring(sli("T", "", "bad: status = 500"))[0]
	got := source.Counts(t.Context(), []sources.Request{
		{SLO: measured, Cuts: []slo.Minute{start + 5, start + 6}}, {SLO: measured, Cuts: []slo.Minute{start, start + 2}, Need: sources.Correction},
	})
	if diff := cmp.Diff([]sources.Answer{{Sums: []sources.Sum{sum(1, 0, 1)}}, {Sums: []sources.Sum{sum(1, 1, 2)}}}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
