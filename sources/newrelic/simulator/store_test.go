package simulator

import "testing"

// evaluate answers a query from one store.
func (s *Store) evaluate(source string, in setting) (*answer, *queryError) {
	return holdings{{1, s}}.evaluate(source, in)
}

// TestArriving: an event is seen from its arrival on, whatever its time.
func TestArriving(t *testing.T) {
	t.Parallel()
	store := NewStore()
	for _, e := range []struct{ at, arrives int64 }{{100, 900}, {300, 300}, {200, 500}} {
		if err := store.AddArriving("T", e.at, e.arrives); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Add("T", 400); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		now  int64
		want string
	}{
		{299, `[{"count":1,"min.timestamp":400}]`},
		{300, `[{"count":2,"min.timestamp":300}]`},
		{500, `[{"count":3,"min.timestamp":200}]`},
		{900, `[{"count":4,"min.timestamp":100}]`},
	} {
		found, err := store.evaluate("SELECT count(*), min(timestamp) FROM T SINCE 0 UNTIL 1000", setting{nowMillis: test.now})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(encode(found.rows)); got != test.want {
			t.Errorf("at %d: got %s, want %s", test.now, got, test.want)
		}
		if count := found.rows[0].(object).members[0].value; found.inspected != int64(count.(float64)) {
			t.Errorf("at %d: %d inspected, %v counted", test.now, found.inspected, count)
		}
	}
}

// TestHoldings: an account sees the events of all its stores, and those of no
// other account.
func TestHoldings(t *testing.T) {
	t.Parallel()
	shared, own := NewStore(), NewStore()
	for i, store := range []*Store{shared, own, own} {
		if err := store.Add("T", int64(i), Attribute{"name", String("a")}, Attribute{"n", Number(float64(i))}); err != nil {
			t.Fatal(err)
		}
	}
	query := "SELECT filter(count(*), WHERE name = 'a' AND name LIKE 'A%' AND n >= 0) AS c, sum(n) AS s, uniques(accountId()) AS u FROM T SINCE 0 UNTIL 10"
	for _, test := range []struct {
		holdings
		want string
	}{
		{holdings{{1, shared}}, `[{"c":1,"s":0,"u":[1]}]`},
		{holdings{{1, shared}, {1, own}}, `[{"c":3,"s":3,"u":[1]}]`},
		{holdings{{1, shared}, {1, own}, {2, shared}}, `[{"c":4,"s":3,"u":[1,2]}]`},
	} {
		found, err := test.evaluate(query, setting{nowMillis: 10})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(encode(found.rows)); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
