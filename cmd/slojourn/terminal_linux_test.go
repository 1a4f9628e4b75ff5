package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a pseudo-terminal that a process runs on, and somebody who sits there.
type terminal struct {
	*testing.T
	keyboard *os.File
	process  *exec.Cmd
	ended    chan struct{} // the screen shows nothing more

	mu     sync.Mutex
	screen bytes.Buffer
	read   int // how much of it was waited for
}

// onTerminal starts slojourn on a terminal so many columns wide, in a folder, with more
// variables.
func onTerminal(t *testing.T, columns uint16, dir string, variables []string, args ...string) *terminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("there are no pseudo-terminals here: %v", err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}); err != nil {
		t.Fatal(err)
	}
	side, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &terminal{T: t, keyboard: master, process: exec.Command("slojourn", args...), ended: make(chan struct{})}
	p.process.Dir, p.process.Env = dir, append(os.Environ(), append([]string{"LC_ALL=C", "TERM=xterm", "NO_COLOR=1"}, variables...)...)
	p.process.Stdin, p.process.Stdout, p.process.Stderr = side, side, side
	p.process.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := p.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.process.Process.Kill() // it has ended, unless the test failed
		_ = master.Close()
		<-p.ended
	})
	if err := side.Close(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		buffer := make([]byte, 4096)
		for {
			n, err := master.Read(buffer) // an error once nobody holds the other side
			p.mu.Lock()
			p.screen.Write(buffer[:n])
			p.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return p
}

// shown is all that the screen has shown.
func (p *terminal) shown() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.ReplaceAll(p.screen.String(), "\r\n", "\n")
}

// patience is how long a terminal may stay silent.
const patience = 30 * time.Second

// sees waits for a text behind what was waited for before, and returns what is shown up to its end.
func (p *terminal) sees(text string) string {
	p.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		shown := p.shown()
		if at := strings.Index(shown[p.read:], text); at >= 0 {
			from := p.read
			p.read += at + len(text)
			return shown[from:p.read]
		}
		select {
		case <-p.ended:
			if all := p.shown(); len(all) == len(shown) {
				p.Fatalf("it ended without %q:\n%s", text, shown)
			}
		default:
		}
		if time.Now().After(deadline) {
			p.Fatalf("%q is not shown:\n%s", text, shown)
		}
	}
}

// types types keys.
func (p *terminal) types(keys string) {
	p.Helper()
	if _, err := p.keyboard.WriteString(keys); err != nil {
		p.Fatal(err)
	}
}

// answers waits for a question and its prompt, and types a line.
func (p *terminal) answers(question, answer string) {
	p.Helper()
	p.sees(question)
	p.sees("> ")
	p.types(answer + "\n")
}

// ends waits for the end, and returns the exit code and what was shown.
func (p *terminal) ends() (code int, shown string) {
	p.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.Fatalf("it does not end:\n%s", p.shown())
	}
	_ = p.process.Wait() // the exit code says it
	return p.process.ProcessState.ExitCode(), p.shown()
}
