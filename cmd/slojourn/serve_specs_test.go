package main

import (
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/slojourn/slojourn/internal/telemetry"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/sources"
)

// filesOf are specs of two accounts, whose keys are in files.
func filesOf(t *testing.T) (files *specFiles, specs, secrets string) {
	t.Helper()
	specs, secrets = t.TempDir(), t.TempDir()
	team, account, _ := strings.Cut(fileSource, "---\n")
	put(t, specs, "team.yaml", team)
	for _, name := range []string{"a", "b"} {
		put(t, specs, name+".yaml", strings.NewReplacer("name: counts", "name: "+name, "file: {path: counts.csv}",
			"newRelic: {accountId: 1, apiKey: {file: "+name+"}}").Replace(account)+"---\n"+strings.Replace(sloFile("slo-"+name), "sli: {", "sli: {source: "+name+", ", 1))
		put(t, secrets, name, "NRAK-"+name)
	}
	env := environment{getenv: func(string) string { return "" }, now: time.Now}
	return newSpecFiles(env, &trust{secretsDir: secrets}, []string{specs}, shard{}), specs, secrets
}

// TestSpecFilesKeepSources opens what has changed, and nothing else.
func TestSpecFilesKeepSources(t *testing.T) {
	t.Parallel()
	files, specs, secrets := filesOf(t)
	load := func() map[string]sources.Source {
		t.Helper()
		c, err := files.load()
		if err != nil {
			t.Fatal(err, c.result.Findings)
		}
		if c.print != files.look() {
			t.Error("what was loaded looks otherwise")
		}
		files.use(c)
		return c.specs.Sources
	}
	before, look := load(), files.look()
	changes := func(what string, wantA, wantB bool) {
		t.Helper()
		if files.look() == look {
			t.Errorf("%s: not noticed", what)
		}
		after := load()
		if (after["a"] != before["a"]) != wantA || (after["b"] != before["b"]) != wantB {
			t.Errorf("%s: a is another: %t, b: %t", what, after["a"] != before["a"], after["b"] != before["b"])
		}
		before, look = after, files.look()
	}
	put(t, specs, "c.yaml", strings.Replace(sloFile("slo-c"), "sli: {", "sli: {source: a, ", 1))
	changes("another SLO", false, false)
	put(t, secrets, "a", "NRAK-c")
	changes("another key", true, false)
	remove(t, secrets, "a")
	changes("no key", true, false)
	put(t, secrets, "a", "NRAK-c")
	changes("a key again", true, false)
	put(t, specs, "b.yaml", strings.Replace(readFile(t, filepath.Join(specs, "b.yaml")), "accountId: 1", "accountId: 2", 1))
	changes("another account", false, true)
	if files.look() != look {
		t.Error("it looks otherwise though nothing has changed")
	}
}

// TestSpecFilesLeaveOperatorsAlone says nothing of what the operator's folder accepts.
func TestSpecFilesLeaveOperatorsAlone(t *testing.T) {
	t.Parallel()
	files, _, _ := filesOf(t)
	stale := func() (found []string) {
		t.Helper()
		c, err := files.load()
		if err != nil {
			t.Fatal(err, c.result.Findings)
		}
		files.use(c)
		for _, f := range c.result.Findings {
			if f.Code == diag.CodeStale {
				found = append(found, filepath.Base(f.Span.File))
			}
		}
		return found
	}
	accepting := strings.TrimSuffix(sloFile("slo-c"), "\n") + "\n  accept: [{code: SLO062, reason: It was tried.}]\n"
	put(t, files.paths[0], "c.yaml", strings.Replace(accepting, "sli: {", "sli: {source: a, ", 1))
	if got := stale(); !slices.Equal(got, []string{"c.yaml"}) {
		t.Errorf("of paths: got %q", got)
	}
	files.trust.config, files.paths = files.paths[0], []string{t.TempDir()}
	put(t, files.paths[0], "d.yaml", strings.Replace(sloFile("slo-d"), "sli: {", "sli: {source: a, ", 1))
	if got := stale(); got != nil {
		t.Errorf("of --config: got %q", got)
	}
}

// TestFollowWaits until nobody writes any more, and tries what is wrong once.
func TestFollowWaits(t *testing.T) {
	t.Parallel()
	files, specs, _ := filesOf(t)
	c, err := files.load()
	if err != nil {
		t.Fatal(err)
	}
	files.use(c)
	r := newReloader(files, c.print, lookEvery, nil)
	r.log, r.now, r.notes = slog.New(slog.DiscardHandler), time.Now, telemetry.NewReloads(time.Now())
	tried := func(text string, want string) {
		t.Helper()
		if text != "" {
			put(t, specs, "c.yaml", text)
		}
		pause := r.follow(t.Context())
		err := testutil.CollectAndCompare(r.notes, strings.NewReader(`# HELP slojourn_reloads_total Reloads of the specs by what became of them, without the first load.
# TYPE slojourn_reloads_total counter
slojourn_reloads_total{outcome="applied"} 0
slojourn_reloads_total{outcome="failed"} 0
slojourn_reloads_total{outcome="invalid"} `+want[:1]+`
slojourn_reloads_total{outcome="refused"} 0
slojourn_reloads_total{outcome="unchanged"} `+want[1:2]+`
`), "slojourn_reloads_total")
		if soon := want[2:] == " soon"; err != nil || (pause < lookEvery) != soon {
			t.Errorf("looks again after %v, %v", pause, err)
		}
	}
	const api = "apiVersion: slojourn/v1\n"
	tried("", "00")
	tried(api+"kind: SL", "00 soon")
	tried(api+"kind: SLO", "00 soon")
	tried("", "10")
	tried("", "10")
	tried(api+"kind: SLOs", "10 soon")
	tried("", "20")
	r.retry = time.Now().Add(time.Hour)
	tried("", "20")
	r.retry = time.Now() // as after an error of the disk, a minute later
	tried("", "30")
	tried("", "30")
	remove(t, specs, "c.yaml")
	tried("", "30 soon")
	tried("", "31")
	tried("", "31")
}
