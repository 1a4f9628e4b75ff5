package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func clock() time.Time { return time.UnixMilli(now) }

// post sends a body to a simulator and returns status and answer.
func post(t testing.TB, s *Simulator, key, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
	if key != "" {
		r.Header.Set("Api-Key", key)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func graphqlBody(t testing.TB, query string, variables map[string]any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// compact removes white space outside of strings.
func compact(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(s)); err != nil {
		t.Fatalf("%v in %s", err, s)
	}
	return b.String()
}

func TestGraphQL(t *testing.T) {
	t.Parallel()
	const clientQuery = `query($query: Nrql!, $accountId: Int!, $timeout: Seconds, $async: Boolean) { actor { account(id: $accountId) {
		nrql(query: $query, timeout: $timeout, async: $async) {
			currentResults otherResult previousResults results totalResult
			metadata { eventTypes facets messages timeWindow { begin compareWith end since until } } } } } }`
	for _, test := range []struct {
		name      string
		query     string
		variables map[string]any
		want      string
	}{
		{
			"the official client's query", clientQuery,
			map[string]any{"query": "SELECT count(*) FROM T", "accountId": 12, "timeout": 30},
			fmt.Sprintf(`{"data":{"actor":{"account":{"nrql":{"currentResults":null,"otherResult":null,"previousResults":null,
				"results":[{"count":4}],"totalResult":null,"metadata":{"eventTypes":["T"],"facets":null,"messages":[],
				"timeWindow":{"begin":%d,"compareWith":null,"end":%d,"since":"60 MINUTES AGO","until":"NOW"}}}}}}}`, midnight, now),
		},
		{
			"fields in the order asked for, aliases at every level",
			`{ who: actor { shop: account(id: 7) { __typename name id b: nrql(query: "SELECT max(n) AS m FROM T") { nrql rows: results } } user { email id name } } }`, nil,
			`{"data":{"who":{"shop":{"__typename":"Account","name":"Account 7","id":7,"b":{"nrql":"SELECT max(n) AS m FROM T","rows":[{"m":2}]}},
				"user":{"email":"simulator@example.com","id":1,"name":"slojourn simulator"}}}}`,
		},
		{
			"one alias fails, the others keep their data",
			`{ actor { account(id: 7) {
  a: nrql(query: "SELECT count(*) FROM T") { results }
  b: nrql(query: "SELECT FORM T") { results }
  c: nrql(query: "SELECT count(*) FROM T RAW") { results }
  d: nrql(query: "SELECT count(*) FROM T WHERE n = 1") { results }
} } }`, nil,
			`{"data":{"actor":{"account":{"a":{"results":[{"count":4}]},"b":null,"c":null,"d":{"results":[{"count":1}]}}}},"errors":[
				{"message":"NRQL Syntax Error: Error at line 1 position 13, unexpected 'T'","path":["actor","account","b"],
				 "locations":[{"line":3,"column":3}],
				 "extensions":{"errorClass":"INVALID_INPUT","errorCode":"NRDB:1102004","nrqlErrorCode":"NRDB:1102004"}},
				{"message":"slojourn simulator: RAW is not simulated","path":["actor","account","c"],"locations":[{"line":4,"column":3}],
				 "extensions":{"errorClass":"INVALID_INPUT","errorCode":"SIMULATOR:NOT_SIMULATED"}}]}`,
		},
		{
			"another account", `{ actor { account(id: 99) { nrql(query: "SELECT count(*) FROM T") { results } } user { id } } }`, nil,
			`{"data":{"actor":{"account":null,"user":{"id":1}}},"errors":[{"message":"You are not authorized to query account 99","path":["actor","account"],
				"locations":[{"line":1,"column":11}],"extensions":{"errorClass":"FORBIDDEN","errorCode":"FORBIDDEN"}}]}`,
		},
		{
			"who asks", `{ requestContext { userId apiKey } }`, nil,
			`{"data":{"requestContext":{"userId":"1","apiKey":"NRAK-****"}}}`,
		},
		{
			"progress and figures",
			`{ actor { account(id: 7) { nrql(query: "SELECT count(*) FROM T WHERE n = 1 SINCE 1700006400000 UNTIL 1700006400002", async: true) {
				queryProgress { completed queryId } rawResponse suggestedFacets { nrql } eventDefinitions { name } } } } }`, nil,
			`{"data":{"actor":{"account":{"nrql":{"queryProgress":{"completed":true,"queryId":null},"rawResponse":{"metadata":{"accounts":[7],
				"beginTime":"2023-11-15T00:00:00.000Z","endTime":"2023-11-15T00:00:00.002Z","beginTimeMillis":1700006400000,"endTimeMillis":1700006400002,
				"eventTypes":["T"],"messages":[],"rawSince":"1700006400000","rawUntil":"1700006400002","rawCompareWith":""},
				"performanceStats":{"inspectedCount":2,"matchCount":1,"omittedCount":0,"wallClockTime":0,"exceedsRetentionWindow":false}},
				"suggestedFacets":[],"eventDefinitions":[]}}}}}`,
		},
		{
			"fragments and directives",
			`query($yes: Boolean = true) { actor { ...A ...A account(id: 7) { name @skip(if: $yes) } } }
			 fragment A on Actor { account(id: 7) { ... on Account { id } ... @include(if: $yes) { b: id } } }`, nil,
			`{"data":{"actor":{"account":{"id":7,"b":7}}}}`,
		},
		{
			"unknown field", `{ actor { account(id: 7) { nrql(query: "SELECT count(*) FROM T") { rows } } boss } }`, nil,
			`{"data":null,"errors":[{"message":"Cannot query field \"rows\" on type \"NrdbResultContainer\".","locations":[{"line":1,"column":68}]},
				{"message":"Cannot query field \"boss\" on type \"Actor\".","locations":[{"line":1,"column":77}]}]}`,
		},
		{
			"fields that are not simulated", `{ actor { entities(guids: 1) { id } account(id: 7) { synthetics { id } } } __schema { types { name } } }`, nil,
			`{"data":null,"errors":[{"message":"slojourn simulator: the field Actor.entities is not simulated","locations":[{"line":1,"column":11}]},
				{"message":"slojourn simulator: the field Account.synthetics is not simulated","locations":[{"line":1,"column":54}]},
				{"message":"slojourn simulator: the field RootQueryType.__schema is not simulated","locations":[{"line":1,"column":76}]}]}`,
		},
		{
			"subscription", `subscription { alertsPolicyDelete(accountId: 1, id: "2") { id } }`, nil,
			`{"data":null,"errors":[{"message":"slojourn simulator: a subscription is not simulated"}]}`,
		},
		{
			"GraphQL syntax", `{ actor { `, nil,
			`{"data":null,"errors":[{"message":"GraphQL syntax error: Expected Name, found <EOF>","locations":[{"line":1,"column":11}]}]}`,
		},
		{
			"selections", `{ actor { account(id: 7) user { id { x } } } requestContext }`, nil,
			`{"data":null,"errors":[{"message":"Field \"account\" of type \"Account\" must have a selection of subfields.","locations":[{"line":1,"column":11}]},
				{"message":"Field \"id\" must not have a selection since it has no subfields.","locations":[{"line":1,"column":33}]},
				{"message":"Field \"requestContext\" of type \"RequestContext\" must have a selection of subfields.","locations":[{"line":1,"column":46}]}]}`,
		},
		{
			"arguments", `{ actor { a: account { id } b: account(id: "7") { id } c: account(id: 1, name: 2) { id } } }`, nil,
			`{"data":null,"errors":[{"message":"Field \"account\" argument \"id\" of type \"Int!\" is required, but it was not provided.","locations":[{"line":1,"column":11}]},
				{"message":"Argument \"id\" has invalid value \"7\".","locations":[{"line":1,"column":45}]},
				{"message":"Unknown argument \"name\" on field \"account\".","locations":[{"line":1,"column":74}]}]}`,
		},
		{
			"variable not defined", `query Q { actor { account(id: $id) { id } } }`,
			map[string]any{"id": 1},
			`{"data":null,"errors":[{"message":"Variable \"$id\" is not defined.","locations":[{"line":1,"column":31}]}]}`,
		},
		{
			"variable not given", `query Q($id: Int!) { actor { account(id: $id) { id } } }`, nil,
			`{"data":null,"errors":[{"message":"Variable \"$id\" of required type \"Int!\" was not provided.","locations":[{"line":1,"column":9}]}]}`,
		},
		{
			"variable of a wrong type", `query Q($id: Int!) { actor { account(id: $id) { id } } }`,
			map[string]any{"id": "seven"},
			`{"data":null,"errors":[{"message":"Variable \"$id\" got an invalid value: expected type Int.","locations":[{"line":1,"column":9}]}]}`,
		},
		{
			"variable in a wrong place", `query Q($id: Int, $q: String!) { actor { account(id: $id) { nrql(query: $q) { nrql } } } }`,
			map[string]any{"id": 7, "q": "x"},
			`{"data":null,"errors":[{"message":"Variable \"$id\" of type \"Int\" used in position expecting type \"Int!\".","locations":[{"line":1,"column":54}]},
				{"message":"Variable \"$q\" of type \"String!\" used in position expecting type \"Nrql!\".","locations":[{"line":1,"column":73}]}]}`,
		},
		{
			"null in spite of a default", `query Q($id: Int = 7) { actor { account(id: $id) { id } } }`,
			map[string]any{"id": nil},
			`{"data":{"actor":{"account":null}},"errors":[{"message":"Argument \"id\" must not be null.","path":["actor","account"],
				"locations":[{"line":1,"column":33}],"extensions":{"errorClass":"INVALID_INPUT","errorCode":"INVALID_INPUT"}}]}`,
		},
		{
			"conflicting fields", `{ actor { ...A account(id: 1) { id } } } fragment A on Actor { account(id: 7) { id } }`, nil,
			`{"data":null,"errors":[{"message":"Fields \"account\" conflict: use different aliases.","locations":[{"line":1,"column":64},{"line":1,"column":16}]}]}`,
		},
		{
			"fragments in circles", `{ actor { ...A } } fragment A on Actor { ...B } fragment B on Actor { user { id } ...A }`, nil,
			`{"data":null,"errors":[{"message":"Cannot spread fragment \"A\" within itself.","locations":[{"line":1,"column":86}]}]}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			accounts := []int64{7, 8}
			if test.variables["accountId"] != nil {
				accounts = nil
			}
			s := New(storeOf(t, basket), Options{Accounts: accounts, Now: clock})
			status, got := post(t, s, "NRAK-EXAMPLE", graphqlBody(t, test.query, test.variables))
			if status != http.StatusOK {
				t.Errorf("status %d, want 200", status)
			}
			if diff := cmp.Diff(compact(t, test.want), got); diff != "" {
				t.Errorf("%s\n(-want +got)\n%s", test.query, diff)
			}
		})
	}
}

func TestHTTP(t *testing.T) {
	t.Parallel()
	const fine = `{"query":"{ actor { user { id } } }"}`
	const badKey = `{"errors":[{"extensions":{"error_code":"BAD_API_KEY"},"message":"Bad API Key or no API Key provided"}]}`
	for _, test := range []struct {
		name, method, path, key, body string
		status                        int
		want                          string // the beginning
	}{
		{"fine", "POST", "/graphql", "k", fine, 200, `{"data":{"actor":{"user":{"id":1}}}}`},
		{"no key", "POST", "/graphql", "", fine, 401, badKey},
		{"wrong key", "POST", "/graphql", "K", fine, 401, badKey},
		{"other path", "POST", "/", "k", fine, 404, `{"data":null,"errors":[{"message":"Not found`},
		{"other method", "GET", "/graphql", "k", "", 405, `{"data":null,"errors":[{"message":"Method not allowed`},
		{"not JSON", "POST", "/graphql", "k", "nonsense", 400, `{"data":null,"errors":[{"message":"The request is not JSON`},
		{"more than JSON", "POST", "/graphql", "k", fine + "}", 400, `{"data":null,"errors":[{"message":"The request is not JSON`},
		{"variables that are none", "POST", "/graphql", "k", `{"query":"{x}","variables":[1]}`, 400, `{"data":null`},
		{"empty document", "POST", "/graphql", "k", `{}`, 200, `{"data":null,"errors":[{"message":"The document holds no operation."`},
		{"large", "POST", "/graphql", "k", strings.Repeat(" ", maxBody+1), 413, `{"data":null,"errors":[{"message":"The request is larger`},
		{"tokens", "POST", "/graphql", "k", `{"query":"{` + strings.Repeat("a ", maxTokens) + `}"}`, 200, `{"data":null,"errors":[{"message":"GraphQL syntax error: exceeded token limit`},
		{"depth", "POST", "/graphql", "k", `{"query":"` + strings.Repeat("{a", 9000) + `"}`, 200, `{"data":null,"errors":[{"message":"GraphQL syntax error: exceeded maximum nesting`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := New(NewStore(), Options{Keys: []Key{{Text: "k"}}, Now: clock})
			r := httptest.NewRequest(test.method, test.path, strings.NewReader(test.body))
			r.Header.Set("Api-Key", test.key)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != test.status || !strings.HasPrefix(w.Body.String(), test.want) {
				t.Errorf("got %d %.200s\nwant %d %s", w.Code, w.Body.String(), test.status, test.want)
			}
			if got := w.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
				t.Errorf("Content-Type is %q", got)
			}
		})
	}
}

func TestQueryLimitsOverHTTP(t *testing.T) {
	t.Parallel()
	s := New(NewStore(), Options{Now: clock})
	for _, test := range []struct{ query, want string }{
		{"SELECT count(*) FROM T" + strings.Repeat(" ", 4096), "fewer than 4096"},
		{fmt.Sprintf("SELECT count(*) FROM T SINCE %d UNTIL %d TIMESERIES 1 minute", midnight, midnight+367*60_000), "TIMESERIES supports a maximum of 366 buckets"},
	} {
		const document = `query($q: Nrql!) { actor { account(id: 1) { nrql(query: $q) { results } } } }`
		status, got := post(t, s, "k", graphqlBody(t, document, map[string]any{"q": test.query}))
		if status != 200 || !strings.HasPrefix(got, `{"data":{"actor":{"account":{"nrql":null}}},"errors":[`) || !strings.Contains(got, test.want) {
			t.Errorf("got %d %s, want 200 and %q", status, got, test.want)
		}
	}
}

// blockedBody is a request body that says when it is read and then waits.
type blockedBody struct {
	read func()
	wait <-chan struct{}
}

func (b *blockedBody) Read([]byte) (int, error) {
	b.read()
	<-b.wait
	return 0, io.EOF
}

func TestConcurrentRequests(t *testing.T) {
	t.Parallel()
	s := New(NewStore(), Options{Now: clock})
	release := make(chan struct{})
	var reading, done sync.WaitGroup
	for range maxConcurrent {
		reading.Add(1)
		done.Go(func() {
			r := httptest.NewRequest(http.MethodPost, "/graphql", &blockedBody{sync.OnceFunc(reading.Done), release})
			r.Header.Set("Api-Key", "k")
			s.ServeHTTP(httptest.NewRecorder(), r)
		})
	}
	reading.Wait()
	const body = `{"query":"{ actor { user { id } } }"}`
	if status, _ := post(t, s, "k", body); status != http.StatusTooManyRequests {
		t.Errorf("request %d got %d, want 429", maxConcurrent+1, status)
	}
	if status, _ := post(t, s, "another", body); status != http.StatusOK {
		t.Errorf("another key got %d, want 200", status)
	}
	if got := s.Stats(); got.MostAtOnce != maxConcurrent+1 || got.MostAtOncePerKey != maxConcurrent+1 {
		t.Errorf("most at once %d, of one key %d; want %d for both", got.MostAtOnce, got.MostAtOncePerKey, maxConcurrent+1)
	}
	close(release)
	done.Wait()
	if status, _ := post(t, s, "k", body); status != http.StatusOK {
		t.Errorf("after the others ended: got %d, want 200", status)
	}
	if len(s.counters.active) != 0 {
		t.Errorf("still counted: %v", s.counters.active)
	}
}

// A connection that a client opened and never used does not keep the simulator
// from ending.
func TestServeEndsWithUnusedConnections(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- New(NewStore(), Options{Now: clock}).Serve(ctx, listener) }()
	var dialer net.Dialer
	unused, err := dialer.DialContext(ctx, "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	// Connections are accepted in their order: one that is answered is behind
	// the unused one.
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+listener.Addr().String()+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Serve returned %v", err)
	}
	if err := unused.Close(); err != nil {
		t.Error(err)
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- New(NewStore(), Options{Now: clock}).Serve(ctx, listener) }()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+listener.Addr().String()+"/graphql",
		strings.NewReader(`{"query":"{ actor { user { id } } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Api-Key", "k")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != `{"data":{"actor":{"user":{"id":1}}}}` {
		t.Errorf("got %s, %v", body, err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	http.DefaultClient.CloseIdleConnections()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Serve returned %v, want nil", err)
	}
}

// TestAddWhileServing is for the race detector.
func TestAddWhileServing(t *testing.T) {
	t.Parallel()
	store := NewStore()
	s := New(store, Options{Now: clock})
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for j := range 50 {
				if err := store.Add("T", midnight+int64(50-j), Attribute{fmt.Sprintf("a%d", i), Number(1)}); err != nil {
					t.Error(err)
				}
				post(t, s, "k", `{"query":"{ actor { account(id: 1) { nrql(query: \"SELECT sum(a1) FROM T\") { results } } } }"}`)
			}
		})
	}
	group.Wait()
	if got := ask(store, "SELECT count(*), sum(a1) FROM T", true); got != `[{"count":200,"sum.a1":50}]` {
		t.Errorf("got %s", got)
	}
}

func FuzzGraphQL(f *testing.F) {
	f.Add([]byte(`{"query":"{ actor { account(id: 1) { nrql(query: \"SELECT count(*) FROM T\") { results } } } }"}`))
	f.Add([]byte(`{"query":"query($q: Nrql!, $i: Int = 1) { actor { a: account(id: $i) { nrql(query: $q) { ...R } } } } fragment R on NrdbResultContainer { results metadata { timeWindow { begin } } }","variables":{"q":"SELECT filter(sum(n), WHERE s LIKE 'a%') / count(*) AS x FROM T TIMESERIES 1 minute","i":null}}`))
	f.Add([]byte(`{"query":"{ actor { account(id: 1) @include(if: false) { id } } }","operationName":"x"}`))
	f.Add([]byte(`{"query":"query A { requestContext { apiKey } } query B { __typename }","operationName":"B"}`))
	for _, mutation := range []string{
		`{"query":"mutation { alertsPolicyCreate(accountId: 1, policy: {name: \"P\", incidentPreference: PER_POLICY}) { id entityGuid } b: alertsPolicyDelete(accountId: 1, id: 1) { id } }"}`,
		`{"query":"mutation($c: AlertsNrqlConditionStaticInput!) { alertsNrqlConditionStaticCreate(accountId: 1, policyId: 1, condition: $c) { id terms { prediction { predictBy } } ... on AlertsNrqlCondition { signal { slideBy } } } }","variables":{"c":{"name":"C","enabled":true,"nrql":{"query":"SELECT count(*) FROM T"},"terms":[{"operator":"ABOVE","threshold":1,"thresholdDuration":60,"thresholdOccurrences":"ALL"}]}}}`,
		`{"query":"mutation($n: String = \"x\", $w: [Int!]) { serviceLevelCreate(entityGuid: \"MXxBUE18QVBQTElDQVRJT058MQ\", indicator: {name: $n, events: {accountId: 1, validEvents: {from: \"T\"}, badEvents: {from: \"T\", select: {function: SUM, attribute: \"a\"}}}, objectives: [{target: 99.9, timeWindow: {rolling: {count: 7, unit: DAY}}}]}) { guid metadata { createdBy { __typename id } } } }","variables":{"n":null}}`,
		`{"query":"mutation { taggingAddTagsToEntity(guid: \"MXxBUE18QVBQTElDQVRJT058MQ\", tags: {key: \"a\", values: [\"b\"]}) { errors { type } } dashboardCreate(accountId: 1, dashboard: {name: \"D\", permissions: PRIVATE, pages: [{name: \"P\", widgets: [{rawConfiguration: {a: [1, {b: C}]}}]}]}) { entityResult { guid pages { widgets { linkedEntities { anything { at all } } rawConfiguration } } } } }"}`,
		`{"query":"mutation($r: [EventsToMetricsCreateRuleInput]!) { eventsToMetricsCreateRule(rules: $r) { successes { id } failures { submitted { name } } } }","variables":{"r":[null,{"accountId":1,"name":"R","nrql":"SELECT summary(a) FROM T"}]}}`,
		`{"query":"{ actor { entity(guid: \"MXxBUE18QVBQTElDQVRJT058MQ\") { __typename tags { key } serviceLevel { indicators { id } } ... on DashboardEntity { pages { guid } } } account(id: 1) { alerts { nrqlConditionsSearch(searchCriteria: {nameLike: \"c\"}, cursor: \"MQ\") { nextCursor nrqlConditions { __typename } } } } } }"}`,
	} {
		f.Add([]byte(mutation))
	}
	f.Add([]byte(`{"query":"query($a: [Int!]!) { actor { nrql(accounts: $a, query: \"SELECT count(*) FROM T\", async: true, timeout: 0) { results queryProgress { queryId } } nrqlQueryProgress(accounts: [1, 2], queryId: 1) { results } account(id: 1) { nrqlQueryProgress(queryId: \"a1b2c3d4-0000-4000-8000-000000000001\") { results queryProgress { completed } } } } }","variables":{"a":[1,2]}}`))
	store := storeOf(f, basket)
	s := New(store, Options{Now: clock, NoLimits: true, Faults: faults(f, "async;every=2")})
	f.Fuzz(func(t *testing.T, body []byte) {
		// What one input makes is not there for the next one, but for a policy.
		s.control = newControl()
		run(t, s, `mutation { alertsPolicyCreate(accountId: 1, policy: {name: "P", incidentPreference: PER_POLICY}) { id } }`, nil)
		_, got := post(t, s, "k", string(body))
		if !json.Valid([]byte(got)) {
			t.Errorf("%s\nis answered by %s", body, got)
		}
	})
}

// FuzzNRQL is the way into the evaluator without GraphQL around it.
func FuzzNRQL(f *testing.F) {
	f.Add("SELECT count(*), percentage(count(*), WHERE n > 0) FROM T WHERE s LIKE 'a%' OR NOT b TIMESERIES 10 seconds")
	f.Add("SELECT if(count(*) > 1, substring('abc', -2, 1), concat(1, true)) AS x, earliest(s) FROM T, U")
	f.Add("SELECT sum(mod(n, 0) OR round(n, 0.5)) FROM T WHERE position(s, '', -1) IN (1, NULL) SINCE 1 UNTIL 9")
	f.Add("SELECT percentile(n, 50, 99)['50'] / 2 AS x, uniques(s, 3), apdex(n, t: 1), rate(filter(count(*), WHERE b), 1 minute) FROM T EXTRAPOLATE SINCE 5 minutes ago")
	f.Add("SELECT max(n), stddev(n) FROM T, Transaction FACET s, b LIMIT 2 SINCE 1 UNTIL 1800000000000")
	f.Add("SELECT count(*), average(took), latest(heat), min(timestamp) FROM Metric WHERE app = 'a' TIMESERIES 5 minutes SINCE 3 hours ago")
	f.Add("SELECT keyset() FROM T WHERE n > 0")
	f.Add("SHOW EVENT TYPES SINCE 1 day ago")
	f.Add("SELECT *, upper(s) FROM T WHERE s NOT IN (SELECT uniques(u) FROM T) ORDER BY timestamp DESC LIMIT 3 OFFSET 1 SINCE today WITH TIMEZONE 'Asia/Tokyo'")
	f.Add("SELECT count(*), histogram(n, 4, 2), cdfPercentage(n, 1) FROM T FACET CASES (WHERE n > 1 AS 'big') OR s ORDER BY max(n) TIMESERIES 10 minutes SLIDE BY AUTO COMPARE WITH 1 hour ago")
	f.Add("SELECT max(m), percentage(count(*), WHERE m > 1) FROM (SELECT count(*) AS m FROM T FACET s TIMESERIES MAX LIMIT 5) SINCE this week")
	f.Add("WITH capture(s, r'(?P<a>.)(?P<b>.*)') AS (a, b), concat(a, b) AS c SELECT funnel(c, WHERE a = 'a' AS 'x', WHERE b RLIKE '.*'), uniqueCount(a, b) FROM T SINCE '2023-11-15 00:00 [Europe/Paris]'")
	f.Add("WITH '{\"a\":[1,2]}' AS j SELECT jparse(j, 'a[*]'), jparse(j)['a'][0], mapKeys(jparse(j)), toDatetime(1, 'yyyy'), cidrAddress('10.0.0.1', 8)")
	f.Add("FROM T LEFT JOIN (FROM T SELECT max(n) AS m FACET s LIMIT 3) ON lower(s) = s SELECT count(*), latest(m) FACET u TIMESERIES")
	f.Add("SELECT sum(t%[count]), sum(getField(took, 'total')) FROM Metric FACET metricName, app COMPARE WITH 5 minutes ago")
	f.Add("SELECT n - (SELECT average(n) FROM T SINCE 2 hours ago) AS d, hourOf(timestamp), aparse(s, '%a*'), convert(n, 's', 'ms') FROM T FACET buckets(n, 4, 2)")
	store := storeOf(f, basket+points)
	f.Fuzz(func(t *testing.T, query string) {
		found, err := store.evaluate(query, setting{nowMillis: now, nullsMatch: true})
		if err == nil && !json.Valid(encode([]any{found.rows, found.total, found.other})) {
			t.Errorf("%s\nis answered by %s", query, encode([]any{found.rows, found.total, found.other}))
		}
	})
}
