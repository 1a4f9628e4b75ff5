package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// TestMain fails when a test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// still is an engine that does nothing.
type still struct {
	snapshot func() (burnrate.Snapshot, bool)
	ready    error
}

func (e still) Snapshot() (burnrate.Snapshot, bool) { return e.snapshot() }
func (e still) Ready() error                        { return e.ready }

// shows is an engine that has measured everything.
func shows(s burnrate.Snapshot) still {
	return still{snapshot: func() (burnrate.Snapshot, bool) { return s, true }}
}

// starting is an engine that has not measured anything.
func starting() still {
	return still{
		snapshot: func() (burnrate.Snapshot, bool) { return burnrate.Snapshot{}, false },
		ready:    errors.New("the history of 312 of 672 indicators was not read yet"),
	}
}

// served starts a server, without what the options say and limits say nothing
// of, and returns its address and what it logs.
func served(t *testing.T, options Options) (url string, log *logged) {
	t.Helper()
	return servedWithin(t, options, usual())
}

func servedWithin(t *testing.T, options Options, limits limits) (url string, log *logged) {
	t.Helper()
	log = &logged{}
	s := serverOf(t, options, limits, log)
	httpServer := httptest.NewUnstartedServer(nil)
	httpServer.Config = s.httpServer()
	httpServer.Start()
	t.Cleanup(httpServer.Close)
	return httpServer.URL, log
}

func serverOf(t *testing.T, options Options, limits limits, log io.Writer) *Server {
	t.Helper()
	if options.Engine == nil {
		options.Engine = shows(fixture(t))
	}
	if options.Metrics == nil {
		options.Metrics = prometheus.NewRegistry()
	}
	options.Logger = slog.New(slog.NewTextHandler(log, nil))
	s, err := limited(options, limits)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// logged is a log that may be written and read at once.
type logged struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *logged) Write(line []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(line)
}

func (l *logged) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

// answer is what came of a request.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request on a connection of its own.
func ask(t *testing.T, method, url string, change func(*http.Request)) answer {
	t.Helper()
	a, err := try(t.Context(), &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}, method, url, change)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func try(ctx context.Context, client *http.Client, method, url string, change func(*http.Request)) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return answer{}, err
	}
	if change != nil {
		change(request)
	}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(body)}, err
}

const end = slo.Minute(29_500_000) // 2026-02-02T02:40:00Z

// fixture is a snapshot with every kind and every state of a budget in it.
func fixture(t *testing.T) burnrate.Snapshot {
	t.Helper()
	set := &slo.Set{}
	journeys := map[string]*slo.Journey{}
	counts := map[string]slo.Counts{}
	failures := map[string]error{}
	for _, s := range []struct {
		id, owner, objectives string
		counts                slo.Counts
		failure               error
	}{
		{"checkout/basket", "shop", "99.9% 28d, 99% 7d", slo.Counts{Total: 4_000_000, Bad: 2_500}, nil},
		{"checkout/pay", "payments", "99.95% 28d", slo.Counts{Total: 120_000, Bad: 12_000}, nil},
		{"login/password", "identity", "99% 28d", slo.Counts{Total: 5_000}, nil},
		{"login/token", "identity", "99% 28d", slo.Counts{}, errors.New("New Relic: NRQL Syntax Error")},
		{"mail", "shop", "99% 28d", slo.Counts{Total: 1_000, Bad: 9}, nil},
		{"receipts", "payments", "", slo.Counts{Total: 10}, nil},
	} {
		resolved := &slo.SLO{ID: s.id, Kind: slo.KindSLO, About: slo.About{Owner: s.owner}, Objectives: objectives(t, s.objectives)}
		if journey, name, isStep := strings.Cut(s.id, "/"); isStep {
			resolved.Kind = slo.KindStep
			if journeys[journey] == nil {
				journeys[journey] = &slo.Journey{ID: journey, About: slo.About{Owner: s.owner}, Compose: slo.Series, Objectives: objectives(t, "98% 28d")}
				set.Journeys = append(set.Journeys, journeys[journey])
			}
			journeys[journey].Steps = append(journeys[journey].Steps, slo.Step{Name: name, SLO: resolved})
		}
		set.SLOs = append(set.SLOs, resolved)
		counts[s.id], failures[s.id] = s.counts, s.failure
	}
	extents := map[string]slo.Span{}
	for id := range counts {
		extents[id] = slo.Span{Start: end - 28*24*60, End: end}
	}
	measured := map[string]burnrate.Measurement{}
	for id, cuts := range burnrate.Cuts(set, extents) {
		if failures[id] != nil || len(cuts) == 0 { // nothing is asked for without an objective
			measured[id] = burnrate.Measurement{End: end, Err: failures[id]}
			continue
		}
		rows := make([]burnrate.Row, len(cuts)-1)
		for i := range rows {
			rows[i].Measured = true
		}
		rows[0] = burnrate.Counted(counts[id])
		series, err := burnrate.NewSeries(extents[id], cuts, rows)
		if err != nil {
			t.Fatal(err)
		}
		measured[id] = burnrate.Measurement{Series: series, End: end}
	}
	s := burnrate.Evaluate(set, end.Time(), measured)
	s.Notices = []burnrate.Notice{{ID: "mail", Message: "no event was valid in the last day"}, {ID: "receipts", Message: "events may be sampled"}}
	return s
}

// objectives reads such as "99.9% 28d, 99% 7d".
func objectives(t *testing.T, text string) []slo.Objective {
	t.Helper()
	var list []slo.Objective
	for part := range strings.SplitSeq(text, ", ") {
		if part == "" {
			continue
		}
		targetText, windowText, _ := strings.Cut(part, " ")
		target, err := slo.ParseTarget(targetText)
		if err != nil {
			t.Fatal(err)
		}
		window, err := slo.ParseWindow(windowText)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, slo.Objective{Name: windowText, Target: target, Window: window})
	}
	return list
}
