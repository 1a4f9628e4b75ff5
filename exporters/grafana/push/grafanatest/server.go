// Package grafanatest is a Grafana for tests: as much of its HTTP API as a push needs, with
// the refusals that the API documents.
package grafanatest

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Logins of whoever saves something.
const (
	Robot = "sa-slojourn" // whoever has the token
	Human = "alice"
)

// Server answers as Grafana does. Its exported fields are set before it is asked.
type Server struct {
	Token string // that requests must have
	// Before113 is a Grafana before 11.3: titles are unique in a folder, and the versions
	// of a dashboard are a list without an object around it.
	Before113 bool
	// Migrates is a Grafana that brings dashboards up to a later schema as they are read.
	Migrates bool
	// Lags is a Grafana that does not tell the newest version of a dashboard yet.
	Lags bool
	// Denied are the permissions that the token lacks, such as dashboards:write.
	Denied []string
	// Intercept answers a request in place of the server, and returns true.
	Intercept func(w http.ResponseWriter, r *http.Request) bool

	mu         sync.Mutex
	folders    map[string]*folder
	dashboards map[string]*dashboard
	requests   []Request
	ids        int
}

// Request is one that changes something.
type Request struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Body   json.RawMessage `json:"body,omitempty"`
}

type folder struct {
	title                string
	version              int64
	createdBy, updatedBy string
}

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

// New returns a Grafana without dashboards.
func New(token string) *Server {
	return &Server{Token: token, folders: map[string]*folder{}, dashboards: map[string]*dashboard{}}
}

// Requests are those that were to change something, in order, and are forgotten.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := s.requests
	s.requests = nil
	return requests
}

// Save saves a dashboard as somebody does at a screen: content with its uid, in a folder.
func (s *Server) Save(content map[string]any, folder, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(content["uid"].(string), clone(content), folder, Human, message)
}

// Edit changes a dashboard by hand.
func (s *Server) Edit(uid, message string, change func(content map[string]any)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.dashboards[uid]
	content := clone(d.newest().content)
	change(content)
	s.put(uid, content, d.folder, Human, message)
}

// Remove deletes a dashboard by hand.
func (s *Server) Remove(uid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.dashboards, uid)
}

// Provision makes a dashboard one that comes from files.
func (s *Server) Provision(uid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dashboards[uid].provisioned = true
}

// Folder creates or renames a folder by hand.
func (s *Server) Folder(uid, title string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.folders[uid]
	if f == nil {
		f = &folder{createdBy: Human}
		s.folders[uid] = f
	}
	f.title, f.updatedBy = title, Human
	f.version++
}

// Folders are the titles of folders, by uid.
func (s *Server) Folders() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	titles := map[string]string{}
	for uid, f := range s.folders {
		titles[uid] = f.title
	}
	return titles
}

// Dashboard is one that the server has.
type Dashboard struct {
	Content map[string]any
	Folder  string
	Version int
	By      string // who saved the version
	Message string
}

// Dashboards are all, by uid.
func (s *Server) Dashboards() map[string]Dashboard {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string]Dashboard{}
	for uid, d := range s.dashboards {
		last := d.newest()
		all[uid] = Dashboard{clone(last.content), d.folder, len(d.versions), last.by, last.message}
	}
	return all
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

// clone copies what JSON can say, with the text of numbers.
func clone(content map[string]any) map[string]any {
	text, err := json.Marshal(content)
	if err != nil {
		panic(err) // it is JSON
	}
	copied, err := read(strings.NewReader(string(text)))
	if err != nil {
		panic(err)
	}
	return copied
}

func read(r io.Reader) (map[string]any, error) {
	decoder := json.NewDecoder(r)
	decoder.UseNumber()
	var content map[string]any
	return content, decoder.Decode(&content)
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Intercept == nil || !s.Intercept(w, r) {
		s.Serve(w, r)
	}
}

// Serve answers a request that was not intercepted.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request) {
	_, password, _ := r.BasicAuth()
	if r.Header.Get("Authorization") != "Bearer "+s.Token && (password == "" || password != s.Token) {
		answer(w, http.StatusUnauthorized, object{"message": "Invalid API key"})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var body map[string]any
	if r.Method != http.MethodGet {
		text, err := io.ReadAll(r.Body)
		if err == nil && len(text) > 0 {
			body, err = read(strings.NewReader(string(text)))
		}
		if err != nil {
			answer(w, http.StatusBadRequest, object{"message": "bad request data"})
			return
		}
		s.requests = append(s.requests, Request{r.Method, r.URL.Path, text})
	}
	path, isAPI := strings.CutPrefix(r.URL.Path, "/api/")
	if !isAPI {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!DOCTYPE html><title>Grafana</title>") //nolint:errcheck // a test sees it
		return
	}
	parts := strings.Split(path, "/")
	switch route := r.Method + " " + strings.Join(parts[:min(2, len(parts))], "/"); {
	case route == "GET search":
		s.find(w, r)
	case route == "POST dashboards/db":
		s.save(w, body)
	case route == "GET dashboards/uid" && len(parts) == 3:
		s.get(w, parts[2])
	case route == "GET dashboards/uid" && len(parts) == 4 && parts[3] == "versions":
		s.history(w, r, parts[2])
	case route == "DELETE dashboards/uid" && len(parts) == 3:
		s.remove(w, parts[2])
	case parts[0] == "folders":
		s.serveFolder(w, r.Method, parts[1:], body)
	default:
		answer(w, http.StatusNotFound, object{"message": "Not found"})
	}
}

type object = map[string]any

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) //nolint:errcheck // a test sees it
}

// may answers that a permission is missing, and returns false.
func (s *Server) may(w http.ResponseWriter, action string) bool {
	if !slices.Contains(s.Denied, action) {
		return true
	}
	answer(w, http.StatusForbidden, object{
		"accessErrorId": "ACE0123456789", "title": "Access denied",
		"message": "You'll need additional permissions to perform this action. Permissions needed: " + action,
	})
	return false
}

func (s *Server) get(w http.ResponseWriter, uid string) {
	if !s.may(w, "dashboards:read") {
		return
	}
	d := s.dashboards[uid]
	if d == nil {
		answer(w, http.StatusNotFound, object{"message": "Dashboard not found"})
		return
	}
	content := maps.Clone(d.newest().content)
	if s.Migrates {
		content["schemaVersion"], content["fiscalYearStartMonth"] = 42, 0
	}
	answer(w, http.StatusOK, object{"dashboard": content, "meta": object{
		"version": len(d.versions), "folderUid": d.folder, "provisioned": d.provisioned, "createdBy": d.versions[0].by, "updatedBy": d.newest().by,
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
	refuse := func(status int, kind, message string) { answer(w, status, object{"status": kind, "message": message}) }
	switch {
	case title == "":
		refuse(http.StatusBadRequest, "empty-name", "Dashboard title cannot be empty")
	case len(uid) > 40:
		refuse(http.StatusBadRequest, "", "uid too long, max 40 characters")
	case len(message) > 500:
		refuse(http.StatusBadRequest, "", "message too long, max 500 characters")
	case into != "" && s.folders[into] == nil:
		refuse(http.StatusBadRequest, "", "folder not found")
	case have != nil && have.provisioned:
		refuse(http.StatusBadRequest, "", "Cannot save provisioned dashboard")
	case have != nil && !overwrite && version != int64(len(have.versions)):
		refuse(http.StatusPreconditionFailed, "version-mismatch", "The dashboard has been changed by someone else")
	case s.Before113 && s.folders[into] != nil && s.folders[into].title == title:
		refuse(http.StatusBadRequest, "name-match", "Dashboard name cannot be the same as folder")
	case s.Before113 && s.taken(uid, title, into):
		refuse(http.StatusPreconditionFailed, "name-exists", "A dashboard with the same name in the folder already exists")
	default:
		d := s.put(uid, content, into, Robot, message)
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
	for i, v := range slices.Backward(d.versions) {
		versions = append(versions, object{"id": i + 1, "version": i + 1, "parentVersion": i, "createdBy": v.by, "message": v.message, "created": "2026-11-22T09:00:00Z"})
	}
	if s.Lags {
		versions = versions[1:]
	}
	if limit, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil && limit > 0 {
		versions = versions[:min(limit, len(versions))]
	}
	if s.Before113 {
		answer(w, http.StatusOK, versions)
		return
	}
	answer(w, http.StatusOK, object{"continueToken": "", "versions": versions})
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

func (s *Server) serveFolder(w http.ResponseWriter, method string, parts []string, body object) {
	title, _ := body["title"].(string)
	uid, _ := body["uid"].(string)
	if len(parts) == 1 {
		uid = parts[0]
	}
	f := s.folders[uid]
	switch {
	case method == http.MethodPost && s.may(w, "folders:create"):
		if f != nil || s.Before113 && s.titled(title) {
			answer(w, http.StatusConflict, object{"message": "a folder with the same name already exists in the current location"})
			return
		}
		s.folders[uid] = &folder{title: title, version: 1, createdBy: Robot, updatedBy: Robot}
		answer(w, http.StatusOK, s.shown(uid))
	case method == http.MethodGet && s.may(w, "folders:read"):
		if f == nil {
			answer(w, http.StatusNotFound, object{"status": "not-found", "message": "folder not found"})
			return
		}
		answer(w, http.StatusOK, s.shown(uid))
	case method == http.MethodPut && s.may(w, "folders:write"):
		version, _ := body["version"].(json.Number)
		overwrite, _ := body["overwrite"].(bool)
		switch {
		case f == nil:
			answer(w, http.StatusNotFound, object{"status": "not-found", "message": "folder not found"})
		case !overwrite && version.String() != strconv.FormatInt(f.version, 10):
			answer(w, http.StatusPreconditionFailed, object{"status": "version-mismatch", "message": "the folder has been changed by someone else"})
		case s.Before113 && s.titled(title):
			answer(w, http.StatusConflict, object{"message": "a folder with the same name already exists in the current location"})
		default:
			f.title, f.updatedBy = title, Robot
			f.version++
			answer(w, http.StatusOK, s.shown(uid))
		}
	}
}

func (s *Server) titled(title string) bool {
	for _, f := range s.folders {
		if f.title == title {
			return true
		}
	}
	return false
}

func (s *Server) shown(uid string) object {
	f := s.folders[uid]
	return object{"uid": uid, "title": f.title, "version": f.version, "createdBy": f.createdBy, "updatedBy": f.updatedBy, "created": "2026-11-22T09:00:00Z"}
}
