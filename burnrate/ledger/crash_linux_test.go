package ledger

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// TestKilled kills a writer at random instants. Whatever it was at, the ledger
// is whole when it is opened again: every step that was acknowledged is there,
// and of the one that was not all or nothing.
func TestKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it runs other processes, in which the race detector sees little")
	}
	k := newKilled(t)
	for n := range crashes(t) {
		if n%50 == 49 {
			k = newKilled(t)
		}
		k.round(t)
	}
}

// killed is a ledger whose writers are killed, and what it has to be.
type killed struct {
	dir      string
	seed     uint64
	random   *rand.Rand
	model    *model
	workload *workload
	step     int64  // that was not done yet
	upcoming *event // it, when it was made already
}

func newKilled(t testing.TB) *killed {
	seed := seedOf(t)
	return &killed{dir: t.TempDir(), seed: seed, random: rand.New(rand.NewPCG(seed, 9)), model: newModel(), workload: seeded(seed, childIndicators)}
}

func (k *killed) round(t *testing.T) {
	c := startChild(t, "writer", k.dir, k.seed, k.step)
	acknowledged := k.step
	if k.random.IntN(8) == 0 {
		// While it opens, or before.
		busy(time.Duration(k.random.IntN(40_000)) * time.Microsecond)
	} else {
		for range k.random.IntN(60) {
			line, ok := c.next()
			if !ok {
				t.Fatalf("the writer ended with %v, %s", c.cmd.Wait(), c.errs.String())
			}
			acknowledged = k.read(t, line, acknowledged)
		}
		busy(time.Duration(k.random.IntN(3_000)) * time.Microsecond)
	}
	for _, line := range c.kill() {
		acknowledged = k.read(t, line, acknowledged)
	}
	k.advance(acknowledged)
	k.compare(t)
}

// advance takes the steps that were acknowledged.
func (k *killed) advance(next int64) {
	for ; k.step < next; k.step++ {
		k.peek().on(k.model)
		k.upcoming = nil
	}
}

// peek returns the step that comes next.
func (k *killed) peek() event {
	if k.upcoming == nil {
		e := k.workload.next()
		k.upcoming = &e
	}
	return *k.upcoming
}

// busy lets some time pass, for the sake of a random instant.
func busy(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
	}
}

// read reads what the writer says, and returns the step that comes next.
func (k *killed) read(t *testing.T, line string, next int64) int64 {
	t.Helper()
	if line == "open" {
		return next
	}
	n, err := strconv.ParseInt(line, 10, 64)
	if err != nil || n != next {
		t.Fatalf("the writer said %q, step %d was next", line, next)
	}
	return n + 1
}

// compare holds the ledger against the model as of the last acknowledged step
// and as of the one that may have been under way, and goes on from there.
func (k *killed) compare(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	if _, err := os.Stat(filepath.Join(k.dir, fileName)); errors.Is(err, os.ErrNotExist) && k.step == 0 {
		return // it had not begun
	}
	under := k.peek()
	after := k.model.clone()
	under.on(after)
	l, err := Open(ctx, k.dir, smallOptions)
	if err != nil {
		t.Fatalf("open after step %d: %v", k.step, err)
	}
	clean(t, k.dir)
	got, err := readAll(ctx, l.Reader, k.workload.ids)
	if err != nil {
		t.Fatalf("read after step %d: %v", k.step, err)
	}
	before, later := k.model.contents(), after.contents()
	switch under.kind {
	case tickEvent:
		if gocmp.Equal(got, before) {
			if err := l.Commit(ctx, under.tick); err != nil {
				t.Fatal(err)
			}
			break
		}
		if diff := gocmp.Diff(later, got); diff != "" {
			t.Fatalf("after step %d the tick under way is there in part (-want +got):\n%s", k.step, diff)
		}
	default:
		// Maintenance has parts: each day is as before it or as after it.
		for part, text := range got {
			if text != before[part] && text != later[part] {
				t.Fatalf("after step %d: %s is neither as before nor as after (-before +got):\n%s", k.step, part, gocmp.Diff(before[part], text))
			}
		}
		for part, text := range before {
			if _, there := got[part]; !there && later[part] == text {
				t.Fatalf("after step %d: %s is missing", k.step, part)
			}
		}
		if err := under.anything(ctx, l, k.dir); err != nil {
			t.Fatal(err)
		}
	}
	k.model, k.step, k.upcoming = after, k.step+1, nil
	if got, err = readAll(ctx, l.Reader, k.workload.ids); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(later, got); diff != "" {
		t.Fatalf("step %d was not finished (-want +got):\n%s", k.step-1, diff)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}
