package simulator

import (
	"math"
	"math/rand/v2"
)

// Stream is one kind of request to the shop. The zero Stream is invalid.
type Stream int

// The streams, in the order a customer meets them.
const (
	Search Stream = iota + 1
	Barcode
	AddItem
	PlaceOrder
	Authorise
	Receipt
)

// Streams returns all streams.
func Streams() []Stream { return []Stream{Search, Barcode, AddItem, PlaceOrder, Authorise, Receipt} }

// String returns the name of the stream.
func (s Stream) String() string {
	return [...]string{"?", "search", "barcode", "addItem", "placeOrder", "authorise", "receipt"}[s]
}

// event makes one event of the stream. Failures happen at the usual rate of
// the stream, and beside it at that of the incident it is in.
func (s Stream) event(random *rand.Rand, millis int64, trouble Incident) Event {
	hit := trouble.Kind != 0 && random.Float64() < trouble.Share
	failing, slow := hit && trouble.Kind == Failing, hit && trouble.Kind == Slow
	switch s {
	case Search:
		return mobileRequest(random, millis, "/v2/search", 0.18, failing || random.Float64() < 0.0005)
	case Barcode:
		return mobileRequest(random, millis, "/v2/barcode", 0.09, failing || random.Float64() < 0.0003)
	case AddItem:
		usual := random.Float64()
		return transaction(random, millis, "basket-api", "WebTransaction/Action/addItem", 0.11, failing || usual < 0.0005, slow || usual >= 0.999)
	case PlaceOrder:
		return transaction(random, millis, "order-api", "WebTransaction/Action/placeOrder", 0.16, failing || random.Float64() < 0.0005, slow)
	case Authorise:
		usual := random.Float64()
		return transaction(random, millis, "payment-api", "WebTransaction/Action/authorise", 0.22, failing || usual < 0.0003, slow || usual >= 0.9997)
	default:
		return receipt(random, millis, failing || random.Float64() < 0.0003)
	}
}

// mobileRequest is a request as the app saw it. Failed ones are events of
// another type; a quarter of them never reached the server and have no
// status.
func mobileRequest(random *rand.Rand, millis int64, path string, median float64, failed bool) Event {
	e := Event{Type: "MobileRequest", Millis: millis, Attributes: make([]Attribute, 0, 6)}
	e.set("appName", String("shop-app"))
	e.set("requestPath", String(path))
	e.set("responseTime", Number(duration(random, median)))
	osName := "Android"
	if random.Float64() < 0.55 {
		osName = "iOS"
	}
	e.set("osName", String(osName))
	if !failed {
		e.set("statusCode", Number(200))
		return e
	}
	e.Type = "MobileRequestError"
	if random.Float64() < 0.25 {
		e.set("errorType", String("NetworkFailure"))
		return e
	}
	e.set("errorType", String("HTTPError"))
	e.set("statusCode", Number(failure(random)))
	return e
}

// transaction is a request as a service saw it. Some agents report error only
// when it is true: half of the good ones have no such attribute.
func transaction(random *rand.Rand, millis int64, app, name string, median float64, failed, slow bool) Event {
	e := Event{Type: "Transaction", Millis: millis, Attributes: make([]Attribute, 0, 6)}
	seconds := duration(random, median)
	if slow {
		seconds = thousandths(0.9 + 2.1*random.Float64())
	}
	status := 200.0
	if failed {
		status = 500
	}
	e.set("appName", String(app))
	e.set("name", String(name))
	e.set("duration", Number(seconds))
	e.set("http.statusCode", Number(status))
	e.set("transactionType", String("Web"))
	if failed || random.Float64() < 0.5 {
		e.set("error", Bool(failed))
	}
	return e
}

// receipt is a line of the log of the service that sends receipts.
func receipt(random *rand.Rand, millis int64, failed bool) Event {
	e := Event{Type: "Log", Millis: millis, Attributes: make([]Attribute, 0, 3)}
	level, message := "INFO", "receipt sent by mail"
	switch {
	case failed:
		level, message = "ERROR", "receipt not sent: the mail server did not answer"
	case random.Float64() < 0.3:
		message = "receipt shown in the app"
	}
	e.set("service.name", String("receipt"))
	e.set("level", String(level))
	e.set("message", String(message))
	return e
}

func (e *Event) set(name string, value Value) {
	e.Attributes = append(e.Attributes, Attribute{name, value})
}

// duration draws how long a request takes in seconds: log-normal around a
// median, and never as long as those that count as slow.
func duration(random *rand.Rand, median float64) float64 {
	return thousandths(math.Min(median*math.Exp(0.45*random.NormFloat64()), 0.75))
}

func thousandths(x float64) float64 { return math.Round(x*1000) / 1000 }

func failure(random *rand.Rand) float64 {
	if random.Float64() < 0.5 {
		return 500
	}
	return 503
}
