package nrql_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

func TestDateTimes(t *testing.T) {
	t.Parallel()
	for _, valid := range []string{
		"2026-11-20", "20261120", "2026-11", "2024-02-29", "2000-02-29",
		"2026-11-20 09:30", "2026-11-20 9:30", "2026-11-20 09:30:15", "2026-11-20 09:30:15.1", "2026-11-20 09:30:15.123456789",
		"2026-11-20T09:30", "2026-11-20T09:30:15.250", "2026-11-20T0930", "2026-11-20T093015", "20261120T093015.5", "20261120 09:30",
		"2026-11-20 00:00:00", "2026-11-20 23:59:59.999",
		"2026-11-20Z", "2026-11-20 Z", "2026-11-20T09:30Z", "2026-11-20T09:30:15+0900", "2026-11-20 09:30 +09:00", "2026-11-20 09:30-05:30",
		"2026-11-20 09:30 [Asia/Tokyo]", "2026-11-20T09:30[America/Argentina/Buenos_Aires]", "2026-11-20 09:30 Etc/GMT+9", "2026-11-20 09:30 JST",
		"2026-11-20 09:30 AM", "2026-11-20 09:30 pm", "2026-11-20 12:00 PM", "2026-11-20 09:30PM", "2026-11-20 09:30 +0000 AM",
		"09:30", "9:30", "09:30:15", "T09:30", "T093015", "09:30 Z", "09:30 +0900", "09:30 AM",
	} {
		q := query(t, "SELECT count(*) FROM T SINCE '"+valid+"'")
		at, ok := q.Since.(*nrql.DateTime)
		if !ok || at.Text.Value != valid {
			t.Errorf("%q is read as %+v", valid, q.Since)
		}
	}
	for invalid, want := range map[string]string{
		"":                       "is no date or time",
		" ":                      "is no date or time",
		"now":                    "is no date or time",
		"Z":                      "is no date or time",
		"JST":                    "is no date or time",
		"AM":                     "is no date or time",
		"2026":                   "is no date or time",
		"2026-1-2":               "is no date or time",
		"26-11-20":               "is no date or time",
		"2026/11/20":             "is no date or time",
		"20.11.2026":             "is no date or time",
		"11/20/2026":             "is no date or time",
		"20 Nov 2026":            "is no date or time",
		"2026-11-20  09:30":      "is no date or time",
		"2026-11-20 0930":        "is no date or time",
		"2026-11-20 09":          "is no date or time",
		"2026-11-20 09:30:1":     "is no date or time",
		"2026-11-20 09:30:15.":   "is no date or time",
		"2026-11-20 09:30 +9":    "is no date or time",
		"2026-11-20 09:30 [Asia": "is no date or time",
		" 2026-11-20":            "is no date or time",
		"1700000000000":          "is no date or time",
		"2026-00-20":             "there is no month 0",
		"2026-13-20":             "there is no month 13",
		"2026-13":                "there is no month 13",
		"2026-11-00":             "November 2026 has no day 0",
		"2026-11-31":             "November 2026 has no day 31",
		"20261131":               "November 2026 has no day 31",
		"2025-02-29":             "February 2025 has no day 29",
		"1900-02-29":             "February 1900 has no day 29",
		"2026-11-20 24:00":       "no such time of the day",
		"2026-11-20 09:60":       "no such time of the day",
		"2026-11-20 09:30:60":    "no such time of the day",
		"24:00":                  "no such time of the day",
		"2026-11-20 13:00 PM":    "no such time of the day",
		"00:30 AM":               "no such time of the day",
		"2026-11-20T0930 AM":     "AM and PM need colons",
		"09:30 [Asia/Tokyo] AM":  "AM and PM need colons in the time, and no zone in brackets",
		"T2400":                  "no such time of the day",
	} {
		_, findings := nrql.ParseQuery(text("SELECT count(*) FROM T UNTIL '" + invalid + "'"))
		if len(findings) != 1 || !strings.Contains(findings[0].Message.String(), want) || findings[0].Span.Start.Column != 30 || findings[0].Hint.Empty() {
			t.Errorf("%q: got %v, want %q", invalid, findings, want)
		}
	}
}

func TestInstants(t *testing.T) {
	t.Parallel()
	at := func(raw string) *nrql.String { return &nrql.String{Raw: "'" + raw + "'", Value: raw} }
	ago := func(count int64, unit nrql.Unit) *nrql.Ago {
		return &nrql.Ago{Duration: nrql.Duration{Count: count, Unit: unit}}
	}
	for source, want := range map[string]nrql.Time{
		"1700000000000":           &nrql.Epoch{Millis: 1_700_000_000_000},
		"0":                       &nrql.Epoch{},
		"5 milliseconds ago":      ago(5, nrql.Millisecond),
		"5 ms ago":                ago(5, nrql.Millisecond),
		"1 second AGO":            ago(1, nrql.Second),
		"1 Minutes Ago":           ago(1, nrql.Minute),
		"2 hour ago":              ago(2, nrql.Hour),
		"3 days ago":              ago(3, nrql.Day),
		"4 weeks ago":             ago(4, nrql.Week),
		"5 months ago":            ago(5, nrql.Month),
		"1 quarter ago":           ago(1, nrql.Quarter),
		"2 years ago":             ago(2, nrql.Year),
		"now":                     &nrql.Moment{Name: "now"},
		"TODAY":                   &nrql.Moment{Name: "today"},
		"yesterday AT '01:23:45'": &nrql.Moment{Name: "yesterday", At: at("01:23:45")},
		"Monday":                  &nrql.Moment{Name: "monday"},
		"sunday at '9:05'":        &nrql.Moment{Name: "sunday", At: at("9:05")},
		"this  Hour":              &nrql.Moment{Name: "this hour"},
		"this day":                &nrql.Moment{Name: "this day"},
		"last week AT '00:00'":    &nrql.Moment{Name: "last week", At: at("00:00")},
		"last month":              &nrql.Moment{Name: "last month"},
		"this quarter":            &nrql.Moment{Name: "this quarter"},
		"last year":               &nrql.Moment{Name: "last year"},
		"'2026-11-20'":            &nrql.DateTime{Text: at("2026-11-20")},
	} {
		for _, clause := range []string{"SINCE ", "UNTIL "} {
			q := query(t, clause+source+" FROM T SELECT count(*)")
			got := q.Since
			if clause == "UNTIL " {
				got = q.Until
			}
			if diff := cmp.Diff(want, got, sameTree); diff != "" {
				t.Errorf("%s%s (-want +got):\n%s", clause, source, diff)
			}
		}
	}
	for _, source := range []string{
		"tomorrow", "noon", "this", "this minute", "last second", "last days", "this monday", "now AT '09:00'", "today AT 09:00", "today AT '9'",
		"1 fortnight ago", "1.5 days ago", "-1 day ago", "0 days ago", "1 day", "day ago", "a day ago", "1e3", "1.5", "99999999999999999999",
		"NULL", "true", "(1 day ago)", "`today`", "1 day ago AT '09:00'",
	} {
		if _, findings := nrql.ParseQuery(text("FROM T SELECT count(*) SINCE " + source)); len(findings) == 0 {
			t.Errorf("SINCE %s is accepted", source)
		}
	}
}

func TestDateTimeParts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]nrql.DateTimeParts{
		"2023-12-18":                        {HasDate: true, Year: 2023, Month: 12, Day: 18},
		"2023-12":                           {HasDate: true, Year: 2023, Month: 12, Day: 1},
		"20231218T123456.789":               {HasDate: true, Year: 2023, Month: 12, Day: 18, HasTime: true, Hour: 12, Minute: 34, Nanoseconds: 56_789_000_000},
		"2023-12-18 12:05 AM":               {HasDate: true, Year: 2023, Month: 12, Day: 18, HasTime: true, Minute: 5},
		"01:23-0600 PM":                     {Day: 1, HasTime: true, Hour: 13, Minute: 23, Zone: "-0600"},
		"2023-12-18T06:34 [America/Regina]": {HasDate: true, Year: 2023, Month: 12, Day: 18, HasTime: true, Hour: 6, Minute: 34, Zone: "America/Regina"},
	} {
		got := (&nrql.DateTime{Text: &nrql.String{Value: text}}).Parts()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", text, diff)
		}
	}
}
