package simulator

import (
	"slices"
	"time"
)

// Incident is a time in which streams do worse than usual, or report worse.
type Incident struct {
	Name      string
	Streams   []Stream      // nil for all
	BeforeEnd time.Duration // when it begins, before the end of the history
	Length    time.Duration
	Kind      IncidentKind
	Share     float64       // of the requests that suffer, beside the usual failures; 0 counts as all
	Region    string        // only requests from there suffer; "" for everywhere
	Delay     time.Duration // of events that are late: the longest one
}

// IncidentKind is what happens to a request. The zero kind is none.
type IncidentKind int

// The kinds of incidents.
const (
	Failing IncidentKind = iota + 1 // it fails: an error with status 500, or no network
	Leaking                         // as Failing, of a share that grows from nothing to Share
	Slow                            // it takes longer than anybody waits, without an error
	Silent                          // there is no request, and nothing is reported
	Late                            // it is reported as usual, and arrives up to Delay later
	Held                            // it is reported as usual, and arrives when the incident is over
	Renamed                         // the agent reports the status under another name
)

// RetailIncidents returns what goes wrong in the retail traffic, the oldest
// first. Times of day are by the shop's clock.
func RetailIncidents() []Incident {
	const day, hour = 24 * time.Hour, time.Hour
	return []Incident{
		// Thursday noon: nobody reaches the shop, and only the checks notice.
		{Name: "traffic-lost", Streams: except(LogInCheck), BeforeEnd: 24*day + 6*hour, Length: 25 * time.Minute, Kind: Silent},
		{Name: "traffic-lost", Streams: []Stream{LogInCheck}, BeforeEnd: 24*day + 6*hour, Length: 25 * time.Minute, Kind: Failing},
		// Monday to Friday: a leak that ends when the service is restarted.
		{Name: "slow-leak", Streams: []Stream{Authenticate}, BeforeEnd: 20 * day, Length: 4 * day, Kind: Leaking, Share: 0.012},
		// Wednesday morning: New Relic takes in everything fifty minutes late.
		{Name: "ingest-delay", BeforeEnd: 18*day + 8*hour, Length: 50 * time.Minute, Kind: Held},
		// Saturday afternoon: one region cannot be reached.
		{
			Name: "region-lost", Streams: []Stream{LogInApp, LogInCheck, SearchApp, Coupons, Barcode, PointsApp},
			BeforeEnd: 15*day + 3*hour, Length: 30 * time.Minute, Kind: Failing, Region: "osaka",
		},
		// Tuesday until the end: an update of the agent renames http.statusCode.
		{Name: "renamed-attribute", Streams: []Stream{Redeem}, BeforeEnd: 12*day + 9*hour, Length: 12*day + 9*hour, Kind: Renamed},
		// The small hours of Thursday: hardly anybody is there, and half of them fail.
		{Name: "quiet-night-failures", Streams: []Stream{Redeem}, BeforeEnd: 10*day + 16*hour, Length: 3 * hour, Kind: Failing, Share: 0.5},
		// Monday evening: phones in the underground report hours later.
		{
			Name: "late-mobile-data", Streams: []Stream{LogInApp, SearchApp, Coupons, Barcode, PointsApp},
			BeforeEnd: 6*day + hour, Length: 5 * hour, Kind: Late, Share: 0.3, Delay: 5 * hour,
		},
		// Friday noon: orders fail after a release, until it is rolled back.
		{Name: "outage", Streams: []Stream{PlaceOrder}, BeforeEnd: 2*day + 5*hour, Length: 14 * time.Minute, Kind: Failing},
		// Sunday afternoon, to the end: the payment provider is slow at times.
		{Name: "brownout", Streams: []Stream{Authorise}, BeforeEnd: 5 * hour, Length: 5 * hour, Kind: Slow, Share: 0.018},
	}
}

// drillMinutes is after how long the drills come again.
const drillMinutes = 180

// RetailDrills returns what goes wrong for those who watch, in every three hours
// behind the end of the history: BeforeEnd is negative in them.
func RetailDrills() []Incident {
	const minute = time.Minute
	return []Incident{
		{Name: "failed-release", Streams: []Stream{PlaceOrder}, BeforeEnd: -2 * minute, Length: 15 * minute, Kind: Failing, Share: 0.6},
		{Name: "slow-provider", Streams: []Stream{Authorise}, BeforeEnd: -35 * minute, Length: 25 * minute, Kind: Slow, Share: 0.3},
		{
			Name: "region-lost", Streams: []Stream{LogInApp, LogInCheck, SearchApp, Coupons, Barcode, PointsApp},
			BeforeEnd: -75 * minute, Length: 15 * minute, Kind: Failing, Region: "osaka",
		},
		{Name: "ingest-delay", BeforeEnd: -110 * minute, Length: 10 * minute, Kind: Held},
		{Name: "broken-coupons", Streams: []Stream{Redeem}, BeforeEnd: -145 * minute, Length: 20 * minute, Kind: Failing, Share: 0.25},
	}
}

// except returns all streams but one.
func except(left Stream) []Stream {
	return slices.DeleteFunc(Streams(), func(s Stream) bool { return s == left })
}

func (i Incident) concerns(s Stream) bool { return i.Streams == nil || slices.Contains(i.Streams, s) }

// trouble is an incident under way.
type trouble struct {
	Incident
	since, length int64 // minutes: how long it has been going on, and will have been in the end
}

// share is the part of the requests that suffer now.
func (t trouble) share() float64 {
	share := t.Share
	if share == 0 {
		share = 1
	}
	if t.Kind == Leaking {
		share *= float64(t.since) / float64(t.length)
	}
	return share
}

// is reports whether an incident of a kind is under way.
func (d *draw) is(kind IncidentKind) bool {
	return slices.ContainsFunc(d.trouble, func(t trouble) bool { return t.Kind == kind })
}

// fails draws whether a request from a region fails: at the usual rate, and
// beside it at those of the incidents.
func (d *draw) fails(usual float64, region string) bool {
	failed := d.random.Float64() < usual
	for _, t := range d.trouble {
		if (t.Kind == Failing || t.Kind == Leaking) && (t.Region == "" || t.Region == region) {
			failed = d.random.Float64() < t.share() || failed
		}
	}
	return failed
}

// dawdles draws whether a request is slow.
func (d *draw) dawdles(usual float64) bool {
	slow := d.random.Float64() < usual
	for _, t := range d.trouble {
		if t.Kind == Slow {
			slow = d.random.Float64() < t.share() || slow
		}
	}
	return slow
}

// arrival draws when an event can be seen: within a minute or, of phones, logs
// and checks, two, unless an incident delays it.
func (d *draw) arrival(e Event) int64 {
	usual := int64(40_000)
	switch e.Type {
	case "MobileRequest", "MobileRequestError", "Log", "SyntheticCheck":
		usual = 100_000
	}
	arrives := e.Millis + 5_000 + d.random.Int64N(usual)
	for _, t := range d.trouble {
		switch t.Kind {
		case Late:
			if d.random.Float64() < t.share() {
				arrives += 1 + d.random.Int64N(t.Delay.Milliseconds())
			}
		case Held:
			over := (d.minute + t.length - t.since) * 60_000
			arrives = max(arrives, over+d.random.Int64N(60_000))
		}
	}
	return arrives
}
