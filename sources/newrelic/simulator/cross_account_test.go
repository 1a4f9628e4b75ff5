package simulator

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Accounts 7 and 8 share the four events of basket, and have one and two events
// of their own.
func accountsStore(t testing.TB, options Options) *Simulator {
	t.Helper()
	options.Now = clock
	s := New(storeOf(t, basket), options)
	send(t, s, "/v1/accounts/7/events", licenceKey, []byte(fmt.Sprintf(`{"eventType":"Own","timestamp":%d}`, now-1)))
	send(t, s, "/v1/accounts/8/events", licenceKey, []byte(fmt.Sprintf(`[{"eventType":"Own","timestamp":%d},{"eventType":"Own","timestamp":%d}]`, now-1, now-1)))
	return s
}

func TestQueryOfAccounts(t *testing.T) {
	t.Parallel()
	const failed = `{"data":{"actor":{"nrql":null}},"errors":[{"message":%q,"path":["actor","nrql"],`
	for _, test := range []struct {
		name      string
		arguments string
		query     string
		variables map[string]any
		want      string // the beginning of the answer
	}{
		{"two", "accounts: [7, 8]", "SELECT count(*) AS n FROM Own", nil, `{"data":{"actor":{"nrql":{"results":[{"n":3}],`},
		{"in another order, one of them twice", "accounts: [8, 7, 8]", "SELECT count(*) AS n FROM Own", nil, `{"data":{"actor":{"nrql":{"results":[{"n":3}],`},
		{"one, without a list", "accounts: 8", "SELECT count(*) AS n FROM Own", nil, `{"data":{"actor":{"nrql":{"results":[{"n":2}],`},
		{"what all accounts have", "accounts: [7, 8]", "SELECT count(*) AS n FROM T", nil, `{"data":{"actor":{"nrql":{"results":[{"n":8}],`},
		{"told apart", "accounts: [7, 8]", "SELECT count(*) AS n, uniques(accountId()) AS a FROM Own", nil, `{"data":{"actor":{"nrql":{"results":[{"n":3,"a":[7,8]}],`},
		{"their names", "accounts: [8, 7]", "SELECT count(*) AS n FROM Own", nil, `{"data":{"actor":{"nrql":{"results":[{"n":3}],"rawResponse":{"metadata":{"accounts":[7,8],`},
		{"as a variable", "accounts: $a", "SELECT count(*) AS n FROM Own", map[string]any{"a": []int{7, 8}}, `{"data":{"actor":{"nrql":{"results":[{"n":3}],`},
		{"a variable of another type", "accounts: $a", "SELECT count(*) AS n FROM Own", map[string]any{"a": []string{"7"}}, `{"data":null,"errors":[{"message":"Variable \"$a\" got an invalid value: `},
		{"one that may not be asked", "accounts: [7, 9]", "SELECT count(*) AS n FROM Own", nil, fmt.Sprintf(failed, "You are not authorized to query account 9")},
		{"none", "accounts: []", "SELECT count(*) AS n FROM Own", nil, fmt.Sprintf(failed, "At least one account must be specified")},
		{"texts", `accounts: ["7"]`, "SELECT count(*) AS n FROM Own", nil, `{"data":null,"errors":[{"message":"Argument \"accounts\" has invalid value `},
		{"no accounts", "timeout: 5", "SELECT count(*) AS n FROM Own", nil, `{"data":null,"errors":[{"message":"Field \"nrql\" argument \"accounts\" of type \"[Int!]!\" is required, but it was not provided."`},
		{
			"too many", "accounts: [" + strings.TrimSuffix(strings.Repeat("7, ", maxAccounts)+strings.Join(numbered(maxAccounts), ", "), ", ") + "]", "SELECT count(*) AS n FROM Own", nil,
			fmt.Sprintf(failed, "A query can ask at most 30 accounts, and this one asks 31"),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			accounts := []int64{7, 8}
			if test.name == "too many" {
				accounts = nil
			}
			s := accountsStore(t, Options{Accounts: accounts})
			head := ""
			if test.variables != nil {
				head = "query($a: [Int!]!) "
			}
			document := fmt.Sprintf(`%s{ actor { nrql(%s, query: %q) { results rawResponse } } }`, head, test.arguments, test.query)
			_, got := post(t, s, userKey, graphqlBody(t, document, test.variables))
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

// numbered returns the numbers 100, 101, … of n accounts.
func numbered(n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprint(100+i))
	}
	return list
}

// A key asks those accounts that it may use, and no list that holds another.
func TestQueryOfAccountsByKey(t *testing.T) {
	t.Parallel()
	s := accountsStore(t, Options{Keys: []Key{{userKey, []int64{7}}, {Text: licenceKey}}})
	var got []string
	for _, accounts := range []string{"[7]", "[7, 8]"} {
		_, answer := post(t, s, userKey, graphqlBody(t, `{ actor { nrql(accounts: `+accounts+`, query: "SELECT count(*) FROM Own") { results } } }`, nil))
		if !strings.Contains(answer, "You are not authorized to query account 8") {
			answer = "answered"
		} else {
			answer = "refused"
		}
		got = append(got, answer)
	}
	if diff := cmp.Diff([]string{"answered", "refused"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Faults, figures and limits know all accounts of a query.
func TestQueryOfAccountsCounts(t *testing.T) {
	t.Parallel()
	document := graphqlBody(t, `{ actor { nrql(accounts: [7, 8], query: "SELECT count(*) FROM T, Own") { results } } }`, nil)
	s := accountsStore(t, Options{Faults: faults(t, "forbidden-account=8")})
	if _, got := post(t, s, userKey, document); !strings.Contains(got, "You are not authorized to query account 8") {
		t.Errorf("forbidden-account=8: got %s", got)
	}
	s.SetFaults(faults(t, "inspected-limit=6"))
	var got []string
	for range 3 {
		_, answer := post(t, s, userKey, document)
		got = append(got, map[bool]string{true: "answered", false: answer}[strings.Contains(answer, `[{"count":11}]`)])
	}
	// Of the 11 events that each one inspects, 5 are booked to account 7 and 6 to 8.
	want := "Account 8 reached its limit of 6 inspected records an hour"
	if got[0] != "answered" || !strings.Contains(got[1], want) || !strings.Contains(got[2], want) {
		t.Errorf("got %v, want an answer and then %q", got, want)
	}
	length := int64(len("SELECT count(*) FROM T, Own"))
	stats := s.Stats()
	if diff := cmp.Diff(map[int64]AccountStats{7: {1, length, 5}, 8: {1, length, 6}}, stats.Accounts); diff != "" || stats.Queries != 1 || stats.Inspected != 11 {
		t.Errorf("%d queries inspected %d events; by account (-want +got)\n%s", stats.Queries, stats.Inspected, diff)
	}
}

// A query of several accounts goes on as one of a single account does, and is
// polled through the same accounts.
func TestAsynchronousQueryOfAccounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(NewStore(), Options{Latency: 8 * time.Second})
		ask := func(document string) string {
			t.Helper()
			_, got := post(t, s, userKey, graphqlBody(t, document, nil))
			return got
		}
		const poll = `{ actor { nrqlQueryProgress(accounts: %s, queryId: %q) { results } } }`
		if got := ask(`{ actor { nrql(accounts: [8, 7], query: "SELECT count(*) AS n FROM T", async: true) { results queryProgress { queryId } } } }`); !strings.Contains(got, firstID) {
			t.Fatalf("got %s", got)
		}
		time.Sleep(3 * time.Second)
		for _, step := range []struct{ document, want string }{
			{fmt.Sprintf(poll, "[7, 8]", firstID), `{"data":{"actor":{"nrqlQueryProgress":{"results":[{"n":0}]}}}}`},
			{fmt.Sprintf(poll, "[7]", firstID), "The query ID is unknown"},
			{pollDocument(7, firstID), "The query ID is unknown"},
		} {
			if got := ask(step.document); !strings.Contains(got, step.want) {
				t.Errorf("%s\n got %s\nwant %s", step.document, got, step.want)
			}
		}
	})
}
