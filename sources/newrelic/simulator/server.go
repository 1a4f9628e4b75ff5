package simulator

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// maxBody is the size of the largest request.
const maxBody = 1 << 20

// Options configure a simulator. The zero Options serve every account to
// every key as of the clock's time, at once and without faults.
type Options struct {
	// Key is the only key that is accepted in the header Api-Key. Empty
	// accepts every key, though not a missing one.
	Key string
	// Account is the only account that may be queried. 0 allows every one;
	// all accounts hold the same events.
	Account int64
	// Now is the clock: for queries without SINCE or UNTIL, for limits that
	// count by the minute, and for the header Date. Nil is time.Now.
	Now func() time.Time
	// NullsNeverMatchNotEqual changes what !=, NOT IN and NOT LIKE do with a
	// missing attribute, which New Relic does not document: by default such
	// rows match, with this option they do not.
	NullsNeverMatchNotEqual bool
	// RollUpOldMetrics changes which queries of metrics are answered from
	// rollups, which New Relic documents by the length of the range only: with
	// this option also short ranges that ended more than an hour ago.
	RollUpOldMetrics bool
	// Latency is how long every answer takes. A query whose timeout is shorter
	// is answered with New Relic's TIMEOUT error, after its timeout.
	Latency time.Duration
	// Faults are what goes wrong on purpose; see [ParseFaults]. They can be
	// changed later, by [Simulator.SetFaults].
	Faults []Fault
	// NoLimits lifts the limits on how much is asked: requests at a time,
	// queries a minute, queries of one text a minute, and events inspected an
	// hour. Those on a single query stay.
	NoLimits bool
}

// Simulator serves a store as NerdGraph does: POST /graphql. GET /stats is a
// page of its own, which New Relic has not: [Stats] as JSON.
type Simulator struct {
	store    *Store
	options  Options
	schema   *objectType
	counters *counters
	injector injector
	limiter  *limiter
}

// New returns a simulator that serves the events of store, also those that
// are added later.
func New(store *Store, options Options) *Simulator {
	if options.Now == nil {
		options.Now = time.Now
	}
	s := &Simulator{store: store, options: options, schema: newSchema(), counters: newCounters(), limiter: newLimiter()}
	s.SetFaults(options.Faults)
	return s
}

// holdings returns what an account can query.
func (s *Simulator) holdings(account int64) holdings { return holdings{{account, s.store}} }

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

// ServeHTTP implements [http.Handler].
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/stats" && r.Method == http.MethodGet:
		s.serveStats(w)
		return
	case r.URL.Path != "/graphql":
		s.write(w, errorReply(http.StatusNotFound, "Not found: the simulator serves POST /graphql and GET /stats"))
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		s.write(w, errorReply(http.StatusMethodNotAllowed, "Method not allowed: the simulator serves POST /graphql"))
		return
	}
	key := r.Header.Get("Api-Key")
	underWay, leave := s.counters.enter(key)
	defer leave()
	var answer reply
	switch {
	case key == "" || s.options.Key != "" && subtle.ConstantTimeCompare([]byte(key), []byte(s.options.Key)) != 1:
		answer = badKeyReply()
	case underWay > maxConcurrent && !s.options.NoLimits:
		leave() // it takes no place
		answer = errorReply(http.StatusTooManyRequests, fmt.Sprintf("Too many requests: at most %d at a time", maxConcurrent))
	default:
		answer = s.graphql(w, r, key)
	}
	if pause(r.Context(), s.options.Latency+answer.later) {
		s.write(w, answer)
	}
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
		w.Header().Set("Date", s.options.Now().UTC().Format(http.TimeFormat))
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
