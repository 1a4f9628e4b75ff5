//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// crashes returns how often something is killed: $CRASHES, or a few times.
func crashes(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("CRASHES"))
	if err != nil {
		return 3
	}
	return n
}

// traffics are seven days of events of two types, up to an hour from now, and what
// three SLOs count of them.
type traffics struct {
	store *simulator.Store
	begin slo.Minute
	sums  [][3]slo.Counts
}

const killedSpecs = `apiVersion: slojourn/v1
kind: Team
metadata: {name: shop}
spec: {contact: "#shop"}
---
apiVersion: slojourn/v1
kind: Source
metadata: {name: newrelic, owner: shop}
spec: {newRelic: {accountId: 7, apiKey: {env: SLOJOURN_KEY}, endpoint: %s/graphql}}
---
apiVersion: slojourn/v1
kind: Defaults
spec: {window: 1d}
---
apiVersion: slojourn/v1
kind: SLO
metadata: {name: pay, owner: shop}
spec: {objective: 99%%, sli: {from: Transaction, where: name = 'pay', bad: error IS TRUE}}
---
apiVersion: slojourn/v1
kind: SLO
metadata: {name: search, owner: shop}
spec: {objective: 99%%, sli: {from: Transaction, where: name = 'search', bad: error IS TRUE}}
---
apiVersion: slojourn/v1
kind: SLO
metadata: {name: view, owner: shop}
spec: {objective: 99%%, sli: {from: PageView, bad: duration > 1}}
`

// newTraffics makes them. An event arrives up to a minute and a half late, and every
// type has its first one in the first minute.
func newTraffics(t *testing.T, random *rand.Rand, now time.Time) *traffics {
	t.Helper()
	last := slo.MinuteAt(now) + 60
	tr := &traffics{store: simulator.NewStore(), begin: slo.MinuteAt(now) - 7*24*60}
	for m := tr.begin; m < last; m++ {
		var sums [3]slo.Counts
		for n := range random.IntN(6) + 3 {
			k := random.IntN(3)
			if m == tr.begin { // the first minute has events of every type
				k = n % 3
			}
			bad := random.IntN(5) == 0
			at := m.Millis() + random.Int64N(60_000)
			kind, attributes := "Transaction", []simulator.Attribute{
				{Name: "name", Value: simulator.String([]string{"pay", "search"}[k%2])}, {Name: "error", Value: simulator.Bool(bad)},
			}
			if k == 2 {
				kind, attributes = "PageView", []simulator.Attribute{{Name: "duration", Value: simulator.Number(map[bool]float64{true: 2, false: 0.5}[bad])}}
			}
			if err := tr.store.AddArriving(kind, at, at+random.Int64N(90_000), attributes...); err != nil {
				t.Fatal(err)
			}
			if sums[k].Total++; bad {
				sums[k].Bad++
			}
		}
		tr.sums = append(tr.sums, sums)
	}
	return tr
}

// TestServeKilled kills serve again and again, mostly while it fills in the history.
// What it leaves behind is whole each time, and in the end every minute is kept as
// it happened.
func TestServeKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it runs other processes, in which the race detector sees little")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	truth := newTraffics(t, random, time.Now())
	server := httptest.NewServer(simulator.New(truth.store, simulator.Options{NoLimits: true, Latency: 80 * time.Millisecond}))
	defer server.Close()
	specs, data := filepath.Join(t.TempDir(), "specs.yaml"), filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(specs, []byte(fmt.Sprintf(killedSpecs, server.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	for n := range crashes(t) {
		s := startServe(t, data, specs)
		time.Sleep(time.Duration(random.Int64N(int64(1200 * time.Millisecond)))) // anything may be under way
		if err := s.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		s.end()
		if info, err := os.Stat(filepath.Join(data, "ledger.db")); err != nil || info.Size() == 0 {
			continue // it had not begun
		}
		if code, stdout, stderr := command(t, "ledger", "check", "--data-dir", data); code != 0 {
			t.Fatalf("after %d kills: exit code %d\n%s%s", n+1, code, stdout, stderr)
		}
	}
	s := startServe(t, data, specs)
	s.complete(t)
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.end(); err != nil {
		t.Fatalf("%v\n%s", err, s.log.String())
	}
	truth.compare(t, data, specs)
}

// killable is a process of serve.
type killable struct {
	cmd    *exec.Cmd
	stderr *bufio.Reader
	log    strings.Builder
}

func startServe(t *testing.T, data, specs string) *killable {
	t.Helper()
	cmd := exec.Command("slojourn", "serve", "--listen", "127.0.0.1:0", "--data-dir", data, specs)
	cmd.Env = append(os.Environ(), "SLOJOURN_KEY=NRAK-1")
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() }) //nolint:errcheck // it may have ended
	return &killable{cmd: cmd, stderr: bufio.NewReader(stderr)}
}

// end waits for the process and returns how it ended.
func (s *killable) end() error {
	io.Copy(&s.log, s.stderr) //nolint:errcheck // it ends with the process
	return s.cmd.Wait()
}

// complete waits until nothing of the history is missing.
func (s *killable) complete(t *testing.T) {
	t.Helper()
	var address string
	for address == "" {
		line, err := s.stderr.ReadString('\n')
		if s.log.WriteString(line); err != nil {
			t.Fatalf("it ended: %s", s.log.String())
		}
		if _, after, found := strings.Cut(line, `msg="Listening on" address=`); found {
			address = strings.TrimSpace(after)
		}
	}
	for range 600 {
		body := ""
		if response, err := http.Get("http://" + address + "/metrics"); err == nil { //nolint:noctx // a test
			all, _ := io.ReadAll(response.Body) //nolint:errcheck // it is read again
			response.Body.Close()               //nolint:errcheck // only read from
			body = string(all)
		}
		if strings.Contains(body, "\nslojourn_rows_missing 0\n") && strings.Contains(body, "slojourn_indicators{state=\"fresh\"} 3\n") {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Fatal("the history is not there after two minutes")
}

// compare holds what is kept against what happened.
func (tr *traffics) compare(t *testing.T, data, specs string) {
	t.Helper()
	if code, stdout, stderr := command(t, "ledger", "check", "--data-dir", data); code != 0 {
		t.Errorf("in the end: exit code %d\n%s%s", code, stdout, stderr)
	}
	result, err := load.Load([]string{specs}, nil, newrelic.Key, newrelic.Check)
	if err != nil || result.Findings.Failed() {
		t.Fatal(err, result.Findings)
	}
	var ids []slo.IndicatorID
	for _, s := range result.Set.SLOs {
		ids = append(ids, s.Indicator)
	}
	reader, err := ledger.OpenReader(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // only read from
	rows := map[slo.Minute][]burnrate.Row{}
	last := slo.Minute(0)
	for record, err := range reader.Minutes(t.Context(), ids, slo.Span{Start: tr.begin, End: tr.begin + slo.Minute(len(tr.sums))}) {
		if err != nil {
			t.Fatal(err)
		}
		if rows[record.Minute] = slices.Clone(record.Rows); record.Rows[0].Measured {
			last = record.Minute
		}
	}
	if missing := tr.begin + slo.Minute(len(tr.sums)) - 60 - last; missing > 10 {
		t.Errorf("the last %d minutes are not kept", missing)
	}
	wrong := 0
	for m := tr.begin + 1; m <= last; m++ { // the first one begins with its first event
		for k, s := range result.Set.SLOs {
			want := burnrate.Counted(tr.sums[m-tr.begin][slices.Index([]string{"pay", "search", "view"}, s.ID)])
			if rows[m] == nil || rows[m][k] != want {
				if wrong++; wrong <= 5 {
					t.Errorf("%s at %v: %+v is kept, and %+v happened", s.ID, m.Time(), rows[m], want)
				}
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d minutes are wrong", wrong, 3*int(last-tr.begin))
	}
}
