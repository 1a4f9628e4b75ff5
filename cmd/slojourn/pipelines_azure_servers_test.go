//go:build servers

package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// azureThreads are those of a pull request in Azure DevOps.
type azureThreads struct {
	mu   sync.Mutex
	list []map[string]any
}

func (a *azureThreads) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	const path = "/shop/slos/_apis/git/repositories/5/pullRequests/7/threads"
	rest, found := strings.CutPrefix(r.URL.Path, path)
	body, err := io.ReadAll(r.Body)
	var document map[string]any
	if err == nil && r.Method != http.MethodGet {
		err = json.Unmarshal(body, &document)
	}
	switch {
	case r.Header.Get("Authorization") != "Bearer azure-hunter2":
		w.WriteHeader(http.StatusUnauthorized)
		return
	case !found || err != nil || r.URL.Query().Get("api-version") == "":
		w.WriteHeader(http.StatusBadRequest)
		return
	case r.Method == http.MethodGet && rest == "":
		// What the system says about a pull request are threads, too.
		document = map[string]any{"value": append([]map[string]any{{"id": 1, "comments": []any{map[string]any{"id": 1}}}}, a.list...)}
	case r.Method == http.MethodPost && rest == "" && document["status"] == "closed":
		document["id"] = 2
		for i, comment := range document["comments"].([]any) { //nolint:forcetypeassert // a test
			comment.(map[string]any)["id"] = i + 1 //nolint:forcetypeassert // a test
		}
		a.list = append(a.list, document)
	case r.Method == http.MethodPatch && rest == "/2/comments/1":
		a.list[0]["comments"].([]any)[0].(map[string]any)["content"] = document["content"] //nolint:forcetypeassert // a test
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(document) //nolint:errcheck,errchkjson // the client notices
}

// comment returns the only one.
func (a *azureThreads) comment(t *testing.T) string {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.list) != 1 {
		t.Fatalf("%d threads, want one", len(a.list))
	}
	text, _ := a.list[0]["comments"].([]any)[0].(map[string]any)["content"].(string) //nolint:forcetypeassert // a test
	return text
}
