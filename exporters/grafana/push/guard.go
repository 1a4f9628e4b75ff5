package push

import (
	"context"
	"fmt"

	"github.com/slojourn/slojourn/exporters/grafana"
)

// guard refuses what is not slojourn's to change: what slojourn has not made, and what
// somebody has changed since. wanted is the digest of what replaces it, "" of what is
// deleted.
func (c *Client) guard(ctx context.Context, item *Item, have *stored, wanted string, forced bool, then string) (refused bool, err error) {
	item.have = have
	if have.provisioned {
		item.refuse("Grafana has it from files, and saves no other", "")
		item.Remedy = "take it out of the files that Grafana is provisioned with, or do not push there"
		return true, nil
	}
	digest, signed := have.signed()
	item.digest = digest
	if !signed {
		if forced {
			return false, nil
		}
		item.refuse(fmt.Sprintf("slojourn has not made what is there: %q, saved by %s", have.title, somebody(have.updatedBy)), then)
		return true, nil
	}
	if forced && digest != wanted {
		item.unedited = grafana.Intact(have.content)
		return false, nil
	}
	what, last, err := c.look(ctx, have, digest, wanted)
	item.unedited = what == unedited
	switch {
	case forced && !aboutAll(err):
		return false, nil // also when nobody can tell: then it is saved once more
	case err != nil:
		return true, item.fail(err)
	case what == unedited:
		return false, nil
	case what == edited:
		item.refuse("it was changed by hand: "+last.told(), then)
	default:
		item.refuse(fmt.Sprintf("it differs from what slojourn has saved: changed by hand, or shown by Grafana in a later schema; its versions, which would tell, cannot be read (last saved by %s)",
			somebody(have.updatedBy)), then)
	}
	return true, nil
}

// state is what has happened to a signed dashboard since slojourn has saved it.
type state int

const (
	unknown state = iota
	unedited
	edited
)

// look finds out what has happened to a signed dashboard, and returns how its newest
// version was saved, where that was looked at and Grafana tells it. Either of two things
// shows that nobody has changed it: what Grafana has still has the digest that its
// description tells; or the newest version has the message that slojourn has saved it
// with, which ends with that digest and the number of the version. The first is all there
// is for those who may not read versions, and after somebody has moved the dashboard; the
// second is all there is when Grafana brings a dashboard up to a later schema as it is
// read. A version of slojourn's that somebody has restored is a change by hand.
func (c *Client) look(ctx context.Context, have *stored, digest, wanted string) (state, *saving, error) {
	intact := grafana.Intact(have.content)
	if intact && (digest == wanted || have.version == 1) { // nothing is lost, or nothing was before
		return unedited, nil, nil
	}
	last, err := c.lastSaving(ctx, have)
	switch {
	case intact && (err != nil && !aboutAll(err) || last == nil):
		return unedited, nil, nil
	case err != nil || last == nil:
		return unknown, nil, err
	case intact && !last.restored(digest), !intact && last.ours(digest):
		return unedited, last, nil
	}
	return edited, last, nil
}
