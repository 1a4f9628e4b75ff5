//go:build servers

package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

const tutorialPage = "../../docs/tutorial.md"

// tutorial is where the commands of docs/tutorial.md run: one after another in a folder of
// its own, beside a simulator and an engine whose clocks stand still until the page sleeps.
// They stand ten seconds before the next minute, which is how long the engine waits before
// it looks again; of them it may read the past in five.
type tutorial struct {
	*testing.T
	folder string
	env    []string
	shop   string // where the simulator listens: HOST:PORT
	engine *serving

	mu  sync.Mutex
	now time.Time
}

// Where the page has the simulator and the engine listen. Here their ports are free ones.
const (
	shopOfPage   = "127.0.0.1:8810"
	engineOfPage = "127.0.0.1:8080"
)

// TestTutorial runs every command of the tutorial, and compares what they print with what
// stands there. With -update it writes it down.
func TestTutorial(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "curl", "git"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("the tutorial needs %s: install it", program)
		}
	}
	u := &tutorial{T: t, folder: t.TempDir(), now: time.Date(2026, 11, 22, 9, 0, 50, 0, time.UTC)}
	u.env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C.UTF-8", "NO_COLOR=1")
	page := readFile(t, tutorialPage)
	var played strings.Builder
	session, command := false, ""
	for line := range strings.Lines(page) {
		switch {
		case strings.HasPrefix(line, "$ "), command != "":
			session = true
			played.WriteString(line)
			if command += strings.TrimPrefix(line, "$ "); !strings.HasSuffix(line, "\\\n") {
				played.WriteString(u.perform(strings.TrimSpace(command)))
				command = ""
			}
			continue
		case strings.HasPrefix(line, "```"):
			session = false
		case session:
			continue // what it printed once
		case strings.HasPrefix(line, "../slojourn/bin/slojourn simulator "):
			u.openShop(strings.Fields(line)[1:])
		case strings.HasPrefix(line, "../slojourn/bin/slojourn serve "):
			u.startEngine(strings.Fields(line)[1:])
		}
		played.WriteString(line)
	}
	switch {
	case u.engine == nil:
		t.Error("the tutorial starts no engine")
	case !strings.Contains(played.String(), "\npage "):
		t.Error("no page fires in the tutorial")
	}
	if played.String() == page {
		return
	}
	if !*update {
		t.Fatalf("the page is not what happens:\n%s", firstDifference(page, played.String()))
	}
	if err := os.WriteFile(tutorialPage, []byte(played.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// time is that of all that runs.
func (u *tutorial) time() time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.now
}

// openShop runs the simulator as the page does, with a clock that stands still.
func (u *tutorial) openShop(args []string) {
	u.Helper()
	for i, arg := range args {
		if arg == shopOfPage {
			args[i] = "127.0.0.1:0"
		}
	}
	ctx, cancel := context.WithCancel(u.Context())
	reader, writer := io.Pipe()
	env := environment{stdin: strings.NewReader(""), stdout: writer, stderr: io.Discard, getenv: func(string) string { return "" }, now: u.time}
	over := make(chan int, 1)
	go func() {
		over <- run(ctx, env, append(args, "--control", "--speed", "0", "--now", u.time().Format(time.RFC3339)))
		writer.Close() //nolint:errcheck,gosec // it has no error
	}()
	u.Cleanup(func() { cancel(); <-over })
	line, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		u.Fatalf("the simulator does not say where it is: %v", err)
	}
	go io.Copy(io.Discard, reader) //nolint:errcheck // nobody reads it
	u.shop = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "http://"), "/graphql")
}

// startEngine runs serve as the page does, until it has read the past.
func (u *tutorial) startEngine(args []string) {
	u.Helper()
	for i, arg := range args {
		if arg == "ledger" || arg == "slos" {
			args[i] = u.folder + "/" + arg
		}
	}
	u.engine = startDaemonIn(u.T, u.time, func(name string) string {
		for _, pair := range u.env {
			if value, found := strings.CutPrefix(pair, name+"="); found {
				return value
			}
		}
		return ""
	}, append(args, "--listen", "127.0.0.1:0")...)
	u.engine.ready()
	u.engine.logs("all history is there")
}

// perform runs a line of the page, and returns what a terminal shows.
func (u *tutorial) perform(line string) string {
	u.Helper()
	if pair, found := strings.CutPrefix(line, "export "); found {
		u.env = append([]string{pair}, u.env...)
		return ""
	}
	if seconds, found := strings.CutPrefix(line, "sleep "); found {
		u.sleep(seconds)
		return ""
	}
	if u.shop == "" {
		u.Fatalf("%q runs before the shop is open", line)
	}
	hidden := strings.NewReplacer(shopOfPage, u.shop)
	shown := strings.NewReplacer(u.shop, shopOfPage)
	if u.engine != nil {
		at := strings.TrimPrefix(u.engine.url, "http://")
		hidden, shown = strings.NewReplacer(shopOfPage, u.shop, engineOfPage, at), strings.NewReplacer(u.shop, shopOfPage, at, engineOfPage)
	}
	cmd := exec.CommandContext(u.Context(), "bash", "-c", hidden.Replace(line))
	cmd.Dir = u.folder
	cmd.Env = append(u.env, "NOW="+u.time().Format(time.RFC3339)) //nolint:gocritic // the variables of this line
	out, err := cmd.CombinedOutput()
	text := shown.Replace(string(out))
	finds := strings.HasPrefix(line, "slojourn validate ") // exit code 1 when there is something
	if err != nil && (!finds || cmd.ProcessState.ExitCode() != 1) {
		u.Fatalf("%s: %v\n%s", line, err, text)
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	// What is another one each time.
	return regexp.MustCompile(`"uuid":"[0-9a-f-]+"`).ReplaceAllString(text, `"uuid":"e9fd6049-d65a-421e-9775-264a9a7e1b09"`)
}

// sleep lets time pass for the shop and the engine.
func (u *tutorial) sleep(seconds string) {
	u.Helper()
	d, err := time.ParseDuration(seconds + "s")
	if err != nil {
		u.Fatal(err)
	}
	u.mu.Lock()
	u.now = u.now.Add(d)
	u.mu.Unlock()
	request, err := http.NewRequestWithContext(u.Context(), http.MethodPost, "http://"+u.shop+"/control/clock", strings.NewReader(`{"advance":"`+d.String()+`"}`))
	if err != nil {
		u.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		u.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	if response.StatusCode != http.StatusOK {
		u.Fatalf("the shop's clock answers %s", response.Status)
	}
	u.engine.logs("an alert fires")
}
