package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/burnrate/lineage"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/server"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// olderSpecs are what the server of a test began with. It goes on with newerSpecs,
// which measure pay otherwise, and begin anew with scan.
const olderSpecs = `apiVersion: slojourn/v1
kind: Source
metadata: {name: newrelic}
spec: {newRelic: {accountId: 1, apiKey: {env: NEW_RELIC_API_KEY}}}
---
apiVersion: slojourn/v1
kind: Team
metadata: {name: shop}
---
apiVersion: slojourn/v1
kind: Journey
metadata: {name: buy, owner: shop}
spec:
  objectives: [{target: 98%, window: 3d, alerts: paging}]
  steps:
    - name: find
      objectives: [{target: 99%, window: 2d}, {target: 99%, window: week, timeZone: Asia/Tokyo}]
      sli: {from: Search, bad: error IS TRUE}
    - name: pay
      objectives: [{target: 99.5%, window: 3d}]
      sli: {from: Transaction, where: name = 'pay', bad: error IS TRUE}
    - name: scan
      objectives: [{target: 99%, window: 1d}]
      sli: {from: Transaction, where: name = 'scan', bad: error IS TRUE}
---
apiVersion: slojourn/v1
kind: SLO
metadata: {name: other, owner: shop}
spec:
  objectives: [{target: 99%, window: 28d}]
  sli: {from: Other, bad: error IS TRUE}
`

func newerSpecs() string {
	return strings.NewReplacer(
		"where: name = 'pay', bad: error IS TRUE", "where: name = 'pay', bad: error IS TRUE, count: sum(items)",
		"where: name = 'scan', bad: error IS TRUE}", "where: name = 'scan', bad: duration > 2}\n      history: {mode: restart, reason: another scanner}",
	).Replace(olderSpecs)
}

func servedSet(t *testing.T, specs string) *slo.Set {
	t.Helper()
	result, err := load.Load([]string{"-"}, strings.NewReader(specs), newrelic.Key, newrelic.Check)
	if err != nil || result.Findings.Failed() {
		t.Fatal(err, result.Findings)
	}
	return result.Set
}

// livedThrough makes the ledger of a server that has measured older specs and then
// newer ones, up to now, whose oldest days are quarter-hours by now.
func livedThrough(t *testing.T, now time.Time) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "data"), ledger.Options{Minutes: 10 * 24 * time.Hour, Witnesses: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() }) //nolint:errcheck // only read from
	end := slo.MinuteAt(now)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same every time
	commit := func(at slo.Minute, tick burnrate.Tick) {
		t.Helper()
		tick.At = at.Time()
		if err := l.Commit(t.Context(), tick); err != nil {
			t.Fatal(err)
		}
	}
	adopt := func(set *slo.Set, at slo.Minute) {
		t.Helper()
		kept, err := l.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		entries, _, err := lineage.Adopt(kept, set, lineage.Always(at))
		if err != nil {
			t.Fatal(err)
		}
		commit(at, burnrate.Tick{Entries: append(entries, burnrate.Entry{Kind: "alert", Key: "buy/pay", Value: []byte("secret")}, burnrate.Entry{Kind: "outbox", Key: "1", Value: []byte("secret")})})
	}
	measure := func(set *slo.Set, span slo.Span) {
		t.Helper()
		batch := burnrate.Batch{}
		for _, m := range set.Measured() {
			batch.Indicators = append(batch.Indicators, m.Indicator)
		}
		for m := span.Start; m < span.End; m++ {
			record := burnrate.Record{Minute: m}
			for range batch.Indicators {
				total := 50 + random.Int64N(50)
				record.Rows = append(record.Rows, burnrate.Counted(slo.Counts{Total: total, Bad: total * random.Int64N(6) / 100}))
			}
			batch.Records = append(batch.Records, record)
		}
		commit(span.End, burnrate.Tick{Measured: []burnrate.Batch{batch}})
	}
	older, newer := servedSet(t, olderSpecs), servedSet(t, newerSpecs())
	const day = 24 * 60
	begin, seam := end-24*day, end-2*day-123
	adopt(older, begin)
	for start := begin; start < seam; start += day {
		measure(older, slo.Span{Start: start, End: min(start+day, seam)})
	}
	adopt(newer, seam)
	measure(newer, slo.Span{Start: seam, End: end - 3})
	hour := slo.Counts{Total: 1000, Bad: 7}
	coarse := burnrate.Tick{}
	for _, m := range older.Measured() {
		coarse.Coarse = append(coarse.Coarse, burnrate.Coarse{Indicator: m.Indicator, Hour: begin.Floor(60) - 60, Sum: burnrate.Sum{Counts: hour, Rows: hour, Minutes: 60}})
	}
	commit(end, coarse)
	if did, err := l.Maintain(t.Context(), now); err != nil || did.Packed == 0 || did.Retired == 0 {
		t.Fatalf("%+v, %v", did, err)
	}
	return l
}

// giving has the real server give away a ledger.
func giving(t *testing.T, l *ledger.Ledger) *remote {
	t.Helper()
	history := newArchive()
	history.open(l)
	gives, err := server.New(server.Options{Engine: shown(oneSLO()), Metrics: prometheus.NewRegistry(), Ledger: history})
	if err != nil {
		t.Fatal(err)
	}
	address := httptest.NewServer(gives)
	t.Cleanup(address.Close)
	return &remote{address: address.URL}
}

// replayedBy returns what a replay sees in some minutes by the ledger in a folder.
func replayedBy(t *testing.T, book *ledger.Reader, set *slo.Set, from, to time.Time) []burnrate.Snapshot {
	t.Helper()
	pinned, err := book.Pinned(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer pinned.Close() //nolint:errcheck // only read from
	var seen []burnrate.Snapshot
	replay := engine.Replay{Set: set, Records: pinned, Lag: lagOf, From: from, To: to}
	if err := replay.Run(t.Context(), func(s burnrate.Snapshot) error { seen = append(seen, keptOf(s)); return nil }); err != nil {
		t.Fatal(err)
	}
	return seen
}

// keptOf copies a snapshot whose memory is used again.
func keptOf(s burnrate.Snapshot) burnrate.Snapshot {
	s.Statuses = slices.Clone(s.Statuses)
	for i := range s.Statuses {
		objectives := slices.Clone(s.Statuses[i].Objectives)
		for k := range objectives {
			o := &objectives[k]
			o.Burn, o.Tiers, o.Traffic, o.Shares = slices.Clone(o.Burn), slices.Clone(o.Tiers), slices.Clone(o.Traffic), slices.Clone(o.Shares)
		}
		s.Statuses[i].Objectives = objectives
	}
	return s
}

// TestFetchLedger replays the same from what the server gives away as from its own
// ledger, over a splice and a restart, whichever specs it is asked for
// and however little it has to send.
func TestFetchLedger(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	l := livedThrough(t, now)
	asked := giving(t, l)
	env := environment{now: func() time.Time { return now.Add(time.Hour) }, getenv: func(string) string { return "" }}
	changed := strings.Replace(newerSpecs(), "from: Search,", "from: Search, where: name = 'new',", 1)
	loosened := strings.NewReplacer("99.5%", "97%", "window: 3d", "window: 1d").Replace(newerSpecs())
	renamed := strings.NewReplacer("name: other,", "name: another, renamedFrom: [other],", "from: Other", "from: Another").Replace(newerSpecs())
	added := strings.Replace(newerSpecs(), "name: other,", "name: another,", 1)
	var all int64
	for n, test := range []struct {
		name, specs string
		back        time.Duration // of from before now
		whole       bool          // is asked for, and not only what is needed
	}{
		{"all of it", newerSpecs(), 3 * 24 * time.Hour, true},
		{"the same specs", newerSpecs(), 3 * 24 * time.Hour, false},
		{"a day", newerSpecs(), 24 * time.Hour, false},
		{"over what was retired", newerSpecs(), 12*24*time.Hour + 7*time.Minute, false},
		{"an SLI that nobody measures", changed, time.Hour, false},
		{"other targets", loosened, time.Hour, false},
		{"another name, and another SLI with it", renamed, time.Hour, false},
		{"another name that says nothing of the former one", added, time.Hour, false},
	} {
		if testing.Short() && n > 1 {
			break // the others differ in what is asked for, not in what is done at once
		}
		set := servedSet(t, test.specs)
		from, to := now.Add(-test.back), now.Add(-test.back).Add(45*time.Minute)
		first, last := from, to
		if test.whole {
			first, last = time.Time{}, time.Time{}
		}
		var received int64
		dir, remove, err := fetchLedger(t.Context(), env, asked, "", []*slo.Set{set}, first, last, func(n int64) { received = n })
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if all = max(all, received); received < 100 || !test.whole && received >= all {
			t.Errorf("%s: %d bytes are received, all are %d", test.name, received, all)
		}
		reader, err := ledger.OpenReader(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		want, got := replayedBy(t, l.Reader, set, from, to), replayedBy(t, reader, set, from, to)
		if len(got) != 46 {
			t.Errorf("%s: %d snapshots", test.name, len(got))
		}
		for n := range want {
			if !reflect.DeepEqual(want[n], got[n]) {
				t.Errorf("%s: at %s by the server's own ledger and by what it gives away:\n%s", test.name, want[n].At, notTheSame(want[n], got[n]))
				break
			}
		}
		holdsLineages(t, test.name, reader)
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
		remove()
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: the folder is left", test.name)
		}
	}
}

// notTheSame shows what is not the same in two snapshots.
func notTheSame(a, b burnrate.Snapshot) string {
	for n, s := range a.Statuses {
		if len(b.Statuses) != len(a.Statuses) || !reflect.DeepEqual(s, b.Statuses[n]) {
			return fmt.Sprintf("%+v\n%+v", s, b.Statuses[n])
		}
	}
	a.Statuses, b.Statuses = nil, nil
	return fmt.Sprintf("%+v\n%+v", a, b)
}

// holdsLineages wants nothing else in what was given away than lineages.
func holdsLineages(t *testing.T, name string, r *ledger.Reader) {
	t.Helper()
	kept, err := r.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, e := range kept.Entries {
		if e.Kind != lineage.Kind {
			t.Errorf("%s: an entry %s %s is given away", name, e.Kind, e.Key)
		}
		keys = append(keys, e.Key)
	}
	if !slices.Contains(keys, "buy/pay") || !slices.Contains(keys, "buy/find") {
		t.Errorf("%s: the lineages are of %v", name, keys)
	}
}

// TestFetchLedgerAsks for what is measured, under all its names, and for no more time
// than matters.
func TestFetchLedgerAsks(t *testing.T) {
	t.Parallel()
	set := servedSet(t, strings.Replace(newerSpecs(), "name: other,", "name: another, renamedFrom: [former],", 1))
	from := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	query := historyOf([]*slo.Set{set, servedSet(t, olderSpecs)}, from, from.Add(90*time.Second))
	if diff := cmp.Diff([]string{"another", "buy/find", "buy/pay", "buy/scan", "former", "other"}, query["id"]); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	if n := len(query["indicator"]); n != 6 {
		t.Errorf("it asks for %d indicators", n)
	}
	// Windows of 28 days reach further back than the two weeks that policies look at.
	if query.Get("from") != "2026-10-25T00:00:00Z" || query.Get("to") != "2026-11-22T09:01:00Z" {
		t.Errorf("from %s to %s", query.Get("from"), query.Get("to"))
	}
	short := servedSet(t, strings.NewReplacer(", {target: 99%, window: week, timeZone: Asia/Tokyo}", "", "window: 28d", "window: 3d").Replace(olderSpecs))
	if got := reachOf([]*slo.Set{short}, from); got.Time().Format(time.DateTime) != "2026-11-08 00:00:00" {
		t.Errorf("with a policy it reaches back to %s", got.Time())
	}
	if query := historyOf([]*slo.Set{set}, time.Time{}, time.Time{}); query.Has("from") || query.Has("to") {
		t.Errorf("without a time it asks from %s to %s", query.Get("from"), query.Get("to"))
	}
}

// TestFetchLedgerFails says why, and leaves nothing behind.
func TestFetchLedgerFails(t *testing.T) { //nolint:paralleltest // the place of temporary folders is the process's
	t.Setenv("TMPDIR", t.TempDir())
	const lines = `{"schema":"slojourn.ledger/v1","commits":2,"at":"2026-11-22T09:00:00Z"}
{"type":"indicator","indicator":"a","since":"2026-11-22T08:58:00Z"}
{"type":"minute","minute":"2026-11-22T08:58:00Z","indicator":"a","total":1,"bad":0}
`
	plain := func(status int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	if _, err := io.WriteString(zip, lines+`{"type":"end","lines":3}`); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	set := servedSet(t, olderSpecs)
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		want    string // "" when it is good
	}{
		"whole":        {plain(200, "application/x-ndjson", lines+`{"type":"end","lines":3}`), ""},
		"gzipped":      {plain(200, "application/x-ndjson", zipped.String()), ""},
		"older":        {plain(404, "application/json", `{"errors":[{"message":"there is nothing at this path"}]}`), "ask ADDRESS/api/v1/ledger: 404 Not Found: is it slojourn serve, and as new as this program? One that is older has no history to give away: upgrade it, or copy its ledger (slojourn ledger backup) and use --data-dir"},
		"busy":         {plain(503, "application/json", `{"errors":[{"message":"another is being answered; ask again later"}]}`), "503 Service Unavailable: another is being answered; ask again later"},
		"no password":  {plain(401, "text/plain", "Unauthorized"), "401 Unauthorized: --user and --password-from name who asks"},
		"a page":       {plain(200, "text/html", "<html>"), "ADDRESS/api/v1/ledger does not answer as slojourn serve does: line 1: the line is not a JSON object"},
		"newer":        {plain(200, "text/html", `{"schema":"slojourn.ledger/v2"}`), `does not answer as slojourn serve does: line 1: the schema is "slojourn.ledger/v2"`},
		"no end":       {plain(200, "application/x-ndjson", lines), `is missing: the file was cut off`},
		"a line less":  {plain(200, "application/x-ndjson", lines+`{"type":"end","lines":4}`), "lines is 4, and the number of lines above is 3"},
		"half gzipped": {plain(200, "application/x-ndjson", zipped.String()[:zipped.Len()-12]), "the compressed file was cut off"},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100000")
			fmt.Fprint(w, lines)
		}, "ask ADDRESS/api/v1/ledger: the answer broke off: unexpected EOF; the log of slojourn serve says why"},
		"nothing": {plain(200, "application/x-ndjson", `{"schema":"slojourn.ledger/v1","commits":2,"at":"2026-11-22T09:00:00Z"}`+"\n"+`{"type":"end","lines":1}`), "ADDRESS/api/v1/ledger has no history of what these specs measure: does that serve measure them?"},
	} {
		address := httptest.NewServer(test.handler)
		s := shop{now: oneSLO().At}
		env, _, _ := s.environment()
		dir, remove, err := fetchLedger(t.Context(), env, &remote{address: address.URL}, "", []*slo.Set{set}, time.Time{}, time.Time{}, nil)
		address.Close()
		if err == nil {
			if _, missing := os.Stat(filepath.Join(dir, "ledger.db")); missing != nil {
				t.Errorf("%s: %v", name, missing)
			}
			remove()
		}
		if want := strings.ReplaceAll(test.want, "ADDRESS", address.URL); (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || codeOf(err) != exitFailed) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
		if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left behind, %v", name, left, err)
		}
	}
}

// TestFetchLedgerIsInterrupted while it waits, and leaves nothing behind.
func TestFetchLedgerIsInterrupted(t *testing.T) { //nolint:paralleltest // the place of temporary folders is the process's
	t.Setenv("TMPDIR", t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	address := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, `{"schema":"slojourn.ledger/v1","commits":2,"at":"2026-11-22T09:00:00Z"}`)
		http.NewResponseController(w).Flush() //nolint:errcheck // whether it comes or not
		cancel()
		<-r.Context().Done()
	}))
	defer address.Close()
	s := shop{now: oneSLO().At}
	env, _, _ := s.environment()
	_, _, err := fetchLedger(ctx, env, &remote{address: address.URL}, "", []*slo.Set{servedSet(t, olderSpecs)}, time.Time{}, time.Time{}, nil)
	if err == nil || err.Error() != "interrupted" || codeOf(err) != exitFailed {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("%v is left behind, %v", left, err)
	}
}

// TestFetchLedgerHasPatience for a while, before and within an answer.
func TestFetchLedgerHasPatience(t *testing.T) {
	t.Parallel()
	for _, begins := range []bool{false, true} {
		address := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(io.Discard, r.Body); err != nil { // else it is not noticed that the client is gone
				t.Error(err)
			}
			if begins {
				fmt.Fprintln(w, `{"schema":"slojourn.ledger/v1","commits":2,"at":"2026-11-22T09:00:00Z"}`)
				http.NewResponseController(w).Flush() //nolint:errcheck // whether it comes or not
			}
			<-r.Context().Done()
		}))
		env, _, _ := (&shop{now: oneSLO().At}).environment()
		err := (&remote{address: address.URL}).takeHistory(t.Context(), env, "", nil, t.TempDir(), 20*time.Millisecond, nil)
		address.Close()
		if want := "ask " + address.URL + "/api/v1/ledger: nothing has come for 20ms"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestServeGivesHistory asks a real serve, which reads another file than is named
// here, and stops while nobody takes what it sends.
func TestServeGivesHistory(t *testing.T) {
	t.Parallel()
	specs := fileSpecs(t, "pay", "scan")
	s := serveFiles(t, "--data-dir", filepath.Join(t.TempDir(), "data"), specs)
	s.ready()
	s.logs("all history is there")
	code, body := s.ask("POST", "/api/v1/ledger?id=pay")
	if code != 200 || strings.Count(body, `"type":"minute"`) != 120 || strings.Count(body, `"type":"indicator"`) != 1 ||
		strings.Count(body, `"type":"entry","kind":"slo","key":"pay"`) != 1 || strings.Count(body, `"type":"entry"`) != 1 {
		t.Errorf("%d %s", code, body)
	}
	result, err := load.Load([]string{fileSpecs(t, "pay", "scan")}, strings.NewReader(""), newrelic.Key, newrelic.Check)
	if err != nil || result.Findings.Failed() {
		t.Fatal(err, result.Findings)
	}
	env, _, _ := (&shop{now: oneSLO().At}).environment()
	dir, remove, err := fetchLedger(t.Context(), env, &remote{address: s.url}, "", []*slo.Set{result.Set}, time.Time{}, time.Time{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	reader, err := ledger.OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // only read from
	if kept, err := reader.State(t.Context()); err != nil || len(kept.Since) != 2 || len(kept.Entries) != 2 {
		t.Errorf("%+v, %v", kept, err)
	}
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// TestArchiveCloses ends what is being exported, and waits for it.
func TestArchiveCloses(t *testing.T) {
	t.Parallel()
	a := newArchive()
	a.open(livedThrough(t, time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)))
	closed := make(chan struct{})
	writes := 0
	err := a.Export(t.Context(), writing(func() {
		if writes++; writes == 1 {
			go func() { a.close(); close(closed) }()
			<-a.ended
		}
		for range 1000 { // a.close has much time
			runtime.Gosched()
		}
		select {
		case <-closed:
			t.Error("the ledger could be closed while it is read")
		default:
		}
	}), server.History{IDs: []string{"*"}})
	if err == nil || err.Error() != "slojourn was told to stop" {
		t.Errorf("got %v", err)
	}
	<-closed
	if err := a.Export(t.Context(), io.Discard, server.History{IDs: []string{"*"}}); err == nil || err.Error() != "slojourn was told to stop" {
		t.Errorf("afterwards: %v", err)
	}
}

// writing calls a function for each piece that is written.
type writing func()

func (w writing) Write(data []byte) (int, error) {
	w()
	return len(data), nil
}

// codeOf is the exit code that an error ends a command with, 0 where it has none.
func codeOf(err error) int {
	if exit, ok := errors.AsType[*exitError](err); ok {
		return exit.code
	}
	return 0
}

// TestBacktestOfAServer says the same of what a server gives away as of its ledger, of
// specs that the server has, and of others.
func TestBacktestOfAServer(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	data := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(data, os.DirFS(told(t))); err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), data, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // only read from
	asked := giving(t, l)
	for _, args := range [][]string{
		{alertSpecs},
		{"-o", "json", "--slo", "barcode-payment", alertSpecs},
		{"--target", "barcode-payment/*=99.5%", alertSpecs},
	} {
		_, want, warned := execute(t.Context(), strings.NewReader(""), append([]string{"backtest", "--data-dir", data}, args...)...)
		code, got, stderr := execute(t.Context(), strings.NewReader(""), append([]string{"backtest", "--server", asked.address}, args...)...)
		if diff := cmp.Diff(want, got); code != 0 || stderr != warned || diff != "" || !strings.Contains(got, "barcode-payment") {
			t.Errorf("%v: exit code %d, stderr %q (-ledger +server):\n%s", args, code, stderr, diff)
		}
	}
	code, stdout, stderr := execute(t.Context(), strings.NewReader(""), "backtest", "--server", asked.address+"/elsewhere", alertSpecs)
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "upgrade it") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}
