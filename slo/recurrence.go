package slo

import (
	"fmt"
	"regexp"

	"github.com/teambition/rrule-go"
)

var ruleWithStart = regexp.MustCompile(`(?i)\bDTSTART\b|\bRDATE\b|\bEXDATE\b|\n`)

// CheckRule returns a [*Problem] unless rule is a recurrence rule of RFC 5545
// whose occurrences are an hour apart or more. Where it begins is said by the
// exclusion, and never by the rule.
func CheckRule(rule string) error {
	if ruleWithStart.MatchString(rule) {
		return &Problem{"the rule holds more than a rule", "write only what stands behind RRULE:, such as FREQ=WEEKLY;BYDAY=SU; from says when it begins"}
	}
	option, err := rrule.StrToROption(rule)
	if err == nil {
		_, err = rrule.NewRRule(*option)
	}
	switch {
	case err != nil:
		return &Problem{
			fmt.Sprintf("the rule %q cannot be read: %v", rule, err),
			"write a rule of RFC 5545, such as FREQ=WEEKLY;BYDAY=SU or FREQ=MONTHLY;BYMONTHDAY=1",
		}
	case option.Freq > rrule.HOURLY, len(option.Byminute) > 1, len(option.Bysecond) > 1:
		return &Problem{fmt.Sprintf("the rule %q comes more often than every hour", rule), "use FREQ=HOURLY or a longer one, with one minute of the hour"}
	}
	return nil
}
