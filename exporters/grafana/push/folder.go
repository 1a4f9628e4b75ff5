package push

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/grafana/grafana-openapi-client-go/client/folders"
	"github.com/grafana/grafana-openapi-client-go/client/signed_in_user"
	"github.com/grafana/grafana-openapi-client-go/models"
)

// folder returns one that Grafana has, and nil when it has none of that uid.
func (c *Client) folder(ctx context.Context, uid string) (*models.Folder, error) {
	answer, err := c.folders.GetFolderByUIDWithParams(folders.NewGetFolderByUIDParamsWithContext(ctx).WithFolderUID(uid))
	switch {
	case missing(err):
		return nil, nil
	case err != nil:
		return nil, needing(err, "folders:read", "")
	case answer.Payload.UID != uid:
		return nil, &oddError{"what Grafana answered is not the folder " + uid}
	}
	return answer.Payload, nil
}

func (c *Client) createFolder(ctx context.Context, uid, title string) error {
	answer, err := c.folders.CreateFolderWithParams(folders.NewCreateFolderParamsWithContext(ctx).WithBody(
		&models.CreateFolderCommand{UID: uid, Title: title}))
	if err == nil && answer.Payload.UID != uid {
		err = foreign("the folder", uid)
	}
	return needing(c.settled(ctx, err, c.titled(uid, title)), "folders:create", "")
}

func (c *Client) renameFolder(ctx context.Context, uid, title string, version int64) error {
	answer, err := c.folders.UpdateFolderWithParams(folders.NewUpdateFolderParamsWithContext(ctx).WithFolderUID(uid).WithBody(
		&models.UpdateFolderCommand{Title: title, Version: version}))
	if err == nil && answer.Payload.UID != uid {
		err = foreign("the folder", uid)
	}
	return needing(c.settled(ctx, err, c.titled(uid, title)), "folders:write", "")
}

// titled is a look whether there is a folder of a title.
func (c *Client) titled(uid, title string) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		have, err := c.folder(ctx, uid)
		return have != nil && have.Title == title, err
	}
}

// planFolder creates a folder that is missing, and gives it the title of the team when it
// was slojourn that gave it the title before.
func (c *Client) planFolder(ctx context.Context, item *Item, known *accounts, o Options) error {
	have, err := c.folder(ctx, item.UID)
	switch {
	case is(err, http.StatusForbidden): // what Grafana from 13 on answers an Editor when there is none
		item.Action, item.unread = Create, true
	case err != nil:
		return item.fail(err)
	case have == nil:
		item.Action = Create
	case have.Title == item.Title:
		item.Action = Keep
	case o.Forced(item.Name, item.UID) || c.named(ctx, have, known):
		item.Action, item.version, item.have = Update, have.Version, &stored{title: have.Title}
		item.Changes = []string{fmt.Sprintf("title: %q → %q", have.Title, item.Title)}
	default:
		item.refuse(fmt.Sprintf("%s has named it %q", somebody(have.UpdatedBy), have.Title), "gives it this title")
	}
	return nil
}

// named reports whether it was slojourn that gave a folder its title. Grafana tells who
// was the last to change a folder, and nothing else: that must be an account with which
// slojourn has saved dashboards, or the one that pushes; or else dashboards of slojourn's
// lie in the folder, and nobody but who created it has changed it.
func (c *Client) named(ctx context.Context, have *models.Folder, known *accounts) bool {
	return known.logins[have.UpdatedBy] || have.UpdatedBy == have.CreatedBy && known.folders[have.UID] || c.isMe(ctx, have.UpdatedBy)
}

// isMe reports whether a name is that of the account that pushes. It is not when Grafana
// does not say: it need not know accounts of every kind.
func (c *Client) isMe(ctx context.Context, name string) bool {
	answer, err := c.account.GetSignedInUserWithParams(signed_in_user.NewGetSignedInUserParamsWithContext(ctx))
	return err == nil && name != "" && (answer.Payload.Login == name || answer.Payload.Name == name)
}

// accounts is what dashboards of slojourn's tell of folders.
type accounts struct {
	logins  map[string]bool // of who created such a dashboard, or was the last to save one as it should be
	folders map[string]bool // uids of those in which they lie
}

// accountsOf looks at the dashboards of a plan.
func accountsOf(items []*Item) *accounts {
	known := &accounts{map[string]bool{}, map[string]bool{}}
	for _, i := range items {
		if i.have == nil || i.digest == "" {
			continue
		}
		known.folders[i.have.folder] = true
		known.logins[i.have.createdBy] = true
		if i.unedited {
			known.logins[i.have.updatedBy] = true
		}
	}
	delete(known.logins, "")
	return known
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
	clash := conflictOf(err)
	if clash == noConflict {
		return err
	}
	there, lookErr := looked(ctx, c.titled(item.UID, item.Title))
	if there && lookErr == nil {
		return nil
	}
	switch {
	case clash == titleTaken:
		return &titleError{fmt.Errorf("another folder or dashboard has this title, and Grafana before 11.3 allows one: rename that one, or give the team another title (%w)", err)}
	case item.unread:
		return fmt.Errorf("it is there already, and whoever pushes may not read it: it needs the permission folders:read for it (%w)", err)
	case lookErr != nil:
		return unseen(err)
	case item.Action == Create:
		return fmt.Errorf("somebody has created it meanwhile, or it is among what was recently deleted: push again, or look there (%w)", err)
	}
	return fmt.Errorf("somebody has changed it meanwhile: push again (%w)", err)
}

// folderAside gives a folder a title that nobody wants.
func (c *Client) folderAside(ctx context.Context, item *Item) error {
	if err := c.renameFolder(ctx, item.UID, item.UID, item.version); err != nil {
		return err
	}
	have, err := c.folder(ctx, item.UID)
	switch {
	case err != nil:
		return err
	case have == nil:
		return errors.New("it was deleted meanwhile: push again")
	}
	item.version = have.Version
	return nil
}
