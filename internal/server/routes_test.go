package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slojourn/slojourn/slo"
)

func TestAnswers(t *testing.T) {
	t.Parallel()
	text, jsonType, page := "text/plain; charset=utf-8", "application/json", "text/html; charset=utf-8"
	reloads := Options{Lifecycle: true, Reload: func(context.Context, []string) error { return nil }}
	refused := Options{Lifecycle: true, Reload: func(context.Context, []string) error {
		return errors.New("checkout.yaml:14:13: error: target 100 leaves no error budget [SLO007]\nkey NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZA \x1b[2J")
	}}
	lacking := Options{Lifecycle: true, Reload: func(_ context.Context, removed []string) error {
		for _, id := range []string{"a", "b/c"} {
			if !slices.ContainsFunc(removed, func(pattern string) bool { return slo.MatchID(pattern, id) }) {
				return errors.New(id + " is gone")
			}
		}
		return nil
	}}
	waiting := Options{Engine: starting()}
	tests := []struct {
		method, path string
		options      Options
		status       int
		contentType  string
		body         string // all of it, or what it holds behind "…"
		allow        string
	}{
		{"GET", "/", Options{Version: "1.2.3"}, 200, page, "…<p>Version 1.2.3</p>\n<p>It is ready.</p>", ""},
		{"HEAD", "/", Options{}, 200, page, "", ""},
		{"GET", "/", waiting, 200, page, "…<p>It is not ready: the history of 312 of", ""},
		{"POST", "/", Options{}, 405, text, "this path knows only GET, HEAD\n", "GET, HEAD"},
		{"GET", "/-/healthy", waiting, 200, text, "slojourn is healthy.\n", ""},
		{"HEAD", "/-/healthy", Options{}, 200, text, "", ""},
		{"DELETE", "/-/healthy", Options{}, 405, text, "this path knows only GET, HEAD\n", "GET, HEAD"},
		{"GET", "/-/ready", Options{}, 200, text, "slojourn is ready.\n", ""},
		{"GET", "/-/ready", waiting, 503, text, "slojourn is not ready: the history of 312 of 672 indicators was not read yet\n", ""},
		{"HEAD", "/-/ready", waiting, 503, text, "", ""},
		{"POST", "/-/reload", reloads, 200, text, "reloaded.\n", ""},
		{"POST", "/-/reload", Options{}, 403, text, "…--enable-lifecycle", ""},
		{"POST", "/-/reload", Options{Reload: reloads.Reload}, 403, text, "…--enable-lifecycle", ""},
		{"POST", "/-/reload", refused, 500, text, "nothing was reloaded, the specs of before stay in force:\ncheckout.yaml:14:13: error: target 100 leaves no error budget [SLO007]\nkey NRAK-… �[2J\n", ""},
		{"POST", "/-/reload?removed=a&removed=b/*", lacking, 200, text, "reloaded.\n", ""},
		{"POST", "/-/reload?removed=a", lacking, 500, text, "…b/c is gone", ""},
		{"POST", "/-/reload?removed=A", reloads, 400, text, "removed cannot be \"A\"; write an id such as barcode-payment/authorise, with * for any characters\n", ""},
		{"POST", "/-/reload?remove=a", reloads, 400, text, "the parameter \"remove\" is unknown; did you mean removed?\n", ""},
		{"POST", "/-/reload?x=a", reloads, 400, text, "the parameter \"x\" is unknown; use removed\n", ""},
		{"POST", "/-/reload?removed=A", Options{}, 403, text, "…--enable-lifecycle", ""},
		{"GET", "/-/reload", reloads, 405, text, "this path knows only POST\n", "POST"},
		{"GET", "/-/reload", Options{}, 405, text, "this path knows only POST\n", "POST"},
		{"PUT", "/-/reload", reloads, 405, text, "this path knows only POST\n", "POST"},
		{"HEAD", "/metrics", Options{}, 200, "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", "", ""},
		{"POST", "/metrics", Options{}, 405, text, "this path knows only GET, HEAD\n", "GET, HEAD"},
		{"HEAD", "/api/v1/slos", Options{}, 200, jsonType, "", ""},
		{"GET", "/api/v1/slos", waiting, 503, jsonType, "…nothing has been measured yet: the history of 312 of 672", ""},
		{"PATCH", "/api/v1/slos", Options{}, 405, jsonType, "…this path knows only GET, HEAD", "GET, HEAD"},
		{"GET", "/api/v1/slos/", Options{}, 404, jsonType, "…there is nothing at this path", ""},
		{"GET", "/api/v1/nothing", Options{}, 404, jsonType, "…there is nothing at this path", ""},
		{"POST", "/nothing", Options{}, 404, text, "there is nothing at this path; / lists what there is\n", ""},
		{"GET", "//", Options{}, 404, text, "there is nothing at this path; / lists what there is\n", ""},
		{"GET", "/-/ready/", Options{}, 404, text, "there is nothing at this path; / lists what there is\n", ""},
		{"GET", "/%2e%2e/%2e%2e/etc/passwd", Options{}, 404, text, "there is nothing at this path; / lists what there is\n", ""},
		{"GET", "/%3Cscript%3E", Options{}, 404, text, "there is nothing at this path; / lists what there is\n", ""},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%s %s %d", test.method, test.path, test.status), func(t *testing.T) {
			t.Parallel()
			url, log := served(t, test.options)
			got := ask(t, test.method, url+test.path, nil)
			if got.status != test.status || got.header.Get("Content-Type") != test.contentType || got.header.Get("Allow") != test.allow {
				t.Errorf("got %d, type %q, allow %q; want %d, %q, %q", got.status, got.header.Get("Content-Type"), got.header.Get("Allow"), test.status, test.contentType, test.allow)
			}
			if part, inside := strings.CutPrefix(test.body, "…"); inside && !strings.Contains(got.body, part) || !inside && got.body != test.body {
				t.Errorf("got the body %q, want %q", got.body, test.body)
			}
			protected(t, got)
			if strings.Contains(log.String(), "level=ERROR") {
				t.Errorf("it logs %s", log)
			}
		})
	}
}

// protected checks what every answer tells browsers.
func protected(t *testing.T, got answer) {
	t.Helper()
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Content-Security-Policy":      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	} {
		if values := got.header.Values(name); len(values) != 1 || values[0] != want {
			t.Errorf("%s: got %q, want %q", name, values, want)
		}
	}
}

// TestHeadIsAGetWithoutBody compares the two.
func TestHeadIsAGetWithoutBody(t *testing.T) {
	t.Parallel()
	url, _ := served(t, Options{})
	for _, path := range []string{"/", "/-/healthy", "/-/ready", "/api/v1/slos", "/api/v1/slos?kind=x"} {
		get, head := ask(t, http.MethodGet, url+path, nil), ask(t, http.MethodHead, url+path, nil)
		get.header.Del("Date")
		head.header.Del("Date")
		if diff := cmp.Diff(get.header, head.header); diff != "" || get.status != head.status || head.body != "" || get.body == "" {
			t.Errorf("%s: status %d and %d, body %q (-GET +HEAD):\n%s", path, get.status, head.status, head.body, diff)
		}
	}
}

// TestReloadFromABrowser refuses what the page of another site sends.
func TestReloadFromABrowser(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, value string
		want        int
	}{
		{"Sec-Fetch-Site", "cross-site", 403},
		{"Sec-Fetch-Site", "same-origin", 200},
		{"Origin", "https://evil.example", 403},
	} {
		reloaded := 0
		url, _ := served(t, Options{Lifecycle: true, Reload: func(context.Context, []string) error { reloaded++; return nil }})
		got := ask(t, http.MethodPost, url+"/-/reload", func(r *http.Request) { r.Header.Set(test.name, test.value) })
		if got.status != test.want || (reloaded == 1) != (test.want == 200) {
			t.Errorf("%s: %s: got %d, %d reloads; want %d", test.name, test.value, got.status, reloaded, test.want)
		}
	}
}

// TestIndexEscapes shows hostile texts as texts.
func TestIndexEscapes(t *testing.T) {
	t.Parallel()
	engine := starting()
	engine.ready = errors.New("step <img src=x onerror=alert(1)> \"quoted\" is missing\x1b[2J\u202e")
	url, _ := served(t, Options{Engine: engine, Version: "<script>1</script>"})
	got := ask(t, http.MethodGet, url+"/", nil)
	for _, raw := range []string{"<img", "<script", "\x1b", "\u202e", `"quoted"`} {
		if strings.Contains(got.body, raw) {
			t.Errorf("the page holds %q:\n%s", raw, got.body)
		}
	}
	if want := "step &lt;img src=x onerror=alert(1)&gt; &#34;quoted&#34; is missing�[2J�"; !strings.Contains(got.body, want) {
		t.Errorf("the page lacks %q:\n%s", want, got.body)
	}
}

// TestIndexLinks follows every link of the first page, which has one to alerts
// where they are judged.
func TestIndexLinks(t *testing.T) {
	t.Parallel()
	for want, options := range map[int]Options{4: {}, 5: {Alerts: alertsOf()}} {
		url, _ := served(t, options)
		page := ask(t, http.MethodGet, url+"/", nil).body
		links := strings.Split(page, `<a href="`)[1:]
		if len(links) != want {
			t.Errorf("%d links, want %d, in\n%s", len(links), want, page)
		}
		for _, link := range links {
			path, _, _ := strings.Cut(link, `"`)
			if got := ask(t, http.MethodGet, url+path, nil); got.status != http.StatusOK {
				t.Errorf("%s: status %d", path, got.status)
			}
		}
	}
}

func TestNewNeeds(t *testing.T) {
	t.Parallel()
	engine, metrics := shows(fixture(t)), prometheus.NewRegistry()
	for _, test := range []struct {
		options Options
		want    string // "" for none
	}{
		{Options{Metrics: metrics}, "a server needs an engine to show"},
		{Options{Engine: engine}, "a server needs metrics to show"},
		{Options{Engine: engine, Metrics: metrics, Lifecycle: true}, "a server that lets others reload needs something to call for that"},
		{Options{Engine: engine, Metrics: metrics}, ""},
	} {
		s, err := New(test.options)
		if test.want == "" {
			if err != nil || s == nil {
				t.Errorf("got %v", err)
			}
			continue
		}
		if err == nil || err.Error() != test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
	}
}
