package simulator

import (
	"bytes"
	"encoding/json"
	"math"
)

// object is a JSON object whose members keep their order.
type object struct{ members []member }

type member struct {
	key   string
	value any
}

// set adds a member, or changes the one of that name.
func (o *object) set(key string, value any) {
	for i := range o.members {
		if o.members[i].key == key {
			o.members[i].value = value
			return
		}
	}
	o.members = append(o.members, member{key, value})
}

// MarshalJSON implements [json.Marshaler].
func (o object) MarshalJSON() ([]byte, error) { return encode(o), nil }

// raw is JSON that is written as it is.
type raw string

// encode returns JSON of what answers are made of: objects, lists, strings,
// numbers, booleans and nil. Whole numbers have no exponent and others are as
// short as possible.
func encode(value any) []byte { return appendJSON(nil, value) }

func appendJSON(b []byte, value any) []byte {
	switch value := value.(type) {
	case object:
		b = append(b, '{')
		for i, m := range value.members {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, m.key), ':')
			b = appendJSON(b, m.value)
		}
		return append(b, '}')
	case []any:
		b = append(b, '[')
		for i, v := range value {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, v)
		}
		return append(b, ']')
	case raw:
		return append(b, value...)
	case string:
		return appendString(b, value)
	case bool:
		if value {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case int64:
		return appendJSON(b, float64(value))
	case float64:
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return append(b, "null"...)
		}
		return append(b, formatNumber(value)...)
	default:
		return append(b, "null"...)
	}
}

func appendString(b []byte, s string) []byte {
	var buffer bytes.Buffer
	e := json.NewEncoder(&buffer)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil { // strings always encode
		return append(b, `""`...)
	}
	return append(b, bytes.TrimRight(buffer.Bytes(), "\n")...)
}
