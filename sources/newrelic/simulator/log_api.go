package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

const (
	logType = "Log"
	// maxLogText is how many characters of a value of a log can be queried. More
	// is kept by New Relic where queries do not see it, and cut off here.
	maxLogText = 4094
	// maxLogAttributes is how many attributes a log may have.
	maxLogAttributes = 255
)

// serveLogs is POST /log/v1: logs, each an object of attributes, or blocks of
// logs with what they have in common.
func (s *Simulator) serveLogs(w http.ResponseWriter, r *http.Request) {
	// The category is inferred.
	s.finish(w, r, s.takeRows(w, r, "Logs", "LogApiException", func(d *delivery, row json.RawMessage) {
		isBlock, plain := false, map[string]any{}
		err := members(row, func(name string, value any) error {
			isBlock = isBlock || name == "logs"
			plain[name] = value
			return nil
		})
		if isBlock && err == nil {
			var common sentLog
			d.block(row, "logs",
				func(value any) error { return common.read(value, d.now) },
				func(value any) error { return d.log(common, value) })
			return
		}
		if err == nil {
			err = d.log(sentLog{}, plain)
		}
		if err != nil {
			d.reject(err.Error())
		}
	}))
}

// sentLog is a log as it was sent, or what the logs of a block have in common.
type sentLog struct {
	millis     *int64
	attributes []Attribute
}

// read reads the members of a log: its time, attributes below a name of their
// own, and attributes beside them.
func (l *sentLog) read(value any, now time.Time) error {
	given, isObject := value.(map[string]any)
	if !isObject {
		return fmt.Errorf("a log, or what logs have in common, is not an object")
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		switch name {
		case "timestamp":
			millis, err := sentTime(given[name], now, maxPointAge, maxPointAhead)
			if err != nil {
				return err
			}
			l.millis = &millis
		case "attributes":
			below, isObject := given[name].(map[string]any)
			if !isObject {
				return fmt.Errorf("attributes is not an object")
			}
			for _, name := range slices.Sorted(maps.Keys(below)) {
				if err := l.add(name, below[name]); err != nil {
					return err
				}
			}
		default:
			if err := l.add(name, given[name]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *sentLog) add(name string, value any) error {
	if name == "accountId" || name == "eventType" || name == "timestamp" {
		return nil // reserved, and dropped on arrival
	}
	if text, isText := value.(string); isText {
		characters := []rune(text)
		value = string(characters[:min(len(characters), maxLogText)])
	}
	v, err := attributeOfPoint(name, value)
	if err != nil {
		return err
	}
	if v.kind != null {
		l.attributes = append(l.attributes, Attribute{name, v})
	}
	return nil
}

// log stores one log, or says what is wrong with it. Its own time and
// attributes come before those in common.
func (d *delivery) log(common sentLog, value any) error {
	l := sentLog{millis: common.millis, attributes: slices.Clone(common.attributes)}
	if err := l.read(value, d.now); err != nil {
		return err
	}
	if n := len(l.attributes); n > maxLogAttributes {
		return fmt.Errorf("the log has %d attributes, more than %d", n, maxLogAttributes)
	}
	millis := d.now.UnixMilli()
	if l.millis != nil {
		millis = *l.millis
	}
	return d.keep(logType, millis, l.attributes)
}
