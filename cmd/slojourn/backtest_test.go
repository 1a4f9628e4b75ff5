package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/internal/term"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/sources/newrelic"
)

// storySet is the set of the example with alerts.
func storySet(t *testing.T) *slo.Set {
	t.Helper()
	result, err := load.Load([]string{alertSpecs}, strings.NewReader(""), newrelic.Key, newrelic.Check)
	if err != nil {
		t.Fatal(err)
	}
	return result.Set
}

// targetsOf lists the objectives of a set with their targets and policies.
func targetsOf(set *slo.Set) map[string]string {
	targets := map[string]string{}
	each(set, func(id string, objectives []slo.Objective) {
		for _, o := range objectives {
			policy := "none"
			if o.Alerts != nil {
				policy = o.Alerts.Name
			}
			targets[id+" "+o.Name] = o.Target.String() + " " + policy
		}
	})
	return targets
}

// TestChange changes what was named and nothing else, and leaves the set as it was.
func TestChange(t *testing.T) {
	t.Parallel()
	set := storySet(t)
	was := targetsOf(set)
	for _, test := range []struct {
		name              string
		targets, policies []string
		want              map[string]string // what differs
	}{
		{"nothing", nil, nil, nil},
		{"one", []string{"barcode-payment/authorise=99.95%"}, nil, map[string]string{"barcode-payment/authorise 28d": "99.95% shop"}},
		{"by name", []string{"fill-basket:28d=99"}, nil, map[string]string{"fill-basket 28d": "99% shop"}},
		{"a pattern", nil, []string{"barcode-payment/*=paging"}, map[string]string{
			"barcode-payment/authorise 28d": "99.8% paging", "barcode-payment/show-barcode 28d": "99.9% paging",
		}},
		{"none", nil, []string{"fill-basket=none"}, map[string]string{"fill-basket 28d": "99.5% none"}},
		{"a later one wins", []string{"barcode-payment*=99%", "barcode-payment=95%"}, nil, map[string]string{
			"barcode-payment 28d": "95% shop", "barcode-payment/authorise 28d": "99% shop", "barcode-payment/show-barcode 28d": "99% shop",
		}},
		{"both", []string{"barcode-payment/authorise=99.9%"}, []string{"barcode-payment/authorise=paging"}, map[string]string{
			"barcode-payment/authorise 28d": "99.9% paging",
		}},
	} {
		c := change{targets: test.targets, policies: test.policies}
		if err := c.check(); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		changed, err := c.apply(set, nil)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		differs := map[string]string{}
		for name, target := range targetsOf(changed) {
			if target != was[name] {
				differs[name] = target
			}
		}
		if diff := cmp.Diff(test.want, differs); diff != "" && len(test.want)+len(differs) > 0 {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		for _, j := range changed.Journeys {
			for _, step := range j.Steps {
				if !slices.Contains(changed.SLOs, step.SLO) {
					t.Errorf("%s: the step %s of the copy has an SLO that is not in it", test.name, step.Name)
				}
			}
		}
	}
	all := change{targets: []string{"99%"}}
	if err := all.check(); err != nil {
		t.Fatal(err)
	}
	changed, err := all.apply(set, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, target := range targetsOf(changed) {
		if !strings.HasPrefix(target, "99% ") {
			t.Errorf("the target of %s is %s", name, target)
		}
	}
	if diff := cmp.Diff(was, targetsOf(set)); diff != "" {
		t.Errorf("the set itself was changed (-before +after):\n%s", diff)
	}
}

// TestChosen leaves what was asked for, and the steps of journeys.
func TestChosen(t *testing.T) {
	t.Parallel()
	set := storySet(t)
	for _, test := range []struct {
		patterns []string
		want     []string
	}{
		{[]string{"fill-basket"}, []string{"fill-basket"}},
		{[]string{"barcode-payment"}, []string{"barcode-payment", "barcode-payment/authorise", "barcode-payment/show-barcode"}},
		{[]string{"*/authorise", "fill-*"}, []string{"barcode-payment/authorise", "fill-basket"}},
		{[]string{"*"}, set.IDs()},
	} {
		if diff := cmp.Diff(test.want, chosen(set, test.patterns).IDs()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.patterns, diff)
		}
	}
}

// TestMeasuresAll measures two sets once if that is enough.
func TestMeasuresAll(t *testing.T) {
	t.Parallel()
	set := func(indicators map[string]slo.IndicatorID) *slo.Set {
		s := &slo.Set{}
		for id, indicator := range indicators {
			s.SLOs = append(s.SLOs, &slo.SLO{ID: id, Indicator: indicator})
		}
		return s
	}
	for _, test := range []struct {
		name        string
		this, other map[string]slo.IndicatorID
		want        bool
	}{
		{"the same", map[string]slo.IndicatorID{"a": "x", "b": "y"}, map[string]slo.IndicatorID{"a": "x", "b": "y"}, true},
		{"fewer", map[string]slo.IndicatorID{"a": "x", "b": "y"}, map[string]slo.IndicatorID{"b": "y"}, true},
		{"more", map[string]slo.IndicatorID{"b": "y"}, map[string]slo.IndicatorID{"a": "x", "b": "y"}, false},
		{"renamed", map[string]slo.IndicatorID{"new": "x"}, map[string]slo.IndicatorID{"old": "x"}, true},
		{"another SLI", map[string]slo.IndicatorID{"a": "z"}, map[string]slo.IndicatorID{"a": "x"}, false},
		{"swapped", map[string]slo.IndicatorID{"a": "x", "b": "y"}, map[string]slo.IndicatorID{"a": "y", "b": "x"}, false},
	} {
		if got := measuresAll(set(test.this), set(test.other)); got != test.want {
			t.Errorf("%s: got %t", test.name, got)
		}
	}
}

// TestLooksBack covers the longest window, and at least what noTraffic compares with.
func TestLooksBack(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	if got := looksBack(storySet(t)); got != 28*day {
		t.Errorf("got %s for windows of 28d", got)
	}
	if got := looksBack(&slo.Set{}); got < 14*day {
		t.Errorf("got %s without objectives", got)
	}
}

// TestProgressLine fits the terminal, and says how long the rest may take once that can
// be known.
func TestProgressLine(t *testing.T) {
	t.Parallel()
	columns := 120
	p := &progress{columns: func() int { return columns }}
	for _, test := range []struct {
		share float64
		took  time.Duration
		want  string
	}{
		{0, 0, "replaying   0%                                  2026-10-03  1,000 SLOs"},
		{0.5, time.Second, "replaying  50%  ███████████████                 2026-10-03  1,000 SLOs"},
		{0.25, 30 * time.Second, "replaying  25%  ███████▌                        2026-10-03  1,000 SLOs  about 1m 30s left"},
		{1, time.Minute, "replaying 100%  ██████████████████████████████  2026-10-03  1,000 SLOs  about 0s left"},
	} {
		if got := p.line("replaying", test.share, "2026-10-03  1,000 SLOs", test.took); got != test.want {
			t.Errorf("got  %q\nwant %q", got, test.want)
		}
	}
	columns = 40
	if got := p.line("replaying", 0.25, "2026-10-03  1,000 SLOs", time.Hour); term.Width(got) != 39 {
		t.Errorf("%q is %d columns wide", got, term.Width(got))
	}
}

// TestProgress shows a line a few times a second at most, and takes it away.
func TestProgress(t *testing.T) {
	t.Parallel()
	var screen strings.Builder
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	p := &progress{status: term.NewStatus(&screen), columns: func() int { return 80 }, now: func() time.Time { return now }}
	p.measuring(engine.Progress{Gaps: 4000})
	p.measuring(engine.Progress{Gaps: 3000}) // at once
	now = now.Add(time.Second)
	p.measuring(engine.Progress{Gaps: 1000})
	tell := p.replaying(now, 3)
	tell(720, 1440)
	p.end()
	var lines []string
	for line := range strings.SplitSeq(screen.String(), "\r\x1b[K") {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	want := []string{
		"", "measuring 0% 4,000 rows left", "measuring 75% ██████████████████████▌ 1,000 rows left",
		"replaying 50% ███████████████ 2026-11-22 3 SLOs", "",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestBacktestLeavesNothingBehind deletes what was measured, also when it is interrupted
// while a source does not answer. It is not parallel, as it sets where temporary folders
// are.
func TestBacktestLeavesNothingBehind(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	w := newWires(t) // which hangs up
	specs := t.TempDir()
	for name, content := range trustSpecs("{env: NEW_RELIC_API_KEY}", w.endpoint) {
		if err := os.WriteFile(filepath.Join(specs, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	check := func(when string) {
		t.Helper()
		left, err := os.ReadDir(temporary)
		if err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left, %v", when, left, err)
		}
	}
	code, stdout, stderr := execute(t.Context(), strings.NewReader(""), "backtest", specs)
	if code != exitFailed || stdout != "" || !strings.HasPrefix(stderr, "slojourn: not measured: checkout: ") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	check("a source that fails")

	ctx, interrupt := context.WithCancel(t.Context())
	env := environment{
		stdin: strings.NewReader(""), stdout: io.Discard, stderr: &strings.Builder{}, now: time.Now,
		getenv: func(string) string { interrupt(); return "NRAK-KEY" }, // when the source is opened
	}
	if code := run(ctx, env, []string{"backtest", specs}); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	check("interrupted")
}

// TestHostileBacktest prints the names of folders without their effects.
func TestHostileBacktest(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	data := told(t)
	old := filepath.Join(t.TempDir(), hostile)
	if err := os.CopyFS(old, os.DirFS(alertSpecs)); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"table", "json", "html"} {
		code, stdout, stderr := execute(t.Context(), strings.NewReader(""), "backtest", "--data-dir", data, "--against", old, "-o", format, alertSpecs)
		if code != 0 || stderr != "" {
			t.Errorf("%s: exit code %d, stderr %q", format, code, stderr)
		}
		checkHarmless(t, format, stdout, 0)
	}
}

// TestBacktestPage finds every flag on the page about the command, and every key of its
// document.
func TestBacktestPage(t *testing.T) {
	t.Parallel()
	page := readFile(t, "../../docs/backtest.md")
	_, help, _ := execute(t.Context(), strings.NewReader(""), "backtest", "--help")
	_, help, _ = strings.Cut(help, "\nFlags:\n")
	flags := regexp.MustCompile(`--([a-z-]+)`).FindAllStringSubmatch(help, -1)
	if len(flags) < 15 {
		t.Fatalf("the help has %d flags", len(flags))
	}
	for _, flag := range flags {
		if name := flag[0]; name != "--help" && !strings.Contains(page, "`"+name+"`") && !strings.Contains(page, "`"+name+" ") {
			t.Errorf("docs/backtest.md does not describe %s", name)
		}
	}
	_, keys, _ := strings.Cut(page, "\n## JSON\n")
	for _, name := range []string{"backtest.json", "backtest-change.json"} {
		var document any
		if err := json.Unmarshal([]byte(readFile(t, "../../exporters/report/testdata/"+name)), &document); err != nil {
			t.Fatal(err)
		}
		for key := range keysOf(ownKeys(document)) {
			if !strings.Contains(keys, "`"+key+"`") && !strings.Contains(keys, "{"+key) && !strings.Contains(keys, ", "+key) {
				t.Errorf("docs/backtest.md does not say what %s holds, which is in %s", key, name)
			}
		}
	}
}

// ownKeys leaves out of a document what is as in that about alerts.
func ownKeys(document any) any {
	switch v := document.(type) {
	case map[string]any:
		for key, value := range v {
			if v[key] = ownKeys(value); key == "why" || key == "guard" || key == "tier" {
				v[key] = nil
			}
		}
	case []any:
		for i, item := range v {
			v[i] = ownKeys(item)
		}
	}
	return document
}
