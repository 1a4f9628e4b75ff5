package simulator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxBody is the size of the largest request.
const maxBody = 1 << 20

// Options configure a simulator. The zero Options serve every account to
// every key as of the clock's time, at once and without faults.
type Options struct {
	// Keys are those that are accepted. None accepts every key, though not a
	// missing one, for what keys of its shape are for.
	Keys []Key
	// Accounts are those that are there. None is every one. All of them hold
	// the events of the store, and each those that were sent to it.
	Accounts []int64
	// IngestLag is how long after it was sent an event can be seen.
	IngestLag time.Duration
	// Clock is the clock: for queries without SINCE or UNTIL, for limits that
	// count by the minute, for what arrives or ends later, and for the header
	// Date. How long an answer takes is not its business. Nil is one that
	// shows what Now does, which is time.Now when that is nil, too.
	Clock *Clock
	Now   func() time.Time
	// NullsNeverMatchNotEqual changes what !=, NOT IN and NOT LIKE do with a
	// missing attribute, which New Relic does not document: by default such
	// rows match, with this option they do not.
	NullsNeverMatchNotEqual bool
	// RollUpOldMetrics changes which queries of metrics are answered from
	// rollups, which New Relic documents by the length of the range only: with
	// this option also short ranges that ended more than an hour ago.
	RollUpOldMetrics bool
	// RawMetrics answers queries of metrics from their points always, so that
	// no range is moved.
	RawMetrics bool
	// Latency is how long every answer takes. A query whose timeout is shorter
	// is answered with New Relic's TIMEOUT error, after its timeout.
	Latency time.Duration
	// Faults are what goes wrong on purpose; see [ParseFaults]. They can be
	// changed later, by [Simulator.SetFaults].
	Faults []Fault
	// Seed chooses what is drawn: when faults with a rate strike, and ids. The
	// same seed and the same requests one after the other give the same.
	Seed uint64
	// Control serves /control, by which tests change clock, faults and events
	// while the simulator runs. Anybody who reaches the port may use it.
	Control bool
	// NoLimits lifts the limits on how much is asked: requests at a time,
	// queries a minute, queries of one text a minute, and events inspected an
	// hour. Those on a single query stay.
	NoLimits bool
}

// Simulator serves a store as NerdGraph does, POST /graphql. It takes events as
// the Event API does, POST /v1/accounts/{account}/events, data points as the
// Metric API does, POST /metric/v1, and lines of logs as the Log API does, POST
// /log/v1. GET /stats is a page of its own, which New Relic has not: [Stats] as
// JSON.
type Simulator struct {
	store    *Store
	options  Options
	clock    *Clock
	schema   schema
	control  *control
	counters *counters
	injector injector
	limiter  *limiter
	turns    chan struct{} // to evaluate a query: what several keep at once has to fit into memory
	backlog  backlog
	intake   intake
	routes   map[string]methods
}

// New returns a simulator that serves the events of store, also those that
// are added later.
func New(store *Store, options Options) *Simulator {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Clock == nil {
		options.Clock = follow(options.Now)
	}
	s := &Simulator{
		store: store, options: options, clock: options.Clock, counters: newCounters(), limiter: newLimiter(),
		turns:  make(chan struct{}, runtime.GOMAXPROCS(0)),
		schema: newControlSchema(newSchema(), controlResolvers()), control: newControl(),
	}
	s.routes = s.endpoints()
	s.SetFaults(options.Faults)
	return s
}

// Serve answers requests on listener until ctx ends, then lets those that are
// being answered finish for at most five seconds. It closes the listener. It
// returns nil when ctx ended it. The simulator has no encryption: listen on
// the loopback interface only.
func (s *Simulator) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve the simulator: %w", err)
	case <-ctx.Done():
	}
	// Requests that are under way get a moment. A connection that a client
	// opened and never used would be waited for as well.
	graceful, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	err := server.Shutdown(graceful)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	<-served
	if err != nil {
		return fmt.Errorf("stop the simulator: %w", err)
	}
	return nil
}

// methods are what can be done at a path.
type methods map[string]http.HandlerFunc

// endpoints returns what is served, by path.
func (s *Simulator) endpoints() map[string]methods {
	served := map[string]methods{
		"/graphql":                      {http.MethodPost: s.serveGraphQL},
		"/stats":                        {http.MethodGet: s.serveStats},
		"/v1/accounts/{account}/events": {http.MethodPost: s.serveEvents},
		"/metric/v1":                    {http.MethodPost: s.serveMetrics},
		"/log/v1":                       {http.MethodPost: s.serveLogs},
	}
	if s.options.Control {
		maps.Copy(served, s.remoteControl())
	}
	return served
}

// ServeHTTP implements [http.Handler].
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if rest, found := strings.CutPrefix(path, "/v1/accounts/"); found {
		if account, isEvents := strings.CutSuffix(rest, "/events"); isEvents {
			r.SetPathValue("account", account)
			path = "/v1/accounts/{account}/events"
		}
	}
	offered := s.routes[path]
	switch serve := offered[r.Method]; {
	case serve != nil:
		serve(w, r)
	case offered == nil:
		paths := slices.Sorted(maps.Keys(s.routes))
		s.write(w, errorReply(http.StatusNotFound, "Not found: the simulator serves "+strings.Join(paths, ", ")))
	default:
		allowed := strings.Join(slices.Sorted(maps.Keys(offered)), ", ")
		w.Header().Set("Allow", allowed)
		s.write(w, errorReply(http.StatusMethodNotAllowed, "Method not allowed: use "+allowed))
	}
}

// serveGraphQL is POST /graphql.
func (s *Simulator) serveGraphQL(w http.ResponseWriter, r *http.Request) {
	text := keyIn(r.Header, "Api-Key")
	underWay, leave := s.counters.enter(text)
	defer leave()
	var answer reply
	key, known := s.key(text)
	switch {
	case !known || !key.mayQuery():
		answer = badKeyReply()
	case underWay > maxConcurrent && !s.options.NoLimits:
		leave() // it takes no place
		answer = errorReply(http.StatusTooManyRequests, fmt.Sprintf("Too many requests: at most %d at a time", maxConcurrent))
	default:
		answer = s.graphql(w, r, key)
	}
	s.finish(w, r, answer)
}

// pause waits, and reports whether ctx has not ended before.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func (s *Simulator) write(w http.ResponseWriter, answer reply) {
	for name, values := range answer.header {
		w.Header()[name] = values
	}
	if answer.header.Get("Date") == "" {
		w.Header().Set("Date", s.clock.Now().UTC().Format(http.TimeFormat))
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(answer.body)))
	if answer.reset {
		answer.body = answer.body[:len(answer.body)/2]
	}
	s.counters.answered(len(answer.body))
	w.WriteHeader(answer.status)
	// An error here is the client's, who is gone.
	_, _ = w.Write(answer.body)
	if answer.reset {
		// What was written has to be on its way before the connection ends.
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}
