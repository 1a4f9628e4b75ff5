package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/internal/load"
	"github.com/slojourn/slojourn/slo"
	"github.com/slojourn/slojourn/slo/diag"
	"github.com/slojourn/slojourn/slo/spec"
	"github.com/slojourn/slojourn/sources/newrelic"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// shopNow is the hour of the simulated shop, and of those who look at it.
func shopNow() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }

// serveShop serves the simulated shop, and returns its endpoint and the variables that a process
// asks it with.
func serveShop(t *testing.T) (endpoint string, variables []string) {
	t.Helper()
	store := simulator.NewRetail(simulator.RetailOptions{Seed: demoSeed, End: shopNow(), Memory: 512 << 20}).Store()
	server := httptest.NewServer(simulator.New(store, simulator.Options{Keys: []simulator.Key{{Text: demoKey}}, Now: shopNow, NoLimits: true}))
	t.Cleanup(server.Close)
	return server.URL + "/graphql", []string{"NOW=2026-11-22T09:00:00Z", "NEW_RELIC_API_KEY=" + demoKey}
}

// initialized reads the set that init left in a folder. Nothing is found in it but that
// agents may sample, and it has the canonical layout.
func initialized(t *testing.T, dir string) *slo.Set {
	t.Helper()
	found, err := spec.ReadPaths([]string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	result, err := load.Found(found, newrelic.Key, newrelic.Check)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Findings {
		if f.Code != diag.CodeNRQLSampled {
			t.Errorf("%v: %s", f.Span, f.Message)
		}
	}
	if code, out, _ := execute(t.Context(), strings.NewReader(""), "fmt", "--check", dir); code != 0 {
		t.Errorf("fmt would change %s", out)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			t.Errorf("%s was left", entry.Name())
		}
	}
	return result.Set
}

// TestInitDialogue has whole dialogues on terminals.
func TestInitDialogue(t *testing.T) {
	t.Parallel()
	notForRaces(t)
	endpoint, variables := serveShop(t)

	t.Run("a new folder, with an account", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		p := onTerminal(t, 80, dir, variables, "init", "--endpoint", endpoint, "--account", "1234567", "specs")
		p.answers("What do users try to get done?", "Order in the app")
		p.answers("What is its id?", "")
		p.answers("Which team owns it?", "Orders!")
		p.answers("! use at most 63", "orders")
		p.answers("In which region", "Japan")
		p.answers("! nothing in the list holds Japan", "jp")
		p.answers("Where is its user key?", "NRAK-0123456789ABCDEFGHIJKLMNOPQ")
		p.answers("! write env:NAME", "")
		p.answers("backend: transactions of a service (8", "4")
		p.answers("3  order-api", "Order")
		p.answers("[order-api", "")
		p.answers("1  WebTransaction/Action/placeOrder", "")
		p.answers("too slow?", "0,8")
		p.answers("! write seconds", "800 ms")
		p.answers("What is the step called?\n", "")
		p.answers("Another step?", "y")
		p.answers("Where is the step measured?", "metric")
		p.answers("Which metric counts everything?", "points.requests")
		p.answers("Which metric counts the failures?", "fail")
		p.answers("[points.failures", "")
		p.answers("1  all that report these metrics", "1")
		p.answers("What is the step called?", "place-order")
		p.answers("! another step is called place-order", "")
		p.answers("Another step?", "")
		p.sees("place-order: of 20,")
		p.sees("points-requests: of 402,") // not the 20,160 points
		p.sees("All steps together: 99.")
		p.answers("Which share has to be good", "100")
		p.answers("! write a percentage", "99.6")
		code, shown := p.ends()
		if code != 0 || !strings.Contains(shown, "specs/order-in-the-app.yaml is written.") || strings.Contains(shown, "\x1b") {
			t.Errorf("exit code %d:\n%s", code, shown)
		}
		set := initialized(t, filepath.Join(dir, "specs"))
		if got := strings.Join(set.IDs(), " "); got != "order-in-the-app order-in-the-app/place-order order-in-the-app/points-requests" {
			t.Errorf("got %s", got)
		}
		source, j := set.Sources[0], set.Journeys[0]
		if source.NewRelic.Region != slo.JP || source.NewRelic.AccountID != 1234567 || source.NewRelic.APIKey.Env != "NEW_RELIC_API_KEY" || j.Objectives[0].Target.String() != "99.6%" || j.About.Owner != "orders" {
			t.Errorf("got %+v, %+v", source, j)
		}
	})

	t.Run("with a key that is refused", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		p := onTerminal(t, 80, dir, append(variables, "NEW_RELIC_API_KEY=NRAK-WRONG"),
			"init", "--endpoint", endpoint, "--account", "1234567", "--title", "Order", "--name", "order", "--owner", "orders", "--region", "JP", "--key-from", usualKey)
		p.sees("Looking at what account 1234567 has")
		p.sees("New Relic cannot be asked for names and numbers, so it goes on without:")
		p.answers("1  mobile: requests of a mobile app\n", "5")
		p.answers("Which monitor?\nIts name in New Relic (monitorName).\n", "log-in")
		p.answers("What is the step called?", "")
		p.answers("Another step?", "")
		p.answers("Any will do to begin with", "")
		if code, shown := p.ends(); code != 0 || strings.Contains(shown, "WRONG") || strings.Contains(shown, "Measuring") {
			t.Errorf("exit code %d:\n%s", code, shown)
		}
		initialized(t, dir)
	})

	t.Run("in Japanese, without an account, on a narrow terminal", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		p := onTerminal(t, 24, dir, []string{"LC_ALL=", "LC_MESSAGES=", "LANG=ja_JP.UTF-8", "NEW_RELIC_API_KEY="}, "init", "shop.yaml")
		p.answers("何をしようと", "{{アプリ}}で注文する")
		p.answers("! メンション", "アプリで \"注文\" する # 店舗: 受取")
		p.answers("ID は何に", "")
		p.answers("! 入力が必要です", "order")
		p.answers("担当のチーム", "orders")
		p.answers("どの New Relic", "多い")
		p.answers("! アカウント番号", "1234567")
		p.answers("リージョン", "")
		p.answers("ユーザーキー", "env:NEW_RELIC_API_KEY")
		p.sees("NEW_RELIC_API_KEY")
		p.answers("ステップをどこで", "log")
		p.answers("どのサービスのログ", "注文's ログ")
		p.answers("どの行ですか？", "")
		p.answers("ステップの名前", "")
		p.answers("ステップを追加", "いいえ")
		p.answers("すべ", "")
		code, shown := p.ends()
		if code != 0 || !strings.Contains(shown, "shop.yaml を作成しました") {
			t.Errorf("exit code %d:\n%s", code, shown)
		}
		set := initialized(t, dir)
		if got := set.Journeys[0].About.Title; got != "アプリで \"注文\" する # 店舗: 受取" {
			t.Errorf("the title is %q", got)
		}
		if got := set.SLOs[0].SLI.Where.String(); got != `service.name = '注文\'s ログ'` {
			t.Errorf("where is %s", got)
		}
		if text, err := os.ReadFile(filepath.Join(dir, "shop.yaml")); err != nil || !strings.Contains(string(text), "下書き") {
			t.Errorf("%v\n%s", err, text)
		}
	})

	t.Run("in a folder with a Source and teams", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		put(t, dir, "sre.yaml", strings.ReplaceAll(retailFile(t, "sre.yaml"), "http://127.0.0.1:8800/graphql", endpoint))
		put(t, dir, "teams.yaml", retailFile(t, "teams.yaml"))
		p := onTerminal(t, 80, dir, variables, "init", "--target", "99.9%")
		p.answers("What do users try to get done?", "Log in")
		p.answers("What is its id?", "teams")
		p.answers("! teams.yaml exists already", "log-in")
		p.answers("Which team owns it?\n1  members (Members and points)", "identity")
		p.answers("write =identity if", "=identity")
		p.answers("Where is the step measured?", "synthetic")
		p.answers("Which monitor?", "1")
		p.answers("What is the step called?\nLower-case letters, digits and hyphens.\n[log-in", "")
		p.answers("Another step?", "")
		code, shown := p.ends()
		if code != 0 || strings.Contains(shown, "New Relic account") || strings.Contains(shown, "Which share") {
			t.Errorf("exit code %d:\n%s", code, shown)
		}
		set := initialized(t, dir)
		if len(set.Sources) != 1 || len(set.Teams) != 7 || set.SLOs[0].Source.Name != "newrelic" || set.Journeys[0].About.Stage != slo.Observe {
			t.Errorf("got %+v", set)
		}
	})
}

func retailFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../examples/retail", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestInitBrokenOff ends without a trace: by Ctrl-C, by Ctrl-D, also while New Relic is
// asked.
func TestInitBrokenOff(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 100)
	silent := httptest.NewServer(simulator.New(simulator.NewStore(), simulator.Options{
		Latency: time.Hour, Now: func() time.Time { asked <- struct{}{}; return shopNow() },
	}))
	t.Cleanup(func() { silent.CloseClientConnections(); silent.Close() })
	for name, test := range map[string]struct {
		until func(p *terminal)
		key   string
		want  string
	}{
		"Ctrl-C":     {func(p *terminal) { p.sees("> ") }, "\x03", "interrupted; nothing was written"},
		"Ctrl-D":     {func(p *terminal) { p.sees("> ") }, "\x04", "the input ended before all questions were answered; nothing was written"},
		"half typed": {func(p *terminal) { p.sees("> "); p.types("Order in"); p.sees("Order in") }, "\x03", "interrupted; nothing was written"},
		"while New Relic is asked": {func(p *terminal) {
			p.answers("get done?", "Order")
			p.answers("its id?", "")
			p.answers("owns it?", "orders")
			p.answers("region", "")
			p.answers("user key?", "")
			p.sees("Looking at what account 1234567 has")
			<-asked
		}, "\x03", "interrupted; nothing was written"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			p := onTerminal(t, 80, dir, []string{"NEW_RELIC_API_KEY=NRAK-1"}, "init", "--account", "1234567", "--endpoint", silent.URL+"/graphql", "specs")
			test.until(p)
			p.types(test.key)
			code, shown := p.ends()
			if code != exitFailed || !strings.HasSuffix(shown, "\nslojourn: "+test.want+"\n") {
				t.Errorf("exit code %d:\n%s", code, shown)
			}
			if taken(filepath.Join(dir, "specs")) {
				t.Error("the folder was made")
			}
		})
	}
}
