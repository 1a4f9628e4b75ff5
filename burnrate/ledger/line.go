package ledger

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// line is an exported line as it is read: an object of texts and whole numbers.
// It is parsed by hand, as there is one for every minute of every indicator,
// and strictly: a key that is there twice, or not known, is a mistake.
type line struct {
	fields []field
	taken  int // how many of the fields were asked for
	err    error
}

type field struct {
	key   string
	text  string // as it was meant, without quotes
	quote bool   // it is a text
	taken bool
}

// parse reads an object. The texts are copies.
func (l *line) parse(data []byte) error {
	l.fields, l.taken, l.err = l.fields[:0], 0, nil
	p := objectParser{data: data}
	if !p.take('{') {
		return errors.New("the line is not a JSON object")
	}
	for first := true; !p.take('}'); first = false {
		if !first && !p.take(',') {
			return p.unexpected("a comma or }")
		}
		key, err := p.text()
		if err != nil {
			return err
		}
		if !p.take(':') {
			return p.unexpected("a colon")
		}
		f := field{key: key}
		if f.text, f.quote, err = p.value(); err != nil {
			return err
		}
		if slices.ContainsFunc(l.fields, func(other field) bool { return other.key == key }) {
			return fmt.Errorf("the key %q is there twice", key)
		}
		l.fields = append(l.fields, f)
	}
	if p.space(); p.at < len(p.data) {
		return p.unexpected("the end of the line")
	}
	return nil
}

type objectParser struct {
	data []byte
	at   int
}

func (p *objectParser) space() {
	for ; p.at < len(p.data); p.at++ {
		switch p.data[p.at] {
		case ' ', '\t', '\r', '\n':
		default:
			return
		}
	}
}

// take passes a character, if it is the next one.
func (p *objectParser) take(c byte) bool {
	p.space()
	if p.at < len(p.data) && p.data[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *objectParser) unexpected(want string) error {
	if p.space(); p.at >= len(p.data) {
		return fmt.Errorf("the line ends where %s should be", want)
	}
	found, _ := utf8.DecodeRune(p.data[p.at:])
	return fmt.Errorf("column %d: %q is there where %s should be", 1+utf8.RuneCount(p.data[:p.at]), found, want)
}

func (p *objectParser) text() (string, error) {
	if !p.take('"') {
		return "", p.unexpected("a text in quotes")
	}
	start := p.at
	for ; p.at < len(p.data); p.at++ {
		switch c := p.data[p.at]; {
		case c == '\\' && p.at+1 < len(p.data):
			p.at++
		case c == '"':
			raw := p.data[start:p.at]
			p.at++
			return unquote(raw)
		}
	}
	return "", errors.New("a text has no closing quote")
}

func unquote(raw []byte) (string, error) {
	if !utf8.Valid(raw) {
		return "", fmt.Errorf("%q is not UTF-8", raw)
	}
	if bytes.IndexByte(raw, '\\') < 0 && !slices.ContainsFunc(raw, func(c byte) bool { return c < ' ' }) {
		return string(raw), nil
	}
	var text string
	if err := json.Unmarshal(slices.Concat([]byte{'"'}, raw, []byte{'"'}), &text); err != nil {
		return "", fmt.Errorf("the text %q: %w", raw, err)
	}
	// JSON in Go reads half of a pair as another character.
	const other = string(utf8.RuneError)
	if strings.Count(text, other) > bytes.Count(raw, []byte(other))+bytes.Count(bytes.ToLower(raw), []byte(`\ufffd`)) {
		return "", fmt.Errorf("the text %q has half of a surrogate pair", raw)
	}
	return text, nil
}

// value reads a text or a number, which is looked at when it is asked for.
func (p *objectParser) value() (text string, quoted bool, err error) {
	if p.space(); p.at < len(p.data) && p.data[p.at] == '"' {
		text, err = p.text()
		return text, true, err
	}
	start := p.at
	for p.at < len(p.data) && bytes.IndexByte([]byte("+-.0123456789eE"), p.data[p.at]) >= 0 {
		p.at++
	}
	if start == p.at {
		return "", false, p.unexpected("a text in quotes or a whole number")
	}
	return string(p.data[start:p.at]), false, nil
}

// find returns a field, and notes that it was asked for.
func (l *line) find(key string) (field, bool) {
	for i := range l.fields {
		f := &l.fields[i]
		if f.key != key {
			continue
		}
		if !f.taken {
			f.taken = true
			l.taken++
		}
		return *f, true
	}
	return field{}, false
}

// fail keeps the first thing that is wrong.
func (l *line) fail(format string, args ...any) {
	if l.err == nil {
		l.err = fmt.Errorf(format, args...)
	}
}

// text returns a text that has to be there.
func (l *line) text(key string) string {
	f, found := l.find(key)
	switch {
	case !found:
		l.fail("the key %q is missing", key)
	case !f.quote:
		l.fail("%s is %s: write a text in quotes", key, f.text)
	}
	return f.text
}

func (l *line) has(key string) bool {
	_, found := l.find(key)
	return found
}

func (l *line) number(key string) int64 {
	f, found := l.find(key)
	if !found {
		l.fail("the key %q is missing", key)
		return 0
	}
	n, err := strconv.ParseInt(f.text, 10, 64)
	if errors.Is(err, strconv.ErrRange) && !f.quote {
		l.fail("%s is %s: write a whole number from %d to %d", key, f.text, math.MinInt64, math.MaxInt64)
	} else if err != nil || f.quote || strconv.FormatInt(n, 10) != f.text {
		l.fail("%s is %q: write a whole number without quotes", key, f.text)
	}
	return n
}

func (l *line) time(key string) time.Time {
	text := l.text(key)
	if l.err != nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || at.Unix() < 0 || at.UTC().Year() > 9999 {
		l.fail("%s is %q: write an instant in RFC 3339 of the years 1970 to 9999, such as 2026-11-22T09:00:00Z", key, text)
	}
	return at.UTC()
}

// start reads the first minute of a stretch of so many minutes.
func (l *line) start(key string, minutes int64) slo.Minute {
	at := l.time(key)
	m := slo.MinuteAt(at)
	if l.err == nil && (!m.Time().Equal(at) || m.Floor(minutes) != m) {
		l.fail("%s is %s: write %s", key, at.Format(time.RFC3339Nano), startText(minutes))
	}
	return m
}

// startText says where a stretch of so many minutes begins.
func startText(minutes int64) string {
	switch minutes {
	case 1:
		return "a whole minute, such as 2026-11-22T09:07:00Z"
	case 15:
		return "the beginning of a quarter-hour of UTC, such as 2026-11-22T09:15:00Z"
	default:
		return "the beginning of an hour of UTC, such as 2026-11-22T09:00:00Z"
	}
}

// indicator reads the key of an indicator.
func (l *line) indicator() slo.IndicatorID {
	id := l.text("indicator")
	if l.err == nil && id == "" {
		l.fail("indicator is empty: write the key of an indicator")
	}
	return slo.IndicatorID(id)
}

// counts reads a pair of counts and that of the events behind it. The keys end
// with a suffix.
func (l *line) counts(suffix string) (counts, rows slo.Counts) {
	counts = slo.Counts{Total: l.number("total" + suffix), Bad: l.number("bad" + suffix)}
	if !l.has("rows"+suffix) && !l.has("badRows"+suffix) {
		return counts, counts
	}
	return counts, slo.Counts{Total: l.number("rows" + suffix), Bad: l.number("badRows" + suffix)}
}

func (l *line) row(suffix string) burnrate.Row {
	counts, rows := l.counts(suffix)
	return burnrate.Row{Counts: counts, Rows: rows, Measured: true}
}

// sum reads what is known of a stretch of so many minutes.
func (l *line) sum(minutes int64) burnrate.Sum {
	s := burnrate.Sum{Minutes: minutes}
	if l.has("minutes") {
		s.Minutes = l.number("minutes")
		if l.err == nil && (s.Minutes < 1 || s.Minutes > minutes) {
			l.fail("minutes is %d: write how many of the %d were measured", s.Minutes, minutes)
		}
	}
	s.Counts, s.Rows = l.counts("")
	return s
}

// value reads bytes in Base64.
func (l *line) value(key string) []byte {
	text := l.text(key)
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || base64.StdEncoding.EncodeToString(data) != text {
		l.fail("%s is not in Base64 (with + and /, and = at the end)", key)
	}
	return append([]byte{}, data...) // a value that is nil removes its entry
}

// end reports what was wrong, and keys that nobody asked for.
func (l *line) end() error {
	if l.err != nil || l.taken == len(l.fields) {
		return l.err
	}
	var unknown []string
	for _, f := range l.fields {
		if !f.taken {
			unknown = append(unknown, strconv.Quote(f.key))
		}
	}
	return fmt.Errorf("a line of this type has no key %s", strings.Join(unknown, ", "))
}
