package sources

import "errors"

// IsSingle reports whether an error is that of one request alone: its query is
// wrong or takes too long, and the source answers others. Such an error has a method
// Single that says so.
func IsSingle(err error) bool {
	single, ok := errors.AsType[interface {
		error
		Single() bool
	}](err)
	return ok && single.Single()
}
