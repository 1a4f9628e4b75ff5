package simulator

import (
	"math"
	"strconv"
)

// rejection is an answer that a shopper is to blame for, such as a wrong
// password: its status, and the share of the requests that get it.
type rejection struct {
	status int
	share  float64
}

// countsNot reports whether the request is none to count at all: somebody was
// not let in.
func (r rejection) countsNot() bool { return r.status == 401 || r.status == 403 }

// mobileRequest reports a request as the app saw it. Requests that failed or
// were rejected are events of another type; a quarter of those that failed, and
// all from a region that is lost, never reached the server and have no status.
func mobileRequest(path string, median, failing float64, rejected rejection) func(*draw, *Event) {
	return func(d *draw, e *Event) {
		region := d.region()
		failed := d.fails(failing, region)
		e.Type = "MobileRequest"
		e.set("appName", String("shop-app"))
		e.set("requestMethod", String("GET"))
		e.set("requestPath", String(path))
		e.set("responseTime", Number(d.duration(median, 0.75)))
		e.set("osName", String(d.either(0.55, "iOS", "Android")))
		e.set("region", String(region))
		switch {
		case failed && (d.isLost(region) || d.random.Float64() < 0.25):
			e.Type, e.Truth.Bad = "MobileRequestError", 1
			e.set("errorType", String("NetworkFailure"))
		case failed:
			e.Type, e.Truth.Bad = "MobileRequestError", 1
			e.set("errorType", String("HTTPError"))
			e.set("statusCode", Number(d.failure()))
		case rejected.share > 0 && d.random.Float64() < rejected.share:
			e.Type = "MobileRequestError"
			e.set("errorType", String("HTTPError"))
			e.set("statusCode", Number(float64(rejected.status)))
			if rejected.countsNot() {
				e.Truth.Total = 0
			}
		default:
			e.set("statusCode", Number(200))
		}
	}
}

// transaction reports a request as a service saw it. Some agents report error
// only when it is true: half of the good ones have no such attribute. A newer
// agent reports the status as a string, and under another name.
func transaction(app, action string, median, failing, slow float64) func(*draw, *Event) {
	name := "WebTransaction/Action/" + action
	return func(d *draw, e *Event) {
		failed, late := d.fails(failing, ""), d.dawdles(slow)
		e.Type = "Transaction"
		seconds, status := d.duration(median, 0.75), 200
		if late {
			seconds = thousandths(0.9 + 2.1*d.random.Float64())
		}
		if failed {
			status = 500
		}
		if failed || late {
			e.Truth.Bad = 1
		}
		e.set("appName", String(app))
		e.set("name", String(name))
		e.set("transactionType", String("Web"))
		e.set("duration", Number(seconds))
		if d.is(Renamed) {
			e.set("httpResponseCode", String(strconv.Itoa(status)))
		} else {
			e.set("http.statusCode", Number(float64(status)))
		}
		if failed || d.random.Float64() < 0.5 {
			e.set("error", Bool(failed))
		}
	}
}

// ajaxRequest reports a request of the web pages. One that the network broke
// has the status 0.
func ajaxRequest(path string, median, failing float64) func(*draw, *Event) {
	url := "https://www.shop.example" + path
	return func(d *draw, e *Event) {
		e.Type = "AjaxRequest"
		status := 200.0
		if d.fails(failing, "") {
			e.Truth.Bad = 1
			if status = d.failure(); d.random.Float64() < 0.2 {
				status = 0
			}
		}
		e.set("appName", String("shop-web"))
		e.set("hostname", String("www.shop.example"))
		e.set("requestUrl", String(url))
		e.set("httpMethod", String("GET"))
		e.set("httpResponseCode", Number(status))
		e.set("timeToSettle", Number(d.duration(median, 0.75)))
		e.set("session", String(d.session()))
	}
}

// pageView reports the load of a page. One that takes three seconds or more
// is bad.
func pageView(path string, median, slow float64) func(*draw, *Event) {
	url := "https://www.shop.example" + path
	return func(d *draw, e *Event) {
		e.Type = "PageView"
		seconds := d.duration(median, 2.9)
		if d.dawdles(slow) {
			seconds, e.Truth.Bad = thousandths(3+4*d.random.Float64()), 1
		}
		e.set("appName", String("shop-web"))
		e.set("pageUrl", String(url))
		e.set("duration", Number(seconds))
		e.set("backendDuration", Number(thousandths(seconds*0.3)))
		e.set("deviceType", String(d.either(0.6, "Mobile", "Desktop")))
		e.set("countryCode", String("JP"))
		e.set("session", String(d.session()))
	}
}

// receipt reports a line of the log of the service that sends receipts.
func receipt(failing float64) func(*draw, *Event) {
	return func(d *draw, e *Event) {
		e.Type = "Log"
		level, message := "INFO", d.either(0.7, "receipt sent by mail", "receipt shown in the app")
		if d.fails(failing, "") {
			level, message, e.Truth.Bad = "ERROR", "receipt not sent: the mail server did not answer", 1
		}
		e.set("service.name", String("receipt"))
		e.set("level", String(level))
		e.set("message", String(message))
	}
}

// checks reports what a synthetic monitor found. It looks from each of three
// places every five minutes, whether shoppers are there or not.
func checks(monitor string, failing float64) func([]Event, *draw) []Event {
	return func(events []Event, d *draw) []Event {
		for i, place := range regions() {
			if (d.shop+int64(2*i))%5 != 0 {
				continue
			}
			e := d.event("SyntheticCheck", int64(7_000*i)+d.random.Int64N(2_000))
			e.Truth.Total = 1
			result := "SUCCESS"
			if d.fails(failing, place) {
				result, e.Truth.Bad = "FAILED", 1
			}
			e.set("monitorName", String(monitor))
			e.set("location", String(place))
			e.set("type", String("SCRIPT_BROWSER"))
			e.set("result", String(result))
			e.set("duration", Number(math.Round(1000*d.duration(1.2, 20))))
			e.set("isMuted", Bool(false))
			events = append(events, e)
		}
		return events
	}
}

// counts reports two metrics a minute, as counts: the requests of a
// service, and those that failed.
func counts(service, prefix string, mean, failing float64) func([]Event, *draw) []Event {
	return func(events []Event, d *draw) []Event {
		var all, failed int64
		if !d.is(Silent) {
			all = int64(poisson(d.random, mean*wave(d.shop)))
			for range all {
				if d.fails(failing, "") {
					failed++
				}
			}
		}
		for _, m := range []struct {
			name  string
			value int64
			truth Truth
		}{{".requests", all, Truth{Total: all}}, {".failures", failed, Truth{Bad: failed}}} {
			e := d.event(metricType, 0)
			e.Truth = m.truth
			e.set("metricName", String(prefix+m.name))
			e.set("metricType", String("count"))
			e.set("service.name", String(service))
			e.set("value", Number(float64(m.value)))
			events = append(events, e)
		}
		return events
	}
}

func (e *Event) set(name string, value Value) {
	e.Attributes = append(e.Attributes, Attribute{name, value})
}

// regions returns where shoppers are, and where the shop is checked from.
func regions() []string { return []string{"tokyo", "osaka", "fukuoka"} }

// region draws where a shopper is: a half in Tokyo, three of ten in Osaka.
func (d *draw) region() string {
	all := regions()
	switch x := d.random.Float64(); {
	case x < 0.5:
		return all[0]
	case x < 0.8:
		return all[1]
	default:
		return all[2]
	}
}

// isLost reports whether a region cannot be reached.
func (d *draw) isLost(region string) bool {
	for _, t := range d.trouble {
		if t.Kind == Failing && t.Region == region {
			return true
		}
	}
	return false
}

// duration draws how long a request takes in seconds: log-normal around a
// median, and never longer than most, below what counts as slow.
func (d *draw) duration(median, most float64) float64 {
	return thousandths(math.Min(median*math.Exp(0.45*d.random.NormFloat64()), most))
}

// session draws which of many sessions a request of the browser belongs to.
func (d *draw) session() string {
	return strconv.FormatUint(0x1_0000_0000+uint64(d.shop/30*20+d.random.Int64N(20)), 16)
}

func (d *draw) either(share float64, first, second string) string {
	if d.random.Float64() < share {
		return first
	}
	return second
}

func (d *draw) failure() float64 {
	if d.random.Float64() < 0.5 {
		return 500
	}
	return 503
}

func thousandths(x float64) float64 { return math.Round(x*1000) / 1000 }
