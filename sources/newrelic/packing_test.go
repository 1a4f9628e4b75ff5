package newrelic_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/nrql"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// firstMinute is where drawn events begin.
const firstMinute slo.Minute = 29_543_520 // 2026-03-04T08:00:00Z

// TestPackedCountsAreThoseOfPlainQueries draws SLOs of every form and events,
// and compares the planner's counts with those of one plain query for each
// number, whatever New Relic makes of attributes that are absent, and whatever
// has to be cut up.
func TestPackedCountsAreThoseOfPlainQueries(t *testing.T) {
	t.Parallel()
	account := newAccount(t)
	rapid.Check(t, func(t *rapid.T) {
		account.restart(drawStore(t), rapid.Bool().Draw(t, "absent never differs"))
		var requests []sources.Request
		var want []sources.Answer
		cuts := drawCuts(t)
		for range rapid.IntRange(1, 15).Draw(t, "SLOs") {
			drawn := drawSLI(t)
			request := sources.Request{SLO: &slo.SLO{ID: "drawn", SLI: drawn.sli}, Cuts: cuts}
			if rapid.IntRange(0, 5).Draw(t, "own cuts") == 0 {
				request.Cuts = drawCuts(t)
			}
			requests = append(requests, request)
			want = append(want, drawn.plain(t, account, request.Cuts))
		}
		faults := drawFaults(t)
		account.server.Load().SetFaults(faults)
		got := account.source.Counts(t.Context(), requests)
		for i := range got {
			got[i].Notes = nil // what is said about slices without a value
			if len(faults) > 0 && got[i].Err != nil {
				got[i] = want[i] // an error is right as well; a wrong number is not
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			for i := range want {
				if !cmp.Equal(want[i], got[i]) {
					t.Errorf("%+v between %v", requests[i].SLO.SLI, requests[i].Cuts)
				}
			}
			t.Fatalf("-want +got:\n%s", diff)
		}
	})
}

// drawFaults lets some queries take too long, or leave events out.
func drawFaults(t *rapid.T) []simulator.Fault {
	var texts []string
	for _, kind := range rapid.SliceOfN(rapid.SampledFrom([]string{"timeout", "omitted"}), 0, 2).Draw(t, "faults") {
		texts = append(texts, fmt.Sprintf("%s;every=%d;times=%d", kind, rapid.IntRange(1, 9).Draw(t, "every"), rapid.IntRange(1, 9).Draw(t, "times")))
	}
	faults, err := simulator.ParseFaults(strings.Join(texts, ","))
	if err != nil {
		t.Fatal(err)
	}
	return faults
}

// account is a New Relic account and a source that measures in it.
type account struct {
	url    string
	server atomic.Pointer[simulator.Simulator]
	source *newrelic.Source
}

func newAccount(t *testing.T) *account {
	a := &account{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.server.Load().ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	a.url = server.URL + "/graphql"
	config := slo.NewRelic{AccountID: 1, Region: slo.US, Retention: slo.Retention{Default: slo.DefaultRetention}}
	a.source = newrelic.New(config, nerdgraph.New(nerdgraph.Options{Endpoint: a.url, Key: secret.Of("NRAK-1"), Limits: nerdgraph.NewLimits(nerdgraph.LimitOptions{Queries: 1e9, Records: 1e15})}), time.Now)
	return a
}

func (a *account) restart(store *simulator.Store, absentNeverDiffers bool) {
	a.server.Store(simulator.New(store, simulator.Options{NullsNeverMatchNotEqual: absentNeverDiffers}))
}

// number asks for one number over a span of time, null for none.
func (a *account) number(t *rapid.T, query string, start, end slo.Minute) *float64 {
	if start >= end {
		return new(float64)
	}
	text := fmt.Sprintf("%s SINCE %d UNTIL %d", query, start.Millis(), end.Millis())
	body, err := json.Marshal(map[string]any{
		"query": "query($q: Nrql!) { actor { account(id: 1) { nrql(query: $q) { results } } } }", "variables": map[string]string{"q": text},
	})
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Api-Key", "NRAK-1")
	w := httptest.NewRecorder()
	a.server.Load().ServeHTTP(w, request)
	var answer struct {
		Data struct {
			Actor struct {
				Account struct {
					NRQL struct{ Results []map[string]*float64 }
				}
			}
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Data.Actor.Account.NRQL.Results) != 1 {
		t.Fatalf("%s: %s, %v", text, w.Body, err)
	}
	return answer.Data.Actor.Account.NRQL.Results[0]["n"]
}

func drawStore(t *rapid.T) *simulator.Store {
	store := simulator.NewStore()
	for range rapid.IntRange(0, 60).Draw(t, "events") {
		eventType := rapid.SampledFrom([]string{"A", "A", "A", "B"}).Draw(t, "type")
		millis := firstMinute.Millis() + rapid.Int64Range(0, 60*60_000).Draw(t, "millis")
		var attributes []simulator.Attribute
		for _, name := range []string{"x", "y"} {
			switch v := rapid.SampledFrom(anyValues).Draw(t, name).(type) {
			case string:
				attributes = append(attributes, simulator.Attribute{Name: name, Value: simulator.String(v)})
			case float64:
				attributes = append(attributes, simulator.Attribute{Name: name, Value: simulator.Number(v)})
			case bool:
				attributes = append(attributes, simulator.Attribute{Name: name, Value: simulator.Bool(v)})
			}
		}
		// Quarters add up exactly, so that sums do not depend on their order.
		items := float64(rapid.IntRange(0, 40).Draw(t, "items")) / 4
		attributes = append(attributes, simulator.Attribute{Name: "items", Value: simulator.Number(items)})
		if err := store.Add(eventType, millis, attributes...); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

func drawCuts(t *rapid.T) []slo.Minute {
	minutes := rapid.SliceOfNDistinct(rapid.Int64Range(int64(firstMinute)-10, int64(firstMinute)+80), 1, 8, rapid.ID).Draw(t, "cuts")
	cuts := make([]slo.Minute, 0, len(minutes))
	for _, m := range minutes {
		cuts = append(cuts, slo.Minute(m))
	}
	return sorted(cuts)
}

func sorted(cuts []slo.Minute) []slo.Minute {
	for i := range cuts {
		for j := i; j > 0 && cuts[j] < cuts[j-1]; j-- {
			cuts[j], cuts[j-1] = cuts[j-1], cuts[j]
		}
	}
	return cuts
}

// drawnSLI is an SLI and the conditions that it was made of.
type drawnSLI struct {
	sli       slo.SLI
	from      string
	where     string
	condition string
	isGood    bool
	value     string
}

func drawSLI(t *rapid.T) drawnSLI {
	d := drawnSLI{from: rapid.SampledFrom([]string{"A", "A", "A", "B", "A, B", "B, A", "C"}).Draw(t, "from"), isGood: rapid.Bool().Draw(t, "is good")}
	// Few conditions, so that many SLOs share some.
	var conjuncts []nrql.Expr
	for _, x := range rapid.SliceOfN(rapid.SampledFrom([]string{"x = 1", "y != 'a'", "x IS NOT NULL", "(x > 1 OR y = 'b')", "NOT y = 'ab'"}), 0, 3).Draw(t, "shared") {
		parsed, _ := nrql.ParseCondition(plain(x))
		conjuncts = append(conjuncts, parsed)
	}
	if rapid.Bool().Draw(t, "own") {
		conjuncts = append(conjuncts, drawCondition(t, "where", 2))
	}
	if where := nrql.All(conjuncts...); where != nil {
		d.where = nrql.Print(where)
	}
	d.condition = nrql.Print(drawCondition(t, "condition", 3))
	d.value = "count(*)"
	for name := range strings.SplitSeq(d.from, ", ") {
		d.sli.From = append(d.sli.From, diag.At(name, diag.Span{}))
	}
	d.sli.Where = plain(d.where)
	condition := plain(d.condition)
	switch rapid.SampledFrom([]slo.Form{slo.FormEvents, slo.FormEvents, slo.FormEvents, slo.FormQueries, slo.FormSlices}).Draw(t, "form") {
	case slo.FormQueries:
		d.value = rapid.SampledFrom([]string{"count(*)", "sum(items)", "sum(items) / 2 + count(x)"}).Draw(t, "value")
		d.sli.From, d.sli.Where = nil, diag.Text{}
		d.sli.Queries = &slo.Queries{Total: plain(d.query(d.where))}
		chosen := plain(d.query(and(d.where, d.condition)))
		if d.isGood {
			d.sli.Queries.Good = chosen
		} else {
			d.sli.Queries.Bad = chosen
		}
		return d
	case slo.FormSlices:
		d.value = rapid.SampledFrom([]string{"average(items)", "max(x)", "percentage(count(*), WHERE x = 1)", "uniqueCount(x)"}).Draw(t, "value")
		every := rapid.SampledFrom([]time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute}).Draw(t, "every")
		d.sli.Slice = &slo.Slice{
			Every: diag.At(every, diag.Span{}), Value: plain(d.value), Good: plain(rapid.SampledFrom([]string{"value <= 2", "value > 1 AND NOT value = 3", "value IN (0, 1, 100)"}).Draw(t, "good")),
			Empty: rapid.SampledFrom([]slo.Empty{"", slo.EmptyGood, slo.EmptyBad}).Draw(t, "empty"),
		}
		return d
	}
	if rapid.IntRange(0, 3).Draw(t, "weighted") == 0 {
		d.value, d.sli.Count = "sum(items)", plain("sum(items)")
	}
	if d.isGood {
		d.sli.Good = condition
	} else {
		d.sli.Bad = condition
	}
	return d
}

func plain(s string) diag.Text {
	return diag.PlainText(s, "drawn", diag.Position{Line: 1, Column: 1})
}

func and(conditions ...string) string {
	var all []string
	for _, c := range conditions {
		if c != "" {
			all = append(all, "("+c+")")
		}
	}
	return strings.Join(all, " AND ")
}

func (d drawnSLI) query(where string) string { return d.queryOf(d.value, where) }

func (d drawnSLI) queryOf(value, where string) string {
	text := "SELECT " + value + " FROM " + d.from
	if where != "" {
		text += " WHERE " + where
	}
	return text
}

// plain measures the SLI with a query for each number.
func (d drawnSLI) plain(t *rapid.T, a *account, cuts []slo.Minute) sources.Answer {
	answer := sources.Answer{Sums: make([]sources.Sum, len(cuts)-1)}
	for i := range answer.Sums {
		sum := &answer.Sums[i]
		sum.Minutes = int64(cuts[i+1] - cuts[i])
		switch {
		case d.sli.Slice != nil:
			every := d.sli.Slice.Minutes()
			for m := cuts[i].Floor(every); m < cuts[i+1]; m += slo.Minute(every) {
				if m >= cuts[i] {
					c := d.slice(t, a, m)
					*sum = sum.Add(sources.Sum{Counts: c, Rows: c})
				}
			}
		case d.sli.Queries != nil:
			for m := cuts[i]; m < cuts[i+1]; m++ {
				*sum = sum.Add(sources.Sum{Counts: d.pair(t, a, d.value, m, m+1, 1000), Rows: d.pair(t, a, d.value, m, m+1, 1)})
			}
		case d.sli.Weighted():
			sum.Counts, sum.Rows = d.pair(t, a, d.value, cuts[i], cuts[i+1], 1000), d.pair(t, a, "count(*)", cuts[i], cuts[i+1], 1)
		default:
			sum.Counts = d.pair(t, a, d.value, cuts[i], cuts[i+1], 1)
			sum.Rows = sum.Counts
		}
	}
	return answer
}

// pair asks for the total and for what is good or bad.
func (d drawnSLI) pair(t *rapid.T, a *account, value string, start, end slo.Minute, unit float64) slo.Counts {
	ask := func(where string) int64 {
		return int64(math.Floor(*a.number(t, d.queryOf(value+" AS n", where), start, end) * unit))
	}
	total, counted := ask(d.where), ask(and(d.where, d.condition))
	if d.isGood {
		counted = total - counted
	}
	return slo.Counts{Total: total, Bad: counted}
}

func (d drawnSLI) slice(t *rapid.T, a *account, start slo.Minute) slo.Counts {
	end := start + slo.Minute(d.sli.Slice.Minutes())
	events := a.number(t, d.queryOf("count(*) AS n", d.where), start, end)
	value := a.number(t, d.queryOf(d.value+" AS n", d.where), start, end)
	empty := map[slo.Empty]slo.Counts{slo.EmptyGood: {Total: 1}, slo.EmptyBad: {Total: 1, Bad: 1}}
	if *events == 0 || value == nil {
		return empty[d.sli.Slice.Empty]
	}
	good := map[string]bool{
		"value <= 2": *value <= 2, "value > 1 AND NOT value = 3": *value > 1 && *value != 3,
		"value IN (0, 1, 100)": *value == 0 || *value == 1 || *value == 100,
	}[d.sli.Slice.Good.String()]
	if good {
		return slo.Counts{Total: 1}
	}
	return slo.Counts{Total: 1, Bad: 1}
}
