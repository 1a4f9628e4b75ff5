package slo

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo/diag"
)

// Bounds of rolling windows, in minutes.
const (
	MinWindow = 1
	MaxWindow = 90 * 24 * 60
)

// Period is a stretch of the calendar. The zero Period is none.
type Period string

// The periods of the calendar. A week begins on Monday.
const (
	CalendarDay     Period = "day"
	CalendarWeek    Period = "week"
	CalendarMonth   Period = "month"
	CalendarQuarter Period = "quarter"
	CalendarYear    Period = "year"
)

// Periods returns every period, the shortest first.
func Periods() []Period {
	return []Period{CalendarDay, CalendarWeek, CalendarMonth, CalendarQuarter, CalendarYear}
}

// days is the nominal length of a period, 0 for none.
func (p Period) days() int64 {
	switch p {
	case CalendarDay:
		return 1
	case CalendarWeek:
		return 7
	case CalendarMonth:
		return 30
	case CalendarQuarter:
		return 91
	case CalendarYear:
		return 365
	default:
		return 0
	}
}

// Window is the time over which an objective is judged: the given number of
// minutes up to now, or the period of the calendar that is going on in a time
// zone. The zero Window is not valid; make one with [ParseWindow] or
// [Rolling].
type Window struct {
	minutes int64
	period  Period         // none for a rolling window
	zone    *time.Location // nil for a rolling window
}

// Rolling returns a rolling window of whole minutes.
func Rolling(minutes int64) Window { return Window{minutes: minutes} }

// ParseWindow reads a rolling window such as "28d", "12h" or "90m", or a
// calendar window such as "month", which has no time zone yet. The error is a
// [*Problem].
func ParseWindow(text string) (Window, error) {
	if period := Period(text); period.days() > 0 {
		return Window{minutes: period.days() * 24 * 60, period: period}, nil
	}
	minutes, ok := parseMinutes(text)
	if !ok {
		return Window{}, &Problem{
			diag.Say("%q is not a window", text),
			spellingHint(text),
		}
	}
	if minutes < MinWindow || minutes > MaxWindow {
		return Window{}, &Problem{diag.Say("window %s is out of range", text), diag.Say("use between 1m and 90d, or quarter or year of the calendar")}
	}
	return Rolling(minutes), nil
}

// In returns the calendar window in a time zone; a rolling one is the same
// everywhere. Windows are equal when they have the same zone by identity, which
// all windows of a [Set] that name one zone have; [Window.Same] compares those of two
// sets.
func (w Window) In(zone *time.Location) Window {
	if w.IsCalendar() {
		w.zone = zone
	}
	return w
}

// IsCalendar reports whether the window is a period of the calendar.
func (w Window) IsCalendar() bool { return w.period != "" }

// TimeZone returns the name of a calendar window's zone, "" for a rolling one.
func (w Window) TimeZone() string {
	if w.zone == nil {
		return ""
	}
	return w.zone.String()
}

// Same reports whether two windows hold the same minutes. Zones of one name are one
// zone, also when each was loaded on its own; none is UTC.
func (w Window) Same(other Window) bool {
	return w.minutes == other.minutes && w.period == other.period && (!w.IsCalendar() || w.location().String() == other.location().String())
}

// Minutes returns the length; of a calendar window the nominal one: 1, 7, 30,
// 91 or 365 days, so that nothing that follows from it changes on the 1st.
func (w Window) Minutes() int64 { return w.minutes }

// Valid reports whether w is not the zero Window.
func (w Window) Valid() bool { return w.minutes > 0 }

// Ending returns the minutes of the window that are over at end: all of a
// rolling one, and those since the beginning of the period that holds the last
// minute before end, so that a month is complete at midnight of the 1st.
func (w Window) Ending(end Minute) Span { return Span{w.Around(end).Start, end} }

// Around returns all minutes of the window that [Window.Ending] returns a part
// of: a month to its end, also when it is still going on.
func (w Window) Around(end Minute) Span {
	if w.IsCalendar() {
		return w.period.holding(end-1, w.location())
	}
	return Span{end - Minute(w.minutes), end}
}

func (w Window) location() *time.Location {
	if w.zone == nil {
		return time.UTC
	}
	return w.zone
}

// String spells the window in the largest unit that divides it: 24h is "1d".
// A calendar window is spelt as its period.
func (w Window) String() string {
	if w.IsCalendar() {
		return string(w.period)
	}
	return formatMinutes(w.minutes)
}

// Spellings returns how the windows of one SLO or journey are spelt where their text alone tells
// them apart, as in the labels of metrics: as [Window.String] does, and with the zone where
// an earlier window has the same text and another zone. Windows that are the same are
// spelt the same.
func Spellings(windows []Window) []string {
	spelt := make([]string, 0, len(windows))
	for i, w := range windows {
		if same := slices.IndexFunc(windows[:i], w.Same); same >= 0 {
			spelt = append(spelt, spelt[same])
			continue
		}
		text := w.String()
		if slices.Contains(spelt, text) {
			text += " " + w.location().String()
		}
		spelt = append(spelt, text)
	}
	return spelt
}

// MaxDuration bounds durations, in minutes: a hundred years of 365 days.
const MaxDuration = 36500 * 24 * 60

// ParseDuration reads a duration of whole minutes such as "3m", "6h" or "8d",
// up to [MaxDuration]. The error is a [*Problem].
func ParseDuration(text string) (time.Duration, error) {
	minutes, ok := parseMinutes(text)
	switch {
	case !ok:
		return 0, &Problem{diag.Say("%q is not a duration", text), unitHint(text, diag.Say("write a whole number of m, h or d, such as 3m"))}
	case minutes > MaxDuration:
		return 0, &Problem{diag.Say("%s is too long", text), diag.Say("use at most %s", formatMinutes(MaxDuration))}
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

// spellingHint says how to write a window that is none.
func spellingHint(text string) diag.Phrase {
	otherwise := diag.Say("write a whole number of m, h or d, such as 28d; or day, week, month, quarter or year of the calendar")
	if hint := unitHint(text, otherwise); !hint.Equal(otherwise) {
		return hint
	}
	if strings.EqualFold(text, "daily") {
		return diag.Say("did you mean day?")
	}
	var periods []string
	for _, p := range Periods() {
		periods = append(periods, string(p))
	}
	if near, ok := diag.Nearest(text, periods); ok {
		return diag.Say("did you mean %s?", near)
	}
	return otherwise
}

var otherUnit = regexp.MustCompile(`^([0-9]{1,6}) *([a-z]*)$`)

// unitOf returns the unit that a word means: m, h or d, s or w, which the
// language does not have, or "".
func unitOf(word string) string {
	switch strings.TrimSuffix(word, "s") {
	case "m", "min", "minute":
		return "m"
	case "h", "hr", "hour":
		return "h"
	case "d", "day":
		return "d"
	case "w", "week":
		return "w"
	case "sec", "second":
		return "s"
	}
	if word == "s" {
		return "s"
	}
	return ""
}

// unitHint says how to write a duration without a unit, or in one that the
// language does not have; of other texts it says otherwise.
func unitHint(text string, otherwise diag.Phrase) diag.Phrase {
	parts := otherUnit.FindStringSubmatch(text)
	if parts == nil {
		return otherwise
	}
	n, _ := strconv.Atoi(parts[1]) // digits
	switch unit := unitOf(parts[2]); {
	case parts[2] == "":
		return diag.Say("add a unit: %dm, %dh or %dd", n, n, n)
	case unit == "w":
		return diag.Say("write %dd; the units are m, h and d", 7*n)
	case unit == "s" && n > 0 && n%60 == 0:
		return diag.Say("write %dm; the units are m, h and d", n/60)
	case unit == "m", unit == "h", unit == "d":
		return diag.Say("write %d%s", n, unit)
	default:
		return otherwise
	}
}

// FormatDuration spells whole minutes in the largest unit that divides them:
// 24h is "1d". It is the inverse of [ParseDuration].
func FormatDuration(d time.Duration) string { return formatMinutes(int64(d / time.Minute)) }

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
