// Package ticks says where the lines of a time axis are: at hours, midnights, Mondays and
// firsts of a time zone.
package ticks

import "time"

// Unit is what the ticks of a scale are a number of.
type Unit int

// The units.
const (
	Hour Unit = iota + 1
	Day
	Month
)

// Scale is how far ticks are apart.
type Scale struct {
	Unit Unit
	N    int
}

// Scales returns all of them, the closest first. Of more than ten years every tenth has a
// tick.
func Scales() []Scale {
	return []Scale{
		{Hour, 1}, {Hour, 3}, {Hour, 6}, {Hour, 12}, {Day, 1}, {Day, 2}, {Day, 7}, {Day, 14}, {Month, 1}, {Month, 3}, {Month, 12}, {Month, 120},
	}
}

// Between returns the ticks from an instant to another one, in the time zone of the first,
// and whether there are at most so many. When there are more, some are left out.
func (s Scale) Between(from, to time.Time, most int) (list []time.Time, few bool) {
	begin, last := s.begin(from), time.Time{}
	for k := range 24 + 2*most { // some lie before the first instant
		at := s.tick(begin, k)
		if at.After(to) {
			return list, true
		}
		if at.Before(from) || !at.After(last) {
			continue
		}
		last = at
		if list = append(list, at); len(list) > most {
			return list, false
		}
	}
	return list, false
}

// begin returns a tick at or before an instant.
func (s Scale) begin(at time.Time) time.Time {
	switch s.Unit {
	case Day:
		back := 0
		if s.N%7 == 0 {
			back = (int(at.Weekday()) + 6) % 7
		}
		return wall(at.Year(), at.Month(), at.Day()-back, 0, at.Location())
	case Month:
		return wall(at.Year(), at.Month()-(at.Month()-1)%time.Month(s.N), 1, 0, at.Location())
	}
	return Midnight(at)
}

// tick returns the kth from a tick on.
func (s Scale) tick(begin time.Time, k int) time.Time {
	year, month, day, zone := begin.Year(), begin.Month(), begin.Day(), begin.Location()
	switch s.Unit {
	case Day:
		return wall(year, month, day+k*s.N, 0, zone)
	case Month:
		return wall(year, month+time.Month(k*s.N), 1, 0, zone)
	}
	return wall(year, month, day, k*s.N, zone)
}

// wall returns when clocks show an hour of a day, either of which may be too large. An
// hour that clocks leave out is the one after it: in São Paulo days began at 01:00 when
// clocks were put forward at midnight.
func wall(year int, month time.Month, day, hour int, zone *time.Location) time.Time {
	at, want := time.Date(year, month, day, hour, 0, 0, 0, zone), time.Date(year, month, day, hour, 0, 0, 0, time.UTC)
	if _, offset := at.Zone(); at.Add(time.Duration(offset) * time.Second).Before(want) {
		return at.Add(time.Hour)
	}
	return at
}

// Midnight returns when the day of an instant begins.
func Midnight(at time.Time) time.Time {
	return wall(at.Year(), at.Month(), at.Day(), 0, at.Location())
}
