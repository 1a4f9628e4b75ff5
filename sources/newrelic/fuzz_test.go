package newrelic

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources"
)

// FuzzAnswers answers with anything. Every request gets sums or an error, never
// both, sums that stay exact, and no error that holds the key.
func FuzzAnswers(f *testing.F) {
	for _, field := range []string{
		`{"results":[{"c0":7,"c1":2,"c2":3,"c3":1}],"metadata":{"messages":["x"]},"rawResponse":{"performanceStats":{"omittedCount":1}}}`,
		`{"results":[` + bucket(0, `"c0":7,"c1":2`) + `,` + bucket(1, `"c0":1e15,"c1":{"95":1}`) + `,` + bucket(2, `"c0":0,"c1":null`) + `]}`,
		`{"results":[{"first":` + "1772612520000" + `}]}`, `null`, `7`,
	} {
		f.Add([]byte(`{"data":{"actor":{"account":{"q0":` + field + `,"q1":` + field + `,"q2":` + field + `}}}}`))
	}
	f.Add([]byte(`{"data":{"actor":{"account":{"q0":null}}},"errors":[{"message":"` + key + `","path":["actor","account","q0"],"extensions":{"errorClass":"TIMEOUT"}}]}`))
	f.Add([]byte(`{"data":{"actor":{"account":{"q0":{"results":[],"rawResponse":{"performanceStats":{"exceedsRetentionWindow":true}}}}}}}`))
	weighted := sli("T", "", "good: a = 1")
	weighted.Count = conditionText("sum(items)")
	requests := []sources.Request{
		counting(sli("T", "", "bad: a = 1"), start, start+5, start+10, start+15), counting(weighted, start, start+15),
		counting(sliced("percentile(a, 95)", "value < 1", slo.EmptyBad), start, start+15),
		counting(queried("SELECT sum(a) FROM T", "SELECT sum(a) FROM U"), start, start+2),
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		answering := transport(func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(body))), Request: r}, nil
		})
		limits := nerdgraph.NewLimits(nerdgraph.LimitOptions{Queries: 1e9, Records: 1e15})
		source := New(config(), nerdgraph.New(nerdgraph.Options{Key: secret.Of(key), Transport: answering, Limits: limits}), now)
		source.sleep = func(context.Context, time.Duration) error { return nil }
		// The client's own pauses end with the context.
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		for _, answer := range source.Counts(ctx, requests) {
			if (answer.Err == nil) == (answer.Sums == nil) || answer.Err != nil && strings.Contains(answer.Err.Error(), key) {
				t.Errorf("got %v and the error %v", answer.Sums, answer.Err)
			}
			for _, sum := range answer.Sums {
				if !countable(sum.Counts) || !countable(sum.Rows) || sum.Minutes < 0 || sum.Minutes > 15 {
					t.Errorf("got the sum %+v", sum)
				}
			}
		}
		for _, extent := range source.Extents(ctx, now(), measuring(sli("T", "", "bad: a = 1"))) {
			if span := extent.Span; span.Start > span.End || extent.Err != nil && span.Len() > 0 {
				t.Errorf("got the extent %+v", extent)
			}
		}
	})
}
