package ledger

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFullDisk lets no file grow any more for a while, so that writes end
// early or fail. What was acknowledged stays, and the same process goes on once
// there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it runs other processes, in which the race detector sees little")
	}
	testFailing(t, "full")
}

// TestFailingDisk lets the kernel refuse to sync or to write from some instant
// on, until the process ends.
func TestFailingDisk(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it runs other processes, in which the race detector sees little")
	}
	testFailing(t, "failing")
}

func testFailing(t *testing.T, kind string) {
	k := newKilled(t)
	failures := 0
	rounds := max(crashes(t), 2*len(faults()))
	for n := range rounds {
		if n%50 == 49 {
			k = newKilled(t)
		}
		c := startChild(t, kind, k.dir, k.seed, k.step, k.random.Uint64()>>1, n)
		state, hopeless := "", false
		for _, line := range c.finish(t) {
			switch word, rest, _ := strings.Cut(line, " "); word {
			case "failed":
				failures++
				if _, file, _ := strings.Cut(rest, k.dir); !strings.Contains(file, "; ") {
					t.Errorf("it failed with %q, which names no file or no remedy", rest)
				}
			case "hopeless":
				hopeless = true
			case "state":
				state = rest
			case "unsupported":
				t.Skip("this kernel has no seccomp filters: ", rest)
			default:
				k.acknowledged(t, line, hopeless)
			}
		}
		k.sameState(t, state)
		k.compare(t)
	}
	if failures < rounds/2 {
		t.Errorf("only %d steps failed in %d rounds", failures, rounds)
	}
}

// acknowledged takes a step that a child says is done. A tick cannot be when the
// log is not written or not synced.
func (k *killed) acknowledged(t *testing.T, line string, hopeless bool) {
	t.Helper()
	if next := k.read(t, line, k.step); next == k.step {
		return
	}
	if hopeless && k.peek().kind == tickEvent {
		t.Fatalf("step %d was acknowledged and is not durable", k.step)
	}
	k.advance(k.step + 1)
}

// sameState wants that a process which met a failure sees all or nothing of
// the step that failed.
func (k *killed) sameState(t *testing.T, state string) {
	t.Helper()
	if state == "" || state == digestOf(k.model.contents()) {
		return
	}
	e, after := k.peek(), k.model.clone()
	e.on(after)
	if e.kind == tickEvent && state != digestOf(after.contents()) {
		t.Fatalf("after step %d failed its own process reads something else", k.step)
	}
}

func digestOf(c contentsOf) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(fmt.Sprint(map[string]string(c)))))
}

// faulty takes the steps of a workload from a given one on, and calls before
// with the number of those that it did. A step that fails is tried again; when
// it has failed three times, failed decides whether it goes on.
type faulty struct {
	dir     string
	w       *workload
	first   int64
	out     io.Writer
	before  func(l *Ledger, n int) error
	failed  func() (goOn bool)
	most    int
	instant bool // end without closing
}

const tries = 3

func (s *faulty) run(ctx context.Context) error {
	l, err := Open(ctx, s.dir, smallOptions)
	if err != nil {
		fmt.Fprintln(s.out, "failed", err)
		return nil
	}
	for n := int64(0); n < s.first+int64(s.most); n++ {
		e := s.w.next()
		if n < s.first {
			continue
		}
		if err := s.before(l, int(n-s.first)); err != nil {
			return err
		}
		if err := s.try(ctx, l, e); err != nil {
			got, err := readAll(ctx, l.Reader, s.w.ids)
			if err != nil {
				return fmt.Errorf("read after a failure: %w", err)
			}
			fmt.Fprintln(s.out, "state", digestOf(got))
			break
		}
		fmt.Fprintln(s.out, n)
	}
	if s.instant {
		return nil
	}
	_ = l.Close() // what it has to say is known
	return nil
}

func (s *faulty) try(ctx context.Context, l *Ledger, e event) error {
	var err error
	for n := 1; ; n++ {
		if err = e.anything(ctx, l, s.dir); err == nil {
			return nil
		}
		fmt.Fprintln(s.out, "failed", err)
		if n >= tries && !s.failed() || n > 2*tries {
			return err
		}
	}
}

func newSteps(dir string, args []string, out io.Writer) (*faulty, *rand.Rand, int) {
	random := rand.New(rand.NewPCG(uint64(number64(args[2])), 13))
	return &faulty{
		dir: dir, w: seeded(uint64(number64(args[0])), childIndicators), first: number64(args[1]), out: out,
		most: 60, instant: random.IntN(2) == 0,
	}, random, int(number64(args[3]))
}

// runFullDisk limits the size of files before some steps, and lifts it when a
// step has failed often enough.
func runFullDisk(ctx context.Context, dir string, args []string, out io.Writer) error {
	s, random, _ := newSteps(dir, args, out)
	signal.Ignore(syscall.SIGXFSZ) // the write is to fail, not the process
	limit := func(bytes uint64) error {
		return unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: math.MaxUint64})
	}
	s.before = func(_ *Ledger, n int) error {
		if n%10 != 9 {
			return nil
		}
		largest := int64(0)
		for _, name := range []string{fileName, fileName + "-wal"} {
			if file, err := os.Stat(filepath.Join(dir, name)); err == nil {
				largest = max(largest, file.Size())
			}
		}
		return limit(uint64(largest) + uint64(random.IntN(3*pageSize)))
	}
	s.failed = func() bool { return limit(math.MaxUint64) == nil }
	return s.run(ctx)
}

// fault is what the kernel refuses.
type fault struct {
	calls []uintptr
	error unix.Errno // 0: nothing is written, as when a disk is full
	file  string     // of the ledger; "" is every file
}

func faults() []fault {
	sync, write := []uintptr{unix.SYS_FSYNC, unix.SYS_FDATASYNC}, []uintptr{unix.SYS_PWRITE64}
	return []fault{
		{sync, unix.EIO, ""},
		{sync, unix.EIO, fileName + "-wal"},
		{sync, unix.EIO, fileName},
		{write, unix.EIO, fileName + "-wal"},
		{write, unix.EIO, fileName},
		{write, unix.EIO, ""},
		{write, unix.ENOSPC, ""},
		{write, 0, fileName + "-wal"},
		{write, 0, fileName},
	}
}

// runFailingDisk lets calls fail from a random step on: also from the first,
// before the ledger is open.
func runFailingDisk(ctx context.Context, dir string, args []string, out io.Writer) error {
	s, random, round := newSteps(dir, args, out)
	f := faults()[round%len(faults())]
	from := random.IntN(30) - 3
	inject := func() error {
		err := f.inject(dir)
		if f.file != fileName {
			fmt.Fprintln(out, "hopeless")
		}
		if err == unix.ENOSYS || err == unix.EINVAL { //nolint:errorlint // as the kernel gave it
			fmt.Fprintln(out, "unsupported", err)
			os.Exit(0)
		}
		return err
	}
	if from < 0 && f.file == "" {
		if err := inject(); err != nil {
			return err
		}
	}
	s.before = func(l *Ledger, n int) error {
		if n != max(from, 0) || from < 0 && f.file == "" {
			return nil
		}
		return inject()
	}
	s.failed = func() bool { return false }
	return s.run(ctx)
}

// inject lets the calls fail in all threads of this process until it ends.
func (f fault) inject(dir string) error {
	files, err := f.numbers(dir)
	if err != nil {
		return err
	}
	return installFilter(refusing(f.calls, files, f.error))
}

// numbers returns the descriptors of the file that are open.
func (f fault) numbers(dir string) ([]uint32, error) {
	if f.file == "" {
		return nil, nil
	}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil, err
	}
	var numbers []uint32
	for _, e := range entries {
		target, err := os.Readlink(filepath.Join("/proc/self/fd", e.Name()))
		if err != nil || target != filepath.Join(dir, f.file) {
			continue
		}
		n, err := strconv.ParseUint(e.Name(), 10, 32)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, uint32(n))
	}
	if len(numbers) == 0 {
		return nil, fmt.Errorf("%s is not open", f.file)
	}
	return numbers, nil
}
