package simulator

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

const progressFields = "queryProgress { completed queryId retryAfter retryDeadline resultExpiration }"

// asyncDocument asks one query that may go on.
func asyncDocument(timeout int) string {
	return fmt.Sprintf(`{ actor { account(id: 7) { nrql(query: "SELECT count(*) AS n FROM T", async: true, timeout: %d) { results totalResult rawResponse %s } } } }`,
		timeout, progressFields)
}

func pollDocument(account int, id string) string {
	return fmt.Sprintf(`{ actor { account(id: %d) { nrqlQueryProgress(queryId: %q) { results nrql %s } } } }`, account, id, progressFields)
}

const (
	firstID   = "a1b2c3d4-0000-4000-8000-000000000001"
	gone      = `"errors":[{"message":"The query ID is unknown in this account, or its results have expired","path":["actor","account","nrqlQueryProgress"]`
	goesOn    = `"queryProgress":{"completed":false,"queryId":"` + firstID + `","retryAfter":1,"retryDeadline":%d,"resultExpiration":600}`
	ended     = `{"results":[{"n":0}],"nrql":"SELECT count(*) AS n FROM T","queryProgress":{"completed":true,"queryId":"` + firstID + `","retryAfter":null,"retryDeadline":null,"resultExpiration":%d}}`
	atOnce    = `"queryProgress":{"completed":true,"queryId":null,"retryAfter":null,"retryDeadline":null,"resultExpiration":null}`
	noResults = `{"results":null,"totalResult":null,"rawResponse":null,`
)

// A query that takes 8 seconds and may take 5 goes on behind its answer.
func TestAsynchronousQuery(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(NewStore(), Options{Latency: 8 * time.Second})
		began := time.Now()
		for _, step := range []struct {
			name     string
			at       time.Duration // since it began; the step begins then, if not later
			document string
			took     time.Duration
			want     string
		}{
			{"asked", 0, asyncDocument(5), 5 * time.Second, noResults + fmt.Sprintf(goesOn, 600) + "}"},
			{"polled at once", 5 * time.Second, pollDocument(7, firstID), 0, `{"results":null,"nrql":"SELECT count(*) AS n FROM T",` + fmt.Sprintf(goesOn, 595)},
			{"polled at the last moment", 8*time.Second - 1, pollDocument(7, firstID), 0, fmt.Sprintf(goesOn, 593)},
			{"polled when it ended", 8 * time.Second, pollDocument(7, firstID), 0, fmt.Sprintf(ended, 600)},
			{"polled again", 100*time.Second + 1, pollDocument(7, firstID), 0, fmt.Sprintf(ended, 508)},
			{"polled through another account", 101 * time.Second, pollDocument(8, firstID), 0, gone},
			{"polled for another id", 102 * time.Second, pollDocument(7, "nonsense"), 0, gone},
			{"polled at the end", 608*time.Second - 1, pollDocument(7, firstID), 0, fmt.Sprintf(ended, 1)},
			{"polled too late", 608 * time.Second, pollDocument(7, firstID), 0, gone},
			{"a longer timeout", 700 * time.Second, asyncDocument(8), 8 * time.Second, `"results":[{"n":0}]`},
			{"a longer timeout has no id", 800 * time.Second, asyncDocument(60), 8 * time.Second, atOnce},
			{"not asynchronous", 900 * time.Second, strings.Replace(asyncDocument(5), "async: true", "async: false", 1), 5 * time.Second, `"errorClass":"TIMEOUT"`},
			{"an error comes at once", 1000 * time.Second, strings.Replace(asyncDocument(5), "SELECT", "SELCT", 1), 5 * time.Second, "NRQL Syntax Error"},
		} {
			time.Sleep(step.at - time.Since(began))
			at := time.Now()
			_, got := post(t, s, "k", graphqlBody(t, step.document, nil))
			if took := time.Since(at); took != step.took || !strings.Contains(got, step.want) {
				t.Errorf("%s: after %v\n got %s\nwant %s after %v", step.name, took, got, step.want, step.took)
			}
		}
	})
}

// A query that never ends is given up when its deadline is reached.
func TestAsynchronousQueryIsGivenUp(t *testing.T) {
	t.Parallel()
	underneath := &realClock{at: clock()}
	s := New(storeOf(t, basket), Options{Now: underneath.now, Faults: faults(t, "async=20m;times=1")})
	ask := func(document string) string {
		t.Helper()
		_, got := post(t, s, "k", graphqlBody(t, document, nil))
		return got
	}
	if got := ask(asyncDocument(5)); !strings.Contains(got, fmt.Sprintf(goesOn, 600)) {
		t.Fatalf("got %s", got)
	}
	var got []string
	for range 4 {
		underneath.pass(5 * time.Minute)
		answer := ask(pollDocument(7, firstID))
		switch {
		case strings.Contains(answer, `"completed":false`):
			got = append(got, "goes on")
		case strings.Contains(answer, `"errorClass":"TIMEOUT"`):
			got = append(got, "given up")
		case strings.Contains(answer, `"results":[{"n":4}]`):
			got = append(got, "ended")
		}
	}
	if diff := cmp.Diff([]string{"goes on", "given up", "given up", "ended"}, got); diff != "" {
		t.Errorf("every five minutes (-want +got)\n%s", diff)
	}
}

// No more queries are kept than there is room for, until results are gone.
func TestAsynchronousQueriesAreBounded(t *testing.T) {
	t.Parallel()
	underneath := &realClock{at: clock()}
	s := New(NewStore(), Options{Now: underneath.now, NoLimits: true, Faults: faults(t, "async=1s")})
	ask := func() string {
		t.Helper()
		_, got := post(t, s, "k", graphqlBody(t, asyncDocument(5), nil))
		return got
	}
	for i := range maxUnderWay {
		if got, id := ask(), fmt.Sprintf("-%012x", i+1); !strings.Contains(got, id) {
			t.Fatalf("query %d: got %s, want the id %s", i+1, got, id)
		}
	}
	if got := ask(); !strings.Contains(got, `"message":"slojourn simulator: at most 300 asynchronous queries are kept; poll for fewer at a time"`) {
		t.Errorf("one more: got %s", got)
	}
	underneath.pass(resultsStay + time.Second)
	if got := ask(); !strings.Contains(got, `"completed":false`) {
		t.Errorf("after their results are gone: got %s", got)
	}
}
