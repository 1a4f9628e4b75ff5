package notify

import (
	"cmp"
	"slices"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/alert"
	"github.com/slojourn/slojourn/burnrate/outbox"
	"github.com/slojourn/slojourn/slo"
)

// desk is what there is to do for one notifier.
type desk struct {
	Recipient // without a sink when the notifier is gone
	name      string
	chains    map[alert.Key]*chain // see keyOf
	sending   int
	asked     time.Time // until when the receiver asked to wait
	failing   bool      // it was said that it takes no messages
	pulse     pulse
	counts    outbox.NotifierStats
}

func newDesk(name string) *desk {
	return &desk{name: name, chains: map[alert.Key]*chain{}, counts: outbox.NotifierStats{Notifier: name}}
}

// keyOf returns what letters about one alert have in common: the key that it fired
// under, also once it was renamed.
func keyOf(n alert.Notification) alert.Key {
	n.Key.ID = cmp.Or(n.Was, n.ID)
	return n.Key
}

// accept takes on a letter that was just written.
func (d *desk) accept(l outbox.Letter) { d.chain(keyOf(l.Notification)).add(letter{Letter: l}) }

// reload takes on a letter that a process before this one left.
func (d *desk) reload(l outbox.Letter) {
	ch := d.chain(keyOf(l.Notification))
	if l.Standing.IsZero() {
		ch.add(letter{l, true})
		return
	}
	ch.standing = &l
}

func (d *desk) chain(key alert.Key) *chain {
	ch := d.chains[key]
	if ch == nil {
		ch = &chain{}
		d.chains[key] = ch
	}
	return ch
}

// adopt takes another recipient, which is tried at once. It returns how a ledger forgets alerts that need
// not be sent again any more. While a notifier is gone, what stands waits for its
// return, or for the resolve: an Alertmanager would take what fires for over.
func (d *desk) adopt(r Recipient) []burnrate.Entry {
	if r.Heartbeat != d.Heartbeat {
		d.pulse.due = time.Time{}
	}
	d.Recipient = r
	for _, ch := range d.chains {
		ch.first.due = time.Time{} // what was wrong may be mended
	}
	if r.Sink == nil || r.Sink.Resends() {
		return nil
	}
	var entries []burnrate.Entry
	for key, ch := range d.chains {
		if ch.standing != nil {
			entries = append(entries, ch.standing.Delivered())
			ch.standing = nil
		}
		d.tidy(key)
	}
	return entries
}

// due returns the chains that may be sent, those that wake somebody first, as many
// as there is room for, and when the next one may be.
func (d *desk) due(now time.Time, most time.Duration) (ready []alert.Key, next time.Time) {
	if later(d.asked, now, longestAsked) {
		return nil, d.asked
	}
	for key, ch := range d.chains {
		switch l, a := ch.next(); {
		case l == nil:
		case later(a.due, now, most):
			next = earlier(next, a.due)
		default:
			ready = append(ready, key)
		}
	}
	slices.SortFunc(ready, d.compare)
	return ready[:min(len(ready), atOnce-d.sending)], next
}

// compare orders what can be sent: pages, then what waits longer.
func (d *desk) compare(a, b alert.Key) int {
	l, x := d.chains[a].next()
	m, y := d.chains[b].next()
	return cmp.Or(ticket(a)-ticket(b), x.due.Compare(y.due), cmp.Compare(l.Number, m.Number))
}

func ticket(k alert.Key) int {
	if k.Severity == slo.Page {
		return 0
	}
	return 1
}

// tidy forgets a chain with nothing in it.
func (d *desk) tidy(key alert.Key) {
	if d.chains[key].empty() {
		delete(d.chains, key)
	}
}

// troubled reports whether something failed and was not taken since.
func (d *desk) troubled() bool {
	for _, ch := range d.chains {
		if ch.first.failures+ch.again.failures > 0 {
			return true
		}
	}
	return false
}

// stats say how the letters fare.
func (d *desk) stats() outbox.NotifierStats {
	s := d.counts
	s.Beating = d.beats()
	for _, ch := range d.chains {
		s.Waiting += len(ch.waiting)
		if ch.standing != nil {
			s.Standing++
		}
		if len(ch.waiting) > 0 {
			s.Oldest = earlier(s.Oldest, ch.waiting[0].Notification.At)
		}
	}
	return s
}
