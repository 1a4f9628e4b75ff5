package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// steer sends a command to the control endpoint of a simulator.
func steer(t testing.TB, s *Simulator, method, path, body string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w.Code, w.Body.String()
}

func TestControl(t *testing.T) {
	t.Parallel()
	underneath := &realClock{at: clock()}
	s := New(storeOf(t, basket), Options{
		Now: underneath.now, Control: true, Seed: 3, Accounts: []int64{7, 8}, Faults: faults(t, "503;every=2;times=1"),
	})
	for range 3 {
		post(t, s, "k", `{"query":"{ actor { user { id } } }"}`)
	}
	shows := func(now string, speed int, faults string) string {
		return fmt.Sprintf(`{"clock":{"now":%q,"speed":%d},"seed":3,"accounts":[7,8],"faults":[%s]}`, now, speed, faults)
	}
	const (
		begin = "2023-11-15T01:00:00Z"
		noon  = "2023-11-15T12:00:00Z"
		year  = `{"error":"the clock cannot show the year 1969; use the years 1970 to 9999"}`
	)
	none := func(part string) string { return "~" + part }
	for _, step := range []struct {
		name, method, path, body string
		status                   int
		want                     string // a part behind ~
	}{
		{"the state", "GET", "/control", "", 200, shows(begin, 1, `{"fault":"503;every=2;times=1","matched":3,"struck":1}`)},
		{"faults", "PUT", "/control/faults", "429;rate=5%, late=T:10%:20m\n", 200, shows(begin, 1, `{"fault":"429;rate=5%","matched":0,"struck":0},{"fault":"late=T:10%:20m","matched":0,"struck":0}`)},
		{"a wrong fault", "PUT", "/control/faults", "429,latte", 400, none(`{"error":"fault \"latte\": unknown; did you mean late? Known are`)},
		{"which changes nothing", "GET", "/control", "", 200, none(`{"fault":"429;rate=5%"`)},
		{"no faults", "PUT", "/control/faults", "", 200, shows(begin, 1, "")},
		{"the clock set", "POST", "/control/clock", `{"now":"2023-11-15T21:00:00+09:00"}`, 200, shows(noon, 1, "")},
		{"moved ahead and made faster", "POST", "/control/clock", `{"advance":"1d","speed":60}`, 200, shows("2023-11-16T12:00:00Z", 60, "")},
		{"set back and stopped", "POST", "/control/clock", `{"now":"2023-11-15T01:00:00Z","speed":0}`, 200, shows(begin, 0, "")},
		{"too far back", "POST", "/control/clock", `{"now":"1969-01-01T00:00:00Z"}`, 400, year},
		{"too far back, with a speed that is fine", "POST", "/control/clock", `{"now":"1969-01-01T00:00:00Z","speed":5}`, 400, year},
		{"a wrong speed", "POST", "/control/clock", `{"advance":"1h","speed":-1}`, 400, none(`{"error":"the speed -1 is out of range; use 0, which stands still, to 100000"`)},
		{"a wrong length of time", "POST", "/control/clock", `{"advance":"-1h"}`, 400, none(`{"error":"advance: \"-1h\" is not a length of time such as 90s, 20m or 8d"`)},
		{"two at once", "POST", "/control/clock", `{"advance":"1h","now":"2023-11-15T01:00:00Z"}`, 400, none(`{"error":"write {\"now\":`)},
		{"nothing", "POST", "/control/clock", `{}`, 400, none(`{"error":"write {\"now\":`)},
		{"an unknown member", "POST", "/control/clock", `{"later":"1h"}`, 400, none(`unknown field \"later\"; write {\"now\":`)},
		{"more than one", "POST", "/control/clock", `{"advance":"1h"} {}`, 400, none(`something follows the command`)},
		{"not JSON", "POST", "/control/clock", `1h`, 400, none(`the command cannot be read`)},
		{"after all that is wrong", "GET", "/control", "", 200, shows(begin, 0, "")},
		{"events of all accounts", "POST", "/control/events", "\n" + `{"eventType":"Old","timestamp":1000}` + "\n" + `{"eventType":"Old","timestamp":2000,"b":true}` + "\n", 200, `{"added":2}`},
		{"events of one", "POST", "/control/events?account=8", `{"eventType":"Old","timestamp":3000}`, 200, `{"added":1}`},
		{"compressed events", "POST", "/control/events?account=8", string(zipped(t, []byte(`{"eventType":"Old","timestamp":3000}`))), 200, `{"added":1}`},
		{"half of compressed events", "POST", "/control/events", string(zipped(t, []byte(`{"eventType":"Old","timestamp":3000}`))[:30]), 400, none(`{"error":"the request could not be read: unexpected EOF"`)},
		{"events with a mistake", "POST", "/control/events", `{"eventType":"Old","timestamp":1000}` + "\nnonsense", 400, none(`{"error":"nothing was added: events:2: the line is not JSON`)},
		{"events of no account", "POST", "/control/events?account=shop", "", 400, none(`{"error":"account: \"shop\" is not the number of an account`)},
		{"another method", "GET", "/control/clock", "", 405, none("Method not allowed: use POST")},
		{"another path", "GET", "/control/time", "", 404, none("Not found: the simulator serves /control, /control/clock, /control/events, /control/faults, /graphql,")},
	} {
		status, got := steer(t, s, step.method, step.path, step.body)
		got = compact(t, got)
		part, isPart := strings.CutPrefix(step.want, "~")
		if status != step.status || isPart && !strings.Contains(got, part) || !isPart && got != step.want {
			t.Errorf("%s: got %d %s\nwant %d %s", step.name, status, got, step.status, step.want)
		}
	}
	var got []string
	for _, account := range []int64{7, 8} {
		got = append(got, found(t, s, account, "SELECT count(*) AS n FROM Old SINCE 0 UNTIL 4000000"))
	}
	if diff := cmp.Diff([]string{`[{"n":2}]`, `[{"n":4}]`}, got); diff != "" {
		t.Errorf("the events that were added (-want +got)\n%s", diff)
	}
}

// Without the option nobody can change a simulator, and with it no web page
// can.
func TestControlIsClosed(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/control", "/control/faults", "/control/clock", "/control/events"} {
		method := map[string]string{"/control": "GET", "/control/faults": "PUT"}[path]
		if method == "" {
			method = "POST"
		}
		s := New(NewStore(), Options{Now: clock})
		status, got := steer(t, s, method, path, "429")
		if status != http.StatusNotFound || strings.Contains(got, "control") {
			t.Errorf("%s without the option: %d %s", path, status, got)
		}
		s = New(NewStore(), Options{Now: clock, Control: true})
		r := httptest.NewRequest(method, path, strings.NewReader("429"))
		r.Header.Set("Origin", "http://example.com")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusForbidden || !json.Valid(w.Body.Bytes()) || len(s.injector.state()) != 0 {
			t.Errorf("%s from a web page: %d %s", path, w.Code, w.Body)
		}
	}
}

// No key is shown, whichever are accepted.
func TestControlShowsNoKey(t *testing.T) {
	t.Parallel()
	s := New(NewStore(), Options{Now: clock, Control: true, Keys: []Key{{Text: userKey}, {licenceKey, []int64{7}}}})
	_, got := steer(t, s, "GET", "/control", "")
	if strings.Contains(got, "AAAA") || strings.Contains(got, "bbbb") {
		t.Errorf("GET /control shows a key: %s", got)
	}
}

// FuzzControl sends any command: nothing panics, and what is refused changes
// nothing.
func FuzzControl(f *testing.F) {
	f.Add("POST", "/control/clock", []byte(`{"now":"2026-11-22T09:00:00Z","speed":1e5}`))
	f.Add("POST", "/control/clock", []byte(`{"advance":"2562047h","speed":-0}`))
	f.Add("PUT", "/control/faults", []byte(`429;rate=5%,async=1h;every=2`))
	f.Add("POST", "/control/events", []byte(`{"eventType":"A","timestamp":1}`))
	f.Add("POST", "/control/events", []byte("\x1f\x8b\x08"))
	f.Fuzz(func(t *testing.T, method, path string, body []byte) {
		if !slices.Contains([]string{"/control/clock", "/control/faults", "/control/events"}, path) || method != "PUT" && method != "POST" {
			t.Skip()
		}
		s := New(NewStore(), Options{Clock: newClock(t, clock(), 0, nil), Control: true})
		_, before := steer(t, s, "GET", "/control", "")
		status, got := steer(t, s, method, path, string(body))
		if !json.Valid([]byte(got)) {
			t.Fatalf("%s %s %q\nis answered by %d %s", method, path, body, status, got)
		}
		if _, after := steer(t, s, "GET", "/control", ""); status != 200 && (after != before || s.store.Len() > 0) {
			t.Errorf("%s %s %q\nwas refused with %s and changed\n%s\nto\n%s", method, path, body, got, before, after)
		}
	})
}
