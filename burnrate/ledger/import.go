package ledger

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/slojourn/slojourn/slo"
)

// ImportOptions decide how lines are imported.
type ImportOptions struct {
	Now time.Time // when it happens
	// Replace lets lines replace what the ledger keeps. Minutes that are
	// replaced stand in the log of corrections.
	Replace bool
}

// Imported is what an import did.
type Imported struct {
	Lines int64 // of the file
	// Minutes, Sums, Corrections and Entries were not in the ledger before;
	// sums are quarter-hours and coarse hours.
	Minutes, Sums, Corrections, Entries int64
	Equal                               int64 // were in the ledger already
	Replaced                            int64 // were there with other numbers
}

// Mistake is what is wrong with a line of a file.
type Mistake struct {
	Line    int64 // from 1
	Message string
}

// ImportError says why a file was not imported.
type ImportError struct {
	Mistakes []Mistake
	More     bool // there may be more, behind the last of them
}

func (e *ImportError) Error() string {
	var text []string
	for _, m := range e.Mistakes {
		text = append(text, fmt.Sprintf("line %d: %s", m.Line, m.Message))
	}
	return strings.Join(text, "; ")
}

const (
	// mostMistakes is how many are reported at once.
	mostMistakes = 20
	// longestLine is how many bytes of a line are read.
	longestLine = 64 << 20
)

// Import takes in lines as [Reader.Export] writes them. It is one commit: when
// a line is wrong, or the disk full, or the process ends, nothing was changed.
// What the ledger has already is left as it is, so that a file can be imported
// again. A line with other numbers is a mistake, unless it may replace them.
func (l *Ledger) Import(ctx context.Context, r io.Reader, options ImportOptions) (Imported, error) {
	// What was kept before is compared with; it is read beside the commit.
	kept, err := l.snapshot(ctx)
	if err != nil {
		return Imported{}, err
	}
	defer kept.end()
	var done Imported
	err = l.write(ctx, func(w *writer) error {
		i := &importer{writer: w, kept: kept, options: options, places: map[slo.IndicatorID]int{}, declared: map[slo.IndicatorID]bool{}}
		if err := i.read(ctx, r); err != nil {
			return err
		}
		done = i.done
		return nil
	})
	if mistakes, ok := errors.AsType[*ImportError](err); ok {
		return Imported{}, mistakes
	}
	return done, err
}

// importer imports one file.
type importer struct {
	*writer
	kept    *snapshot
	options ImportOptions
	done    Imported
	failed  ImportError

	line  line
	count int64     // of the lines so far
	last  lineType  // the type of the line before
	at    time.Time // of the last tick of either ledger
	ended bool

	ids    []slo.IndicatorID
	places map[slo.IndicatorID]int // in ids
	// declared are the indicators that have a line of their own.
	declared map[slo.IndicatorID]bool
	// What is collected until the next hour, or day, begins.
	minutes pendingMinutes
	sums    pendingSums
	logged  map[loggedKey]int   // corrections that the ledger has, and how often
	entries map[entryKey][]byte // of the ledger
	seen    map[entryKey]bool   // of the file
}

// lineType is the type of a line. They are in the order in which their lines
// have to be.
type lineType int

const (
	headerLine lineType = iota + 1
	indicatorLine
	minuteLine
	quarterLine
	hourLine
	correctionLine
	entryLine
	endLine
)

func lineTypes() []string {
	return []string{"indicator", "minute", "quarter", "hour", "correction", "entry", "end"}
}

func (i *importer) mistake(line int64, format string, args ...any) {
	if len(i.failed.Mistakes) == mostMistakes {
		i.failed.More = true
		return
	}
	i.failed.Mistakes = append(i.failed.Mistakes, Mistake{line, fmt.Sprintf(format, args...)})
}

func (i *importer) read(ctx context.Context, r io.Reader) error {
	commits := i.index.root.Commits
	i.at = i.index.root.At
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1<<16), longestLine)
	for lines.Scan() && !i.failed.More {
		i.count++
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := i.take(ctx, lines.Bytes()); err != nil {
			return err
		}
		if i.count == 1 && len(i.failed.Mistakes) > 0 {
			return &i.failed // this is something else
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		i.mistake(i.count+1, "the line is longer than %d MiB", longestLine>>20)
	} else if err != nil {
		return fmt.Errorf("line %d: %w", i.count+1, err)
	} else if !i.ended && !i.failed.More {
		i.mistake(i.count+1, `the last line, {"type":"end"}, is missing: the file was cut off`)
	}
	if err := i.flush(ctx); err != nil {
		return err
	}
	if len(i.failed.Mistakes) > 0 {
		slices.SortStableFunc(i.failed.Mistakes, func(a, b Mistake) int { return cmp.Compare(a.Line, b.Line) })
		return &i.failed
	}
	i.done.Lines = i.count
	i.index.root.Commits, i.index.root.At = commits+1, i.at
	return nil
}

// take reads a line. Its error is one of the ledger; what is wrong with the
// line is a mistake.
func (i *importer) take(ctx context.Context, data []byte) error {
	l := &i.line
	if err := l.parse(data); err != nil {
		i.mistake(i.count, "%v", err)
		return nil
	}
	if i.count == 1 {
		i.header(l)
		return nil
	}
	name := l.text("type")
	t := headerLine + 1 + lineType(slices.Index(lineTypes(), name))
	switch {
	case l.err != nil:
		i.mistake(i.count, "%v", l.err)
		return nil
	case t == headerLine:
		i.mistake(i.count, "the type %q is not known; use %s", name, strings.Join(lineTypes(), ", "))
		return nil
	case i.ended:
		i.mistake(i.count, "the line stands behind the end")
		return nil
	case t < i.last:
		i.mistake(i.count, "the %s stands behind lines of type %s; the order is %s", name, lineTypes()[i.last-indicatorLine], strings.Join(lineTypes(), ", "))
		return nil
	}
	if t != i.last {
		if err := i.flush(ctx); err != nil {
			return err
		}
		i.last = t
	}
	if err := i.one(ctx, t, l); err != nil {
		return err
	}
	if err := l.end(); err != nil {
		i.mistake(i.count, "%v", err)
	}
	return nil
}

// one takes a line of a type. It does nothing with one that has a mistake.
func (i *importer) one(ctx context.Context, t lineType, l *line) error {
	switch t {
	case indicatorLine:
		return i.indicator(ctx, l)
	case minuteLine:
		return i.minute(ctx, l)
	case quarterLine:
		return i.sum(ctx, l, "quarter", quarterChunk)
	case hourLine:
		return i.sum(ctx, l, "hour", coarseChunk)
	case correctionLine:
		return i.correction(ctx, l)
	case entryLine:
		return i.entry(ctx, l)
	default:
		if l.has("lines") {
			if n := l.number("lines"); n != i.count-1 {
				l.fail("%d lines stand in front of the end, and there were %d: some are missing, or were added", i.count-1, n)
			}
		}
		i.ended = true
		return nil
	}
}

func (i *importer) header(l *line) {
	if !l.has("schema") {
		i.mistake(1, `this is no export of a ledger, whose first line is {"schema":"%s"}`, Schema)
		return
	}
	if schema := l.text("schema"); schema != Schema {
		i.mistake(1, "the schema is %q, and this slojourn reads %s", schema, Schema)
		return
	}
	if l.has("commits") {
		l.number("commits") // those of another ledger
	}
	if l.has("at") {
		if at := l.time("at"); at.After(i.at) {
			i.at = at
		}
	}
	if err := l.end(); err != nil {
		i.mistake(1, "%v", err)
	}
}

// writes reports whether nothing is wrong with the file so far. After the first
// mistake its lines are only looked at.
func (i *importer) writes() bool { return len(i.failed.Mistakes) == 0 }

func (i *importer) indicator(ctx context.Context, l *line) error {
	id, since := slo.IndicatorID(l.text("indicator")), never
	if l.has("since") {
		since = l.start("since", 1)
	}
	if i.declared[id] {
		l.fail("the indicator %q is there twice", id)
	}
	if l.end() != nil {
		return nil
	}
	i.declared[id] = true
	if !i.writes() {
		return nil
	}
	n, err := i.writer.number(ctx, id)
	if err != nil {
		return err
	}
	return i.began(ctx, n, since)
}

// place returns that of an indicator, a new one when it has none.
func (i *importer) place(id slo.IndicatorID) int {
	place, known := i.places[id]
	if !known {
		place = len(i.ids)
		i.places[id] = place
		i.ids = append(i.ids, id)
	}
	return place
}

// flush writes what was collected.
func (i *importer) flush(ctx context.Context) error {
	if err := i.flushMinutes(ctx); err != nil {
		return err
	}
	return i.flushSums(ctx)
}
