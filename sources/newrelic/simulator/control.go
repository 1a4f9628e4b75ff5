package simulator

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// control holds what mutations made: New Relic's control plane in memory.
// Everything belongs to an account.
type control struct {
	mu        sync.Mutex
	lastID    int64
	resources []*resource // by their age
	tags      map[string][]tag
}

// tag is a tag of an entity, with its values in their order.
type tag struct {
	key    string
	values []string
}

func newControl() *control { return &control{tags: map[string][]tag{}} }

// resource is one object of the control plane. Its state is replaced as a
// whole and never changed, so that it may be read without the lock.
type resource struct {
	kind    *resourceKind
	id      string
	account int64
	state   map[string]any // the input that made it, with what was changed since
	created time.Time
	updated time.Time // zero until something was changed
}

// resourceKind describes a kind of object: what it is made from, and how it is shown.
type resourceKind struct {
	// bucket holds the objects; kinds that share one share searches and ids.
	bucket string
	name   string // in messages
	// input is the GraphQL type of what makes an object, with its defaults and
	// limits. What an update leaves has to be such an input again.
	input string
	// beside are arguments of the mutation that are kept with the input.
	beside []string
	domain string // of the GUID; empty for objects without one
	entity string // type in the GUID
	most   int    // of an account; 0 is no limit
	// adapt turns the input of an update into changes of what is kept.
	adapt func(changes map[string]any) map[string]any
	// check says what is wrong with an object beyond the limits of its input.
	check func(c call, next *resource) []problem
	// show adds to the input what answers have beyond it.
	show func(c call, shown *resource, fields map[string]any)
	// gone is called when an object was deleted, for what goes with it.
	gone func(c call, old *resource)
}

// nextID returns the next id. Ids are counted, so that two runs that do the
// same have the same ids.
func (c *control) nextID() string {
	c.lastID++
	return strconv.FormatInt(c.lastID, 10)
}

// list returns the objects of an account that match, oldest first. A nil
// function matches all.
func (c *control) list(bucket string, account int64, match func(*resource) bool) []*resource {
	var found []*resource
	for _, r := range c.resources {
		if r.kind.bucket == bucket && r.account == account && (match == nil || match(r)) {
			found = append(found, r)
		}
	}
	return found
}

// find returns the object with an id, or nil.
func (c *control) find(bucket string, account int64, id string) *resource {
	found := c.list(bucket, account, func(r *resource) bool { return r.id == id })
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

// findGUID returns the object with a GUID, or nil.
func (c *control) findGUID(guid string) *resource {
	name, isGUID := readGUID(guid)
	i := slices.IndexFunc(c.resources, func(r *resource) bool {
		return r.id == name.id && r.account == name.account && r.kind.domain == name.domain && r.kind.entity == name.entity
	})
	if !isGUID || i < 0 {
		return nil
	}
	return c.resources[i]
}

// remove deletes objects, and their tags.
func (c *control) remove(gone func(*resource) bool) {
	c.resources = slices.DeleteFunc(c.resources, func(r *resource) bool {
		if gone(r) {
			delete(c.tags, r.guid())
			return true
		}
		return false
	})
}

// guid returns the GUID of an object, or "" when its kind has none.
func (r *resource) guid() string {
	if r.kind.domain == "" {
		return ""
	}
	return guidOf(r.account, r.kind.domain, r.kind.entity, r.id)
}

// guidOf writes a GUID as New Relic does: base64 without padding of
// account|DOMAIN|TYPE|id.
func guidOf(account int64, domain, entity, id string) string {
	return base64.RawStdEncoding.EncodeToString(fmt.Appendf(nil, "%d|%s|%s|%s", account, domain, entity, id))
}

// entityName is what a GUID says.
type entityName struct {
	account            int64
	domain, entity, id string
}

// readGUID takes a GUID apart.
func readGUID(guid string) (entityName, bool) {
	text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(guid, "="))
	parts := strings.Split(string(text), "|")
	if err != nil || len(parts) != 4 || slices.Contains(parts, "") {
		return entityName{}, false
	}
	account, err := strconv.ParseInt(parts[0], 10, 64)
	return entityName{account, parts[1], parts[2], parts[3]}, err == nil
}

// guid writes what a GUID says in the one way that is kept: without padding.
func (n entityName) guid() string { return guidOf(n.account, n.domain, n.entity, n.id) }

// user is who made everything. Keys are not told apart.
func user() map[string]any {
	return map[string]any{"id": int64(1), "name": "slojourn simulator", "email": "simulator@example.com"}
}

// dateTime writes an instant as most of NerdGraph does.
func dateTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// view returns the fields of an object as answers show them.
func (c call) view(r *resource) map[string]any {
	fields := maps.Clone(r.state)
	fields["id"] = r.id
	fields["accountId"] = r.account
	if guid := r.guid(); guid != "" {
		fields["guid"], fields["entityGuid"] = guid, guid
	}
	fields["createdAt"], fields["updatedAt"] = dateTime(r.created), dateTime(r.created)
	if !r.updated.IsZero() {
		fields["updatedAt"] = dateTime(r.updated)
	}
	if r.kind.show != nil {
		r.kind.show(c, r, fields)
	}
	return fields
}

func (c call) views(list []*resource) []any {
	shown := make([]any, len(list))
	for i, r := range list {
		shown[i] = c.view(r)
	}
	return shown
}

// pageSize is how many objects a search answers with. New Relic's is not
// documented.
const pageSize = 100

// page answers a search: one page behind a cursor, which is the id of the last
// object of the page before, and so stays right when objects come and go.
func (c call) page(list []*resource, name, cursor string) (map[string]any, *queryError) {
	total := len(list)
	if cursor != "" {
		text, err := base64.RawStdEncoding.DecodeString(cursor)
		last, notNumber := strconv.ParseInt(string(text), 10, 64)
		if err != nil || notNumber != nil {
			return nil, badInput("Invalid cursor value")
		}
		list = slices.DeleteFunc(list, func(r *resource) bool { return idNumber(r.id) <= last })
	}
	answer := map[string]any{"totalCount": int64(total)}
	if len(list) > pageSize {
		list = list[:pageSize]
		answer["nextCursor"] = base64.RawStdEncoding.EncodeToString([]byte(list[pageSize-1].id))
	}
	answer[name] = c.views(list)
	return answer, nil
}

// idNumber returns the number of an id; ids are made of one.
func idNumber(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
