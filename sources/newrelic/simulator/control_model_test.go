package simulator

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// modelled is what a list of policies should be.
type modelled struct {
	id, account int
	name        string
}

// Whatever is made, renamed and deleted, in whatever order: what is found is
// what is left, oldest first, and every id is given once.
func TestPoliciesAgreeWithModel(whole *testing.T) {
	whole.Parallel()
	rapid.Check(whole, func(t *rapid.T) {
		s := New(NewStore(), Options{Now: clock, NoLimits: true})
		var model []modelled
		last := 0
		account := rapid.IntRange(7, 8)
		name := rapid.StringMatching(`[a-z' "\\ü]{1,4}[a-z]`)
		send := func(document string, variables map[string]any) string { return run(whole, s, document, variables) }
		find := func(account, id int) int {
			return slices.IndexFunc(model, func(m modelled) bool { return m.account == account && m.id == id })
		}
		t.Repeat(map[string]func(*rapid.T){
			"create": func(t *rapid.T) {
				m := modelled{last + 1, account.Draw(t, "account"), name.Draw(t, "name")}
				got := send(`mutation($a: Int!, $n: String!) { alertsPolicyCreate(accountId: $a, policy: {name: $n, incidentPreference: PER_POLICY}) { id } }`,
					map[string]any{"a": m.account, "n": m.name})
				if want := fmt.Sprintf(`{"data":{"alertsPolicyCreate":{"id":"%d"}}}`, m.id); got != want {
					t.Fatalf("create: got %s, want %s", got, want)
				}
				last++
				model = append(model, m)
			},
			"rename": func(t *rapid.T) {
				a, id, n := account.Draw(t, "account"), rapid.IntRange(0, last+1).Draw(t, "id"), name.Draw(t, "name")
				got := send(`mutation($a: Int!, $i: ID!, $n: String) { alertsPolicyUpdate(accountId: $a, id: $i, policy: {name: $n}) { id } }`,
					map[string]any{"a": a, "i": id, "n": n})
				at := find(a, id)
				if strings.Contains(got, "Not Found") != (at < 0) {
					t.Fatalf("rename: got %s, and the model has it at %d", got, at)
				}
				if at >= 0 {
					model[at].name = n
				}
			},
			"delete": func(t *rapid.T) {
				a, id := account.Draw(t, "account"), rapid.IntRange(0, last+1).Draw(t, "id")
				got := send(`mutation($a: Int!, $i: ID!) { alertsPolicyDelete(accountId: $a, id: $i) { id } }`, map[string]any{"a": a, "i": id})
				at := find(a, id)
				if strings.Contains(got, "Not Found") != (at < 0) {
					t.Fatalf("delete: got %s, and the model has it at %d", got, at)
				}
				if at >= 0 {
					model = slices.Delete(model, at, at+1)
				}
			},
			"": func(t *rapid.T) {
				for a := 7; a <= 8; a++ {
					var list []any
					for _, m := range model {
						if m.account == a {
							var o object
							o.set("id", fmt.Sprint(m.id))
							o.set("name", m.name)
							list = append(list, o)
						}
					}
					got := send(`query($a: Int!) { actor { account(id: $a) { alerts { policiesSearch { policies { id name } } } } } }`, map[string]any{"a": a})
					if want := string(encode(append([]any{}, list...))); got != `{"data":{"actor":{"account":{"alerts":{"policiesSearch":{"policies":`+want+`}}}}}}` {
						t.Fatalf("account %d: got %s, want %s", a, got, want)
					}
				}
			},
		})
	})
}
