package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/newrelic/newrelic-client-go/v2/pkg/config"
	"github.com/newrelic/newrelic-client-go/v2/pkg/region"
)

// quiet drops what the official client logs.
type quiet struct{}

func (quiet) Error(string, ...any) {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Info(string, ...any)  {}
func (quiet) Debug(string, ...any) {}
func (quiet) Trace(string, ...any) {}
func (quiet) SetLevel(string)      {}

// shop is the account of these tests.
const shop = 7

// other is an account that it may not use.
const other = 8

// newControlled returns a simulator without events that serves one account.
func newControlled() *Simulator {
	return New(NewStore(), Options{Accounts: []int64{shop}, Now: clock, NoLimits: true})
}

// official serves a simulator on the loopback interface and returns how the
// packages of the official client reach it.
func official(t *testing.T, s *Simulator) config.Config {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	cfg := config.New()
	cfg.PersonalAPIKey = "NRAK-EXAMPLE"
	cfg.Logger = quiet{}
	us := *region.Regions[region.US]
	us.SetNerdGraphBaseURL(server.URL + "/graphql")
	if err := cfg.SetRegion(&us); err != nil {
		t.Fatal(err)
	}
	return cfg
}

// must is what is left of an answer that must not fail.
func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// wantError checks the text of an error.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want one with %q", err, want)
	}
}

// run sends a document and returns the answer.
func run(t testing.TB, s *Simulator, document string, variables map[string]any) string {
	t.Helper()
	_, got := post(t, s, "NRAK-EXAMPLE", graphqlBody(t, document, variables))
	return got
}

// mutationCase is a document and its whole answer.
type mutationCase struct {
	name      string
	document  string
	variables map[string]any
	want      string
}

// answers sends the documents one after another to one simulator.
func answers(t *testing.T, s *Simulator, cases []mutationCase) {
	t.Helper()
	for _, test := range cases {
		if diff := cmp.Diff(compact(t, test.want), run(t, s, test.document, test.variables)); diff != "" {
			t.Errorf("%s: %s\n(-want +got)\n%s", test.name, test.document, diff)
		}
	}
}

// validationErrors returns what an answer complains about, one a line.
func validationErrors(t *testing.T, answer string) string {
	t.Helper()
	var body struct {
		Errors []struct {
			Message    string
			Extensions struct {
				Code             string
				ValidationErrors []struct{ Name, Reason string }
			}
		}
	}
	if err := json.Unmarshal([]byte(answer), &body); err != nil {
		t.Fatalf("%v in %s", err, answer)
	}
	var lines []string
	for _, e := range body.Errors {
		if len(e.Extensions.ValidationErrors) == 0 {
			lines = append(lines, e.Message)
		}
		for _, v := range e.Extensions.ValidationErrors {
			lines = append(lines, v.Name+" "+v.Reason)
		}
	}
	return strings.Join(lines, "\n")
}

// TestControlAtOnce is for the race detector, and for ids that are given once.
func TestControlAtOnce(t *testing.T) {
	t.Parallel()
	s := newControlled()
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			for j := range 25 {
				run(t, s, `mutation($n: String!, $g: EntityGuid!) {
					alertsPolicyCreate(accountId: 7, policy: {name: $n, incidentPreference: PER_POLICY}) { id }
					alertsPolicyUpdate(accountId: 7, id: 1, policy: {name: $n}) { id }
					taggingAddTagsToEntity(guid: $g, tags: {key: "n", values: [$n]}) { errors { type } } }`,
					map[string]any{"n": fmt.Sprintf("%d/%d", i, j), "g": payApplication})
				run(t, s, `query($g: EntityGuid!) { actor { entity(guid: $g) { tags { values } } account(id: 7) { alerts { policiesSearch { policies { name } } } } } }`,
					map[string]any{"g": payApplication})
			}
		})
	}
	group.Wait()
	const want = `{"data":{"actor":{"account":{"alerts":{"policiesSearch":{"totalCount":100}}}}}}`
	if got := run(t, s, `{ actor { account(id: 7) { alerts { policiesSearch { totalCount } } } } }`, nil); got != want {
		t.Errorf("got %s", got)
	}
	if got, want := len(s.control.tags[payApplication][0].values), 100; got != want || s.control.lastID != 100 {
		t.Errorf("%d values and the id %d, want %d of both", got, s.control.lastID, want)
	}
}

// A mutation that a fault keeps from being answered has not happened.
func TestFaultsKeepMutationsAway(t *testing.T) {
	t.Parallel()
	faults, err := ParseFaults("503;times=1")
	if err != nil {
		t.Fatal(err)
	}
	s := newControlled()
	s.SetFaults(faults)
	const create = `mutation { alertsPolicyCreate(accountId: 7, policy: {name: "Pay", incidentPreference: PER_POLICY}) { id } }`
	if status, _ := post(t, s, "k", graphqlBody(t, create, nil)); status != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", status)
	}
	if got, want := run(t, s, create, nil), `{"data":{"alertsPolicyCreate":{"id":"1"}}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAccountsAreSeparate(t *testing.T) {
	t.Parallel()
	s := New(NewStore(), Options{Now: clock})
	const found = `query($a: Int!) { actor { account(id: $a) { alerts { policiesSearch { policies { id accountId } } } } } }`
	answers(t, s, []mutationCase{
		{
			"one each", `mutation {
				a: alertsPolicyCreate(accountId: 7, policy: {name: "A", incidentPreference: PER_POLICY}) { id }
				b: alertsPolicyCreate(accountId: 8, policy: {name: "B", incidentPreference: PER_POLICY}) { id } }`, nil,
			`{"data":{"a":{"id":"1"},"b":{"id":"2"}}}`,
		},
		{"of the first", found, map[string]any{"a": 7}, `{"data":{"actor":{"account":{"alerts":{"policiesSearch":{"policies":[{"id":"1","accountId":7}]}}}}}}`},
		{"of the second", found, map[string]any{"a": 8}, `{"data":{"actor":{"account":{"alerts":{"policiesSearch":{"policies":[{"id":"2","accountId":8}]}}}}}}`},
		{
			"deleted in the wrong one", `mutation { alertsPolicyDelete(accountId: 7, id: 2) { id } }`, nil,
			`{"data":{"alertsPolicyDelete":null},"errors":[{"message":"Not Found","path":["alertsPolicyDelete"],"locations":[{"line":1,"column":12}],
				"extensions":{"errorClass":"BAD_USER_INPUT","errorCode":"BAD_USER_INPUT","code":"BAD_USER_INPUT"}}]}`,
		},
	})
}

func TestTimesOfChanges(t *testing.T) {
	t.Parallel()
	at := clock()
	s := New(NewStore(), Options{Accounts: []int64{shop}, Now: func() time.Time { return at }})
	const fields = `{ createdAt updatedAt }`
	run(t, s, `mutation { alertsMutingRuleCreate(accountId: 7, rule: {name: "R", enabled: true,
		condition: {operator: AND, conditions: {attribute: "a", operator: EQUALS, values: "b"}}}) `+fields+` }`, nil)
	at = at.Add(90 * time.Second)
	got := run(t, s, `mutation { alertsMutingRuleUpdate(accountId: 7, id: 1, rule: {enabled: false}) `+fields+` }`, nil)
	want := fmt.Sprintf(`{"data":{"alertsMutingRuleUpdate":{"createdAt":%q,"updatedAt":%q}}}`, dateTime(clock()), dateTime(at))
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestObjectsOfAnAccountAreLimited(t *testing.T) {
	t.Parallel()
	s := newControlled()
	const one = `serviceLevelCreate(entityGuid: $g, indicator: {name: "S", events: {accountId: 7, validEvents: {from: "T"}, goodEvents: {from: "T", where: "a = 1"}}}) { id }`
	var document strings.Builder
	document.WriteString(`mutation($g: EntityGuid!) {`)
	for i := range 250 {
		fmt.Fprintf(&document, " s%d: %s", i, one)
	}
	variables := map[string]any{"g": payApplication}
	for range 2 {
		if got := validationErrors(t, run(t, s, document.String()+"}", variables)); got != "" {
			t.Fatalf("the first 500: %s", got)
		}
	}
	want := "The account has 500 of service levels already, which is the limit"
	if got := validationErrors(t, run(t, s, `mutation($g: EntityGuid!) { `+one+`}`, variables)); got != want {
		t.Errorf("one more: got %q, want %q", got, want)
	}
}
