package simulator

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// Limits of the server. New Relic allows a user 25 requests at a time.
const (
	maxConcurrent = 25
	maxBody       = 1 << 20
)

// Options configure a simulator. The zero Options serve every account to
// every key as of the clock's time.
type Options struct {
	// Key is the only key that is accepted in the header Api-Key. Empty
	// accepts every key, though not a missing one.
	Key string
	// Account is the only account that may be queried. 0 allows every one;
	// all accounts hold the same events.
	Account int64
	// Now is the clock for queries without SINCE or UNTIL. Nil is time.Now.
	Now func() time.Time
	// NullsNeverMatchNotEqual changes what !=, NOT IN and NOT LIKE do with a
	// missing attribute, which New Relic does not document: by default such
	// rows match, with this option they do not.
	NullsNeverMatchNotEqual bool
}

// Simulator serves a store as NerdGraph does: POST /graphql.
type Simulator struct {
	store   *Store
	options Options
	schema  *objectType

	mu     sync.Mutex
	active map[string]int // requests being answered, by key
}

// New returns a simulator that serves the events of store, also those that
// are added later.
func New(store *Store, options Options) *Simulator {
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Simulator{store: store, options: options, schema: newSchema(), active: map[string]int{}}
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

// ServeHTTP implements [http.Handler].
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path != "/graphql":
		answerError(w, http.StatusNotFound, "Not found: the simulator serves POST /graphql")
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		answerError(w, http.StatusMethodNotAllowed, "Method not allowed: the simulator serves POST /graphql")
		return
	}
	key := r.Header.Get("Api-Key")
	if key == "" || s.options.Key != "" && subtle.ConstantTimeCompare([]byte(key), []byte(s.options.Key)) != 1 {
		writeAnswer(w, http.StatusUnauthorized,
			[]byte(`{"errors":[{"extensions":{"error_code":"BAD_API_KEY"},"message":"Bad API Key or no API Key provided"}]}`))
		return
	}
	if !s.enter(key) {
		answerError(w, http.StatusTooManyRequests, fmt.Sprintf("Too many requests: at most %d at a time", maxConcurrent))
		return
	}
	defer s.leave(key)
	s.graphql(w, r, key)
}

// enter counts a request in, unless its key has as many as it may have.
func (s *Simulator) enter(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active[key] >= maxConcurrent {
		return false
	}
	s.active[key]++
	return true
}

func (s *Simulator) leave(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active[key]--; s.active[key] == 0 {
		delete(s.active, key)
	}
}

// request is the body of a GraphQL request.
type request struct {
	Query         string         `json:"query"`
	OperationName string         `json:"operationName"`
	Variables     map[string]any `json:"variables"`
}

func (s *Simulator) graphql(w http.ResponseWriter, r *http.Request, key string) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		answerError(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("The request is larger than %d bytes", maxBody))
		return
	case err != nil:
		answerError(w, http.StatusBadRequest, "The request could not be read")
		return
	}
	var asked request
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	err = d.Decode(&asked)
	if _, end := d.Token(); err == nil && !errors.Is(end, io.EOF) {
		err = errors.New("something follows the request")
	}
	if err != nil {
		answerError(w, http.StatusBadRequest, "The request is not JSON with a query: "+err.Error())
		return
	}
	writeAnswer(w, http.StatusOK, encode(s.respond(r.Context(), asked, key)))
}

// respond answers a GraphQL request. An error of the document leaves data
// null; an error of a field leaves that field null and the others filled.
func (s *Simulator) respond(ctx context.Context, asked request, key string) object {
	var response object
	d, problems := readDocument(asked.Query, asked.OperationName, s.schema)
	var variables map[string]any
	if len(problems) == 0 {
		variables, problems = coerceVariables(d.operation.VariableDefinitions, asked.Variables)
	}
	if len(problems) > 0 {
		response.set("data", nil)
		response.set("errors", errorList(problems))
		return response
	}
	e := execution{
		resolver:  &resolver{s, ctx, key, s.options.Now().UnixMilli()},
		document:  d,
		variables: variables,
	}
	data := e.object(s.schema, nil, []ast.SelectionSet{d.operation.SelectionSet}, nil)
	if len(e.conflicts) > 0 {
		response.set("data", nil)
		response.set("errors", errorList(e.conflicts))
		return response
	}
	response.set("data", data)
	if len(e.errors) > 0 {
		response.set("errors", errorList(e.errors))
	}
	return response
}

func errorList(problems []graphqlError) []any {
	var list []any
	for _, p := range problems {
		list = append(list, p.json())
	}
	return list
}

func answerError(w http.ResponseWriter, status int, message string) {
	var response object
	response.set("data", nil)
	response.set("errors", errorList([]graphqlError{{message: message}}))
	writeAnswer(w, status, encode(response))
}

func writeAnswer(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	// An error here is the client's, who is gone.
	_, _ = w.Write(body)
}
