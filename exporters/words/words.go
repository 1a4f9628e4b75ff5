// Package words writes counts, durations and windows for people, in English and Japanese.
package words

import (
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// unit is a part of a duration.
type unit struct {
	length time.Duration
	en, ja string
	spelt  string // in specs
}

// units of durations, the largest first.
func units() []unit {
	return []unit{{24 * time.Hour, " d", "日", "d"}, {time.Hour, " h", "時間", "h"}, {time.Minute, " min", "分", "m"}}
}

func (u unit) amount(locale slo.Locale, n int64) string {
	if locale == slo.Japanese {
		return Count(n) + u.ja
	}
	return Count(n) + u.en
}

// Duration writes the two largest units of a duration of 0 or more, in whole minutes:
// 51 h 20 min is "2 d 3 h".
func Duration(locale slo.Locale, d time.Duration) string {
	rest, parts := d, []string{}
	for _, u := range units() {
		if n := int64(rest / u.length); n > 0 && len(parts) < 2 {
			parts = append(parts, u.amount(locale, n))
			rest %= u.length
		} else if len(parts) > 0 {
			break
		}
	}
	switch {
	case len(parts) == 0:
		return units()[2].amount(locale, 0)
	case locale == slo.Japanese:
		return strings.Join(parts, "")
	}
	return strings.Join(parts, " ")
}

// Window writes a window that is spelt as in specs: 28d as "28 d", month as "a calendar
// month". What is no window stays as it is.
func Window(locale slo.Locale, text string) string {
	for _, u := range units() {
		if number, is := strings.CutSuffix(text, u.spelt); is {
			if n, err := strconv.ParseInt(number, 10, 64); err == nil && n > 0 {
				return u.amount(locale, n)
			}
		}
	}
	periods := map[string]string{"day": "1日（暦日）", "week": "1週（暦週）", "month": "1か月（暦月）", "quarter": "1四半期", "year": "1年（暦年）"}
	period, is := periods[text]
	switch {
	case !is:
		return text
	case locale == slo.Japanese:
		return period
	}
	return "a calendar " + text
}

// Count groups digits: 1,234,567.
func Count(n int64) string {
	digits, sign := strconv.FormatInt(n, 10), ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}
