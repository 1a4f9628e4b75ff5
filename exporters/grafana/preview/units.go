package preview

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// units writes values as Grafana does.
type units struct {
	locale slo.Locale     // of how long ago something is
	now    time.Time      // the end of the data
	zone   *time.Location // of dates
}

// text writes a value in a unit. Without decimals there are as many as the value needs for
// three digits. What is no number is written as it is.
func (u units) text(value float64, unit string, decimals *int) string {
	switch {
	case math.IsNaN(value):
		return "NaN"
	case math.IsInf(value, 1):
		return "∞"
	case math.IsInf(value, -1):
		return "-∞"
	}
	if kind, rest, is := strings.Cut(unit, ":"); is {
		switch kind {
		case "suffix":
			return fixed(value, decimals) + " " + rest
		case "prefix":
			return rest + fixed(value, decimals)
		}
	}
	switch unit {
	case "", "none":
		return fixed(value, decimals)
	case "string":
		return strconv.FormatFloat(value, 'f', -1, 64)
	case "percentunit":
		return fixed(100*value, decimals) + "%"
	case "percent":
		return fixed(value, decimals) + "%"
	case "short":
		return short(value, decimals)
	case "locale":
		return grouped(fixed(value, decimals))
	case "ms":
		return seconds(value/1000, decimals)
	case "s":
		return seconds(value, decimals)
	case "m":
		return seconds(value*60, decimals)
	case "dtdurations":
		return duration(value, decimals)
	case "dateTimeAsIso":
		return time.UnixMilli(int64(value)).In(u.zone).Format(time.DateTime)
	case "dateTimeFromNow":
		return u.ago(u.now.Sub(time.UnixMilli(int64(value))))
	}
	return fixed(value, decimals) + " " + unit
}

// fixed writes a number with so many decimals.
func fixed(value float64, decimals *int) string {
	n := 0
	if decimals != nil {
		n = max(*decimals, 0)
	} else {
		n = decimalsOf(value)
	}
	text := strconv.FormatFloat(halfUp(value, n), 'f', n, 64)
	if digits := strings.TrimLeft(text, "-0."); digits == "" {
		text = strings.TrimPrefix(text, "-")
	}
	return text
}

// halfUp rounds to so many decimals, halves up.
func halfUp(value float64, decimals int) float64 {
	factor := math.Pow10(min(decimals, 15))
	if math.Abs(value)*factor > 1e15 {
		return value
	}
	return math.Floor(value*factor+0.5) / factor
}

// decimalsOf is how many decimals show three digits of a value.
func decimalsOf(value float64) int {
	if value == math.Trunc(value) {
		return 0
	}
	return min(max(2-int(math.Floor(math.Log10(math.Abs(value)))), 0), 15)
}

// short writes thousands, millions and so on.
func short(value float64, decimals *int) string {
	names := []string{"", " K", " Mil", " Bil", " Tri", " Quadr", " Quint"}
	n := 0
	for math.Abs(value) >= 1000 && n < len(names)-1 {
		value /= 1000
		n++
	}
	return fixed(value, decimals) + names[n]
}

// grouped puts a comma before every three digits of the whole part.
func grouped(text string) string {
	whole, fraction, has := strings.Cut(text, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if has {
		fraction = "." + fraction
	}
	return sign + whole + fraction
}

// seconds writes a length of time in the largest unit that it fills.
func seconds(value float64, decimals *int) string {
	size := math.Abs(value)
	switch {
	case size == 0:
		return fixed(value, decimals) + " s"
	case size < 1e-6:
		return fixed(value*1e9, decimals) + " ns"
	case size < 1e-3:
		return fixed(value*1e6, decimals) + " µs"
	case size < 1:
		return fixed(value*1e3, decimals) + " ms"
	case size < 60:
		return fixed(value, decimals) + " s"
	}
	for _, u := range []struct {
		below, length float64
		name          string
	}{{3600, 60, " min"}, {86400, 3600, " hour"}, {604800, 86400, " day"}, {31536000, 604800, " week"}, {math.Inf(1), 31557600, " year"}} {
		if size < u.below {
			name := u.name
			if size/u.length > 1 {
				name += "s"
			}
			return fixed(value/u.length, decimals) + name
		}
	}
	return ""
}

// duration writes a length in whole units: the largest, and as many more as there are
// decimals.
func duration(value float64, decimals *int) string {
	if value == 0 {
		return "0 seconds"
	}
	if value < 0 {
		return duration(-value, decimals) + " ago"
	}
	more := 0
	if decimals != nil {
		more = *decimals
	}
	var parts []string
	for _, u := range []struct {
		length float64
		name   string
	}{{31536000, "year"}, {2628000, "month"}, {604800, "week"}, {86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}, {0.001, "millisecond"}} {
		n := math.Floor(value / u.length)
		if n < 1 && len(parts) == 0 {
			continue
		}
		name := u.name
		if n != 1 {
			name += "s"
		}
		parts = append(parts, fmt.Sprintf("%.0f %s", n, name))
		value -= n * u.length
		if more--; more < 0 {
			break
		}
	}
	return strings.Join(parts, ", ")
}

// ago says how long ago something was, or in how long it will be.
func (u units) ago(d time.Duration) string {
	japanese := u.locale == slo.Japanese
	future := d < 0
	if future {
		d = -d
	}
	length := u.roughly(d)
	switch {
	case japanese && future:
		return length + "後"
	case japanese:
		return length + "前"
	case future:
		return "in " + length
	}
	return length + " ago"
}

// roughly is a length in one unit, as people say it.
func (u units) roughly(d time.Duration) string {
	type unit struct {
		most    float64 // from where on the next one is used
		length  float64
		one, en string
		ja      string
	}
	s := d.Seconds()
	if s < 44.5 {
		if u.locale == slo.Japanese {
			return "数秒"
		}
		return "a few seconds"
	}
	for _, x := range []unit{
		{44.5 * 60, 60, "a minute", "minutes", "分"},
		{21.5 * 3600, 3600, "an hour", "hours", "時間"},
		{25.5 * 86400, 86400, "a day", "days", "日"},
		{319.5 * 86400, 2629746, "a month", "months", "ヶ月"},
		{math.Inf(1), 31556952, "a year", "years", "年"},
	} {
		if s >= x.most {
			continue
		}
		n := max(math.Round(s/x.length), 1)
		if u.locale == slo.Japanese {
			return fmt.Sprintf("%.0f%s", n, x.ja)
		}
		if n == 1 {
			return x.one
		}
		return fmt.Sprintf("%.0f %s", n, x.en)
	}
	return ""
}

func (u units) japanese() bool { return u.locale == slo.Japanese }

// day and month label an axis, and date is an instant of a text.
func (u units) day(at time.Time) string {
	if u.locale == slo.Japanese {
		return at.In(u.zone).Format("1/2")
	}
	return at.In(u.zone).Format("2 Jan")
}

func (u units) month(at time.Time) string {
	if u.locale == slo.Japanese {
		return at.In(u.zone).Format("2006年1月")
	}
	return at.In(u.zone).Format("Jan 2006")
}

func (u units) date(at time.Time) string {
	if u.locale == slo.Japanese {
		return at.In(u.zone).Format("2006年1月2日 15:04")
	}
	return at.In(u.zone).Format("2 Jan 2006 15:04")
}
