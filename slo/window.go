package slo

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Bounds of rolling windows, in minutes.
const (
	MinWindow = 1
	MaxWindow = 90 * 24 * 60
)

// Window is the time over which an objective is judged: the given number of
// minutes up to now. The zero Window is not valid; make one with
// [ParseWindow] or [Rolling].
type Window struct{ minutes int64 }

// Rolling returns a rolling window of whole minutes.
func Rolling(minutes int64) Window { return Window{minutes} }

// ParseWindow reads a rolling window such as "28d", "12h" or "90m". The error
// is a [*Problem].
func ParseWindow(text string) (Window, error) {
	switch text {
	case "day", "week", "month", "quarter", "year":
		return Window{}, &Problem{
			fmt.Sprintf("calendar windows such as %s are not supported by this version", text),
			"use a rolling window such as 28d",
		}
	}
	minutes, ok := parseMinutes(text)
	if !ok {
		return Window{}, &Problem{fmt.Sprintf("window %q is not a duration", text), "write a whole number of m, h or d, such as 28d"}
	}
	if minutes < MinWindow || minutes > MaxWindow {
		return Window{}, &Problem{fmt.Sprintf("window %s is out of range", text), "use between 1m and 90d"}
	}
	return Window{minutes}, nil
}

// Minutes returns the length.
func (w Window) Minutes() int64 { return w.minutes }

// Valid reports whether w is not the zero Window.
func (w Window) Valid() bool { return w.minutes > 0 }

// Ending returns the minutes of the window that ends with end.
func (w Window) Ending(end Minute) Span { return Span{end - Minute(w.minutes), end} }

// String spells the window in the largest unit that divides it: 24h is "1d".
func (w Window) String() string { return formatMinutes(w.minutes) }

// MaxDuration bounds durations, in minutes: a hundred years of 365 days.
const MaxDuration = 36500 * 24 * 60

// ParseDuration reads a duration of whole minutes such as "3m", "6h" or "8d",
// up to [MaxDuration]. The error is a [*Problem].
func ParseDuration(text string) (time.Duration, error) {
	minutes, ok := parseMinutes(text)
	switch {
	case !ok:
		return 0, &Problem{fmt.Sprintf("%q is not a duration", text), "write a whole number of m, h or d, such as 3m"}
	case minutes > MaxDuration:
		return 0, &Problem{fmt.Sprintf("%s is too long", text), "use at most " + formatMinutes(MaxDuration)}
	}
	return time.Duration(minutes) * time.Minute, nil
}

var duration = regexp.MustCompile(`^([0-9]+)([mhd])$`)

// parseMinutes reads a duration. One that is longer than [MaxDuration] is a
// minute longer, however long it is.
func parseMinutes(text string) (minutes int64, ok bool) {
	parts := duration.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	unit := map[string]int64{"m": 1, "h": 60, "d": 24 * 60}[parts[2]]
	n, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || n > MaxDuration/unit { // digits fail only when they are too many
		return MaxDuration + 1, true
	}
	return n * unit, true
}

func formatMinutes(minutes int64) string {
	switch {
	case minutes%(24*60) == 0 && minutes != 0:
		return strconv.FormatInt(minutes/(24*60), 10) + "d"
	case minutes%60 == 0 && minutes != 0:
		return strconv.FormatInt(minutes/60, 10) + "h"
	default:
		return strconv.FormatInt(minutes, 10) + "m"
	}
}
