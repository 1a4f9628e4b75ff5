package newrelic_test

import (
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// TestGoldenKeys has the keys of v1 for SLIs of every form, with every part
// that goes into a key and the ways of NRQL to write a condition. Ledgers keep
// minutes under these keys: when one changes, an SLO loses its history. So none
// is ever rewritten. Another normal form is another version of keys beside this
// one, with a migration.
func TestGoldenKeys(t *testing.T) {
	t.Parallel()
	account := func(id int64) *slo.Source {
		return &slo.Source{Name: "newrelic", NewRelic: slo.NewRelic{AccountID: id}}
	}
	one := account(1234567)
	from := func(names ...string) []diag.Located[string] { return events(names, "", "x").From }
	bad := func(where, bad string) slo.SLI { return events([]string{"Transaction"}, where, bad) }
	good := func(where, good string) slo.SLI {
		s := bad(where, "")
		s.Good, s.Bad = nrqlText(good), diag.Text{}
		return s
	}
	counted := func(count string) slo.SLI {
		s := bad("", "error IS TRUE")
		s.Count = nrqlText(count)
		return s
	}
	slices := func(every time.Duration, value, good string, empty slo.Empty) slo.SLI {
		return slo.SLI{
			From: from("Transaction"), Where: nrqlText("appName = 'shop'"),
			Slice: &slo.Slice{Every: diag.Located[time.Duration]{Value: every}, Value: nrqlText(value), Good: nrqlText(good), Empty: empty},
		}
	}
	queries := func(total, good, bad string) slo.SLI {
		q := slo.Queries{Total: nrqlText(total)}
		if good != "" {
			q.Good = nrqlText(good)
		} else {
			q.Bad = nrqlText(bad)
		}
		return slo.SLI{Queries: &q}
	}
	const total = "SELECT count(*) FROM Transaction WHERE appName = 'shop'"
	for _, test := range []struct {
		name   string
		source *slo.Source
		sli    slo.SLI
		want   slo.IndicatorID
	}{
		// Events.
		{"bad", one, bad("", "error IS TRUE"), "11353bce1ecbe50903aeb1134731a704d7ca76dd3daad4db1b3961e7fd7fc751"},
		{"bad among some", one, bad("appName = 'shop'", "error IS TRUE"), "5b7def9a9d261381e31227612343237b32bedda4145fc64016968d3008bebfe3"},
		{"good among some", one, good("appName = 'shop'", "error IS FALSE OR error IS NULL"), "d47e446378a5e79dba37fdf043ec5bdf0d8fa61d94660f12793421e3c4d9b15c"},
		{"another account", account(7654321), bad("appName = 'shop'", "error IS TRUE"), "9480daddcf9601be428ec7d9e87289954e033fbe8b9be82056c55e80e9315d62"},
		{"no source", nil, bad("appName = 'shop'", "error IS TRUE"), "e8c65ab03748f3b25ddda28152f972ee91a618e2bf2fdbf8d749112b989c2053"},
		{"two event types", one, events([]string{"MobileRequestError", "MobileRequest"}, "appName = 'app'", "errorType = 'NetworkFailure'"), "711e3ba11892e3e347ea376a68bc73b0af975a8cfaceb889eb41bd93dba22598"},
		{"count(*)", one, counted("count(*)"), "11353bce1ecbe50903aeb1134731a704d7ca76dd3daad4db1b3961e7fd7fc751"},
		{"a sum", one, counted("sum(items)"), "4aa5f93595a99d728f9d7ed1306f861f93e36d5d82503b5028dda4a1d266953b"},
		{"a sum of a name with blanks", one, counted("SUM(`order items`)"), "28ddf361593a18dcea36b5a4378cd86dfe46c4db319be314c9e99022221d2ca4"},
		// Conditions.
		{"AND in any order", one, bad("b = 2 and a = 1 AND NOT c = 3", "error is true"), "578becd16a8eed661a3969cce661ed057ac6aceab62ffebfdf61f45dc3da6dbc"},
		{"OR below AND", one, bad("(a = 1 OR b = 2) AND (c = 3 AND (d = 4 OR e = 5))", "error IS TRUE"), "44ea5b2cc7f12257d84ca83105f0f763d8f8d5914b00e571d92830471e99e4ae"},
		{"NOT of brackets", one, bad("NOT (a = 1 OR b = 2)", "error IS TRUE"), "fcc52a1ae05c11cb792656a6b68e59da62925acc965f249d29a6e84db9cc3a52"},
		{"comparisons", one, bad("a != 1 AND c < 3 AND d <= 4 AND e > 5 AND f >= 6", "duration >= 0.8"), "23ee13a445654ceb7cf7b5ce399a26646c8c4a44c6f09824d04f1813b6931b33"},
		{"numbers", one, bad("a = 1 AND b = 1.0 AND c = -1 AND d = 1e3 AND e = .5", "error IS TRUE"), "5e135d33928684c799ee6c0b03b490b218f94c4282f754a672bf42b761be1353"},
		{"lists", one, bad("a IN (1, 2, '3') AND b NOT IN ('x', 'y')", "error IS TRUE"), "b425d87ac648608e281484daed09bbe3af7b306236650773279d3dea222a78b8"},
		{"patterns", one, bad("a LIKE '/v2/%' AND b NOT LIKE '%x' AND c RLIKE r'^a.*' AND d NOT RLIKE 'b'", "error IS TRUE"), "261d4b8474e8ac80cb17ddcbb9d9ff3ccb69caa72f9133fe181fe3bbba51945a"},
		{"null and booleans", one, bad("a IS NULL AND b IS NOT NULL AND c IS TRUE AND d IS NOT FALSE", "error IS TRUE"), "677a521ee3cf51249642d7fbfc4df0dafdcf25c4de7d09fab1f15675e9fe3afc"},
		{"functions and arithmetic", one, bad("lower(a) = 'x' AND numeric(b) + 1 * (c - 2) / d > 3", "if(a = 1, b, c) > 0"), "7f620eb7fb9d020f58ae64040e95f64613a061e218ef78d47a95a0df966562bb"},
		{"quoted names", one, bad("`http.statusCode` = 500 AND http.method = 'GET' AND `order id` = 1", "error IS TRUE"), "585e471117fdb23dbdf44ed951e6bac8698a2d3a84c1b84b682cc6849da36069"},
		{"texts", one, bad(`a = 'it\'s' AND c = '<&>' AND d = '支払い' AND e = ''`, "error IS TRUE"), "fd2ce2f74866d20720868840585000af8ac54921301c62c602b490b88d38a8cd"},
		{"a comment", one, bad("a = 1 /* one */ AND b = 2 -- two", "error IS TRUE"), "25aa8cdf5457bd406e968ac47b26159d65017765f5ef53e857a144071fb1c5f5"},
		{"a member of a map", one, bad("tags['a'] = 1", "error IS TRUE"), "ada439c57ca3257a4595722ffdb3169779aa012fa91a6f615dcb5889f3c09bfd"},
		// Slices.
		{"slices", one, slices(time.Minute, "percentile(duration, 95)", "value <= 0.8", ""), "3fa374d02fb9c135b7a39138233672e3b356d2434efac8faf906aa75e7ea8ab0"},
		{"longer slices", one, slices(5*time.Minute, "percentile(duration, 95)", "value <= 0.8", ""), "a3d42913f0a1056fba843c388b35235efb63b01fbbd6353e48999e0c9b5cd233"},
		{"slices of an hour", one, slices(time.Hour, "percentile(duration, 95)", "value <= 0.8", ""), "8e5a5637196b68c4f67948850b1904684db62cd8e8ef08e33b4bf05c2bd59a3c"},
		{"slices of another value", one, slices(time.Minute, "average(duration)", "value <= 0.8", ""), "29dde32b2904f49f6fabe7602430b8f72578a59f83466779a82a5a9decfbaf57"},
		{"slices with another test", one, slices(time.Minute, "percentile(duration, 95)", "value < 1 AND value > 0", ""), "a6ae496d79c9b76b343a3fd87a1c259c4dc34da1cbe989706268978f1c429bf1"},
		{"slices of a rate", one, slices(time.Minute, "rate(count(*), 1 minute)", "value > 10", ""), "5965d933ffb5634911fc11c3643ac681d26419bcd41cee61bef44fec2a3a6633"},
		{"slices of some events", one, slices(time.Minute, "filter(average(duration), WHERE b = 1 AND a = 2) AS 'x'", "value < 1", ""), "32df12bc08cee8dc81e588ea7f6870dc247ba38c8707e3ff2b5cd479186b3980"},
		{"empty slices are good", one, slices(time.Minute, "percentile(duration, 95)", "value <= 0.8", slo.EmptyGood), "27daf6c0396821dc2dafdc5a6acceb4a55c70b44fca6192a07fba3e43fa05f15"},
		{"empty slices are bad", one, slices(time.Minute, "percentile(duration, 95)", "value <= 0.8", slo.EmptyBad), "e9308daa6337cc2397c57558746e9982d85c191c04676497a9f6cd114445812f"},
		// Queries.
		{"queries with bad", one, queries(total, "", total+" AND error IS TRUE"), "44ce0aea820065b9e004c0fd67eac53e057973ede9ac05060cc314b6a19059a3"},
		{"queries with good", one, queries(total, total+" AND duration < 1", ""), "a3b29358baf21a8b618a5ad0a4cf40757a5312119911f902d771a2ebe04487b8"},
		{"queries that filter", one, queries("SELECT filter(count(*), WHERE b = 1 AND a = 2) AS 'n' FROM A, B", "", "SELECT count(*) * 2 FROM B"), "01e4cb8afcffe87edc50182d126dd5055f59aad8d320e375ac455dd03f8ddf56"},
		{"queries with a subquery", one, queries("SELECT count(*) FROM A WHERE id IN (SELECT uniques(id) FROM B WHERE b = 1 AND a = 2)", "", "SELECT count(*) FROM A WHERE FALSE"), "5a5d2be4a27152f0ec9536f5f7c2c802d2d29c7261f76bf93cce06d409ed9bc9"},
		{"queries of a metric", one, queries("SELECT sum(requests) FROM Metric", "", "SELECT sum(failures) FROM Metric WHERE kind = 'x'"), "78824fb81058ad4094c9050682c0387f7e558a7d66bb2e41a33048f852464751"},
	} {
		if got := newrelic.Key(test.source, test.sli); got != test.want {
			t.Errorf("%s: the key is %q and was %q", test.name, got, test.want)
		}
	}
}
