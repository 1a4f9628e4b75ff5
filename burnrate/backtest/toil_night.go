package backtest

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/slojourn/slojourn/slo/diag"

	"github.com/slojourn/slojourn/slo"
)

// Night is when people sleep, from a minute of the day up to another one, by what
// clocks show. It may pass midnight: 22:00-07:00 is {1320, 420}. The zero Night holds
// no minute.
type Night struct{ From, To int }

var nightText = regexp.MustCompile(`^([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})$`)

// ParseNight reads a night such as "22:00-07:00". The error is a [*slo.Problem].
func ParseNight(text string) (Night, error) {
	hint := diag.Say("write when it begins and ends, such as 22:00-07:00")
	parts := nightText.FindStringSubmatch(text)
	if parts == nil {
		return Night{}, &slo.Problem{Message: diag.Say("%q is not a night", text), Hint: hint}
	}
	from, begins := minuteOfDay(parts[1], parts[2])
	to, ends := minuteOfDay(parts[3], parts[4])
	switch {
	case !begins || from == dayMinutes:
		return Night{}, &slo.Problem{Message: diag.Say("the night %s begins at no time of the day", text), Hint: hint}
	case !ends:
		return Night{}, &slo.Problem{Message: diag.Say("the night %s ends at no time of the day", text), Hint: hint}
	case from == to:
		return Night{}, &slo.Problem{Message: diag.Say("the night %s is empty, or all day long", text), Hint: diag.Say("%s; 00:00-24:00 is all day long", hint)}
	}
	return Night{from, to}, nil
}

// minuteOfDay reads a time of the day; 24:00 is its end.
func minuteOfDay(hours, minutes string) (int, bool) {
	h, _ := strconv.Atoi(hours) // two digits
	m, _ := strconv.Atoi(minutes)
	return 60*h + m, m < 60 && 60*h+m <= dayMinutes
}

// String is the inverse of [ParseNight].
func (n Night) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", n.From/60, n.From%60, n.To/60, n.To%60)
}

// Holds reports whether clocks that show a time show one of the night.
func (n Night) Holds(local time.Time) bool {
	minute := 60*local.Hour() + local.Minute()
	if n.From <= n.To {
		return n.From <= minute && minute < n.To
	}
	return n.From <= minute || minute < n.To
}
