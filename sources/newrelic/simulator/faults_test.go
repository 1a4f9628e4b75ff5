package simulator

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// traffic is 1,000 events of three types, one each second from midnight on;
// attribute a is there in all of them.
func trafficStore(t testing.TB) *Store {
	t.Helper()
	store := NewStore()
	for i := range int64(1000) {
		for _, eventType := range []string{"Transaction", "MobileRequest", "Order"} {
			if err := store.Add(eventType, midnight+i*1000, Attribute{"a", Number(1)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return store
}

func faults(t testing.TB, text string) []Fault {
	t.Helper()
	list, err := ParseFaults(text)
	if err != nil {
		t.Fatalf("ParseFaults(%q): %v", text, err)
	}
	return list
}

// field is a query of the events of trafficStore as a field of an account.
func countField(alias, eventType string) string {
	return fmt.Sprintf(`%s: nrql(query: "SELECT count(*) AS n FROM %s SINCE %d UNTIL %d") { results }`, alias, eventType, midnight, midnight+1_000_000)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	const (
		down   = `{"data":null,"errors":[{"message":"A downstream error occurred."}]}`
		page   = "<!DOCTYPE html><html><head><title>New Relic</title></head><body><h1>We'll be back soon</h1></body></html>\n"
		fine   = `{"data":{"actor":{"account":{"q1":{"results":[{"n":1000}]},"q2":{"results":[{"n":1000}]}}}}}`
		column = 27
	)
	// failed is the error of a field of the first line.
	failed := func(message, code, class, path string, column int) string {
		nrqlCode := ""
		if strings.HasPrefix(code, "NRDB:") {
			nrqlCode = fmt.Sprintf(`,"nrqlErrorCode":%q`, code)
		}
		return fmt.Sprintf(`{"message":%q,"path":["actor","account"%s],"locations":[{"line":1,"column":%d}],"extensions":{"errorClass":%q,"errorCode":%q%s}}`,
			message, path, column, class, code, nrqlCode)
	}
	q1, q2 := countField("q1", "Transaction"), countField("q2", "Order")
	document := `{ actor { account(id: 7) { ` + q1 + "\n" + q2 + ` } } }`
	first := func(message, code, class string) string {
		return `{"data":{"actor":{"account":{"q1":null,"q2":{"results":[{"n":1000}]}}}},"errors":[` + failed(message, code, class, `,"q1"`, column+1) + `]}`
	}
	second := strings.Replace(`{"data":{"actor":{"account":{"q1":{"results":[{"n":1000}]},"q2":null}}},"errors":[`+
		failed("An error occurred resolving this field", "SERVER_ERROR", "SERVER_ERROR", `,"q2"`, 1)+`]}`, `"line":1`, `"line":2`, 1)
	progress := `{"completed":%v,"queryId":%s,"retryAfter":%s,"retryDeadline":%s,"resultExpiration":%s}`
	untested := map[string]bool{}
	for _, kind := range FaultKinds() {
		// Those that are left out have tests of their own below.
		untested[kind.Name] = !slices.Contains([]string{"reset", "sampled", "capped", "lower", "percentage-zero"}, kind.Name)
	}
	for _, test := range []struct {
		fault string
		// fields stands in the place of results in the first query
		fields string
		status int
		want   string
	}{
		{"", "", 200, fine},
		{"401", "", 401, `{"errors":[{"extensions":{"error_code":"BAD_API_KEY"},"message":"Bad API Key or no API Key provided"}]}`},
		{"403", "", 403, `{"data":null,"errors":[{"message":"forbidden"}]}`},
		{"429", "", 429, `{"data":null,"errors":[{"message":"Too many requests"}]}`},
		{"500", "", 500, down},
		{"502", "", 502, down},
		{"503", "", 503, down},
		{"504", "", 504, down},
		{"html", "", 200, page},
		{"truncated", "", 200, fine[:len(fine)/2]},
		{"slow=20ms", "", 200, fine},
		{"skew=90s", "", 200, fine},
		{"rate-limit;from=Transaction", "", 200, first("Too many requests", "NRDB:1106924", "TOO_MANY_REQUESTS")},
		{"timeout;from=Transaction", "", 200, first("NRDB query duration exceeded the set timeout", "NRDB:1109", "TIMEOUT")},
		{"server-error;from=Transaction", "", 200, first("An error occurred resolving this field", "SERVER_ERROR", "SERVER_ERROR")},
		{"syntax;from=Transaction", "", 200, first("NRQL Syntax Error: Error at line 1 position 8, unexpected 'FORM'", "NRDB:1102004", "INVALID_INPUT")},
		{"partial=q1", "", 200, first("An error occurred resolving this field", "SERVER_ERROR", "SERVER_ERROR")},
		{"partial", "", 200, second},
		{"account-null", "", 200, `{"data":{"actor":{"account":null}}}`},
		{
			"account-null=error", "", 200,
			`{"data":{"actor":{"account":null}},"errors":[` + failed("An error occurred resolving this field", "SERVER_ERROR", "SERVER_ERROR", "", 11) + `]}`,
		},
		{
			"forbidden-account=7", "", 200,
			`{"data":{"actor":{"account":null}},"errors":[` + failed("You are not authorized to query account 7", "FORBIDDEN", "FORBIDDEN", "", 11) + `]}`,
		},
		{"forbidden-account=8", "", 200, fine},
		{"nrql-null;from=Order", "", 200, `{"data":{"actor":{"account":{"q1":{"results":[{"n":1000}]},"q2":null}}}}`},
		{
			"async", "results queryProgress { completed queryId retryAfter retryDeadline resultExpiration }", 200,
			`{"results":null,"queryProgress":` + fmt.Sprintf(progress, false, `"a1b2c3d4-0000-4000-8000-000000000001"`, "1", "600", "600") + `}`,
		},
		{
			"messages", "metadata { messages }", 200,
			`{"metadata":{"messages":["Some data may be missing from these results."]}}`,
		},
		{`messages="one, two",messages=three`, "metadata { messages }", 200, `{"metadata":{"messages":["one, two","three"]}}`},
		{"array-totals", "totalResult otherResult", 200, `{"totalResult":[{"n":1000}],"otherResult":[]}`},
		{"omitted", "rawResponse", 200, `"omittedCount":1,"wallClockTime":0,"exceedsRetentionWindow":false}`},
		{"omitted=5", "rawResponse", 200, `"omittedCount":5,`},
		{"inspected-limit=500;contains=q1", "", 200, fine}, // the alias is not part of the query
		{"inspected-limit=500;from=Order", "", 200, `"message":"Account 7 reached its limit of 500 inspected records an hour"`},
		// The clock of the tests is an hour after midnight.
		{"beyond-retention=50m", "results rawResponse", 200, `{"results":[{"n":400}]`},
		{"beyond-retention=50m", "rawResponse", 200, `"inspectedCount":400,"matchCount":400,"omittedCount":0,"wallClockTime":0,"exceedsRetentionWindow":true}`},
		{"beyond-retention=60m", "results rawResponse", 200, `{"results":[{"n":1000}]`},
		{"beyond-retention=60m", "rawResponse", 200, `"exceedsRetentionWindow":false}`},
		{"duplicates=100%", "results", 200, `"q1":{"results":[{"n":2000}]},"q2":{"results":[{"n":2000}]}`},
		{"duplicates=100%", "rawResponse", 200, `"inspectedCount":2000,"matchCount":2000,`},
		{"late=Transaction:100%:59m30s", "results", 200, `"q1":{"results":[{"n":31}]},"q2":{"results":[{"n":1000}]}`},
		{"late=Transaction:100%:1s", "results", 200, fine},
		{"rename=Transaction.a>b@2023-11-15T00:01:40Z", "", 200, fine},
	} {
		name, _, _ := strings.Cut(test.fault, ";")
		name, _, _ = strings.Cut(name, "=")
		untested[name] = false
		t.Run(test.fault+" "+test.fields, func(t *testing.T) {
			t.Parallel()
			asked, want := document, test.want
			if test.fields != "" {
				asked = strings.Replace(document, "{ results }", "{ "+test.fields+" }", 1)
			}
			s := New(trafficStore(t), Options{Now: clock, Faults: faults(t, test.fault)})
			status, got := post(t, s, "k", graphqlBody(t, asked, nil))
			if status != test.status || !strings.Contains(got, want) || test.fields == "" && strings.HasPrefix(want, `{"data`) && got != want {
				t.Errorf("status %d, want %d\n got %s\nwant %s", status, test.status, got, want)
			}
			s.SetFaults(nil)
			if _, got := post(t, s, "k", graphqlBody(t, document, nil)); got != fine {
				t.Errorf("without faults: %s", got)
			}
		})
	}
	for name, is := range untested {
		if is {
			t.Errorf("the fault %s has no test", name)
		}
	}
}

// TestFaultKinds parses every kind as its own entry says.
func TestFaultKinds(t *testing.T) {
	t.Parallel()
	for _, kind := range FaultKinds() {
		text := kind.Name + map[string]string{
			"=TIME": "=1m", "=SHARE": "=50%", "=NUMBER": "=7", "=TYPE:SHARE:TIME": "=A:B:1%:1m", "=TYPE.OLD>NEW@INSTANT": "=T.a.b>c.d@1700000000000",
		}[kind.Value]
		if list, err := ParseFaults(text); err != nil || len(list) != 1 || list[0].String() != text {
			t.Errorf("ParseFaults(%q) = %v, %v", text, list, err)
		}
	}
}

func TestFaultHeaders(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ fault, name, want string }{
		{"429;retry-after=2", "Retry-After", "2"},
		{`503;retry-after="Wed, 15 Nov 2023 01:00:30 GMT"`, "Retry-After", "Wed, 15 Nov 2023 01:00:30 GMT"},
		{"429", "Retry-After", ""},
		{"", "Date", "Wed, 15 Nov 2023 01:00:00 GMT"},
		{"skew=90s", "Date", "Wed, 15 Nov 2023 01:01:30 GMT"},
		{"html", "Content-Type", "text/html; charset=utf-8"},
	} {
		s := New(NewStore(), Options{Now: clock, Faults: faults(t, test.fault)})
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query":"{ actor { user { id } } }"}`))
		r.Header.Set("Api-Key", "k")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := w.Header().Get(test.name); got != test.want {
			t.Errorf("%s: %s is %q, want %q", test.fault, test.name, got, test.want)
		}
	}
}

func TestSkewMovesTheDefaultRange(t *testing.T) {
	t.Parallel()
	s := New(storeOf(t, "T @0ms\nT @3600000ms"), Options{Now: clock, Faults: faults(t, "skew=1ms")})
	const body = `{ actor { account(id: 1) { nrql(query: "SELECT count(*) AS n, max(timestamp) AS t FROM T") { results } } } }`
	_, got := post(t, s, "k", graphqlBody(t, body, nil))
	if want := fmt.Sprintf(`[{"n":1,"t":%d}]`, midnight+hourMillis); !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSlow(t *testing.T) {
	t.Parallel()
	options := Options{Latency: time.Second, Faults: faults(t, "slow=5s")}
	got, took := timed(t, options, 0, `{ actor { user { id } } }`)
	if took != 6*time.Second || !strings.Contains(got, `"id":1`) {
		t.Errorf("got %s after %v, want it after 6s", got, took)
	}
	if got, took := timed(t, options, 2*time.Second, `{ actor { user { id } } }`); took != 2*time.Second || got != "" {
		t.Errorf("got %q after %v, want nothing after 2s", got, took)
	}
}

// New Relic's percentage() of no events is null where it was seen. An answer of
// 0 would be read as a share, in which nothing was good.
func TestPercentageZero(t *testing.T) {
	t.Parallel()
	const document = `{ actor { account(id: 1) { nrql(query: "SELECT percentage(count(*), WHERE n > 0) AS p, average(n) AS a FROM Nothing") { results } } } }`
	for _, test := range []struct{ faults, want string }{
		{"", `[{"p":null,"a":null}]`},
		{"percentage-zero", `[{"p":0,"a":null}]`},
	} {
		s := New(storeOf(t, basket), Options{Now: clock, Faults: faults(t, test.faults)})
		if _, got := post(t, s, "k", graphqlBody(t, document, nil)); !strings.Contains(got, test.want) {
			t.Errorf("%q: got %s, want %s", test.faults, got, test.want)
		}
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	s := New(NewStore(), Options{Now: clock, Faults: faults(t, "reset;times=1")})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	ask := func() (string, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/graphql", strings.NewReader(`{"query":"{ actor { user { id } } }"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Api-Key", "k")
		response, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close() //nolint:errcheck // only read from
		body, err := io.ReadAll(response.Body)
		return string(body), err
	}
	if got, err := ask(); !errors.Is(err, io.ErrUnexpectedEOF) || got != `{"data":{"actor":{` {
		t.Errorf("got %q, %v; want half of the answer and an unexpected end", got, err)
	}
	if got, err := ask(); err != nil || got != `{"data":{"actor":{"user":{"id":1}}}}` {
		t.Errorf("the next one: got %q, %v", got, err)
	}
	if got := s.Stats(); got.Requests != 2 {
		t.Errorf("%d requests were counted, want 2", got.Requests)
	}
}

// TestFaultsEnd is about the options that limit a fault.
func TestFaultsEnd(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fault string
		want  string // the outcome of eight requests: . answered, x refused, n null
	}{
		{"429", "xxxxxxxx"},
		{"429;times=3", "xxx....."},
		{"429;every=4", "...x...x"},
		{"429;every=2;times=3", ".x.x.x.."},
		{"429;times=1,503;times=2", "xxx....."},
		{"nrql-null;times=2", "nn......"},
		{"nrql-null;every=3", "..n..n.."},
		{"429;times=2;from=Order", "........"},
		{"429;times=2;from=Transaction", "xx......"},
		{"nrql-null;times=2;from=Order", "........"},
		{"429;times=2;contains=AS n", "xx......"},
		{"429;times=2;contains=AS x", "........"},
		{`nrql-null;contains="count(*) AS n";times=1`, "n......."},
		{"forbidden-account=7;times=1", "n......."},
		{"forbidden-account=8;times=1", "........"},
		{"partial;times=1", "........"}, // there is only one
	} {
		s := New(trafficStore(t), Options{Now: clock, Faults: faults(t, test.fault)})
		body := graphqlBody(t, `{ actor { account(id: 7) { `+countField("q1", "Transaction")+` } } }`, nil)
		var got strings.Builder
		for range len(test.want) {
			status, answer := post(t, s, "k", body)
			switch {
			case status != http.StatusOK:
				got.WriteByte('x')
			case strings.Contains(answer, "null"):
				got.WriteByte('n')
			default:
				got.WriteByte('.')
			}
		}
		if got.String() != test.want {
			t.Errorf("%s: got %s, want %s", test.fault, &got, test.want)
		}
	}
}

// TestPartOfTheEvents is about faults that lose events or scale them.
func TestPartOfTheEvents(t *testing.T) {
	t.Parallel()
	store := trafficStore(t)
	count := func(fault, columns, clauses string) string {
		var in setting
		in.nowMillis, in.nullsMatch = now, true
		q := question{text: "SELECT " + columns + clauses}
		for _, f := range faults(t, fault) {
			f.effect.query(&q)
		}
		in.view = q.view
		found, err := store.evaluate(q.text, in)
		if err != nil {
			return err.message
		}
		return string(encode(found.rows))
	}
	near := func(fault, clauses string, want, tolerance float64) float64 {
		t.Helper()
		var got float64
		if _, err := fmt.Sscanf(count(fault, "count(*) AS n", clauses), `[{"n":%g}]`, &got); err != nil || got < want-tolerance || got > want+tolerance {
			t.Errorf("%s%s: counted %v, want %v ± %v (%v)", fault, clauses, got, want, tolerance, err)
		}
		return got
	}
	half := near("sampled=0.5", " FROM Transaction", 500, 50)
	near("sampled=0.5", " FROM MobileRequest", 500, 50)
	near("sampled=0.5", " FROM Order", 1000, 0)
	near("sampled=0.5", " FROM Order EXTRAPOLATE", 1000, 0)
	near("sampled=0.5", " FROM Transaction EXTRAPOLATE", 2*half, 0)
	near("sampled=0.5", " FROM MobileRequest EXTRAPOLATE", 500, 50)
	near("sampled=100%", " FROM Transaction", 1000, 0)
	near("", " FROM Transaction EXTRAPOLATE", 1000, 0)
	near("lower", " FROM Order", 500, 50)
	near("lower=90%", " FROM Order", 900, 30)
	near("lower,sampled=0.5", " FROM Transaction", 250, 40)
	near("duplicates", " FROM Order", 1100, 30)
	near("late=Order:10%:1h", " FROM Order", 900, 30)
	near("late=Order:10%:1h", " FROM Transaction", 1000, 0)
	// The same events are seen by every query.
	whole := near("lower", " FROM Order", 500, 50)
	first := near("lower", fmt.Sprintf(" FROM Order SINCE %d UNTIL %d", midnight, midnight+500_000), 250, 30)
	near("lower", fmt.Sprintf(" FROM Order SINCE %d UNTIL %d", midnight+500_000, midnight+1_000_000), whole-first, 0)
	var unseen question
	faults(t, "late=Order:100%:2h")[0].effect.query(&unseen)
	found, err := store.evaluate("SHOW EVENT TYPES", setting{nowMillis: now, view: unseen.view})
	if want := `[{"eventType":"MobileRequest"},{"eventType":"Transaction"}]`; err != nil || string(encode(found.rows)) != want {
		t.Errorf("SHOW EVENT TYPES without Order: got %s, %v; want %s", encode(found.rows), err, want)
	}
	// Events of one millisecond are told apart.
	for range 1000 {
		if err := store.Add("Burst", midnight); err != nil {
			t.Fatal(err)
		}
	}
	near("lower", " FROM Burst", 500, 50)
	// What is scaled keeps its averages and extremes.
	got := count("sampled=0.5", "average(a), min(a), max(a), sum(a), percentage(count(*), WHERE a = 1) AS p", " FROM Transaction EXTRAPOLATE")
	if want := fmt.Sprintf(`[{"average.a":1,"min.a":1,"max.a":1,"sum.a":%v,"p":100}]`, 2*half); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// A renamed attribute is another one, on both sides of the instant.
	const rename = "rename=Order.a>b@1700006500000" // 100 s after midnight
	got = count(rename, "count(a), count(b), filter(count(*), WHERE a = 1 OR b = 1) AS both", " FROM Order")
	if want := `[{"count.a":100,"count.b":900,"both":1000}]`; got != want {
		t.Errorf("%s: got %s, want %s", rename, got, want)
	}
	if got := count(rename, "count(a), count(b)", " FROM Transaction"); got != `[{"count.a":1000,"count.b":0}]` {
		t.Errorf("%s: another type: got %s", rename, got)
	}
	if got := count(rename, "latest(timestamp) AS t", fmt.Sprintf(" FROM Order WHERE a = 1 UNTIL %d", midnight+1_000_000)); got != fmt.Sprintf(`[{"t":%d}]`, midnight+99_000) {
		t.Errorf("%s: the last a: got %s", rename, got)
	}
}

func TestParseFaultsErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, want string }{
		{"retry", `fault "retry": unknown; known are 401, 403,`},
		{"time-out", `fault "time-out": unknown; did you mean timeout? Known are 401,`},
		{"429=5", `fault "429=5": 429 takes no value`},
		{"slow", `fault "slow": write slow=TIME`},
		{"slow=5", `fault "slow=5": "5" is not a length of time such as 90s, 20m or 8d: write slow=TIME`},
		{"slow=-5s", "is not a length of time"},
		{"beyond-retention=8 d", "is not a length of time"},
		{"sampled=2", `"2" is not a share such as 0.1 or 10%: write sampled=SHARE`},
		{"sampled=NaN", "is not a share"},
		{"lower=0", `"0" is not a share such as 0.1 or 10%: write lower=SHARE`},
		{"omitted=x", `"x" is not a whole number from 1 on: write omitted=NUMBER`},
		{"account-null=no", `"no" is unknown: write account-null=error`},
		{"late=Order:10%", `"Order:10%" has not three parts: write late=TYPE:SHARE:TIME`},
		{"late=Order:x:1m", "is not a share"},
		{"rename=Order.a>b", `"Order.a>b" cannot be read: write rename=TYPE.OLD>NEW@INSTANT`},
		{"rename=Order.a>b@noon", `"noon" is not an instant such as 2026-11-22T09:00:00Z`},
		{"429;rate=0", `"0" is not a share such as 0.1 or 10%: write rate=5%`},
		{"429;rate=101%", `"101%" is not a share such as 0.1 or 10%: write rate=5%`},
		{"429;times=0", `"0" is not a whole number from 1 on: write times=2`},
		{"429;often=3", `unknown option "often"; known are times, every, rate, from, contains`},
		{"429;from", `the option "from" has no value`},
		{"timeout;retry-after=3", "retry-after goes with a status of HTTP, such as 429"},
	} {
		list, err := ParseFaults("403," + test.text)
		if err == nil || !strings.Contains(err.Error(), test.want) || list != nil {
			t.Errorf("ParseFaults(%q)\n got %v, %v\nwant %s", test.text, list, err, test.want)
		}
	}
	if list, err := ParseFaults(" , "); err != nil || len(list) != 0 {
		t.Errorf("nothing gives %v, %v", list, err)
	}
}

// TestSetFaultsWhileServing is for the race detector, too.
func TestSetFaultsWhileServing(t *testing.T) {
	t.Parallel()
	s := New(trafficStore(t), Options{Now: clock, NoLimits: true})
	body := graphqlBody(t, `{ actor { account(id: 7) { `+countField("q1", "Order")+` } } }`, nil)
	var group sync.WaitGroup
	var mu sync.Mutex
	seen := map[int]bool{}
	for range 4 {
		group.Go(func() {
			for i := range 50 {
				s.SetFaults(faults(t, []string{"429;every=2", "duplicates=1,503;times=1", ""}[i%3]))
				status, _ := post(t, s, "k", body)
				mu.Lock()
				seen[status] = true
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if !seen[200] || !seen[503] {
		t.Errorf("the statuses %v were seen, want 200 and 503", seen)
	}
	s.SetFaults(nil)
	if status, got := post(t, s, "k", body); status != 200 || !strings.Contains(got, `{"n":1000}`) {
		t.Errorf("in the end: %d %s", status, got)
	}
}

func FuzzParseFaults(f *testing.F) {
	for _, seed := range []string{`429;retry-after="2, 3";times=3`, "late=A:10%:20m", "rename=A.b>c@1", "sampled=0.5,lower=50%"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ParseFaults(text)
		if err != nil {
			return
		}
		var texts []string
		for _, fault := range list {
			texts = append(texts, fault.String())
		}
		again, err := ParseFaults(strings.Join(texts, ","))
		if err != nil || len(again) != len(list) {
			t.Errorf("%q is read as %q, and that as %v, %v", text, texts, again, err)
		}
	})
}

// limitBody asks one query of several texts, so that they are not the same.
func limitBody(t testing.TB, account, i int) string {
	return graphqlBody(t, fmt.Sprintf(`{ actor { account(id: %d) { nrql(query: "SELECT count(*) AS n%d FROM T") { nrql } } } }`, account, i), nil)
}

func TestLimits(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(now)
	s := New(NewStore(), Options{Now: func() time.Time { return at }})
	ask := func(key string, account, i int) string {
		t.Helper()
		status, got := post(t, s, key, limitBody(t, account, i))
		if status != http.StatusOK {
			return fmt.Sprint(status)
		}
		if strings.Contains(got, "TOO_MANY_REQUESTS") {
			return "too many"
		}
		return "fine"
	}
	var got []string
	// 120 of one text are fine; another key and another text are as well.
	for range maxSameMinute {
		got = append(got, ask("k", 1, 0))
	}
	got = slices.Compact(got)
	got = append(got, ask("k", 1, 0), ask("j", 1, 0), ask("k", 1, 1))
	at = at.Add(time.Minute)
	got = append(got, ask("k", 1, 0))
	if diff := cmp.Diff([]string{"fine", "429", "fine", "fine", "fine"}, got); diff != "" {
		t.Errorf("one text (-want +got)\n%s", diff)
	}
	// 3,000 of an account; another account has its own.
	got = nil
	for i := range maxQueriesMinute - 1 {
		got = append(got, ask("k", 1, i+1))
	}
	got = slices.Compact(got)
	got = append(got, ask("k", 1, 5000), ask("k", 2, 5000))
	at = at.Add(time.Minute)
	got = append(got, ask("k", 1, 5000))
	if diff := cmp.Diff([]string{"fine", "too many", "fine", "fine"}, got); diff != "" {
		t.Errorf("one account (-want +got)\n%s", diff)
	}
}

func TestInspectedLimitEnds(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(now)
	s := New(trafficStore(t), Options{Now: func() time.Time { return at }, NoLimits: true, Faults: faults(t, "inspected-limit=1500")})
	body := graphqlBody(t, `{ actor { account(id: 7) { `+countField("q1", "Order")+` } } }`, nil)
	var got []bool
	for range 3 {
		_, answer := post(t, s, "k", body)
		got = append(got, strings.Contains(answer, `{"n":1000}`))
	}
	at = at.Add(time.Hour)
	_, answer := post(t, s, "k", body)
	got = append(got, strings.Contains(answer, `{"n":1000}`))
	if diff := cmp.Diff([]bool{true, true, false, true}, got); diff != "" {
		t.Errorf("answered (-want +got)\n%s", diff)
	}
}

func TestNoLimits(t *testing.T) {
	t.Parallel()
	s := New(NewStore(), Options{Now: clock, NoLimits: true})
	for range maxQueriesMinute + 1 {
		if status, got := post(t, s, "k", limitBody(t, 1, 0)); status != http.StatusOK || strings.Contains(got, "error") {
			t.Fatalf("got %d %s", status, got)
		}
	}
}
