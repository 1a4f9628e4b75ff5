package push

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

const (
	// mostUnanswered is how many changes in a row may have no answer, also when each was
	// done: then a push ends that would take 30 s for each. One event, such as a proxy that
	// starts again, cuts as many as run at once and does not end it.
	mostUnanswered = atOnce + 1
	// lookTime is how long it takes at most to look, once a push has ended.
	lookTime = 5 * time.Second
)

// unsureError says that a change was sent, and that what came of it does not tell whether
// it was done.
type unsureError struct{ err error }

func (e *unsureError) Error() string { return e.err.Error() }

func (e *unsureError) Unwrap() error { return e.err }

// doneError says that a change was done, and why nothing is to be sent after it.
type doneError struct{ err *UnreachableError }

func (e *doneError) Error() string { return e.err.Error() }

func (e *doneError) Unwrap() error { return e.err }

// settled returns how a change ended. Where that is not known, it looks once whether it
// was done. A [doneError] says that it was, and that the next one would fare no better.
func (c *Client) settled(ctx context.Context, err error, done func(ctx context.Context) (bool, error)) error {
	_, unsure := errors.AsType[*unsureError](err)
	gateway := is(err, http.StatusBadGateway) || is(err, http.StatusGatewayTimeout)
	if !unsure && !gateway {
		if err == nil {
			c.unanswered.Store(0)
		}
		return err
	}
	_, late := errors.AsType[*UnansweredError](err)
	ends := c.unanswered.Add(1) >= mostUnanswered || late
	there, lookErr := looked(ctx, done)
	switch {
	case there && lookErr == nil && ends:
		return &doneError{&UnreachableError{fmt.Errorf("%w (it was done all the same, and the push ends as the rest would fare no better: push again once Grafana answers)", err)}}
	case there && lookErr == nil:
		return nil
	}
	err = fmt.Errorf("%w (it was sent, and whether Grafana has done it is not known: push again, which finds out)", err)
	if unsure && !ends && !aboutAll(lookErr) { // Grafana is there, so it is about this one alone
		return &oddError{err.Error()}
	}
	return &UnreachableError{err}
}

// inHaste is the key of a context in which nothing is asked again.
type inHaste struct{}

// looked looks what came of a change, also when the push ends before or meanwhile: what was
// sent is counted. Then it asks once, and for [lookTime] at most: somebody waits for the end.
func looked(ctx context.Context, look func(ctx context.Context) (bool, error)) (bool, error) {
	there, err := look(ctx)
	if err == nil || ctx.Err() == nil {
		return there, err
	}
	last, cancel := context.WithTimeout(context.WithValue(context.WithoutCancel(ctx), inHaste{}, true), lookTime)
	defer cancel()
	return look(last)
}
