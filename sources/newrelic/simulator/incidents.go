package simulator

import "time"

// Incident is a time in which one stream does worse than usual.
type Incident struct {
	Name      string
	Stream    Stream
	BeforeEnd time.Duration // when it begins, before the end of the history
	Length    time.Duration
	Kind      IncidentKind
	Share     float64 // of the requests that suffer, beside the usual failures
}

// IncidentKind is what happens to a request. The zero kind is none.
type IncidentKind int

// The kinds of incidents.
const (
	Failing IncidentKind = iota + 1 // an error with status 500
	Slow                            // 0.9 to 3 seconds, no error
)

// RetailIncidents returns what goes wrong in the retail traffic.
func RetailIncidents() []Incident {
	return []Incident{
		{
			Name: "orders fail after a release", Stream: PlaceOrder,
			BeforeEnd: 2*24*time.Hour + 5*time.Hour, Length: 42 * time.Minute, Kind: Failing, Share: 0.30,
		},
		{
			Name: "the payment provider slows down", Stream: Authorise,
			BeforeEnd: 5 * time.Hour, Length: 5 * time.Hour, Kind: Slow, Share: 0.015,
		},
	}
}
