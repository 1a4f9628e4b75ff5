package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/sources/newrelic"
)

const agedSpec = `apiVersion: slojourn/v1
kind: Source
metadata: {name: counts}
spec: {file: {path: counts.csv}}
---
{apiVersion: slojourn/v1, kind: Team, metadata: {name: shop}}
---
apiVersion: slojourn/v1
kind: SLO
metadata: {name: pay, owner: shop}
spec:
  objective: {target: 99%, window: WINDOW, alerts: POLICY}
  sli: {from: Pay, bad: failed IS TRUE}
`

// agedSpecs writes specs of one SLO with a window and a policy, and the rows of its file.
func agedSpecs(t *testing.T, window, policy, rows string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"pay.yaml": strings.NewReplacer("WINDOW", window, "POLICY", policy).Replace(agedSpec), "counts.csv": "minute,id,total,bad\n" + rows} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "pay.yaml")
}

// agedLedger imports 10 events a minute of what specs measure: quarter-hours of 8 days,
// in which everything is bad for six hours, and then so many days of minutes.
func agedLedger(t *testing.T, specs string, days int) string {
	t.Helper()
	result, err := load.Load([]string{specs}, strings.NewReader(""), newrelic.Key, newrelic.Check)
	if err != nil || result.Findings.Failed() {
		t.Fatal(err, result.Findings)
	}
	id := result.Set.Measured()[0].Indicator
	begin := time.Date(2026, 11, 12, 0, 0, 0, 0, time.UTC)
	first := begin.AddDate(0, 0, 8)
	end := first.AddDate(0, 0, days)
	outage := begin.AddDate(0, 0, 6).Add(3 * time.Hour)
	var lines strings.Builder
	fmt.Fprintf(&lines, "{%q:%q,%q:%q}\n", "schema", "slojourn.ledger/v1", "at", end.Format(time.RFC3339))
	for at := first; at.Before(end); at = at.Add(time.Minute) {
		fmt.Fprintf(&lines, `{"type":"minute","minute":%q,"indicator":%q,"total":10,"bad":0}`+"\n", at.Format(time.RFC3339), id)
	}
	for at := begin; at.Before(first); at = at.Add(15 * time.Minute) {
		bad := 0
		if !at.Before(outage) && at.Before(outage.Add(6*time.Hour)) {
			bad = 150
		}
		fmt.Fprintf(&lines, `{"type":"quarter","quarter":%q,"indicator":%q,"total":150,"bad":%d}`+"\n", at.Format(time.RFC3339), id, bad)
	}
	lines.WriteString(`{"type":"end"}` + "\n")
	file, data := filepath.Join(t.TempDir(), "history.ndjson"), filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := execute(t.Context(), strings.NewReader(""), "ledger", "import", "--data-dir", data, file); code != 0 {
		t.Fatal(stderr)
	}
	return data
}

// spentBy is what a backtest says of the first of its objectives.
type spentBy struct {
	From, To  string
	Total     int64
	Bad       int64
	Consumed  float64 `json:"budgetConsumed"`
	Remaining []struct {
		At        string
		Remaining float64
	}
}

func backtested(t *testing.T, args ...string) spentBy {
	t.Helper()
	code, stdout, stderr := execute(t.Context(), strings.NewReader(""), append([]string{"backtest", "-o", "json"}, args...)...)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	var doc struct {
		From, To string
		Runs     []struct{ Objectives []spentBy }
	}
	if err := json.Unmarshal([]byte(stdout), &doc); err != nil {
		t.Fatal(err)
	}
	said := doc.Runs[0].Objectives[0]
	said.From, said.To = doc.From, doc.To
	return said
}

// TestBacktestBehindQuarters has what is kept as quarter-hours leave windows as minutes
// do, and begins where minutes do.
func TestBacktestBehindQuarters(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	specs := agedSpecs(t, "3d", "paging-1d", "")
	data := agedLedger(t, specs, 3)
	said := backtested(t, "--data-dir", data, specs)
	if said.From != "2026-11-20T00:00:00Z" || said.To != "2026-11-23T00:00:00Z" || said.Total != 3*1440*10 || said.Bad != 0 || said.Consumed != 0 {
		t.Errorf("3 days of 10 events a minute are %+v", said)
	}
	// 3,600 bad of 43,200 events, of which 1 % may be, are 8.33 budgets.
	if r := said.Remaining; r[0].Remaining != -7.33333333333 || r[len(r)-1].Remaining != 1 {
		t.Errorf("remaining: %v", r)
	}
	// The outage is halfway out of the window: 1,800 bad.
	half := backtested(t, "--data-dir", data, "--from", "2026-11-20T03:07:00Z", "--to", "2026-11-21T06:00:00Z", specs)
	if half.Total != 43200 || half.Bad != 1800 {
		t.Errorf("the window ends with %+v", half)
	}
	for from, want := range map[string]string{
		"2026-11-19T23:59:00Z": "slojourn: --from 2026-11-19T23:59Z is before the first minute that is kept, 2026-11-20T00:00Z: what is older is kept as quarter-hours, which say nothing of short windows\n",
		"2026-10-01T00:00:00Z": "slojourn: --from 2026-10-01T00:00Z is before the first minute that is kept, 2026-11-20T00:00Z: what is older is kept as quarter-hours, which say nothing of short windows\n",
	} {
		code, stdout, stderr := execute(t.Context(), strings.NewReader(""), "backtest", "--data-dir", data, "--from", from, specs)
		if code != exitUsage || stdout != "" || stderr != want {
			t.Errorf("--from %s: exit code %d, %q", from, code, stderr)
		}
	}
	code, _, stderr := execute(t.Context(), strings.NewReader(""), "backtest", "--data-dir", agedLedger(t, specs, 0), specs)
	if code != exitUsage || !strings.Contains(stderr, "all that is kept of these specs and times is quarter-hours") {
		t.Errorf("without minutes: exit code %d, %q", code, stderr)
	}
}

// TestBacktestOfAnOldFile measures what windows need before --from, however long before
// the end that is: whether there is --to or not, they begin with the same.
func TestBacktestOfAnOldFile(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	end := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	var rows strings.Builder
	for at := end.AddDate(0, 0, -120); at.Before(end); at = at.Add(time.Minute) {
		if age := end.Sub(at); age < 4*24*time.Hour || age > 92*24*time.Hour && age <= 92*24*time.Hour+30*time.Minute || age > 119*24*time.Hour {
			fmt.Fprintf(&rows, "%s,pay,100,%d\n", at.Format(time.RFC3339), min(1, age/(90*24*time.Hour)))
		}
	}
	specs := agedSpecs(t, "90d", "paging", rows.String())
	from := end.AddDate(0, 0, -3).Add(-time.Hour)
	begin := func(args ...string) spentBy {
		t.Helper()
		said := backtested(t, append(args, specs)...)
		if said.From != from.Format(time.RFC3339) {
			t.Errorf("it begins at %s", said.From)
		}
		return said
	}
	whole := begin("--from", from.Format(time.RFC3339))
	part := begin("--from", from.Format(time.RFC3339), "--to", from.Add(time.Minute).Format(time.RFC3339))
	if was, is := whole.Remaining[0], part.Remaining[0]; was != is || is.Remaining >= 1 {
		t.Errorf("it begins with %+v, and with %+v when it ends soon", was, is)
	}
	// 100 events in each of 23 hours and of 30 minutes long before, with one bad in these.
	if part.Total != 100*(23*60+30) || part.Bad != 30 {
		t.Errorf("90 days have %d bad of %d events", part.Bad, part.Total)
	}
	from = end.AddDate(0, 0, -119).Add(-time.Hour) // which is no more than the file has
	if first := begin("--from", from.Format(time.RFC3339), "--to", from.Add(time.Hour).Format(time.RFC3339)); first.Bad == 0 {
		t.Errorf("119 days ago there is %+v", first)
	}
}
