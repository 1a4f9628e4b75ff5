package notify

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// words writes numbers and times for people, in a language.
type words struct{ locale slo.Locale }

// unit is a part of a duration.
type unit struct {
	minutes    int64
	en, ja     string
	windowUnit string // as specs spell it
}

// units of durations, the largest first.
func durationUnits() []unit {
	return []unit{{24 * 60, " d", "日", "d"}, {60, " h", "時間", "h"}, {1, " min", "分", "m"}}
}

// duration writes the two largest units of a duration, in whole minutes: 2 d 3 h.
func (w words) duration(d time.Duration) string {
	rest := int64(d / time.Minute)
	var parts []string
	for _, u := range durationUnits() {
		if n := rest / u.minutes; n > 0 && len(parts) < 2 {
			parts = append(parts, w.amount(n, u))
			rest %= u.minutes
		} else if len(parts) > 0 {
			break
		}
	}
	switch {
	case len(parts) == 0 && w.locale == slo.Japanese:
		return "1分未満"
	case len(parts) == 0:
		return "less than a minute"
	case w.locale == slo.Japanese:
		return strings.Join(parts, "")
	}
	return strings.Join(parts, " ")
}

func (w words) amount(n int64, u unit) string {
	if w.locale == slo.Japanese {
		return w.count(n) + u.ja
	}
	return w.count(n) + u.en
}

// window writes a window that is spelt as in specs: 5m as 5 min, month as it is in
// English. What is no window stays as it is.
func (w words) window(text string) string {
	for _, u := range durationUnits() {
		if number, is := strings.CutSuffix(text, u.windowUnit); is {
			if n, err := strconv.ParseInt(number, 10, 64); err == nil && n > 0 {
				return w.amount(n, u)
			}
		}
	}
	periods := map[string]string{"day": "1日（暦日）", "week": "1週（暦週）", "month": "1か月（暦月）", "quarter": "1四半期", "year": "1年（暦年）"}
	if period, is := periods[text]; is && w.locale == slo.Japanese {
		return period
	}
	if _, is := periods[text]; is {
		return "a calendar " + text
	}
	return text
}

// count groups digits: 1,234,567.
func (w words) count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// number writes a ratio with four digits, or three decimals: a burn rate of 13.44.
// It is "" for one that is undefined.
func (w words) number(r burnrate.Ratio) string {
	value, defined := r.Value()
	if !defined {
		return ""
	}
	decimals := 3
	for limit := 10.0; math.Abs(value) >= limit && decimals > 0; limit *= 10 {
		decimals--
	}
	return w.decimal(value, decimals)
}

// decimal rounds to at most so many decimals; what would be 0 and is not keeps one
// digit.
func (w words) decimal(value float64, decimals int) string {
	text := strconv.FormatFloat(value, 'f', decimals, 64)
	if zero, err := strconv.ParseFloat(text, 64); err == nil && zero == 0 && value != 0 {
		least := math.Pow(10, -float64(decimals))
		return "<" + strconv.FormatFloat(math.Copysign(least, 1), 'f', decimals, 64)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		fraction = "." + fraction
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return strconv.FormatFloat(value, 'g', 3, 64) // more digits than there are counts
	}
	grouped := w.count(n)
	if n == 0 && strings.HasPrefix(whole, "-") {
		grouped = "-0"
	}
	return grouped + fraction
}

// percent writes a share with at most one decimal, rounded down where it would be
// all and is not: 0.9999 is 99.9%.
func (w words) percent(share float64) string {
	value := share * 100
	if value < 100 && value > 99.9 {
		value = 99.9
	}
	if value > 0 && value < 1 {
		return w.decimal(value, 2) + "%"
	}
	return w.decimal(value, 1) + "%"
}

// share writes a ratio as a percentage, "" for one that is undefined.
func (w words) share(r burnrate.Ratio) string {
	value, defined := r.Value()
	if !defined {
		return ""
	}
	return w.percent(value)
}

// time writes an instant with its zone, "" for none: 2026-11-22 09:00 UTC.
func (w words) time(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02 15:04 UTC")
}
