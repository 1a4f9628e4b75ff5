package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo/diag/render"
)

// Read reads the JSON of a document, which may come from anywhere: its table has
// no character that changes how a terminal looks. What a newer program has added
// to it is left out. It refuses other documents.
func Read(data []byte) (Document, error) {
	var d Document
	if err := checkSchema(data, Schema); err != nil {
		return d, err
	}
	err := json.Unmarshal(data, &d)
	if err == nil {
		err = d.check()
	}
	if err != nil {
		return Document{}, wrongDocument(Schema, err)
	}
	cleanAll(&d, render.Plain)
	return d, nil
}

// checkSchema wants a document of a schema.
func checkSchema(data []byte, schema string) error {
	var kind struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(data, &kind); err != nil || kind.Schema == "" {
		return fmt.Errorf("it is no JSON with the schema %s", schema)
	}
	if kind.Schema != schema {
		return fmt.Errorf("its schema is %s, and this program knows %s: use one of the version that wrote it", shortened(kind.Schema), schema)
	}
	return nil
}

func wrongDocument(schema string, err error) error {
	return fmt.Errorf("its schema is %s, but not what it says: %w", schema, err)
}

// shortened is a name that may be anything.
func shortened(name string) string {
	const most = 60
	if runes := []rune(name); len(runes) > most {
		name = string(runes[:most]) + "…"
	}
	return render.Plain(fmt.Sprintf("%q", name))
}

// check returns what the document lacks to be printed.
func (d Document) check() error {
	if _, err := time.Parse(time.RFC3339Nano, d.At); err != nil {
		return errors.New("at is no instant")
	}
	for _, record := range d.SLOs {
		if record.ID == "" {
			return errors.New("an id is missing")
		}
		for _, o := range record.Objectives {
			if _, err := time.Parse(time.RFC3339, o.End); err != nil {
				return fmt.Errorf("an end of %s is no instant", shortened(record.ID))
			}
		}
	}
	return nil
}

// cleanAll replaces all texts of what a pointer is to.
func cleanAll(document any, plain func(string) string) {
	clean(reflect.ValueOf(document).Elem(), plain)
}

// isEpisode reports whether a text names an episode of an alert. It looks like a
// key, and is to be shown where an episode is meant.
func isEpisode(text string) bool { return episodeLike.MatchString(text) }

var episodeLike = regexp.MustCompile(`^[0-9a-f]{32}$`)

func clean(v reflect.Value, plain func(string) string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(plain(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Field(i)
			if v.Type().Field(i).Name == "Episode" && field.Kind() == reflect.String && isEpisode(field.String()) {
				continue
			}
			if field.CanSet() {
				clean(field, plain)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			clean(v.Index(i), plain)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			clean(v.Elem(), plain)
		}
	default: // numbers
	}
}

// Failures returns what could not be measured.
func (d Document) Failures() []burnrate.Failure {
	list := make([]burnrate.Failure, len(d.Errors))
	for i, e := range d.Errors {
		list[i] = burnrate.Failure{ID: e.ID, Message: e.Message}
	}
	return list
}
