package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"

	metrics "github.com/slojourn/slojourn/exporters/prometheus"
	"github.com/slojourn/slojourn/slo"
)

// lights is a registry with one metric.
func lights(t *testing.T) *prometheus.Registry {
	t.Helper()
	registry := prometheus.NewRegistry()
	counter := prometheus.NewCounter(prometheus.CounterOpts{Name: "lights_total", Help: "Lights."})
	counter.Add(4)
	registry.MustRegister(counter)
	return registry
}

func TestMetricsFormats(t *testing.T) {
	t.Parallel()
	url, _ := served(t, Options{Metrics: lights(t)})
	const text = "# HELP lights_total Lights.\n# TYPE lights_total counter\nlights_total 4\n"
	const open = "# HELP lights Lights.\n# TYPE lights counter\nlights_total 4.0\n# EOF\n"
	for _, test := range []struct{ accept, encoding, contentType, body string }{
		{"", "", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", text},
		{"text/html", "", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", text},
		{"application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "", "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores", open},
		{"application/openmetrics-text;version=1.0.0", "gzip", "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores", open},
		{"", "br, gzip;q=0.5, zstd", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores", text},
	} {
		got := ask(t, http.MethodGet, url+"/metrics", func(r *http.Request) {
			r.Header.Set("Accept", test.accept)
			r.Header.Set("Accept-Encoding", test.encoding)
		})
		body := got.body
		if test.encoding != "" {
			unzipped, err := gzip.NewReader(strings.NewReader(body))
			if err != nil {
				t.Fatalf("%s: %v", test.encoding, err)
			}
			all, err := io.ReadAll(unzipped)
			if err != nil {
				t.Fatal(err)
			}
			body = string(all)
		}
		if diff := cmp.Diff(test.body, body); diff != "" || got.status != 200 || got.header.Get("Content-Type") != test.contentType {
			t.Errorf("%q: status %d, type %q (-want +got):\n%s", test.accept, got.status, got.header.Get("Content-Type"), diff)
		}
		if (got.header.Get("Content-Encoding") == "gzip") != (test.encoding != "") || !strings.Contains(strings.Join(got.header.Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%q: headers %v", test.encoding, got.header)
		}
		protected(t, got)
	}
	if got := ask(t, http.MethodGet, url+"/metrics?name[]=other", nil); got.body != "" || got.status != 200 {
		t.Errorf("of other metrics it shows %q", got.body)
	}
}

// TestIncompleteMetrics shows what can be shown, and says that something lacks.
func TestIncompleteMetrics(t *testing.T) {
	t.Parallel()
	whole, err := lights(t).Gather()
	if err != nil {
		t.Fatal(err)
	}
	noType := &dto.MetricFamily{Name: new("broken"), Metric: []*dto.Metric{{}}, Type: new(dto.MetricType(99))}
	hostile := errors.New("collector <b> failed with NRAK-ABCDEFGHIJKLMNOPQRSTUVWXYZA\x1b[2J")
	for _, test := range []struct {
		name     string
		families []*dto.MetricFamily
		err      error
		status   int
		body     string
		logs     string
	}{
		{"all", whole, nil, 200, "lights_total 4\n", ""},
		{"a part", whole, hostile, 200, "lights_total 4\n", "metrics are incomplete"},
		{"nothing", nil, hostile, 500, "no metric could be gathered: collector <b> failed with NRAK-…�[2J", "metrics are incomplete"},
		{"cannot be written", append([]*dto.MetricFamily{noType}, whole...), nil, 500, "the metrics cannot be encoded: write metric broken: ", "metrics cannot be encoded"},
		{"cannot be written further", append(whole[:1:1], noType), nil, 500, "the metrics cannot be encoded: write metric broken: ", "metrics cannot be encoded"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			own := prometheus.NewRegistry()
			url, log := served(t, Options{
				Metrics:    prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return test.families, test.err }),
				Registerer: own,
			})
			for _, encoding := range []string{"identity", "gzip"} {
				got, err := try(t.Context(), &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}, http.MethodGet, url+"/metrics", func(r *http.Request) {
					r.Header.Set("Accept-Encoding", encoding)
				})
				if err != nil || got.status != test.status || encoding == "identity" && !strings.Contains(got.body, test.body) {
					t.Errorf("%s: got %d, %v, %q", encoding, got.status, err, got.body)
				}
			}
			if (test.logs == "") != (log.String() == "") || !strings.Contains(log.String(), test.logs) {
				t.Errorf("it logs %q, want %q", log, test.logs)
			}
			want := "# HELP slojourn_http_incomplete_scrapes_total Answers of /metrics that lacked something; the log says what.\n# TYPE slojourn_http_incomplete_scrapes_total counter\nslojourn_http_incomplete_scrapes_total "
			if test.logs == "" {
				want += "0\n"
			} else {
				want += "2\n"
			}
			if err := testutil.GatherAndCompare(own, strings.NewReader(want), "slojourn_http_incomplete_scrapes_total"); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestInstruments counts requests by handler and code, whatever clients send.
func TestInstruments(t *testing.T) {
	t.Parallel()
	own := prometheus.NewRegistry()
	url, _ := served(t, Options{Registerer: own, Metrics: own})
	for _, request := range []string{
		"GET /", "GET /-/healthy", "HEAD /-/healthy", "POST /-/healthy", "GET /-/reload", "POST /-/reload", "GET /api/v1/slos", "GET /api/v1/slos?kind=x",
		"GET /nothing", "GET /nothing/else", "BREW /coffee", "GET /metrics", "GET /-/ready",
	} {
		method, path, _ := strings.Cut(request, " ")
		ask(t, method, url+path, nil)
	}
	families, err := own.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, family := range families {
		if family.GetName() != "slojourn_http_request_duration_seconds" {
			continue
		}
		for _, m := range family.GetMetric() {
			var labels []string
			for _, label := range m.GetLabel() {
				labels = append(labels, label.GetValue())
			}
			got = append(got, strings.Join(labels, " ")+strings.Repeat(" +", int(m.GetHistogram().GetSampleCount())))
		}
	}
	want := []string{
		"200 / +", "200 /-/healthy + +", "200 /-/ready +", "200 /api/v1/slos +", "200 /metrics +",
		"400 /api/v1/slos +", "403 /-/reload +", "404 unknown + + +", "405 /-/healthy +", "405 /-/reload +",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	problems, err := testutil.GatherAndLint(own)
	if err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	for _, family := range families {
		if !strings.HasPrefix(family.GetName(), "slojourn_http_") {
			t.Errorf("%s is not the server's", family.GetName())
		}
	}
	if _, err := New(Options{Engine: starting(), Metrics: own, Registerer: own}); err == nil || !strings.Contains(err.Error(), "register the metrics of the server") {
		t.Errorf("a second server on one registry: %v", err)
	}
}

// TestMetricsForThoseWhoLeave says nothing of clients that go away.
func TestMetricsForThoseWhoLeave(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := serverOf(t, Options{Metrics: lights(t)}, usual(), &log)
	ctx, leave := context.WithCancel(t.Context())
	request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/metrics", http.NoBody)
	defer func() {
		if recover() != http.ErrAbortHandler { //nolint:errorlint // net/http compares as well
			t.Error("the answer was not given up")
		}
		if log.Len() > 0 {
			t.Errorf("it logs %s", &log)
		}
	}()
	s.ServeHTTP(deaf{http.Header{}, leave}, request)
}

// TestMetricsCutOff never passes half an answer off as a whole one.
func TestMetricsCutOff(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := serverOf(t, Options{Metrics: lights(t)}, usual(), &log)
	defer func() {
		if recover() != http.ErrAbortHandler { //nolint:errorlint // net/http compares as well
			t.Error("the answer was not given up")
		}
		if !strings.Contains(log.String(), "metrics were cut off") || testutil.ToFloat64(s.instruments.incomplete) != 1 {
			t.Errorf("it logs %q", &log)
		}
	}()
	s.ServeHTTP(deaf{http.Header{}, func() {}}, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
}

// TestMetricsForThoseWhoDoNotRead has nobody wait for them, and holds only so many
// pages that are of use to one client alone.
func TestMetricsForThoseWhoDoNotRead(t *testing.T) {
	t.Parallel()
	limits := usual()
	limits.atOnce, limits.turn = 2, time.Millisecond
	s := serverOf(t, Options{Metrics: lights(t)}, limits, io.Discard)
	read := make(chan struct{})
	var clients sync.WaitGroup
	wait := func(path string) {
		t.Helper()
		client := idle{httptest.NewRecorder(), make(chan struct{}, 1), read}
		clients.Go(func() {
			s.ServeHTTP(client, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
			if client.Code != 200 || !strings.Contains(client.Body.String(), "lights_total 4\n") {
				t.Errorf("%s: one that reads in the end got %d, %s", path, client.Code, client.Body)
			}
		})
		<-client.asked
	}
	get := func(path string, want int) {
		t.Helper()
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
		if w.Code != want {
			t.Errorf("%s: got %d, want %d: %s", path, w.Code, want, w.Body)
		}
	}
	for range 5 {
		wait("/metrics")
	}
	get("/metrics", 200)
	for range 2 {
		wait("/metrics?name[]=lights_total")
	}
	get("/metrics", 200)
	get("/metrics?name[]=lights_total", 503)
	close(read)
	clients.Wait()
	get("/metrics?name[]=lights_total", 200)
}

// idle is a client that does not read for a while.
type idle struct {
	*httptest.ResponseRecorder
	asked chan struct{} // by whoever has something for it
	read  chan struct{}
}

func (i idle) Write(data []byte) (int, error) {
	select {
	case i.asked <- struct{}{}:
	default: // it was told before
	}
	<-i.read
	return i.ResponseRecorder.Write(data)
}

// deaf is a connection that nobody reads any more.
type deaf struct {
	header http.Header
	noted  func() // when something is written
}

func (d deaf) Header() http.Header { return d.header }
func (d deaf) WriteHeader(int)     {}
func (d deaf) Write([]byte) (int, error) {
	d.noted()
	return 0, io.ErrClosedPipe
}

// TestMetricsOfSLOs shows them in front of those of the program, which they outlive.
func TestMetricsOfSLOs(t *testing.T) {
	t.Parallel()
	var page *metrics.Page
	var broken error
	program := lights(t)
	url, log := served(t, Options{
		Page: func() *metrics.Page { return page },
		Metrics: prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) {
			if broken != nil {
				return nil, broken
			}
			return program.Gather()
		}),
	})
	const lights = "# HELP lights_total Lights.\n# TYPE lights_total counter\nlights_total 4\n"
	if got := ask(t, http.MethodGet, url+"/metrics", nil); got.body != lights || got.status != 200 {
		t.Errorf("before there is anything it shows %q", got.body)
	}
	page = metrics.NewPage(metrics.View{Set: &slo.Set{}, Snapshot: fixture(t)})
	got := ask(t, http.MethodGet, url+"/metrics", nil)
	if !strings.HasSuffix(got.body, lights) || !strings.Contains(got.body, "\nslojourn_coverage_ratio{id=\"mail\",window=\"28d\"} 1\n") {
		t.Errorf("it shows %s", got.body)
	}
	if only := ask(t, http.MethodGet, url+"/metrics?name[]=slojourn_coverage_ratio&name[]=lights_total", nil); !strings.HasSuffix(only.body, lights) || strings.Count(only.body, "# HELP") != 2 {
		t.Errorf("of two it shows %s", only.body)
	}
	messages := ask(t, http.MethodGet, url+"/metrics", func(r *http.Request) {
		r.Header.Set("Accept", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,text/plain;q=0.3")
	})
	if want := "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores"; messages.header.Get("Content-Type") != want || len(messages.body) < len(got.body)/4 {
		t.Errorf("%d bytes of %s", len(messages.body), messages.header.Get("Content-Type"))
	}
	broken = errors.New("collector failed")
	if without := ask(t, http.MethodGet, url+"/metrics", nil); without.status != 200 || without.body+lights != got.body || !strings.Contains(log.String(), "metrics are incomplete") {
		t.Errorf("without the program it shows, with status %d, %s", without.status, without.body)
	}
}
