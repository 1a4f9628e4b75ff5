package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of the Event API on a single event.
const (
	maxEventMembers = 255  // with eventType, which leaves 254 to be chosen
	maxEventText    = 4096 // characters of a value
	maxEventAge     = 24 * time.Hour
)

// serveEvents is POST /v1/accounts/{account}/events: one event or a list of
// them.
func (s *Simulator) serveEvents(w http.ResponseWriter, r *http.Request) {
	s.finish(w, r, s.takeEvents(w, r))
}

func (s *Simulator) takeEvents(w http.ResponseWriter, r *http.Request) reply {
	key, refused := s.sender(r)
	if refused != nil {
		return *refused
	}
	account, err := ParseAccount(r.PathValue("account"))
	if err != nil {
		return *refusedPost(http.StatusBadRequest, "The account "+err.Error())
	}
	if !s.may(key, account) {
		return *refusedPost(http.StatusForbidden, fmt.Sprintf("The key may not send data to account %d", account))
	}
	if excess := s.limiter.post(account, s.clock.Now()); excess > 0 && !s.options.NoLimits {
		return s.tooManyPosts(account, excess)
	}
	body, refused := posted(w, r)
	if refused != nil {
		return *refused
	}
	list, refused := rows(body)
	if refused != nil {
		return *refused
	}
	d := s.newDelivery(account, "Event API", "EventApiException")
	for _, row := range list {
		if err := d.event(row); err != nil {
			d.reject(err.Error())
		}
	}
	s.counters.took(d.kept, d.report())
	var accepted object
	accepted.set("success", true)
	accepted.set("uuid", d.id)
	return jsonReply(http.StatusOK, encode(accepted))
}

// tooManyPosts refuses a POST. The first of a minute is reported to the
// account; that it is only one is inferred.
func (s *Simulator) tooManyPosts(account, excess int64) reply {
	message := fmt.Sprintf("Account %d sent more than %d POSTs of events in a minute", account, maxPostsMinute)
	if excess == 1 {
		d := s.newDelivery(account, "Event API", "RateLimit")
		d.reject(message)
		d.report()
	}
	return *refusedPost(http.StatusTooManyRequests, message)
}

// event stores one event, or says what is wrong with it. The rules are New
// Relic's; how it words them, and that a text which is too long makes the event
// invalid and is not cut, is inferred.
func (d *delivery) event(row json.RawMessage) error {
	e := sentEvent{millis: d.now.UnixMilli()}
	if err := e.read(row, d.now); err != nil {
		return err
	}
	switch e.eventType {
	case "":
		return fmt.Errorf("the event has no eventType")
	case metricType:
		return fmt.Errorf("the eventType %s is reserved: send metrics to the Metric API", metricType)
	}
	return d.keep(e.eventType, e.millis, e.attributes)
}

// sentEvent is an event as it was sent.
type sentEvent struct {
	eventType  string
	millis     int64 // the time of arrival unless the event has its own
	attributes []Attribute
}

func (e *sentEvent) read(row json.RawMessage, now time.Time) error {
	n := 0
	err := members(row, func(name string, value any) error {
		n++
		switch name {
		case "eventType":
			text, isText := value.(string)
			if !isText {
				return fmt.Errorf("the eventType is not a string")
			}
			e.eventType = text
			return nil
		case "timestamp":
			var err error
			e.millis, err = sentTime(value, now, maxEventAge, maxEventAge)
			return err
		case "accountId":
			return nil // reserved, and dropped on arrival
		case "appId":
			if n, isNumber := value.(json.Number); !isNumber || strings.ContainsAny(n.String(), ".eE") {
				return nil // dropped unless it is whole
			}
		}
		v, err := sentValue(name, value)
		if err == nil && v.kind != null {
			e.attributes = append(e.attributes, Attribute{name, v})
		}
		return err
	})
	if err == nil && n > maxEventMembers {
		return fmt.Errorf("the event has %d attributes, more than %d", n, maxEventMembers)
	}
	return err
}

// sentTime reads a timestamp, which may be so much older and so much newer
// than now. One that is not whole gives way to the time of arrival.
func sentTime(value any, now time.Time, older, newer time.Duration) (int64, error) {
	spelled, isNumber := value.(json.Number)
	if !isNumber {
		return 0, fmt.Errorf("the timestamp is not a number")
	}
	if x, err := spelled.Float64(); err == nil && x != math.Trunc(x) {
		return now.UnixMilli(), nil
	}
	millis, err := decodeTimestamp(value)
	if err != nil {
		return 0, fmt.Errorf("the timestamp %s is out of range", shorten(spelled.String()))
	}
	switch age := now.Sub(time.UnixMilli(millis)); {
	case age > older:
		return 0, fmt.Errorf("the timestamp %s is more than %v hours before the server's time", shorten(spelled.String()), older.Hours())
	case age < -newer:
		return 0, fmt.Errorf("the timestamp %s is more than %v hours ahead of the server's time", shorten(spelled.String()), newer.Hours())
	}
	return millis, nil
}

// sentValue reads the value of an attribute: a string or a number, of which
// null is neither and leaves the attribute out.
func sentValue(name string, value any) (Value, error) {
	switch value := value.(type) {
	case nil:
		return Value{}, nil
	case string:
		if n := utf8.RuneCountInString(value); n > maxEventText {
			return Value{}, fmt.Errorf("the attribute %q has %d characters, more than %d", shorten(name), n, maxEventText)
		}
		return String(value), nil
	case json.Number:
		return sentNumber(name, value)
	default:
		return Value{}, fmt.Errorf("the attribute %q is neither a string nor a number", shorten(name))
	}
}

func sentNumber(name string, value json.Number) (Value, error) {
	x, err := value.Float64()
	if err != nil {
		return Value{}, fmt.Errorf("the attribute %q holds a number that is out of range", shorten(name))
	}
	if isWhole := !strings.ContainsAny(value.String(), ".eE"); isWhole && beyondExact(value.String()) {
		return Value{}, fmt.Errorf("%sthe attribute %q holds a whole number beyond 2^53, which would be rounded", prefix, shorten(name))
	}
	return Number(x), nil
}

// members calls do for each member of an object of valid JSON.
func members(row json.RawMessage, do func(name string, value any) error) error {
	d := json.NewDecoder(bytes.NewReader(row))
	d.UseNumber()
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return fmt.Errorf("the row is not a JSON object")
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return err
		}
		if err := do(name.(string), value); err != nil {
			return err
		}
	}
	return nil
}
