package newrelic

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/slojourn/slojourn/sources/newrelic/simulator"
	"github.com/slojourn/slojourn/sources/sourcetest"
)

// TestContract runs what every source has to pass. Nothing is lacking.
func TestContract(t *testing.T) {
	t.Parallel()
	sourcetest.Suite{Open: func(t *testing.T, history sourcetest.History) sourcetest.Subject {
		store := simulator.NewStore()
		add(t, store, history.Events)
		refused, err := simulator.ParseFaults("syntax;contains=refused")
		if err != nil {
			t.Fatal(err)
		}
		server := simulator.New(store, simulator.Options{Faults: refused})
		r := &recorder{next: server}
		far := &farSide{next: r}
		source := openHandler(t, config(), far)
		t.Cleanup(func() { checkRequests(t, r) })
		return sourcetest.Subject{
			Source:  source,
			Add:     func(events []sourcetest.Event) { add(t, store, events) },
			Refused: sli("Checkout", "", "bad: refused IS TRUE"),
			Stall:   far.stall,
			Exceeded: func() error {
				if most := server.Stats().MostAtOncePerKey; most > 25 {
					return fmt.Errorf("%d requests under way at once", most)
				}
				return far.refusedRequest()
			},
		}
	}}.Run(t)
}

// add stores events of the contract.
func add(t *testing.T, store *simulator.Store, events []sourcetest.Event) {
	t.Helper()
	for _, e := range events {
		var attributes []simulator.Attribute
		for name, value := range e.Attributes {
			switch value := value.(type) {
			case string:
				attributes = append(attributes, simulator.Attribute{Name: name, Value: simulator.String(value)})
			case bool:
				attributes = append(attributes, simulator.Attribute{Name: name, Value: simulator.Bool(value)})
			case float64:
				attributes = append(attributes, simulator.Attribute{Name: name, Value: simulator.Number(value)})
			default:
				t.Fatalf("attribute %s is a %T", name, value)
			}
		}
		if err := store.Add(e.Type, e.Millis, attributes...); err != nil {
			t.Fatal(err)
		}
	}
}

// farSide passes requests on, notices those that are too many, and holds
// requests back while it is stalled.
type farSide struct {
	next http.Handler

	mu      sync.Mutex
	tooMany int
	on      bool
	left    int // requests that are let through
	stalled chan struct{}
	resumed chan struct{}
}

func (f *farSide) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Only behind the body does the server notice that the client is gone.
	body, err := io.ReadAll(r.Body)
	if err != nil || !f.pass(r.Context()) {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	noticed := &statusWriter{ResponseWriter: w}
	f.next.ServeHTTP(noticed, r)
	if noticed.status == http.StatusTooManyRequests {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.tooMany++
	}
}

// pass holds a request back while it is to be, and reports whether anybody
// still waits for it.
func (f *farSide) pass(ctx context.Context) bool {
	f.mu.Lock()
	f.left--
	waits, resumed := f.on && f.left < 0, f.resumed
	if waits && f.left == -1 {
		close(f.stalled)
	}
	f.mu.Unlock()
	if !waits {
		return true
	}
	select {
	case <-resumed:
		return true
	case <-ctx.Done():
		return false
	}
}

func (f *farSide) stall(answers int) (<-chan struct{}, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on, f.left, f.stalled, f.resumed = true, answers, make(chan struct{}), make(chan struct{})
	return f.stalled, sync.OnceFunc(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.on = false
		close(f.resumed)
	})
}

func (f *farSide) refusedRequest() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.tooMany > 0 {
		return fmt.Errorf("%d requests were answered with 429", f.tooMany)
	}
	return nil
}

// statusWriter keeps the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
