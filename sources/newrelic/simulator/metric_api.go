package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// How much older and newer than the server's time a data point may be.
const (
	maxPointAge   = 48 * time.Hour
	maxPointAhead = 24 * time.Hour
)

// serveMetrics is POST /metric/v1: a list of blocks, each with data points and
// what they have in common.
func (s *Simulator) serveMetrics(w http.ResponseWriter, r *http.Request) {
	s.finish(w, r, s.takeMetrics(w, r))
}

func (s *Simulator) takeMetrics(w http.ResponseWriter, r *http.Request) reply {
	// The category is inferred.
	return s.takeRows(w, r, "Metrics", "MetricApiException", func(d *delivery, row json.RawMessage) {
		var common sentPoint
		d.block(row, "metrics",
			func(value any) error { return common.read(value, d.now) },
			func(value any) error { return d.point(common, value) })
	})
}

// takeRows takes a POST to an address that names no account.
func (s *Simulator) takeRows(w http.ResponseWriter, r *http.Request, feature, category string, take func(*delivery, json.RawMessage)) reply {
	key, refused := s.sender(r)
	if refused != nil {
		return *refused
	}
	body, refused := posted(w, r)
	if refused != nil {
		return *refused
	}
	list, refused := rows(body)
	if refused != nil {
		return *refused
	}
	d := s.newDelivery(s.home(key), feature, category)
	for _, row := range list {
		take(d, row)
	}
	s.counters.took(d.kept, d.report())
	var accepted object
	accepted.set("requestId", d.id)
	return jsonReply(http.StatusAccepted, encode(accepted))
}

// home returns the account that a key sends to where the address names none.
// At New Relic every licence key belongs to one account. Here it is the first
// that the key may use, or the first that is there, or account 1.
func (s *Simulator) home(k Key) int64 {
	for _, accounts := range [][]int64{k.Accounts, s.options.Accounts} {
		for _, account := range accounts {
			if s.may(k, account) {
				return account
			}
		}
	}
	return 1
}

// block takes a block: what rows have in common, and a list of them.
func (d *delivery) block(row json.RawMessage, listed string, common, each func(value any) error) {
	var list []any
	err := members(row, func(name string, value any) error {
		switch name {
		case "common":
			return common(value)
		case listed:
			var isList bool
			if list, isList = value.([]any); !isList {
				return fmt.Errorf("%s is not a list", listed)
			}
		}
		return nil
	})
	if err == nil && list == nil {
		err = fmt.Errorf("the block has no %s", listed)
	}
	if err != nil {
		// The whole block is lost, and all that was read of its rows.
		for range max(1, len(list)) {
			d.reject(err.Error())
		}
		return
	}
	for _, value := range list {
		if err := each(value); err != nil {
			d.reject(err.Error())
		}
	}
}

// sentPoint is a data point as it was sent, or what the points of a block have in common.
type sentPoint struct {
	name, kind string
	value      any
	millis     *int64
	interval   any // in milliseconds
	attributes []Attribute
}

// read reads the members of a point. Those of other names are ignored.
func (p *sentPoint) read(value any, now time.Time) error {
	given, isObject := value.(map[string]any)
	if !isObject {
		return fmt.Errorf("a data point, or what points have in common, is not an object")
	}
	p.value = given["value"]
	if interval, isThere := given["interval.ms"]; isThere {
		p.interval = interval
	}
	for _, text := range []struct {
		name string
		into *string
	}{{"name", &p.name}, {"type", &p.kind}} {
		if member, isThere := given[text.name]; isThere {
			if *text.into, isObject = member.(string); !isObject {
				return fmt.Errorf("the %s of a metric is not a string", text.name)
			}
		}
	}
	if timestamp, isThere := given["timestamp"]; isThere {
		millis, err := sentTime(timestamp, now, maxPointAge, maxPointAhead)
		if err != nil {
			return err
		}
		p.millis = &millis
	}
	return p.readAttributes(given["attributes"])
}

func (p *sentPoint) readAttributes(value any) error {
	if value == nil {
		return nil
	}
	given, isObject := value.(map[string]any)
	if !isObject {
		return fmt.Errorf("attributes is not an object")
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		v, err := attributeOfPoint(name, given[name])
		if err != nil {
			return err
		}
		if v.kind != null {
			p.attributes = append(p.attributes, Attribute{name, v})
		}
	}
	return nil
}

// attributeOfPoint reads the value of an attribute, which unlike those of
// events may be a boolean.
func attributeOfPoint(name string, value any) (Value, error) {
	if b, isBool := value.(bool); isBool {
		return Bool(b), nil
	}
	return sentValue(name, value)
}

// point stores one data point, or says what is wrong with it. Its own time,
// interval and attributes come before those in common.
func (d *delivery) point(common sentPoint, value any) error {
	p := sentPoint{millis: common.millis, interval: common.interval, attributes: slices.Clone(common.attributes)}
	if err := p.read(value, d.now); err != nil {
		return err
	}
	p.kind = cmp.Or(p.kind, "gauge")
	millis := d.now.UnixMilli()
	if p.millis != nil {
		millis = *p.millis
	}
	if p.name == "" || len(p.name) >= maxName {
		return fmt.Errorf("the metric name %q must have 1 to %d characters", shorten(p.name), maxName-1)
	}
	figures, err := p.figures()
	if err != nil {
		return fmt.Errorf("the metric %q: %w", shorten(p.name), err)
	}
	own := append(p.attributes, Attribute{"metricName", String(p.name)}, Attribute{"metricType", String(p.kind)})
	return d.keep(metricType, millis, append(own, figures...))
}

// figures returns what was measured, as attributes.
func (p *sentPoint) figures() ([]Attribute, error) {
	var figures []Attribute
	number := func(name string, value any) error {
		n, isNumber := value.(json.Number)
		if !isNumber {
			return fmt.Errorf("its %s is not a number", name)
		}
		v, err := sentNumber(name, n)
		figures = append(figures, Attribute{name, v})
		return err
	}
	switch p.kind {
	case "gauge", "count":
		if err := number("value", p.value); err != nil {
			return nil, err
		}
	case "summary":
		parts, isObject := p.value.(map[string]any)
		if !isObject {
			return nil, fmt.Errorf("its value is not an object of count, sum, min and max")
		}
		for _, name := range []string{"count", "sum", "min", "max"} {
			if parts[name] == nil && (name == "min" || name == "max") {
				continue // of a summary of nothing
			}
			if err := number(name, parts[name]); err != nil {
				return nil, err
			}
			if v := figures[len(figures)-1].Value; name == "count" && v.number < 0 {
				return nil, fmt.Errorf("its count is below 0")
			}
		}
	default:
		return nil, fmt.Errorf("its type %q is none of gauge, count and summary", shorten(p.kind))
	}
	if p.kind != "gauge" {
		if err := number("interval.ms", p.interval); err != nil {
			return nil, err
		}
		if v := figures[len(figures)-1].Value; v.number <= 0 {
			return nil, fmt.Errorf("its interval.ms is not above 0")
		}
	}
	return figures, nil
}
