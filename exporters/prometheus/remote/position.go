package remote

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// Kind is the kind of the entries that say how far a receiver was told. Their keys
// stand for its address.
const Kind = "remote-write"

// version is the form of their values.
const version = 1

// position is how far a receiver was told of each source.
type position struct {
	Version int     `json:"version"`
	Places  []place `json:"places"` // ordered by source
}

// place is what comes next of a source.
type place struct {
	Source string     `json:"source"`
	Minute slo.Minute `json:"minute"`          // in minutes since 1970
	After  string     `json:"after,omitempty"` // of this minute, SLOs up to this one were sent
}

// key stands for an address, which may hold a secret.
func key(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:16])
}

// positionIn returns what a ledger keeps of an address, and false when it does not.
func positionIn(kept burnrate.Kept, key string) (position, bool, error) {
	for _, e := range kept.Entries {
		if e.Kind != Kind || e.Key != key {
			continue
		}
		var p position
		if err := json.Unmarshal(e.Value, &p); err != nil || p.Version != version {
			return position{}, false, fmt.Errorf("the entry %s %s is not one that this program knows: use the one that wrote it, or a newer one", Kind, key)
		}
		return p, true, nil
	}
	return position{}, false, nil
}

// entry is what a ledger keeps.
func (p position) entry(key string) (burnrate.Entry, error) {
	p.Version = version
	value, err := json.Marshal(p)
	return burnrate.Entry{Kind: Kind, Key: key, Value: value}, err
}

// of returns the place of a source, and false when there is none.
func (p position) of(source string) (place, bool) {
	at, found := slices.BinarySearchFunc(p.Places, source, func(p place, source string) int { return cmp.Compare(p.Source, source) })
	if !found {
		return place{}, false
	}
	return p.Places[at], true
}

// moved returns the position with another place of a source that it has.
func (p position) moved(to place) position {
	p.Places = slices.Clone(p.Places)
	for i := range p.Places {
		if p.Places[i].Source == to.Source {
			p.Places[i] = to
		}
	}
	return p
}

// follow returns the position for the feeds there are. A source that is new begins
// where the one that is furthest behind is, or was: it may have another name only. At
// the first time all begin with from, or when that is 0 with what is ready next.
func (p position) follow(feeds []Feed, from slo.Minute) position {
	var after position
	for _, f := range feeds {
		at, known := p.of(f.Source)
		switch {
		case known:
		case len(p.Places) == 0 && from != 0:
			at = place{Source: f.Source, Minute: from}
		case f.Ready == 0:
			continue
		default:
			at = place{Source: f.Source, Minute: f.Ready}
			for _, other := range p.Places {
				at.Minute = min(at.Minute, other.Minute)
			}
		}
		after.Places = append(after.Places, at)
	}
	return after
}

// back returns the position with what is ahead of the clock, which was ahead itself then,
// at what is ready next, and false when there is no such thing. A lateness that has
// become longer takes nothing back.
func (p position) back(feeds []Feed, now slo.Minute) (position, bool) {
	ahead := false
	for _, f := range feeds {
		if at, known := p.of(f.Source); known && at.Minute > now && f.Ready > 0 {
			p, ahead = p.moved(place{Source: f.Source, Minute: f.Ready}), true
		}
	}
	return p, ahead
}
