package notify

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	spelt "github.com/slojourn/slojourn/exporters/words"
	"github.com/slojourn/slojourn/slo"
)

// words writes numbers and times for people, in a language.
type words struct{ locale slo.Locale }

// duration writes the two largest units of a duration, in whole minutes: 2 d 3 h.
func (w words) duration(d time.Duration) string {
	switch {
	case d >= time.Minute:
		return spelt.Duration(w.locale, d)
	case w.locale == slo.Japanese:
		return "1分未満"
	}
	return "less than a minute"
}

// window writes a window that is spelt as in specs: 5m as 5 min, month as a calendar month.
// What is no window stays as it is.
func (w words) window(text string) string { return spelt.Window(w.locale, text) }

// count groups digits: 1,234,567.
func (words) count(n int64) string { return spelt.Count(n) }

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
