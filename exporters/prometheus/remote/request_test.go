// Compiling Prometheus for the race detector takes minutes, and it has nothing to find here.

//go:build !race

package remote

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/prompb"
	"pgregory.net/rapid"

	"github.com/slojourn/slojourn/slo"
)

// receive reads a body by what Prometheus reads it with: samples by their labels.
func receive(t rapid.TB, body []byte) map[string][]string {
	t.Helper()
	data, err := snappy.Decode(nil, body)
	if err != nil {
		t.Fatal(err)
	}
	var request prompb.WriteRequest
	if err := request.Unmarshal(data); err != nil {
		t.Fatal(err)
	}
	series := map[string][]string{}
	for _, one := range request.Timeseries {
		var names, labels []string
		for _, l := range one.Labels {
			names = append(names, l.Name)
			labels = append(labels, l.Name+"="+l.Value)
		}
		if !slices.IsSorted(names) || len(slices.Compact(names)) != len(labels) {
			t.Fatalf("labels are not in order: %q", labels)
		}
		key := strings.Join(labels, " ")
		if len(series[key]) > 0 {
			t.Fatalf("%s is there twice", key)
		}
		for i, s := range one.Samples {
			if i > 0 && s.Timestamp <= one.Samples[i-1].Timestamp {
				t.Fatalf("%s: %d follows %d", key, s.Timestamp, one.Samples[i-1].Timestamp)
			}
			series[key] = append(series[key], fmt.Sprintf("%v@%d", s.Value, s.Timestamp))
		}
	}
	return series
}

// TestEncode shows what a receiver reads: two minutes of a step, and one of an SLO
// whose events are weighed.
func TestEncode(t *testing.T) {
	t.Parallel()
	others := map[string]string{"replica": "a", "Zone": "1"}
	targets := []target{{"pay/scan", 1, encodedLabels("pay/scan", others)}, {"view", slo.Thousandths, encodedLabels("view", others)}}
	items := []item{
		{29922000, 0, slo.Counts{Total: 10, Bad: 2}},
		{29922000, 1, slo.Counts{Total: 2500, Bad: 1}},
		{29922001, 0, slo.Counts{}},
	}
	step := "id=pay/scan journey=pay"
	want := map[string][]string{
		"Zone=1 __name__=slojourn_ledger_events " + step + " outcome=good replica=a step=scan": {"8@1795320060000", "0@1795320120000"},
		"Zone=1 __name__=slojourn_ledger_events " + step + " outcome=bad replica=a step=scan":  {"2@1795320060000", "0@1795320120000"},
		"Zone=1 __name__=slojourn_ledger_measured_minutes " + step + " replica=a step=scan":    {"1@1795320060000", "1@1795320120000"},
		"Zone=1 __name__=slojourn_ledger_events id=view outcome=good replica=a":                {"2.499@1795320060000"},
		"Zone=1 __name__=slojourn_ledger_events id=view outcome=bad replica=a":                 {"0.001@1795320060000"},
		"Zone=1 __name__=slojourn_ledger_measured_minutes id=view replica=a":                   {"1@1795320060000"},
	}
	if diff := cmp.Diff(want, receive(t, encode(items, targets))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestEncodeAnything draws minutes, cuts them into requests, and finds each of them
// once.
func TestEncodeAnything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,9}(/[a-z]{1,9})?`), 1, 30, rapid.ID).Draw(t, "ids")
		slices.Sort(ids)
		var targets []target
		for _, id := range ids {
			targets = append(targets, target{id, 1, encodedLabels(id, map[string]string{"long": strings.Repeat("x", rapid.SampledFrom([]int{1, 1000, 30_000}).Draw(t, "long"))})})
		}
		var items []item
		want := map[string]int{}
		for m := range slo.Minute(rapid.IntRange(1, 400).Draw(t, "minutes")) {
			for place, id := range ids {
				counts := slo.Counts{Total: int64(m) * int64(place), Bad: int64(m)/2 + 1<<40}
				items = append(items, item{m, place, counts})
				want[fmt.Sprintf("id=%s %v@%d", id, float64(counts.Bad), (m+1).Millis())]++
			}
		}
		got := map[string]int{}
		for rest := items; len(rest) > 0; {
			n := cut(rest, targets)
			if n < 1 || n*seriesOfSLO > mostSamples {
				t.Fatalf("%d minutes in a request", n)
			}
			body := encode(rest[:n], targets)
			if size, err := snappy.DecodedLen(body); err != nil || size > mostBytes && n > 1 {
				t.Fatalf("%d bytes, %v", size, err)
			}
			read := receive(t, body)
			if diff := cmp.Diff(read, decode(t, body)); diff != "" {
				t.Fatalf("what other tests read (-want +got):\n%s", diff)
			}
			for labels, samples := range read {
				if _, id, _ := strings.Cut(labels, " id="); strings.Contains(labels, "outcome=bad") {
					id, _, _ = strings.Cut(id, " ")
					for _, s := range samples {
						got["id="+id+" "+s]++
					}
				}
			}
			rest = rest[n:]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// TestValues are those that the same number reads as in the text of an export.
func TestValues(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		counts := slo.Counts{Total: rapid.Int64Range(0, 1<<43).Draw(t, "total")}
		counts.Bad = rapid.Int64Range(0, counts.Total).Draw(t, "bad")
		unit := rapid.SampledFrom([]int64{1, slo.Thousandths}).Draw(t, "unit")
		for outcome, count := range map[int]int64{good: counts.Total - counts.Bad, bad: counts.Bad} {
			var read float64
			if _, err := fmt.Sscan(slo.FormatCount(count, unit), &read); err != nil {
				t.Fatal(err)
			}
			if got := (item{counts: counts}).values(unit)[outcome]; math.Float64bits(got) != math.Float64bits(read) {
				t.Fatalf("%d of unit %d is %v, and %v in an export", count, unit, got, read)
			}
		}
	})
}
