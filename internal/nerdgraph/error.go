package nerdgraph

import (
	"fmt"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// Kind says what went wrong as far as the caller has to tell cases apart. The
// zero Kind is invalid.
type Kind int

// The kinds of errors.
const (
	Unreachable  Kind = iota + 1 // no connection, or it broke
	Deadline                     // no answer within our own deadline
	Interrupted                  // the caller ended the call
	Throttled                    // a budget of our own is used up for longer than the deadline
	Unauthorized                 // the key is wrong or missing
	Forbidden                    // the key may not do this
	NoAccount                    // the account does not exist, or the key may not see it
	RateLimited                  // too many requests
	Quota                        // the account has inspected all the data it may
	ServerFault                  // New Relic failed
	Timeout                      // a query took longer at New Relic than it may
	InvalidQuery                 // New Relic does not understand a query
	Rejected                     // New Relic refuses the request as it is
	Malformed                    // the answer cannot be understood, or is too large
)

// String returns the kind's name.
func (k Kind) String() string {
	switch k {
	case Unreachable:
		return "unreachable"
	case Deadline:
		return "deadline"
	case Interrupted:
		return "interrupted"
	case Throttled:
		return "throttled"
	case Unauthorized:
		return "unauthorized"
	case Forbidden:
		return "forbidden"
	case NoAccount:
		return "no account"
	case RateLimited:
		return "rate limited"
	case Quota:
		return "quota"
	case ServerFault:
		return "server fault"
	case Timeout:
		return "timeout"
	case InvalidQuery:
		return "invalid query"
	case Rejected:
		return "rejected"
	case Malformed:
		return "malformed"
	}
	return fmt.Sprintf("kind %d", int(k))
}

// Error says why there is no answer.
type Error struct {
	Kind    Kind
	Status  int // HTTP status, 0 without an answer
	Message diag.Phrase

	// After is how long the server asks to wait, or how long a budget of our
	// own stays used up; 0 if neither is known.
	After time.Duration
}

// Error returns the message; it never holds a key.
func (e *Error) Error() string { return e.Message.String() }

// Phrase returns the message, which can be said in other languages; what New Relic said
// is quoted in it.
func (e *Error) Phrase() diag.Phrase { return e.Message }
