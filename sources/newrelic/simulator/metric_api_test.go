package simulator

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const metricsPath = "/metric/v1"

// Data points that were sent are found as those of files are.
func TestMetricAPI(t *testing.T) {
	t.Parallel()
	s := New(NewStore(), Options{Now: clock})
	at := now - 60_000
	status, got := send(t, s, metricsPath, licenceKey, zipped(t, []byte(fmt.Sprintf(`[
		{"common":{"timestamp":%d,"interval.ms":10000,"attributes":{"app":"shop","host":"a","live":true}},
		 "metrics":[
			{"name":"heat","value":5},
			{"name":"heat","type":"gauge","value":7.5,"attributes":{"host":"b","metricName":"mine"}},
			{"name":"hits","type":"count","value":40},
			{"name":"took","type":"summary","value":{"count":3,"sum":6,"min":1,"max":3}},
			{"name":"took","type":"summary","value":{"count":2,"sum":9,"min":0.5,"max":8.5},"timestamp":%d,"interval.ms":5000}]},
		{"metrics":[{"name":"bare","value":1,"timestamp":%d}]}]`, at, at/1000+1, at))), "Content-Encoding", "gzip")
	if form := regexp.MustCompile(`^\{"requestId":"[0-9a-f-]{36}"\}$`); status != 202 || !form.MatchString(got) {
		t.Fatalf("got %d %s", status, got)
	}
	var answers []string
	for _, query := range []string{
		"SELECT sum(heat), max(heat), count(heat), sum(hits), sum(took), count(took), min(took), max(took), sum(bare) FROM Metric",
		"SELECT filter(sum(heat), WHERE host = 'b') AS b, filter(count(heat), WHERE app = 'shop' AND live IS TRUE) AS live, filter(sum(took), WHERE interval.ms = 5000) AS short FROM Metric",
		"SELECT count(*) AS n FROM NrIntegrationError",
	} {
		answers = append(answers, found(t, s, 1, fmt.Sprintf("%s SINCE %d UNTIL %d", query, at-1000, now+1)))
	}
	want := []string{
		`[{"sum.heat":12.5,"max.heat":7.5,"count.heat":2,"sum.hits":40,"sum.took":15,"count.took":5,"min.took":0.5,"max.took":8.5,"sum.bare":1}]`,
		`[{"b":7.5,"live":2,"short":9}]`,
		`[{"n":0}]`,
	}
	if diff := cmp.Diff(want, answers); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Each data point is kept or reported.
func TestMetricAPIRejects(t *testing.T) {
	t.Parallel()
	const hour = 3600_000
	for _, test := range []struct{ name, block, want string }{
		{"48 hours old", fmt.Sprintf(`{"metrics":[{"name":"m","value":1,"timestamp":%d}]}`, now-48*hour), ""},
		{"older", fmt.Sprintf(`{"metrics":[{"name":"m","value":1,"timestamp":%d}]}`, now-48*hour-1), "more than 48 hours before the server's time"},
		{"24 hours ahead", fmt.Sprintf(`{"metrics":[{"name":"m","value":1,"timestamp":%d}]}`, now+24*hour), ""},
		{"farther ahead", fmt.Sprintf(`{"metrics":[{"name":"m","value":1,"timestamp":%d}]}`, now+24*hour+1), "more than 24 hours ahead of the server's time"},
		{"no value", `{"metrics":[{"name":"m"}]}`, `the metric "m": its value is not a number`},
		{"what other languages write for NaN", `{"metrics":[{"name":"m","value":null}]}`, `the metric "m": its value is not a number`},
		{"a text as value", `{"metrics":[{"name":"m","value":"NaN"}]}`, `the metric "m": its value is not a number`},
		{"infinite", `{"metrics":[{"name":"m","value":1e999}]}`, `the attribute "value" holds a number that is out of range`},
		{"no name", `{"metrics":[{"value":1}]}`, `the metric name "" must have 1 to 254 characters`},
		{"a name that is none", `{"metrics":[{"name":1,"value":1}]}`, `the name of a metric is not a string`},
		{"another type", `{"metrics":[{"name":"m","type":"timer","value":1}]}`, `its type "timer" is none of gauge, count and summary`},
		{"a count without interval", `{"metrics":[{"name":"m","type":"count","value":1}]}`, `its interval.ms is not a number`},
		{"a count of no time", `{"metrics":[{"name":"m","type":"count","value":1,"interval.ms":0}]}`, `its interval.ms is not above 0`},
		{"a summary that is a number", `{"metrics":[{"name":"m","type":"summary","value":1,"interval.ms":1}]}`, `its value is not an object of count, sum, min and max`},
		{"a summary without sum", `{"metrics":[{"name":"m","type":"summary","value":{"count":1},"interval.ms":1}]}`, `its sum is not a number`},
		{"a summary of nothing", `{"metrics":[{"name":"m","type":"summary","value":{"count":0,"sum":0,"min":null,"max":null},"interval.ms":1}]}`, ""},
		{"an attribute that is a list", `{"metrics":[{"name":"m","value":1,"attributes":{"a":[1]}}]}`, `the attribute "a" is neither a string nor a number`},
		{"attributes that are a list", `{"metrics":[{"name":"m","value":1,"attributes":[]}]}`, `attributes is not an object`},
		{"a point that is a number", `{"metrics":[5]}`, `is not an object`},
		{"metrics that are none", `{"metrics":5}`, `metrics is not a list`},
		{"no metrics", `{"common":{}}`, `the block has no metrics`},
		{"a common time that is too old", `{"common":{"timestamp":1700000},"metrics":[{"name":"m","value":1}]}`, "more than 48 hours before"},
		{"a block that is none", `5`, `the row is not a JSON object`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := New(NewStore(), Options{Accounts: []int64{8, 9}, Keys: []Key{{Text: userKey}, {licenceKey, []int64{9}}}, Now: clock})
			status, got := send(t, s, metricsPath, licenceKey, []byte(`[`+test.block+`,{"metrics":[{"name":"beside","value":1}]}]`))
			if status != 202 {
				t.Fatalf("got %d %s", status, got)
			}
			around := fmt.Sprintf(" SINCE %d UNTIL %d", now-100*hour, now+100*hour)
			reported := found(t, s, 9, "SELECT count(*) AS n, latest(newRelicFeature) AS f, latest(message) AS m FROM NrIntegrationError"+around)
			want := `[{"n":1,"f":"Metrics","m":"`
			if test.want == "" {
				want = `[{"n":0,`
			}
			if plain := strings.ReplaceAll(reported, `\"`, `"`); !strings.HasPrefix(plain, want) || !strings.Contains(plain, test.want) {
				t.Errorf("reported %s, want %s", reported, test.want)
			}
			kept := map[bool]int64{true: 2, false: 1}[test.want == ""]
			if stats := s.Stats(); stats.Kept != kept || stats.Rejected != 2-kept {
				t.Errorf("%d kept and %d rejected, want %d and %d", stats.Kept, stats.Rejected, kept, 2-kept)
			}
		})
	}
}

// Where the address names no account the key does.
func TestMetricAPIAccount(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		keys     []Key
		accounts []int64
		want     int64
	}{
		{"the first of the key", []Key{{licenceKey, []int64{8, 7}}}, nil, 8},
		{"the first of the key that is there", []Key{{licenceKey, []int64{8, 7}}}, []int64{7}, 7},
		{"the first that is there", []Key{{Text: licenceKey}}, []int64{9, 7}, 9},
		{"any", nil, nil, 1},
	} {
		s := New(NewStore(), Options{Keys: test.keys, Accounts: test.accounts, Now: clock})
		if status, got := send(t, s, metricsPath, licenceKey, []byte(`[{"metrics":[{"name":"m","value":1}]}]`)); status != 202 {
			t.Errorf("%s: got %d %s", test.name, status, got)
		}
		if s.intake.existing(test.want) == nil {
			t.Errorf("%s: account %d has nothing", test.name, test.want)
		}
	}
	s := New(NewStore(), Options{Keys: []Key{{Text: userKey}}, Now: clock})
	if status, got := send(t, s, metricsPath, userKey, []byte(`[]`)); status != 403 {
		t.Errorf("a user's key: got %d %s", status, got)
	}
}

// FuzzMetricAndLogAPI sends anything: nothing panics, and every row is kept or
// reported.
func FuzzMetricAndLogAPI(f *testing.F) {
	f.Add([]byte(`[{"common":{"timestamp":1.5},"logs":[{"message":"a","attributes":{"b":true}},5]},{"message":"c"}]`))
	f.Add([]byte(`[{"common":{"interval.ms":1,"attributes":{"a":true}},"metrics":[{"name":"m","type":"summary","value":{"count":1,"sum":1}}]}]`))
	f.Add([]byte(`{"metrics":[{"name":"m","value":1e400},null,{"name":"n","type":"count","value":1,"timestamp":1.5}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, path := range []string{metricsPath, logsPath} {
			s := New(NewStore(), Options{Now: clock})
			status, got := send(t, s, path, licenceKey, body)
			if (status == 202) != strings.HasPrefix(got, `{"requestId":"`) {
				t.Fatalf("%q\nis answered by %d %s", body, status, got)
			}
			n, stats := 0, s.Stats()
			if store := s.intake.existing(1); store != nil {
				n = store.Len()
			}
			if int64(n) < stats.Kept+min(stats.Rejected, 1) || int64(n) > stats.Kept+stats.Rejected {
				t.Errorf("%q\nleft %d events for %+v", body, n, stats)
			}
		}
	})
}
