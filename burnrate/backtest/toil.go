package backtest

import "github.com/slojourn/slojourn/burnrate"

// Toil is what the alerts of a run would have asked of those who are told, of all
// kinds of alerts. What is observed or silent is not among it, nor what fired in the
// first snapshot already.
type Toil struct {
	Owner   string  `json:"owner,omitempty"` // "" for all of them
	Weeks   float64 `json:"weeks"`           // that the run is long
	Pages   int     `json:"pages"`
	Tickets int     `json:"tickets"`

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
