package push

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// RefusedError is an answer that is not one of 2xx.
type RefusedError struct {
	Status int
	Kind   string // version-mismatch, name-exists and so on, "" where Grafana does not say
	text   string
	said   string // what Grafana says of it, "" when the answer is none of Grafana's
}

func (e *RefusedError) Error() string { return e.text }

// UnreachableError says that nobody answered who could be Grafana, or one who is down or
// overloaded. The next request would have no other fate.
type UnreachableError struct{ Err error }

func (e *UnreachableError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *UnreachableError) Unwrap() error { return e.Err }

// DeniedError says that whoever asks is not known, or may not even look.
type DeniedError struct{ Err error }

func (e *DeniedError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *DeniedError) Unwrap() error { return e.Err }

// oddError is an answer that is a success and cannot be read. It is about one request.
type oddError struct{ text string }

func (e *oddError) Error() string { return e.text }

// is reports whether an error is an answer of a status.
func is(err error, status int) bool {
	refused, ok := errors.AsType[*RefusedError](err)
	return ok && refused.Status == status
}

// missing reports whether it is Grafana that says that there is no such thing.
func missing(err error) bool { return is(err, http.StatusNotFound) && !aboutAll(err) }

// needing says what permission is missing, and where.
func needing(err error, action, where string) error {
	switch {
	case is(err, http.StatusUnauthorized):
		return &DeniedError{fmt.Errorf("%w: the token or password is wrong, has expired or is of another Grafana", err)}
	case is(err, http.StatusForbidden):
		return fmt.Errorf("%w: it needs the permission %s%s (a service account with the role Editor has it, unless the permissions of a folder say otherwise)", err, action, where)
	}
	return err
}

// aboutAll reports whether an error would meet every request.
func aboutAll(err error) bool {
	if _, ok := errors.AsType[*DeniedError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*UnreachableError](err); ok {
		return true
	}
	return interrupted(err)
}

// interrupted reports whether a request ended because the push did.
func interrupted(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// conflict is what a refusal of a change is about.
type conflict int

const (
	noConflict   conflict = iota
	otherVersion          // somebody has saved or created it meanwhile
	titleTaken            // by another one in the folder
	titleOfFolder
)

// conflictOf reads what a refusal is about. Before Grafana 13 it has a kind; from then on
// there is its text alone.
func conflictOf(err error) conflict {
	refused, ok := errors.AsType[*RefusedError](err)
	if !ok {
		return noConflict
	}
	clash := refused.Status == http.StatusConflict || refused.Status == http.StatusPreconditionFailed
	switch {
	case refused.Kind == "name-match":
		return titleOfFolder
	case refused.Kind == "name-exists", clash && (strings.Contains(refused.said, "same name") || strings.Contains(refused.said, "that name")):
		return titleTaken
	case refused.Kind == "plugin-dashboard":
		return noConflict
	case clash:
		return otherVersion
	}
	return noConflict
}
