package simulator

import (
	"fmt"
	"strconv"
	"time"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

// timeFunction compiles hourOf(timestamp[, string|numeric]) and its like: a part
// of a time in milliseconds, in the zone of the query.
func (c *compiler) timeFunction(x *nrql.Call) valueFunc {
	form := "string"
	if len(x.Args) > 1 {
		switch arg := x.Args[1].(type) {
		case *nrql.Name:
			form = arg.Value
		case *nrql.String:
			form = arg.Value
		default:
			form = ""
		}
	}
	hasNumber := x.Name != "weekOf" && x.Name != "dateOf"
	if form != "string" && (form != "numeric" || !hasNumber) {
		return c.refuse("%s() with the form %s", x.Name, nrql.Print(x.Args[1]))
	}
	operand, zone := c.value(x.Args[0]), c.scope.dates.zone
	return func(row int) Value {
		t, isTime := c.timeOf(operand(row), zone)
		if !isTime {
			return Value{}
		}
		number, spelled := partOf(x.Name, t)
		if form == "numeric" {
			return Number(float64(number))
		}
		return String(spelled)
	}
}

// The years that are written with four digits, in which every format is known,
// in milliseconds since 1970.
const (
	leastMillis = -62_135_596_800_000 // the year 1
	mostMillis  = 253_402_300_799_999 // the end of the year 9999
)

// timeOf reads milliseconds since 1970; false says that it is no number.
func (c *compiler) timeOf(v Value, zone *time.Location) (time.Time, bool) {
	if v.kind != number {
		return time.Time{}, false
	}
	if v.number < leastMillis || v.number > mostMillis {
		c.refuse("a time beyond the years 1 to 9999")
		return time.Time{}, false
	}
	return time.UnixMilli(int64(v.number)).In(zone), true
}

// partOf returns a part of a time, as a number where it has one, and spelled.
func partOf(function string, t time.Time) (int, string) {
	plain := func(n int) (int, string) { return n, strconv.Itoa(n) }
	switch function {
	case "minuteOf":
		return plain(t.Minute())
	case "hourOf":
		return t.Hour(), fmt.Sprintf("%d:00", t.Hour())
	case "dayOfMonthOf":
		return plain(t.Day())
	case "daysInMonthOf":
		return plain(time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day())
	case "weekdayOf":
		return int(t.Weekday()), t.Weekday().String()
	case "dateOf":
		return 0, t.Format("January 2, 2006")
	case "weekOf":
		monday := t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
		return 0, "Week of " + monday.Format("January 2")
	case "monthOf":
		return int(t.Month()), t.Format("January 2006")
	case "quarterOf":
		quarter := (int(t.Month()) + 2) / 3
		return quarter, fmt.Sprintf("Q%d %d", quarter, t.Year())
	default:
		return plain(t.Year())
	}
}
