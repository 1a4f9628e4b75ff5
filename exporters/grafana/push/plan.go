package push

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
)

// atOnce is how many requests run at the same time.
const atOnce = 4

// Options say what a plan may hold.
type Options struct {
	// Forced reports whether an item is to be replaced or deleted although it was not made
	// by slojourn or was changed by hand; nil for none.
	Forced func(name, uid string) bool
	// Prune deletes what slojourn has pushed and is not in the set any more, up to a limit
	// above which nothing is deleted.
	Prune      bool
	PruneLimit int
}

// Plan is what a push would do, the folders first.
type Plan struct {
	Folders    []Item
	Dashboards []Item // in the order of the files, and then those that are deleted, by uid
}

// Count returns how many folders and dashboards meet with an action.
func (p *Plan) Count(action Action) int {
	n := 0
	for _, items := range [][]Item{p.Folders, p.Dashboards} {
		for i := range items {
			if items[i].Action == action {
				n++
			}
		}
	}
	return n
}

// Plan reads what Grafana has, and compares. An error, such as a [DeniedError] or an
// [UnreachableError], is about all requests, and the plan holds what was known before it;
// what is about one item is in the plan. Of what stays as it is nothing is held, of what
// is pushed the JSON, and the dashboard where it gets another title or folder.
func (c *Client) Plan(ctx context.Context, files iter.Seq[grafana.File], o Options) (*Plan, error) {
	if o.Forced == nil {
		o.Forced = func(string, string) bool { return false }
	}
	plan := &Plan{}
	if err := c.probe(ctx); err != nil {
		return plan, err
	}
	seen := map[string]bool{}
	var items []*Item
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for f := range files {
		if running.Err() != nil {
			break
		}
		if !seen[f.Folder.UID] {
			seen[f.Folder.UID] = true
			plan.Folders = append(plan.Folders, Item{Name: f.Folder.UID, UID: f.Folder.UID, Title: f.Folder.Title})
		}
		item := &Item{Name: Name(&f), UID: f.Dashboard.UID, Title: f.Dashboard.Title, Folder: f.Folder.Title, into: f.Folder.UID}
		items = append(items, item)
		group.Go(func() error {
			defer item.forget()
			return c.planDashboard(running, item, f.Dashboard, o)
		})
	}
	err := group.Wait()
	if err == nil {
		known := accountsOf(items)
		err = each(ctx, len(plan.Folders), func(ctx context.Context, i int) error { return c.planFolder(ctx, &plan.Folders[i], known, o) })
	}
	for _, item := range items {
		plan.Dashboards = append(plan.Dashboards, *item)
	}
	if err == nil && o.Prune {
		err = c.planDeletions(ctx, plan, o)
	}
	if err != nil {
		unread := func(i Item) bool { return i.Action == "" }
		plan.Folders, plan.Dashboards = slices.DeleteFunc(plan.Folders, unread), slices.DeleteFunc(plan.Dashboards, unread)
	}
	return plan, err
}

// each does n things, a few at once, until one of them fails.
func each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	group, running := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i := range n {
		if running.Err() != nil {
			break
		}
		group.Go(func() error {
			if running.Err() != nil {
				return nil
			}
			return do(running, i)
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

func (c *Client) planDashboard(ctx context.Context, item *Item, d *grafana.Dashboard, o Options) error {
	wanted, signed := grafana.Signed(d.Description, d.UID)
	if !signed {
		return fmt.Errorf("the dashboard %s is not signed", d.UID)
	}
	have, err := c.dashboard(ctx, d.UID)
	switch {
	case err != nil:
		return item.fail(err)
	case have == nil:
		item.Action = Create
		return item.holds(d, "created")
	}
	forced := o.Forced(item.Name, item.UID)
	if refused, err := c.guard(ctx, item, have, wanted, forced, "replaces it"); err != nil || refused {
		return err
	}
	item.version = have.version
	moves := item.settle(have, forced)
	if item.digest == wanted && item.unedited && !moves {
		item.Action = Keep
		return nil
	}
	diff := compare(plainNumbers(have.content), contentOf(d))
	item.Action, item.Changes = Update, diff.shown()
	summary := diff.summary()
	if moves {
		item.Changes = append([]string{fmt.Sprintf("moves to folder %q", item.Folder)}, item.Changes...)
		summary = "moved to its owner's folder, " + summary
	}
	if moves || have.title != d.Title {
		item.retitled = d
	}
	return item.holds(d, summary)
}

// settle decides where a dashboard lies: in the folder of its owner, but when somebody has
// put it into one that is none of slojourn's it stays there.
func (i *Item) settle(have *stored, forced bool) (moves bool) {
	if have.folder == i.into {
		return false
	}
	if !forced && !uid.IsFolder(have.folder) {
		i.into, i.Folder = have.folder, have.folderTitle
		return false
	}
	return true
}

// Name returns what people call a dashboard: the id of what it is about, overview or review.
func Name(f *grafana.File) string {
	kind, rest, _ := strings.Cut(f.Name, ".")
	candidates := []string{rest}
	if kind == "step" {
		for i, c := range rest {
			if c == '.' {
				candidates = append(candidates, rest[:i]+"/"+rest[i+1:])
			}
		}
	}
	for _, id := range candidates {
		if uid.Of(id) == f.Dashboard.UID {
			return id
		}
	}
	if rest == "" {
		return f.Name
	}
	return f.Dashboard.UID
}
