package main

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slojourn/slojourn/burnrate/ledger"
	"github.com/slojourn/slojourn/internal/engine"
	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

// TestPages runs the sessions on the pages of the examples, in the guide for
// teams and on the pages about sources, doctor, ledger, test, alerts, backtest, diff and list, as a reader does who started
// slojourn demo and wrote its address into the specs, and has a ledger in data, and that of the demo in shop. With -update it writes down what they
// print now.
//
// It is not parallel, as the sessions name files from the root of the
// repository.
func TestPages(t *testing.T) {
	if testing.Short() {
		t.Skip("little of it runs at once")
	}
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	store := simulator.NewRetail(simulator.RetailOptions{Seed: demoSeed, End: now, Memory: 512 << 20}).Store()
	// Its clock stands still, so that limits by the minute would add up.
	server := httptest.NewServer(simulator.New(store, simulator.Options{
		Keys: []simulator.Key{{Text: demoKey}}, Now: func() time.Time { return now }, NoLimits: true,
	}))
	t.Cleanup(server.Close)

	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(root, "examples", "*", "README.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("no page found: %v", err)
	}
	pages = append(pages, filepath.Join(root, "examples", "README.md"))
	for _, name := range []string{"writing-a-journey.md", "file.md", "new-relic.md", "doctor.md", "ledger.md", "test.md", "alerts.md", "backtest.md", "diff.md", "list.md"} {
		pages = append(pages, filepath.Join(root, "docs", name))
	}
	shop := t.TempDir() // filled once, as that takes as long as most of the pages together
	fillShop(t, shop, server.URL+"/graphql", now)
	for _, page := range pages {
		name, err := filepath.Rel(root, page)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			t.Chdir(withEndpoint(t, filepath.Join(root, "examples"), server.URL+"/graphql"))
			if base := filepath.Base(page); base == "alerts.md" || base == "backtest.md" {
				if err := writeStory(t.Context(), "data", "examples/alerts-and-exclusions"); err != nil {
					t.Fatal(err)
				}
			}
			if strings.Contains(page, "backtest") || filepath.Base(page) == "diff.md" {
				if err := os.CopyFS("shop", os.DirFS(shop)); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(page)
			if err != nil {
				t.Fatal(err)
			}
			played := play(t, string(text), now)
			switch {
			case played == string(text):
			case *update:
				if err := os.WriteFile(page, []byte(played), 0o600); err != nil {
					t.Fatal(err)
				}
			default:
				t.Errorf("the page is not what happens:\n%s", firstDifference(string(text), played))
			}
		})
	}
}

// fillShop makes the ledger that slojourn demo has in a folder when all history is
// there.
func fillShop(t *testing.T, dir, endpoint string, now time.Time) {
	t.Helper()
	result, err := demoSpecs("")
	if err != nil {
		t.Fatal(err)
	}
	clock, err := simulator.NewClock(now, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	shop := &openShop{clock: clock, endpoint: endpoint}
	measuring := shop.measure(result.Set)
	defer measuring.close()
	store, err := ledger.Open(t.Context(), dir, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	options := engine.Options{Ledger: store, Clock: shopStands{shop}, Log: slog.New(slog.DiscardHandler)}
	failures, _, err := engine.Fill(t.Context(), options, engine.Specs{Set: result.Set, Sources: measuring}, now.AddDate(0, 0, -mostDays), func(engine.Progress) {})
	if err != nil || len(failures) > 0 {
		t.Fatal(err, failures)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// withEndpoint copies the examples into a folder of their own, in which every
// Source asks the simulator of the test.
func withEndpoint(t *testing.T, examples, endpoint string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(filepath.Join(root, "examples"), os.DirFS(examples)); err != nil {
		t.Fatal(err)
	}
	specs, err := filepath.Glob(filepath.Join(root, "examples", "*", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range specs {
		data, err := os.ReadFile(spec)
		if err != nil {
			t.Fatal(err)
		}
		data = bytes.ReplaceAll(data, []byte("http://127.0.0.1:8800/graphql"), []byte(endpoint))
		if err := os.WriteFile(spec, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// play follows a page from top to bottom. A block below a comment that holds
// a path, such as <!-- specs/pay.yaml -->, <!-- counts.csv -->, <!-- counts.ndjson --> or <!-- pay.burn -->, is written to that file. In a block
// that begins with a prompt the commands are run; the page that is returned has
// what they print in the place of what it said they print.
func play(t *testing.T, page string, now time.Time) string {
	t.Helper()
	var played strings.Builder
	file, inside, session := "", false, false
	var block strings.Builder
	for line := range strings.Lines(page) {
		switch {
		case strings.HasPrefix(line, "```") && !inside:
			inside, session = true, false
			block.Reset()
		case strings.HasPrefix(line, "```"):
			inside = false
			if file != "" {
				writeFile(t, file, block.String())
			}
			file = ""
		case inside && strings.HasPrefix(line, "$ "):
			session = true
			played.WriteString(line)
			played.WriteString(perform(t, strings.TrimSpace(line[2:]), now))
			continue
		case inside && session:
			continue // what it printed once
		case inside:
			block.WriteString(line)
		case strings.HasPrefix(line, "<!-- ") && (strings.HasSuffix(line, ".yaml -->\n") || strings.HasSuffix(line, ".csv -->\n") || strings.HasSuffix(line, ".ndjson -->\n") || strings.HasSuffix(line, ".burn -->\n")):
			file = strings.TrimSuffix(strings.TrimPrefix(line, "<!-- "), " -->\n")
		}
		played.WriteString(line)
	}
	return played.String()
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// perform runs one line of a session and returns what a terminal shows. A word
// with = in front of the command sets a variable; cp and mkdir are the only
// other commands.
func perform(t *testing.T, line string, now time.Time) string {
	t.Helper()
	variables := map[string]string{}
	words := strings.Fields(line)
	for len(words) > 0 && strings.Contains(words[0], "=") {
		name, value, _ := strings.Cut(words[0], "=")
		variables[name], words = value, words[1:]
	}
	var screen bytes.Buffer
	switch {
	case len(words) > 1 && words[0] == "slojourn":
		env := environment{
			stdin: strings.NewReader(""), stdout: &screen, stderr: &screen,
			getenv: func(name string) string { return variables[name] }, now: func() time.Time { return now },
		}
		run(t.Context(), env, words[1:])
	case len(words) > 2 && words[0] == "cp":
		into := words[len(words)-1]
		for _, name := range words[1 : len(words)-1] {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, filepath.Join(into, filepath.Base(name)), string(data))
		}
	case len(words) == 2 && words[0] == "mkdir":
	default:
		t.Errorf("a page has a command that cannot be run: %q", line)
	}
	return screen.String()
}

// firstDifference shows where two pages part.
func firstDifference(got, want string) string {
	page, played := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(page), len(played)) {
		if page[i] != played[i] {
			return "page: " + page[i] + "\nreal: " + strings.Join(played[i:min(i+12, len(played))], "\n")
		}
	}
	return "one of them ends early"
}
