package nrql_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/sources/newrelic/nrql"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// everyNode is a query with every clause and every kind of node.
const everyNode = "WITH aparse(a, '*:*') AS (b, c), a.% AS w SELECT count(*) AS n, -x + 1.5 * (y OR 0), x[count], apdex(d, t: 0.5), " +
	"rate(sum(z), 1 minute), funnel(i AS 'steps', WHERE e AS 'seen', WHERE r) FROM A, lookup(t) LEFT JOIN (SELECT k FROM B LIMIT MAX) ON k WHERE (NOT e OR f IS NOT NULL) AND g IN ('x', true) " +
	"AND h NOT LIKE '%i' AND j RLIKE r'k' AND l > (SELECT max(m) FROM C) AND o = NULL FACET CASES (WHERE p < 1 AS 'q', WHERE r) OR s, " +
	"dimensions(include: {u, v}) AS dim ORDER BY max(t) LIMIT 10 OFFSET 5 SINCE 2 days ago UNTIL today AT '09:00' WITH TIMEZONE 'Asia/Tokyo' " +
	"TIMESERIES 5 minutes SLIDE BY MAX PREDICT holtwinters(seasonality: AUTO) BY 1 hour USING 1 day EXTRAPOLATE RAW"

func TestJSON(t *testing.T) {
	t.Parallel()
	q, findings := nrql.ParseQuery(text(everyNode))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	got, err := json.MarshalIndent(q, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "tree.json")
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
		t.Errorf("the tree as JSON (-want +got):\n%s", diff)
	}
}

// Every object of a tree is a node with a place inside of the text, and every
// node of the tree is among them.
func TestJSONHoldsEveryNode(t *testing.T) {
	t.Parallel()
	for _, c := range readCorpus(t, "queries.txt") {
		q, findings := nrql.ParseQuery(text(c.source))
		if findings.Failed() {
			t.Fatalf("%s does not parse: %v", c.source, findings)
		}
		data, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		var tree any
		if err := json.Unmarshal(data, &tree); err != nil {
			t.Fatalf("%s gives %s: %v", c.source, data, err)
		}
		places := map[string]bool{}
		collect(t, c.source, tree, places)
		nrql.Walk(q, func(n nrql.Node) bool {
			if at := n.Pos(); !places[fmt.Sprint(at.Start, at.End)] {
				t.Errorf("%s: the %T at %v is missing in %s", c.source, n, at, data)
			}
			return true
		})
	}
}

func collect(t *testing.T, source string, value any, places map[string]bool) {
	t.Helper()
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			collect(t, source, item, places)
		}
	case map[string]any:
		start, hasStart := value["start"].(float64)
		end, hasEnd := value["end"].(float64)
		if kind, ok := value["node"].(string); !ok || kind == "" || !hasStart || !hasEnd || start > end || int(end) > len(source) {
			t.Errorf("%s: an object is no node: %v", source, value)
		}
		places[fmt.Sprint(int(start), int(end))] = true
		for _, part := range value {
			collect(t, source, part, places)
		}
	}
}
