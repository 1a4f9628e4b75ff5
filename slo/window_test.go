package slo_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/slo"
)

func TestParseWindow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text, want string
		minutes    int64
	}{
		{"28d", "28d", 28 * 1440},
		{"24h", "1d", 1440},
		{"90m", "90m", 90},
		{"120m", "2h", 120},
		{"1m", "1m", 1},
		{"90d", "90d", 90 * 1440},
		{"day", "day", 1440},
		{"week", "week", 7 * 1440},
		{"month", "month", 30 * 1440},
		{"quarter", "quarter", 91 * 1440},
		{"year", "year", 365 * 1440},
	}
	for _, test := range tests {
		w, err := slo.ParseWindow(test.text)
		if err != nil || w.Minutes() != test.minutes || w.String() != test.want {
			t.Errorf("ParseWindow(%q) = %d min, spelt %s, %v; want %d, %s", test.text, w.Minutes(), w, err, test.minutes, test.want)
		}
	}
	for _, text := range []string{"", "0m", "91d", "28", "28 d", "-1d", "1.5h", "1h30m", "30s", "months", "Month", "99999999999d", "4w", "d"} {
		if w, err := slo.ParseWindow(text); err == nil {
			t.Errorf("ParseWindow(%q) = %s, want a problem", text, w)
		}
	}
}

func TestCalendarWindow(t *testing.T) {
	t.Parallel()
	zone, err := slo.LoadTimeZone("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	for _, period := range slo.Periods() {
		w, err := slo.ParseWindow(string(period))
		if err != nil {
			t.Fatal(err)
		}
		tokyo := w.In(zone)
		if !tokyo.IsCalendar() || tokyo.TimeZone() != "Asia/Tokyo" || tokyo == w || tokyo.Minutes() != w.Minutes() {
			t.Errorf("%s in Tokyo: calendar %t, zone %q, %d minutes", period, tokyo.IsCalendar(), tokyo.TimeZone(), tokyo.Minutes())
		}
	}
	if w := slo.Rolling(60); w.IsCalendar() || w.In(zone) != w {
		t.Error("a rolling window of an hour is another one in Tokyo")
	}
}

// TestSameWindow compares windows of which each has loaded its zone.
func TestSameWindow(t *testing.T) {
	t.Parallel()
	in := func(period, name string) slo.Window {
		w, err := slo.ParseWindow(period)
		if err != nil {
			t.Fatal(err)
		}
		if name == "" {
			return w
		}
		zone, err := slo.LoadTimeZone(name)
		if err != nil {
			t.Fatal(err)
		}
		return w.In(zone)
	}
	tests := []struct {
		a, b slo.Window
		want bool
	}{
		{in("week", "Asia/Tokyo"), in("week", "Asia/Tokyo"), true},
		{in("week", "Asia/Tokyo"), in("week", "Asia/Seoul"), false},
		{in("week", "Asia/Tokyo"), in("day", "Asia/Tokyo"), false},
		{in("week", "UTC"), in("week", ""), true},
		{in("week", "Asia/Tokyo"), in("week", ""), false},
		{in("week", "UTC"), slo.Rolling(7 * 1440), false},
		{slo.Rolling(60), slo.Rolling(60), true},
		{slo.Rolling(60), slo.Rolling(61), false},
	}
	for _, test := range tests {
		if test.a.Same(test.b) != test.want || test.b.Same(test.a) != test.want {
			t.Errorf("%s in %q and %s in %q: the same %t, want %t", test.a, test.a.TimeZone(), test.b, test.b.TimeZone(), !test.want, test.want)
		}
	}
}

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"3m": 3 * time.Minute, "6h": 6 * time.Hour, "9000d": 9000 * 24 * time.Hour, "0m": 0} {
		if got, err := slo.ParseDuration(text); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for d, want := range map[time.Duration]string{3 * time.Minute: "3m", 24 * time.Hour: "1d", 90 * time.Minute: "90m", 0: "0m"} {
		if got := slo.FormatDuration(d); got != want {
			t.Errorf("FormatDuration(%v) = %s, want %s", d, got, want)
		}
	}
	if got, err := slo.ParseDuration("36500d"); err != nil || got != slo.MaxDuration*time.Minute {
		t.Errorf("ParseDuration of a hundred years = %v, %v", got, err)
	}
	for text, want := range map[string]string{
		"180s": `"180s" is not a duration`, "-1d": `"-1d" is not a duration`, "": `"" is not a duration`,
		"36501d": "36501d is too long", "52560001m": "52560001m is too long", "876001h": "876001h is too long",
		"106752d": "106752d is too long", "9999999d": "9999999d is too long", "200000d": "200000d is too long",
		"9223372036854775807d": "9223372036854775807d is too long", "99999999999999999999m": "99999999999999999999m is too long",
	} {
		got, err := slo.ParseDuration(text)
		if err == nil || err.Error() != want || got != 0 {
			t.Errorf("ParseDuration(%q) = %v, %v, want the problem %q", text, got, err, want)
		}
	}
	if _, err := slo.ParseWindow("99999999999999999999d"); err == nil || err.Error() != "window 99999999999999999999d is out of range" {
		t.Errorf("ParseWindow of too many digits: %v", err)
	}
}

func FuzzParseWindow(f *testing.F) {
	for _, text := range []string{"28d", "24h", "90m", "month", "quarter", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := slo.ParseWindow(text)
		if err != nil {
			return
		}
		if w.Minutes() < slo.MinWindow || w.Minutes() > slo.MaxWindow && !w.IsCalendar() {
			t.Errorf("ParseWindow(%q) = %d minutes", text, w.Minutes())
		}
		if again, err := slo.ParseWindow(w.String()); err != nil || again != w {
			t.Errorf("ParseWindow(%q) = %v, %v, want %v again", w, again, err, w)
		}
	})
}

func TestMinuteAt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		at   string
		want string
	}{
		{"2026-11-22T09:00:00Z", "2026-11-22T09:00:00Z"},
		{"2026-11-22T09:00:59.999Z", "2026-11-22T09:00:00Z"},
		{"2026-11-22T18:01:30+09:00", "2026-11-22T09:01:00Z"},
		{"1969-12-31T23:59:01Z", "1969-12-31T23:59:00Z"},
	}
	for _, test := range tests {
		at, err := time.Parse(time.RFC3339, test.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := slo.MinuteAt(at).Time().Format(time.RFC3339); got != test.want {
			t.Errorf("MinuteAt(%s) = %s, want %s", test.at, got, test.want)
		}
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	w := slo.Rolling(10).Ending(100)
	if w != (slo.Span{Start: 90, End: 100}) || w.Len() != 10 {
		t.Errorf("Ending(100) = %v", w)
	}
	if got := w.Intersect(slo.Span{Start: 95, End: 200}); got.Len() != 5 {
		t.Errorf("Intersect = %v, want 5 minutes", got)
	}
	if got := w.Intersect(slo.Span{Start: 100, End: 200}); got.Len() != 0 {
		t.Errorf("half-open spans that touch share %d minutes", got.Len())
	}
}

func TestRetention(t *testing.T) {
	t.Parallel()
	r := slo.Retention{Default: 8 * time.Hour, ByType: map[string]time.Duration{"Log": 3 * time.Hour, "Metric": 30 * time.Hour}}
	for _, test := range []struct {
		types []string
		want  time.Duration
	}{
		{[]string{"Transaction"}, 8 * time.Hour},
		{[]string{"Metric"}, 30 * time.Hour},
		{[]string{"Transaction", "Log"}, 3 * time.Hour},
		{nil, 8 * time.Hour},
	} {
		if got := r.Of(test.types); got != test.want {
			t.Errorf("Of(%v) = %v, want %v", test.types, got, test.want)
		}
	}
}

func FuzzParseDuration(f *testing.F) {
	for _, text := range []string{"3m", "24h", "9000d", "0m", "", "1.5h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := slo.ParseDuration(text)
		if err != nil {
			return
		}
		if d < 0 || d%time.Minute != 0 {
			t.Errorf("ParseDuration(%q) = %v", text, d)
		}
		if again, err := slo.ParseDuration(slo.FormatDuration(d)); err != nil || again != d {
			t.Errorf("ParseDuration(%q) = %v, spelt %s, %v", text, d, slo.FormatDuration(d), err)
		}
	})
}

func TestWindowHints(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"months": "did you mean month?", "Month": "did you mean month?", "weekly": "did you mean week?", "daily": "did you mean day?",
		"quarterly": "did you mean quarter?", "28 days": "write 28d", "5min": "write 5m", "2 weeks": "write 14d; the units are m, h and d",
		"120s": "write 2m; the units are m, h and d", "90 seconds": "write a whole number of m, h or d, such as 28d; or day, week, month, quarter or year of the calendar",
		"28": "add a unit: 28m, 28h or 28d",
	} {
		_, err := slo.ParseWindow(text)
		if problem, ok := err.(*slo.Problem); !ok || problem.Hint.String() != want { //nolint:errorlint // it is returned unwrapped
			t.Errorf("%q: got %#v, want the hint %q", text, err, want)
		}
	}
}

// TestSpellings tells windows apart by their zone where their text is the same, and spells
// those that are the same alike.
func TestSpellings(t *testing.T) {
	t.Parallel()
	zoned := func(text, zone string) slo.Window {
		w, err := slo.ParseWindow(text)
		if err != nil {
			t.Fatal(err)
		}
		if zone == "" {
			return w
		}
		location, err := slo.LoadTimeZone(zone)
		if err != nil {
			t.Fatal(err)
		}
		return w.In(location)
	}
	for _, test := range []struct {
		windows []slo.Window
		want    []string
	}{
		{nil, []string{}},
		{[]slo.Window{zoned("28d", ""), zoned("28d", "Asia/Tokyo"), zoned("month", "Asia/Tokyo")}, []string{"28d", "28d", "month"}},
		{[]slo.Window{zoned("month", "Asia/Tokyo"), zoned("month", ""), zoned("month", "Asia/Tokyo"), zoned("month", "UTC")}, []string{"month", "month UTC", "month", "month UTC"}},
		{[]slo.Window{zoned("day", ""), zoned("1d", ""), zoned("day", "Europe/Paris"), zoned("day", "Asia/Tokyo")}, []string{"day", "1d", "day Europe/Paris", "day Asia/Tokyo"}},
	} {
		if diff := cmp.Diff(test.want, slo.Spellings(test.windows)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.windows, diff)
		}
	}
}
