package slo_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
)

// TestExclusionSpans looks at when exclusions hold, in UTC.
func TestExclusionSpans(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, from, to string
		rule, zone     string
		duration       time.Duration
		within         [2]string
		want           []string // from and to, by turns
	}{
		{
			name: "rounded outward", from: "2026-11-22T10:00:30Z", to: "2026-11-22T10:01:00.001Z",
			within: [2]string{"2026-11-22T00:00Z", "2026-11-23T00:00Z"}, want: []string{"2026-11-22T10:00Z", "2026-11-22T10:02Z"},
		},
		{
			name: "whole minutes stay", from: "2026-11-22T10:00:00+09:00", to: "2026-11-22T10:01:00+09:00",
			within: [2]string{"2026-11-22T00:00Z", "2026-11-23T00:00Z"}, want: []string{"2026-11-22T01:00Z", "2026-11-22T01:01Z"},
		},
		{
			name: "half-open", from: "2026-11-22T10:00:00Z", to: "2026-11-22T11:00:00Z",
			within: [2]string{"2026-11-22T11:00Z", "2026-11-23T00:00Z"},
		},
		{
			name: "the second Tuesday in Tokyo", from: "2026-10-13T03:00:00+09:00", rule: "FREQ=MONTHLY;BYDAY=+2TU", zone: "Asia/Tokyo", duration: 2 * time.Hour,
			within: [2]string{"2026-10-01T00:00Z", "2026-12-01T00:00Z"},
			want:   []string{"2026-10-12T18:00Z", "2026-10-12T20:00Z", "2026-11-09T18:00Z", "2026-11-09T20:00Z"},
		},
		{
			name: "one that began before the window", from: "2026-11-01T00:00:00Z", rule: "FREQ=DAILY", zone: "UTC", duration: 25 * time.Hour,
			within: [2]string{"2026-11-22T00:30Z", "2026-11-22T00:31Z"},
			want:   []string{"2026-11-21T00:00Z", "2026-11-22T01:00Z", "2026-11-22T00:00Z", "2026-11-23T01:00Z"},
		},
		{
			name: "02:00 on the clock of Paris, over both changes", from: "2026-03-28T02:30:00+01:00", rule: "FREQ=DAILY;COUNT=3", zone: "Europe/Paris", duration: time.Hour,
			within: [2]string{"2026-03-01T00:00Z", "2026-04-01T00:00Z"},
			want:   []string{"2026-03-28T01:30Z", "2026-03-28T02:30Z", "2026-03-29T01:30Z", "2026-03-29T02:30Z", "2026-03-30T00:30Z", "2026-03-30T01:30Z"},
		},
		{
			name: "02:30 that New York jumps over", from: "2026-03-07T02:30:00-05:00", rule: "FREQ=DAILY;COUNT=3", zone: "America/New_York", duration: time.Hour,
			within: [2]string{"2026-03-01T00:00Z", "2026-04-01T00:00Z"},
			want:   []string{"2026-03-07T07:30Z", "2026-03-07T08:30Z", "2026-03-08T07:30Z", "2026-03-08T08:30Z", "2026-03-09T06:30Z", "2026-03-09T07:30Z"},
		},
		{
			name: "02:30 that comes twice", from: "2026-10-25T02:30:00+02:00", rule: "FREQ=WEEKLY;COUNT=2", zone: "Europe/Paris", duration: time.Hour,
			within: [2]string{"2026-10-01T00:00Z", "2026-12-01T00:00Z"},
			want:   []string{"2026-10-25T00:30Z", "2026-10-25T01:30Z", "2026-11-01T01:30Z", "2026-11-01T02:30Z"},
		},
		{
			name: "the first occurrence does not follow the rule", from: "2026-11-19T10:00:00Z", rule: "FREQ=WEEKLY;BYDAY=SU", zone: "UTC", duration: time.Hour,
			within: [2]string{"2026-11-01T00:00Z", "2026-11-23T00:00Z"},
			want:   []string{"2026-11-19T10:00Z", "2026-11-19T11:00Z", "2026-11-22T10:00Z", "2026-11-22T11:00Z"},
		},
		{
			name: "until an instant in UTC", from: "2026-11-20T09:00:00+09:00", rule: "FREQ=DAILY;UNTIL=20261122T000000Z", zone: "Asia/Tokyo", duration: time.Hour,
			within: [2]string{"2026-11-01T00:00Z", "2026-12-01T00:00Z"},
			want: []string{
				"2026-11-20T00:00Z", "2026-11-20T01:00Z", "2026-11-21T00:00Z", "2026-11-21T01:00Z", "2026-11-22T00:00Z", "2026-11-22T01:00Z",
			},
		},
		{
			name: "a day that never comes", from: "2026-01-01T00:00:00Z", rule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", zone: "UTC", duration: time.Hour,
			within: [2]string{"2026-11-01T00:00Z", "2026-12-01T00:00Z"},
		},
		{
			name: "leap days", from: "2024-02-29T00:00:00Z", rule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", zone: "UTC", duration: time.Hour,
			within: [2]string{"2025-01-01T00:00Z", "2029-01-01T00:00Z"}, want: []string{"2028-02-29T00:00Z", "2028-02-29T01:00Z"},
		},
	}
	instant := func(t *testing.T, text string) time.Time {
		t.Helper()
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
			if at, err := time.Parse(layout, text); err == nil {
				return at
			}
		}
		t.Fatalf("%q is not an instant", text)
		return time.Time{}
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			e := slo.Exclusion{From: instant(t, test.from)}
			if test.rule == "" {
				e.To = instant(t, test.to)
			} else {
				rule, err := slo.ParseRule(test.rule)
				if err != nil {
					t.Fatal(err)
				}
				zone, err := slo.LoadTimeZone(test.zone)
				if err != nil {
					t.Fatal(err)
				}
				e.Repeat = &slo.Repeat{Rule: rule, Duration: test.duration, Zone: zone}
			}
			var got []string
			for _, s := range e.Spans(slo.Span{Start: slo.MinuteAt(instant(t, test.within[0])), End: slo.MinuteAt(instant(t, test.within[1]))}) {
				got = append(got, s.Start.Time().Format("2006-01-02T15:04Z"), s.End.Time().Format("2006-01-02T15:04Z"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestExclusionSpansOfOldRules asks rules that began years ago for one week at
// a time, and for all weeks at once.
func TestExclusionSpansOfOldRules(t *testing.T) {
	t.Parallel()
	zone, err := slo.LoadTimeZone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"FREQ=HOURLY;INTERVAL=7", "FREQ=HOURLY;BYDAY=SU;BYHOUR=1,2,3", "FREQ=DAILY;INTERVAL=3", "FREQ=DAILY;BYMONTH=3,10;BYHOUR=2,23",
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=DAILY;INTERVAL=2;COUNT=3000",
		"FREQ=DAILY;BYDAY=MO,TU;UNTIL=20260401T000000Z",
	} {
		rule, err := slo.ParseRule(text)
		if err != nil {
			t.Fatal(err)
		}
		e := slo.Exclusion{
			From:   time.Date(2010, 3, 3, 2, 30, 0, 0, zone),
			Repeat: &slo.Repeat{Rule: rule, Duration: 30 * time.Minute, Zone: zone},
		}
		begin, end := slo.MinuteAt(e.From)-1, slo.MinuteAt(time.Date(2026, 12, 1, 0, 0, 0, 0, zone))
		all := slices.Compact(e.Spans(slo.Span{Start: begin, End: end})) // twice where clocks are put forward
		var parts []slo.Span
		const week = 7 * 24 * 60
		for at := begin; at < end; at += week {
			parts = append(parts, e.Spans(slo.Span{Start: at, End: min(at+week, end)})...)
		}
		if diff := cmp.Diff(all, slices.Compact(parts)); diff != "" || len(all) < 100 {
			t.Errorf("%s: %d spans at once, in weeks (-at once +in weeks):\n%s", text, len(all), diff)
		}
	}
}
