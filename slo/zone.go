package slo

import (
	"fmt"
	"time"
	_ "time/tzdata" // zones mean the same on every machine, also where it has none
)

// LoadTimeZone returns a zone of the IANA database, such as Asia/Tokyo or UTC.
// The error is a [*Problem].
func LoadTimeZone(name string) (*time.Location, error) {
	if name != "" && name != "Local" { // Local is another zone on every machine
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, &Problem{fmt.Sprintf("the time zone %q is not known", name), "write a name of the IANA database, such as Asia/Tokyo, Europe/Paris or UTC"}
}
