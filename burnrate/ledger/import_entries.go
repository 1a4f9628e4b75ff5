package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/slojourn/slojourn/burnrate"
	"github.com/slojourn/slojourn/slo"
)

// loggedKey stands for a correction: a log may have a million of them.
type loggedKey [16]byte

func (c Correction) key(n number) loggedKey {
	sum := sha256.Sum256(encodeCorrection(c, n))
	return loggedKey(sum[:16])
}

func (i *importer) correction(ctx context.Context, l *line) error {
	c := Correction{At: l.time("at"), Minute: l.start("minute", 1), Indicator: l.indicator()}
	c.After, c.Before = l.row(""), l.row("Before")
	if l.err == nil && !c.At.Truncate(time.Millisecond).Equal(c.At) {
		l.fail("at is %s: write whole milliseconds", c.At.Format(time.RFC3339Nano))
	}
	if l.end() != nil {
		return nil
	}
	if err := i.readLog(ctx); err != nil {
		return err
	}
	n, err := i.writer.number(ctx, c.Indicator)
	if err != nil {
		return err
	}
	if key := c.key(n); i.logged[key] > 0 {
		i.logged[key]--
		i.done.Equal++
		return nil
	}
	i.done.Corrections++
	return i.correct(ctx, c, n)
}

// readLog reads the corrections that the ledger has.
func (i *importer) readLog(ctx context.Context) error {
	if i.logged != nil {
		return nil
	}
	i.logged = map[loggedKey]int{}
	return i.kept.corrections(ctx, i.kept.index, func(c Correction) error {
		i.logged[c.key(i.kept.index.numbers[c.Indicator])]++
		return nil
	})
}

type entryKey struct{ kind, key string }

func (i *importer) entry(ctx context.Context, l *line) error {
	e := burnrate.Entry{Kind: l.text("kind"), Key: l.text("key"), Value: l.value("value")}
	key := entryKey{e.Kind, e.Key}
	if i.seen[key] {
		l.fail("the entry %q %q is there twice", e.Kind, e.Key)
	}
	if l.end() != nil {
		return nil
	}
	if err := i.readEntries(ctx); err != nil {
		return err
	}
	i.seen[key] = true
	before, there := i.entries[key]
	switch {
	case !there:
		i.done.Entries++
	case bytes.Equal(before, e.Value):
		i.done.Equal++
		return nil
	case i.options.Replace:
		i.done.Replaced++
	default:
		l.fail("the entry %q %q has another value in the ledger; --replace takes what the file says", e.Kind, e.Key)
	}
	if l.err != nil {
		return nil
	}
	return i.writer.entry(ctx, e)
}

// readEntries reads the entries that the ledger has.
func (i *importer) readEntries(ctx context.Context) error {
	if i.entries != nil {
		return nil
	}
	i.entries, i.seen = map[entryKey][]byte{}, map[entryKey]bool{}
	list, err := i.kept.entries(ctx)
	for _, e := range list {
		i.entries[entryKey{e.Kind, e.Key}] = e.Value
	}
	return err
}

func countsText(counts, rows slo.Counts) string {
	if counts == rows {
		return fmt.Sprintf("total %d and bad %d", counts.Total, counts.Bad)
	}
	return fmt.Sprintf("total %d and bad %d (rows %d and %d)", counts.Total, counts.Bad, rows.Total, rows.Bad)
}
