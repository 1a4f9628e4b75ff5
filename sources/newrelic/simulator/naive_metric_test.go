package simulator

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// naivePoint is a data point of a metric, as somebody would write it down.
type naivePoint struct {
	minute, second int64
	name, kind     string // the kind is "" when the point does not say it
	host           string // "" when it is absent
	value          float64
	count, sum     float64 // of a summary
	least, most    float64
}

func drawPoint(random *rand.Rand) naivePoint {
	p := naivePoint{minute: random.Int64N(60), second: random.Int64N(60), host: []string{"", "a", "b"}[random.IntN(3)]}
	small := func() float64 { return float64(random.IntN(9)) }
	switch random.IntN(5) {
	case 0:
		p.name, p.kind, p.value = "gauged", "gauge", small()
	case 1:
		p.name, p.value = "gauged", small()
	case 2:
		p.name, p.kind, p.value = "counted", "count", small()
	case 3:
		p.name, p.kind = "summed", "summary"
	default:
		p.name = "summed"
	}
	if p.name == "summed" {
		p.count, p.least = 1+small(), small()
		p.most = p.least + small()
		p.sum = p.least + p.most
	}
	return p
}

func (p naivePoint) line() string {
	figures := fmt.Sprintf(`"value":%v`, p.value)
	if p.name == "summed" {
		figures = fmt.Sprintf(`"count":%v,"sum":%v,"min":%v,"max":%v`, p.count, p.sum, p.least, p.most)
	}
	if p.kind != "" {
		figures += fmt.Sprintf(`,"metricType":%q`, p.kind)
	}
	if p.host != "" {
		figures += fmt.Sprintf(`,"host":%q`, p.host)
	}
	return fmt.Sprintf("Metric @%dms \"metricName\":%q,%s\n", (p.minute*60+p.second)*1000, p.name, figures)
}

// naiveMetric computes one function of one metric over points. Counts and sums
// of nothing are 0, everything else of nothing is null.
func naiveMetric(points []naivePoint, function, name string) any {
	count, sum := 0.0, 0.0
	var least, most any
	for _, p := range points {
		if name != "*" && p.name != name {
			continue
		}
		c, s, low, high := 1.0, p.value, p.value, p.value
		if p.name == "summed" {
			c, s, low, high = p.count, p.sum, p.least, p.most
		}
		count, sum = count+c, sum+s
		if least == nil || low < least.(float64) {
			least = low
		}
		if most == nil || high > most.(float64) {
			most = high
		}
	}
	switch {
	case function == "count":
		return count
	case function == "sum":
		return sum
	case count == 0:
		return nil
	case function == "average":
		return sum / count
	case function == "min":
		return least
	default:
		return most
	}
}

// TestMetricsAgreeWithNaive compares sums over data points of every type, with
// conditions, in buckets and by groups, with those of somebody who adds them up
// by hand.
func TestMetricsAgreeWithNaive(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 7))
		var points []naivePoint
		var lines strings.Builder
		for range random.IntN(40) {
			points = append(points, drawPoint(random))
			lines.WriteString(points[len(points)-1].line())
		}
		store := storeOf(t, lines.String())
		columns := [][2]string{
			{"count", "*"},
			{"sum", "counted"},
			{"sum", "gauged"},
			{"count", "gauged"},
			{"average", "gauged"},
			{"max", "gauged"},
			{"sum", "summed"},
			{"count", "summed"},
			{"average", "summed"},
			{"min", "summed"},
			{"max", "summed"},
		}
		var selected []string
		for i, c := range columns {
			selected = append(selected, fmt.Sprintf("%s(%s) AS c%d", c[0], c[1], i))
		}
		for _, where := range []string{"", "host = 'a'", "host IS NULL", "host != 'a'", "metricName = 'summed' OR host = 'b'"} {
			matching := func(p naivePoint) bool {
				switch where {
				case "host = 'a'":
					return p.host == "a"
				case "host IS NULL":
					return p.host == ""
				case "host != 'a'":
					return p.host != "a" // a missing one matches
				case "metricName = 'summed' OR host = 'b'":
					return p.name == "summed" || p.host == "b"
				}
				return true
			}
			var want []map[string]any
			for bucket := range int64(3) {
				var within []naivePoint
				for _, p := range points {
					if p.minute/20 == bucket && matching(p) {
						within = append(within, p)
					}
				}
				row := map[string]any{"beginTimeSeconds": float64(midnight/1000 + bucket*1200), "endTimeSeconds": float64(midnight/1000 + bucket*1200 + 1200)}
				for i, c := range columns {
					row[fmt.Sprintf("c%d", i)] = naiveMetric(within, c[0], c[1])
				}
				want = append(want, row)
			}
			query := fmt.Sprintf("SELECT %s FROM Metric SINCE %d UNTIL %d TIMESERIES 20 minutes", strings.Join(selected, ", "), midnight, midnight+hourMillis)
			if where != "" {
				query += " WHERE " + where
			}
			var got []map[string]any
			answer := ask(store, query, true)
			if err := json.Unmarshal([]byte(answer), &got); err != nil {
				t.Fatalf("seed %d: %s: %s", seed, query, answer)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d: %s over\n%s(-want +got):\n%s", seed, query, &lines, diff)
			}
		}
	}
}
