// Package notify tells people: it writes the messages about alerts and delivers them.
package notify

import (
	"context"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
)

// Sink delivers to one notifier. It is safe for concurrent use.
type Sink interface {
	// Send delivers a notification once. A failure that trying again cannot mend is a [PermanentError].
	Send(ctx context.Context, d Delivery) error
	// Resends reports whether a firing alert has to be sent again and again until it resolves.
	Resends() bool
}

// Beater is a sink that can say that slojourn is alive.
type Beater interface {
	// Beat sends a sign of life. The next one comes after every.
	Beat(ctx context.Context, at time.Time, every time.Duration) error
}

// Delivery is one notification on its way.
type Delivery struct {
	Notification alert.Notification
	At           time.Time // now
	EndsAt       time.Time // when the receiver may forget a firing alert that it is not told of again; zero for sinks that do not resend
	Attempt      int       // from 1
}

// PermanentError is one that trying again cannot mend: the receiver has refused what it was sent.
type PermanentError struct{ Err error }

// Error returns the text of what it wraps.
func (e *PermanentError) Error() string { return e.Err.Error() }

// Unwrap returns what was refused and why.
func (e *PermanentError) Unwrap() error { return e.Err }

// ThrottledError asks to wait: the receiver has had too many messages.
type ThrottledError struct {
	After time.Duration // zero when the receiver did not say
	Err   error
}

// Error returns the text of what it wraps.
func (e *ThrottledError) Error() string { return e.Err.Error() }

// Unwrap returns the receiver's answer.
func (e *ThrottledError) Unwrap() error { return e.Err }

// UnansweredError leaves it open whether the receiver has taken what it was sent: it
// was reached, and did not answer.
type UnansweredError struct{ Err error }

// Error returns the text of what it wraps.
func (e *UnansweredError) Error() string { return e.Err.Error() }

// Unwrap returns what happened instead of an answer.
func (e *UnansweredError) Unwrap() error { return e.Err }
