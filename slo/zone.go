package slo

import (
	"strings"
	"time"
	_ "time/tzdata" // zones mean the same on every machine, also where it has none

	"github.com/slojourn/slojourn/slo/diag"
)

// LoadTimeZone returns a zone of the IANA database, such as Asia/Tokyo or UTC.
// The error is a [*Problem].
func LoadTimeZone(name string) (*time.Location, error) {
	if name != "" && name != "Local" { // Local is another zone on every machine
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	hint := diag.Say("write a name of the IANA database, such as Asia/Tokyo, Europe/Paris or UTC")
	if near, ok := nearestZone(name); ok {
		hint = diag.Say("did you mean %s?", near)
	}
	return nil, &Problem{diag.Say("the time zone %q is not known", name), hint}
}

// nearestZone returns the zone that a name was probably meant to be, among
// those that many people live in; a city is enough.
func nearestZone(name string) (string, bool) {
	names := usualZones()
	if strings.Contains(name, "/") {
		return diag.Nearest(name, names)
	}
	zones, cities := map[string]string{}, []string{}
	for _, zone := range names {
		city := zone[strings.LastIndex(zone, "/")+1:]
		zones[city] = zone
		cities = append(cities, city)
	}
	if len(name) < 4 { // an abbreviation, which is near to every other
		return "", false
	}
	near, ok := diag.Nearest(strings.ReplaceAll(name, " ", "_"), cities)
	return zones[near], ok
}

// usualZones lists zones that are proposed; every other one of the database can
// be used as well.
func usualZones() []string {
	return []string{
		"Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi",
		"America/Bogota", "America/Buenos_Aires", "America/Chicago", "America/Denver", "America/Lima", "America/Los_Angeles",
		"America/Mexico_City", "America/New_York", "America/Phoenix", "America/Santiago", "America/Sao_Paulo", "America/Toronto", "America/Vancouver",
		"Asia/Bangkok", "Asia/Dhaka", "Asia/Dubai", "Asia/Ho_Chi_Minh", "Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Karachi",
		"Asia/Kolkata", "Asia/Manila", "Asia/Riyadh", "Asia/Seoul", "Asia/Shanghai", "Asia/Singapore", "Asia/Taipei", "Asia/Tokyo",
		"Australia/Brisbane", "Australia/Melbourne", "Australia/Perth", "Australia/Sydney",
		"Europe/Amsterdam", "Europe/Athens", "Europe/Berlin", "Europe/Brussels", "Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul", "Europe/Kiev",
		"Europe/Lisbon", "Europe/London", "Europe/Madrid", "Europe/Moscow", "Europe/Oslo", "Europe/Paris", "Europe/Prague", "Europe/Rome",
		"Europe/Stockholm", "Europe/Vienna", "Europe/Warsaw", "Europe/Zurich",
		"Pacific/Auckland", "Pacific/Honolulu", "UTC",
	}
}
