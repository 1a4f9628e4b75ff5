package nrql

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// The forms of a date-time are those of New Relic's page on time ranges: date,
// time, zone, AM or PM. Colons may be left out only behind T ("bare").
var dateTime = regexp.MustCompile(`^(?:(?P<year>\d{4})-?(?P<month>\d\d)(?:-?(?P<day>\d\d))?)?` +
	`(?:(?:T|^| )(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d(?:\.\d{1,9})?))?|` +
	`(?P<bare>T(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d(?:\.\d{1,9})?)?))?` +
	` ?(?P<zone>Z|[+-]\d\d:?\d\d|\[[A-Za-z0-9_+/-]+\]|[A-Za-z]+/[A-Za-z0-9_+/-]+|[A-Z]{3,5})?(?: ?(?P<half>AM|PM|am|pm))?$`)

// dateParts are the parts of a date-time by their names in [dateTime]; those
// that were not written are "".
type dateParts map[string]string

func splitDateTime(text string) (dateParts, bool) {
	match := dateTime.FindStringSubmatch(text)
	parts := dateParts{}
	for i, name := range dateTime.SubexpNames() {
		if i < len(match) && match[i] != "" {
			parts[name] = match[i]
		}
	}
	return parts, parts["year"] != "" || parts["hour"] != ""
}

func (d dateParts) number(name string) int {
	digits, _, _ := strings.Cut(d[name], ".")
	n, _ := strconv.Atoi(digits) // digits, or nothing
	return n
}

// dateTimeProblem says what is wrong with a date-time in quotes, "" when
// nothing is.
func dateTimeProblem(text string) diag.Phrase {
	d, ok := splitDateTime(text)
	if !ok {
		return diag.Say("'%s' is no date or time", short(text))
	}
	year, month, day := d.number("year"), d.number("month"), d.number("day")
	switch {
	case d["year"] == "":
	case month < 1 || month > 12:
		return diag.Say("there is no month %d", month)
	case d["day"] != "" && time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() != day:
		return diag.Say("%s %d has no day %d", time.Month(month), year, day)
	}
	return d.timeProblem()
}

// timeProblem does the same for the time of the day.
func (d dateParts) timeProblem() diag.Phrase {
	first, last := 0, 23
	if d["half"] != "" {
		first, last = 1, 12
	}
	hour := d.number("hour")
	switch {
	case d["half"] != "" && (d["bare"] != "" || strings.HasPrefix(d["zone"], "[")):
		return diag.Say("AM and PM need colons in the time, and no zone in brackets")
	case d["hour"] != "" && (hour < first || hour > last), d.number("minute") > 59, d.number("second") > 59:
		return diag.Say("there is no such time of the day")
	}
	return diag.Phrase{}
}

// millis returns a date-time in milliseconds since 1970 when it is known
// without a clock and without the rules of a zone: it has a date, and an
// offset or the default zone, which is UTC.
func (d dateParts) millis(utc bool) (int64, bool) {
	if d["year"] == "" || d["zone"] == "" && !utc {
		return 0, false
	}
	offset := time.Time{}
	switch zone := strings.ReplaceAll(d["zone"], ":", ""); zone {
	case "", "Z":
	default:
		var err error
		if offset, err = time.Parse("-0700", zone); err != nil {
			return 0, false
		}
	}
	_, seconds := offset.Zone()
	second, _ := strconv.ParseFloat(d["second"], 64) // digits, or nothing
	at := time.Date(d.number("year"), time.Month(d.number("month")), max(d.number("day"), 1), d.hour(), d.number("minute"), 0, 0, time.UTC)
	return at.UnixMilli() + int64(second*1000) - int64(seconds)*1000, true
}

// DateTimeParts is a [DateTime] taken apart, for whoever has a clock and the
// rules of zones.
type DateTimeParts struct {
	HasDate          bool
	Year, Month, Day int // Day is 1 when it was not written
	HasTime          bool
	Hour, Minute     int // Hour is of 24, also with AM and PM
	Nanoseconds      int // of the minute
	Zone             string
}

// Parts takes a date-time apart. What the parser let through has parts.
func (d *DateTime) Parts() DateTimeParts {
	parts, _ := splitDateTime(d.Text.Value)
	seconds, _ := strconv.ParseFloat(parts["second"], 64) // digits, or nothing
	return DateTimeParts{
		HasDate: parts["year"] != "", Year: parts.number("year"), Month: parts.number("month"), Day: max(parts.number("day"), 1),
		HasTime: parts["hour"] != "", Hour: parts.hour(), Minute: parts.number("minute"), Nanoseconds: int(math.Round(seconds * 1e9)),
		Zone: strings.Trim(parts["zone"], "[]"),
	}
}

// hour is of 24, also with AM and PM.
func (d dateParts) hour() int {
	hour := d.number("hour")
	switch half := strings.ToUpper(d["half"]); {
	case half == "PM" && hour < 12:
		return hour + 12
	case half == "AM" && hour == 12:
		return 0
	default:
		return hour
	}
}
