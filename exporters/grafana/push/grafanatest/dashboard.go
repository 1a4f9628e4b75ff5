package grafanatest

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

type dashboard struct {
	id          int
	folder      string
	provisioned bool
	versions    []saved // the oldest first
}

type saved struct {
	content     map[string]any
	by, message string
}

func (d *dashboard) newest() saved { return d.versions[len(d.versions)-1] }

func (d *dashboard) title() string {
	title, _ := d.newest().content["title"].(string)
	return title
}

func (s *Server) put(uid string, content map[string]any, folder, by, message string) *dashboard {
	d := s.dashboards[uid]
	if d == nil {
		s.ids++
		d = &dashboard{id: s.ids}
		s.dashboards[uid] = d
	}
	d.folder = folder
	content["id"], content["uid"], content["version"] = d.id, uid, len(d.versions)+1
	d.versions = append(d.versions, saved{content, by, message})
	return d
}

func (s *Server) get(w http.ResponseWriter, uid string) {
	d := s.dashboards[uid]
	if hidden := s.Hides && slices.Contains(s.Denied, "dashboards:read"); !hidden && !s.may(w, "dashboards:read") {
		return
	} else if hidden || d == nil {
		answer(w, http.StatusNotFound, object{"message": "Dashboard not found"})
		return
	}
	content := maps.Clone(d.newest().content)
	if s.Migrates {
		content["schemaVersion"], content["fiscalYearStartMonth"] = 42, 0
	}
	title := "General"
	if f := s.folders[d.folder]; f != nil {
		title = f.title
	}
	answer(w, http.StatusOK, object{"dashboard": content, "meta": object{
		"version": len(d.versions), "folderUid": d.folder, "folderTitle": title, "provisioned": d.provisioned,
		"createdBy": d.versions[0].by, "updatedBy": d.newest().by,
		"created": "2026-11-22T09:00:00Z", "updated": "2026-11-22T09:00:00Z", "type": "db", "canSave": true,
	}})
}

func (s *Server) save(w http.ResponseWriter, body object) {
	content, _ := body["dashboard"].(object)
	uid, _ := content["uid"].(string)
	title, _ := content["title"].(string)
	into, _ := body["folderUid"].(string)
	message, _ := body["message"].(string)
	overwrite, _ := body["overwrite"].(bool)
	have := s.dashboards[uid]
	action := "dashboards:create"
	if have != nil {
		action = "dashboards:write"
	}
	if !s.may(w, action) {
		return
	}
	version := int64(0)
	if number, ok := content["version"].(json.Number); ok {
		version, _ = number.Int64()
	}
	switch {
	case title == "":
		refuse(w, http.StatusBadRequest, "empty-name", "Dashboard title cannot be empty")
	case len(uid) > 40:
		refuse(w, http.StatusBadRequest, "", "uid too long, max 40 characters")
	case len(message) > 500:
		refuse(w, http.StatusBadRequest, "", "message too long, max 500 characters")
	case into != "" && s.folders[into] == nil:
		refuse(w, http.StatusBadRequest, "", "folder not found")
	case have != nil && have.provisioned:
		refuse(w, http.StatusBadRequest, "", "Cannot save provisioned dashboard")
	case have != nil && !overwrite && version != int64(len(have.versions)) && s.Since13:
		refuse(w, http.StatusConflict, "", "Dashboard already exists. Use overwrite flag to update.")
	case have != nil && !overwrite && version != int64(len(have.versions)):
		refuse(w, http.StatusPreconditionFailed, "version-mismatch", "The dashboard has been changed by someone else")
	case s.Before113 && s.folders[into] != nil && s.folders[into].title == title:
		refuse(w, http.StatusBadRequest, "name-match", "Dashboard name cannot be the same as folder")
	case s.Before113 && s.taken(uid, title, into):
		refuse(w, http.StatusPreconditionFailed, "name-exists", "A dashboard with the same name in the folder already exists")
	default:
		d := s.put(uid, content, into, s.Login, message)
		answer(w, http.StatusOK, object{"id": d.id, "uid": uid, "url": "/d/" + uid, "status": "success", "version": len(d.versions), "slug": uid})
	}
}

func (s *Server) taken(uid, title, into string) bool {
	for other, d := range s.dashboards {
		if other != uid && d.folder == into && d.title() == title {
			return true
		}
	}
	return false
}

// shownVersion is what Grafana tells of the n-th version of a dashboard.
func (s *Server) shownVersion(d *dashboard, n int) object {
	v := d.versions[n-1]
	shown := object{"id": n, "version": n, "parentVersion": n - 1, "createdBy": v.by, "message": v.message, "created": "2026-11-22T09:00:00Z"}
	if s.Before113 {
		shown["createdBy"] = 7
	}
	return shown
}

// history lists versions. Of the first one Grafana does not tell there what it was saved
// with.
func (s *Server) history(w http.ResponseWriter, r *http.Request, uid string) {
	if !s.may(w, "dashboards:write") {
		return
	}
	d := s.dashboards[uid]
	if d == nil {
		answer(w, http.StatusNotFound, object{"message": "Dashboard not found"})
		return
	}
	versions := []object{}
	for n := len(d.versions); n > 0; n-- {
		shown := s.shownVersion(d, n)
		if n == 1 {
			shown["message"] = "Initial save"
		}
		versions = append(versions, shown)
	}
	if s.Lags {
		versions = versions[1:]
	}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	versions = versions[:min(cmp.Or(limit, 1000), len(versions))]
	if s.Before113 || s.Before116 {
		answer(w, http.StatusOK, versions)
		return
	}
	answer(w, http.StatusOK, object{"continueToken": "", "versions": versions})
}

func (s *Server) version(w http.ResponseWriter, uid, number string) {
	if !s.may(w, "dashboards:write") {
		return
	}
	d := s.dashboards[uid]
	n, _ := strconv.Atoi(number)
	if d == nil || n < 1 || n > len(d.versions) || s.Lags && n == len(d.versions) {
		answer(w, http.StatusNotFound, object{"message": "Dashboard version not found"})
		return
	}
	answer(w, http.StatusOK, s.shownVersion(d, n))
}

func (s *Server) remove(w http.ResponseWriter, uid string) {
	d := s.dashboards[uid]
	switch {
	case !s.may(w, "dashboards:delete"):
	case d == nil:
		answer(w, http.StatusNotFound, object{"message": "Dashboard not found"})
	case d.provisioned:
		answer(w, http.StatusBadRequest, object{"message": "provisioned dashboard cannot be deleted"})
	default:
		delete(s.dashboards, uid)
		answer(w, http.StatusOK, object{"message": "Dashboard deleted", "title": d.title(), "id": d.id})
	}
}

func (s *Server) find(w http.ResponseWriter, r *http.Request) {
	if !s.may(w, "dashboards:read") {
		return
	}
	query := r.URL.Query()
	limit, _ := strconv.Atoi(query.Get("limit"))
	if limit <= 0 {
		limit = 1000
	}
	limit = min(limit, 5000)
	page, _ := strconv.Atoi(query.Get("page"))
	hits := []object{}
	for _, uid := range slices.Sorted(maps.Keys(s.dashboards)) {
		d := s.dashboards[uid]
		tags, _ := d.newest().content["tags"].([]any)
		if slices.ContainsFunc(query["tag"], func(tag string) bool { return !slices.Contains(tags, any(tag)) }) {
			continue
		}
		hits = append(hits, object{"id": d.id, "uid": uid, "title": d.title(), "type": "dash-db", "folderUid": d.folder, "tags": tags})
	}
	from := min(max(page-1, 0)*limit, len(hits))
	answer(w, http.StatusOK, hits[from:min(from+limit, len(hits))])
}
