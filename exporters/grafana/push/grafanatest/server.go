// Package grafanatest is a Grafana for tests: as much of its HTTP API as a push needs, with
// the refusals of the versions from 9.4 to 13.
package grafanatest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Logins of whoever saves something.
const (
	Robot = "sa-slojourn" // whoever has the token, at first
	Human = "alice"
)

// Server answers as Grafana does. Its exported fields are set before it is asked.
type Server struct {
	Token string // that requests must have
	Login string // of whoever has it
	// Before113 is a Grafana before 11.3: titles are unique in a folder, the versions of a
	// dashboard are a list without an object around it, and who saved them is a number.
	Before113 bool
	// Before116 is a Grafana from 11.3 to 11.5: the versions of a dashboard are such a list,
	// with the login of who saved them.
	Before116 bool
	// Since13 is a Grafana from 13 on: an Editor may not read a folder that is missing, and
	// conflicts are told by their text.
	Since13 bool
	// Migrates is a Grafana that brings dashboards up to a later schema as they are read.
	Migrates bool
	// Hides is a Grafana from 12 on: a dashboard that may not be read is not found.
	Hides bool
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

// New returns a Grafana without dashboards.
func New(token string) *Server {
	return &Server{Token: token, Login: Robot, folders: map[string]*folder{}, dashboards: map[string]*dashboard{}}
}

// Requests are those that were to change something, in order, and are forgotten.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := s.requests
	s.requests = nil
	return requests
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Intercept == nil || !s.Intercept(w, r) {
		s.Serve(w, r)
	}
}

// Serve answers a request that was not intercepted.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request) {
	path, isAPI := strings.CutPrefix(r.URL.Path, "/api/")
	switch {
	case !isAPI:
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<!DOCTYPE html><title>Grafana</title>") //nolint:errcheck // a test sees it
		return
	case path == "health": // which anybody may ask
		answer(w, http.StatusOK, object{"database": "ok"})
		return
	}
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
	parts := strings.Split(path, "/")
	switch route := r.Method + " " + strings.Join(parts[:min(2, len(parts))], "/"); {
	case route == "GET user" && len(parts) == 1:
		answer(w, http.StatusOK, object{"login": s.Login, "name": s.Login})
	case route == "GET search":
		s.find(w, r)
	case route == "POST dashboards/db":
		s.save(w, body)
	case route == "GET dashboards/uid" && len(parts) == 3:
		s.get(w, parts[2])
	case route == "GET dashboards/uid" && len(parts) == 4 && parts[3] == "versions":
		s.history(w, r, parts[2])
	case route == "GET dashboards/uid" && len(parts) == 5 && parts[3] == "versions":
		s.version(w, parts[2], parts[4])
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

// refuse answers as Grafana does that tells the kind of a refusal, "" where it does not.
func refuse(w http.ResponseWriter, status int, kind, message string) {
	body := object{"message": message}
	if kind != "" {
		body["status"] = kind
	}
	answer(w, status, body)
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
