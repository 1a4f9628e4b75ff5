package slo_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo"
)

func calendar(t interface {
	Helper()
	Fatal(...any)
}, period, zone string,
) slo.Window {
	t.Helper()
	w, err := slo.ParseWindow(period)
	if err != nil {
		t.Fatal(err)
	}
	location, err := slo.LoadTimeZone(zone)
	if err != nil {
		t.Fatal(err)
	}
	return w.In(location)
}

// TestCalendarWindows looks at windows on the clock of their zone. The first
// instant is the end asked for, the others are where the whole period begins
// and ends.
func TestCalendarWindows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, period, zone string
		end, begins, ends  string
	}{
		{"November is complete", "month", "Asia/Tokyo", "2026-12-01T00:00+09:00", "2026-11-01T00:00+09:00", "2026-12-01T00:00+09:00"},
		{"December has a minute", "month", "Asia/Tokyo", "2026-12-01T00:01+09:00", "2026-12-01T00:00+09:00", "2027-01-01T00:00+09:00"},
		{"a day in UTC", "day", "UTC", "2026-11-22T09:00+00:00", "2026-11-22T00:00+00:00", "2026-11-23T00:00+00:00"},
		{"the last minute of a day", "day", "Asia/Tokyo", "2026-11-22T23:59+09:00", "2026-11-22T00:00+09:00", "2026-11-23T00:00+09:00"},
		{"a Sunday ends the week", "week", "Asia/Tokyo", "2026-11-22T09:00+09:00", "2026-11-16T00:00+09:00", "2026-11-23T00:00+09:00"},
		{"a Monday begins it", "week", "Asia/Tokyo", "2026-11-23T00:01+09:00", "2026-11-23T00:00+09:00", "2026-11-30T00:00+09:00"},
		{"a week over the new year", "week", "UTC", "2027-01-01T12:00+00:00", "2026-12-28T00:00+00:00", "2027-01-04T00:00+00:00"},
		{"the fourth quarter", "quarter", "UTC", "2026-11-22T09:00+00:00", "2026-10-01T00:00+00:00", "2027-01-01T00:00+00:00"},
		{"the first quarter of a leap year", "quarter", "UTC", "2028-02-29T09:00+00:00", "2028-01-01T00:00+00:00", "2028-04-01T00:00+00:00"},
		{"February of a leap year", "month", "Europe/Paris", "2028-02-29T23:59+01:00", "2028-02-01T00:00+01:00", "2028-03-01T00:00+01:00"},
		{"February of 2100", "month", "UTC", "2100-02-28T23:59+00:00", "2100-02-01T00:00+00:00", "2100-03-01T00:00+00:00"},
		{"a leap day", "day", "UTC", "2028-02-29T12:00+00:00", "2028-02-29T00:00+00:00", "2028-03-01T00:00+00:00"},
		{"a leap year", "year", "UTC", "2028-12-31T12:00+00:00", "2028-01-01T00:00+00:00", "2029-01-01T00:00+00:00"},
		{"23 hours", "day", "Europe/Paris", "2026-03-29T12:00+02:00", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00"},
		{"25 hours", "day", "Europe/Paris", "2026-10-25T12:00+01:00", "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00"},
		{"the hour that comes twice", "day", "Europe/Paris", "2026-10-25T02:30+01:00", "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00"},
		{"a month with the change", "month", "America/New_York", "2026-11-30T12:00-05:00", "2026-11-01T00:00-04:00", "2026-12-01T00:00-05:00"},
		{"23 and a half hours", "day", "Australia/Lord_Howe", "2026-10-04T12:00+11:00", "2026-10-04T00:00+10:30", "2026-10-05T00:00+11:00"},
		{"a quarter of an hour", "day", "Asia/Kathmandu", "2026-11-22T12:00+05:45", "2026-11-22T00:00+05:45", "2026-11-23T00:00+05:45"},
		{"no midnight in Cairo", "day", "Africa/Cairo", "2026-04-24T12:00+03:00", "2026-04-24T01:00+03:00", "2026-04-25T00:00+03:00"},
		{"the day before", "day", "Africa/Cairo", "2026-04-23T23:59+02:00", "2026-04-23T00:00+02:00", "2026-04-24T01:00+03:00"},
		{"no midnight in São Paulo", "month", "America/Sao_Paulo", "2018-11-04T03:00-02:00", "2018-11-01T00:00-03:00", "2018-12-01T00:00-02:00"},
		{"midnight twice in Havana", "day", "America/Havana", "2026-11-01T00:30-05:00", "2026-11-01T00:00-04:00", "2026-11-02T00:00-05:00"},
		{"back to yesterday in St. John's", "day", "America/St_Johns", "2010-11-06T23:30-03:30", "2010-11-07T00:00-02:30", "2010-11-08T00:00-03:30"},
		{"a day left out in Samoa", "day", "Pacific/Apia", "2011-12-31T00:00+14:00", "2011-12-29T00:00-10:00", "2011-12-31T00:00+14:00"},
		{"a day left out in Kwajalein", "day", "Pacific/Kwajalein", "1993-08-22T12:00+12:00", "1993-08-22T00:00+12:00", "1993-08-23T00:00+12:00"},
		{"44 minutes and a half in Monrovia", "day", "Africa/Monrovia", "1971-06-01T12:00+00:00", "1971-06-01T00:45+00:00", "1971-06-02T00:45+00:00"},
		{"the last day of a leap year far away", "day", "Europe/Paris", "2040-12-31T23:59+01:00", "2040-12-31T00:00+01:00", "2041-01-01T00:00+01:00"},
		{"the first minute there is", "year", "UTC", "1970-01-01T00:01+00:00", "1970-01-01T00:00+00:00", "1971-01-01T00:00+00:00"},
		{"the last year", "year", "Pacific/Kiritimati", "9999-12-31T23:59+14:00", "9999-01-01T00:00+14:00", "10000-01-01T00:00+14:00"},
	}
	instant := func(text string) slo.Minute {
		text, later := text, time.Duration(0)
		if text == "10000-01-01T00:00+14:00" { // more digits than the layout has
			text, later = "9999-12-31T00:00+14:00", 24*time.Hour
		}
		at, err := time.Parse("2006-01-02T15:04Z07:00", text)
		if err != nil {
			t.Fatal(err)
		}
		return slo.MinuteAt(at.Add(later))
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := calendar(t, test.period, test.zone)
			end := instant(test.end)
			want := slo.Span{Start: instant(test.begins), End: instant(test.ends)}
			if got := w.Around(end); got != want {
				t.Errorf("Around: got %s … %s, want %s … %s", got.Start.Time(), got.End.Time(), want.Start.Time(), want.End.Time())
			}
			if got := w.Ending(end); got != (slo.Span{Start: want.Start, End: end}) {
				t.Errorf("Ending: got %s … %s", got.Start.Time(), got.End.Time())
			}
		})
	}
}

// TestCalendarWindowsCoverTime draws minutes, zones and periods. Each minute
// lies in one period, the next one begins where it ends, and the clock shows
// no earlier date than at its beginning, unless it was turned back to the day
// before.
func TestCalendarWindowsCoverTime(t *testing.T) {
	t.Parallel()
	zones := []string{
		"UTC", "Asia/Tokyo", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Sao_Paulo",
		"America/Havana", "America/St_Johns", "Pacific/Apia", "Africa/Monrovia", "Asia/Beirut", "Pacific/Kwajalein", "Africa/Casablanca",
	}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		period := rapid.SampledFrom(slo.Periods()).Draw(t, "period")
		minute := slo.Minute(rapid.Int64Range(0, 80*365*1440).Draw(t, "minute"))
		w := calendar(t, string(period), zone)
		span := w.Around(minute + 1)
		if minute < span.Start || minute >= span.End {
			t.Fatalf("%d lies outside of its %s %v", minute, period, span)
		}
		if next := w.Around(span.End + 1); next.Start != span.End {
			t.Errorf("the next %s begins at %s, not at %s", period, next.Start.Time(), span.End.Time())
		}
		if again := w.Around(span.Start + 1); again != span {
			t.Errorf("its first minute lies in %v, its last in %v", again, span)
		}
		if length := span.Len(); length < w.Minutes()*9/10 || length > w.Minutes()*11/10 && period != slo.CalendarDay || length > 49*60 && period == slo.CalendarDay {
			t.Errorf("a %s of %d minutes", period, length)
		}
	})
}
