package push

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Apply does what a plan says, folders first, and writes into it what was done. One
// failure does not hold up the rest; an error is about all requests, and ends it: then
// what is neither Done nor has an Err was not tried.
func (c *Client) Apply(ctx context.Context, plan *Plan) error {
	err := each(ctx, len(plan.Folders), func(ctx context.Context, i int) error {
		return plan.Folders[i].end(c.applyFolder(ctx, &plan.Folders[i]))
	})
	if err != nil {
		return err
	}
	missing := map[string]error{}
	for i := range plan.Folders {
		if f := &plan.Folders[i]; f.Err != nil && f.Action != Update {
			missing[f.UID] = f.Err
		}
	}
	return each(ctx, len(plan.Dashboards), func(ctx context.Context, i int) error {
		item := &plan.Dashboards[i]
		switch item.Action {
		case Create, Update:
			if missing[item.into] != nil {
				return item.end(fmt.Errorf("its folder %q could not be read or created", item.Folder))
			}
			return item.end(c.replace(ctx, item))
		case Delete:
			return item.end(c.discard(ctx, item))
		}
		return nil
	})
}

// end writes down how an item ended, and returns an error that is about all.
func (i *Item) end(err error) error {
	switch {
	case i.Action == Keep, i.Action == Refused, i.Action == Failed:
		return nil
	case err == nil:
		i.Done = true
		return nil
	}
	i.Err = err
	if aboutAll(err) {
		return err
	}
	return nil
}

// aboutAll reports whether an error would meet every request.
func aboutAll(err error) bool {
	if _, ok := errors.AsType[*DeniedError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*UnreachableError](err); ok {
		return true
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// applyFolder creates or renames a folder. When Grafana says that it is there already, or
// has changed, that may be what an earlier attempt of ours did.
func (c *Client) applyFolder(ctx context.Context, item *Item) error {
	var err error
	switch item.Action {
	case Create:
		err = c.createFolder(ctx, item.UID, item.Title)
	case Update:
		err = c.renameFolder(ctx, item.UID, item.Title, item.version)
	default:
		return nil
	}
	if _, refused := errors.AsType[*RefusedError](err); !refused || aboutAll(err) {
		return err
	}
	if have, readErr := c.folder(ctx, item.UID); readErr == nil && have != nil && have.Title == item.Title {
		return nil
	}
	switch {
	case is(err, http.StatusConflict), is(err, http.StatusPreconditionFailed) && item.Action == Create:
		return fmt.Errorf("another folder or dashboard has this title, and Grafana before 11.3 allows one: rename that one, or give the team another title (%w)", err)
	case is(err, http.StatusPreconditionFailed):
		return fmt.Errorf("somebody has changed it meanwhile: push again (%w)", err)
	}
	return err
}

// replace creates or replaces a dashboard. When Grafana says that it has changed, an earlier
// attempt of ours may have been what changed it.
func (c *Client) replace(ctx context.Context, item *Item) error {
	_, err := c.save(ctx, item.content, item.version, item.into, item.message)
	refused, ok := errors.AsType[*RefusedError](err)
	if !ok || aboutAll(err) {
		return err
	}
	if refused.Status == http.StatusPreconditionFailed || refused.Status == http.StatusConflict {
		if c.isThere(ctx, item) {
			return nil
		}
	}
	switch refused.Kind {
	case "version-mismatch":
		return fmt.Errorf("somebody has saved it meanwhile, and nothing of that is lost: push again (%w)", err)
	case "name-exists":
		return fmt.Errorf("folder %q has a dashboard of the title %q, and Grafana before 11.3 allows one: give one of them another title (%w)", item.Folder, item.Title, err)
	case "name-match":
		return fmt.Errorf("the dashboard has the title of its folder, which Grafana before 11.3 does not allow: give one of them another title (%w)", err)
	}
	return err
}

// isThere reports whether a dashboard is as it should be.
func (c *Client) isThere(ctx context.Context, item *Item) bool {
	have, err := c.dashboard(ctx, item.UID)
	if err != nil || have == nil {
		return false
	}
	digest, signed := have.signed()
	if !signed || digest != item.wanted {
		return false
	}
	unedited, _, err := c.unedited(ctx, have, digest)
	return err == nil && unedited
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
	return c.remove(ctx, item.UID)
}
