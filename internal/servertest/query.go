//go:build servers

package servertest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Query asks a Prometheus or a VictoriaMetrics for a vector at an instant, or now if that
// is zero. The keys are spelt like {a="b", c="d"}, the labels in order, with the name of
// the metric in front where there is one.
func (s *Server) Query(t *testing.T, expr string, at time.Time) map[string]float64 {
	t.Helper()
	parameters := url.Values{"query": {expr}}
	if !at.IsZero() {
		parameters.Set("time", at.UTC().Format(time.RFC3339Nano))
	}
	response, err := http.Get(s.URL() + "/api/v1/query?" + parameters.Encode()) //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	var answer struct {
		Status, Error string
		Data          struct {
			ResultType string
			Result     []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Status != "success" || answer.Data.ResultType != "vector" {
		t.Fatalf("query %q: %s, %v, %s: %s, %q", expr, response.Status, err, answer.Status, answer.Error, answer.Data.ResultType)
	}
	values := map[string]float64{}
	for _, sample := range answer.Data.Result {
		text, _ := sample.Value[1].(string)
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatalf("query %q: %v", expr, err)
		}
		values[labelSet(sample.Metric)] = value
	}
	return values
}

// labelSet spells labels as PromQL does.
func labelSet(labels map[string]string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if name != "__name__" {
			pairs = append(pairs, fmt.Sprintf("%s=%q", name, labels[name]))
		}
	}
	return labels["__name__"] + "{" + strings.Join(pairs, ", ") + "}"
}
