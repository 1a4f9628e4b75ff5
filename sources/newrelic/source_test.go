package newrelic

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// event is a request to a shop. A status of 0 and an outcome of "" are absent.
type event struct {
	eventType string
	millis    int64
	status    int
	ok        string
}

// meanings holds, for conditions in NRQL, what they mean. A comparison with an
// absent attribute does not hold.
func meanings() map[string]func(event) bool {
	return map[string]func(event) bool{
		"":                              func(event) bool { return true },
		"status >= 500":                 func(e event) bool { return e.status >= 500 },
		"ok IS TRUE":                    func(e event) bool { return e.ok == "true" },
		"ok IS FALSE OR status = 503":   func(e event) bool { return e.ok == "false" || e.status == 503 },
		"ok IS NULL AND status IS NULL": func(e event) bool { return e.ok == "" && e.status == 0 },
		"status = 200 OR ok IS TRUE":    func(e event) bool { return e.status == 200 || e.ok == "true" },
		"status < 500":                  func(e event) bool { return e.status != 0 && e.status < 500 },
		"status IN (500, 503)":          func(e event) bool { return e.status == 500 || e.status == 503 },
	}
}

func drawEvents(t *rapid.T) []event {
	one := rapid.Custom(func(t *rapid.T) event {
		minute := start + slo.Minute(rapid.Int64Range(0, 2_000).Draw(t, "minute"))
		offset := rapid.SampledFrom([]int64{0, 0, 1, 30_000, 59_999}).Draw(t, "millis")
		return event{
			eventType: rapid.SampledFrom([]string{"A", "A", "B"}).Draw(t, "type"),
			millis:    minute.Millis() + offset,
			status:    rapid.SampledFrom([]int{0, 200, 404, 500, 503}).Draw(t, "status"),
			ok:        rapid.SampledFrom([]string{"", "true", "false"}).Draw(t, "ok"),
		}
	})
	return rapid.SliceOfN(one, 0, 60).Draw(t, "events")
}

func store(t failer, events []event) *simulator.Store {
	t.Helper()
	s := simulator.NewStore()
	for _, e := range events {
		var attributes []simulator.Attribute
		if e.status != 0 {
			attributes = append(attributes, simulator.Attribute{Name: "status", Value: simulator.Number(float64(e.status))})
		}
		if e.ok != "" {
			attributes = append(attributes, simulator.Attribute{Name: "ok", Value: simulator.Bool(e.ok == "true")})
		}
		if err := s.Add(e.eventType, e.millis, attributes...); err != nil {
			t.Fatalf("add an event: %v", err)
		}
	}
	return s
}

// bruteForce counts by looking at every event.
func bruteForce(events []event, from, where, condition string, cuts []slo.Minute) []sources.Sum {
	good, isGood := strings.CutPrefix(condition, "good: ")
	matches := meanings()[strings.TrimPrefix(good, "bad: ")]
	sums := make([]sources.Sum, max(0, len(cuts)-1))
	for i := range sums {
		sums[i].Minutes = int64(cuts[i+1] - cuts[i])
	}
	for _, e := range events {
		if !slices.Contains(strings.Split(from, ","), e.eventType) || !meanings()[where](e) {
			continue
		}
		for i := range sums {
			if cuts[i].Millis() > e.millis || e.millis >= cuts[i+1].Millis() {
				continue
			}
			sums[i] = sums[i].Add(sum(1, 0, 0))
			if matches(e) != isGood {
				sums[i] = sums[i].Add(sum(0, 1, 0))
			}
		}
	}
	return sums
}

func TestCountsAreExact(t *testing.T) {
	t.Parallel()
	source, r := open(t, config(), simulator.NewStore())
	var conditions []string
	for condition := range meanings() {
		conditions = append(conditions, condition)
	}
	slices.Sort(conditions)
	rapid.Check(t, func(t *rapid.T) {
		events := drawEvents(t)
		r.restart(store(t, events))
		var requests []sources.Request
		var want []sources.Answer
		for range rapid.IntRange(1, 12).Draw(t, "requests") {
			from := rapid.SampledFrom([]string{"A", "B", "A,B", "B,A,B", "None"}).Draw(t, "from")
			where := rapid.SampledFrom(conditions).Draw(t, "where")
			condition := rapid.SampledFrom([]string{"good: ", "bad: "}).Draw(t, "form") +
				rapid.SampledFrom(conditions[1:]).Draw(t, "condition")
			cuts := risingCuts(t, "cuts", start-10, start+2_010)
			requests = append(requests, counting(sli(from, where, condition), cuts...))
			want = append(want, sources.Answer{Sums: bruteForce(events, from, where, condition, cuts)})
		}
		if diff := cmp.Diff(want, source.Counts(context.Background(), requests)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		checkRequests(t, r)
	})
}

func TestExtentsAreExact(t *testing.T) {
	t.Parallel()
	kept := slo.Retention{Default: 20 * time.Hour, ByType: map[string]time.Duration{"B": 10 * time.Hour, "Log": 2 * time.Minute}}
	c := config()
	c.Retention = kept
	source, r := open(t, c, simulator.NewStore())
	rapid.Check(t, func(t *rapid.T) {
		events := drawEvents(t)
		r.restart(store(t, events))
		now := (start + slo.Minute(rapid.Int64Range(0, 3_500).Draw(t, "now"))).Time().
			Add(time.Duration(rapid.Int64Range(0, 59_999).Draw(t, "now's millis")) * time.Millisecond)
		var slis []slo.SLI
		want := []sources.Extent{}
		sets := map[string]bool{}
		for _, from := range rapid.SliceOf(rapid.SampledFrom([]string{"A", "B", "A,B", "B,A", "None", "Log"})).Draw(t, "from") {
			slis = append(slis, sli(from, "", rapid.SampledFrom([]string{"bad: status >= 500", "good: ok IS TRUE"}).Draw(t, "condition")))
			retention := 20 * time.Hour
			if strings.Contains(from, "B") {
				retention = 10 * time.Hour
			}
			want = append(want, bruteExtent(events, from, now, retention))
			if from != "Log" { // kept for less than it takes to arrive, so that nobody need ask
				sets[strings.Replace(from, "B,A", "A,B", 1)] = true
			}
		}
		if diff := cmp.Diff(want, source.Extents(context.Background(), now, measuring(slis...))); diff != "" {
			t.Errorf("at %s (-want +got):\n%s", now, diff)
		}
		checkRequests(t, r)
		if got := len(r.queries()); got != len(sets) {
			t.Errorf("%d queries for the sets %v: %q", got, sets, r.queries())
		}
		for _, query := range r.queries() {
			q, _ := nrql.ParseQuery(conditionText(query))
			retention := 20 * time.Hour
			if strings.Contains(query, "B") {
				retention = 10 * time.Hour
			}
			if millisOf(q.Since) < now.Add(-retention).UnixMilli() || millisOf(q.Until) > now.Add(-3*time.Minute).UnixMilli() {
				t.Errorf("at %s the query %s looks too far", now, query)
			}
		}
	})
}

// bruteExtent finds the first event that is still kept and can be queried.
func bruteExtent(events []event, from string, now time.Time, retention time.Duration) sources.Extent {
	lag := 3 * time.Minute
	if from == "Log" {
		lag = 5 * time.Minute
	}
	end := slo.MinuteAt(now.Add(-lag))
	first := end
	for _, e := range events {
		minute := slo.MinuteAt(time.UnixMilli(e.millis))
		// The minute that the border of retention lies in is not whole.
		whole := minute > slo.MinuteAt(now.Add(-retention))
		if slices.Contains(strings.Split(from, ","), e.eventType) && whole {
			first = min(first, minute)
		}
	}
	return sources.Extent{Span: slo.Span{Start: first, End: end}, Never: first == end && end > 0 && from != "Log"}
}

// TestExtents pins single cases that the property covers as well.
func TestExtents(t *testing.T) {
	t.Parallel()
	at := func(hours, minutes int) time.Time {
		return start.Time().Add(time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute)
	}
	s := simulator.NewStore()
	for _, e := range []event{
		{eventType: "T", millis: at(0, 0).UnixMilli() + 59_999},
		{eventType: "T", millis: at(30, 0).UnixMilli()},
		{eventType: "Log", millis: at(30, 0).UnixMilli()},
	} {
		if err := s.Add(e.eventType, e.millis); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name      string
		now       time.Time
		retention time.Duration
		from      string
		want      slo.Span // from start on
	}{
		{"the first event's minute", at(40, 0), 8 * 24 * time.Hour, "T", slo.Span{Start: 0, End: 40*60 - 3}},
		{"an event that is no longer kept", at(40, 0), 39 * time.Hour, "T", slo.Span{Start: 30 * 60, End: 40*60 - 3}},
		{"an event on the border of retention", at(40, 0), 40 * time.Hour, "T", slo.Span{Start: 30 * 60, End: 40*60 - 3}},
		{"a type that arrives late", at(40, 0), 8 * 24 * time.Hour, "Log", slo.Span{Start: 30 * 60, End: 40*60 - 5}},
		{"an event that has not arrived", at(30, 3), time.Hour, "T", slo.Span{Start: 30 * 60, End: 30 * 60}},
		{"an event that has just arrived", at(30, 4), time.Hour, "T", slo.Span{Start: 30 * 60, End: 30*60 + 1}},
		{"no event ever", at(40, 0), 8 * 24 * time.Hour, "None", slo.Span{Start: 40*60 - 3, End: 40*60 - 3}},
		{"a retention of longer than there is time", at(40, 0), 290 * 365 * 24 * time.Hour, "T", slo.Span{Start: 0, End: 40*60 - 3}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := config()
			c.Retention.Default = test.retention
			source, r := open(t, c, s)
			got := source.Extents(t.Context(), test.now, measuring(sli(test.from, "", "bad: a = 1")))
			want := []sources.Extent{{Span: slo.Span{Start: start + test.want.Start, End: start + test.want.End}, Never: test.want.Len() == 0}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			checkRequests(t, r)
		})
	}
}

// transport answers without a network, so that time can be that of a bubble.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestRequestsUnderWay holds every request until all goroutines wait.
func TestRequestsUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		r := &recorder{}
		r.restart(store(t, []event{{"A", start.Millis(), 500, ""}}))
		next := r.next
		r.next = http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
			<-release
			next.ServeHTTP(w, request)
		})
		source := New(config(), nerdgraph.New(nerdgraph.Options{Key: secret.Of(key), Transport: transport(func(request *http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			request.URL.Path = "/graphql"
			r.ServeHTTP(w, request)
			response := w.Result()
			response.Header.Del("Date") // the bubble's clock is not that of the source
			return response, nil
		})}), now)
		var requests []sources.Request
		for n := range 75 {
			from := fmt.Sprintf("A,Other%d", n) // which keeps the queries apart
			requests = append(requests, counting(sli(from, "", "bad: status = 500"), start, start+1))
		}
		var answers []sources.Answer
		var group sync.WaitGroup
		group.Go(func() { answers = source.Counts(t.Context(), requests) })
		synctest.Wait()
		r.mu.Lock()
		if r.underWay != 5 || len(r.requests) != 5 {
			t.Errorf("%d requests are under way, want 5", r.underWay)
		}
		r.mu.Unlock()
		close(release)
		group.Wait()
		if len(r.requests) != 7 { // 75 queries, twelve in one
			t.Errorf("%d requests, want 7", len(r.requests))
		}
		checkRequests(t, r)
		for i, answer := range answers {
			if answer.Err != nil || !slices.Equal(answer.Sums, []sources.Sum{sum(1, 1, 1)}) {
				t.Errorf("answer %d is %v", i, answer)
			}
		}
	})
}

func TestFailuresAreNamed(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	r.restart(simulator.NewStore())
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	asking := func(accountID int64, key string) *Source {
		c := config()
		c.AccountID = accountID
		return New(c, nerdgraph.New(nerdgraph.Options{Endpoint: server.URL + "/graphql", Key: secret.Of(key)}), now)
	}
	for message, source := range map[string]*Source{
		"refuses the API key":               asking(account, "NRAK-WRONG"),
		"not authorized to query account 7": asking(7, key),
	} {
		answers := source.Counts(t.Context(), []sources.Request{counting(sli("A", "", "bad: b = 1"), start, start+1)})
		extents := source.Extents(t.Context(), now(), measuring(sli("A", "", "bad: b = 1")))
		for _, err := range []error{answers[0].Err, extents[0].Err} {
			if err == nil || !strings.Contains(err.Error(), message) {
				t.Errorf("got the error %v, want one with %q", err, message)
			}
		}
		if text := fmt.Sprintf("%v %+v %#v", source, *source, answers); strings.Contains(text, key) || strings.Contains(text, "NRAK-WRONG") {
			t.Errorf("the key shows itself: %s", text)
		}
	}
}

// TestExtentsOfOwnLag measures SLIs of one event type up to different ends:
// the lag of an SLI stands in for that of the source.
func TestExtentsOfOwnLag(t *testing.T) {
	t.Parallel()
	s := simulator.NewStore()
	if err := s.Add("T", start.Millis()); err != nil {
		t.Fatal(err)
	}
	source, _ := open(t, config(), s)
	slow := sli("T", "", "bad: a = 1")
	slow.Lag = diag.At(time.Hour, diag.Span{})
	late := slow
	late.Lag = diag.At(3*time.Hour, diag.Span{})
	got := source.Extents(t.Context(), (start + 120).Time(), measuring(sli("T", "", "bad: a = 1"), slow, late))
	for i, end := range []slo.Minute{start + 117, start + 60, start - 60} {
		first := min(start, end) // where there is no event yet, the span is empty
		if want := (slo.Span{Start: first, End: end}); got[i].Err != nil || got[i].Span != want {
			t.Errorf("SLI %d: got %+v, %v, want %+v", i, got[i].Span, got[i].Err, want)
		}
	}
}
