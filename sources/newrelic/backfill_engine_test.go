package newrelic_test

import (
	"context"
	"flag"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

var backfilled = flag.Int("backfill", 0, "for how many SLOs TestBackfill fills in 28 days; without it for a few and three days")

// TestBackfill begins with nothing and runs until every minute is there that
// there were events in. It counts what that takes of an account's budgets, and
// how long with half a second to each answer.
func TestBackfill(t *testing.T) {
	t.Parallel()
	slos, days := 60, 3
	if *backfilled > 0 {
		slos, days = *backfilled, 28
	}
	synctest.Test(t, func(t *testing.T) { backfill(t, slos, days) })
}

func backfill(t *testing.T, slos, days int) {
	const day = 24 * 60
	time.Sleep(time.Duration(days)*24*time.Hour + 10*time.Second) // since the bubble's beginning
	now := slo.MinuteAt(time.Now())
	begin := now - slo.Minute(days*day)
	store, events := sparse(t, begin, now+3*60)
	server := simulator.New(store, simulator.Options{})
	connection := &link{inProcess: inProcess{server}}
	connection.slow.Store(int64(500 * time.Millisecond))
	config := slo.NewRelic{AccountID: 1, Region: slo.US, QueryLag: slo.DefaultQueryLag, Lateness: lateness, Retention: slo.Retention{Default: 31 * 24 * time.Hour}}
	source := newrelic.New(config, nerdgraph.New(nerdgraph.Options{
		Endpoint: "http://nerdgraph.test/graphql", Key: secret.Of("NRAK-1"), Transport: connection,
	}), time.Now)
	s := newSoaked(t, source, config)
	s.kept = wakingSLOs(t, generated(slos), s.config)
	e, _, err := engine.New(t.Context(), s.options(), s.specs())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- e.Run(ctx) }()
	ready, whole := 0, 0
	for minute := 1; whole == 0; minute++ {
		if minute > 150 {
			t.Fatalf("after %d minutes there is %+v", minute, e.View().Progress)
		}
		time.Sleep(time.Minute)
		p := e.View().Progress
		if ready == 0 && p.Ready() == nil {
			ready = minute
		}
		if ready > 0 && p.Gaps == 0 {
			whole = minute
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	stats, counters := server.Stats(), e.View().Counters
	t.Logf("%d SLOs, %d days: ready within %d minutes, whole within %d; %d answers were cut off by the end of a minute", slos, days, ready, whole, counters.Errors)
	t.Logf("%d queries in %d requests, %.1f queries for each SLO; %.1f bytes of answers for each SLO and minute", stats.Queries, stats.Requests,
		float64(stats.Queries)/float64(slos), float64(stats.AnswerBytes)/float64(slos*days*day))
	t.Logf("%d records are inspected of %d events: each %.1f times", stats.Inspected, events, float64(stats.Inspected)/float64(events))
	if counters.Corrections > 0 {
		t.Errorf("in the end there are %+v", counters)
	}
	s.wholeSince(begin, now-10)

	if *backfilled > 0 { // no other test runs beside it
		with := held()
		e, source, s.source, s.kept = nil, nil, nil, nil
		t.Logf("engine, source and specs hold %.1f kB for each SLO", float64(with-held())/float64(slos)/1000)
		runtime.KeepAlive(server)
	}
}

// held is what the heap holds, once all garbage is gone.
func held() int64 {
	runtime.GC()
	runtime.GC() // what had a finalizer
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// sparse stores an event of each type in every minute.
func sparse(t *testing.T, begin, end slo.Minute) (*simulator.Store, int) {
	t.Helper()
	store, n := simulator.NewStore(), 0
	for m := begin; m < end; m++ {
		for k, name := range []string{"Transaction", "MobileRequest", "MobileRequestError", "AjaxRequest", "SyntheticCheck", "Log"} {
			at := m.Millis() + int64(k*7000)
			if err := store.AddArriving(name, at, at, simulator.Attribute{Name: "appName", Value: simulator.String("service-001")}); err != nil {
				t.Fatal(err)
			}
			n++
		}
	}
	return store, n
}

// wakingSLOs have a budget of 28 days, and alerts.
func wakingSLOs(t *testing.T, slos []*slo.SLO, source *slo.Source) []*slo.SLO {
	t.Helper()
	target, err := slo.ParseTarget("99.9%")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range slos {
		s.Source, s.Indicator = source, slo.IndicatorID(s.ID)
		s.Objectives = []slo.Objective{{Name: "28d", Target: target, Window: slo.Rolling(28 * 1440), Alerts: slo.BuiltInPolicies()[0]}}
	}
	return slos
}

// wholeSince makes sure that there is every minute of a span.
func (s *soaked) wholeSince(begin, end slo.Minute) {
	s.t.Helper()
	ids := make([]slo.IndicatorID, len(s.kept))
	for k, m := range s.kept {
		ids[k] = m.Indicator
	}
	n := int64(0)
	for record, err := range s.ledger.Minutes(s.t.Context(), ids, slo.Span{Start: begin, End: end}) {
		if err != nil {
			s.t.Fatal(err)
		}
		for _, row := range record.Rows {
			if row.Measured {
				n++
			}
		}
	}
	if want := int64(end-begin) * int64(len(ids)); n != want {
		s.t.Errorf("there are %d of %d minutes", n, want)
	}
}
