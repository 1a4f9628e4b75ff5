package push

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/grafana/grafana-openapi-client-go/client/dashboards"
	"github.com/grafana/grafana-openapi-client-go/client/health"
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
	folderTitle string // "" for none
	provisioned bool
	createdBy   string
	updatedBy   string
}

func (s *stored) signed() (digest string, ok bool) {
	description, _ := s.content["description"].(string)
	return grafana.Signed(description, s.uid)
}

// probe asks whether it is Grafana that answers: where it is not, nothing that is missing
// would be known to be missing.
func (c *Client) probe(ctx context.Context) error {
	answer, err := c.health.GetHealthWithParams(health.NewGetHealthParamsWithContext(ctx))
	switch {
	case err == nil && answer.Payload.Database != "":
		return nil
	case err == nil:
		err = errors.New("what answered is no Grafana")
	case aboutAll(err):
		return err
	}
	return &UnreachableError{fmt.Errorf("%w: is the address complete, with the path below which Grafana is served? What was asked for is /api/health", err)}
}

// dashboard returns one that Grafana has, and nil when it has none of that uid.
func (c *Client) dashboard(ctx context.Context, uid string) (*stored, error) {
	answer, err := c.dashboards.GetDashboardByUIDWithParams(dashboards.NewGetDashboardByUIDParamsWithContext(ctx).WithUID(uid))
	if missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, needing(err, "dashboards:read", "")
	}
	content, ok := answer.Payload.Dashboard.(map[string]any)
	meta := answer.Payload.Meta
	if !ok || meta == nil {
		return nil, &oddError{"what Grafana answered is no dashboard"}
	}
	if other, told := content["uid"].(string); told && other != uid {
		return nil, &oddError{"what Grafana answered is not the dashboard " + uid}
	}
	s := &stored{
		uid: uid, content: content, version: meta.Version, folder: meta.FolderUID, provisioned: meta.Provisioned,
		createdBy: meta.CreatedBy, updatedBy: meta.UpdatedBy,
	}
	if s.folder != "" { // else Grafana calls it General
		s.folderTitle = meta.FolderTitle
	}
	s.title, _ = content["title"].(string)
	if version, ok := content["version"].(json.Number); ok && s.version == 0 {
		s.version, _ = version.Int64()
	}
	return s, nil
}

// save creates a dashboard, or replaces the version that is named in it. Grafana refuses
// it when there is another version now. (With overwrite it would not, and before 11.3 it
// would replace any dashboard of the same title in the folder.)
func (c *Client) save(ctx context.Context, item *Item) error {
	// The client also sends an UpdatedAt of the year 1, which Grafana takes for none.
	answer, err := c.dashboards.PostDashboardWithParams(dashboards.NewPostDashboardParamsWithContext(ctx).WithBody(
		&models.SaveDashboardCommand{Dashboard: item.content, FolderUID: item.into, Message: item.message}))
	if err == nil && (answer.Payload.UID == nil || *answer.Payload.UID != item.UID) {
		err = foreign("the dashboard", item.UID)
	}
	err = c.settled(ctx, err, func(ctx context.Context) (bool, error) {
		_, there, err := c.isThere(ctx, item)
		return there, err
	})
	if item.version != 0 {
		return needing(err, "dashboards:write", item.where())
	}
	if err = needing(err, "dashboards:create", item.where()); is(err, http.StatusForbidden) {
		return fmt.Errorf("%w; or the dashboard is there, where whoever pushes may not read it, which takes dashboards:read and dashboards:write", err)
	}
	return err
}

// remove deletes a dashboard. One that is gone already is no error.
func (c *Client) remove(ctx context.Context, item *Item) error {
	answer, err := c.dashboards.DeleteDashboardByUIDWithParams(dashboards.NewDeleteDashboardByUIDParamsWithContext(ctx).WithUID(item.UID))
	if err == nil && answer.Payload.Title == nil {
		err = foreign("the title of the dashboard", item.UID)
	}
	err = c.settled(ctx, err, func(ctx context.Context) (bool, error) {
		have, err := c.dashboard(ctx, item.UID)
		return have == nil, err
	})
	if missing(err) {
		return nil
	}
	return needing(err, "dashboards:delete", item.where())
}

// foreign says that a success does not name what was changed, so that it may be the answer
// of something else.
func foreign(what, uid string) error {
	return &unsureError{&oddError{"the answer does not name " + what + " " + uid + ": is the address that of Grafana, and does nothing in between answer for it?"}}
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
		if is(err, http.StatusForbidden) {
			return nil, &DeniedError{needing(err, "dashboards:read", "")}
		}
		if err != nil {
			return nil, needing(err, "dashboards:read", "")
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
