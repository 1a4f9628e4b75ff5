package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/exporters/grafana/push/grafanatest"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
)

const grafanaToken = "glsa_0123456789hunter2"

// grafanaOf is a Grafana, and a function that pushes specs into it and returns the exit
// code with all that was printed.
func grafanaOf(t *testing.T) (*grafanatest.Server, func(specs string, args ...string) (int, string)) {
	t.Helper()
	fake := grafanatest.New(grafanaToken)
	return fake, func(specs string, args ...string) (int, string) {
		t.Helper()
		server := httptest.NewServer(fake)
		var screen bytes.Buffer
		code := run(t.Context(), environment{
			stdin: strings.NewReader(""), stdout: &screen, stderr: &screen, now: time.Now,
			getenv: func(name string) string { return map[string]string{"SLOJOURN_GRAFANA_TOKEN": grafanaToken}[name] },
		}, append([]string{"push", "grafana", "--url", server.URL, "--token-from", "env:SLOJOURN_GRAFANA_TOKEN", specs}, args...))
		server.Close() // it has answered all, also what a push that ended did not wait for
		if strings.Contains(screen.String(), "hunter2") {
			t.Errorf("it shows the token:\n%s", screen.String())
		}
		return code, strings.ReplaceAll(strings.TrimPrefix(screen.String(), "\n"), strings.TrimPrefix(server.URL, "http://"), "grafana.example.com")
	}
}

// TestPushGrafana pushes the dashboards of a set that is made smaller and edited by hand.
func TestPushGrafana(t *testing.T) {
	t.Parallel()
	fake, push := grafanaOf(t)
	specs := fileSpecs(t, "pay", "buy")
	end := func(want int, says string, args ...string) {
		t.Helper()
		if code, said := push(specs, args...); code != want || !strings.Contains(said, says) {
			t.Errorf("%q: exit code %d, want %d with %s\n%s", args, code, want, says, said)
		}
	}
	end(0, "nothing was changed\n", "--dry-run")
	if len(fake.Dashboards()) > 0 || len(fake.Folders()) > 0 {
		t.Error("a dry run has changed something")
	}
	end(0, " created, 0 updated, 0 deleted, 0 refused, 0 failed\n")
	if len(fake.Dashboards()) != 4 {
		t.Errorf("%d dashboards, want those of two SLOs, the overview and the review", len(fake.Dashboards()))
	}
	fake.Requests()
	end(0, "0 created, 0 updated, 0 deleted, 0 refused, 0 failed\n", "--prune")
	if requests := fake.Requests(); len(requests) > 0 {
		t.Errorf("nothing was to be done, and it sent %v", requests)
	}
	end(0, "0 created, 5 updated", "--locale", "ja")
	end(0, "0 created, 5 updated")

	fake.Edit(uid.Of("pay"), "wider", func(c map[string]any) { c["title"] = "mine" })
	end(1, `it was changed by hand: version 4 by alice, "wider"; --force pay replaces it`)
	end(2, "--force pai: there is no journey", "--force", "pai")
	end(0, "1 updated", "--force", "pay")

	remove(t, specs, "buy.yaml")
	end(1, "1 would be deleted, and 0 may be", "--prune", "--prune-limit", "0")
	end(0, "1 deleted", "--prune")
	if _, there := fake.Dashboards()[uid.Of("buy")]; there {
		t.Error("the dashboard of what was removed is still there")
	}

	fake.Remove(uid.Of("pay"))
	fake.Denied = []string{"dashboards:create"}
	end(3, "failed: pay\n0 created, 0 updated, 0 deleted, 0 refused, 1 failed\nslojourn: web / pay: Grafana at grafana.example.com answered 403 Forbidden")
	end(3, `it needs the permission dashboards:create in the folder "web"`)
	fake.Denied = nil
	fake.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPost {
			return false
		}
		w.WriteHeader(http.StatusInternalServerError)
		return true
	}
	end(3, "pay: Grafana at grafana.example.com answered 500 Internal Server Error\n")

	fake.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, uid.Of("pay")) {
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}
		return false
	}
	end(3, "! web / pay: cannot be read\n= 4 as they should be\ndry run: 0 to create, 0 to update, 0 to delete, 0 refused, 1 failed; nothing was changed\n", "--dry-run")
}

// TestPushGrafanaStops tells once what stops it, and what it has not tried.
func TestPushGrafanaStops(t *testing.T) {
	t.Parallel()
	fake, push := grafanaOf(t)
	var names []string
	for i := range 40 {
		names = append(names, fmt.Sprintf("slo-%02d", i))
	}
	specs := fileSpecs(t, names...)
	fake.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/api/dashboards/db" {
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}
		return false
	}
	code, said := push(specs)
	_, said, _ = strings.Cut(said, "\ncreated: ")
	if code != exitFailed || strings.Count(said, "401 Unauthorized") != 1 || !strings.Contains(said, " not tried\nslojourn: Grafana at grafana.example.com answered 401") ||
		!strings.Contains(said, "2 created, 0 updated, 0 deleted, 0 refused, ") {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	fake.Denied, fake.Intercept = []string{"dashboards:create"}, nil
	code, said = push(specs)
	if code != exitFailed || strings.Count(said, "slojourn: ") != 21 || !strings.Contains(said, "\nslojourn: 22 more have failed or are left as they are: -o json lists all\n") ||
		!strings.Contains(said, "failed: overview, review, slo-00, ") || !strings.Contains(said, " and 22 more\n0 created, 0 updated, 0 deleted, 0 refused, 42 failed\n") {
		t.Errorf("exit code %d:\n%s", code, said)
	}
}

// TestPushGrafanaJSONStopped prints the document when Grafana cannot be asked.
func TestPushGrafanaJSONStopped(t *testing.T) {
	t.Parallel()
	fake, push := grafanaOf(t)
	specs := fileSpecs(t, "pay")
	for name, test := range map[string]struct {
		path, args string
		want       string
	}{
		"plan":    {"/api/dashboards/uid/", "", `"dashboards": []`},
		"dry run": {"/api/dashboards/uid/", "--dry-run", `"dryRun": true`},
		"apply":   {"/api/dashboards/db", "", `"outcome": "failed"`},
	} {
		fake.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasPrefix(r.URL.Path, test.path) {
				w.WriteHeader(http.StatusUnauthorized)
				return true
			}
			return false
		}
		code, said := push(specs, append(strings.Fields(test.args), "-o", "json")...)
		document, rest, _ := strings.Cut(said, "\n}\n")
		var got struct{ Error string }
		if err := json.Unmarshal([]byte(document+"}"), &got); err != nil {
			t.Fatalf("%s: %v in\n%s", name, err, said)
		}
		if code != exitFailed || !strings.Contains(got.Error, "answered 401 Unauthorized") || !strings.HasPrefix(rest, "slojourn: "+got.Error) {
			t.Errorf("%s: exit code %d:\n%s", name, code, said)
		}
		if !strings.Contains(document, test.want) {
			t.Errorf("%s: no %s in\n%s", name, test.want, said)
		}
	}
}

// TestPushGrafanaRefuses says what is wrong with its flags, and shows no secret.
func TestPushGrafanaRefuses(t *testing.T) {
	t.Parallel()
	specs, secrets := fileSpecs(t, "pay"), t.TempDir()
	put(t, secrets, "token", "t0ken")
	const to = "--url https://grafana.example.com"
	for _, test := range []struct{ args, want string }{
		{"", "--url is missing"},
		{"--url hunter2.example.com", "--url is no address of Grafana"},
		{"--url https://ops:hunter2@example.com/", "--url must not hold a password or a user"},
		{"--url https://example.com/?token=hunter2", "--url holds more than an address"},
		{to, "who pushes is missing"},
		{to + " --token-from hunter2", "--token-from names where the secret is: write env:NAME or file:NAME"},
		{to + " --token-from env:HOME", "HOME may not be read: its name must begin with"},
		{to + " --token-from env:SLOJOURN_GRAFANA_TOKEN", "SLOJOURN_GRAFANA_TOKEN is not set"},
		{to + " --token-from file:token", "name the folder of secrets with --secrets-dir"},
		{to + " --user ops", "belong together"},
		{to + " --user a:b --password-from file:token --secrets-dir " + secrets, "cannot hold a colon"},
		{to + " --user ops --token-from file:token", "in two ways who pushes"},
		{"--url http://example.com --token-from file:token --secrets-dir " + secrets, "--url would send the secret without encryption: write https://"},
		{to + " --token-from file:token --secrets-dir " + secrets + " --ca-file " + filepath.Join(secrets, "token"), "holds no certificate"},
		{to + " --token-from file:token --secrets-dir " + secrets + " --org-id -1", "--org-id -1"},
		{to + " --prune-limit 3", "--prune-limit is for --prune, which is missing"},
		{to + " --prune --prune-limit -3", "--prune-limit -3"},
		{to + " --datasource a/b", "--datasource"},
		{to + " --locale fr", "--locale"},
		{to + " -o yaml", "--output"},
	} {
		code, stdout, stderr := command(t, append([]string{"push", "grafana", specs}, strings.Fields(test.args)...)...)
		if code != exitUsage || !strings.Contains(stderr, test.want) || strings.Contains(stderr, "hunter2") || stdout != "" {
			t.Errorf("%s: exit code %d, want %s\n%s", test.args, code, test.want, stderr)
		}
	}
	for args, want := range map[string]string{"push": "push needs to know where to: grafana", "push loki": `push has no command "loki"`} {
		if code, _, stderr := command(t, strings.Fields(args)...); code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit code %d\n%s", args, code, stderr)
		}
	}
}

// TestPagePush runs the sessions on the page of push against a Grafana. A comment that
// begins with "by hand" renames the dashboard of an id. With -update it writes down what
// the sessions print now.
func TestPagePush(t *testing.T) {
	t.Parallel()
	const page = "../../docs/push.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	fake, push := grafanaOf(t)
	specs := t.TempDir()
	var played, block strings.Builder
	file, inside, session := "", false, false
	for line := range strings.Lines(string(text)) {
		name, isFile := strings.CutPrefix(line, "<!-- specs/")
		edited, isEdit := strings.CutPrefix(line, "<!-- by hand: ")
		switch {
		case isFile:
			file = strings.TrimSuffix(name, " -->\n")
		case isEdit:
			fake.Edit(uid.Of(strings.TrimSuffix(edited, " -->\n")), "Easier to find", func(c map[string]any) { c["title"] = "★ " + c["title"].(string) })
		case strings.HasPrefix(line, "```"):
			if inside && file != "" {
				put(t, specs, file, block.String())
				file = ""
			}
			inside, session = !inside, false
			block.Reset()
		case inside && strings.HasPrefix(line, "$ slojourn push grafana "):
			session = true
			played.WriteString(line)
			words := strings.Fields(line)[4:]
			var args []string
			for _, word := range words {
				if word != "$TO" && word != "specs" {
					args = append(args, word)
				}
			}
			_, said := push(specs, args...)
			played.WriteString(said)
			continue
		case inside && session:
			continue // what it printed once
		case inside:
			block.WriteString(line)
		}
		played.WriteString(line)
	}
	if played.String() == string(text) {
		return
	}
	if *update {
		if err := os.WriteFile(page, []byte(played.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("the page is not what happens:\n%s", firstDifference(string(text), played.String()))
}
