package httpclient

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Pause is how long to wait after a number of failures, at least one: first, twice as long
// after each, at most longest, and of that between half and all, so that clients do not
// come back together. random is from 0 up to 1.
//
// With 1 s and 1 min, that is 0.5 to 1 s after the first failure, and 30 s to 1 min from
// the seventh on.
func Pause(failures int, first, longest time.Duration, random float64) time.Duration {
	d := min(first, longest)
	for ; failures > 1 && d < longest; failures-- {
		d = min(2*d, longest)
	}
	return d/2 + time.Duration(random*float64(d/2))
}

// RetryAfter reads the header of that name: how long a server asks to wait, in seconds or
// up to a date by its own clock (now, where the header Date does not say what that shows).
// What is missing, past or odd is 0. No more than most is believed: a server may be wrong
// about the time, or want to silence somebody.
func RetryAfter(header http.Header, now time.Time, most time.Duration) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	// A number beyond those of 64 bits is the largest or least of them, and an error.
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(max(0, min(seconds, int64(most/time.Second)))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if theirs, err := http.ParseTime(header.Get("Date")); err == nil {
		now = theirs
	}
	return max(0, min(at.Sub(now), most))
}
