package newrelic

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// oracle is a NerdGraph that says what a test wants. Queries it has no answer to
// get a usual one.
type oracle struct {
	greeting string            // data.actor; "" for a usual one
	results  map[string]string // to queries that hold a text
	stats    string
}

func (o oracle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Query     string         `json:"query"`
		Variables map[string]any `json:"variables"`
	}
	_ = json.NewDecoder(r.Body).Decode(&asked) // nothing is asked then
	w.Header().Set("Date", now().UTC().Format(http.TimeFormat))
	if asked.Query == greeting {
		actor := `{"user":{"name":"Ada","email":"ada@example.com"},"account":{"name":"Shop"}}`
		if o.greeting != "" {
			actor = o.greeting
		}
		io.WriteString(w, `{"data":{"actor":`+actor+`}}`) //nolint:errcheck // the client's loss
		return
	}
	var answers []string
	for i := 0; ; i++ {
		query, found := asked.Variables[aliasOf(i)].(string)
		if !found {
			break
		}
		answers = append(answers, fmt.Sprintf(`"%s":{"results":%s,"rawResponse":{"performanceStats":{%s}}}`, aliasOf(i), o.answer(query), o.stats))
	}
	io.WriteString(w, `{"data":{"actor":{"account":{`+strings.Join(answers, ",")+`}}}}`) //nolint:errcheck // as above
}

// answer is about a type with an event a minute for eight days.
func (o oracle) answer(query string) string {
	for text, results := range o.results {
		if strings.Contains(query, text) {
			return results
		}
	}
	newest := now().Add(-time.Minute).UnixMilli()
	switch {
	case strings.HasPrefix(query, "SHOW"):
		return `[{"eventType":"T"}]`
	case strings.Contains(query, "keyset"):
		return `[{"allKeys":["timestamp","a","n","b"],"stringKeys":["a"],"numericKeys":["n","timestamp"],"booleanKeys":["b"]}]`
	case strings.Contains(query, "AS `hour`"), strings.Contains(query, "AS hour"):
		return fmt.Sprintf(`[{"events":11000,"day":1440,"hour":60,"first":%d,"newest":%d}]`, now().Add(-slo.DefaultRetention+2*time.Minute).UnixMilli(), newest)
	default:
		return `[{"c0":1440,"c1":3}]`
	}
}

// told is what findings say: code, severity, ids, message and hint of each.
func told(found Examination) string {
	var lines strings.Builder
	for _, f := range found.Findings {
		fmt.Fprintf(&lines, "%s %s %v: %s; %s\n", f.Severity, f.Code, f.SLOs, f.Message, f.Hint)
	}
	return lines.String()
}

func examined(t *testing.T, o http.Handler, slis ...slo.SLI) Examination {
	t.Helper()
	slos := measuring(slis...)
	return openHandler(t, config(), o).Examine(t.Context(), &slo.Source{Name: "newrelic", NewRelic: config()}, slos)
}

func TestUsualAnswersAreNoFinding(t *testing.T) {
	t.Parallel()
	found := examined(t, oracle{}, sli("T", "a = 'x'", "bad: n > 5 OR b IS TRUE"))
	want := Examination{
		Reached: true, User: "Ada <ada@example.com>", Account: "Shop", QueriesPerMinute: 2,
		RecordsPerHour: 60 * (1 + Lookbacks(config())),
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestOddAnswers gives answers that nobody documents: each of them is read, or
// said to be unreadable, and hides nothing else.
func TestOddAnswers(t *testing.T) {
	t.Parallel()
	many := `["k` + strings.Repeat(`","k`, 3) + `"]`
	var huge strings.Builder
	for i := range maxKeys + 10 {
		fmt.Fprintf(&huge, `"key%d",`, i)
	}
	hugeList := `[{"allKeys":[` + strings.TrimSuffix(huge.String(), ",") + `]}]`
	const keysUnknown = "warning unanswered [measured]: no answer about the attributes of T: "
	tests := []struct {
		name    string
		asked   string // what the odd answer is about
		results string
		want    string // what is told; "" for nothing
	}{
		{"keyset in rows", "keyset", `[{"key":"a","type":"string"},{"key":"n","type":"numeric"},{"key":"b","type":"boolean"}]`, ""},
		{"keyset in a member", "keyset", `[{"keyset":{"stringKeys":["a"],"numericKeys":["n"],"booleanKeys":["b"]}}]`, ""},
		{"keyset without types", "keyset", `[{"keyset":["a","n","b"]}]`, ""},
		{"keyset of another type", "keyset", `[{"stringKeys":["a","n"],"booleanKeys":["b"]}]`, "error attribute-type [measured]: n holds text in T, and n > 5"},
		{"keyset as a list", "keyset", `["a","n","b"]`, ""},
		{"keyset with nulls", "keyset", `[{"allKeys":["a",null,"n",7,"b"],"stringKeys":null,"other":{}}]`, ""},
		{"keyset of numbers", "keyset", `[{"allKeys":[1,2]}]`, keysUnknown + "New Relic answered keyset() in a form that is not known"},
		{"keyset of rows that say nothing", "keyset", `[{}]`, keysUnknown + "New Relic answered keyset() in a form that is not known"},
		{"keyset of no row", "keyset", `[]`, keysUnknown + "New Relic answered that events have no attributes"},
		{"keyset of text", "keyset", `"a"`, keysUnknown + "New Relic's answer to the query cannot be read"},
		{"keyset null", "keyset", `null`, keysUnknown + "New Relic answered that events have no attributes"},
		{"keyset without end", "keyset", `[{"a":{"a":{"a":{"a":{"a":["x"]}}}}}]`, keysUnknown + "New Relic answered keyset() in a form"},
		{"huge keyset", "keyset", hugeList, keysUnknown + "New Relic answered with more attributes than can be looked through"},
		{"other attributes", "keyset", `[{"allKeys":` + many + `}]`, "warning attribute [measured]: no event of T had the attribute a"},
		{"a list of event types", "SHOW", `[{"eventTypes":["T","U"]}]`, ""},
		{"names alone", "SHOW", `["T","U"]`, ""},
		{"event types without names", "SHOW", `[{"eventType":7}]`, "warning unanswered [measured]: no answer about the names of the event types: "},
		{"figures missing", "hour", `[{}]`, "warning unanswered [measured]: no answer about the events of T: New Relic answered without a count"},
		{"figures null", "hour", `[{"events":null,"day":null,"hour":null}]`, "warning unanswered [measured]: no answer about the events of T: "},
		{"figures below 0", "hour", `[{"events":-1,"day":0,"hour":0}]`, "warning unanswered [measured]: no answer about the events of T: "},
		{"two rows of figures", "hour", `[{"events":1},{"events":1}]`, "warning unanswered [measured]: no answer about the events of T: New Relic answered with 2 rows, not 1"},
		{"no such time", "hour", `[{"events":9,"day":9,"hour":9,"first":1e15,"newest":1}]`, "warning unanswered [measured]: no answer about the events of T: New Relic answered with first = 1000000000000000, which is no time"},
		{"counts are text", "c0", `[{"c0":"many","c1":0}]`, "warning unanswered [measured]: no answer about what measured counts: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found := told(examined(t, oracle{results: map[string]string{test.asked: test.results}}, sli("T", "a = 'x'", "bad: n > 5 OR b IS TRUE")))
			if !strings.Contains(found, test.want) || (test.want == "") != (found == "") {
				t.Errorf("told is\n%swant\n%s", found, test.want)
			}
		})
	}
}

// TestExaminationHoldsNoKey puts keys wherever an answer has room for text that
// is repeated.
func TestExaminationHoldsNoKey(t *testing.T) {
	t.Parallel()
	for _, sent := range []string{key, strings.ToLower(key), "NRAK-ANOTHERKEYTHATNOBODYKNOW"} {
		found := examined(t, oracle{
			greeting: fmt.Sprintf(`{"user":{"name":"%s","email":"%[1]s"},"account":{"name":"%[1]s"}}`, sent),
			results:  map[string]string{"SHOW": fmt.Sprintf(`[{"eventType":"%s"}]`, sent), "hour": `[{"events":0,"day":0,"hour":0}]`},
		}, sli(sent[:len(sent)-1]+"Z", "", "bad: a = 1"))
		if !strings.Contains(told(found), "did you mean") {
			t.Fatalf("the answer's text is not repeated:\n%s", told(found))
		}
		for _, text := range []string{told(found), found.User, found.Account} {
			if strings.Contains(text, sent) {
				t.Errorf("%s comes back in %q", sent, text)
			}
		}
	}
}

// TestGreetings are answers to the first question.
func TestGreetings(t *testing.T) {
	t.Parallel()
	tests := []struct{ actor, user, told string }{
		{`{"user":null,"account":{"name":null}}`, "", ""},
		{`{"user":"Ada","account":{}}`, "", ""},
		{`{"user":{"name":7,"email":"a@example.com"},"account":{"name":"Shop"}}`, "a@example.com", ""},
		{`{"user":{"name":"Ada"},"account":null}`, "", "New Relic shows no account 1234567 to this key"},
		{`{"account":[]}`, "", "New Relic shows no account 1234567 to this key"},
		{`{}`, "", "New Relic shows no account 1234567 to this key"},
	}
	for _, test := range tests {
		found := examined(t, oracle{greeting: test.actor}, sli("T", "", "bad: n > 5"))
		if !strings.Contains(told(found), test.told) || (test.told == "") != (told(found) == "") || found.User != test.user {
			t.Errorf("%s: the key is that of %q, and told is\n%s", test.actor, found.User, told(found))
		}
	}
}

// TestQuota has an account with too much traffic, and more queries than it may be
// asked.
func TestQuota(t *testing.T) {
	t.Parallel()
	s := measuring(sli("T", "", "bad: n > 5"))
	perEvent := 1 + Lookbacks(config()) // inspections
	tests := []struct {
		hour, queries float64
		want          string
	}{
		{0.9 * nerdgraph.DefaultRecords / perEvent, nerdgraph.DefaultQueries, ""},
		{1.1 * nerdgraph.DefaultRecords / perEvent, 2, "warning quota [measured]: measuring takes 5499999999"},
		{2.1 * nerdgraph.DefaultRecords / perEvent, 2, "error quota [measured]: measuring takes 10499999999"},
		{1, nerdgraph.DefaultQueries + 1, "warning quota [measured]: measuring takes 1501 queries a minute"},
		{1, 3001, "error quota [measured]: measuring takes 3001 queries a minute, and New Relic allows an account 3000"},
	}
	for _, test := range tests {
		e := &examiner{
			Source: New(config(), nil, now), declared: &slo.Source{}, slos: s, ids: []string{"measured"},
			types: map[string]*census{"T": {hour: int64(test.hour)}},
		}
		e.result.QueriesPerMinute = test.queries
		e.checkQuota(CostOf(config(), s, 0))
		if found := told(e.result); !strings.HasPrefix(found, test.want) || (test.want == "") != (found == "") {
			t.Errorf("%.0f events and %.0f queries: told is\n%swant\n%s", test.hour, test.queries, found, test.want)
		}
	}
}

// TestFewQueries examines many SLOs of two types.
func TestFewQueries(t *testing.T) {
	t.Parallel()
	store := simulator.NewStore()
	for i := range 100 {
		for _, eventType := range []string{"Transaction", "PageView"} {
			millis := now().Add(-time.Duration(i) * time.Hour).UnixMilli()
			if err := store.Add(eventType, millis, simulator.Attribute{Name: "name", Value: simulator.String("page 0")}); err != nil {
				t.Fatal(err)
			}
		}
	}
	source, r := open(t, config(), store)
	var slis []slo.SLI
	for i := range 20 {
		slis = append(slis, sli([]string{"Transaction", "PageView"}[i%2], fmt.Sprintf("name = 'page %d'", i), "bad: error IS TRUE"))
	}
	source.Examine(t.Context(), &slo.Source{NewRelic: config()}, measuring(slis...))
	// The names of the types; figures and attributes, recent and old, of each;
	// the sampling of Transaction; and two queries that count.
	if queries := r.queries(); len(queries) != 1+3*2+1+2 || len(r.requests) != 3 {
		t.Errorf("%d queries in %d requests:\n%s", len(queries), len(r.requests), strings.Join(queries, "\n"))
	}
}

// TestUses reads what SLIs want of attributes.
func TestUses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		sli  slo.SLI
		want []string
	}{
		{"comparisons", sli("T", "a = 'x' AND 5 < n", "bad: b = true AND c != -1"), []string{"a text", "n numbers", "b booleans", "c numbers"}},
		{"tests", sli("T", "a IN ('x', 'y') AND b LIKE 'x%'", "bad: c IS TRUE OR d IS NULL OR e IS NOT NULL"), []string{"a text", "b text", "c booleans", "d ? absent", "e ? absent"}},
		{"functions", sli("T", "lower(a) = 'x'", "bad: numeric(b) > 5"), []string{"a ?", "b ?"}},
		{"two attributes", sli("T", "", "bad: a > b"), []string{"a ?", "b ?"}},
		{"the time", sli("T", "", "bad: timestamp > 5"), nil},
		{"a weight", slo.SLI{Count: conditionText("sum(items)")}, []string{"items numbers"}},
		{
			"a slice",
			slo.SLI{Where: conditionText("a = 'x'"), Slice: &slo.Slice{Value: conditionText("percentile(duration, 95)"), Good: conditionText("value < 1")}},
			[]string{"a text", "duration numbers"},
		},
		{"queries", slo.SLI{Queries: &slo.Queries{
			Total: conditionText("SELECT count(*) FROM T WHERE a = 'x'"), Bad: conditionText("SELECT filter(count(*), WHERE n > 5) FROM T"),
		}}, []string{"a text", "n numbers"}},
		{"other events", sli("T", "a = 'x' AND id IN (SELECT uniques(id) FROM U WHERE other = 1)", "bad: n > 5"), []string{"n numbers"}},
		{"variables", slo.SLI{Queries: &slo.Queries{Total: conditionText("WITH lower(a) AS low SELECT count(*) FROM T WHERE low = 'x'")}}, nil},
		{"broken", sli("T", "a = ", "bad: n > 5"), []string{"n numbers"}},
	}
	for _, test := range tests {
		var got []string
		for _, u := range usesOf(test.sli) {
			text := u.attribute + " " + valuesOf(u.wants).String()
			if u.absence {
				text += " absent"
			}
			got = append(got, text)
			if u.span == (diag.Span{}) {
				t.Errorf("%s: where %s stands is not known", test.name, u.attribute)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// FuzzOddAnswers reads any results as whatever doctor asks for.
func FuzzOddAnswers(f *testing.F) {
	for _, seed := range []string{
		`[{"allKeys":["a"],"numericKeys":["a"]}]`, `[{"key":"a","type":"string"}]`, `[{"a":[{"a":[{"key":"x"}]}]}]`, `[{"eventType":"T"}]`,
		`[{"events":1,"day":1,"hour":1,"first":1,"newest":2,"had":1,"last":1e3}]`, `[null]`, `[]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, results []byte) {
		r := readReply(json.RawMessage(`{"results":` + string(results) + `}`))
		names, err := readNames(r.rows)
		if err == nil && !slices.IsSorted(names) {
			t.Errorf("names are out of order: %q", names)
		}
		keys, err := readKeyset(r.rows)
		if keys.known != (err == nil) || len(keys.types) > maxKeys {
			t.Errorf("%d attributes, known: %v, error: %v", len(keys.types), keys.known, err)
		}
		c := census{}
		if err := c.readFigures(r); (err == nil) != c.counted || c.counted && (c.events < 0 || c.day < 0 || c.hour < 0) {
			t.Errorf("figures are %+v, error: %v", c, err)
		}
	})
}
