package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestStats(t *testing.T) {
	t.Parallel()
	s := New(storeOf(t, basket), Options{Keys: []Key{{Text: "k"}}, Accounts: []int64{7}, Now: clock})
	const text = "SELECT count(*) FROM T"
	one := fmt.Sprintf(`nrql(query: %q) { results }`, text)
	var bytes int
	for _, request := range []struct{ key, query string }{
		{"k", `{ actor { account(id: 7) { a: ` + one + ` b: ` + one + ` c: nrql(query: "SELECT n FROM T RAW") { nrql } } } }`},
		{"k", `{ actor { account(id: 7) { ` + one + ` } } }`},
		{"k", `{ actor { account(id: 8) { ` + one + ` } } }`}, // not permitted, so never evaluated
		{"wrong", `{ actor { account(id: 7) { ` + one + ` } } }`},
	} {
		_, got := post(t, s, request.key, graphqlBody(t, request.query, nil))
		bytes += len(got)
	}
	want := Stats{
		Requests: 4, Queries: 4, MostQueries: 3, QueryBytes: int64(3*len(text) + len("SELECT n FROM T RAW")),
		AnswerBytes: int64(bytes), Inspected: 12, MostAtOnce: 1, MostAtOncePerKey: 1,
	}
	want.Accounts = map[int64]AccountStats{7: {want.Queries, want.QueryBytes, want.Inspected}}
	if diff := cmp.Diff(want, s.Stats()); diff != "" {
		t.Errorf("Stats (-want +got)\n%s", diff)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/stats", nil))
	var page Stats
	if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, page); diff != "" || w.Code != http.StatusOK {
		t.Errorf("GET /stats: %d (-want +got)\n%s", w.Code, diff)
	}
}

// timed posts a document within a bubble of its own time and returns how long
// the answer took. A context of no length is one without end.
func timed(t *testing.T, options Options, limit time.Duration, document string) (answer string, took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := New(NewStore(), options)
		ctx := t.Context()
		if limit > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, limit)
			defer cancel()
		}
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", strings.NewReader(graphqlBody(t, document, nil)))
		r.Header.Set("Api-Key", "k")
		w := httptest.NewRecorder()
		began := time.Now()
		s.ServeHTTP(w, r)
		answer, took = w.Body.String(), time.Since(began)
	})
	return answer, took
}

func TestLatency(t *testing.T) {
	t.Parallel()
	const query = `nrql(query: \"SELECT count(*) FROM T\"`
	ask := func(fields string) string {
		return strings.ReplaceAll(`{ actor { account(id: 1) { `+fields+` } } }`, `\"`, `"`)
	}
	for _, test := range []struct {
		name     string
		latency  time.Duration
		document string
		limit    time.Duration
		took     time.Duration
		want     string
	}{
		{"none", 0, ask(query + ") { results }"), 0, 0, `{"count":0}`},
		{"answered later", 3 * time.Second, ask(query + ") { results }"), 0, 3 * time.Second, `{"count":0}`},
		{"errors too", time.Second, "nonsense", 0, time.Second, `"errors"`},
		{"the caller gives up", 3 * time.Second, ask(query + ") { results }"), time.Second, time.Second, ""},
		{"the default timeout", 6 * time.Second, ask(query + ") { results }"), 0, 5 * time.Second, `"errorClass":"TIMEOUT"`},
		{"a longer timeout", 6 * time.Second, ask(query + ", timeout: 6) { results }"), 0, 6 * time.Second, `{"count":0}`},
		{"a shorter timeout", 3 * time.Second, ask(query + ", timeout: 1) { results }"), 0, time.Second, "NRDB query duration exceeded the set timeout"},
		{
			"one of two gives up", 3 * time.Second, ask("a: " + query + ", timeout: 1) { results } b: " + query + ") { results }"), 0,
			3 * time.Second, `"a":null,"b":{"results":[{"count":0}]}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, took := timed(t, Options{Latency: test.latency}, test.limit, test.document)
			if took != test.took || !strings.Contains(got, test.want) || test.want == "" && got != "" {
				t.Errorf("got %q after %v\nwant %q after %v", got, took, test.want, test.took)
			}
		})
	}
}

// A request that is refused takes no place, however long its answer takes.
func TestRefusedRequestsTakeNoPlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(NewStore(), Options{Latency: 10 * time.Second})
		var refused atomic.Int64
		ask := func(times int) {
			for range times {
				go func() {
					if status, _ := post(t, s, "k", `{"query":"{ actor { user { id } } }"}`); status == http.StatusTooManyRequests {
						refused.Add(1)
					}
				}()
				synctest.Wait()
			}
		}
		ask(maxConcurrent)
		time.Sleep(5 * time.Second)
		ask(1)
		time.Sleep(6 * time.Second) // the first ones are answered, the refused one is not yet
		ask(maxConcurrent)
		time.Sleep(20 * time.Second)
		if refused.Load() != 1 {
			t.Errorf("%d requests were refused, want 1", refused.Load())
		}
	})
}
