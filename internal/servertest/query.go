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
		parameters.Set("time", stamp(at))
	}
	var samples []struct {
		Metric map[string]string
		Value  [2]any
	}
	s.result(t, "query", parameters, "vector", &samples)
	values := map[string]float64{}
	for _, sample := range samples {
		text, _ := sample.Value[1].(string)
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatalf("query %q: %v", expr, err)
		}
		values[LabelSet(sample.Metric)] = value
	}
	return values
}

// LabelSet spells labels as PromQL does, in order.
func LabelSet(labels map[string]string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if name != "__name__" {
			pairs = append(pairs, fmt.Sprintf("%s=%q", name, labels[name]))
		}
	}
	return labels["__name__"] + "{" + strings.Join(pairs, ", ") + "}"
}

// Range asks for series between two instants, and returns how many values each has.
func (s *Server) Range(t *testing.T, expr string, from, to time.Time, step time.Duration) map[string]int {
	t.Helper()
	var series []struct {
		Metric map[string]string
		Values [][2]any
	}
	s.result(t, "query_range", url.Values{
		"query": {expr}, "start": {stamp(from)}, "end": {stamp(to)}, "step": {strconv.FormatFloat(step.Seconds(), 'f', -1, 64)},
	}, "matrix", &series)
	values := map[string]int{}
	for _, one := range series {
		values[LabelSet(one.Metric)] = len(one.Values)
	}
	return values
}

// result asks for a result of a type, and reads it.
func (s *Server) result(t *testing.T, path string, parameters url.Values, kind string, result any) {
	t.Helper()
	response, err := http.Get(s.URL() + "/api/v1/" + path + "?" + parameters.Encode()) //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	var answer struct {
		Status, Error string
		Data          struct {
			ResultType string
			Result     json.RawMessage
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Status != "success" || answer.Data.ResultType != kind {
		t.Fatalf("query %q: %s, %v, %s: %s, %q", parameters.Get("query"), response.Status, err, answer.Status, answer.Error, answer.Data.ResultType)
	}
	if err := json.Unmarshal(answer.Data.Result, result); err != nil {
		t.Fatalf("query %q: %v in %s", parameters.Get("query"), err, answer.Data.Result)
	}
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }
