package push

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// unsureError says that a change was sent, and that what came of it does not tell whether
// it was done.
type unsureError struct{ err error }

func (e *unsureError) Error() string { return e.err.Error() }

func (e *unsureError) Unwrap() error { return e.err }

// settled returns how a change ended. Where that is not known, it looks once whether it
// was done, also when the push was interrupted: what was sent is counted.
func (c *Client) settled(ctx context.Context, err error, done func(ctx context.Context) (bool, error)) error {
	_, unsure := errors.AsType[*unsureError](err)
	_, late := errors.AsType[*UnansweredError](err)
	gateway := is(err, http.StatusBadGateway) || is(err, http.StatusGatewayTimeout)
	if !unsure && !gateway {
		return err
	}
	there, lookErr := done(context.WithoutCancel(ctx))
	if there && lookErr == nil {
		return nil
	}
	err = fmt.Errorf("%w (it was sent, and whether Grafana has done it is not known: push again, which finds out)", err)
	if unsure && !late && !aboutAll(lookErr) { // Grafana is there, so it is about this one alone
		return &oddError{err.Error()}
	}
	return &UnreachableError{err}
}
