package notify

import (
	"cmp"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
)

const (
	// outdated is the age from which on nobody is told of an alert that has
	// resolved since.
	outdated = time.Hour
	// tried is the age of a letter from which on it is not tried again.
	tried = 24 * time.Hour

	firstPause   = time.Second // after a failure
	longestPause = 5 * time.Minute
	longestAsked = time.Hour // that a receiver may ask to wait
)

// chain is what one notifier is to be told of one alert.
type chain struct {
	waiting []letter // in order; the first may be under way
	first   attempts
	// standing was taken, and is sent again and again while nothing is waiting.
	standing *outbox.Letter
	again    attempts
	sending  bool
}

// letter is one that is not known to be taken.
type letter struct {
	outbox.Letter
	// doubt says that it may have been taken all the same: a process before this
	// one may have sent it, or an answer was late.
	doubt bool
}

// attempts are those of one letter.
type attempts struct {
	failures int       // one after another
	due      time.Time // when the next one may be
}

// add puts a letter in its place. One that is there already stays.
func (ch *chain) add(l letter) {
	i, found := slices.BinarySearchFunc(ch.waiting, l.Number, func(l letter, n int64) int { return cmp.Compare(l.Number, n) })
	if !found {
		ch.waiting = slices.Insert(ch.waiting, i, l)
	}
}

// next returns what is sent next and how that went before, nil when there is
// nothing.
func (ch *chain) next() (*outbox.Letter, *attempts) {
	switch {
	case ch.sending:
		return nil, nil
	case len(ch.waiting) > 0:
		return &ch.waiting[0].Letter, &ch.first
	case ch.standing != nil:
		return ch.standing, &ch.again
	}
	return nil, nil
}

// take takes the first letters out, and begins anew with the next.
func (ch *chain) take(n int) []outbox.Letter {
	if n == 0 {
		return nil
	}
	var out []outbox.Letter
	for _, l := range ch.waiting[:n] {
		out = append(out, l.Letter)
	}
	ch.waiting, ch.first = slices.Delete(ch.waiting, 0, n), attempts{}
	return out
}

// outdated returns how many of the first letters nobody needs any more, as their
// alert fired long ago, was told to nobody, and has resolved: the firing one with
// its resolve, or without when the firing one may have been taken. Of an alert
// that was told only what raised it is out of date.
func (ch *chain) outdated(now time.Time) int {
	if ch.sending || len(ch.waiting) == 0 {
		return 0
	}
	first := ch.waiting[0]
	if !stands(first.Notification) || now.Sub(first.Notification.At) <= outdated {
		return 0
	}
	n := slices.IndexFunc(ch.waiting, func(l letter) bool { return l.Notification.Change == alert.Resolved })
	if n < 0 {
		return 0
	}
	if first.Notification.Change == alert.Firing && !first.doubt {
		n++
	}
	return n
}

// empty reports whether nothing is left to do.
func (ch *chain) empty() bool { return !ch.sending && ch.standing == nil && len(ch.waiting) == 0 }

// stands reports whether a notification is about an alert that fires on.
func stands(n alert.Notification) bool {
	return n.Change != alert.Resolved && n.Kind != alert.Missed && n.Kind != alert.Test
}

// later reports whether an instant is still to come. One that is further away than
// anything is put off was set by a clock that was ahead.
func later(t, now time.Time, most time.Duration) bool {
	return t.After(now) && t.Sub(now) <= most
}
