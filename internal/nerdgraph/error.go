package nerdgraph

import (
	"encoding/json"
	"fmt"
)

// Kind says what went wrong as far as the caller has to tell cases apart. The
// zero Kind is invalid.
type Kind int

// The kinds of errors.
const (
	Unreachable  Kind = iota + 1 // no connection, or it broke
	Timeout                      // no answer within the deadline
	Unauthorized                 // the key is wrong or missing
	Forbidden                    // the key may not do this
	RateLimited                  // too many requests
	ServerFault                  // New Relic failed
	Rejected                     // New Relic refuses the request as it is
	Malformed                    // the answer cannot be understood
)

// Error says why there is no answer.
type Error struct {
	Kind    Kind
	Status  int // HTTP status, 0 without an answer
	Message string
}

// Error returns the message; it never holds a key.
func (e *Error) Error() string { return e.Message }

// FieldError is an error of one field of a GraphQL answer.
type FieldError struct {
	Message    string     `json:"message"`
	Path       []any      `json:"path"`
	Extensions Extensions `json:"extensions"`
}

// badAPIKey is the code of a wrong key.
const badAPIKey = "BAD_API_KEY"

// Extensions classify an error. What is missing or of another type is "".
type Extensions struct {
	ErrorClass    string
	ErrorCode     string
	NRQLErrorCode string
	OldErrorCode  string
}

// UnmarshalJSON reads what it knows. It refuses nothing: an odd code must not
// hide the message that came with it.
func (e *Extensions) UnmarshalJSON(data []byte) error {
	var members map[string]any
	_ = json.Unmarshal(data, &members) // no members then
	read := func(name string) string {
		text, _ := members[name].(string)
		return text
	}
	*e = Extensions{read("errorClass"), read("errorCode"), read("nrqlErrorCode"), read("error_code")}
	return nil
}

// Under reports whether the error's path begins with the given fields; an
// error without a path is under everything.
func (e FieldError) Under(fields ...string) bool {
	for i, field := range fields {
		if i >= len(e.Path) {
			return true
		}
		if fmt.Sprint(e.Path[i]) != field {
			return false
		}
	}
	return true
}

// Err returns the error as an [*Error].
func (e FieldError) Err() *Error {
	kind := Rejected
	switch {
	case e.Extensions.ErrorClass == "TOO_MANY_REQUESTS":
		kind = RateLimited
	case e.Extensions.ErrorClass == "TIMEOUT":
		kind = Timeout
	case e.Extensions.ErrorClass == "SERVER_ERROR", e.Extensions.ErrorClass == "INTERNAL_SERVER_ERROR":
		kind = ServerFault
	}
	return &Error{Kind: kind, Status: 200, Message: "New Relic: " + e.Message}
}
