package file

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ndjsonFormat reads lines with a JSON object each.
type ndjsonFormat struct{ *reading }

func (f ndjsonFormat) line(number int, text string) {
	r, err := object(text)
	if err != nil {
		f.problem(number, "%s", err)
		return
	}
	f.record(number, r)
}

var errNoObject = errors.New(`the line is no JSON object: write one row a line, such as {"minute":"2026-11-22T09:00:00Z","id":"pay","total":120,"bad":1}`)

// object reads an object of strings and numbers.
func object(text string) (*record, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, errNoObject
	}
	var r record
	var written [columnCount]bool
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, errNoObject
		}
		name, _ := key.(string)
		at := slices.Index(columnNames(), name)
		if at < 0 {
			return nil, fmt.Errorf("the row has a key that is not known: %s", columnHint(name))
		}
		if written[at] {
			return nil, fmt.Errorf("the row has %s twice: keep one of them", name)
		}
		written[at] = true
		value, err := decoder.Token()
		if err != nil {
			return nil, errNoObject
		}
		switch value := value.(type) {
		case string:
			r[at] = strings.TrimSpace(value)
		case json.Number:
			r[at] = value.String()
		case nil:
		default:
			return nil, fmt.Errorf("%s must be a number or a string", name)
		}
	}
	if _, err := decoder.Token(); err != nil {
		return nil, errNoObject
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errNoObject
	}
	return &r, nil
}
