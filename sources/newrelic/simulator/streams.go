package simulator

// Stream is one kind of thing that happens in the shop. The zero Stream is
// invalid.
type Stream int

// The streams, by the journey that a shopper meets them in.
const (
	LogInApp      Stream = iota + 1 // log-in, as the app sees it
	Authenticate                    // the service behind it
	LogInCheck                      // a check of it from three places
	SearchApp                       // product search in the app
	SearchWeb                       // and in the browser
	ResultsPage                     // the page with what was found
	Coupons                         // the list of coupons in the app
	Redeem                          // the service that takes one
	Barcode                         // the barcode in the app, to pay at the till
	Authorise                       // the service that asks the payment provider
	Receipt                         // the service that sends receipts, by its log
	PointsApp                       // the balance of points in the app
	PointsWeb                       // and in the browser
	PointsService                   // the service behind both, by its metrics
	AddItem                         // the basket's service
	PlaceOrder                      // the order's service
)

// Streams returns all streams.
func Streams() []Stream {
	all := make([]Stream, len(streams()))
	for i := range all {
		all[i] = Stream(i + 1)
	}
	return all
}

// String returns the name of the stream.
func (s Stream) String() string {
	if all := streams(); s >= 1 && int(s) <= len(all) {
		return all[s-1].name
	}
	return "?"
}

// stream describes a stream. A new one is one more entry, at the place of its
// constant.
type stream struct {
	name  string
	types []string // of its events; streams with the first one alike have all alike
	// events appends the events of one minute.
	events func(events []Event, d *draw) []Event
}

// streams returns the streams in the order of their constants. Their rates are
// events a minute, on average over a week.
func streams() []stream {
	mobile, browser := []string{"MobileRequest", "MobileRequestError"}, []string{"AjaxRequest"}
	backend := []string{"Transaction"}
	return []stream{
		{"log-in in the app", mobile, requests(1.0, mobileRequest("/v2/login", 0.21, 0.0004, rejection{401, 0.04}))},
		{"authenticate", backend, requests(1.2, transaction("auth-api", "login", 0.14, 0.0004, 0))},
		{"check of log-in", []string{"SyntheticCheck"}, checks("log-in", 0.0004)},
		{"search in the app", mobile, requests(2.0, mobileRequest("/v2/search", 0.18, 0.0005, rejection{}))},
		{"search in the browser", browser, requests(1.5, ajaxRequest("/api/search", 0.24, 0.0006))},
		{"page of results", []string{"PageView"}, requests(1.2, pageView("/search", 0.9, 0.0012))},
		{"coupons in the app", mobile, requests(1.0, mobileRequest("/v2/coupons", 0.16, 0.0004, rejection{404, 0.01}))},
		{"redeem", backend, requests(0.8, transaction("coupon-api", "redeem", 0.19, 0.0004, 0))},
		{"barcode", mobile, requests(2.0, mobileRequest("/v2/barcode", 0.09, 0.0003, rejection{}))},
		{"authorise", backend, requests(2.0, transaction("payment-api", "authorise", 0.22, 0.0003, 0.0003))},
		{"receipt", []string{"Log"}, requests(2.0, receipt(0.0003))},
		{"points in the app", mobile, requests(1.0, mobileRequest("/v2/points", 0.12, 0.0004, rejection{}))},
		{"points in the browser", browser, requests(0.7, ajaxRequest("/api/points", 0.2, 0.0005))},
		{"points service", []string{metricType}, counts("points-api", "points", 40, 0.0003)},
		{"addItem", backend, requests(2.0, transaction("basket-api", "addItem", 0.11, 0.0005, 0.001))},
		{"placeOrder", backend, requests(2.0, transaction("order-api", "placeOrder", 0.16, 0.0005, 0))},
	}
}

// requests draws requests at random moments, as many as there are shoppers:
// mean a minute, little at night and much in the evening. one makes the event
// of a request.
func requests(mean float64, one func(d *draw, e *Event)) func([]Event, *draw) []Event {
	return func(events []Event, d *draw) []Event {
		if d.is(Silent) {
			return events
		}
		for range poisson(d.random, mean*wave(d.shop)) {
			e := d.event("", d.random.Int64N(60_000))
			e.Truth.Total = 1
			one(d, &e)
			events = append(events, e)
		}
		return events
	}
}
