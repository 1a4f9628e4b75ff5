package simulator

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/newrelic/newrelic-client-go/v2/pkg/config"
	"github.com/newrelic/newrelic-client-go/v2/pkg/events"
	"pgregory.net/rapid"
)

// send posts data to a path with a key and further headers, as pairs.
func send(t testing.TB, s *Simulator, path, key string, body []byte, headers ...string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Api-Key", key)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// found returns the results of a query of an account.
func found(t testing.TB, s *Simulator, account int64, query string) string {
	t.Helper()
	const document = `query($q: Nrql!, $a: Int!) { actor { account(id: $a) { nrql(query: $q) { results } } } }`
	_, got := post(t, s, userKey, graphqlBody(t, document, map[string]any{"q": query, "a": account}))
	got = strings.TrimPrefix(got, `{"data":{"actor":{"account":{"nrql":{"results":`)
	return strings.TrimSuffix(got, `}}}}}`)
}

func zipped(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const eventsPath = "/v1/accounts/7/events"

func TestEventAPIAnswers(t *testing.T) {
	t.Parallel()
	order := []byte(`{"eventType":"Order","amount":5}`)
	long := bytes.Repeat([]byte(" "), maxPosted+1)
	for _, test := range []struct {
		name, path, key string
		body            []byte
		headers         []string
		status          int
		want            string // a part
	}{
		{"one event", eventsPath, licenceKey, order, nil, 200, `"success":true`},
		{"a list", eventsPath, licenceKey, []byte(` [{"eventType":"Order"},{"eventType":"Order"}] `), nil, 200, `"success":true`},
		{"an empty list", eventsPath, licenceKey, []byte(`[]`), nil, 200, `"success":true`},
		{"compressed", eventsPath, licenceKey, zipped(t, order), []string{"Content-Encoding", "gzip"}, 200, `"success":true`},
		{"the largest", eventsPath, licenceKey, append(bytes.Clone(order), long[:maxPosted-len(order)]...), nil, 200, `"success":true`},
		{"a charset", eventsPath, licenceKey, order, []string{"Content-Type", "application/json; charset=utf-8"}, 200, `"success":true`},
		{"an insert key in its header", eventsPath, "", order, []string{"X-Insert-Key", insertKey}, 200, `"success":true`},
		{"a licence key in its header", eventsPath, "", order, []string{"X-License-Key", licenceKey}, 200, `"success":true`},
		{"no key", eventsPath, "", order, nil, 403, "The key is missing, unknown or may not send data"},
		{"a user's key", eventsPath, userKey, order, nil, 403, "The key is missing, unknown or may not send data"},
		{"an unknown key", eventsPath, "x" + licenceKey[1:], order, nil, 403, "The key is missing"},
		{"another account", "/v1/accounts/9/events", licenceKey, order, nil, 403, "The key may not send data to account 9"},
		{"an account the key may not use", "/v1/accounts/8/events", insertKey, order, nil, 403, "The key may not send data to account 8"},
		{"no account", "/v1/accounts/x/events", licenceKey, order, nil, 400, `The account \"x\" is not the number of an account`},
		{"another type", eventsPath, licenceKey, order, []string{"Content-Type", "text/plain"}, 415, "The Content-Type is not application/json"},
		{"no type", eventsPath, licenceKey, order, []string{"Content-Type", ""}, 415, "The Content-Type"},
		{"another encoding", eventsPath, licenceKey, order, []string{"Content-Encoding", "br"}, 415, `The Content-Encoding \"br\" is neither gzip nor identity`},
		{"too large", eventsPath, licenceKey, long, nil, 413, "The data is larger than 1000000 bytes"},
		{"too large when it is unpacked", eventsPath, licenceKey, zipped(t, long), []string{"Content-Encoding", "gzip"}, 413, "The data is larger than 1000000 bytes"},
		{"not compressed", eventsPath, licenceKey, order, []string{"Content-Encoding", "gzip"}, 400, "The data could not be read: gzip: invalid header"},
		{"cut off", eventsPath, licenceKey, zipped(t, order)[:20], []string{"Content-Encoding", "gzip"}, 400, "The data could not be read: unexpected EOF"},
		{"nothing", eventsPath, licenceKey, nil, nil, 400, "The data is not JSON: it is neither an object nor a list of objects"},
		{"half an event", eventsPath, licenceKey, order[:9], nil, 400, "The data is not JSON: unexpected end of JSON input"},
		{"two events", eventsPath, licenceKey, append(bytes.Clone(order), order...), nil, 400, "The data is not JSON: invalid character"},
		{"a number", eventsPath, licenceKey, []byte("1"), nil, 400, "neither an object nor a list"},
		{"not UTF-8", eventsPath, licenceKey, []byte("{\"eventType\":\"\xff\"}"), nil, 400, "The data is not valid UTF-8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			keys := []Key{{Text: userKey}, {Text: licenceKey}, {insertKey, []int64{7}}}
			s := New(NewStore(), Options{Keys: keys, Accounts: []int64{7, 8}, Now: clock})
			status, got := send(t, s, test.path, test.key, test.body, test.headers...)
			if status != test.status || !strings.Contains(got, test.want) || !json.Valid([]byte(got)) {
				t.Errorf("got %d %s\nwant %d %s", status, got, test.status, test.want)
			}
			if strings.Contains(got, licenceKey[:20]) || strings.Contains(got, userKey[8:]) {
				t.Errorf("the answer shows a key: %s", got)
			}
			kept := found(t, s, 7, fmt.Sprintf("SELECT count(*) FROM Order UNTIL %d", now+1)) != `[{"count":0}]`
			if accepted := status == 200 && test.name != "an empty list"; kept != accepted {
				t.Errorf("events were kept: %v, want %v", kept, accepted)
			}
		})
	}
}

// Each row is served or reported.
func TestEventAPIRows(t *testing.T) {
	t.Parallel()
	const day = 24 * 3600_000
	many := func(n int) string {
		var b strings.Builder
		b.WriteString(`{"eventType":"Order"`)
		for i := range n {
			fmt.Fprintf(&b, `,"a%d":1`, i)
		}
		return b.String() + "}"
	}
	for _, test := range []struct {
		name, row string
		want      string // what is found, when the row is kept
		message   string // what is reported, when it is not
	}{
		{"text and number", `{"eventType":"Order","s":"a","n":1.5}`, fmt.Sprintf(`[{"s":"a","n":1.5,"t":%d}]`, now), ""},
		{"its own time", fmt.Sprintf(`{"eventType":"Order","timestamp":%d}`, now-5), fmt.Sprintf(`[{"s":null,"n":null,"t":%d}]`, now-5), ""},
		{"its own time in seconds", fmt.Sprintf(`{"eventType":"Order","timestamp":%d}`, now/1000-7), fmt.Sprintf(`[{"s":null,"n":null,"t":%d}]`, now-7000), ""},
		{"half a second counts as none", fmt.Sprintf(`{"eventType":"Order","timestamp":%d.5}`, now/1000-7), fmt.Sprintf(`[{"s":null,"n":null,"t":%d}]`, now), ""},
		{"a day old", fmt.Sprintf(`{"eventType":"Order","timestamp":%d}`, now-day), fmt.Sprintf(`[{"s":null,"n":null,"t":%d}]`, now-day), ""},
		{"a day ahead", fmt.Sprintf(`{"eventType":"Order","timestamp":%d}`, now+day), fmt.Sprintf(`[{"s":null,"n":null,"t":%d}]`, now+day), ""},
		{"older than a day", fmt.Sprintf(`{"eventType":"Order","timestamp":%d}`, now-day-1), "", fmt.Sprintf("the timestamp %d is more than 24 hours before the server's time", now-day-1)},
		{"more than a day ahead", fmt.Sprintf(`{"eventType":"Order","timestamp":%d}`, now+day+1), "", fmt.Sprintf("the timestamp %d is more than 24 hours ahead of the server's time", now+day+1)},
		{"no time at all", `{"eventType":"Order","timestamp":-1}`, "", "the timestamp -1 is out of range"},
		{"a time that is text", `{"eventType":"Order","timestamp":"now"}`, "", "the timestamp is not a number"},
		{"null is left out", `{"eventType":"Order","s":null}`, fmt.Sprintf(`[{"s":null,"n":null,"t":%d}]`, now), ""},
		{"the last of two stays", `{"eventType":"Order","s":"a","s":"b"}`, fmt.Sprintf(`[{"s":"b","n":null,"t":%d}]`, now), ""},
		{"reserved names are dropped", `{"eventType":"Order","accountId":true,"appId":1.5}`, fmt.Sprintf(`[{"s":null,"n":null,"t":%d}]`, now), ""},
		{"the longest text", `{"eventType":"Order","s":"` + strings.Repeat("ü", maxEventText) + `"}`, `[{"s":"` + strings.Repeat("ü", maxEventText), ""},
		{"a longer text", `{"eventType":"Order","s":"` + strings.Repeat("u", maxEventText+1) + `"}`, "", `the attribute "s" has 4097 characters, more than 4096`},
		{"all attributes there can be", many(254), fmt.Sprintf(`[{"s":null,"n":null,"t":%d}]`, now), ""},
		{"one too many", many(255), "", "the event has 256 attributes, more than 255"},
		{"no type", `{"s":"a"}`, "", "the event has no eventType"},
		{"a type that is a number", `{"eventType":1}`, "", "the eventType is not a string"},
		{"a type with a blank", `{"eventType":"An order"}`, "", `the event type "An order" may hold only letters, digits, : and _`},
		{"a long type", `{"eventType":"` + strings.Repeat("a", maxName) + `"}`, "", "must have 1 to 254 characters"},
		{"metrics", `{"eventType":"Metric","value":1}`, "", "the eventType Metric is reserved: send metrics to the Metric API"},
		{"a boolean", `{"eventType":"Order","b":true}`, "", `the attribute "b" is neither a string nor a number`},
		{"an object", `{"eventType":"Order","o":{"n":1}}`, "", `the attribute "o" is neither a string nor a number`},
		{"a name that is empty", `{"eventType":"Order","":1}`, "", `the attribute name "" must have 1 to 254 characters`},
		{"a number out of range", `{"eventType":"Order","n":1e999}`, "", `the attribute "n" holds a number that is out of range`},
		{"a number that would be rounded", `{"eventType":"Order","n":9007199254740993}`, "", `slojourn simulator: the attribute "n" holds a whole number beyond 2^53, which would be rounded`},
		{"no object", `5`, "", "the row is not a JSON object"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := New(NewStore(), Options{Now: clock})
			// A good row beside it is not lost.
			status, answer := send(t, s, eventsPath, licenceKey, []byte(`[{"eventType":"Beside"},`+test.row+`]`))
			if status != 200 {
				t.Fatalf("got %d %s", status, answer)
			}
			around := fmt.Sprintf(" SINCE %d UNTIL %d", now-3*day, now+3*day)
			if got := found(t, s, 7, "SELECT count(*) AS n FROM Beside"+around); got != `[{"n":1}]` {
				t.Errorf("the row beside it: %s", got)
			}
			got := found(t, s, 7, "SELECT latest(s) AS s, latest(n) AS n, max(timestamp) AS t FROM Order"+around)
			if want := test.want; want != "" && !strings.HasPrefix(got, want) || want == "" && got != `[{"s":null,"n":null,"t":null}]` {
				t.Errorf("got %.200s, want %.200s", got, want)
			}
			got = found(t, s, 7, "SELECT count(*) AS n, latest(newRelicFeature) AS f, latest(category) AS c, latest(message) AS m, latest(requestUuid) AS u, sum(rejectedRows) AS r FROM NrIntegrationError"+around)
			if test.message == "" {
				if !strings.HasPrefix(got, `[{"n":0,`) {
					t.Errorf("it was reported: %s", got)
				}
				return
			}
			id := regexp.MustCompile(`[0-9a-f-]{36}`).FindString(answer)
			var reported []map[string]any
			if err := json.Unmarshal([]byte(got), &reported); err != nil {
				t.Fatalf("%v in %s", err, got)
			}
			message, _ := reported[0]["m"].(string)
			reported[0]["m"] = ""
			want := []map[string]any{{"n": 1.0, "f": "Event API", "c": "EventApiException", "m": "", "u": id, "r": 1.0}}
			if diff := cmp.Diff(want, reported); diff != "" || !strings.Contains(message, test.message) {
				t.Errorf("the message is %q, want %q; (-want +got)\n%s", message, test.message, diff)
			}
		})
	}
}

// What is sent belongs to one account, beside what all of them share, and is
// seen when it has arrived.
func TestEventsBelongToAnAccount(t *testing.T) {
	t.Parallel()
	underneath := &realClock{at: clock()}
	s := New(storeOf(t, basket), Options{Now: underneath.now, IngestLag: time.Minute, Seed: 1})
	send(t, s, eventsPath, licenceKey, []byte(fmt.Sprintf(`[{"eventType":"T","timestamp":%d},{"eventType":"New","b":true}]`, now-1000)))
	var got []string
	ask := func(account int64, types string) {
		got = append(got, found(t, s, account, fmt.Sprintf("SELECT count(*) AS n FROM %s SINCE %d UNTIL %d", types, midnight, now+1)))
	}
	underneath.pass(time.Minute - time.Millisecond)
	ask(7, "T, NrIntegrationError")
	underneath.pass(time.Millisecond)
	ask(7, "T")
	ask(7, "NrIntegrationError")
	ask(8, "T, NrIntegrationError")
	if diff := cmp.Diff([]string{`[{"n":4}]`, `[{"n":5}]`, `[{"n":1}]`, `[{"n":4}]`}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if stats := s.Stats(); stats.Kept != 1 || stats.Rejected != 1 {
		t.Errorf("the stats say %d kept and %d rejected", stats.Kept, stats.Rejected)
	}
}

// Beyond the POSTs of a minute the answer is 429, which is reported once.
func TestEventAPIPostsAMinute(t *testing.T) {
	t.Parallel()
	underneath := &realClock{at: clock()}
	s := New(NewStore(), Options{Now: underneath.now})
	one := func(account int) int {
		t.Helper()
		status, _ := send(t, s, fmt.Sprintf("/v1/accounts/%d/events", account), licenceKey, []byte(`{"eventType":"Order"}`))
		return status
	}
	got := []int{one(7)}
	s.limiter.posts[7] = maxPostsMinute - 1 // as if so many had been sent
	got = append(got, one(7), one(7), one(7), one(8))
	underneath.pass(time.Minute)
	got = append(got, one(7))
	if diff := cmp.Diff([]int{200, 200, 429, 429, 200, 200}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	const query = "SELECT count(*) AS n, latest(category) AS c, latest(message) AS m FROM NrIntegrationError"
	if got, want := found(t, s, 7, query), `[{"n":1,"c":"RateLimit","m":"Account 7 sent more than 100000 POSTs of events in a minute"}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The ids of POSTs follow from the seed.
func TestEventAPIIDs(t *testing.T) {
	t.Parallel()
	ids := func(seed uint64) (list [3]string) {
		s := New(NewStore(), Options{Now: clock, Seed: seed})
		for i := range list {
			_, list[i] = send(t, s, eventsPath, licenceKey, []byte(`[]`))
		}
		return list
	}
	first := ids(1)
	if again := ids(1); again != first {
		t.Errorf("the same seed gives %v and %v", first, again)
	}
	other := ids(2)
	form := regexp.MustCompile(`^\{"success":true,"uuid":"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"\}$`)
	seen := map[string]bool{}
	for _, answer := range append(first[:], other[:]...) {
		if !form.MatchString(answer) || seen[answer] {
			t.Errorf("%s has not the form of an answer, or was there before", answer)
		}
		seen[answer] = true
	}
}

// within answers requests by a handler in the same process.
type within struct{ handler http.Handler }

func (w within) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// TestOfficialClientSendsEvents sends with New Relic's own client, which
// compresses what it sends.
func TestOfficialClientSendsEvents(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		set  func(*config.Config)
		err  bool
	}{
		{"insert key", func(c *config.Config) { c.InsightsInsertKey = insertKey }, false},
		{"licence key", func(c *config.Config) { c.LicenseKey = licenceKey }, false},
		{"a user's key", func(c *config.Config) { c.LicenseKey = userKey }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := New(NewStore(), Options{Keys: []Key{{Text: userKey}, {Text: insertKey}, {Text: licenceKey}}, Now: clock})
			settings := config.New()
			settings.HTTPTransport = within{s}
			test.set(&settings)
			client := events.New(settings)
			err := client.CreateEvent(7, []map[string]any{
				{"eventType": "Order", "amount": 12.5, "shop": "Kyoto", "timestamp": now / 1000},
				{"eventType": "Order", "amount": 7},
			})
			want := `[{"n":2,"a":19.5}]`
			if test.err {
				want = `[{"n":0,"a":0}]`
			}
			got := found(t, s, 7, fmt.Sprintf("SELECT count(*) AS n, sum(amount) AS a FROM Order UNTIL %d", now+1))
			if (err != nil) != test.err || got != want {
				t.Errorf("got %s and the error %v, want %s", got, err, want)
			}
		})
	}
}

// Two queries of several accounts, and events that are sent meanwhile, do not
// wait for each other without end.
func TestQueryAccountsWhileSending(t *testing.T) {
	t.Parallel()
	s := New(storeOf(t, basket), Options{Now: clock, NoLimits: true})
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for range 100 {
				send(t, s, fmt.Sprintf("/v1/accounts/%d/events", 7+i%2), licenceKey, []byte(`{"eventType":"New"}`))
				if err := s.store.Add("T", midnight); err != nil { // of both accounts
					t.Error(err)
				}
				accounts := [][]int64{{7, 8}, {8, 7}}[i%2]
				if _, err := s.holdings(accounts...).evaluate("SELECT count(*) FROM T, New", setting{nowMillis: now}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	found, err := s.holdings(8, 7).evaluate(fmt.Sprintf("SELECT count(*) AS n FROM New UNTIL %d", now+1), setting{nowMillis: now})
	if err != nil || string(encode(found.rows)) != `[{"n":400}]` {
		t.Errorf("got %v, %v", found, err)
	}
}

// However rows are cut into POSTs, every one is kept or reported.
func TestEveryRowIsKeptOrReported(t *testing.T) {
	t.Parallel()
	row := rapid.SampledFrom([]string{
		`{"eventType":"A","n":1}`, `{"eventType":"B"}`, `{}`, `5`, `null`, `{"eventType":"A","b":false}`, `{"eventType":"A","timestamp":1}`,
	})
	rapid.Check(t, func(r *rapid.T) {
		s := New(NewStore(), Options{Now: clock})
		sent := 0
		for range rapid.IntRange(1, 5).Draw(r, "posts") {
			rows := rapid.SliceOfN(row, 0, 8).Draw(r, "rows")
			sent += len(rows)
			if status, got := send(t, s, eventsPath, licenceKey, []byte("["+strings.Join(rows, ",")+"]")); status != 200 {
				r.Fatalf("got %d %s", status, got)
			}
		}
		got := found(t, s, 7, fmt.Sprintf("SELECT filter(count(*), WHERE eventType() != 'NrIntegrationError') + sum(rejectedRows) AS n FROM A, B, NrIntegrationError UNTIL %d", now+1))
		if want := fmt.Sprintf(`[{"n":%d}]`, sent); got != want {
			r.Errorf("got %s, want %s", got, want)
		}
	})
}

// FuzzEventAPI sends anything: nothing panics, and what is accepted is served
// or reported.
func FuzzEventAPI(f *testing.F) {
	f.Add([]byte(`[{"eventType":"Order","amount":1.5,"shop":"Kyoto"},{"eventType":"Order","timestamp":1700006400}]`), false)
	f.Add([]byte(`{"eventType":"Order","b":true,"timestamp":1.5e9,"x":1e400}`), false)
	f.Add([]byte("\x1f\x8b\x08"), true)
	f.Add(zipped(f, []byte(`[[],{},null,{"eventType":"A","a":{"b":[1]}}]`)), true)
	f.Fuzz(func(t *testing.T, body []byte, compressed bool) {
		s := New(NewStore(), Options{Now: clock, NoLimits: true})
		var headers []string
		if compressed {
			headers = []string{"Content-Encoding", "gzip"}
		}
		status, got := send(t, s, eventsPath, licenceKey, body, headers...)
		if !json.Valid([]byte(got)) || (status == 200) != strings.HasPrefix(got, `{"success":true,"uuid":"`) {
			t.Fatalf("%q\nis answered by %d %s", body, status, got)
		}
		stats := s.Stats()
		if status != 200 {
			if stats.Kept+stats.Rejected > 0 || s.intake.existing(7) != nil {
				t.Errorf("%q\nwas refused and left %+v", body, stats)
			}
			return
		}
		store := s.intake.store(7)
		// Equal mistakes are reported together, so there may be fewer events.
		if n := int64(store.Len()); n < stats.Kept+min(stats.Rejected, 1) || n > stats.Kept+stats.Rejected {
			t.Errorf("%q\nleft %d events for %+v", body, n, stats)
		}
	})
}
