package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// commands are the programs that tests can run.
func commands() map[string]func() {
	return map[string]func(){"slojourn": stopped, "slojourn-commits": commitsForEver, "slojourn-socketless": socketless}
}

// socketless is main in a process that the kernel ends when it makes a socket,
// whatever for: by a filter of system calls, on all threads.
func socketless() {
	const allow, kill = 0x7fff0000, 0x80000000 // SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS}, // the number of the call
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.SYS_SOCKET, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: kill},
		{Code: unix.BPF_RET | unix.BPF_K, K: allow},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		panic(err)
	}
	if _, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program))); errno != 0 {
		panic(errno)
	}
	runtime.KeepAlive(filter)
	main()
}

// guarded runs a command line without sockets on a folder that holds the file
// of a secret, and reports whether it ended by making one, and whether the file
// was opened.
func guarded(t *testing.T, reference string, args func(specs string) []string) (socket, secret bool) {
	t.Helper()
	specs, folder := t.TempDir(), t.TempDir()
	key := filepath.Join(folder, "newrelic-key")
	writeTrustFiles(t, specs, reference, "http://127.0.0.1:1/graphql")
	if err := os.WriteFile(key, []byte("NRAK-TRIPWIRE"), 0o600); err != nil {
		t.Fatal(err)
	}
	events, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(events) //nolint:errcheck // nothing was written
	if _, err := unix.InotifyAddWatch(events, key, unix.IN_OPEN|unix.IN_ACCESS); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("slojourn-socketless", args(specs)...)
	cmd.Dir = folder // where a relative name would be found
	cmd.Env = append(os.Environ(), "NEW_RELIC_API_KEY=NRAK-TRIPWIRE")
	output, err := cmd.CombinedOutput()
	status, exited := syscall.WaitStatus(0), errors.AsType[*exec.ExitError]
	if failure, ok := exited(err); ok {
		status, _ = failure.Sys().(syscall.WaitStatus)
	} else if err != nil {
		t.Fatal(err)
	}
	socket = status.Signaled() && status.Signal() == syscall.SIGSYS
	if status.Signaled() && !socket || strings.Contains(string(output), "panic:") {
		t.Fatalf("%v: %s", err, output)
	}
	n, err := unix.Read(events, make([]byte, 4096))
	if err != nil && !errors.Is(err, unix.EAGAIN) {
		t.Fatal(err)
	}
	return socket, n > 0
}

// TestOfflineCommandsWithoutSockets runs every command that needs no socket and
// no secret, with all its outputs, where neither could go unnoticed: sockets by
// the kernel, the file of a secret by its own watch.
func TestOfflineCommandsWithoutSockets(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it runs other processes, in which the race detector sees little")
	}
	for name, runs := range offline("") {
		for i := range runs {
			for _, reference := range []string{"{env: NEW_RELIC_API_KEY}", "{file: newrelic-key}"} {
				command := func(specs string) []string { return append([]string{name}, offline(specs)[name][i]...) }
				if socket, secret := guarded(t, reference, command); socket || secret {
					t.Errorf("%s with the key in %s: made a socket: %t, opened the secret: %t", strings.Join(command("specs"), " "), reference, socket, secret)
				}
			}
		}
	}
	eval := func(secrets ...string) func(string) []string {
		return func(specs string) []string { return slices.Concat([]string{"eval"}, secrets, []string{specs}) }
	}
	if socket, _ := guarded(t, "{env: NEW_RELIC_API_KEY}", eval()); !socket {
		t.Error("eval makes a socket, and that is not noticed")
	}
	if _, secret := guarded(t, "{file: newrelic-key}", eval("--secrets-dir", ".")); !secret {
		t.Error("eval reads a secret, and that is not noticed")
	}
}
