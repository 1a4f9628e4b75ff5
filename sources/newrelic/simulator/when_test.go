package simulator

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestInstants holds the examples of New Relic's page on time ranges, and what
// follows from it in zones with daylight saving.
func TestInstants(t *testing.T) {
	t.Parallel()
	const monday = "2023-12-18T12:34:56.789Z"
	for _, test := range []struct{ now, text, zone, want string }{
		{monday, "now", "", "2023-12-18T12:34:56.789Z"},
		{monday, "1702899296789", "", "2023-12-18T11:34:56.789Z"},
		{monday, "2 milliseconds ago", "", "2023-12-18T12:34:56.787Z"},
		{monday, "2 months ago", "", "2023-10-19T12:34:56.789Z"},
		{monday, "2 quarters ago", "", "2023-06-19T12:34:56.789Z"},
		{monday, "2 years ago", "", "2021-12-18T12:34:56.789Z"},
		{monday, "today", "", "2023-12-18T00:00:00Z"},
		{monday, "today AT '01:23:45'", "", "2023-12-18T01:23:45Z"},
		{monday, "today AT '23:45'", "", "2023-12-17T23:45:00Z"}, // never ahead in SINCE
		{monday, "yesterday", "", "2023-12-17T00:00:00Z"},
		{monday, "yesterday AT '01:23:45'", "", "2023-12-17T01:23:45Z"},
		{monday, "monday", "", "2023-12-18T00:00:00Z"},
		{monday, "Tuesday", "", "2023-12-12T00:00:00Z"},
		{monday, "sunday AT '1:23'", "", "2023-12-17T01:23:00Z"},
		{monday, "this hour", "", "2023-12-18T12:00:00Z"},
		{monday, "last hour", "", "2023-12-18T11:00:00Z"},
		{monday, "this day", "", "2023-12-18T00:00:00Z"},
		{monday, "last day", "", "2023-12-17T00:00:00Z"},
		{monday, "this week", "", "2023-12-18T00:00:00Z"},
		{monday, "last week", "", "2023-12-11T00:00:00Z"},
		{monday, "this month", "", "2023-12-01T00:00:00Z"},
		{monday, "last month", "", "2023-11-01T00:00:00Z"},
		{monday, "this quarter", "", "2023-10-01T00:00:00Z"},
		{monday, "last quarter", "", "2023-07-01T00:00:00Z"},
		{monday, "this year", "", "2023-01-01T00:00:00Z"},
		{monday, "last year", "", "2022-01-01T00:00:00Z"},
		{"2024-01-31T10:00:00Z", "last month", "", "2023-12-01T00:00:00Z"},
		{"2024-01-31T10:00:00Z", "last quarter", "", "2023-10-01T00:00:00Z"},
		{"2023-12-17T10:00:00Z", "this week", "", "2023-12-11T00:00:00Z"}, // a Sunday
		// Zones.
		{monday, "today", "America/New_York", "2023-12-18T05:00:00Z"},
		{monday, "today", "Asia/Tokyo", "2023-12-17T15:00:00Z"},
		{"2023-12-18T15:30:00Z", "this week", "Asia/Tokyo", "2023-12-17T15:00:00Z"},
		{monday, "this hour", "Asia/Kolkata", "2023-12-18T12:30:00Z"}, // 18:04 there
		{"2024-03-31T12:00:00Z", "today", "Europe/Berlin", "2024-03-30T23:00:00Z"},
		{"2024-04-01T12:00:00Z", "yesterday AT '12:00'", "Europe/Berlin", "2024-03-31T10:00:00Z"}, // summer time since 2 o'clock
		{"2024-04-01T12:00:00Z", "last month", "Europe/Berlin", "2024-02-29T23:00:00Z"},
		{"2024-10-27T12:00:00Z", "this day", "Europe/Berlin", "2024-10-26T22:00:00Z"},
		{"2018-11-04T12:00:00Z", "today", "America/Sao_Paulo", "2018-11-04T03:00:00Z"}, // which began at 1 o'clock
		// Dates and times.
		{monday, "'2023-12-20'", "", "2023-12-20T00:00:00Z"},
		{monday, "'2023-12'", "", "2023-12-01T00:00:00Z"},
		{monday, "'20231218'", "", "2023-12-18T00:00:00Z"},
		{monday, "'2023-12-18T12:34'", "", "2023-12-18T12:34:00Z"},
		{monday, "'2023-12-18 12:34:56'", "", "2023-12-18T12:34:56Z"},
		{monday, "'2023-12-18 12:34:56.789'", "", "2023-12-18T12:34:56.789Z"},
		{monday, "'20231218T123456.789'", "", "2023-12-18T12:34:56.789Z"},
		{monday, "'2023-12-18T06:34:56.789-0600'", "", "2023-12-18T12:34:56.789Z"},
		{monday, "'2023-12-18T06:34:56.789-06:00'", "", "2023-12-18T12:34:56.789Z"},
		{monday, "'2023-12-18T06:34:56 [America/Chicago]'", "", "2023-12-18T12:34:56Z"},
		{monday, "'2023-12-18T06:34:56.789 CST'", "", "2023-12-18T12:34:56.789Z"},
		{monday, "'2023-12-18 01:23 PM'", "", "2023-12-18T13:23:00Z"},
		{monday, "'2023-12-18 12:05 AM'", "", "2023-12-18T00:05:00Z"},
		{monday, "'2023-12-18T07:23-0600 AM'", "", "2023-12-18T13:23:00Z"},
		{monday, "'2023-12-18-06:00'", "", "2023-12-18T06:00:00Z"},
		{monday, "'2023-12-18 [America/Chicago]'", "", "2023-12-18T06:00:00Z"},
		{monday, "'12:34'", "", "2023-12-18T12:34:00Z"},
		{monday, "'12:35'", "", "2023-12-17T12:35:00Z"}, // the last one there was
		{monday, "'06:34 [America/Chicago]'", "", "2023-12-18T12:34:00Z"},
		{"2023-12-18T03:00:00Z", "'20:00'", "America/Chicago", "2023-12-18T02:00:00Z"}, // still Sunday there
		// A zone in a date-time wins over that of the query.
		{monday, "'2023-12-18 09:00'", "Asia/Tokyo", "2023-12-18T00:00:00Z"},
		{monday, "'2023-12-18 09:00 +0100'", "Asia/Tokyo", "2023-12-18T08:00:00Z"},
		{monday, "'2023-07-01 09:00'", "America/Los_Angeles", "2023-07-01T16:00:00Z"},
		{monday, "'2023-12-01 09:00'", "America/Los_Angeles", "2023-12-01T17:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, test.now)
		if err != nil {
			t.Fatal(err)
		}
		query := "SELECT count(*) FROM T SINCE " + test.text + " UNTIL 1900000000000"
		if test.zone != "" {
			query += " WITH TIMEZONE '" + test.zone + "'"
		}
		found, failure := NewStore().evaluate(query, setting{nowMillis: now.UnixMilli()})
		if failure != nil {
			t.Errorf("%s: %v", query, failure)
			continue
		}
		if got := time.UnixMilli(found.begin).UTC().Format(time.RFC3339Nano); got != test.want {
			t.Errorf("%s at %s\n got %s\nwant %s", query, test.now, got, test.want)
		}
	}
}

// TestUntil: in UNTIL a time of today may lie ahead.
func TestUntil(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		clauses    string
		begin, end int64
		spelled    string
	}{
		{"SINCE today UNTIL today AT '23:45'", midnight, midnight + 23*hourMillis + 45*60_000, "TODAY to TODAY AT '23:45'"},
		{"SINCE yesterday UNTIL '09:00'", midnight - 24*hourMillis, midnight + 9*hourMillis, "YESTERDAY to 09:00"},
		{"SINCE 90 minutes ago", midnight - 30*60_000, now, "90 MINUTES AGO to NOW"},
		{"SINCE last hour UNTIL this hour", midnight, midnight + hourMillis, "LAST HOUR to THIS HOUR"},
	} {
		found, err := NewStore().evaluate("SELECT count(*) FROM T "+test.clauses, setting{nowMillis: now})
		if err != nil {
			t.Errorf("%s: %v", test.clauses, err)
			continue
		}
		got := fmt.Sprint(found.begin, found.end, " ", found.since, " to ", found.until)
		if want := fmt.Sprint(test.begin, test.end, " ", test.spelled); got != want {
			t.Errorf("%s\n got %s\nwant %s", test.clauses, got, want)
		}
	}
}

// TestWallClock: a time that summer time skips or repeats is refused, those
// beside it are not.
func TestWallClock(t *testing.T) {
	t.Parallel()
	store := storeOf(t, "T @0ms")
	for _, test := range []struct{ zone, at, want string }{
		{"Europe/Berlin", "2023-03-26 02:30", "skips"},
		{"Europe/Berlin", "2023-03-26 02:00", "skips"},
		{"Europe/Berlin", "2023-03-26 01:59", ""},
		{"Europe/Berlin", "2023-03-26 03:00", ""},
		{"Europe/Berlin", "2022-10-30 02:30", "comes twice"},
		{"Europe/Berlin", "2022-10-30 02:00", "comes twice"},
		{"Europe/Berlin", "2022-10-30 03:00", ""},
		{"Europe/Berlin", "2022-10-30 01:59", ""},
		{"America/New_York", "2023-03-12 02:30", "skips"},
		{"America/New_York", "2022-11-06 01:30", "comes twice"},
		{"Australia/Lord_Howe", "2023-04-02 01:45", "comes twice"}, // by half an hour
		{"Australia/Lord_Howe", "2023-04-02 01:15", ""},
		{"Asia/Tokyo", "2023-03-26 02:30", ""},
	} {
		got := ask(store, "SELECT count(*) FROM T SINCE '"+test.at+"' WITH TIMEZONE '"+test.zone+"'", true)
		if refused := strings.HasPrefix(got, "error: slojourn simulator: a time of day that"); refused != (test.want != "") || !strings.Contains(got, test.want) {
			t.Errorf("%s in %s: got %s", test.at, test.zone, got)
		}
	}
}
