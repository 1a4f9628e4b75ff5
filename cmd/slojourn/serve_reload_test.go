package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestServeReloads takes other specs over HTTP, all of them or none.
func TestServeReloads(t *testing.T) {
	t.Parallel()
	specs, data := fileSpecs(t, "pay", "scan", "coupon", "points", "login"), t.TempDir()
	remove(t, specs, "scan.yaml")
	s := serveFiles(t, "--data-dir", data, "--enable-lifecycle", specs)
	s.ready()
	reload := func(query string, want int, part string) {
		t.Helper()
		if code, body := s.ask("POST", "/-/reload"+query); code != want || !strings.Contains(body, part) {
			t.Errorf("reload%s: %d %s, want %d with %s", query, code, body, want, part)
		}
	}

	reload("", 200, "reloaded.")
	s.logs("the specs are those that are in force")
	s.metric(`slojourn_reloads_total{outcome="unchanged"} 1`)

	put(t, specs, "scan.yaml", sloFile("scan"))
	reload("", 200, "reloaded.")
	s.until("the other SLO is shown", func() bool { return s.shows("scan") })
	s.logs(`msg="SLOs were added" count=1 slos=scan`)
	s.metric(`slojourn_reloads_total{outcome="applied"} 1`)

	put(t, specs, "bad.yaml", strings.Replace(sloFile("bad"), "99%", "100%", 1))
	reload("", 500, "bad.yaml:5:23: error: target 100% leaves no error budget [SLO007]\n    5 |   objective: {target: 100%, window: 2h}\n")
	s.logs("line=5 column=23 finding=\"target 100% leaves no error budget\"")
	s.metric(`slojourn_reloads_total{outcome="invalid"} 1`)
	s.metric("slojourn_last_reload_successful 0")
	if !s.shows("scan") || s.shows("bad") {
		t.Error("the set of before is not in force")
	}
	remove(t, specs, "bad.yaml")
	reload("", 200, "reloaded.")
	s.metric("slojourn_last_reload_successful 1")

	remove(t, specs, "pay.yaml", "coupon.yaml", "points.yaml")
	reload("", 500, "the specs lack 3 of 5 SLOs that there were: coupon, pay, points; if they are to go")
	reload("?removed=scan", 500, "3 of 5")
	s.logs("the specs lack 3 of 5 SLOs that there were")
	s.metric(`slojourn_reloads_total{outcome="refused"} 2`)
	s.metric("slojourn_reload_refused_removals 3")
	if !s.shows("pay") {
		t.Error("the set of before is not in force")
	}
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	wholeLedger(t, data)

	// At a start as well.
	code, _, stderr := command(t, "serve", "--data-dir", data, "--listen", "127.0.0.1:0", specs)
	if code != exitFailed || !strings.Contains(stderr, "the specs lack 3 of 5 SLOs") || !strings.Contains(stderr, "--allow-removal ID") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
	s = serveFiles(t, "--data-dir", data, "--enable-lifecycle", "--allow-removal", "p*", "--allow-removal", "coupon", specs)
	s.ready()
	s.logs(`msg="SLOs were removed" count=3 slos="coupon, pay, points"`)
	for _, id := range []string{"pay", "coupon", "points"} {
		put(t, specs, id+".yaml", sloFile(id))
	}
	reload("", 200, "reloaded.")
	s.logs(`msg="SLOs were brought back" count=3`)

	// What was allowed at the start is not allowed for ever.
	remove(t, specs, "pay.yaml", "coupon.yaml", "points.yaml")
	reload("", 500, "the specs lack 3 of 5 SLOs")
	reload("?removed=p*&removed=coupon", 200, "reloaded.")
	s.until("it is gone", func() bool { return !s.shows("pay") })
	s.metric("slojourn_reload_refused_removals 0")
}

// TestServeFollowsFiles reloads when files change, without being asked, and reads
// rows that come later.
func TestServeFollowsFiles(t *testing.T) {
	t.Parallel()
	specs := fileSpecs(t, "pay", "scan")
	remove(t, specs, "scan.yaml")
	s := serveFiles(t, "--data-dir", t.TempDir(), specs)
	s.logs("all history is there")
	s.metric("slojourn_rows_measured_total 120")
	put(t, specs, "new/deeper/scan.yaml", sloFile("scan"))
	s.until("the other SLO is shown", func() bool { return s.shows("scan") })

	put(t, specs, "new/deeper/scan.yaml", "apiVersion: slojourn/v1\nkind: SLO\nmetadata: {name: scan")
	s.logs("the specs cannot be used, those of before stay in force")
	s.metric("slojourn_last_reload_successful 0")
	put(t, specs, "new/deeper/scan.yaml", sloFile("scan"))
	s.until("they are in force again", func() bool { // the log may have said so of a folder that was empty yet
		_, text := s.ask("GET", "/metrics")
		return strings.Contains(text, "\nslojourn_last_reload_successful 1\n")
	})
	s.logs("the specs are those that are in force")
	if code := s.stop(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if n := strings.Count(s.log.String(), "the specs cannot be used"); n != 1 {
		t.Errorf("it was said %d times:\n%s", n, s.log.String())
	}
}

// TestServeFollowsLinks takes what Kubernetes puts in the place of a folder: another
// one, by moving a link.
func TestServeFollowsLinks(t *testing.T) {
	t.Parallel()
	specs := fileSpecs(t, "pay", "scan")
	volume := t.TempDir()
	put(t, volume, "..2026_1/pay.yaml", sloFile("pay"))
	put(t, volume, "..2026_2/pay.yaml", sloFile("pay"))
	put(t, volume, "..2026_2/scan.yaml", sloFile("scan"))
	remove(t, specs, "pay.yaml", "scan.yaml")
	link(t, "..2026_1", filepath.Join(volume, "..data"))
	for _, name := range []string{"pay.yaml", "scan.yaml"} {
		link(t, filepath.Join("..data", name), filepath.Join(volume, name))
	}
	remove(t, volume, "scan.yaml")
	s := serveFiles(t, "--data-dir", t.TempDir(), "--config", specs, volume)
	s.ready()
	link(t, "..2026_2", filepath.Join(volume, "..data"))
	link(t, filepath.Join("..data", "scan.yaml"), filepath.Join(volume, "scan.yaml"))
	s.until("the other SLO is shown", func() bool { return s.shows("scan") })
}
