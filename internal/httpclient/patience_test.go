package httpclient_test

import (
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/slojourn/slojourn/internal/httpclient"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, value, date string
		want              time.Duration
	}{
		{"seconds", "17", "", 17 * time.Second},
		{"blanks", " 17 ", "", 17 * time.Second},
		{"as many as are believed", "3600", "", time.Hour},
		{"more", "3601", "", time.Hour},
		{"more than a duration has", "9300000000", "", time.Hour},
		{"more than a number has", "99999999999999999999", "", time.Hour},
		{"less than a number has", "-99999999999999999999", "", 0},
		{"a date", "Sun, 22 Nov 2026 12:00:07 GMT", "", 7 * time.Second},
		{"a date by another clock", "Tue, 02 Jan 2001 10:00:05 GMT", "Tue, 02 Jan 2001 10:00:00 GMT", 5 * time.Second},
		{"a date of another layout", "Sun Nov 22 12:00:07 2026", "", 7 * time.Second},
		{"a date far away", "Fri, 31 Dec 9999 23:59:59 GMT", "", time.Hour},
		{"a date in the past", "Sun, 22 Nov 2026 11:59:59 GMT", "", 0},
		{"a date by a clock that shows nothing", "Sun, 22 Nov 2026 12:00:07 GMT", "noon", 7 * time.Second},
		{"nothing", "", "", 0},
		{"no time", "soon", "", 0},
		{"half a second", "0.5", "", 0},
		{"in the past", "-5", "", 0},
	} {
		header := http.Header{"Retry-After": {test.value}, "Date": {test.date}}
		if got := httpclient.RetryAfter(header, now, time.Hour); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
	if got := httpclient.RetryAfter(nil, now, time.Hour); got != 0 {
		t.Errorf("without headers: got %v", got)
	}
}

func TestPause(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		failures int
		random   float64
		want     time.Duration
	}{
		{1, 0, time.Second / 2},
		{1, 1, time.Second},
		{2, 0.5, 1500 * time.Millisecond},
		{6, 1, 32 * time.Second},
		{7, 0, 30 * time.Second},
		{7, 1, time.Minute},
		{math.MaxInt, 1, time.Minute},
		{0, 1, time.Second},
	} {
		if got := httpclient.Pause(test.failures, time.Second, time.Minute, test.random); got != test.want {
			t.Errorf("after %d failures with %v: got %v, want %v", test.failures, test.random, got, test.want)
		}
	}
	if got := httpclient.Pause(9, time.Minute, time.Second, 1); got != time.Second {
		t.Errorf("it is %v, and a second is the longest", got)
	}
}
