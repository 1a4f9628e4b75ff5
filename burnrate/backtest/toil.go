package backtest

import (
	"maps"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/slo"
)

// Toil is what the alerts of a run would have asked of those who are told, of all
// kinds of alerts. What is observed or silent is not among it, nor what fired in the
// first snapshot already.
type Toil struct {
	Owner   string  `json:"owner,omitempty"` // "" for all of them
	Weeks   float64 `json:"weeks"`           // that the run is long
	Pages   int     `json:"pages"`
	Tickets int     `json:"tickets"`

	// PagesPerWeek and TicketsPerWeek are undefined of a run of less than a day, which
	// says nothing of a week.
	PagesPerWeek   burnrate.Ratio `json:"pagesPerWeek"`
	TicketsPerWeek burnrate.Ratio `json:"ticketsPerWeek"`
	// Night counts pages at night, Weekend those on Saturdays and Sundays, also at
	// night, and Repeated those within a day after the same alert had resolved.
	Night    int `json:"nightPages"`
	Weekend  int `json:"weekendPages"`
	Repeated int `json:"repeatedPages"`
	// Short counts pages that resolved within half an hour, before much could have
	// been done, and Busiest is the most pages in one day of the time zone.
	Short   int `json:"shortPages"`
	Busiest int `json:"pagesOnTheBusiestDay"`
}

// Bounds of what toil counts.
const (
	dayMinutes    = 24 * 60
	weekMinutes   = 7 * dayMinutes
	repeatedAfter = 24 * time.Hour
	shortLength   = 30 * time.Minute
)

// ToilOf sums up the toil of a run: first that of all, then that of each owner, by
// name, also of those that nothing was asked of. What clocks in the zone show when
// people are told says which day it is and whether it is night.
func ToilOf(run *Run, zone *time.Location, night Night) []Toil {
	owners := map[string]*toiling{"": {}}
	of := func(owner string) *toiling {
		if owners[owner] == nil {
			owners[owner] = &toiling{}
		}
		return owners[owner]
	}
	for i := range run.Objectives {
		of(run.Objectives[i].Owner)
	}
	resolved := map[alert.Key]time.Time{}
	for i := range run.Episodes { // ordered by their start
		e := &run.Episodes[i]
		if !e.Told() {
			continue
		}
		last, before := resolved[e.Key]
		again := before && e.Start.Sub(last) <= repeatedAfter
		if e.End != nil {
			resolved[e.Key] = *e.End
		}
		if e.Before {
			continue
		}
		owners[""].count(e, e.Start.In(zone), night, again)
		if e.Owner != "" {
			of(e.Owner).count(e, e.Start.In(zone), night, again)
		}
	}
	list := make([]Toil, 0, len(owners))
	for _, owner := range slices.Sorted(maps.Keys(owners)) { // "" is the first
		list = append(list, owners[owner].result(owner, run))
	}
	return list
}

// toiling is toil that is summed up.
type toiling struct {
	Toil
	days map[string]int // pages by date
}

func (t *toiling) count(e *Episode, local time.Time, night Night, again bool) {
	if e.Severity != slo.Page {
		t.Tickets++
		return
	}
	t.Pages++
	if night.Holds(local) {
		t.Night++
	}
	if day := local.Weekday(); day == time.Saturday || day == time.Sunday {
		t.Weekend++
	}
	if again {
		t.Repeated++
	}
	if e.End != nil && e.End.Sub(e.Start) <= shortLength {
		t.Short++
	}
	if t.days == nil {
		t.days = map[string]int{}
	}
	date := local.Format(time.DateOnly)
	t.days[date]++
	t.Busiest = max(t.Busiest, t.days[date])
}

func (t *toiling) result(owner string, run *Run) Toil {
	toil := t.Toil
	toil.Owner, toil.Weeks = owner, float64(run.Minutes)/weekMinutes
	if run.Minutes >= dayMinutes {
		toil.PagesPerWeek = burnrate.RatioOf(float64(toil.Pages) / toil.Weeks)
		toil.TicketsPerWeek = burnrate.RatioOf(float64(toil.Tickets) / toil.Weeks)
	}
	return toil
}
