// The race detector has nothing to find here, and compiling Prometheus for it takes minutes.

//go:build !race

package query_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/promql/parser"

	q "github.com/slojourn/slojourn/exporters/grafana/query"
	"github.com/slojourn/slojourn/slo/diag/hostile"
)

// variable is what Grafana 9.4 to 13 replace in an expression: $name, [[name]], [[name:format]],
// ${name}, ${name.field} and ${name:format}.
var variable = regexp.MustCompile(`\$\w+|\[\[\w+(:\w+)?\]\]|\$\{\w+(\.[^:^}]+)?(:[^}]+)?\}`)

// texts are those that could do harm, to PromQL or by Grafana.
func texts() map[string]string {
	all := hostile.Texts()
	for _, text := range []string{
		"$owner", "${owner}", "${owner:regex}", "${owner.text}", "[[owner]]", "[[owner:csv]]", "[[[owner]]]", "$__interval", "${__range_s}",
		"a$owner$b", "$$owner", "\\$owner", "$", "a$", "$1", "$1owner", "[", "[[", "[x]", `"`, `\`, `\"`, `"} or vector(1) #`, "'`", "\ufffd", "\u200b", "é決🧨", "\U000e0001",
	} {
		all[text] = text
	}
	return all
}

// TestTexts has texts of others where an expression has texts: Prometheus reads what was
// meant, Grafana replaces nothing, and ours finds the same series.
func TestTexts(t *testing.T) {
	t.Parallel()
	for name, text := range texts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, time.Minute)
			text = text[:min(len(text), 2000)] // some are very long, which is no matter here
			label := strings.ToValidUTF8(text, "\ufffd")
			w.add("m", q.Labels{"id": "other", "title": "other"}, every(time.Minute), 1)
			w.add("m", q.Labels{"id": "it", "title": label}, every(time.Minute), 2)
			w.samples.Add("m", q.Labels{"id": "it", "title": text}, start, 3) // the same series, hence not later
			all := q.Binding{Variables: map[string]string{"title": regexp.QuoteMeta(label)}}
			for _, test := range []struct {
				matcher q.Matcher
				want    float64
			}{
				{q.Is("title", text), 2},
				{q.IsNot("title", text), 1},
				{q.Matcher{Label: "title", Pattern: regexp.QuoteMeta(label) + "()", Not: true}, 1},
				{q.Like("title", regexp.QuoteMeta(label)+"()"), 2},
				{q.Chosen("title", "title"), 2},
			} {
				e := q.Metric("m", test.matcher)
				if test.matcher.Variable == "" {
					uninterpolated(t, q.PromQL(e))
				}
				read, is := parses(t.Errorf, q.Bound(e, all)).(*parser.VectorSelector)
				if !is {
					t.Fatalf("%s is no selector", q.Bound(e, all))
				}
				if got := read.LabelMatchers[0].Value; test.matcher.Value != "" && got != label {
					t.Errorf("%s is about %q, want %q", q.Bound(e, all), got, label)
				}
				if n, err := w.compare(t.Errorf, e, start, time.Hour, all); n != 2 || err != nil {
					t.Errorf("%s: %d values, error %v", q.Bound(e, all), n, err)
				}
				if got, err := w.samples.At(e, start, all); err != nil || len(got) != 1 || got[0].Value != test.want {
					t.Errorf("%s: %v, error %v, want %v", q.Bound(e, all), got, err, test.want)
				}
			}
			replaced := q.Replace{Of: q.Metric("m", q.Is("id", "it")), Label: "title", Value: text, From: "id", Pattern: "(.*)"}
			uninterpolated(t, regexp.MustCompile(`\$\d\w*`).ReplaceAllString(q.PromQL(replaced), "group"))
			parses(t.Errorf, q.PromQL(replaced))
			if n, err := w.compare(t.Errorf, replaced, start, time.Hour, all); n != 2 || err != nil {
				t.Errorf("%s: %d values, error %v", q.PromQL(replaced), n, err)
			}
		})
	}
}

// uninterpolated fails when Grafana could replace something in an expression.
func uninterpolated(t *testing.T, text string) {
	t.Helper()
	if found := variable.FindString(text); found != "" {
		t.Errorf("%s: Grafana replaces %s", text, found)
	}
	for _, r := range text {
		if r < ' ' || r == 0x7f || r == '\ufffd' || r == '\u202e' {
			t.Errorf("%q has %U as it is", text, r)
		}
	}
}

// TestVariables finds no variable of Grafana in an expression but those that are meant.
func TestVariables(t *testing.T) {
	t.Parallel()
	e := q.With(
		q.Over{Function: q.Increase, Of: q.Metric("m", q.Chosen("owner", "owner"), q.Is("id", "$id")), Length: q.Length{Built: q.RateStep}},
		q.Above, q.Over{Function: q.Maximum, Of: q.Metric("m"), Length: q.Length{Built: q.TimeRange}})
	got := variable.FindAllString(q.PromQL(e), -1)
	if diff := cmp.Diff([]string{"$owner", "$__rate_interval", "$__range"}, got); diff != "" {
		t.Errorf("%s (-want +got)\n%s", q.PromQL(e), diff)
	}
}
