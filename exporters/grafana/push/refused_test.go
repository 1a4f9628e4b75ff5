package push_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/push"
	"github.com/slojourn/slojourn/exporters/grafana/push/grafanatest"
	"github.com/slojourn/slojourn/exporters/grafana/uid"
	"github.com/slojourn/slojourn/internal/secret"
)

func TestCheckURL(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://grafana.example.com":          "",
		"http://127.0.0.1:3000/grafana/":       "",
		"grafana.example.com":                  "is no address",
		"ftp://grafana.example.com":            "is no address",
		"https://":                             "is no address",
		"https://:3000":                        "is no address",
		"https://a.example.com:99999":          "has a port",
		"https://admin:S3cr3t@a.example.com":   "must not hold a user or password",
		"https://a.example.com/?token=S3cr3t":  "holds more than an address",
		"https://a.example.com/#S3cr3t":        "holds more than an address",
		"https://a.example.com/\x7fS3cr3t%zz ": "is no address",
	} {
		_, err := push.CheckURL(address)
		switch {
		case want == "" && err == nil:
		case want == "" || err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "S3cr3t"):
			t.Errorf("%s: got %v, want %q", address, err, want)
		}
	}
}

// TestDenied says what permission is missing, of each folder and dashboard apart: another
// one may lie where it is not missing.
func TestDenied(t *testing.T) {
	t.Parallel()
	for action, want := range map[string][]string{ // what fails
		"folders:read":      nil, // those that are missing are created, of the others the title is not known
		"dashboards:read":   {"Paying", "Journey buy"},
		"folders:create":    {"Team shop", "Journey buy"},
		"folders:write":     {"Payments"},
		"dashboards:create": {"Journey buy"},
		"dashboards:write":  {"Paying"},
		"dashboards:delete": {"Journey old"},
	} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.push(t, []grafana.File{journey("pay", "payments", nil), journey("old", "payments", nil)}, push.Options{})
			files := []grafana.File{journey("pay", "payments", retitled("Paying")), journey("buy", "shop", nil)}
			files[0].Folder.Title = "Payments"
			w.Denied = []string{action}
			if action == "folders:read" {
				want = []string{"Payments", "Paying"}
			}
			o := push.Options{Prune: action != "dashboards:read", PruneLimit: 1}
			plan := w.push(t, files, o)
			var failed []string
			for _, items := range [][]push.Item{plan.Folders, plan.Dashboards} {
				for i := range items {
					if items[i].Err == nil {
						continue
					}
					failed = append(failed, items[i].Title)
					if text := items[i].Err.Error(); !strings.Contains(text, "it needs the permission "+action) && !strings.HasPrefix(text, "its folder") {
						t.Errorf("%s: %s", items[i].Title, text)
					}
				}
			}
			if diff := cmp.Diff(want, failed); diff != "" {
				t.Errorf("what fails (-want +got):\n%s", diff)
			}
			if action == "dashboards:write" && !strings.Contains(plan.Dashboards[0].Err.Error(), `dashboards:write in the folder "Payments"`) {
				t.Errorf("got %v", plan.Dashboards[0].Err)
			}
		})
	}
	w := newWorld(t, func(s *grafanatest.Server) { s.Denied = []string{"dashboards:read"} })
	_, err := w.client.Plan(t.Context(), slices.Values([]grafana.File(nil)), push.Options{Prune: true})
	if _, ok := errors.AsType[*push.DeniedError](err); !ok || !strings.Contains(err.Error(), "it needs the permission dashboards:read") {
		t.Errorf("the search: %v", err)
	}
	w = newWorld(t, func(s *grafanatest.Server) { s.Token = "another" })
	_, err = w.client.Plan(t.Context(), slices.Values([]grafana.File{journey("pay", "payments", nil)}), push.Options{})
	if _, ok := errors.AsType[*push.DeniedError](err); !ok || !strings.Contains(err.Error(), "401 Unauthorized: Invalid API key: the token or password is wrong") {
		t.Errorf("another token: %v", err)
	}
}

// TestVersions reads lists of versions of all kinds, and is stopped by none: only the
// dashboard that it is about is not pushed.
func TestVersions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer string
		want   push.Action
	}{
		"an object":          {`{"versions":[{"version":2,"createdBy":"alice","message":"wider"}]}`, push.Refused},
		"a list":             {`[{"version":2,"createdBy":"alice","message":"wider"}]`, push.Refused},
		"by a number":        {`[{"version":2,"createdBy":7,"message":"wider"}]`, push.Refused},
		"by an object":       {`[{"version":2,"createdBy":{"id":7},"message":"wider"}]`, push.Refused},
		"empty":              {`[]`, push.Refused},
		"nothing of a list":  {`{"continueToken":""}`, push.Refused},
		"an odd version":     {`[{"version":"two"}]`, push.Failed},
		"no list":            {`"none"`, push.Failed},
		"none that is known": {`[{"version":1,"message":"Initial save"}]`, push.Refused},
	} {
		w := newWorld(t, nil)
		files := []grafana.File{journey("pay", "payments", nil), journey("buy", "shop", nil)}
		w.push(t, files, push.Options{})
		w.Edit(uid.Of("pay"), "wider", func(c map[string]any) { c["title"] = "mine" })
		w.Edit(uid.Of("buy"), "wider", func(c map[string]any) { c["title"] = "mine" })
		asked := 0
		w.Intercept = func(rw http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, uid.Of("pay")+"/versions") {
				return false
			}
			asked++
			fmt.Fprint(rw, test.answer)
			return true
		}
		plan := w.push(t, files, push.Options{})
		if got := plan.Dashboards[0]; got.Action != test.want || plan.Dashboards[1].Action != push.Refused || got.Err != nil && strings.Contains(got.Err.Error(), "Go ") {
			t.Errorf("%s: %s: %s %v; and %s", name, got.Action, got.Reason, got.Err, plan.Dashboards[1].Action)
		}
		all := push.Options{Forced: func(string, string) bool { return true }}
		if got := w.push(t, files, all).Dashboards[0]; !got.Done || got.Action != push.Update {
			t.Errorf("%s, forced to what it was: %s: %v", name, got.Action, got.Err)
		}
		asked = 0
		changed := []grafana.File{journey("pay", "payments", retitled("Paying")), files[1]}
		for _, files := range [][]grafana.File{changed, files} {
			plan = w.push(t, files, all)
			if got := plan.Dashboards[0]; !got.Done || got.Action != push.Update {
				t.Errorf("%s, forced: %s: %v", name, got.Action, got.Err)
			}
		}
		if asked > 0 {
			t.Errorf("%s: although it was forced, versions were asked for", name)
		}
	}
}

// TestConflicts reads refusals of a save by their kind, and by their text from Grafana 13
// on.
func TestConflicts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		body   string
		create bool
		want   string
	}{
		"version, 13":    {409, `{"message":"Dashboard already exists. Use overwrite flag to update."}`, false, "somebody has saved it meanwhile, and nothing of that is lost: push again"},
		"race, 13":       {409, `{"message":"Operation cannot be fulfilled on dashboards: requested RV does not match current RV"}`, false, "somebody has saved it meanwhile"},
		"version, 12":    {412, `{"status":"version-mismatch","message":"The dashboard has been changed by someone else"}`, false, "somebody has saved it meanwhile"},
		"create, 13":     {409, `{"message":"Dashboard already exists. Use overwrite flag to update."}`, true, "there is one of this uid that Grafana does not show: it was deleted recently, so look there; or"},
		"create, 11":     {412, `{"message":"A soft deleted dashboard with the same uid already exists"}`, true, "or whoever pushes may not read it, which takes the permission dashboards:read (Grafana at"},
		"title, deleted": {412, `{"status":"name-exists","message":"A dashboard with the same name in the folder already exists"}`, true, "maybe among what was recently deleted"},
		"title, kind":    {412, `{"message":"A dashboard with the same name in the folder already exists"}`, false, "has a dashboard of the title"},
		"a plugin":       {412, `{"status":"plugin-dashboard","message":"The dashboard belongs to plugin k6."}`, false, "412 Precondition Failed: The dashboard belongs to plugin k6."},
		"no text":        {409, ``, false, "somebody has saved it meanwhile"},
	} {
		w := newWorld(t, nil)
		if !test.create {
			w.push(t, []grafana.File{journey("pay", "payments", nil)}, push.Options{})
		}
		w.Intercept = func(rw http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/api/dashboards/db" {
				return false
			}
			rw.WriteHeader(test.status)
			fmt.Fprint(rw, test.body)
			return true
		}
		plan := w.push(t, []grafana.File{journey("pay", "payments", retitled("Paying"))}, push.Options{})
		if err := plan.Dashboards[0].Err; err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}

// TestOneFails goes on after a dashboard that Grafana does not want.
func TestOneFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	bad := journey("bad", "payments", retitled(""))
	plan := w.push(t, []grafana.File{bad, journey("pay", "payments", nil)}, push.Options{})
	if err := plan.Dashboards[0].Err; err == nil || !strings.HasSuffix(err.Error(), "answered 400 Bad Request: Dashboard title cannot be empty") {
		t.Errorf("got %v", err)
	}
	if !plan.Dashboards[1].Done {
		t.Error("the other one was not pushed")
	}
	w.Intercept = func(rw http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/dashboards/uid/"+plan.Dashboards[0].UID) {
			http.Error(rw, `{"message":"out of order"}`, http.StatusInternalServerError)
			return true
		}
		return false
	}
	again := w.push(t, []grafana.File{bad, journey("pay", "payments", nil)}, push.Options{})
	if again.Dashboards[0].Action != push.Failed || again.Dashboards[1].Action != push.Keep {
		t.Errorf("got %s and %s", again.Dashboards[0].Action, again.Dashboards[1].Action)
	}
}

// TestOdd asks what is no Grafana, or one that is out of order. No error shows the secret,
// and none is one of another library's.
func TestOdd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example.com/"+r.Header.Get("Authorization"), http.StatusFound)
		}, "answered 302 Found, which is not followed"},
		"page": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html>log in</html>")
		}, "answered with something else than JSON"},
		"page of a proxy": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			fmt.Fprint(w, "<html>no</html>")
		}, "answered 500 Internal Server Error"},
		"echo": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			fmt.Fprintf(w, `{"message":"who is\n%s"}`, r.Header.Get("Authorization"))
		}, "answered 418 I'm a teapot: who is Bearer [secret]"},
		"nothing": {func(http.ResponseWriter, *http.Request) {}, "answered with something else than JSON"},
		"odd type": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", ";;")
			fmt.Fprint(w, "{}")
		}, "cannot be asked: "},
		"other JSON":   {healthy(`[1, 2]`), "answered with JSON that Grafana does not write"},
		"no dashboard": {healthy(`{"title":"Team payments"}`), "no dashboard"},
		"another one":  {healthy(`{"dashboard":{"uid":"mine"},"meta":{}}`), "is not the dashboard slojourn-"},
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			for range 33 {
				w.Write(make([]byte, 1<<20)) //nolint:errcheck // the other end goes away
			}
		}, "answered with more than 32 MiB"},
		"hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "cannot be asked: the connection was cut (EOF): is the address that of Grafana, and does a proxy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.answer)
			t.Cleanup(server.Close)
			w := &world{}
			client := w.newClient(t, push.ClientOptions{URL: server.URL})
			plan, err := client.Plan(t.Context(), slices.Values([]grafana.File{journey("pay", "payments", nil)}), push.Options{})
			if err == nil {
				err = plan.Dashboards[0].Err
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "S3cr3t") || strings.Contains(err.Error(), "<html>") {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
	w := newWorld(t, nil)
	w.Intercept = func(rw http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/api/folders/") {
			return false
		}
		fmt.Fprint(rw, "{}")
		return true
	}
	plan := w.push(t, []grafana.File{journey("pay", "payments", nil)}, push.Options{})
	if got := plan.Folders[0]; got.Action != push.Failed || !strings.Contains(got.Err.Error(), "is not the folder slojourn-") {
		t.Errorf("{} for a folder: %s: %v", got.Action, got.Err)
	}
}

// healthy is a Grafana by its health, which answers the rest with a text.
func healthy(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/health" {
			text := `{"database":"ok"}`
			fmt.Fprint(w, text)
			return
		}
		fmt.Fprint(w, text)
	}
}

// TestInterrupted ends while Grafana has not answered.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 10)
	w := newWorld(t, func(s *grafanatest.Server) {
		s.Intercept = func(_ http.ResponseWriter, r *http.Request) bool {
			asked <- struct{}{}
			<-r.Context().Done()
			return true
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	if _, err := w.client.Plan(ctx, slices.Values([]grafana.File{journey("pay", "payments", nil)}), push.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestWho sends a user with a password, an organization and a path, and trusts a
// certificate that is none of the system's.
func TestWho(t *testing.T) {
	t.Parallel()
	fake := grafanatest.New(token)
	var seen http.Header
	fake.Intercept = func(_ http.ResponseWriter, r *http.Request) bool {
		seen = r.Header
		return false
	}
	server := httptest.NewTLSServer(http.StripPrefix("/monitoring", fake))
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	file := []grafana.File{journey("pay", "payments", nil)}
	w := &world{Server: fake}
	w.client = w.newClient(t, push.ClientOptions{URL: server.URL + "/monitoring/", User: "ada", Secret: secret.Of(token), Org: 7, Roots: roots})
	w.push(t, file, push.Options{})
	if user, password, _ := (&http.Request{Header: seen}).BasicAuth(); user != "ada" || password != token {
		t.Errorf("the user is %q", user)
	}
	if org, agent := seen.Get("X-Grafana-Org-Id"), seen.Get("User-Agent"); org != "7" || agent != "slojourn/1.2.3" {
		t.Errorf("organization %q, agent %q", org, agent)
	}
	_, err := w.newClient(t, push.ClientOptions{URL: server.URL}).Plan(t.Context(), slices.Values(file), push.Options{})
	if err == nil || !strings.Contains(err.Error(), "name the certificates to trust with --ca-file") {
		t.Errorf("without its certificate: %v", err)
	}
}
