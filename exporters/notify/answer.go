package notify

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/slojourn/slojourn/internal/httpclient"
	"github.com/slojourn/slojourn/internal/secret"
)

// answer is what a receiver said.
type answer struct {
	to     string
	status int
	header http.Header
	body   string
	hidden []secret.Value // what an error must not repeat
}

// mostWait bounds how long a receiver can ask to wait.
const mostWait = time.Hour

// failure returns nil for an answer of 2xx. 429 and an answer that says when to
// try again are a [ThrottledError]. What refuses the message itself is a
// [PermanentError]. What a deployment, a new key or another address would mend is
// neither, and is tried again: those are mended while a message waits.
func (a answer) failure(now time.Time) error {
	if a.status >= 200 && a.status < 300 {
		return nil
	}
	err := a.error()
	wait := httpclient.RetryAfter(a.header, now, mostWait)
	switch {
	case a.status == http.StatusTooManyRequests, a.status == http.StatusServiceUnavailable && wait > 0:
		return &ThrottledError{After: wait, Err: err}
	case a.status >= 400 && a.status < 500 && !mendable(a.status):
		return &PermanentError{Err: err}
	}
	return err
}

// mendable reports whether a refusal is about who asks, where and when, and not
// about the message.
func mendable(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusProxyAuthRequired,
		http.StatusRequestTimeout, http.StatusMisdirectedRequest, http.StatusTooEarly:
		return true
	}
	return false
}

// error says what was answered.
func (a answer) error() error {
	return errors.New(httpclient.Answered(a.to, a.status, excerptOf(a.body, a.hidden)))
}

// page reports whether the body is a page for people, as a proxy in between sends.
func (a answer) page() bool { return strings.HasPrefix(strings.TrimSpace(a.body), "<") }
