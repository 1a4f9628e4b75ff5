package slo

import "time"

// Minute is a minute of UTC, counted from the beginning of 1970. All
// measuring happens in whole minutes.
type Minute int64

// MinuteAt returns the minute that t lies in.
func MinuteAt(t time.Time) Minute {
	seconds := t.Unix()
	minute := seconds / 60
	if seconds%60 < 0 {
		minute--
	}
	return Minute(minute)
}

// Floor returns the last multiple of n minutes that is not behind m. n must be
// above 0.
func (m Minute) Floor(n int64) Minute {
	rest := int64(m) % n
	if rest < 0 {
		rest += n
	}
	return m - Minute(rest)
}

// String writes the minute as messages have it: 2026-11-22T08:59Z.
func (m Minute) String() string { return m.Time().Format("2006-01-02T15:04Z") }

// Time returns the first instant of the minute, in UTC.
func (m Minute) Time() time.Time { return time.Unix(int64(m)*60, 0).UTC() }

// Millis returns the first instant of the minute in milliseconds since 1970.
func (m Minute) Millis() int64 { return int64(m) * 60_000 }

// Span is the half-open range of minutes [Start, End).
type Span struct{ Start, End Minute }

// Len returns the number of minutes, 0 for an empty or turned-round span.
func (s Span) Len() int64 { return max(0, int64(s.End-s.Start)) }

// Intersect returns the minutes that both spans hold.
func (s Span) Intersect(t Span) Span { return Span{max(s.Start, t.Start), min(s.End, t.End)} }

// Counts is how many events were valid and how many of them were bad.
type Counts struct{ Total, Bad int64 }

// Add returns the sum of two counts.
func (c Counts) Add(d Counts) Counts { return Counts{c.Total + d.Total, c.Bad + d.Bad} }

// Sub returns what is left of c without d, which is part of it.
func (c Counts) Sub(d Counts) Counts { return Counts{c.Total - d.Total, c.Bad - d.Bad} }

// Consistent reports whether 0 ≤ Bad ≤ Total. Counts that are not were
// measured wrongly and must not be used.
func (c Counts) Consistent() bool { return 0 <= c.Bad && c.Bad <= c.Total }
