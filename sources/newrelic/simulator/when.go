package simulator

import (
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones mean the same on every machine, also where it has none

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// span is a range of time in milliseconds since 1970: the begin belongs to it,
// the end does not.
type span struct{ begin, end int64 }

// earlier returns the same length of time, so many milliseconds before.
func (s span) earlier(millis int64) span { return span{s.begin - millis, s.end - millis} }

// calendar turns the times of a query into instants.
type calendar struct {
	now  time.Time // in the zone of the query
	zone *time.Location
}

// calendarOf returns the calendar of the zone in WITH TIMEZONE, or of UTC.
func calendarOf(zone *nrql.String, nowMillis int64) (calendar, *queryError) {
	c := calendar{zone: time.UTC}
	if zone != nil {
		var err *queryError
		if c.zone, err = loadZone(zone.Value); err != nil {
			return c, err
		}
	}
	c.now = time.UnixMilli(nowMillis).In(c.zone)
	return c, nil
}

// loadZone returns a zone of the IANA database. What New Relic says of an
// unknown one is not known.
func loadZone(name string) (*time.Location, *queryError) {
	if name != "" && name != "Local" { // Local is another zone on every machine
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, refusal("the time zone '" + name + "'")
}

// start is what a time is asked for: SINCE, which never lies ahead when only a
// time of the day was written, or UNTIL.
type start bool

// instant returns a time in milliseconds, and how an answer spells it.
func (c calendar) instant(t nrql.Time, since start) (int64, string, *queryError) {
	switch t := t.(type) {
	case *nrql.Epoch:
		return t.Millis, strconv.FormatInt(t.Millis, 10), nil
	case *nrql.Ago:
		return c.now.UnixMilli() - t.Duration.Millis(), ago(&t.Duration), nil
	case *nrql.Moment:
		at, err := c.moment(t, since)
		spelled := strings.ToUpper(t.Name)
		if t.At != nil {
			spelled += " AT '" + t.At.Value + "'"
		}
		return at.UnixMilli(), spelled, err
	case *nrql.DateTime:
		at, err := c.dateTime(t, since)
		return at.UnixMilli(), t.Text.Value, err
	}
	return 0, "", refusal("this form of time")
}

// ago spells a length of time as answers do: 60 MINUTES AGO.
func ago(d *nrql.Duration) string { return strings.ToUpper(d.String()) + " AGO" }

// moment finds a named instant: the beginning of a day or of another unit of
// the calendar, or a time of such a day.
func (c calendar) moment(m *nrql.Moment, since start) (time.Time, *queryError) {
	if m.Name == "now" {
		return c.now, nil
	}
	if which, unit, isUnit := strings.Cut(m.Name, " "); isUnit {
		if m.At != nil {
			return c.now, refusal(m.Name + " AT")
		}
		begin := c.unit(unit, 0)
		if which == "last" {
			begin = c.unit(unit, -1)
		}
		return begin, nil
	}
	days := 0
	switch m.Name {
	case "today":
	case "yesterday":
		days = 1
	default: // a weekday, the last one there was
		for strings.ToLower(c.now.AddDate(0, 0, -days).Weekday().String()) != m.Name {
			days++
		}
	}
	day := c.now.AddDate(0, 0, -days)
	if m.At == nil {
		return c.midnight(day.Year(), day.Month(), day.Day()), nil
	}
	at, err := c.at(day, m.At.Value)
	if bool(since) && at.After(c.now) {
		if m.Name != "today" { // New Relic says of today only that it becomes yesterday
			return at, refusal("a time of today's " + m.Name + " that is still to come")
		}
		day = day.AddDate(0, 0, -1)
		at, err = c.at(day, m.At.Value)
	}
	return at, err
}

// unit returns the beginning of a unit of the calendar: the one that now is in,
// or so many before or after it. Weeks begin on Monday.
func (c calendar) unit(name string, offset int) time.Time {
	year, month, day := c.now.Date()
	switch name {
	case "hour": // of the clock on the wall, which may be half an hour off UTC's
		past := time.Duration(c.now.Minute())*time.Minute + time.Duration(c.now.Second())*time.Second + time.Duration(c.now.Nanosecond())
		return c.now.Add(time.Duration(offset)*time.Hour - past)
	case "day":
		return c.midnight(year, month, day+offset)
	case "week":
		sinceMonday := (int(c.now.Weekday()) + 6) % 7
		return c.midnight(year, month, day-sinceMonday+7*offset)
	case "month":
		return c.midnight(year, month+time.Month(offset), 1)
	case "quarter":
		first := month - (month-1)%3
		return c.midnight(year, first+time.Month(3*offset), 1)
	default:
		return c.midnight(year+offset, time.January, 1)
	}
}

// midnight is the first instant of a day, which is one o'clock where summer
// time begins at midnight.
func (c calendar) midnight(year int, month time.Month, day int) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, c.zone)
	if t.Hour() == 23 {
		t = t.Add(time.Hour)
	}
	return t
}

// at returns a time of the day such as 09:30 or 09:30:15.
func (c calendar) at(day time.Time, clock string) (time.Time, *queryError) {
	var parts [3]int
	for i, part := range strings.Split(clock, ":") {
		parts[i], _ = strconv.Atoi(part) // the parser let digits through only
	}
	return c.wall(day.Year(), day.Month(), day.Day(), parts[0], parts[1], parts[2], 0)
}

// wall returns the instant of a time on a clock of the zone. One that summer
// time skips, or that comes twice, is refused: which instant New Relic takes is
// not documented.
func (c calendar) wall(year int, month time.Month, day, hour, minute, second, nanoseconds int) (time.Time, *queryError) {
	t := time.Date(year, month, day, hour, minute, second, nanoseconds, c.zone)
	if t.Hour() != hour || t.Minute() != minute {
		return t, refusal("a time of day that the clock skips as summer time begins")
	}
	_, offset := t.Zone()
	for _, near := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, other := t.Add(near).Zone()
		twin := t.Add(time.Duration(offset-other) * time.Second)
		if _, of := twin.Zone(); other != offset && of == other {
			return t, refusal("a time of day that comes twice as summer time ends")
		}
	}
	return t, nil
}

// dateTime finds the instant of a date, a time of the day, or both. A zone that
// stands in it wins over that of the query. A time without a date is of today,
// in SINCE of the last day on which it has passed.
func (c calendar) dateTime(d *nrql.DateTime, since start) (time.Time, *queryError) {
	parts := d.Parts()
	if parts.Zone != "" {
		zone, err := zoneOf(parts.Zone)
		if err != nil {
			return c.now, err
		}
		c = calendar{c.now.In(zone), zone}
	}
	if parts.HasDate && !parts.HasTime {
		return c.midnight(parts.Year, time.Month(parts.Month), parts.Day), nil
	}
	year, month, day := c.now.Date()
	if parts.HasDate {
		year, month, day = parts.Year, time.Month(parts.Month), parts.Day
	}
	at, err := c.wall(year, month, day, parts.Hour, parts.Minute, 0, parts.Nanoseconds)
	if !parts.HasDate && bool(since) && at.After(c.now) {
		before := time.Date(year, month, day-1, 12, 0, 0, 0, time.UTC)
		at, err = c.wall(before.Year(), before.Month(), before.Day(), parts.Hour, parts.Minute, 0, parts.Nanoseconds)
	}
	return at, err
}

// zoneOf reads the zone of a date-time: an offset, Z, or a name. Of the
// abbreviations New Relic shows one.
func zoneOf(text string) (*time.Location, *queryError) {
	switch text {
	case "Z", "UTC", "GMT":
		return time.UTC, nil
	case "CST":
		return time.FixedZone(text, -6*3600), nil
	}
	if offset, err := time.Parse("-0700", strings.ReplaceAll(text, ":", "")); err == nil {
		_, seconds := offset.Zone()
		return time.FixedZone(text, seconds), nil
	}
	if strings.Contains(text, "/") {
		return loadZone(text)
	}
	return nil, refusal("the time zone '" + text + "'")
}
