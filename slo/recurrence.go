package slo

import (
	"regexp"
	"time"

	"github.com/slojourn/slojourn/slo/diag"

	"github.com/teambition/rrule-go"
)

var (
	ruleWithStart = regexp.MustCompile(`(?i)\bDTSTART\b|\bRDATE\b|\bEXDATE\b|\n`)
	untilInUTC    = regexp.MustCompile(`(?i)\bUNTIL=[0-9]{8}T[0-9]{6}Z`)
)

// Rule is a recurrence rule of RFC 5545 whose occurrences are an hour apart or
// more. The zero Rule is not valid; make one with [ParseRule].
type Rule struct {
	text   string
	option rrule.ROption
}

// ParseRule reads a rule such as FREQ=WEEKLY;BYDAY=SU. Where it begins is said
// by the exclusion, and never by the rule. The error is a [*Problem].
func ParseRule(text string) (Rule, error) {
	if ruleWithStart.MatchString(text) {
		return Rule{}, &Problem{diag.Say("the rule holds more than a rule"), diag.Say("write only what stands behind RRULE:, such as FREQ=WEEKLY;BYDAY=SU; from says when it begins")}
	}
	option, err := rrule.StrToROption(text)
	if err == nil {
		_, err = rrule.NewRRule(*option)
	}
	switch {
	case err != nil:
		return Rule{}, &Problem{
			diag.Say("the rule %q cannot be read: %v", text, err),
			diag.Say("write a rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=SU or FREQ=MONTHLY;BYMONTHDAY=1"),
		}
	case option.Interval < 0:
		return Rule{}, &Problem{diag.Say("the rule %q has a negative INTERVAL", text), diag.Say("write a whole number from 1 on")}
	case option.Freq == rrule.HOURLY && option.Interval > 1 && len(option.Byhour) > 0:
		return Rule{}, &Problem{
			diag.Say("the rule %q names hours that its INTERVAL may never meet", text),
			diag.Say("use FREQ=DAILY with BYHOUR, or leave BYHOUR out"),
		}
	case option.Freq > rrule.HOURLY, len(option.Byminute) > 1, len(option.Bysecond) > 1:
		return Rule{}, &Problem{diag.Say("the rule %q comes more often than every hour", text), diag.Say("use FREQ=HOURLY or a longer one, with one minute of the hour")}
	}
	return Rule{text, *option}, nil
}

// String returns the rule as it was written.
func (r Rule) String() string { return r.text }

// between returns the occurrences from after to before, both excluded, on the
// clock of a zone. The first one of all is at begin, whether or not the rule
// would give it.
//
// The rule is followed on a clock that never changes, and what it gives is
// looked up on that of the zone. As RFC 5545 has it, a time that clocks jump
// over is taken by the clock before: 02:30 on a night that goes from 02:00 to
// 03:00 is 03:30. A time that comes twice is the first one.
func (r Rule) between(begin, after, before time.Time, zone *time.Location) []time.Time {
	if zone == nil {
		zone = time.UTC
	}
	option := r.onClock(begin, zone)
	first := option.Dtstart
	option.Dtstart = r.near(first, wall(after, zone))
	last := wall(before, zone).Add(time.Hour) // clocks may be turned back until then
	if option.Until.IsZero() || last.Before(option.Until) {
		option.Until = last
	}
	var found []time.Time
	add := func(at time.Time) {
		if at.After(after) && at.Before(before) {
			found = append(found, at)
		}
	}
	add(begin)
	rule, err := rrule.NewRRule(option)
	if err != nil {
		return found // not of a rule that was parsed
	}
	next := rule.Iterator()
	for shown, more := next(); more; shown, more = next() {
		if shown.After(first) {
			at, late := firstShown(shown, zone)
			add(at.Add(late))
		}
	}
	return found
}

// first returns the first occurrence at begin or later that the rule itself
// gives, and false when it gives none.
func (r Rule) first(begin time.Time, zone *time.Location) (time.Time, bool) {
	option := r.onClock(begin, zone)
	rule, err := rrule.NewRRule(option)
	if err != nil {
		return time.Time{}, false // not of a rule that was parsed
	}
	shown, found := rule.Iterator()()
	if !found {
		return time.Time{}, false
	}
	if shown.Equal(option.Dtstart) {
		return begin, true
	}
	at, late := firstShown(shown, zone)
	return at.Add(late), true
}

// endsBefore reports whether the rule has an end that lies before an instant.
func (r Rule) endsBefore(at time.Time, zone *time.Location) bool {
	option := r.onClock(at, zone)
	return !option.Until.IsZero() && option.Until.Before(option.Dtstart)
}

// onClock returns the rule from begin on, in what clocks in a zone show.
func (r Rule) onClock(begin time.Time, zone *time.Location) rrule.ROption {
	option := r.option
	option.Dtstart = wall(begin, zone).Truncate(time.Second)
	if untilInUTC.MatchString(r.text) {
		option.Until = wall(option.Until, zone)
	}
	return option
}

// near returns a beginning from which the rule gives the same occurrences after
// an instant, so that a rule that began years ago is not followed from there
// on: the last one that lies whole intervals behind the first, with two days
// to spare for changes of the clock. A rule that counts has to be followed, and
// one by months is short.
func (r Rule) near(first, after time.Time) time.Time {
	hours := map[rrule.Frequency]int64{rrule.HOURLY: 1, rrule.DAILY: 24, rrule.WEEKLY: 7 * 24}[r.option.Freq]
	step := hours * int64(max(1, r.option.Interval)) * 3600
	gap := after.Unix() - first.Unix() - 2*24*3600
	if step == 0 || gap < step || r.option.Count > 0 {
		return first
	}
	return time.Unix(first.Unix()+gap/step*step, 0).UTC()
}

// wall returns what clocks in a zone show, as if it were UTC.
func wall(t time.Time, zone *time.Location) time.Time {
	_, offset := t.In(zone).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}
