//go:build servers

package servertest

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Options are what a server is started with.
type Options struct {
	Config string   // what its file of configuration says; none if it is empty
	Dir    string   // where it keeps its data; empty: a folder of the test
	Args   []string // further arguments
	Later  bool     // it is not started yet: [Server.Start] does
}

// Server is a process on loopback, which ends with the test at the latest.
type Server struct {
	t       *testing.T
	path    string // of the binary
	dir     string // in which it is started; empty: the test's
	args    []string
	address string
	ready   string // the path that answers 200 once it is ready

	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	log  output
}

// output is what a server says, of which tests read while it runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// Find finds a binary: on PATH, or where `make test` says that it is.
func Find(t *testing.T, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range filepath.SplitList(os.Getenv("SLOJOURN_SERVERS")) {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	t.Fatalf("there is no %s on PATH: install it, or let .ci/servers fetch it and say in SLOJOURN_SERVERS where it is, as make test does", name)
	return ""
}

// FreeAddress is one that nobody listens on.
func FreeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nobody connects
	return l.Addr().String()
}

// Eventually waits for something for at most half a minute.
func Eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	var err error
	for range 600 {
		if err = check(); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("half a minute and not yet that %s: %v", what, err)
}

// run makes a server of a binary, and starts it unless that is for later.
func run(t *testing.T, binary string, options Options, ready string, args func(address, config, dir string) []string) *Server {
	t.Helper()
	s := &Server{t: t, path: Find(t, binary), address: FreeAddress(t), ready: ready}
	dir := options.Dir
	if dir == "" {
		dir = t.TempDir()
	}
	var config string
	if options.Config != "" {
		config = filepath.Join(t.TempDir(), "config.yml")
		if err := os.WriteFile(config, []byte(options.Config), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.args = append(args(s.address, config, dir), options.Args...)
	t.Cleanup(func() {
		s.Stop()
		if t.Failed() {
			t.Logf("%s at %s said:\n%s", binary, s.address, s.Log())
		}
	})
	if !options.Later {
		s.Start()
	}
	return s
}

// Start starts it, the first time or again, at the same address and with the same data,
// and waits until it is ready.
func (s *Server) Start() {
	s.t.Helper()
	s.cmd, s.done = exec.Command(s.path, s.args...), make(chan struct{})
	s.cmd.Dir = s.dir
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		s.t.Fatal(err)
	}
	go func(cmd *exec.Cmd, done chan struct{}) {
		defer close(done)
		_ = cmd.Wait() // how it ended stands in its log
	}(s.cmd, s.done)
	Eventually(s.t, filepath.Base(s.path)+" is ready", func() error {
		select {
		case <-s.done:
			s.t.Fatalf("%s has ended: %s", filepath.Base(s.path), s.cmd.ProcessState)
		default:
		}
		response, err := http.Get(s.URL() + s.ready) //nolint:noctx // a test
		if err != nil {
			return err
		}
		response.Body.Close() //nolint:errcheck // only read from
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("it says %s", response.Status)
		}
		return nil
	})
}

// Stop ends it, as somebody who restarts it does, and waits until it has ended. One that
// takes longer than 10 s is killed.
func (s *Server) Stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-s.done:
		s.cmd = nil
	case <-time.After(10 * time.Second):
		s.Kill()
	}
}

// Kill ends it without a chance to do anything about it.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill() // it may have ended
	<-s.done
	s.cmd = nil
}

// Address is the host and the port that it listens on.
func (s *Server) Address() string { return s.address }

// URL is where it is.
func (s *Server) URL() string { return "http://" + s.address }

// Log is what it has said since the first start.
func (s *Server) Log() string {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.text.String()
}
