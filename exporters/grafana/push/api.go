package push

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/grafana/grafana-openapi-client-go/client/dashboards"
	"github.com/grafana/grafana-openapi-client-go/client/folders"
	"github.com/grafana/grafana-openapi-client-go/client/search"
	"github.com/grafana/grafana-openapi-client-go/models"

	"github.com/slojourn/slojourn/exporters/grafana"
)

// stored is a dashboard that Grafana has.
type stored struct {
	uid, title  string
	content     map[string]any
	version     int64
	folder      string // uid, "" for none
	provisioned bool
	updatedBy   string
}

func (s *stored) signed() (digest string, ok bool) {
	description, _ := s.content["description"].(string)
	return grafana.Signed(description, s.uid)
}

// dashboard returns one that Grafana has, and nil when it has none of that uid.
func (c *Client) dashboard(ctx context.Context, uid string) (*stored, error) {
	answer, err := c.dashboards.GetDashboardByUIDWithParams(dashboards.NewGetDashboardByUIDParamsWithContext(ctx).WithUID(uid))
	if is(err, http.StatusNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, needing(err, "dashboards:read")
	}
	content, ok := answer.Payload.Dashboard.(map[string]any)
	meta := answer.Payload.Meta
	if !ok || meta == nil {
		return nil, errors.New("what Grafana answered is no dashboard")
	}
	s := &stored{
		uid: uid, content: content, version: meta.Version, folder: meta.FolderUID, provisioned: meta.Provisioned, updatedBy: meta.UpdatedBy,
	}
	s.title, _ = content["title"].(string)
	if version, ok := content["version"].(json.Number); ok && s.version == 0 {
		s.version, _ = version.Int64()
	}
	return s, nil
}

// saving is one of the times that a dashboard was saved.
type saving struct {
	version     int64
	by, message string
}

// lastSaving returns the newest one of a dashboard, and nil when Grafana does not say.
func (c *Client) lastSaving(ctx context.Context, uid string) (*saving, error) {
	one := int64(1)
	answer, err := c.dashboards.GetDashboardVersionsByUID(
		dashboards.NewGetDashboardVersionsByUIDParamsWithContext(ctx).WithUID(uid).WithLimit(&one))
	if is(err, http.StatusForbidden) || is(err, http.StatusNotFound) {
		return nil, nil // who may only read is not told
	}
	if err != nil {
		return nil, needing(err, "dashboards:write")
	}
	var newest *saving
	for _, v := range answer.Payload.Versions {
		if v != nil && (newest == nil || v.Version > newest.version) {
			newest = &saving{v.Version, v.CreatedBy, v.Message}
		}
	}
	return newest, nil
}

// save creates a dashboard, or replaces the version that was read of it. Grafana refuses
// it when there is another version now. (With overwrite it would not, and before 11.3 it
// would replace any dashboard of the same title in the folder.)
func (c *Client) save(ctx context.Context, content json.RawMessage, version int64, folder, message string) (int64, error) {
	// The client also sends an UpdatedAt of the year 1, which Grafana takes for none.
	answer, err := c.dashboards.PostDashboardWithParams(dashboards.NewPostDashboardParamsWithContext(ctx).WithBody(
		&models.SaveDashboardCommand{Dashboard: content, FolderUID: folder, Message: message}))
	if err != nil {
		action := "dashboards:create in the folder"
		if version != 0 {
			action = "dashboards:write"
		}
		return 0, needing(err, action)
	}
	if saved := answer.Payload.Version; saved != nil {
		return *saved, nil
	}
	return 0, nil
}

// remove deletes a dashboard. One that is gone already is no error.
func (c *Client) remove(ctx context.Context, uid string) error {
	_, err := c.dashboards.DeleteDashboardByUIDWithParams(dashboards.NewDeleteDashboardByUIDParamsWithContext(ctx).WithUID(uid))
	if is(err, http.StatusNotFound) {
		return nil
	}
	return needing(err, "dashboards:delete")
}

// folder returns one that Grafana has, and nil when it has none of that uid.
func (c *Client) folder(ctx context.Context, uid string) (*models.Folder, error) {
	answer, err := c.folders.GetFolderByUIDWithParams(folders.NewGetFolderByUIDParamsWithContext(ctx).WithFolderUID(uid))
	if is(err, http.StatusNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, needing(err, "folders:read")
	}
	return answer.Payload, nil
}

func (c *Client) createFolder(ctx context.Context, uid, title string) error {
	_, err := c.folders.CreateFolderWithParams(folders.NewCreateFolderParamsWithContext(ctx).WithBody(
		&models.CreateFolderCommand{UID: uid, Title: title}))
	return needing(err, "folders:create")
}

func (c *Client) renameFolder(ctx context.Context, uid, title string, version int64) error {
	_, err := c.folders.UpdateFolderWithParams(folders.NewUpdateFolderParamsWithContext(ctx).WithFolderUID(uid).WithBody(
		&models.UpdateFolderCommand{Title: title, Version: version}))
	return needing(err, "folders:write")
}

// Limits of a search. Grafana gives at most 5,000 on a page.
const (
	pageSize = 1000
	mostPage = 100
)

// tagged returns the uids of all dashboards with the tag of slojourn's, each once.
func (c *Client) tagged(ctx context.Context) ([]string, error) {
	kind, size := "dash-db", int64(pageSize)
	var uids []string
	seen := map[string]bool{}
	for page := int64(1); page <= mostPage; page++ {
		answer, err := c.search.Search(search.NewSearchParamsWithContext(ctx).WithType(&kind).WithTag([]string{Tag}).WithLimit(&size).WithPage(&page))
		if err != nil {
			return nil, needing(err, "dashboards:read")
		}
		for _, hit := range answer.Payload {
			if hit != nil && hit.UID != "" && !seen[hit.UID] {
				seen[hit.UID] = true
				uids = append(uids, hit.UID)
			}
		}
		if len(answer.Payload) < pageSize {
			return uids, nil
		}
	}
	return nil, fmt.Errorf("more than %d dashboards have the tag %s: what to delete cannot be told", pageSize*mostPage, Tag)
}

// Tag is on every dashboard of slojourn's.
const Tag = "slojourn"

// is reports whether an error is an answer of a status.
func is(err error, status int) bool {
	refused, ok := errors.AsType[*RefusedError](err)
	return ok && refused.Status == status
}

// DeniedError says that whoever asks may not, or is not known.
type DeniedError struct{ Err error }

func (e *DeniedError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *DeniedError) Unwrap() error { return e.Err }

// needing says what permission is missing.
func needing(err error, action string) error {
	switch {
	case is(err, http.StatusUnauthorized):
		return &DeniedError{fmt.Errorf("%w: the token or password is wrong, has expired or is of another Grafana", err)}
	case is(err, http.StatusForbidden):
		return &DeniedError{fmt.Errorf("%w: it needs the permission %s (a service account with the role Editor has all that is needed)", err, action)}
	}
	return err
}
