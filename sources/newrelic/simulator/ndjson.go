package simulator

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxLine is the length a line of NDJSON has to stay below; the Event API
// takes at most 1 MB a request.
const maxLine = 1 << 20

// secondsBelow separates timestamps in seconds from those in milliseconds: in
// seconds it is the year 5138, in milliseconds March 1973.
const secondsBelow = 100_000_000_000

// ReadFiles reads NDJSON files, plain or compressed with gzip, in the given
// order. What a file is, is decided by its first bytes and not by its name.
func (s *Store) ReadFiles(paths ...string) error {
	for _, path := range paths {
		if err := s.readFile(path); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) readFile(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("events: %w", err)
	}
	defer file.Close()
	buffered := bufio.NewReader(file)
	magic, err := buffered.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read events of %s: %w", path, err)
	}
	if !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return s.ReadNDJSON(buffered, path)
	}
	unzipped, err := gzip.NewReader(buffered)
	if err != nil {
		return fmt.Errorf("read events of %s: %w", path, damaged(err))
	}
	defer unzipped.Close()
	return s.ReadNDJSON(gunzip{unzipped}, path)
}

// gunzip says of errors that they come from the compression.
type gunzip struct{ r *gzip.Reader }

func (g gunzip) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = damaged(err)
	}
	return n, err
}

func damaged(err error) error {
	return fmt.Errorf("the gzip file is damaged or cut off: %w; compress the events again", err)
}

// ReadNDJSON adds one event for every line of r, which holds a JSON object in
// the shape of the Event API:
//
//	{"eventType":"Transaction","timestamp":1700000000000,"appName":"basket-api","duration":0.12}
//
// The timestamp counts whole seconds or milliseconds since 1970. Attributes
// are strings, numbers and booleans; null is the same as leaving one out.
// Blank lines are skipped. The first line that is wrong ends the reading with
// an error that names it as name:line; the lines before it stay stored.
func (s *Store) ReadNDJSON(r io.Reader, name string) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	n := 0
	for lines.Scan() {
		if lines.Err() != nil {
			break // what is left of the line that could not be read whole
		}
		n++
		line := lines.Bytes()
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := s.addLine(line); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("%s:%d: the line is longer than %d bytes: write one event a line", name, n+1, maxLine)
	case err != nil:
		return fmt.Errorf("read events of %s behind line %d: %w", name, n, err)
	}
	return nil
}

func (s *Store) addLine(line []byte) error {
	if !utf8.Valid(line) {
		return errors.New("the line is not valid UTF-8")
	}
	e := event{seen: map[string]bool{}}
	if err := e.decode(line); err != nil {
		return err
	}
	switch {
	case !e.seen["eventType"]:
		return errors.New(`the event has no type: add "eventType":"Transaction" or another type`)
	case !e.seen["timestamp"]:
		return errors.New(`the event has no time: add "timestamp":1700000000000, in milliseconds or seconds since 1970`)
	}
	return s.Add(e.eventType, e.millis, e.attributes...)
}

// event is a line of NDJSON.
type event struct {
	eventType  string
	millis     int64
	attributes []Attribute
	seen       map[string]bool
}

func (e *event) decode(line []byte) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if open, err := d.Token(); err != nil {
		return notJSON(err)
	} else if open != json.Delim('{') {
		return errors.New("the line is not a JSON object: write {\"eventType\":…, \"timestamp\":…}")
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return notJSON(err)
		}
		name, _ := key.(string)
		if e.seen[name] {
			return fmt.Errorf("%s stands twice: keep one of them", shorten(name))
		}
		e.seen[name] = true
		value, err := d.Token()
		if err != nil {
			return notJSON(err)
		}
		if err := e.set(name, value); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return notJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the event: write one JSON object a line")
	}
	return nil
}

func (e *event) set(name string, value any) error {
	switch name {
	case "eventType":
		var isString bool
		if e.eventType, isString = value.(string); !isString {
			return errors.New(`eventType is not a string: write a name such as "Transaction"`)
		}
		return nil
	case "timestamp":
		var err error
		e.millis, err = decodeTimestamp(value)
		return err
	}
	a := Attribute{Name: name}
	switch value := value.(type) {
	case nil:
		return nil
	case string:
		a.Value = String(value)
	case bool:
		a.Value = Bool(value)
	case json.Number:
		x, err := value.Float64()
		if err != nil {
			return fmt.Errorf("attribute %s: the number %s is out of range", shorten(name), shorten(value.String()))
		}
		if isWhole := !strings.ContainsAny(value.String(), ".eE"); isWhole && beyondExact(value.String()) {
			return fmt.Errorf("attribute %s: the whole number %s is beyond 2^53 and would be rounded: write it as a string",
				shorten(name), shorten(value.String()))
		}
		a.Value = Number(x)
	default:
		return fmt.Errorf("attribute %s is an object or a list: write a string, a number or a boolean, "+
			"such as \"%s.member\":1 for a member", shorten(name), shorten(name))
	}
	e.attributes = append(e.attributes, a)
	return nil
}

// beyondExact reports whether a whole number is larger than those which floats
// hold without gaps.
func beyondExact(digits string) bool {
	n, err := strconv.ParseInt(digits, 10, 64)
	return err != nil || n > 1<<53 || n < -1<<53
}

func decodeTimestamp(value any) (int64, error) {
	spelled, isNumber := value.(json.Number)
	if !isNumber {
		return 0, errors.New("timestamp is not a number: write milliseconds or seconds since 1970, such as 1700000000000")
	}
	millis, err := strconv.ParseInt(spelled.String(), 10, 64)
	if err != nil {
		x, err := spelled.Float64()
		if err != nil || x != math.Trunc(x) || math.Abs(x) > 1<<53 {
			return 0, fmt.Errorf("timestamp %s is not whole: write milliseconds or seconds since 1970, such as 1700000000000",
				shorten(spelled.String()))
		}
		millis = int64(x)
	}
	if millis < 0 || millis > 1<<53 {
		return 0, fmt.Errorf("timestamp %s is out of range: write milliseconds or seconds since 1970, such as 1700000000000",
			shorten(spelled.String()))
	}
	if millis < secondsBelow {
		millis *= 1000
	}
	return millis, nil
}

func notJSON(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the object is never closed")
	}
	return fmt.Errorf("the line is not JSON: %w", err)
}
