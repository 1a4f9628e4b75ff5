package nerdgraph

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
)

func TestEndpoint(t *testing.T) {
	t.Parallel()
	for region, want := range map[slo.Region]string{
		slo.US:  "https://api.newrelic.com/graphql",
		slo.EU:  "https://api.eu.newrelic.com/graphql",
		slo.JP:  "https://api.jp.newrelic.com/graphql",
		slo.Gov: "https://gov-api.newrelic.com/graphql",
		"":      "https://api.newrelic.com/graphql",
	} {
		if got := Endpoint(region); got != want {
			t.Errorf("the endpoint of region %q is %s, want %s", region, got, want)
		}
	}
	for _, region := range slo.Regions() {
		if Endpoint(region) == Endpoint("") && region != slo.US {
			t.Errorf("region %s has no endpoint of its own", region)
		}
	}
}

func TestEnvironmentDoesNotRedirect(t *testing.T) {
	elsewhere := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a request went elsewhere, with the key %q", r.Header.Get("Api-Key"))
	})
	// What the client's files read, and what its users expect to be read.
	names := append(variablesOfTheClient(t), "NEW_RELIC_API_KEY", "NEW_RELIC_REGION", "NEW_RELIC_USER_KEY", "NEW_RELIC_HOST")
	for _, name := range names {
		t.Setenv(name, elsewhere.URL)
	}
	t.Setenv("NEW_RELIC_REGION", "staging")
	t.Setenv("NEW_RELIC_SERVICE_NAME", "terraform-provider-newrelic")
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Api-Key"); got != key {
			t.Errorf("the key is %q", got)
		}
		for name, values := range r.Header {
			for _, value := range values {
				if strings.Contains(strings.ToLower(value), "terraform") || strings.Contains(value, elsewhere.URL) {
					t.Errorf("the header %s is %q", name, value)
				}
			}
		}
		answered(http.StatusOK, `{"data":{}}`)(w, r)
	})
	if _, _, err := ask(t.Context(), s.client()); err != nil {
		t.Error(err)
	}
	if got := s.requests.Load(); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
	var asked []string
	for _, region := range slo.Regions() {
		c := New(Options{Region: region, Key: secret.Of(key), Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, string(region)+" "+r.URL.String())
			return nil, fmt.Errorf("no network")
		})})
		_, _, err := ask(t.Context(), c)
		checkFailure(t, err, Unreachable, 0, "no network")
	}
	slices.Sort(asked)
	if diff := cmp.Diff([]string{
		"EU https://api.eu.newrelic.com/graphql",
		"Gov https://gov-api.newrelic.com/graphql",
		"JP https://api.jp.newrelic.com/graphql",
		"US https://api.newrelic.com/graphql",
	}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// variablesOfTheClient finds the environment variables that the packages of
// the official client read, those of its dependencies left aside.
func variablesOfTheClient(t *testing.T) []string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.Dir}}", "github.com/newrelic/newrelic-client-go/v2/pkg/nerdgraph")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Dir(filepath.Dir(strings.TrimSpace(string(out))))
	read := regexp.MustCompile(`(?:Getenv|LookupEnv)\((.*?)\)`)
	literal := regexp.MustCompile(`^"(.*)"$`)
	var names []string
	for _, folder := range []string{"internal/http", "internal/version", "pkg/config", "pkg/errors", "pkg/logging", "pkg/nerdgraph", "pkg/region"} {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(folder), "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("the client has no %s: %v", folder, err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, call := range read.FindAllStringSubmatch(string(source), -1) {
				name := literal.FindStringSubmatch(call[1])
				if name == nil {
					t.Errorf("%s reads a variable whose name is computed: %s", file, call[0])
					continue
				}
				names = append(names, name[1])
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if !slices.Contains(names, "NEW_RELIC_NERDGRAPH_BASE_URL") {
		t.Errorf("the client reads %q, which lacks the variable that this test is about", names)
	}
	return names
}

// TestProxies runs in processes of their own, since Go reads the variables of
// proxies once. No resolver is asked for a name with two dots in a row.
func TestProxies(t *testing.T) {
	const inside = "SLOJOURN_TEST_PROXY"
	if endpoint := os.Getenv(inside); endpoint != "" {
		_, _, err := ask(t.Context(), unhurried(Options{Endpoint: endpoint, Key: secret.Of(key)}))
		fmt.Println("the call ended with:", err)
		return
	}
	t.Parallel()
	var connects, gets atomic.Int64
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			connects.Add(1)
			if r.Header.Get("Api-Key") != "" {
				t.Error("the proxy of an encrypted connection sees the key")
			}
			w.WriteHeader(http.StatusTeapot)
			return
		}
		gets.Add(1)
		answered(http.StatusOK, `{"data":{}}`)(w, r)
	})
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	withUser := strings.Replace(proxy.URL, "http://", "http://someone:s3cr3t-word@", 1)
	for _, test := range []struct {
		name, endpoint string
		environment    []string
		connects, gets int64
		want           string
	}{
		{"plain", "http://nerdgraph..invalid/graphql", []string{"HTTP_PROXY=" + withUser}, 0, 1, "ended with: <nil>"},
		{"encrypted", "https://nerdgraph..invalid/graphql", []string{"HTTPS_PROXY=" + withUser}, 1, 0, "nerdgraph..invalid cannot be reached"},
		{"not for this host", "http://nerdgraph..invalid/graphql", []string{"HTTP_PROXY=" + withUser, "NO_PROXY=nerdgraph..invalid"}, 0, 0, "nerdgraph..invalid cannot be reached"},
		{"a proxy with a bad escape", "https://nerdgraph..invalid/graphql", []string{"HTTPS_PROXY=http://someone:s3cr3t%zz@127.0.0.1:1"}, 0, 0, "nerdgraph..invalid cannot be reached"},
		{"a proxy with a slash", "http://nerdgraph..invalid/graphql", []string{"HTTP_PROXY=someone:s3cr3t/%zz@127.0.0.1:1"}, 0, 0, "nerdgraph..invalid cannot be reached"},
	} {
		connects.Store(0)
		gets.Store(0)
		cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestProxies$")
		cmd.Env = append(append(slices.Clone(os.Environ()), "HTTP_PROXY=", "HTTPS_PROXY=", "NO_PROXY=", inside+"="+test.endpoint), test.environment...)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), test.want) {
			t.Errorf("%s: got the error %v, want %q in:\n%s", test.name, err, test.want, out)
		}
		if strings.Contains(string(out), "s3cr3t") || strings.Contains(string(out), key) {
			t.Errorf("%s: the key or the proxy's password shows itself:\n%s", test.name, out)
		}
		if connects.Load() != test.connects || gets.Load() != test.gets {
			t.Errorf("%s: the proxy saw %d connects and %d requests, want %d and %d", test.name, connects.Load(), gets.Load(), test.connects, test.gets)
		}
	}
}
