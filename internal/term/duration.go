package term

import (
	"strconv"
	"strings"
	"time"
)

// Duration spells a duration to the minute, or to the second below an
// hour.
func Duration(d time.Duration) string {
	var parts []string
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		n := d / unit.length
		d -= n * unit.length
		if n > 0 && !(unit.length == time.Second && len(parts) > 1) {
			parts = append(parts, strconv.FormatInt(int64(n), 10)+unit.name)
		}
	}
	if len(parts) == 0 {
		return "0s"
	}
	return strings.Join(parts, " ")
}
