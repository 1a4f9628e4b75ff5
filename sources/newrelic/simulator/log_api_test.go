package simulator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const logsPath = "/log/v1"

func TestLogAPI(t *testing.T) {
	t.Parallel()
	at := now - 60_000
	long := strings.Repeat("ü", maxLogText)
	for _, test := range []struct{ name, body, want, message string }{
		{"one", fmt.Sprintf(`{"message":"sent","level":"INFO","timestamp":%d}`, at), fmt.Sprintf(`[{"n":1,"m":"sent","l":"INFO","t":%d}]`, at), ""},
		{"a list", `[{"message":"sent"},{"message":"sent","level":"WARN"}]`, fmt.Sprintf(`[{"n":2,"m":"sent","l":"WARN","t":%d}]`, now), ""},
		{
			"a block", fmt.Sprintf(`[{"common":{"timestamp":%d,"attributes":{"level":"INFO"}},"logs":[{"message":"a"},{"timestamp":%d,"message":"b","attributes":{"level":"ERROR"}}]}]`, at, at+1),
			fmt.Sprintf(`[{"n":2,"m":"b","l":"ERROR","t":%d}]`, at+1), "",
		},
		{"reserved names are dropped", `{"message":"sent","accountId":1,"eventType":"Order","attributes":{"timestamp":1}}`, fmt.Sprintf(`[{"n":1,"m":"sent","l":null,"t":%d}]`, now), ""},
		{"what cannot be queried is cut off", `{"message":"` + long + `more"}`, fmt.Sprintf(`[{"n":1,"m":"%s","l":null,"t":%d}]`, long, now), ""},
		{"too old", fmt.Sprintf(`{"message":"sent","timestamp":%d}`, now-48*3600_000-1), "", "more than 48 hours before the server's time"},
		{"a list as attribute", `{"message":"sent","tags":["a"]}`, "", `the attribute "tags" is neither a string nor a number`},
		{"attributes that are none", `{"message":"sent","attributes":5}`, "", "attributes is not an object"},
		{"logs that are none", `{"logs":5}`, "", "logs is not a list"},
		{"a log that is a number", `[{"logs":[5]}]`, "", "is not an object"},
		{"a row that is a number", `[5]`, "", "the row is not a JSON object"},
		{"too many attributes", `{"a` + strings.Join(numbered(256), `":1,"a`) + `":1}`, "", "the log has 256 attributes, more than 255"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := New(NewStore(), Options{Accounts: []int64{9}, Now: clock})
			if status, got := send(t, s, logsPath, licenceKey, []byte(test.body)); status != 202 || !strings.HasPrefix(got, `{"requestId":"`) {
				t.Fatalf("got %d %s", status, got)
			}
			around := fmt.Sprintf(" SINCE %d UNTIL %d", at-1000, now+1)
			got := found(t, s, 9, "SELECT count(*) AS n, latest(message) AS m, latest(level) AS l, max(timestamp) AS t FROM Log"+around)
			want := test.want
			if want == "" {
				want = `[{"n":0,"m":null,"l":null,"t":null}]`
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			reported := found(t, s, 9, "SELECT count(*) AS n, latest(newRelicFeature) AS f, latest(message) AS m FROM NrIntegrationError"+around)
			want = `[{"n":0,`
			if test.message != "" {
				want = `[{"n":1,"f":"Logs","m":"`
			}
			if plain := strings.ReplaceAll(reported, `\"`, `"`); !strings.HasPrefix(plain, want) || !strings.Contains(plain, test.message) {
				t.Errorf("reported %s, want %s", reported, test.message)
			}
		})
	}
}
