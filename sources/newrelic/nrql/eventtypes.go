package nrql

import (
	"slices"
	"strings"
)

// Sampling is how far the events of a type are all of them. The zero Sampling
// says that nothing is known to be left out.
type Sampling int

// The ways in which events go missing before they are stored.
const (
	// Sampled types are capped per harvest of an agent and sampled beyond that.
	Sampled Sampling = iota + 1
	// Capped types keep so few events per minute and instance (100 by default)
	// that a serious incident is cut off.
	Capped
)

// EventType is what is known of an event type.
type EventType struct {
	Name       string
	Sampling   Sampling
	Attributes []Attribute
}

// Attribute is an attribute that New Relic documents for an event type.
type Attribute struct {
	Name string
	Type AttributeType
}

// AttributeType is the type of an attribute's values. The zero AttributeType
// is invalid.
type AttributeType int

// The types of values.
const (
	TextValue AttributeType = iota + 1
	NumberValue
	BooleanValue
)

// String returns the name that messages use.
func (t AttributeType) String() string {
	return [...]string{"?", "text", "a number", "a boolean"}[t]
}

// Attribute finds an attribute by its exact name.
func (t EventType) Attribute(name string) (Attribute, bool) {
	i := slices.IndexFunc(t.Attributes, func(a Attribute) bool { return a.Name == name })
	if i < 0 {
		return Attribute{}, false
	}
	return t.Attributes[i], true
}

// LookupEventType finds an event type by its exact name. Types that New Relic
// does not document are usually an account's own.
func LookupEventType(name string) (EventType, bool) {
	i, found := slices.BinarySearchFunc(eventTypes[:], name, func(t EventType, name string) int {
		return strings.Compare(t.Name, name)
	})
	if !found {
		return EventType{}, false
	}
	return eventTypes[i], true
}

// EventTypes returns the known event types, sorted by name.
func EventTypes() []EventType { return slices.Clone(eventTypes[:]) }

// mobileRequest is what both types of mobile requests have.
var mobileRequest = slices.Concat(
	text("appName", "appVersion", "requestUrl", "requestDomain", "requestPath", "requestMethod", "osName", "osVersion",
		"platform", "carrier", "connectionType", "sessionId", "deviceUuid", "countryCode"),
	number("statusCode", "responseTime", "duration"))

// eventTypes holds what is known of event types that service level indicators
// are made of, sorted by name. Nothing writes to it.
var eventTypes = [...]EventType{
	{"AjaxRequest", 0, slices.Concat(
		text("requestUrl", "groupedRequestUrl", "httpMethod", "hostname", "session", "appName"),
		number("httpResponseCode", "timeToSettle"))},
	{"BrowserInteraction", 0, slices.Concat(
		text("browserInteractionName", "category", "actionText", "targetUrl", "trigger", "appName"),
		number("duration"))},
	{"JavaScriptError", 0, slices.Concat(
		text("errorClass", "errorMessage", "requestUri", "session", "appName"),
		boolean("firstErrorInSession"))},
	{"Log", 0, text("message", "level", "severity", "service.name", "trace.id", "entity.guid", "hostname")},
	{"Metric", 0, text("metricName", "metricTimesliceName", "appName", "entity.guid", "service.name")},
	{"Mobile", Sampled, text("appName", "category", "sessionId", "uuid")},
	{"MobileCrash", Sampled, slices.Concat(
		text("appName", "crashException", "crashLocation", "sessionId"),
		boolean("isFirstOccurrence"))},
	{"MobileHandledException", Sampled, text("appName", "exceptionName", "exceptionLocation", "sessionId")},
	{"MobileRequest", Sampled, mobileRequest},
	{"MobileRequestError", Sampled, slices.Concat(mobileRequest, text("errorType", "networkError"), number("networkErrorCode"))},
	{"MobileSession", 0, slices.Concat(
		text("appName", "sessionId", "category", "uuid"),
		number("sessionDuration"),
		boolean("sessionCrashed", "install"))},
	{"PageView", 0, slices.Concat(
		text("pageUrl", "browserTransactionName", "session", "deviceType", "userAgentName", "userAgentOS", "countryCode", "appName", "city"),
		number("duration", "backendDuration"))},
	{"PageViewTiming", 0, slices.Concat(
		text("timingName", "pageUrl", "appName"),
		number("largestContentfulPaint", "interactionToNextPaint", "cumulativeLayoutShift", "firstInputDelay"))},
	{"Span", Capped, slices.Concat(
		text("name", "span.kind", "otel.status_code", "service.name", "entity.guid", "trace.id"),
		number("duration", "duration.ms", "http.statusCode"))},
	{"SyntheticCheck", 0, slices.Concat(
		text("result", "monitorName", "monitorId", "location", "locationLabel", "error", "type", "entityGuid"),
		number("duration"),
		boolean("isMuted"))},
	{"Transaction", Sampled, slices.Concat(
		text("appName", "name", "httpResponseCode", "response.status", "request.uri", "request.method", "transactionType", "entityGuid",
			"host", "traceId"),
		number("duration", "totalTime", "databaseDuration", "externalDuration", "http.statusCode"),
		boolean("error", "sampled"))},
	{"TransactionError", Capped, slices.Concat(
		text("appName", "error.class", "error.message", "transactionName", "host"),
		boolean("error.expected"))},
}

func text(names ...string) []Attribute { return attributes(TextValue, names) }

func number(names ...string) []Attribute { return attributes(NumberValue, names) }

func boolean(names ...string) []Attribute { return attributes(BooleanValue, names) }

func attributes(t AttributeType, names []string) []Attribute {
	list := make([]Attribute, len(names))
	for i, name := range names {
		list[i] = Attribute{name, t}
	}
	return list
}
