package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/slojourn/slojourn/sources/newrelic/simulator"
)

var update = flag.Bool("update", false, "rewrite the expectations in the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, commands())
}

// TestScripts runs testdata/script. Beside the usual commands they have
//
//	exits CODE slojourn ARGS…   the command must end with this exit code
//	traffic FILE FROM TO EVERY EVENT
//	                            appends an event, as JSON, for every so much time
//	simulate [-now INSTANT] [-faults FAULTS] FILE [KEY]
//	                            serves events; $ENDPOINT is its address, $HOST a part of it
//	receive [-status STATUS]    serves as the receiver of messages; $RECEIVER is its
//	                            address, and each body is appended to the file received
//	closedport                  the same of an address where nobody listens
//	envsubst FILE…              replaces $ENDPOINT and $RECEIVER in files
//	counts ID WINDOW TOTAL BAD  what stdout, the JSON of eval, must say
//	story DIR SPECS             copies the example with alerts, and writes a ledger
//	                            in which some fire
//	spoil FILE OLD NEW          replaces bytes of a file, which has to hold them
//	commits DIR                 starts a process that writes the ledger there;
//	                            $WRITER is its number
//	stopcommits                 ends it; $COMMITS is how many there were
//
// A script that sets $NOW stops the clock of slojourn there.
func TestScripts(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it runs other processes, in which the race detector sees little")
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("NEW_RELIC_API_KEY", "NRAK-SECRETKEY")
			env.Values[committingKey] = &committing{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "traffic": traffic, "simulate": simulate, "closedport": closedPort, "envsubst": substitute, "counts": counts,
			"receive": receive, "spoil": spoil, "story": tellStory, "commits": startCommits, "stopcommits": stopCommits,
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE command…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// stopped is main with a clock that stands at $NOW, or is $AHEAD, if there is one.
func stopped() {
	ctx, _ := signalled()
	now := time.Now
	if text := os.Getenv("NOW"); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			panic(err)
		}
		now = func() time.Time { return at }
	}
	if text := os.Getenv("AHEAD"); text != "" {
		ahead, err := time.ParseDuration(text)
		if err != nil {
			panic(err)
		}
		now = func() time.Time { return time.Now().Add(ahead) }
	}
	os.Exit(run(ctx, environment{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: now,
	}, os.Args[1:]))
}

func traffic(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 5 {
		ts.Fatalf("usage: traffic FILE FROM TO EVERY EVENT")
	}
	from, err := time.Parse(time.RFC3339, args[1])
	ts.Check(err)
	to, err := time.Parse(time.RFC3339, args[2])
	ts.Check(err)
	every, err := time.ParseDuration(args[3])
	ts.Check(err)
	file, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	ts.Check(err)
	for at := from; at.Before(to); at = at.Add(every) {
		_, err := fmt.Fprintf(file, `{"timestamp":%d,%s`+"\n", at.UnixMilli(), strings.TrimPrefix(args[4], "{"))
		ts.Check(err)
	}
	ts.Check(file.Close())
}

func simulate(ts *testscript.TestScript, neg bool, args []string) {
	flags := flag.NewFlagSet("simulate", flag.ContinueOnError)
	now, faults := flags.String("now", "", ""), flags.String("faults", "", "")
	ts.Check(flags.Parse(args))
	if neg || flags.NArg() < 1 || flags.NArg() > 2 {
		ts.Fatalf("usage: simulate [-now INSTANT] [-faults FAULTS] FILE [KEY]")
	}
	store := simulator.NewStore()
	ts.Check(store.ReadFiles(ts.MkAbs(flags.Arg(0))))
	var options simulator.Options
	if key := flags.Arg(1); key != "" {
		options.Keys = []simulator.Key{{Text: key}}
	}
	var err error
	options.Faults, err = simulator.ParseFaults(*faults)
	ts.Check(err)
	if *now != "" {
		at, err := time.Parse(time.RFC3339, *now)
		ts.Check(err)
		options.Now = func() time.Time { return at }
	}
	server := httptest.NewServer(simulator.New(store, options))
	ts.Defer(server.Close)
	ts.Setenv("ENDPOINT", server.URL+"/graphql")
	ts.Setenv("HOST", server.Listener.Addr().String())
}

func receive(ts *testscript.TestScript, neg bool, args []string) {
	flags := flag.NewFlagSet("receive", flag.ContinueOnError)
	status := flags.Int("status", http.StatusOK, "")
	ts.Check(flags.Parse(args))
	if neg || flags.NArg() != 0 {
		ts.Fatalf("usage: receive [-status STATUS]")
	}
	file := ts.MkAbs("received")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = appendTo(file, body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(*status)
		io.WriteString(w, "ok") //nolint:errcheck // the client's loss
	}))
	ts.Defer(server.Close)
	ts.Setenv("RECEIVER", server.URL)
}

// appendTo writes a line behind a file.
func appendTo(name string, line []byte) error {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}

func closedPort(ts *testscript.TestScript, _ bool, _ []string) {
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv("ENDPOINT", "http://"+listener.Addr().String()+"/graphql")
	ts.Setenv("HOST", listener.Addr().String())
	ts.Check(listener.Close())
}

func substitute(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := strings.NewReplacer("$ENDPOINT", ts.Getenv("ENDPOINT"), "$RECEIVER", ts.Getenv("RECEIVER")).Replace(ts.ReadFile(name))
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}

func counts(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: counts ID WINDOW TOTAL BAD")
	}
	type window struct {
		Window     string
		Total, Bad json.Number
	}
	var document struct {
		SLOs []struct {
			ID         string
			Objectives []struct {
				window
				Burn []window
			}
		}
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &document))
	for _, s := range document.SLOs {
		for _, o := range s.Objectives {
			for _, w := range append(o.Burn, o.window) {
				if s.ID != args[0] || w.Window != args[1] {
					continue
				}
				if got := fmt.Sprint(w.Total, " ", w.Bad); got != args[2]+" "+args[3] {
					ts.Fatalf("%s over %s: total and bad are %s, want %s %s", s.ID, w.Window, got, args[2], args[3])
				}
				return
			}
		}
	}
	ts.Fatalf("no window %s of %s", args[1], args[0])
}

// notForRaces leaves a test out of short runs, which look for races: it looks at what commands say, and
// what they do at once is done in the tests of packages, of serve and of [fetchLedger].
func notForRaces(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("what it runs at once, other tests do too")
	}
}
