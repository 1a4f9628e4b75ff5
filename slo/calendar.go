package slo

import "time"

// date is a day of the calendar, whatever the clock says.
type date struct {
	year  int
	month time.Month
	day   int
}

// dateOf returns the date that clocks in a zone show at an instant.
func dateOf(t time.Time, zone *time.Location) date {
	year, month, day := t.In(zone).Date()
	return date{year, month, day}
}

// midnight is the beginning of the date in UTC. Months and days beyond the
// last one lead into the next year or month.
func (d date) midnight() time.Time {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC)
}

// maxOffset is more than clocks anywhere were ever ahead of UTC or behind it.
const maxOffset = 24 * time.Hour

// begin returns the first minute in which clocks in a zone show the date or a
// later one.
//
// Clocks may jump over midnight, as in Cairo in spring, where a day begins at
// 01:00; they may be turned back over it, as in St. John's until 2011, where
// it begins when the date is shown for the first time; and they may leave a
// day out, as in Samoa, where 30 December 2011 began and ended with the 31st.
// A zone may be no whole minutes from UTC, as Monrovia was until 1972; then
// the day begins with the next whole minute.
func (d date) begin(zone *time.Location) Minute {
	at, _ := firstShown(d.midnight(), zone)
	return MinuteAt(at.Add(time.Minute - time.Second))
}

// firstShown returns when clocks in a zone show a time, given in UTC, or a
// later one for the first time. Where they jump over it, late is how much later
// it would have been shown without the jump.
func firstShown(shown time.Time, zone *time.Location) (at time.Time, late time.Duration) {
	since := shown.Add(-maxOffset).In(zone)
	for {
		_, offset := since.Zone()
		_, until := since.ZoneBounds()
		if !until.IsZero() && !until.After(since) {
			// On the last day of leap years from 2040 on, Go ends a zone's year a
			// day early. No clock is changed around that day.
			until = since.Add(24 * time.Hour)
		}
		at := shown.Add(-time.Duration(offset) * time.Second)
		switch {
		case at.Before(since):
			return since, late
		case until.IsZero() || at.Before(until):
			return at, 0
		}
		since, late = until, at.Sub(until)
	}
}

// first returns the first day of the period that a day lies in.
func (p Period) first(d date) date {
	switch p {
	case CalendarWeek:
		sinceMonday := (int(d.midnight().Weekday()) + 6) % 7
		return dateOf(d.midnight().AddDate(0, 0, -sinceMonday), time.UTC)
	case CalendarMonth:
		return date{d.year, d.month, 1}
	case CalendarQuarter:
		return date{d.year, d.month - (d.month-1)%3, 1}
	case CalendarYear:
		return date{d.year, time.January, 1}
	default:
		return d
	}
}

// next returns the first day of the period behind the one that begins with d.
func (p Period) next(d date) date {
	switch p {
	case CalendarWeek:
		d.day += 7
	case CalendarMonth:
		d.month++
	case CalendarQuarter:
		d.month += 3
	case CalendarYear:
		d.year++
	default:
		d.day++
	}
	return dateOf(d.midnight(), time.UTC)
}

// holding returns the period that a minute lies in. Periods follow one another
// without gaps, each minute lies in one.
func (p Period) holding(m Minute, zone *time.Location) Span {
	first := p.first(dateOf(m.Time(), zone))
	span := Span{first.begin(zone), p.next(first).begin(zone)}
	for span.End <= m { // clocks were turned back to the day before
		first = p.next(first)
		span = Span{span.End, p.next(first).begin(zone)}
	}
	return span
}
