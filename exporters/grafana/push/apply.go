package push

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/slojourn/slojourn/exporters/grafana"
)

// Apply does what a plan says, folders first, and writes into it what was done. One
// failure does not hold up the rest; an error is about all requests, and ends it: what was
// sent by then is waited for, and the rest is not tried.
func (c *Client) Apply(ctx context.Context, plan *Plan) error {
	c.unanswered.Store(0)
	if err := c.inTurns(ctx, plan.Folders, c.applyFolder, c.folderAside); err != nil {
		return err
	}
	missing := map[string]bool{}
	for i := range plan.Folders {
		if f := &plan.Folders[i]; f.Err != nil && f.Action != Update {
			missing[f.UID] = true
		}
	}
	return c.inTurns(ctx, plan.Dashboards, func(ctx context.Context, item *Item) error {
		switch {
		case item.Action == Delete:
			return c.discard(ctx, item)
		case missing[item.into]:
			return fmt.Errorf("its folder %q could not be read or created", item.Folder)
		}
		return c.replace(ctx, item)
	}, c.dashboardAside)
}

// titleError says that another one in the folder has the title.
type titleError struct{ err error }

func (e *titleError) Error() string { return e.err.Error() }

func (e *titleError) Unwrap() error { return e.err }

// inTurns does what is to be done with each of some items, a few at once. What finds its
// title taken is tried again after the others, which may give it up; and when all that is
// left waits for each other, as two do that swap their titles, one of them steps aside.
func (c *Client) inTurns(ctx context.Context, items []Item, do, aside func(ctx context.Context, item *Item) error) error {
	var turn []*Item
	for i := range items {
		switch items[i].Action {
		case Create, Update, Delete:
			turn = append(turn, &items[i])
		}
	}
	for len(turn) > 0 {
		err := each(ctx, len(turn), func(ctx context.Context, i int) error { return turn[i].end(do(ctx, turn[i])) })
		if err != nil {
			return err
		}
		blocked := slices.DeleteFunc(slices.Clone(turn), func(i *Item) bool {
			_, taken := errors.AsType[*titleError](i.Err)
			return !taken
		})
		if len(blocked) == len(turn) {
			first := inTheWay(blocked)
			if first == nil {
				return nil
			}
			first.aside = true
			err := first.end(aside(ctx, first))
			made := first.Done
			if made {
				first.Done, first.Err = false, errors.New("it has made room for another title, and has not got its own yet: push again")
			}
			if err != nil || !made {
				return err
			}
		}
		turn = blocked
	}
	return nil
}

// inTheWay finds one whose title, as it is now, another one waits for.
func inTheWay(blocked []*Item) *Item {
	for _, i := range blocked {
		if i.Action != Update || i.aside {
			continue
		}
		for _, other := range blocked {
			if other != i && other.Title == i.have.title && other.into == i.have.folder {
				return i
			}
		}
	}
	return nil
}

// end writes down how an item ended, and returns an error that is about all.
func (i *Item) end(err error) error {
	if done, ok := errors.AsType[*doneError](err); ok {
		i.Done, i.Err = true, nil
		return done.err
	}
	i.Done = err == nil
	if interrupted(err) { // before anything was sent, so that it is as the turn before has left it
		return err
	}
	i.Err = err
	if aboutAll(err) {
		return err
	}
	return nil
}

// replace creates or replaces a dashboard. When Grafana says that it has changed, an earlier
// attempt of ours may have been what changed it.
func (c *Client) replace(ctx context.Context, item *Item) error {
	err := c.save(ctx, item)
	clash := conflictOf(err)
	var have *stored
	var lookErr error
	if clash != noConflict && clash != titleOfFolder {
		var there bool
		there, lookErr = looked(ctx, func(ctx context.Context) (there bool, err error) {
			have, there, err = c.isThere(ctx, item)
			return there, err
		})
		if there && lookErr == nil {
			return nil
		}
	}
	switch clash {
	case otherVersion:
		switch {
		case lookErr != nil:
			return unseen(err)
		case item.Action != Create:
			return fmt.Errorf("somebody has saved it meanwhile, and nothing of that is lost: push again (%w)", err)
		case have != nil:
			return fmt.Errorf("somebody has saved one of this uid meanwhile: push again (%w)", err)
		}
		return fmt.Errorf("there is one of this uid that Grafana does not show: it was deleted recently, so look there; or whoever pushes may not read it, which takes the permission dashboards:read (%w)", err)
	case titleTaken:
		return &titleError{fmt.Errorf("folder %q has a dashboard of the title %q, maybe among what was recently deleted, and Grafana before 11.3 allows one: give one of them another title (%w)",
			item.Folder, item.Title, err)}
	case titleOfFolder:
		return fmt.Errorf("the dashboard has the title of its folder, which Grafana before 11.3 does not allow: give one of them another title (%w)", err)
	}
	return err
}

// unseen says that a change was refused as what is there is another version than was read,
// and that whose it is could not be looked at.
func unseen(err error) error {
	return fmt.Errorf("what Grafana has is not what was read before, and whether somebody else has saved it or an earlier attempt of this push is not known, as it cannot be read now: push again, which finds out (%w)", err)
}

// isThere reports whether a dashboard is as it should be, in the version that was to be
// made and in its folder, and returns what there is, nil for none.
func (c *Client) isThere(ctx context.Context, item *Item) (have *stored, there bool, err error) {
	have, err = c.dashboard(ctx, item.UID)
	if err != nil || have == nil || have.version != item.version+1 || have.folder != item.into {
		return have, false, err
	}
	digest, signed := have.signed()
	if !signed || digest != item.wanted {
		return have, false, nil
	}
	what, _, err := c.look(ctx, have, digest, item.wanted)
	return have, err == nil && what == unedited, err
}

// discard deletes a dashboard that still has the version that was read. Grafana knows no
// condition for that, so it is read once more right before.
func (c *Client) discard(ctx context.Context, item *Item) error {
	have, err := c.dashboard(ctx, item.UID)
	switch {
	case err != nil || have == nil:
		return err
	case have.version != item.version:
		return errors.New("somebody has saved it meanwhile: push again")
	}
	return c.remove(ctx, item)
}

// dashboardAside gives what is there of a dashboard a title that nobody wants. It is
// signed, so that a push that ends here is no change by hand.
func (c *Client) dashboardAside(ctx context.Context, item *Item) error {
	summary := item.summary
	if err := item.holds(grafana.Retitled(item.retitled, item.UID), "makes room for another title"); err != nil {
		return err
	}
	if err := c.replace(ctx, item); err != nil {
		return err
	}
	item.version++
	return item.holds(item.retitled, summary)
}
