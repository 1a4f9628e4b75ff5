package push

import (
	"context"
	"encoding/json"
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

// Action is what happens to a folder or a dashboard.
type Action string

// The actions. A refused item stays as it is; one that failed could not be read.
const (
	Create  Action = "create"
	Update  Action = "update"
	Keep    Action = "keep"
	Delete  Action = "delete"
	Refused Action = "refuse"
	Failed  Action = "fail"
)

// Item is a folder or a dashboard, and what happens to it.
type Item struct {
	Action  Action
	Name    string // as --force takes it: an id, overview, review, or the uid
	UID     string
	Title   string
	Folder  string   // title of a dashboard's, "" when it is not known
	Changes []string // what an update is about, in words
	Reason  string   // why it is refused
	Remedy  string   // of what is refused

	Done bool  // by [Client.Apply]
	Err  error // why it failed

	digest   string          // that what is there was signed with
	unedited bool            // what is there is as slojourn has saved it
	content  json.RawMessage // of what is sent
	wanted   string          // the digest of that
	version  int64           // of what is replaced or deleted
	into     string          // uid of the folder
	message  string          // of the version that is made
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
// [UnreachableError], is about all requests; what is about one item is in the plan. Of
// what stays as it is nothing is held, of what is pushed the JSON.
func (c *Client) Plan(ctx context.Context, files iter.Seq[grafana.File], o Options) (*Plan, error) {
	if o.Forced == nil {
		o.Forced = func(string, string) bool { return false }
	}
	plan := &Plan{}
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
		group.Go(func() error { return c.planDashboard(running, item, f.Dashboard, o) })
	}
	err := group.Wait()
	if err == nil {
		err = each(ctx, len(plan.Folders), func(ctx context.Context, i int) error { return c.planFolder(ctx, &plan.Folders[i], o) })
	}
	for _, item := range items {
		plan.Dashboards = append(plan.Dashboards, *item)
	}
	if err == nil && o.Prune {
		err = c.planDeletions(ctx, plan, o)
	}
	if err != nil {
		return nil, err
	}
	return plan, nil
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

// planFolder creates a folder that is missing, and gives it the title of the team. A title
// that somebody else than its creator has given it stays.
func (c *Client) planFolder(ctx context.Context, item *Item, o Options) error {
	have, err := c.folder(ctx, item.UID)
	switch {
	case err != nil:
		return item.fail(err)
	case have == nil:
		item.Action = Create
	case have.Title == item.Title:
		item.Action = Keep
	case have.UpdatedBy != have.CreatedBy && !o.Forced(item.Name, item.UID):
		item.refuse(fmt.Sprintf("%s has named it %q", somebody(have.UpdatedBy), have.Title), "gives it this title")
		item.version = have.Version
	default:
		item.Action, item.version = Update, have.Version
		item.Changes = []string{fmt.Sprintf("title: %q → %q", have.Title, item.Title)}
	}
	return nil
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
		return item.holds(d, wanted, message("created", wanted))
	}
	forced := o.Forced(item.Name, item.UID)
	if refused, err := c.guard(ctx, item, have, forced, "replaces it"); err != nil || refused {
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
	return item.holds(d, wanted, message(summary, wanted))
}

// holds keeps what is sent: a dashboard with the version that it replaces, and with the
// message of the version that it makes.
func (i *Item) holds(d *grafana.Dashboard, digest, message string) error {
	content, err := json.Marshal(struct {
		*grafana.Dashboard
		Version int64 `json:"version,omitempty"`
	}{d, i.version})
	i.content, i.wanted, i.message = content, digest, message
	return err
}

// settle decides where a dashboard lies: in the folder of its owner, but when somebody has
// put it into one that is none of slojourn's it stays there.
func (i *Item) settle(have *stored, forced bool) (moves bool) {
	if have.folder == i.into {
		return false
	}
	if !forced && !strings.HasPrefix(have.folder, uid.Fleet) {
		i.into = have.folder
		return false
	}
	return true
}

// guard refuses what is not slojourn's to change: what slojourn has not made, and what
// somebody has changed since.
func (c *Client) guard(ctx context.Context, item *Item, have *stored, forced bool, then string) (refused bool, err error) {
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
	unedited, last, err := c.unedited(ctx, have, digest)
	if err != nil {
		return true, item.fail(err)
	}
	item.unedited = unedited
	if unedited || forced {
		return false, nil
	}
	reason := "it was changed by hand, by " + somebody(have.updatedBy)
	if last != nil && last.version == have.version {
		reason = fmt.Sprintf("it was changed by hand: version %d by %s", last.version, somebody(last.by))
		if last.message != "" {
			reason += fmt.Sprintf(", %q", shorten(last.message, maxValue))
		}
	}
	item.refuse(reason, then)
	return true, nil
}

// unedited reports whether a signed dashboard is as slojourn has saved it. Either of two
// things shows that: what Grafana has still has the digest that its description tells; or
// the newest version has the message that slojourn has saved it with, which ends with that
// digest. The first is all there is for those who may not read versions, and after
// somebody has restored a version of slojourn's or moved the dashboard; the second is all
// there is when Grafana brings a dashboard up to a later schema as it is read. It also
// returns the newest version, where that was looked at and Grafana tells it.
func (c *Client) unedited(ctx context.Context, have *stored, digest string) (bool, *saving, error) {
	if grafana.Intact(have.content) {
		return true, nil, nil
	}
	last, err := c.lastSaving(ctx, have.uid)
	return last != nil && last.version == have.version && savedAs(last.message, digest), last, err
}

func (i *Item) refuse(reason, then string) {
	i.Action, i.Reason = Refused, reason
	if then != "" {
		i.Remedy = "--force " + i.Name + " " + then
	}
}

// fail keeps an error that is about one item, and returns one that is about all.
func (i *Item) fail(err error) error {
	if aboutAll(err) {
		return err
	}
	i.Action, i.Err = Failed, err
	return nil
}

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
		have, err := c.dashboard(ctx, tagged[i])
		item := &items[i]
		item.UID, item.Name = tagged[i], tagged[i]
		switch {
		case err != nil:
			return item.fail(err)
		case have == nil: // the search knows it still
			return nil
		}
		item.Title = have.title
		if _, signed := have.signed(); !signed {
			return nil // of others, such as a copy
		}
		item.version = have.version
		if refused, err := c.guard(ctx, item, have, o.Forced(item.Name, item.UID), "deletes it"); err != nil || refused {
			return err
		}
		item.Action = Delete
		return nil
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

// message is that of a version: what has changed, and the digest that the dashboard has.
func message(summary, digest string) string {
	return shorten("slojourn: "+summary, 400) + " [" + digest + "]"
}

// savedAs reports whether a message is one of slojourn's for a digest.
func savedAs(text, digest string) bool {
	return strings.HasPrefix(text, "slojourn: ") && strings.HasSuffix(text, " ["+digest+"]")
}

func somebody(login string) string {
	if login == "" {
		return "somebody"
	}
	return shorten(login, maxValue)
}
