package newrelic

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

const (
	key     = "NRAK-0123456789"
	account = 1234567
)

// start is a minute that is no border of anything longer, and now an instant
// some days after it.
const start slo.Minute = 29_543_537 // 2026-03-04T08:17:00Z

func now() time.Time { return (start + 7_000).Time().Add(30 * time.Second) }

// config keeps events for eight days.
func config() slo.NewRelic {
	return slo.NewRelic{
		AccountID: account, Region: slo.US, QueryLag: slo.DefaultQueryLag,
		Retention: slo.Retention{Default: slo.DefaultRetention},
	}
}

func conditionText(s string) diag.Text {
	return diag.PlainText(s, "sli", diag.Position{Line: 1, Column: 1})
}

// sli makes an SLI; condition begins with "good: " or "bad: ".
func sli(from, where, condition string) slo.SLI {
	var s slo.SLI
	for name := range strings.SplitSeq(from, ",") {
		s.From = append(s.From, diag.At(name, conditionText(name).Whole()))
	}
	s.Where = conditionText(where)
	if good, isGood := strings.CutPrefix(condition, "good: "); isGood {
		s.Good = conditionText(good)
	} else {
		s.Bad = conditionText(strings.TrimPrefix(condition, "bad: "))
	}
	return s
}

// measuring makes SLOs of SLIs.
func measuring(slis ...slo.SLI) []*slo.SLO {
	var list []*slo.SLO
	for _, s := range slis {
		list = append(list, &slo.SLO{ID: "measured", SLI: s})
	}
	return list
}

// counting asks for the counts of an SLI.
func counting(s slo.SLI, cuts ...slo.Minute) sources.Request {
	return sources.Request{SLO: measuring(s)[0], Cuts: cuts}
}

// sum is what whole minutes of events that count as one make.
func sum(total, bad, minutes int64) sources.Sum {
	c := slo.Counts{Total: total, Bad: bad}
	return sources.Sum{Counts: c, Rows: c, Minutes: minutes}
}

// recorder passes requests on and keeps the queries in them.
type recorder struct {
	mu       sync.Mutex
	next     http.Handler
	requests [][]string // the queries of each
	underWay int
	most     int
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	var asked struct {
		Variables map[string]any `json:"variables"`
	}
	_ = json.Unmarshal(body, &asked) // no queries then
	var queries []string
	for i := 0; ; i++ {
		query, found := asked.Variables["q"+strconv.Itoa(i)].(string)
		if !found {
			break
		}
		queries = append(queries, query)
	}
	r.mu.Lock()
	next := r.next
	r.requests = append(r.requests, queries)
	r.underWay++
	r.most = max(r.most, r.underWay)
	r.mu.Unlock()
	request.Body = io.NopCloser(bytes.NewReader(body))
	next.ServeHTTP(w, request)
	r.mu.Lock()
	r.underWay--
	r.mu.Unlock()
}

// restart forgets what was asked, and answers from another store.
func (r *recorder) restart(store *simulator.Store) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next = simulator.New(store, simulator.Options{Keys: []simulator.Key{{Text: key}}, Accounts: []int64{account}})
	r.requests, r.most = nil, 0
}

func (r *recorder) queries() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for _, queries := range r.requests {
		all = append(all, queries...)
	}
	return all
}

// open serves a store and returns a source that asks there.
func open(t testing.TB, config slo.NewRelic, store *simulator.Store) (*Source, *recorder) {
	t.Helper()
	r := &recorder{}
	r.restart(store)
	return openHandler(t, config, r), r
}

func openHandler(t testing.TB, config slo.NewRelic, handler http.Handler) *Source {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	source := New(config, nerdgraph.New(nerdgraph.Options{Endpoint: server.URL + "/graphql", Key: secret.Of(key)}), now)
	source.sleep = func(context.Context, time.Duration) error { return nil }
	return source
}

// failer is a [testing.T] or that of rapid.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// checkRequests checks what New Relic demands of every request, and what this
// package promises.
func checkRequests(t failer, r *recorder) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.most > 5 {
		t.Errorf("%d requests were under way at once", r.most)
	}
	for _, queries := range r.requests {
		if len(queries) < 1 || len(queries) > 12 {
			t.Errorf("a request has %d queries", len(queries))
		}
		for _, query := range queries {
			checkQuery(t, query)
		}
	}
}

func checkQuery(t failer, query string) {
	t.Helper()
	if len(query) >= 4096 {
		t.Errorf("a query has %d bytes: %s", len(query), query)
	}
	q, findings := nrql.ParseQuery(conditionText(query))
	if findings.Failed() {
		t.Fatalf("the query %s does not parse: %v", query, findings)
	}
	since, until := millisOf(q.Since), millisOf(q.Until)
	if since < 0 || since >= until || since%60_000 != 0 || until%60_000 != 0 {
		t.Fatalf("the query %s asks for no range of whole minutes", query)
	}
	for _, column := range q.Select {
		if column.Alias == "" {
			t.Errorf("a column of %s has no alias", query)
		}
	}
	if q.TimeSeries == nil {
		return
	}
	length, bucket := until-since, q.TimeSeries.Width.Millis()
	if length%bucket != 0 || length/bucket < 2 || length/bucket > 366 {
		t.Errorf("the query %s asks for %d buckets and %d ms", query, length/bucket, length%bucket)
	}
}

// millisOf returns an instant in milliseconds since 1970, -1 for all that are
// not absolute.
func millisOf(t nrql.Time) int64 {
	if epoch, ok := t.(*nrql.Epoch); ok {
		return epoch.Millis
	}
	return -1
}
