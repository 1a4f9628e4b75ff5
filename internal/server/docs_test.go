package server

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the page about the API")

const page = "../../docs/api.md"

// history is what a ledger begins with.
const history = `{"schema":"slojourn.ledger/v1","commits":40320,"at":"2026-02-02T02:40:00Z"}
{"type":"indicator","indicator":"9f86d081884c7d65","since":"2026-01-05T02:40:00Z"}
{"type":"minute","minute":"2026-01-05T02:40:00Z","indicator":"9f86d081884c7d65","total":100,"bad":2}
`

// TestPage asks what the page about the API asks, and compares the answers. A
// comment before a block, such as <!-- starting -->, says which server is
// asked. An … on a line of its own stands for lines that are left out.
func TestPage(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	servers := map[string]string{}
	servers[""], _ = served(t, Options{Alerts: alertsOf(), Ledger: pages(history)})
	servers["<!-- starting -->\n"], _ = served(t, Options{Engine: starting()})
	servers["<!-- lifecycle -->\n"], _ = served(t, Options{Lifecycle: true, Reload: func(context.Context, []string) error { return nil }})
	var played strings.Builder
	rest, asked := string(data), 0
	for {
		before, session, found := strings.Cut(rest, "```\n$ curl -s ")
		played.WriteString(before)
		if !found {
			break
		}
		asked++
		line, session, _ := strings.Cut(session, "\n")
		shown, after, closed := strings.Cut(session, "```\n")
		if !closed {
			t.Fatalf("%s: the block of %s is not closed", page, line)
		}
		server := servers[""]
		for comment, address := range servers {
			if comment != "" && strings.HasSuffix(before, comment) {
				server = address
			}
		}
		method, url := http.MethodGet, strings.Trim(line, "'")
		if rest, isPost := strings.CutPrefix(line, "-X POST "); isPost {
			method, url = http.MethodPost, strings.Trim(rest, "'")
		}
		path, local := strings.CutPrefix(url, "http://127.0.0.1:8080")
		if !local {
			t.Fatalf("%s asks %s", page, url)
		}
		received := ask(t, method, server+path, nil).body
		if strings.Contains(shown, "…\n") {
			holds(t, line, received, strings.Split(shown, "…\n"))
			received = shown
		}
		played.WriteString("```\n$ curl -s " + line + "\n" + received + "```\n")
		rest = after
	}
	if asked < 6 {
		t.Errorf("%s asks only %d times", page, asked)
	}
	if played.String() == string(data) {
		return
	}
	if !*update {
		t.Fatalf("%s does not show what happens; with -update it will. It should be\n%s", page, &played)
	}
	if err := os.WriteFile(page, []byte(played.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// holds wants the parts in a text, in their order, the first at its beginning.
func holds(t *testing.T, name, text string, parts []string) {
	t.Helper()
	if !strings.HasPrefix(text, parts[0]) {
		t.Errorf("%s does not begin with\n%s", name, parts[0])
	}
	for _, part := range parts {
		_, after, found := strings.Cut(text, part)
		if !found {
			t.Errorf("%s has no\n%s", name, part)
		}
		text = after
	}
}

// TestPageNamesEverything compares the tables of the page with the server.
func TestPageNamesEverything(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	var want []string
	for _, e := range serverOf(t, Options{Ledger: pages("")}, usual(), &logged{}).endpoints() {
		methods := e.method
		if methods == http.MethodGet {
			methods = "GET, HEAD"
		}
		want = append(want, "| `"+e.path+"` | "+methods+" |")
	}
	for _, parameters := range []map[string]parameter{new(filter).parameters(), new(alertFilter).parameters(), new(historyQuery).parameters()} {
		for name, p := range parameters {
			want = append(want, "| `"+name+"` |")
			for _, value := range p.allowed {
				want = append(want, "`"+value+"`")
			}
		}
	}
	l := usual()
	want = append(want,
		fmt.Sprintf("| %d KiB, sent within %.0f s |", l.headerBytes>>10, l.header.Seconds()),
		fmt.Sprintf("| %d KiB of body, sent within %.0f s |", l.bodyBytes>>10, l.read.Seconds()),
		fmt.Sprintf("| %d MiB of body |", l.formBytes>>20),
		fmt.Sprintf("each 64 KiB taken within %.0f minutes, all within %.0f minutes", l.write.Minutes(), l.export.Minutes()),
		fmt.Sprintf("| taken within %.0f minutes |\n| a connection between requests | %.0f minutes |", l.write.Minutes(), l.idle.Minutes()),
		fmt.Sprintf("| %d each; others wait for %.0f s |", l.atOnce, l.turn.Seconds()),
		fmt.Sprintf("when the process ends | %.0f s |", l.grace.Seconds()))
	for _, part := range want {
		if !strings.Contains(text, part) {
			t.Errorf("%s lacks %s", page, part)
		}
	}
}
