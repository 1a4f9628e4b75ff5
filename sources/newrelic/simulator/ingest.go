package simulator

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"sync"
	"time"
	"unicode/utf8"
)

// maxPosted is the size of the largest POST of data, before and after it is
// unpacked: New Relic's 1 MB are 10^6 bytes.
const maxPosted = 1_000_000

// intake holds what was sent to the simulator, by account.
type intake struct {
	mu     sync.Mutex
	posts  uint64
	stores map[int64]*Store
}

// store returns where the events of an account are kept, which New Relic
// decides by the key that sent them.
func (i *intake) store(account int64) *Store {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.stores == nil {
		i.stores = map[int64]*Store{}
	}
	if i.stores[account] == nil {
		i.stores[account] = NewStore()
	}
	return i.stores[account]
}

// existing returns the store of an account, nil when nothing was sent to it.
func (i *intake) existing(account int64) *Store {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.stores[account]
}

// id returns the id of the next POST: the same for the same seed and number.
func (i *intake) id(seed uint64) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.posts++
	var b [16]byte
	first := mix(seed ^ mix(i.posts))
	binary.BigEndian.PutUint64(b[:8], first)
	binary.BigEndian.PutUint64(b[8:], mix(first))
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80 // a UUID of version 4
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// holdings returns what accounts can query: the events that all of them share
// and those that were sent to each. Stores come in one order, whatever that of
// the accounts is, so that two queries never wait for each other.
func (s *Simulator) holdings(accounts ...int64) holdings {
	accounts = slices.Clone(accounts)
	slices.Sort(accounts)
	accounts = slices.Compact(accounts)
	var h holdings
	for _, account := range accounts {
		h = append(h, holding{account, s.store})
	}
	for _, account := range accounts {
		if sent := s.intake.existing(account); sent != nil {
			h = append(h, holding{account, sent})
		}
	}
	return h
}

// delivery is one POST of data on the way into an account. What is wrong with
// single rows does not make it fail: New Relic accepts the whole and reports
// the rows later, as events of the type NrIntegrationError.
type delivery struct {
	store    *Store
	id       string
	feature  string // the newRelicFeature
	category string // of what is wrong
	now      time.Time
	arrives  int64
	kept     int64
	problems []mistake
}

// mistake is something that is wrong with rows.
type mistake struct {
	message string
	rows    int64
}

func (s *Simulator) newDelivery(account int64, feature, category string) *delivery {
	d := &delivery{
		store: s.intake.store(account), id: s.intake.id(s.options.Seed),
		feature: feature, category: category, now: s.clock.Now(), arrives: always,
	}
	if lag := s.options.IngestLag; lag > 0 {
		d.arrives = d.now.Add(lag).UnixMilli()
	}
	return d
}

// keep stores a row.
func (d *delivery) keep(eventType string, millis int64, attributes []Attribute) error {
	err := d.store.AddArriving(eventType, millis, d.arrives, attributes...)
	if err == nil {
		d.kept++
	}
	return err
}

// reject notes that a row cannot be kept. Rows with the same mistake are
// reported together.
func (d *delivery) reject(message string) {
	if n := len(d.problems); n > 0 && d.problems[n-1].message == message {
		d.problems[n-1].rows++
		return
	}
	d.problems = append(d.problems, mistake{message, 1})
}

// integrationError is the type of events by which New Relic reports what it
// could not keep.
const integrationError = "NrIntegrationError"

// report stores what is wrong. newRelicFeature, category, message and
// requestUuid are New Relic's attributes; rejectedRows, and that equal mistakes
// in a row are one event, are the simulator's own.
func (d *delivery) report() (rejected int64) {
	for _, p := range d.problems {
		rejected += p.rows
		err := d.store.AddArriving(integrationError, d.now.UnixMilli(), d.arrives,
			Attribute{"newRelicFeature", String(d.feature)},
			Attribute{"category", String(d.category)},
			Attribute{"message", String(p.message)},
			Attribute{"requestUuid", String(d.id)},
			Attribute{"rejectedRows", Number(float64(p.rows))})
		if err != nil {
			panic("simulator: an NrIntegrationError that cannot be stored: " + err.Error()) // its names are constants
		}
	}
	return rejected
}

// refusedPost is the answer to data that is not accepted as a whole. New Relic
// documents the status; the body is the simulator's own.
func refusedPost(status int, message string) *reply {
	var body object
	body.set("error", message)
	answer := jsonReply(status, encode(body))
	return &answer
}

// sender returns the key that sends data, or says how it is refused.
func (s *Simulator) sender(r *http.Request) (Key, *reply) {
	// The official client sends the second or third, documents name the first.
	key, known := s.key(keyIn(r.Header, "Api-Key", "X-Insert-Key", "X-License-Key"))
	if !known || !key.mayIngest() {
		return Key{}, refusedPost(http.StatusForbidden, "The key is missing, unknown or may not send data: use a licence key or an insert key")
	}
	return key, nil
}

// posted reads data that was posted, or says how it is refused.
func posted(w http.ResponseWriter, r *http.Request) ([]byte, *reply) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, refusedPost(http.StatusUnsupportedMediaType, "The Content-Type is not application/json")
	}
	var source io.Reader = http.MaxBytesReader(w, r.Body, maxPosted)
	switch encoding := r.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
	case "gzip":
		unzipped, err := gzip.NewReader(source)
		if err != nil {
			return nil, unreadable(err)
		}
		defer unzipped.Close()
		source = unzipped
	default:
		return nil, refusedPost(http.StatusUnsupportedMediaType, fmt.Sprintf("The Content-Encoding %q is neither gzip nor identity", shorten(encoding)))
	}
	body, err := io.ReadAll(io.LimitReader(source, maxPosted+1))
	switch {
	case err != nil:
		return nil, unreadable(err)
	case len(body) > maxPosted:
		return nil, tooLargePost()
	case !utf8.Valid(body):
		return nil, refusedPost(http.StatusBadRequest, "The data is not valid UTF-8")
	}
	return body, nil
}

func tooLargePost() *reply {
	return refusedPost(http.StatusRequestEntityTooLarge, fmt.Sprintf("The data is larger than %d bytes", maxPosted))
}

func unreadable(err error) *reply {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return tooLargePost()
	}
	return refusedPost(http.StatusBadRequest, "The data could not be read: "+err.Error())
}

// rows returns the members of a JSON list, or a JSON object as the only one.
func rows(body []byte) ([]json.RawMessage, *reply) {
	body = bytes.TrimSpace(body)
	var list []json.RawMessage
	var err error
	switch {
	case len(body) > 0 && body[0] == '{':
		var one json.RawMessage
		err = json.Unmarshal(body, &one)
		list = append(list, one)
	case len(body) > 0 && body[0] == '[':
		err = json.Unmarshal(body, &list)
	default:
		err = errors.New("it is neither an object nor a list of objects")
	}
	if err != nil {
		return nil, refusedPost(http.StatusBadRequest, "The data is not JSON: "+err.Error())
	}
	return list, nil
}

// finish answers after the simulator's latency.
func (s *Simulator) finish(w http.ResponseWriter, r *http.Request, answer reply) {
	if pause(r.Context(), s.options.Latency+answer.later) {
		s.write(w, answer)
	}
}
