package preview

import (
	"math"
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// TestUnits has what Grafana writes of the same values.
func TestUnits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		value    float64
		unit     string
		decimals *int
		want     string
	}{
		{0.31416, "percentunit", nil, "31.4%"},
		{0.31416, "percentunit", to(2), "31.42%"},
		{1, "percentunit", to(1), "100.0%"},
		{-0.2, "percentunit", nil, "-20%"},
		{0.0003, "percentunit", nil, "0.0300%"},
		{12.5, "percent", nil, "12.5%"},
		{1234.5678, "none", nil, "1235"},
		{12.3456, "", nil, "12.3"},
		{0.5, "none", nil, "0.500"},
		{0, "none", to(2), "0.00"},
		{-0.001, "none", to(1), "0.0"},
		{2.5, "none", to(0), "3"},
		{12034, "short", nil, "12.0 K"},
		{999, "short", nil, "999"},
		{2_500_000, "short", nil, "2.50 Mil"},
		{1234567.5, "locale", to(1), "1,234,567.5"},
		{-1234, "locale", nil, "-1,234"},
		{3.21, "suffix:×", to(1), "3.2 ×"},
		{3.21, "prefix:¥", to(0), "¥3"},
		{13.44, "queries", nil, "13.4 queries"},
		{0.25, "string", nil, "0.25"},
		{0, "s", nil, "0 s"},
		{0.25, "s", nil, "250 ms"},
		{45, "s", nil, "45 s"},
		{60, "s", nil, "1 min"},
		{90, "s", nil, "1.50 mins"},
		{7200, "s", nil, "2 hours"},
		{86400 * 3, "s", to(1), "3.0 days"},
		{1500, "ms", nil, "1.50 s"},
		{2, "m", nil, "2 mins"},
		{86400*1.5 + 61, "dtdurations", nil, "1 day"},
		{86400*1.5 + 61, "dtdurations", to(1), "1 day, 12 hours"},
		{86400*1.5 + 61, "dtdurations", to(3), "1 day, 12 hours, 1 minute, 1 second"},
		{-7200, "dtdurations", to(0), "2 hours ago"},
		{0, "dtdurations", nil, "0 seconds"},
		{float64(end.UnixMilli()), "dateTimeAsIso", nil, "2026-11-29 09:00:00"},
		{math.NaN(), "percentunit", nil, "NaN"},
		{math.Inf(1), "percentunit", nil, "∞"},
		{math.Inf(-1), "none", nil, "-∞"},
	} {
		u := units{slo.English, end, time.UTC}
		if got := u.text(test.value, test.unit, test.decimals); got != test.want {
			t.Errorf("%v in %q is %q, want %q", test.value, test.unit, got, test.want)
		}
	}
}

func TestFromNow(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		ago    time.Duration
		en, ja string
	}{
		{3 * time.Second, "a few seconds ago", "数秒前"},
		{time.Minute, "a minute ago", "1分前"},
		{5 * time.Minute, "5 minutes ago", "5分前"},
		{80 * time.Minute, "an hour ago", "1時間前"},
		{-3 * time.Hour, "in 3 hours", "3時間後"},
		{26 * time.Hour, "a day ago", "1日前"},
		{20 * 24 * time.Hour, "20 days ago", "20日前"},
		{60 * 24 * time.Hour, "2 months ago", "2ヶ月前"},
		{800 * 24 * time.Hour, "2 years ago", "2年前"},
	} {
		at := float64(end.Add(-test.ago).UnixMilli())
		for locale, want := range map[slo.Locale]string{slo.English: test.en, slo.Japanese: test.ja} {
			u := units{locale, end, time.UTC}
			if got := u.text(at, "dateTimeFromNow", nil); got != want {
				t.Errorf("%v ago in %s is %q, want %q", test.ago, locale, got, want)
			}
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	tokyo, err := slo.LoadTimeZone("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		text string
		end  bool
		want string
	}{
		{"now", true, "2026-11-29T18:00:00+09:00"},
		{"now-28d", false, "2026-11-01T18:00:00+09:00"},
		{"now-90m", false, "2026-11-29T16:30:00+09:00"},
		{"now/d", false, "2026-11-29T00:00:00+09:00"},
		{"now/d", true, "2026-11-30T00:00:00+09:00"},
		{"now-1M/M", false, "2026-10-01T00:00:00+09:00"},
		{"now-1M/M", true, "2026-11-01T00:00:00+09:00"},
		{"now/w", false, "2026-11-23T00:00:00+09:00"},
		{"now-1y/y", false, "2025-01-01T00:00:00+09:00"},
		{"2026-11-29", false, ""},
		{"now-1q", false, ""},
	} {
		got, err := instant(test.text, end.In(tokyo), test.end)
		if test.want == "" {
			if err == nil {
				t.Errorf("%s is %v, which has to be refused", test.text, got)
			}
			continue
		}
		if text := got.Format(time.RFC3339); err != nil || text != test.want {
			t.Errorf("%s is %s (%v), want %s", test.text, text, err, test.want)
		}
	}
}
