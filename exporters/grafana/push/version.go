package push

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/grafana/grafana-openapi-client-go/client/dashboards"
	"github.com/grafana/grafana-openapi-client-go/models"

	"github.com/slojourn/slojourn/internal/httpclient"
)

// saving is one of the times that a dashboard was saved.
type saving struct {
	version     int64
	by, message string
}

// lastSaving returns how the version of a dashboard that was read was saved, and nil when
// Grafana does not say.
func (c *Client) lastSaving(ctx context.Context, have *stored) (*saving, error) {
	one := int64(1)
	answer, err := c.dashboards.GetDashboardVersionsByUID(
		dashboards.NewGetDashboardVersionsByUIDParamsWithContext(ctx).WithUID(have.uid).WithLimit(&one))
	if is(err, http.StatusForbidden) || missing(err) {
		return nil, nil // who may only read is not told
	}
	if err != nil {
		return nil, needing(err, "dashboards:write", "")
	}
	for _, v := range answer.Payload.Versions {
		switch {
		case v.Version != have.version:
		case v.Version == 1: // which the list calls "Initial save", whatever it was saved with
			return c.firstSaving(ctx, have)
		default:
			return savingOf(v, have), nil
		}
	}
	return nil, nil
}

// firstSaving returns how the first version of a dashboard was saved.
func (c *Client) firstSaving(ctx context.Context, have *stored) (*saving, error) {
	answer, err := c.dashboards.GetDashboardVersionByUIDWithParams(
		dashboards.NewGetDashboardVersionByUIDParamsWithContext(ctx).WithUID(have.uid).WithDashboardVersionID(1))
	if is(err, http.StatusForbidden) || missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, needing(err, "dashboards:write", "")
	}
	return savingOf(answer.Payload, have), nil
}

func savingOf(v *models.DashboardVersionMeta, have *stored) *saving {
	s := &saving{v.Version, v.CreatedBy, v.Message}
	if s.by == "" {
		s.by = have.updatedBy
	}
	return s
}

// shownVersion is as much of a version as is read. Who saved it is a number in some
// versions of Grafana, and a name in others.
type shownVersion struct {
	Version   int64
	CreatedBy any
	Message   string
}

func (v shownVersion) meta() *models.DashboardVersionMeta {
	by, _ := v.CreatedBy.(string)
	return &models.DashboardVersionMeta{Version: v.Version, CreatedBy: by, Message: v.Message}
}

// versions reads what Grafana from 11.6 on answers, an object with a list, and what it
// answered before, the list alone.
func versions(text []byte) (any, error) {
	var answer struct{ Versions []shownVersion }
	into := any(&answer)
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		into = &answer.Versions
	}
	if err := json.Unmarshal(text, into); err != nil {
		return nil, err
	}
	read := &models.DashboardVersionResponseMeta{}
	for _, v := range answer.Versions {
		read.Versions = append(read.Versions, v.meta())
	}
	return &dashboards.GetDashboardVersionsByUIDOK{Payload: read}, nil
}

// version reads one version.
func version(text []byte) (any, error) {
	var answer shownVersion
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, err
	}
	return &dashboards.GetDashboardVersionByUIDOK{Payload: answer.meta()}, nil
}

// message is that of a version: what has changed, the digest that the dashboard has, and
// the number that the version gets. Without the number a message would also tell of later
// versions: from 12 on Grafana keeps it when somebody saves without a message.
func message(summary, digest string, version int64) string {
	return fmt.Sprintf("%s%s [%s v%d]", messagePrefix, httpclient.Shorten(summary, 400), digest, version)
}

const messagePrefix = "slojourn: "

// ours reports whether a version was saved by slojourn, with a dashboard of a digest.
func (s *saving) ours(digest string) bool {
	return strings.HasPrefix(s.message, messagePrefix) && strings.HasSuffix(s.message, fmt.Sprintf(" [%s v%d]", digest, s.version))
}

// restored reports whether somebody has brought back an earlier version, which has the
// given digest: Grafana says so, or has kept the message of the version before.
func (s *saving) restored(digest string) bool {
	of, kept := s.kept()
	return strings.HasPrefix(s.message, "Restored from version ") || kept && of != digest
}

var ourMessage = regexp.MustCompile(`^` + messagePrefix + `.* \[([0-9a-f]+) v\d+\]$`)

// kept reads the digest in a message of slojourn's, of whatever version.
func (s *saving) kept() (digest string, ok bool) {
	if m := ourMessage.FindStringSubmatch(s.message); m != nil {
		return m[1], true
	}
	return "", false
}

// told is who saved a version and with what message, for people.
func (s *saving) told() string {
	text := fmt.Sprintf("version %d by %s", s.version, somebody(s.by))
	if _, kept := s.kept(); s.message != "" && !kept { // else it is that of an earlier version
		text += fmt.Sprintf(", %q", httpclient.Shorten(s.message, maxValue))
	}
	return text
}
