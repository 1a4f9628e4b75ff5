package push

import (
	"context"
	"fmt"
	"slices"
)

// planDeletions finds what slojourn has pushed and the set does not have.
func (c *Client) planDeletions(ctx context.Context, plan *Plan, o Options) error {
	tagged, err := c.tagged(ctx)
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for i := range plan.Dashboards {
		wanted[plan.Dashboards[i].UID] = true
	}
	tagged = slices.DeleteFunc(tagged, func(uid string) bool { return wanted[uid] })
	slices.Sort(tagged)
	items := make([]Item, len(tagged))
	err = each(ctx, len(tagged), func(ctx context.Context, i int) error {
		items[i].UID, items[i].Name = tagged[i], tagged[i]
		defer items[i].forget()
		return c.planDeletion(ctx, &items[i], o)
	})
	if err != nil {
		return err
	}
	items = slices.DeleteFunc(items, func(i Item) bool { return i.Action == "" })
	n := 0
	for i := range items {
		if items[i].Action == Delete {
			n++
		}
	}
	if n > o.PruneLimit {
		for i := range items {
			if items[i].Action == Delete {
				items[i].refuse(fmt.Sprintf("%d would be deleted, and %d may be", n, o.PruneLimit), "")
				items[i].Remedy = fmt.Sprintf("look whether the paths are the whole set, then --prune-limit %d deletes them", n)
			}
		}
	}
	plan.Dashboards = append(plan.Dashboards, items...)
	return nil
}

func (c *Client) planDeletion(ctx context.Context, item *Item, o Options) error {
	have, err := c.dashboard(ctx, item.UID)
	switch {
	case err != nil:
		return item.fail(err)
	case have == nil: // the search knows it still
		return nil
	}
	item.Title, item.Folder, item.version = have.title, have.folderTitle, have.version
	if _, signed := have.signed(); !signed {
		return nil // of others, such as a copy
	}
	refused, err := c.guard(ctx, item, have, "", o.Forced(item.Name, item.UID), "deletes it, with its history")
	if err != nil || refused {
		return err
	}
	item.Action, item.Reason = Delete, "the set does not have it"
	return nil
}
