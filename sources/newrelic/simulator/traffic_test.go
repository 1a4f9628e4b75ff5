package simulator

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func retailEnd() time.Time { return time.Date(2026, 11, 22, 9, 0, 30, 0, time.UTC) }

// compareEvents lets cmp look into values.
func compareEvents() cmp.Option { return cmp.AllowUnexported(Value{}) }

// number1 returns the only value of the only row of a query.
func number1(t *testing.T, store *Store, query string) float64 {
	t.Helper()
	found, err := store.evaluate(query, setting{nowMillis: retailEnd().UnixMilli(), nullsMatch: true})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	value, _ := found.rows[0].(object).members[0].value.(float64)
	return value
}

func since(before, length time.Duration) string {
	start := retailEnd().Truncate(time.Minute).Add(-before)
	return fmt.Sprintf(" SINCE %d UNTIL %d", start.UnixMilli(), start.Add(length).UnixMilli())
}

func TestRetail(t *testing.T) {
	t.Parallel()
	store := Retail(RetailOptions{Seed: 1, End: retailEnd()})
	if n := store.Len(); n < 450_000 || n > 550_000 {
		t.Errorf("%d events, want about half a million", n)
	}
	whole := since(RetailHistory, RetailHistory)
	const search, barcode = "appName = 'shop-app' AND requestPath = '/v2/search'", "appName = 'shop-app' AND requestPath = '/v2/barcode'"
	const add, order, pay = "name = 'WebTransaction/Action/addItem'", "appName = 'order-api' AND name = 'WebTransaction/Action/placeOrder'",
		"appName = 'payment-api' AND name = 'WebTransaction/Action/authorise'"
	const mobile, slow = " FROM MobileRequest, MobileRequestError WHERE ", 0.015
	for _, test := range []struct {
		name, from, bad string
		window          string
		want            float64 // the ratio
	}{
		{"search", mobile + search, "errorType IS NOT NULL", whole, 0.0005},
		{"barcode", mobile + barcode, "errorType IS NOT NULL", whole, 0.0003},
		{"addItem", " FROM Transaction WHERE " + add, "error IS TRUE OR duration >= 0.8", whole, 0.0015},
		{
			"placeOrder before the incident", " FROM Transaction WHERE " + order, "error IS TRUE OR duration >= 0.8",
			since(RetailHistory, RetailHistory-53*time.Hour), 0.0005,
		},
		{"placeOrder in the incident", " FROM Transaction WHERE " + order, "error IS TRUE AND http.statusCode = 500", since(53*time.Hour, 42*time.Minute), 0.3},
		{
			"placeOrder after the incident", " FROM Transaction WHERE " + order, "error IS TRUE",
			since(53*time.Hour-42*time.Minute, 53*time.Hour-42*time.Minute), 0.0005,
		},
		{"authorise before it slows down", " FROM Transaction WHERE " + pay, "error IS TRUE OR duration >= 0.8", since(RetailHistory, RetailHistory-5*time.Hour), 0.0006},
		{"authorise in the end", " FROM Transaction WHERE " + pay, "duration >= 0.9 AND duration <= 3", since(5*time.Hour, 5*time.Hour), slow},
		{"receipt", " FROM Log WHERE service.name = 'receipt'", "level = 'ERROR'", whole, 0.0003},
	} {
		total := number1(t, store, "SELECT count(*)"+test.from+test.window)
		bad := number1(t, store, "SELECT filter(count(*), WHERE "+test.bad+")"+test.from+test.window)
		// Five standard deviations around what was asked for.
		if spread := 5 * math.Sqrt(total*test.want); total == 0 || math.Abs(bad-total*test.want) > spread+1 {
			t.Errorf("%s: %v of %v are bad, want %.1f ± %.1f", test.name, bad, total, total*test.want, spread)
		}
	}
	for _, never := range []string{
		" FROM MobileRequest WHERE errorType IS NOT NULL OR statusCode != 200",
		" FROM MobileRequestError WHERE errorType = 'NetworkFailure' AND statusCode IS NOT NULL",
		" FROM MobileRequestError WHERE errorType = 'HTTPError' AND statusCode NOT IN (500, 503)",
		" FROM MobileRequestError WHERE errorType IS NULL",
		" FROM Transaction WHERE error IS TRUE AND http.statusCode < 500 OR http.statusCode = 500 AND error IS NOT TRUE",
		" FROM Transaction WHERE transactionType != 'Web' OR duration IS NULL",
		" FROM Log WHERE level NOT IN ('INFO', 'ERROR') OR message IS NULL",
	} {
		if n := number1(t, store, "SELECT count(*)"+never+whole); n != 0 {
			t.Errorf("%v events%s", n, never)
		}
	}
	// Agents differ: good ones say false or nothing.
	if n := number1(t, store, "SELECT percentage(count(*), WHERE error IS NULL) FROM Transaction"+whole); n < 45 || n > 55 {
		t.Errorf("error is absent in %v %% of the transactions, want about half", n)
	}
}

func TestRetailWave(t *testing.T) {
	t.Parallel()
	store := Retail(RetailOptions{Seed: 1, End: retailEnd()})
	// The hours of one week by the clock in Tokyo.
	level := func(hour int) float64 {
		n := 0.0
		for day := range 7 {
			start := time.Date(2026, 11, 9+day, hour-9, 0, 0, 0, time.UTC)
			n += number1(t, store, fmt.Sprintf("SELECT count(*) FROM MobileRequest, Transaction, Log SINCE %d UNTIL %d",
				start.UnixMilli(), start.Add(time.Hour).UnixMilli()))
		}
		return n
	}
	night, afternoon, lunch, evening := level(3), level(15), level(12), level(20)
	if night*5 > afternoon || afternoon >= lunch || afternoon >= evening {
		t.Errorf("events at night %v, in the afternoon %v, at lunch %v, in the evening %v", night, afternoon, lunch, evening)
	}
}

// TestRetailBeginsWith1970: a history that would reach further back is shorter.
func TestRetailBeginsWith1970(t *testing.T) {
	t.Parallel()
	if n := Retail(RetailOptions{Seed: 1, End: time.Unix(0, 0)}).Len(); n != 0 {
		t.Errorf("%d events before 1970", n)
	}
	if n := Retail(RetailOptions{Seed: 1, End: time.Unix(3600, 0)}).Len(); n == 0 {
		t.Error("no events in the first hour of 1970")
	}
}

func TestRetailIsReproducible(t *testing.T) {
	t.Parallel()
	options := RetailOptions{Seed: 7, End: retailEnd()}
	from := retailEnd().Add(-3 * time.Hour)
	fill := func(options RetailOptions) *Store {
		store := NewStore()
		NewTraffic(options).Fill(store, from, retailEnd())
		return store
	}
	first, again := fill(options), fill(options)
	count := "SELECT count(*), sum(duration), sum(responseTime), min(timestamp), sum(timestamp) FROM MobileRequest, MobileRequestError, Transaction, Log" +
		since(3*time.Hour, 3*time.Hour)
	if a, b := ask(first, count, true), ask(again, count, true); a != b {
		t.Errorf("the same seed gives\n%s and\n%s", a, b)
	}
	options.Seed++
	if a, b := ask(first, count, true), ask(fill(options), count, true); a == b {
		t.Errorf("another seed gives the same %s", a)
	}
}

// TestRetailMovesWithItsEnd makes the hours around both incidents for several
// ends: the events must be the same, at the same distances from the end.
func TestRetailMovesWithItsEnd(t *testing.T) {
	t.Parallel()
	made := func(end time.Time) []Event {
		traffic := NewTraffic(RetailOptions{Seed: 7, End: end})
		var events []Event
		for _, before := range []time.Duration{54 * time.Hour, 52*time.Hour + 18*time.Minute, 5 * time.Hour, time.Minute} {
			for _, stream := range Streams() {
				for _, e := range traffic.Minute(stream, end.Add(-before)) {
					e.Millis -= end.Truncate(time.Minute).UnixMilli()
					events = append(events, e)
				}
			}
		}
		return events
	}
	want := made(retailEnd())
	if len(want) < 20 {
		t.Fatalf("only %d events: choose other minutes", len(want))
	}
	for _, later := range []time.Duration{29 * time.Second, 11 * time.Hour, 5*24*time.Hour + 17*time.Minute, -50 * 365 * 24 * time.Hour} {
		if diff := cmp.Diff(want, made(retailEnd().Add(later)), compareEvents()); diff != "" {
			t.Errorf("%s later (-want +got):\n%s", later, diff)
		}
	}
}

func TestMinuteAloneEqualsMinuteWithin(t *testing.T) {
	t.Parallel()
	options := RetailOptions{Seed: 7, End: retailEnd()}
	whole := Retail(options)
	alone := NewStore()
	used := NewTraffic(options)
	const minutes = 5
	start := retailEnd().Truncate(time.Minute).Add(-53*time.Hour - 2*time.Minute)
	n := 0
	for i := range minutes {
		at := start.Add(time.Duration(i)*time.Minute + 7*time.Second)
		first, end := at.Truncate(time.Minute).UnixMilli(), at.Truncate(time.Minute).Add(time.Minute).UnixMilli()
		for _, stream := range Streams() {
			events := used.Minute(stream, at)
			// What the generator made before must not matter.
			if diff := cmp.Diff(NewTraffic(options).Minute(stream, at), events, compareEvents()); diff != "" {
				t.Errorf("%s depends on what was made before:\n%s", stream, diff)
			}
			for _, e := range events {
				if e.Millis < first || e.Millis >= end {
					t.Errorf("%s: an event at %d is outside of the minute", stream, e.Millis)
				}
				if err := alone.Add(e.Type, e.Millis, e.Attributes...); err != nil {
					t.Fatal(err)
				}
				n++
			}
		}
	}
	if n == 0 {
		t.Fatal("the minutes are empty: choose others")
	}
	window := fmt.Sprintf(" SINCE %d UNTIL %d", start.UnixMilli(), start.Add(minutes*time.Minute).UnixMilli())
	for _, column := range []string{
		"count(*)", "count(error)", "count(osName)", "sum(timestamp)", "sum(duration)", "sum(responseTime)", "sum(http.statusCode)",
		"filter(count(*), WHERE error IS TRUE)",
	} {
		query := "SELECT " + column + " FROM MobileRequest, MobileRequestError, Transaction, Log" + window
		// The order of events may differ, and with it the last digit of a sum.
		if a, b := number1(t, whole, query), number1(t, alone, query); math.Abs(a-b) > 1e-9*math.Abs(a) {
			t.Errorf("%s is %v within, %v alone", column, a, b)
		}
	}
}

func BenchmarkRetail(b *testing.B) {
	for b.Loop() {
		Retail(RetailOptions{Seed: 1, End: retailEnd()})
	}
}

func BenchmarkQuery(b *testing.B) {
	store := Retail(RetailOptions{Seed: 1, End: retailEnd()})
	query := "SELECT count(*) AS v, filter(count(*), WHERE name = 'WebTransaction/Action/placeOrder' AND error IS TRUE) AS a, " +
		"filter(count(*), WHERE name = 'WebTransaction/Action/addItem' AND (duration >= 0.8 OR error IS TRUE)) AS b " +
		"FROM Transaction WHERE transactionType = 'Web'" + since(RetailHistory, RetailHistory)
	for b.Loop() {
		if _, err := store.evaluate(query, setting{nowMillis: retailEnd().UnixMilli(), nullsMatch: true}); err != nil {
			b.Fatal(err)
		}
	}
}
