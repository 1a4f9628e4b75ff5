package nerdgraph

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/slojourn/slojourn/slo/diag"
)

// FieldError is an error of one field of a GraphQL answer.
type FieldError struct {
	Message    string
	Path       []any // names and indices; empty for the whole document
	Extensions Extensions
}

// UnmarshalJSON reads what it knows of an object. Members of other types than
// expected are left out: they must not hide what came with them.
func (e *FieldError) UnmarshalJSON(data []byte) error {
	var members map[string]any
	if err := json.Unmarshal(data, &members); err != nil {
		return fmt.Errorf("read an error: %w", err)
	}
	path, _ := members["path"].([]any)
	if !slices.ContainsFunc(path, isNoSegment) {
		e.Path = path
	}
	e.Message = text(members["message"])
	extensions, _ := members["extensions"].(map[string]any)
	e.Extensions = Extensions{
		ErrorClass:    text(extensions["errorClass"]),
		ErrorCode:     text(extensions["errorCode"]),
		NRQLErrorCode: text(extensions["nrqlErrorCode"]),
		OldErrorCode:  text(extensions["error_code"]),
	}
	return nil
}

// masked returns the error with all its texts changed by mask.
func (e FieldError) masked(mask func(string) string) FieldError {
	path := slices.Clone(e.Path)
	for i, segment := range path {
		if name, ok := segment.(string); ok {
			path[i] = mask(name)
		}
	}
	x := e.Extensions
	return FieldError{mask(e.Message), path, Extensions{
		mask(x.ErrorClass), mask(x.ErrorCode), mask(x.NRQLErrorCode), mask(x.OldErrorCode),
	}}
}

// Extensions classify an error. What is missing or of another type is "".
type Extensions struct {
	ErrorClass    string
	ErrorCode     string
	NRQLErrorCode string
	OldErrorCode  string
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// isNoSegment reports whether a member of a path is neither name nor index.
func isNoSegment(v any) bool {
	switch v.(type) {
	case string, float64:
		return false
	}
	return true
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
	message := diag.Say("New Relic: %s", e.Message)
	if e.Message == "" {
		message = diag.Say("New Relic gives an error without a message")
	}
	return &Error{Kind: e.kind(), Status: http.StatusOK, Message: message}
}

// kind classifies an error. A used up quota and an account out of reach have
// no class of their own: their texts and paths tell them from what else is
// refused.
func (e FieldError) kind() Kind {
	message := strings.ToLower(e.Message)
	if strings.HasPrefix(message, "you are not authorized to query account") {
		return NoAccount
	}
	switch kind := e.told(message); kind {
	case RateLimited, Forbidden, Rejected:
		switch {
		case strings.Contains(message, "inspected") && containsAny(message, "limit", "exceed", "quota"):
			return Quota
		case kind != RateLimited && e.ofAccount():
			return NoAccount
		}
		return kind
	default:
		return kind
	}
}

// told classifies an error by its class, else by its code, else by its text in
// small letters: each of them is missing in some answers.
func (e FieldError) told(message string) Kind {
	if kind := kindOfClass(e.Extensions.ErrorClass); kind != 0 {
		return kind
	}
	for _, code := range []string{e.Extensions.NRQLErrorCode, e.Extensions.ErrorCode, e.Extensions.OldErrorCode} {
		if kind := kindOfCode(code); kind != 0 {
			return kind
		}
	}
	switch {
	case strings.Contains(message, "query duration exceeded"):
		return Timeout
	case containsAny(message, "nrql syntax error", "unknown function"):
		return InvalidQuery
	case containsAny(message, "an error occurred resolving this field", "a downstream error occurred"):
		return ServerFault
	}
	return Rejected
}

// ofAccount reports whether the error is one of the account as a whole.
func (e FieldError) ofAccount() bool {
	return len(e.Path) == 2 && e.Path[0] == "actor" && e.Path[1] == "account"
}

// kindOfClass returns 0 for a class that says nothing.
func kindOfClass(class string) Kind {
	switch class {
	case "TOO_MANY_REQUESTS":
		return RateLimited
	case "TIMEOUT":
		return Timeout
	case "SERVER_ERROR", "INTERNAL_SERVER_ERROR":
		return ServerFault
	case "INVALID_INPUT":
		return InvalidQuery
	case "FORBIDDEN", "UNAUTHORIZED":
		return Forbidden
	}
	return 0
}

// kindOfCode returns 0 for a code that says nothing. The codes of refused
// queries share their first four digits.
func kindOfCode(code string) Kind {
	switch {
	case code == "BAD_API_KEY":
		return Unauthorized
	case code == "NRDB:1109", code == "NRDB:1101002":
		return Timeout
	case code == "NRDB:1106924":
		return RateLimited
	case strings.HasPrefix(code, "NRDB:1102"):
		return InvalidQuery
	}
	return 0
}

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}
