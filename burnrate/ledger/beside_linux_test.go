package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// runHolder opens a ledger, and keeps it until it is killed.
func runHolder(ctx context.Context, dir string, _ []string, out io.Writer) error {
	if _, err := Open(ctx, dir, Options{}); err != nil {
		return err
	}
	fmt.Fprintln(out, "open")
	for {
		_ = unix.Pause() // until a signal comes; that of the runtime is none
	}
}

// TestOneWriter opens a ledger that another process has open.
func TestOneWriter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := startChild(t, "hold", dir)
	if line, _ := c.next(); line != "open" {
		t.Fatalf("the holder says %q, %s", line, c.errs.String())
	}
	_, opened := Open(t.Context(), dir, Options{})
	if _, err := Backup(t.Context(), dir, filepath.Join(dir, "backup")); err != nil {
		t.Fatal(err)
	}
	_, restored := Restore(t.Context(), dir, filepath.Join(dir, "backup"))
	for _, err := range []error{opened, restored} {
		locked, ok := errors.AsType[*LockedError](err)
		if !ok || locked.Process != strconv.Itoa(c.cmd.Process.Pid) {
			t.Errorf("got %v, want that process %d writes", err, c.cmd.Process.Pid)
		}
	}
	clean(t, dir)
	c.kill()
	l, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatalf("after the other process was killed: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// The stamps: each tick writes its number at all these places at once.
var (
	stampStart = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	stampOld   = slo.MinuteAt(stampStart) - 600 // packed from the beginning
	stampNew   = slo.MinuteAt(stampStart)       // packed while it is read
)

const stampIndicators = groupSize + 4

// stampedIDs are indicators of two groups.
func stampedIDs(all []slo.IndicatorID) []slo.IndicatorID {
	return append(append([]slo.IndicatorID{}, all[:2]...), all[groupSize:groupSize+2]...)
}

func stamp(all []slo.IndicatorID, n int64) burnrate.Tick {
	now := stampStart.Add(time.Duration(n) * time.Minute)
	row := burnrate.Counted(slo.Counts{Total: n, Bad: n / 2})
	rows := func(count int) []burnrate.Row {
		rows := make([]burnrate.Row, count)
		for i := range rows {
			rows[i] = row
		}
		return rows
	}
	ids := stampedIDs(all)
	present := slo.MinuteAt(now)
	tick := burnrate.Tick{At: now, Entries: []burnrate.Entry{{Kind: "stamp", Key: "n", Value: fmt.Append(nil, n)}}}
	tick.Measured = []burnrate.Batch{
		{Indicators: ids, Records: []burnrate.Record{{Minute: stampOld, Rows: rows(len(ids))}, {Minute: stampNew, Rows: rows(len(ids))}}},
	}
	if present > stampNew {
		tick.Measured = append(tick.Measured, burnrate.Batch{Indicators: all, Records: []burnrate.Record{{Minute: present, Rows: rows(len(all))}}})
	}
	for _, id := range ids {
		tick.Coarse = append(tick.Coarse, burnrate.Coarse{Indicator: id, Hour: stampOld.Floor(60) - 600, Sum: sumOf(row, 7)})
	}
	return tick
}

// runStamper commits stamps, and packs, retires and compacts, until it is
// killed.
func runStamper(ctx context.Context, dir string, _ []string, out io.Writer) error {
	l, err := Open(ctx, dir, Options{Pack: time.Hour})
	if err != nil {
		return err
	}
	all := newWorkload(nil, stampIndicators).ids
	for n := int64(1); ; n++ {
		tick := stamp(all, n)
		if err := l.Commit(ctx, tick); err != nil {
			return err
		}
		if n == 1 {
			fmt.Fprintln(out, "stamps")
		}
		if n%20 == 0 {
			if _, err := l.Maintain(ctx, tick.At); err != nil {
				return err
			}
		}
		if n%97 == 0 {
			if err := l.Compact(ctx); err != nil {
				return err
			}
		}
	}
}

// runLooker reads beside the stamper some times.
func runLooker(ctx context.Context, dir string, args []string, out io.Writer) error {
	r, err := OpenReader(ctx, dir)
	if err != nil {
		return err
	}
	last := int64(0)
	for range number64(args[0]) {
		if last, err = look(ctx, r, last); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, last)
	return r.Close()
}

// look reads all stamps, and returns the newest. Within what one method reads
// there is one stamp, and it is never older than what was read before.
func look(ctx context.Context, r *Reader, last int64) (int64, error) {
	ids := stampedIDs(newWorkload(nil, stampIndicators).ids)
	one := func(what string, stamps []int64) error {
		if len(stamps) == 0 {
			return fmt.Errorf("%s: no stamp", what)
		}
		for _, n := range stamps {
			if n != stamps[0] || n < last {
				return fmt.Errorf("%s: stamps %v after %d", what, stamps, last)
			}
		}
		last = stamps[0]
		return nil
	}
	var stamps []int64
	for record, err := range r.Minutes(ctx, ids, slo.Span{Start: stampOld, End: stampNew + 1}) {
		if err != nil {
			return 0, err
		}
		if record.Minute != stampOld && record.Minute != stampNew {
			continue
		}
		for _, row := range record.Rows {
			stamps = append(stamps, row.Counts.Total)
		}
	}
	if err := one("minutes", stamps); err != nil {
		return 0, err
	}
	records, err := r.At(ctx, ids, []slo.Minute{stampNew, stampOld})
	if err != nil {
		return 0, err
	}
	stamps = nil
	for _, record := range records {
		for _, row := range record.Rows {
			stamps = append(stamps, row.Counts.Total)
		}
	}
	if err := one("single minutes", stamps); err != nil {
		return 0, err
	}
	stamps = nil
	for hour, err := range r.CoarseHours(ctx, ids, allMinutes) {
		if err != nil {
			return 0, err
		}
		for _, s := range hour.Sums {
			stamps = append(stamps, s.Counts.Total)
		}
	}
	if err := one("coarse hours", stamps); err != nil {
		return 0, err
	}
	kept, err := r.State(ctx)
	if err != nil {
		return 0, err
	}
	return last, one("state", []int64{kept.Commits, number64(string(kept.Entries[0].Value))})
}

// TestReadersBesideWriter reads from three processes what a fourth one
// commits, packs and compacts, and backs it up.
func TestReadersBesideWriter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	looks := 10 * crashes(t)
	writer := startChild(t, "stamp", dir)
	if line, _ := writer.next(); line != "stamps" {
		t.Fatalf("the writer says %q, %s", line, writer.errs.String())
	}
	lookers := []*child{startChild(t, "look", dir, looks), startChild(t, "look", dir, looks)}
	r, err := OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	last := int64(0)
	for n := range looks {
		if last, err = look(t.Context(), r, last); err != nil {
			t.Fatal(err)
		}
		if n%50 == 25 {
			clean(t, dir)
			backedUp(t, dir, last)
		}
	}
	for _, c := range lookers {
		c.finish(t)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if last < 2 {
		t.Error("nothing was committed while it was read")
	}
	if lines := writer.kill(); len(lines) > 0 {
		t.Errorf("the writer ended with %q", lines)
	}
	t.Logf("%d commits", last)
}

// backedUp makes a backup and reads it.
func backedUp(t *testing.T, dir string, last int64) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup")
	if _, err := Backup(t.Context(), dir, file); err != nil {
		t.Fatal(err)
	}
	restored := filepath.Join(t.TempDir(), "restored")
	if _, err := Restore(t.Context(), restored, file); err != nil {
		t.Fatal(err)
	}
	r, err := OpenReader(t.Context(), restored)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := look(t.Context(), r, last); err != nil {
		t.Fatalf("the backup: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}
