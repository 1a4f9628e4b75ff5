package slo

import (
	"fmt"
	"time"
	_ "time/tzdata" // zones mean the same on every machine, also where it has none
)

// CheckTimeZone returns a [*Problem] unless name is a zone of the IANA
// database, such as Asia/Tokyo or UTC.
func CheckTimeZone(name string) error {
	if name != "" && name != "Local" { // Local is another zone on every machine
		if _, err := time.LoadLocation(name); err == nil {
			return nil
		}
	}
	return &Problem{fmt.Sprintf("the time zone %q is not known", name), "write a name of the IANA database, such as Asia/Tokyo, Europe/Paris or UTC"}
}
