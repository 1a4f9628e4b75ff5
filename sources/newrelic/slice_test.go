package newrelic

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
)

// sliced is an SLI of slices of five minutes.
func sliced(value, good string, empty slo.Empty) slo.SLI {
	s := sli("T", "", "bad: ")
	s.Slice = &slo.Slice{Every: diag.At(5*time.Minute, diag.Span{}), Value: conditionText(value), Good: conditionText(good), Empty: empty}
	return s
}

// TestSliceValues reads the shapes that New Relic was seen to give values in.
func TestSliceValues(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		value, good string
		answer      string // of the value
		want        string // good, bad, empty, or a part of an error
	}{
		{"average(duration)", "value <= 0.8", "0.8", "good"},
		{"average(duration)", "value <= 0.8", "0.81", "bad"},
		{"average(duration)", "value <= 0.8", "null", "empty"},
		{"average(duration)", "value <= 0.8", "-1e-3", "good"},
		{"percentile(duration, 95)", "value <= 0.8", `{"95": 0.5}`, "good"},
		{"percentile(duration, 95)", "value <= 0.8", `{"95.0": 1.5}`, "bad"},
		{"percentile(duration, 95)", "value <= 0.8", `{"95": null}`, "empty"},
		{"percentile(duration, 95)", "value <= 0.8", `0.5`, "good"},
		{"percentile(duration, 95)", "value <= 0.8", `{"95": 1, "99": 2}`, "2 values for a slice, not 1"},
		{"percentile(duration, 95, 99)['99']", "value <= 0.8", `{"95": 0.1, "99": 2}`, "bad"},
		{"percentile(duration, 95, 99)['99']", "value <= 0.8", `{"95.0": 0.1, "99.0": 2}`, "bad"},
		{"percentile(duration, 95, 99)['99']", "value <= 0.8", `{"95": 0.1}`, `without the part "99"`},
		{"apdex(duration, 0.5)['score']", "value >= 0.9", `{"score": 0.95, "s": 9, "t": 1, "f": 0, "count": 10}`, "good"},
		{"latest(state)", "value = 'up'", `"up"`, "good"},
		{"latest(state)", "value = 'up'", `"down"`, "bad"},
		{"latest(ok)", "value IS TRUE", `true`, "good"},
		{"average(duration)", "value <= 0.8", `[1]`, "neither a number nor text"},
		{"average(duration)", "value <= 0.8", `"0.5"`, "bad"}, // nothing is converted
		{"average(duration)", "NOT (value > 1 OR value IN (0.5, 0.6))", "0.6", "bad"},
		{"average(duration)", "NOT (value > 1 OR value IN (0.5, 0.6))", "0.7", "good"},
	} {
		parts, err := partsOf(sliced(test.value, test.good, ""))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		made, err := parts[0].read(row{"c0": json.RawMessage(test.answer), "c1": json.RawMessage("3")}, []string{"c0", "c1"})
		switch {
		case err != nil:
			got = err.Error()
		case made.Counts == slo.Counts{}:
			if got = "empty"; made.note == "" {
				t.Errorf("%s with %s: nothing is said of events without a value", test.value, test.answer)
			}
		case made.Counts == slo.Counts{Total: 1}:
			got = "good"
		case made.Counts == slo.Counts{Total: 1, Bad: 1}:
			got = "bad"
		}
		if !strings.Contains(got, test.want) {
			t.Errorf("%s with %s: got %q, want %q", test.value, test.answer, got, test.want)
		}
	}
}

// TestEmptySlices have no events, whatever their value is.
func TestEmptySlices(t *testing.T) {
	t.Parallel()
	for empty, want := range map[slo.Empty]slo.Counts{"": {}, slo.EmptyGood: {Total: 1}, slo.EmptyBad: {Total: 1, Bad: 1}} {
		parts, err := partsOf(sliced("uniqueCount(host)", "value < 3", empty))
		if err != nil {
			t.Fatal(err)
		}
		made, err := parts[0].read(row{"c0": json.RawMessage("0"), "c1": json.RawMessage("0")}, []string{"c0", "c1"})
		if err != nil || made.Counts != want || made.Rows != want || made.note != "" {
			t.Errorf("empty %q: got %+v, %v, want %v", empty, made, err, want)
		}
	}
}

// TestDecides tells conditions that a number decides from others.
func TestDecides(t *testing.T) {
	t.Parallel()
	for good, want := range map[string]bool{
		"value <= 0.8": true, "0.8 >= value": true, "value > 1 AND value < 2 OR value = 7": true, "NOT value IN (1, 2)": true,
		"value IS NOT NULL": true, "value * 2 < 3": false, "abs(value) < 3": false, "value < value": false, "value < 2 AND value / 2 < 1": false,
	} {
		parsed := &parsing{}
		if x := parsed.condition(conditionText(good)); parsed.err != nil || decides(x) != want {
			t.Errorf("%s: decided is %t, want %t (%v)", good, !want, want, parsed.err)
		}
	}
}

// TestWholeSlices begins with the slice of the first event, unless that slice
// began before events are kept, and ends with the last whole one.
func TestWholeSlices(t *testing.T) {
	t.Parallel()
	five := sliced("average(a)", "value < 1", "")
	for _, test := range []struct {
		span  slo.Span
		first slo.Minute
		want  slo.Span
	}{
		{slo.Span{Start: 100, End: 200}, 150, slo.Span{Start: 150, End: 200}},
		{slo.Span{Start: 100, End: 203}, 153, slo.Span{Start: 150, End: 200}},
		{slo.Span{Start: 101, End: 203}, 101, slo.Span{Start: 105, End: 200}},
		{slo.Span{Start: 101, End: 103}, 101, slo.Span{Start: 100, End: 100}},
	} {
		if got := wholeSlices(five, test.span, test.first); got != test.want {
			t.Errorf("of %v from %d on: got %v, want %v", test.span, test.first, got, test.want)
		}
	}
	if got := wholeSlices(sli("T", "", "bad: a = 1"), slo.Span{Start: 100, End: 203}, 153); got != (slo.Span{Start: 153, End: 203}) {
		t.Errorf("events: got %v", got)
	}
}
