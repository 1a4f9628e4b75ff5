package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/slojourn/slojourn/slo/diag/render"
)

// guard wraps what serves an endpoint in what holds for all of them.
func (s *Server) guard(e endpoint) http.Handler {
	return s.recovered(e.path, func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		if !e.allows(r.Method) {
			allowed := e.method
			if allowed == http.MethodGet {
				allowed = "GET, HEAD"
			}
			w.Header().Set("Allow", allowed)
			fail(w, r, http.StatusMethodNotAllowed, problem{Message: "this path knows only " + allowed})
			return
		}
		if !e.reads {
			if status, problem := drain(r, s.limits.bodyBytes); status != 0 {
				w.Header().Set("Connection", "close") // with the rest of the body
				fail(w, r, status, problem)
				return
			}
		}
		e.serve(w, r)
	})
}

func (e endpoint) allows(method string) bool {
	return e.method == "" || method == e.method || e.method == http.MethodGet && method == http.MethodHead
}

// protect sets what browsers should know. A web configuration may have set
// some of it before, and is right.
func protect(h http.Header) {
	for name, value := range map[string]string{
		"Cache-Control":                "no-store",
		"Content-Security-Policy":      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Referrer-Policy":              "no-referrer",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
	} {
		if h.Get(name) == "" {
			h.Set(name, value)
		}
	}
}

// drain reads the body of a request that has no use for one. It returns a status and a problem when there is more than limit of it.
func drain(r *http.Request, limit int64) (status int, p problem) {
	n, err := io.Copy(io.Discard, io.LimitReader(r.Body, limit+1))
	switch {
	case n > limit:
		return http.StatusRequestEntityTooLarge, problem{Message: fmt.Sprintf("send no body, or one of at most %d bytes", limit)}
	case err != nil:
		return http.StatusBadRequest, problem{Message: "the body of the request cannot be read"}
	}
	return 0, p
}

// recovered makes a panic an answer with status 500 and a line in the log. An
// answer that had begun is cut off, so that nobody takes it for whole.
func (s *Server) recovered(path string, serve http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := &begunWriter{ResponseWriter: w}
		defer func() {
			panicked := recover()
			if panicked == nil {
				return
			}
			if err, ok := panicked.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(http.ErrAbortHandler)
			}
			s.logger.Error("a handler panicked", "handler", path, "panic", render.Plain(fmt.Sprint(panicked)), "stack", string(debug.Stack()))
			if begun.begun {
				panic(http.ErrAbortHandler)
			}
			fail(w, r, http.StatusInternalServerError, problem{Message: "slojourn made a mistake; its log says which"})
		}()
		serve(begun, r)
	})
}

// begunWriter knows whether an answer has begun.
type begunWriter struct {
	http.ResponseWriter
	begun bool
}

func (w *begunWriter) WriteHeader(status int) {
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *begunWriter) Write(data []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(data)
}

// Unwrap is for [http.ResponseController].
func (w *begunWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// inTurn lets only so many requests of an endpoint be answered at once. Others
// wait for a while, and are then told to come again.
func (s *Server) inTurn(atOnce int, serve http.HandlerFunc) http.HandlerFunc {
	turns := s.newTurns(atOnce)
	return func(w http.ResponseWriter, r *http.Request) {
		if turns.take(w, r) {
			defer turns.giveBack()
			serve(w, r)
		}
	}
}

// turns let only so many requests do at once what takes much.
type turns struct {
	taken chan struct{}
	wait  time.Duration // for a turn
}

func (s *Server) newTurns(atOnce int) turns {
	return turns{taken: make(chan struct{}, atOnce), wait: s.limits.turn}
}

// take waits for a turn. Without one it answers the request, and returns false.
func (t turns) take(w http.ResponseWriter, r *http.Request) bool {
	ctx, cancel := context.WithTimeout(r.Context(), t.wait)
	defer cancel()
	select {
	case t.taken <- struct{}{}:
		return true
	case <-ctx.Done():
	}
	others := fmt.Sprintf("%d others are", cap(t.taken))
	if cap(t.taken) == 1 {
		others = "another is"
	}
	w.Header().Set("Retry-After", "1")
	fail(w, r, http.StatusServiceUnavailable, problem{Message: others + " being answered; ask again later"})
	return false
}

// giveBack lets another one have the turn.
func (t turns) giveBack() { <-t.taken }
