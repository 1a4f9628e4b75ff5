package newrelic_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/nerdgraph"
	"github.com/slojourn/slojourn/internal/secret"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

var update = flag.Bool("update", false, "rewrite golden files")

// inProcess carries requests to a handler without a network, so that time is
// that of a bubble. It ends with the request's context, and where the handler
// breaks the connection off.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	answered := make(chan *http.Response, 1)
	go func() {
		w := httptest.NewRecorder()
		defer func() {
			response := w.Result()
			if recovered := recover(); recovered != nil {
				response.Body = io.NopCloser(io.MultiReader(response.Body, brokenOff{}))
			}
			answered <- response
		}()
		p.handler.ServeHTTP(w, r)
	}()
	select {
	case response := <-answered:
		return response, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// shop is an account with seven hours of events, and SLOs of it.
type shop struct {
	simulator *simulator.Simulator
	source    *newrelic.Source
	now       func() time.Time
	slos      []*slo.SLO
	cuts      []slo.Minute
}

// lastMinute is behind the events of a shop.
const lastMinute = firstMinute + 7*60

// openShop opens one whose clock begins with a minute.
func openShop(t *testing.T, clock slo.Minute) *shop {
	t.Helper()
	store := simulator.NewStore()
	begin, end := firstMinute, lastMinute
	add := func(eventType string, millis int64, n int) {
		attributes := []simulator.Attribute{
			{Name: "name", Value: simulator.String([]string{"pay", "search"}[n%2])}, {Name: "error", Value: simulator.Bool(n%50 == 0)},
			{Name: "duration", Value: simulator.Number(float64(n%10) / 10)},
		}
		if err := store.Add(eventType, millis, attributes...); err != nil {
			t.Fatal(err)
		}
	}
	for n := range int(end-begin) * 6 {
		add("Transaction", begin.Millis()+int64(n)*10_000, n)
		add("Log", begin.Millis()+int64(n)*10_000, n)
	}
	started := time.Now()
	s := &shop{now: func() time.Time { return clock.Time().Add(time.Since(started)) }}
	s.simulator = simulator.New(store, simulator.Options{Now: s.now})
	config := slo.NewRelic{AccountID: 1, Region: slo.US, QueryLag: slo.DefaultQueryLag, Retention: slo.Retention{Default: slo.DefaultRetention}}
	s.source = newrelic.New(config, nerdgraph.New(nerdgraph.Options{
		Endpoint: "http://nerdgraph.test/graphql", Key: secret.Of("NRAK-1"), Transport: inProcess{s.simulator},
	}), s.now)
	for id, sli := range map[string]slo.SLI{
		"pay":    {From: types("Transaction"), Where: plain("name = 'pay'"), Bad: plain("error IS TRUE")},
		"search": {From: types("Transaction"), Where: plain("name = 'search'"), Good: plain("duration < 0.8")},
		"slow":   {From: types("Transaction"), Slice: &slo.Slice{Every: diag.At(5*time.Minute, diag.Span{}), Value: plain("average(duration)"), Good: plain("value < 0.4")}},
		"logs":   {From: types("Log"), Bad: plain("error IS TRUE")},
	} {
		s.slos = append(s.slos, &slo.SLO{ID: id, SLI: sli})
	}
	slices.SortFunc(s.slos, func(a, b *slo.SLO) int { return strings.Compare(a.ID, b.ID) })
	s.cuts = []slo.Minute{end - 360, end - 60, end - 5, end}
	return s
}

func types(names ...string) []diag.Located[string] {
	var from []diag.Located[string]
	for _, name := range names {
		from = append(from, diag.At(name, diag.Span{}))
	}
	return from
}

func (s *shop) counts(t *testing.T) []sources.Answer {
	var requests []sources.Request
	for _, measured := range s.slos {
		requests = append(requests, sources.Request{SLO: measured, Cuts: s.cuts})
	}
	return s.source.Counts(t.Context(), requests)
}

func (s *shop) extents(t *testing.T) []sources.Extent {
	return s.source.Extents(t.Context(), s.now(), s.slos)
}

func (s *shop) inject(t *testing.T, faults string) {
	t.Helper()
	parsed, err := simulator.ParseFaults(faults)
	if err != nil {
		t.Fatal(err)
	}
	s.simulator.SetFaults(parsed)
}

// differences says how answers differ from the right ones, each with the SLOs
// it holds for.
func (s *shop) differences(right, got []sources.Answer) string {
	return s.grouped(func(i int) string {
		if got[i].Err != nil {
			return got[i].Err.Error()
		}
		text := ""
		for n, sum := range got[i].Sums {
			want := right[i].Sums[n]
			switch {
			case sum == want:
			case sum.Minutes < want.Minutes:
				text = "a gap where it is not known"
			case sum.Counts.Total < want.Counts.Total:
				text = "fewer events"
			case sum.Counts.Total > want.Counts.Total:
				text = "more events"
			default:
				text = "other events"
			}
		}
		return strings.Join(append(slices.DeleteFunc([]string{text}, func(s string) bool { return s == "" }), got[i].Notes...), "; ")
	})
}

func (s *shop) extentDifferences(right, got []sources.Extent) string {
	return s.grouped(func(i int) string {
		switch {
		case got[i].Err != nil:
			return got[i].Err.Error()
		case got[i].Never:
			return "there never was an event"
		case got[i].Span.Start != right[i].Span.Start:
			return "begins later"
		}
		return ""
	})
}

func (s *shop) grouped(what func(i int) string) string {
	var texts []string
	ids := map[string][]string{}
	for i, measured := range s.slos {
		text := what(i)
		if ids[text] == nil {
			texts = append(texts, text)
		}
		ids[text] = append(ids[text], measured.ID)
	}
	slices.Sort(texts)
	var parts []string
	for _, text := range texts {
		if text == "" {
			text = "right"
		} else {
			text = fmt.Sprintf("%s: %s", strings.Join(ids[text], ", "), text)
		}
		parts = append(parts, text)
	}
	if len(texts) == 1 && texts[0] != "" {
		return "all: " + texts[0]
	}
	return strings.Join(parts, "; ")
}

// TestFaults lets everything go wrong that the simulator knows, and writes down
// what becomes of the calls: while it goes on, when it happens once, and
// afterwards, when everything has to be right again.
func TestFaults(t *testing.T) {
	t.Parallel()
	values := map[string]string{
		"slow": "slow=5m", "skew": "skew=90s", "forbidden-account": "forbidden-account=1", "inspected-limit": "inspected-limit=1000",
		"beyond-retention": "beyond-retention=5h", "sampled": "sampled=0.5", "late": "late=Log:50%:20m", "partial": "partial=q0",
		"rename": "rename=Transaction.name>operation@2026-03-04T12:00:00Z",
	}
	var table strings.Builder
	for _, kind := range simulator.FaultKinds() {
		fault := values[kind.Name]
		if fault == "" {
			fault = kind.Name
		}
		synctest.Test(t, func(t *testing.T) {
			s := openShop(t, lastMinute+3)
			right, rightExtents := s.counts(t), s.extents(t)
			for _, answer := range right {
				if answer.Err != nil {
					t.Fatal(answer.Err)
				}
			}
			fmt.Fprintf(&table, "%s\n  %s\n", fault, kind.Help)
			s.inject(t, fault)
			fmt.Fprintf(&table, "  counts:    %s\n", s.differences(right, s.counts(t)))
			fmt.Fprintf(&table, "  extents:   %s\n", s.extentDifferences(rightExtents, s.extents(t)))
			time.Sleep(time.Hour) // what was refused is asked again, and budgets are full
			s.inject(t, fault+";times=1")
			fmt.Fprintf(&table, "  once:      %s\n", s.differences(right, s.counts(t)))
			s.inject(t, "")
			time.Sleep(time.Hour)
			afterwards := s.differences(right, s.counts(t))
			fmt.Fprintf(&table, "  afterwards: %s\n\n", afterwards)
			if afterwards != "right" {
				t.Errorf("after %s: %s", fault, afterwards)
			}
			for _, extent := range s.extents(t) {
				if extent.Err != nil {
					t.Errorf("after %s: %v", fault, extent.Err)
				}
			}
		})
	}
	compareGolden(t, "testdata/faults.golden", table.String())
}

func compareGolden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
